import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { policyCatalog } from "../../test/support/policy-catalog.ts";
import { rawBool, rawI64, rawMicros, rawText, withUnchanged } from "../../test/support/raw-columns.ts";
import { must } from "../lib/assert.ts";
import type { RawChanges, RawColumn } from "../source/raw.ts";
import { compilePolicy } from "./compile.ts";
import { parseDeclaration } from "./declaration.ts";
import { makeKey } from "./keys.ts";
import type { DictionaryGrowth, SafeChanges, SafeColumn, SafeRows, SafeValues } from "./safe.ts";
import { codes } from "./safe.ts";
import type { Treater } from "./treat.ts";
import { createTreater } from "./treat.ts";

const declaration = parseDeclaration(
  `
version: 1
zone: UTC
unit: accounts
entities:
  accounts:
    table: public.accounts
    columns:
      id: { take: token account }
      country: { take: keep, values: [US, DE] }
      email: { is: e-mail, take: present }
      tier: { take: constant, value: here }
      joined: { take: truncate day }
facts:
  attempts:
    table: public.attempts
    key: { id: opaque }
    time: at
    columns:
      account_id: { refers: accounts }
      ok: { take: keep }
      reason: { take: keep, match: '[a-z]{1,8}' }
`,
  "vitrine.yaml",
);
const catalog = policyCatalog({
  "public.accounts": { columns: { id: "int8", email: "text", country: "text", joined: "timestamptz", tier: "text" } },
  "public.attempts": { columns: { id: "int8", at: "timestamptz", account_id: "int8", ok: "bool", reason: "text" }, identity: ["id", "at"] },
});
const compiled = compilePolicy(declaration, catalog);
const keys = new Map([["account", makeKey("account", (bytes) => new Uint8Array(bytes).fill(5))]]);
const accounts = must(compiled.sourceTables[0], "accounts");
const attempts = must(compiled.sourceTables[1], "attempts");

const day = 86_400_000_000;

/** Columns by name, texts again as texts. */
function read(message: SafeRows | SafeChanges): Readonly<Record<string, readonly unknown[]>> {
  const table = compiled.schema.tables.find((one) => one.name === message.table);
  return Object.fromEntries(
    (table?.columns ?? []).map((column, i) => {
      const values = must(message.columns[i], "column");
      const growth = message.dictionary.find((one) => one.column === column.name);
      return [column.name, Array.from({ length: message.rowCount }, (_, row) => cell({ column, values, growth, row }))];
    }),
  );
}

function cell({
  column,
  values,
  growth,
  row,
}: {
  readonly column: SafeColumn;
  readonly values: SafeValues;
  readonly growth: DictionaryGrowth | undefined;
  readonly row: number;
}): unknown {
  if (values.unchanged?.[row] === 1) return "unchanged";
  if (values.nulls?.[row] === 1) return null;
  if (column.kind === "token") return Buffer.from(values.data.buffer, values.data.byteOffset + 16 * row, 16).toString("hex");
  const value = values.data[row];
  if (column.kind !== "code") return value;
  if (Number(value) < codes.first) return ["null", "unknown", "other"][Number(value)];
  return growth?.values[Number(value) - growth.firstCode] ?? `code ${String(value)}`;
}

function treater(): Treater {
  return createTreater(compiled, keys);
}

const order = accounts.columns.map((column) => column.name);

function accountRows(given: Readonly<Record<string, RawColumn>>): readonly RawColumn[] {
  return order.map((name) => given[name] ?? rawText([]));
}

