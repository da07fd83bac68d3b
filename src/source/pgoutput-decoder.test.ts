import fc from "fast-check";
import { expect, test } from "vitest";
import { columnsOf, message, rowArbitrary, table, textsOf } from "../../test/support/wire.ts";
import type { WireRow } from "../../test/support/wire.ts";
import { VitrineError } from "../model/error.ts";
import { lsnFrom } from "../model/lsn.ts";
import { PgoutputDecoder } from "./pgoutput-decoder.ts";
import type { RawEvent } from "./raw.ts";

const oid = 77;
const row = (id: bigint, note: string | null = "canary"): WireRow => [true, 1, id, 0.5, 0, "00".repeat(16), note];

function decoder(from = 0n, tables = [table]): PgoutputDecoder {
  return new PgoutputDecoder({ tables, from: lsnFrom(from) });
}

function push(target: PgoutputDecoder, ...messages: readonly Uint8Array[]): void {
  for (const one of messages) {
    // Inside of something larger, as in a socket's chunk.
    const chunk = Buffer.concat([Buffer.alloc(3, 0xaa), one, Buffer.alloc(3, 0xaa)]);
    target.push(chunk, 3, chunk.length - 3);
  }
}

/** Rows as texts: operation, new values, old identifier. */
function told(events: readonly RawEvent[]): unknown[] {
  return events.flatMap((event): unknown[] => {
    if (event.tag !== "changes") return [];
    const { ops, columns, rowCount, hasOldKey, oldColumns } = event.changes;
    const texts = textsOf(columns, rowCount);
    const old = oldColumns === undefined ? [] : textsOf(oldColumns, rowCount);
    return texts.map((values, i) => [ops[i], values, hasOldKey[i] === 1 ? old[i]?.[2] : undefined]);
  });
}

const change = fc.oneof(
  rowArbitrary.map((values) => ({ bytes: message.insert(oid, values), told: [1, columnsOf([values])[0], undefined] })),
  fc
    .tuple(rowArbitrary, fc.option(fc.bigInt({ min: -5n, max: 2n ** 62n }), { nil: undefined }), fc.boolean())
    .map(([values, old, unchanged]) => {
      const texts: (string | null | undefined)[] = columnsOf([values])[0]!;
      if (unchanged) texts[6] = undefined;
      return { bytes: message.update(oid, values, old, unchanged), told: [2, texts, old === undefined ? undefined : String(old)] };
    }),
  fc
    .bigInt({ min: 0n, max: 99n })
    .map((id) => ({ bytes: message.remove(oid, id), told: [3, [null, null, String(id), null, null, null, null], undefined] })),
  fc.constant({ bytes: message.truncate(oid), told: [4, [null, null, null, null, null, null, null], undefined] }),
);

test("wherever it is drained, the changes are the same, in order, and none is before its commit", () => {
  const transactions = fc.array(fc.array(fc.tuple(change, fc.constantFrom("", "drain", "drain open")), { maxLength: 90 }), {
    maxLength: 4,
  });
  fc.assert(
    fc.property(transactions, (all) => {
      const target = decoder();
      const events: RawEvent[] = [];
      push(target, message.begin(1n), message.relation(oid), message.commit(1n, 2n));
      all.forEach((changes, i) => {
        const lsn = BigInt(10 * i + 10);
        push(target, message.begin(lsn));
        for (const [one, drain] of changes) {
          push(target, one.bytes);
          if (drain !== "") events.push(...target.drain(drain === "drain open"));
        }
        push(target, message.commit(lsn, lsn + 5n));
      });
      events.push(...target.drain(false));
      expect(told(events)).toEqual(all.flat().map(([one]) => one.told));
      const commits = events.filter((event) => event.tag === "commit");
      expect(commits.reduce((sum, one) => sum + one.changes, 0)).toBe(all.flat().length);
      expect(commits.reduce((sum, one) => sum + one.transactions, 0)).toBe(all.length + 1);
      expect(target.bytes).toBe(0);
    }),
  );
});

