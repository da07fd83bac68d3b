/** Counting over whatever a server answers. Real ones are asked by test/guard-depth.pg.test.ts. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Said, Talk } from "../../../../test/support/dialogue.ts";
import { ask } from "../../../../test/support/dialogue.ts";
import type { Question } from "../../checks/checker.ts";
import { classify } from "../../readable/classify.ts";
import type { Counts } from "../../readable/depth.ts";
import type { PgColumn, PgTable } from "./catalog.ts";
import { depth } from "./depth.ts";

const question: Question = { channel: "plain", names: ["shop"], host: "h", user: "app" };

function message(letter: string, body: string): string {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(4 + body.length);
  return `${letter}${length.toString("latin1")}${body}`;
}
const number = (value: number, bytes: number): string => {
  const all = Buffer.alloc(bytes);
  all.writeIntBE(value, 0, bytes);
  return all.toString("latin1");
};
const row = (...cells: readonly (string | null)[]): string =>
  message("D", number(cells.length, 2) + cells.map((cell) => (cell === null ? number(-1, 4) : number(cell.length, 4) + cell)).join(""));
const ready = message("Z", "T");
const rows = (...each: readonly string[]): string => `${message("T", "\0\0")}${each.join("")}${message("C", "SELECT\0")}${ready}`;
const failure = (state: string): string => `${message("E", `SERROR\0C${state}\0Mann@example.com\0\0`)}${message("Z", "E")}`;
const letIn = `${message("R", "\0\0\0\0")}${message("S", "a\0b\0")}${message("Z", "I")}`;
const session = { "startup 0": letIn, begin: rows() };

const table = (name: string, more: Partial<PgTable> = {}): PgTable => ({
  schema: "public",
  name,
  isCountable: true,
  isPartitioned: false,
  estimate: undefined,
  ...more,
});
const column = (of: PgTable, name: string, more: Partial<PgColumn> = {}): PgColumn => ({
  name: `${of.schema}.${of.name}.${name}`,
  type: "text",
  table: of,
  column: name,
  isText: true,
  isOfServer: true,
  ...more,
});

const users = table("users", { estimate: 5_000 });
const orders = table("orders");
const columns = [column(users, "email"), column(users, "phone"), column(orders, "email")];
const count = (said: Readonly<Record<string, Said>>, all: readonly PgColumn[] = columns): ReturnType<typeof told> =>
  told(ask(depth.counts("shop", all, classify(all)), { ...session, ...said }, question));

function told({ found, sent }: Talk<Counts>): {
  readonly records: string;
  readonly email?: string | undefined;
  readonly asked: readonly string[];
} {
  const text = (one: { readonly kind: string; readonly value: number } | undefined): string =>
    one === undefined ? "none" : `${one.kind} ${one.value}`;
  const asked = sent.map((bytes) => /(?:Q....)?(user|SELECT .*FROM .*|ROLLBACK|X)/s.exec(bytes.toString("latin1"))?.[1]?.slice(0, 8) ?? "");
  if (found.tag === "not") return { records: found.why, asked };
  return { records: text(found.value.records), email: text(found.value.byCategory.get("user.contact.email")), asked };
}

describe("of each table what is known, as what it is", () => {
  test.each([
    ["counted", { "ask whole 0": rows(row("10", "3", "1")), "ask whole 1": rows(row("5", "4")) }, "exact 15", "exact 7"],
    [
      "too long for its time",
      { "ask whole 0": failure("57014"), "ask part 0": rows(row("100000", "30", "1")), "ask whole 1": rows(row("5", "4")) },
      "at-least 100005",
      "at-least 34",
    ],
    [
      "too long, and all of it in its first part",
      { "ask whole 0": failure("57014"), "ask part 0": rows(row("10", "3", "1")), "ask whole 1": rows(row("5", "4")) },
      "exact 15",
      "exact 7",
    ],
    [
      "a standby that had to go on",
      { "ask whole 0": failure("40001"), "ask part 0": rows(row("9", "3", "1")), "ask whole 1": rows(row("5", "4")) },
      "exact 14",
      "exact 7",
    ],
    ["locked", { "ask whole 0": failure("55P03"), "ask whole 1": rows(row("5", "4")) }, "about 5005", "at-least 4"],
    ["locked, of unknown size", { "ask whole 0": rows(row("10", "3", "1")), "ask whole 1": failure("55P03") }, "at-least 10", "at-least 3"],
    ["silent in the middle", { "ask whole 0": rows(row("10", "3", "1")) }, "at-least 10", "at-least 3"],
    [
      "a copy, where rows were asked for",
      { "ask whole 0": rows(row("10", "3", "1")), "ask whole 1": `${message("G", "\0\0\0")}${ready}` },
      "at-least 10",
      "at-least 3",
    ],
    [
      "more of it than is read",
      { "ask whole 0": rows(row("10", "3", "1")), "ask whole 1": rows(row("x".repeat(70_000), "4")) },
      "at-least 10",
      "at-least 3",
    ],
    [
      "numbers that are none",
      { "ask whole 0": rows(row("1e9", "-3", "1")), "ask whole 1": rows(row("5", null)) },
      "at-least 0",
      "at-least 0",
    ],
    [
      "two rows",
      { "ask whole 0": rows(row("1", "1", "1"), row("1", "1", "1")), "ask whole 1": rows(row("5", "4")) },
      "about 5005",
      "at-least 4",
    ],
  ] as const)("%s", (_what, said, records, email) => {
    expect(count(said)).toMatchObject({ records, email });
  });

  test("nothing where no transaction begins, or the first answer is none", () => {
    expect(count({ begin: failure("0A000") })).toMatchObject({ records: "not-understood", asked: ["user", "ROLLBACK", "X"] });
    expect(count({})).toMatchObject({ records: "not-understood" });
    expect(count({ "startup 0": message("R", "\0\0\0\n") })).toMatchObject({ records: "closed" });
    expect(count({ "startup 0": message("E", "C53300\0\0") })).toMatchObject({ records: "not-understood" });
  });

  test("a view is not asked, and no zero", () => {
    const view = table("people", { isCountable: false, estimate: 7 });
    expect(
      count({ "ask whole 0": rows(row("10", "3", "1")), "ask whole 1": rows(row("5", "4")) }, [
        ...columns,
        column(view, "email", { isUncountable: true }),
      ]),
    ).toMatchObject({
      records: "at-least 15",
      email: "at-least 7",
    });
  });
});

test("whatever names a server has, a query is one SELECT over names in quotes, and has no other words than ours", () => {
  const name = fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 30 }),
    fc.constantFrom('"', '""', "\\", "'", "--", "/*", "$$", ";", '"; drop table x; --'),
  );
  fc.assert(
    fc.property(name, name, fc.array(name, { minLength: 1, maxLength: 5 }), (schema, own, names) => {
      const safe = (text: string): string => text.replaceAll("\0", "");
      const of = table(safe(own), { schema: safe(schema) });
      const all = names.map((one) => column(of, `${safe(one)} email`));
      const requests = {
        ...depth.counts("shop", all, classify(all)).requests(question),
        ...depth.persons?.("shop", all[0]?.column ?? "", all)?.requests(question),
      };
      for (const [request, { bytes }] of Object.entries(requests).filter(([key]) => key.startsWith("ask "))) {
        const text = Buffer.from(bytes).subarray(5, -1).toString("utf8");
        expect(text, request).not.toContain("\0");
        expect(Buffer.from(bytes).readUInt32BE(1)).toBe(bytes.length - 1);
        // Without names in quotes, and the empty text: nothing is left that could begin or end anything.
        const bare = text.replaceAll(/"(?:[^"]|"")*"/gs, "name").replaceAll("''", "empty");
        expect(bare, request).toMatch(/^SELECT [\w .,()*<>:]+$/);
        expect(bare.match(/\b(?:SELECT|FROM|WHERE|ONLY)\b/g)?.length, request).toBeLessThanOrEqual(5 + 5 * names.length);
      }
    }),
    { numRuns: 300 },
  );
});

test("whatever is answered, nothing is sent but what is listed, and it ends", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 60 }).map((some) => Buffer.from(some).toString("latin1")),
    fc.constantFrom(letIn, rows(), rows(row("1", "2", "3")), failure("57014"), failure("42501"), ready),
  );
  const names = [
    "startup 0",
    "begin",
    "ask tables 0",
    "ask columns 0",
    "ask whole 0",
    "ask part 0",
    "ask whole",
    "ask part",
    "ask identity",
  ];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), bytes), (said) => {
      const all = { "startup 0": letIn, begin: rows(), ...said };
      const fields = ask(depth.fields("shop"), all, question).found;
      if (fields.tag === "found") expect(fields.value.every(({ table: of }) => typeof of.name === "string")).toBe(true);
      for (const proof of depth.identities) expect(["found", "not"]).toContain(ask(proof.ask(), all, question).found.tag);
      const counted = ask(depth.counts("shop", columns, classify(columns)), all, question).found;
      // The second table is never answered: no number of all of them is exact.
      if (counted.tag === "found") expect(counted.value.records.kind).not.toBe("exact");
    }),
    { numRuns: 500 },
  );
});

test("tables that nobody may be told of as a whole: pages that are full to the last are a part", () => {
  const page = (kind: string): Said => {
    let at = 0;
    return () => {
      at += 1;
      const each = Array.from({ length: kind === "tables" ? 280 : 350 }, (_, i) =>
        kind === "tables" ? row(`${at * 1_000 + i}`, "public", "t", "r", "-1", "t") : row("1000", "email", "text", "t", "f", "t"),
      );
      return rows(...each);
    };
  };
  const said = Object.fromEntries([
    ...Array.from({ length: 4 }, (_, i) => [`ask tables ${i}`, page("tables")] as const),
    ...Array.from({ length: 16 }, (_, i) => [`ask columns ${i}`, page("columns")] as const),
  ]);
  const { found } = ask(depth.fields("shop"), { ...session, ...said }, question);
  expect(found).toMatchObject({ tag: "found", isPart: true });
});

test("an identity is what has its shape, and nothing else is taken", () => {
  const [system, planted] = depth.identities;
  const asked = (proof: typeof system, value: string): unknown =>
    proof === undefined ? undefined : ask(proof.ask(), { ...session, "ask identity": rows(row(value)) }, question).found;
  expect(asked(system, "7711337772134777443")).toEqual({ tag: "found", value: "7711337772134777443" });
  expect(asked(system, "ann@example.com")).toEqual({ tag: "not", why: "not-understood" });
  expect(asked(planted, `vitrine-${"ab".repeat(16)}`)).toMatchObject({ tag: "found" });
  expect(asked(planted, "ann@example.com")).toEqual({ tag: "not", why: "not-understood" });
});

test("where no database is named, the data set is the one that is asked for: the role's", () => {
  expect(depth.dataSets?.([], "app")).toEqual(["app"]);
  expect(depth.dataSets?.(["shop", "crm"], undefined)).toEqual(["shop", "crm"]);
});