describe("rows of a snapshot", () => {
  const columns = accountRows({
    id: rawI64([1n, 2n, 1n]),
    email: rawText(["anna@example.org", null, "bo@example.org"]),
    country: rawText(["US", "anna@example.org", null]),
    joined: rawMicros([3 * day + 5, Infinity, null]),
  });

  test("every column is treated, in the order of the schema", () => {
    expect(order).toEqual(["id", "country", "email", "joined"]);
    const own = treater();
    const safe = own.rows({ table: accounts, rowCount: 3, columns });
    const got = read(safe);
    expect(got["id"]?.[0]).toBe(got["id"]?.[2]);
    expect(got["id"]?.[0]).not.toBe(got["id"]?.[1]);
    expect(got).toMatchObject({
      country: ["US", "other", "null"],
      email: [1, 0, 1],
      tier: ["here", "here", "here"],
      joined: [3 * 1440, null, null],
    });
    expect(own.trouble()).toEqual([
      { table: "accounts", column: "country", other: 1, degraded: 0 },
      { table: "accounts", column: "joined", other: 0, degraded: 1 },
    ]);
  });

  test("nothing of what stays or is refused is in the message", () => {
    const safe = treater().rows({ table: accounts, rowCount: 3, columns });
    const bytes = Buffer.concat([
      Buffer.from(JSON.stringify(safe)),
      ...safe.columns.map((column) => Buffer.from(column.data.buffer, column.data.byteOffset, column.data.byteLength)),
    ]);
    expect(bytes.includes("example.org")).toBe(false);
    // The positive control: what the rule allows is there.
    expect(bytes.includes("US")).toBe(true);
  });

  test("verify's second reading is not counted again, and gives the same codes", () => {
    const own = treater();
    const first = own.rows({ table: accounts, rowCount: 3, columns });
    const before = own.trouble();
    const second = own.rows({ table: accounts, rowCount: 3, columns }, { counted: false });
    expect(own.trouble()).toEqual(before);
    expect(second.columns[1]?.data).toEqual(first.columns[1]?.data);
    expect(second.dictionary).toEqual([]);
  });

  test("a NULL key is a bug, said without the row", () => {
    const broken = accountRows({ id: rawI64([null]), email: rawText([null]), country: rawText([null]), joined: rawMicros([null]) });
    expect(() => treater().rows({ table: accounts, rowCount: 1, columns: broken })).toThrow("bug: NULL in the key of accounts");
  });
});

function changes(given: {
  readonly ops: readonly number[];
  readonly old?: readonly (bigint | null)[];
  readonly columns: Readonly<Record<string, RawColumn>>;
}): RawChanges {
  const rowCount = given.ops.length;
  const old = given.old;
  const nothing = rawText(Array.from({ length: rowCount }, () => null));
  return {
    table: accounts,
    rowCount,
    ops: Uint8Array.from(given.ops),
    hasOldKey: Uint8Array.from({ length: rowCount }, (_, row) => (old?.[row] === undefined || old[row] === null ? 0 : 1)),
    oldColumns: old && order.map((name) => (name === "id" ? rawI64(old) : nothing)),
    columns: accountRows(given.columns),
  };
}

const tokenOf = (id: bigint): unknown =>
  read(
    treater().rows({
      table: accounts,
      rowCount: 1,
      columns: accountRows({ id: rawI64([id]), email: rawText([null]), country: rawText([null]), joined: rawMicros([null]) }),
    }),
  )["id"]?.[0];

describe("changes", () => {
  test("insert, update, remove and truncate: a remove has its key only, a truncate nothing, and neither is counted", () => {
    const own = treater();
    const safe = own.changes(
      changes({
        ops: [1, 2, 3, 4],
        columns: {
          id: rawI64([1n, 2n, 3n, null]),
          email: rawText(["a", null, null, null]),
          country: rawText(["US", "XX", "", ""]),
          joined: rawMicros([day, null, 0, 0]),
        },
      }),
    );
    const got = read(safe);
    expect(got["id"]).toEqual([tokenOf(1n), tokenOf(2n), tokenOf(3n), "0".repeat(32)]);
    expect(got).toMatchObject({ country: ["US", "other", "null", "null"], joined: [1440, null, null, null] });
    expect(safe.oldKeys).toBeUndefined();
    expect([...safe.ops]).toEqual([1, 2, 3, 4]);
    expect(own.trouble()).toEqual([{ table: "accounts", column: "country", other: 1, degraded: 0 }]);
  });

  test("a key change carries the old key; an identity whose other column changed does not", () => {
    const safe = treater().changes(
      changes({
        ops: [2, 2, 1],
        old: [7n, 9n, null],
        columns: {
          id: rawI64([8n, 9n, 7n]),
          email: rawText([null, null, null]),
          country: rawText(["US", "US", "US"]),
          joined: rawMicros([null, null, null]),
        },
      }),
    );
    expect([...safe.hasOldKey]).toEqual([1, 0, 0]);
    expect(Buffer.from(safe.oldKeys?.data.buffer ?? new ArrayBuffer(0), safe.oldKeys?.data.byteOffset, 16).toString("hex")).toBe(
      tokenOf(7n),
    );
  });

  test("a remove that is named by its old identity stands in the key column", () => {
    const safe = treater().changes(
      changes({
        ops: [3],
        old: [42n],
        columns: { id: rawI64([null]), email: rawText([null]), country: rawText([null]), joined: rawMicros([null]) },
      }),
    );
    expect(read(safe)["id"]).toEqual([tokenOf(42n)]);
    expect([...safe.hasOldKey]).toEqual([0]);
    expect(safe.oldKeys).toBeUndefined();
  });

  test("unchanged TOAST is passed on as a mask, without a value and uncounted; for `present` it means there", () => {
    const own = treater();
    const safe = own.changes(
      changes({
        ops: [2, 2],
        columns: {
          id: rawI64([1n, 2n]),
          email: withUnchanged(rawText(["", "x"]), [0]),
          country: withUnchanged(rawText(["", "US"]), [0]),
          joined: rawMicros([null, null]),
        },
      }),
    );
    const got = read(safe);
    expect(got).toMatchObject({ country: ["unchanged", "US"], email: [1, 1], tier: ["here", "here"] });
    expect(safe.columns[2]?.unchanged).toBeUndefined();
    expect(own.trouble()).toEqual([]);
  });

  test("an update without its key is a bug", () => {
    expect(() =>
      treater().changes(
        changes({ ops: [2], columns: { id: rawI64([null]), email: rawText([null]), country: rawText([null]), joined: rawMicros([null]) } }),
      ),
    ).toThrow("bug: a change of accounts without its key");
  });

  test("an opaque key goes as it is, its old value too", () => {
    const names = attempts.columns.map((column) => column.name);
    const build = (id: readonly (bigint | null)[]): RawColumn[] =>
      names.map(
        (name) =>
          ({ id: rawI64(id), at: rawMicros([0]), account_id: rawI64([null]), ok: rawBool([true]), reason: rawText(["dns"]) })[name] ??
          rawText([null]),
      );
    const raw: RawChanges = {
      table: attempts,
      rowCount: 1,
      ops: Uint8Array.of(2),
      hasOldKey: Uint8Array.of(1),
      oldColumns: build([5n]),
      columns: build([6n]),
    };
    const safe = treater().changes(raw);
    expect(safe.oldKeys?.data).toEqual(BigInt64Array.of(5n));
    expect(read(safe)).toMatchObject({ id: [6n], account_id: [null], ok: [1], reason: ["dns"], at: [0] });
  });
});