test("without `withOpen` nothing of an open transaction is handed over", () => {
  const target = decoder();
  push(target, message.begin(1n), message.relation(oid), message.insert(oid, row(1n)), message.commit(1n, 2n));
  push(target, message.begin(3n), message.insert(oid, row(2n)), message.insert(oid, row(3n)));
  const first = target.drain(false);
  expect(told(first)).toHaveLength(1);
  expect(first.at(-1)).toMatchObject({ tag: "commit", lsn: 2n, transactions: 1, changes: 1, at: 946_684_801_000_000 });
  expect(target.hasEvents).toBe(false);
  push(target, message.commit(3n, 4n));
  expect(told(target.drain(false))).toHaveLength(2);
});

test("transactions whose commit is part of the store are skipped, the others not", () => {
  const target = decoder(50n);
  push(
    target,
    message.begin(10n),
    message.relation(oid),
    message.insert(oid, row(1n)),
    message.logical("vitrine", "old"),
    message.commit(10n, 20n),
  );
  push(target, message.begin(40n), message.insert(oid, row(2n)), message.commit(40n, 50n));
  push(target, message.begin(50n), message.insert(oid, row(3n)), message.logical("vitrine", "new"), message.commit(50n, 60n));
  const events = target.drain(false);
  expect(told(events).map((one) => (one as [number, string[]])[1][2])).toEqual(["3"]);
  expect(events.slice(1)).toEqual([
    { tag: "commit", lsn: 60n, at: 946_684_801_000_000, transactions: 1, changes: 1 },
    { tag: "heartbeat", lsn: 60n, nonce: "new" },
  ]);
});

test.each([
  ["is there", [message.begin(7n), message.commit(7n, 8n)], "nothing thrown"],
  ["is not there", [message.begin(6n), message.commit(6n, 7n)], "source/rewound"],
  ["is of another time", [message.begin(7n), message.commit(7n, 8n, 2_000_000n)], "source/rewound"],
  ["is looked for in nothing", [], "source/rewound"],
])("the commit that the store ends with %s among those that come again", (_, again, said) => {
  const at = 946_684_800_000_000 + 1_000_000;
  const target = new PgoutputDecoder({ tables: [table], from: lsnFrom(8n), landmark: { lsn: lsnFrom(8n), at } });
  push(target, ...again);
  expect(target.drain(false)).toEqual([]);
  expect(target.isLookingForLandmark).toBe(said !== "nothing thrown");
  let code: unknown = "nothing thrown";
  try {
    push(target, message.begin(9n), message.commit(9n, 10n));
  } catch (error) {
    code = (error as VitrineError).code;
  }
  expect(code).toBe(said);
});

test("of logical messages only our own transactional ones are heartbeats", () => {
  const target = decoder();
  push(
    target,
    message.logical("vitrine", "outside", false),
    message.begin(1n),
    message.logical("other", "x"),
    message.logical("vitrine", "n"),
    message.logical("vitrine", "x".repeat(200)),
    message.commit(1n, 2n),
  );
  expect(target.drain(false).filter((event) => event.tag === "heartbeat")).toEqual([{ tag: "heartbeat", lsn: 2n, nonce: "n" }]);
});

const without = (name: string) => ({ ...table, columns: table.columns.filter((one) => one.name !== name) });
const retyped = { ...table, columns: table.columns.map((one) => (one.name === "small" ? { ...one, typeOid: 20 } : one)) };
test.each([
  ["a column less", message.relation(oid, without("note")), ["things column note is no longer published."]],
  ["a type", message.relation(oid, retyped), ["things column small has another type."]],
  ["FULL", message.relation(oid, table, "f"), ["things has REPLICA IDENTITY FULL."]],
  ["NOTHING", message.relation(oid, table, "n"), ["things has REPLICA IDENTITY NOTHING."]],
  ["nothing", message.relation(oid), []],
])("a relation that differs from the declaration by %s is said", (_, relation, said) => {
  const target = decoder();
  push(target, message.begin(1n), relation, message.commit(1n, 2n));
  expect(
    target
      .drain(false)
      .filter((event) => event.tag === "relation-changed")
      .map((event) => event.message),
  ).toEqual(said);
});