test("property: any split of rows into batches gives the same columns", () => {
  const row = fc.record({
    id: fc.bigInt({ min: 0n, max: 50n }),
    country: fc.option(fc.constantFrom("US", "DE", "FR")),
    email: fc.option(fc.string()),
    joined: fc.option(fc.integer({ min: 0, max: 1e9 })),
  });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 30 }), fc.integer({ min: 1, max: 7 }), (rows, size) => {
      const whole = treater();
      const parts = treater();
      const treat = (own: Treater, some: typeof rows): SafeRows =>
        own.rows({
          table: accounts,
          rowCount: some.length,
          columns: accountRows({
            id: rawI64(some.map((one) => one.id)),
            email: rawText(some.map((one) => one.email)),
            country: rawText(some.map((one) => one.country)),
            joined: rawMicros(some.map((one) => one.joined)),
          }),
        });
      const all = treat(whole, rows);
      const cut: SafeRows[] = [];
      for (let at = 0; at < rows.length; at += size) cut.push(treat(parts, rows.slice(at, at + size)));
      for (const [i, column] of all.columns.entries()) {
        expect(cut.map((part) => part.columns[i]?.data.join()).join()).toBe(column.data.join());
      }
      expect(cut.flatMap((part) => part.dictionary.filter((one) => one.column === "country").flatMap((one) => one.values))).toEqual(
        all.dictionary.filter((one) => one.column === "country").flatMap((one) => one.values),
      );
      expect(parts.trouble()).toEqual(whole.trouble());
    }),
    { numRuns: 100 },
  );
});

test("a treater without a key or without the values of a rule does not begin", () => {
  expect(() => createTreater(compiled, new Map())).toThrow(expect.objectContaining({ code: "policy/keys-missing" }) as Error);
  const text =
    "version: 1\nzone: UTC\nunit: a\nentities: { a: { table: public.a, columns: { id: { take: token account }, sku: { take: keep, values: from m.sku } } } }";
  const from = compilePolicy(
    parseDeclaration(text, "v"),
    policyCatalog({ "public.a": { columns: { id: "int8", sku: "text" } }, "public.m": { columns: { sku: "text" } } }),
  );
  expect(() => createTreater(from, keys)).toThrow(expect.objectContaining({ code: "policy/values-missing" }) as Error);
  const many = Array.from({ length: 10_001 }, (_, i) => String(i));
  expect(() => createTreater(from, keys, new Map([["public.m.sku", many]]))).toThrow(
    expect.objectContaining({ code: "policy/values-too-many" }) as Error,
  );
});