test("names that two columns swap inside a transaction are said, also when they are swapped back", () => {
  const names = table.columns.map((one) => one.name);
  const swapped = { ...table, columns: table.columns.toReversed() };
  const target = decoder();
  push(target, message.begin(1n), message.relation(oid), message.relation(oid, swapped), message.relation(oid), message.commit(1n, 2n));
  const said = target.drain(false).filter((event) => event.tag === "relation-changed");
  expect(names.length).toBeGreaterThan(1);
  expect(said.map((event) => event.message)).toEqual(
    Array.from({ length: 2 }, () => "things has its columns in another order: some were renamed to each other."),
  );
});

test("an undeclared column that is published is dropped unread, and said", () => {
  const target = decoder(0n, [without("note")]);
  push(target, message.begin(1n), message.relation(oid), message.insert(oid, row(9n)), message.commit(1n, 2n));
  const events = target.drain(false);
  expect(events[0]).toEqual({
    tag: "relation-changed",
    table: "things",
    message: "things publishes column note, which is not declared; it is dropped unread.",
  });
  expect(told(events)).toEqual([[1, ["true", "1", "9", "0.5", "0", "00".repeat(16)], undefined]]);
});

test("text forms are read where they are safe to read, and refused by name elsewhere", () => {
  const some = { ...table, columns: table.columns.filter((one) => ["flag", "small", "id", "ratio", "note"].includes(one.name)) };
  const target = decoder(0n, [some]);
  push(
    target,
    message.begin(1n),
    message.relation(oid, some),
    message.insertText(oid, ["t", "-7", "9223372036854775807", "1e-3", "word"]),
    message.commit(1n, 2n),
  );
  expect(told(target.drain(false))).toEqual([
    [1, ["true", "-7", "9223372036854775807", "0.001", Buffer.from("word").toString("hex")], undefined],
  ]);
  for (const [name, value] of [
    ["at", "2026-01-01"],
    ["small", "canary"],
    ["small", "2147483648"],
    ["flag", "yes"],
  ] as const) {
    const one = { ...table, columns: table.columns.filter((other) => other.name === name) };
    const again = decoder(0n, [one]);
    push(again, message.begin(1n), message.relation(oid, one));
    expect(() => push(again, message.insertText(oid, [value]))).toThrow(
      expect.objectContaining({ code: "source/text-format", place: `things.${name}` }) as Error,
    );
  }
});

test.each([
  ["an unknown kind", [Buffer.from("Z")]],
  ["an empty message", [Buffer.alloc(0)]],
  ["a change outside of a transaction", [message.relation(oid), message.insert(oid, row(1n))]],
  ["a change of an undescribed relation", [message.begin(1n), message.insert(oid, row(1n))]],
  ["two begins", [message.begin(1n), message.begin(2n)]],
  ["a commit of nothing", [message.commit(1n, 2n)]],
  ["streaming of protocol 2", [Buffer.from("S")]],
])("refused: %s", (_, messages) => {
  const target = decoder();
  expect(() => push(target, ...messages)).toThrow(expect.objectContaining({ code: "source/protocol" }) as Error);
});

test("broken bytes give a code, never a crash and never a value", () => {
  fc.assert(
    fc.property(
      fc.array(change, { minLength: 1, maxLength: 5 }),
      fc.array(fc.tuple(fc.nat(300), fc.nat(255)), { maxLength: 4 }),
      fc.nat(300),
      (changes, faults, cut) => {
        const target = decoder();
        const messages = [
          message.begin(1n),
          message.relation(oid),
          ...changes.map((one) => one.bytes),
          message.logical("vitrine", "canary"),
          message.commit(1n, 2n),
        ].map((one) => Buffer.from(one));
        for (const [at, byte] of faults) {
          const one = messages[at % messages.length]!;
          one[at % one.length] = byte;
        }
        const short = messages[cut % messages.length]!;
        messages[cut % messages.length] = short.subarray(0, 1 + (cut % short.length));
        try {
          push(target, ...messages);
          target.drain(true);
        } catch (error) {
          expect(error).toBeInstanceOf(VitrineError);
          expect((error as VitrineError).code).toMatch(/^source\/(protocol|text-format)$/);
          expect((error as VitrineError).message).not.toMatch(/canary/);
        }
      },
    ),
    { numRuns: 500 },
  );
});
