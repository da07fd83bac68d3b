/** Mints safe rows and changes by hand, for tests of the mirror only. */
import { must } from "../../src/lib/assert.ts";
import type { DictionaryGrowth, SafeChanges, SafeColumn, SafeRows, SafeSchema, SafeTable, SafeValues } from "../../src/policy/safe.ts";
import { codes, ops } from "../../src/policy/safe.ts";

/** A value of a row: a key or ref is a number (its token is derived from it), a code a text; null is NULL; `kept` unchanged TOAST. */
export type PlainValue = number | bigint | string | boolean | null | typeof kept;
export type PlainRow = Readonly<Record<string, PlainValue>>;
export const kept = Symbol("kept");

/** One operation in stream order. `old`: the key before, where it changes. */
export type PlainOp =
  | { readonly tag: "insert"; readonly row: PlainRow }
  | { readonly tag: "update"; readonly row: PlainRow; readonly old?: PlainValue }
  | { readonly tag: "remove"; readonly key: PlainValue }
  | { readonly tag: "truncate" };

export const column = (name: string, kind: SafeColumn["kind"], rest: Partial<SafeColumn> = {}): SafeColumn => ({
  name,
  kind,
  role: "value",
  refers: undefined,
  scale: 0,
  ...rest,
});
export const key = (name: string, kind: SafeColumn["kind"] = "token"): SafeColumn => column(name, kind, { role: "key" });
export const ref = (name: string, refers: string): SafeColumn => column(name, "token", { role: "ref", refers });

/** 16 bytes that stand for a number, looking random. */
export function tokenOf(value: number): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  let state = (value + 1) * 0x9e3779b1;
  for (let i = 0; i < 4; i += 1) {
    state = Math.imul(state ^ (state >>> 15), 0x85ebca6b) + value;
    view.setInt32(i * 4, state, true);
  }
  view.setInt32(12, value, true);
  return bytes;
}

/** The number that a token stands for. */
export function numberOf(token: Uint8Array): number {
  return new DataView(token.buffer, token.byteOffset, 16).getInt32(12, true);
}

/** Encodes for one connection of the pipe: dictionary codes are its own. */
export class SafeEncoder {
  readonly #schema: SafeSchema;
  readonly #words = new Map<string, Map<string, number>>();

  constructor(schema: SafeSchema) {
    this.#schema = schema;
  }

  rows(table: string, rows: readonly PlainRow[]): SafeRows {
    const growth = new Growth();
    const columns = this.#table(table).columns.map((one) =>
      this.#values(
        table,
        one,
        rows.map((row) => valueIn(row, one.name)),
        growth,
      ),
    );
    return minted({ tag: "rows", table, rowCount: rows.length, columns, dictionary: growth.entries });
  }

  changes(table: string, list: readonly PlainOp[]): SafeChanges {
    const growth = new Growth();
    const spec = this.#table(table);
    const valueOf = (op: PlainOp, one: SafeColumn): PlainValue | undefined => {
      if (op.tag === "insert" || op.tag === "update") return valueIn(op.row, one.name);
      return op.tag === "remove" && one.name === spec.key ? op.key : undefined;
    };
    const columns = spec.columns.map((one) =>
      this.#values(
        table,
        one,
        list.map((op) => valueOf(op, one)),
        growth,
      ),
    );
    const oldOf = (op: PlainOp): PlainValue | undefined => (op.tag === "update" ? op.old : undefined);
    const hasOldKey = Uint8Array.from(list, (op) => (oldOf(op) === undefined ? 0 : 1));
    const keyColumn = spec.columns.find((one) => one.name === spec.key);
    const oldKeys = keyColumn === undefined || !hasOldKey.includes(1) ? undefined : this.#values(table, keyColumn, list.map(oldOf), growth);
    return minted({
      tag: "changes",
      table,
      rowCount: list.length,
      ops: Uint8Array.from(list, (op) => ops[op.tag]),
      hasOldKey,
      oldKeys,
      columns,
      dictionary: growth.entries,
    });
  }

  #table(name: string): SafeTable {
    return must(
      this.#schema.tables.find((table) => table.name === name),
      "table",
    );
  }

  /** undefined: zeros, nothing is meant. */
  #values(table: string, one: SafeColumn, values: readonly (PlainValue | undefined)[], growth: Growth): SafeValues {
    const flags = (test: (value: PlainValue | undefined) => boolean): Uint8Array | undefined =>
      values.some(test) ? Uint8Array.from(values, (value) => (test(value) ? 1 : 0)) : undefined;
    const unchanged = flags((value) => value === kept);
    const nulls = one.kind === "code" ? undefined : flags((value) => value === null);
    return { data: this.#data(table, one, values, growth), nulls, unchanged };
  }

  #data(table: string, one: SafeColumn, values: readonly (PlainValue | undefined)[], growth: Growth): SafeValues["data"] {
    const plain = values.map((value) => (value === kept || value === undefined || value === null ? undefined : value));
    switch (one.kind) {
      case "token": {
        const out = new Uint8Array(values.length * 16);
        plain.forEach((value, i) => value !== undefined && out.set(tokenOf(Number(value)), i * 16));
        return out;
      }
      case "code":
        return Int32Array.from(plain, (value) => (value === undefined ? codes.null : this.#code(table, one.name, String(value), growth)));
      case "i64":
        return BigInt64Array.from(plain, (value) => BigInt(value ?? 0));
      case "f64":
        return Float64Array.from(plain, (value) => Number(value ?? 0));
      case "bool":
        return Uint8Array.from(plain, (value) => (value === true ? 1 : 0));
      case "i32":
      case "minute":
        return Int32Array.from(plain, (value) => Number(value ?? 0));
    }
  }

  /** "other" is what a rule refused. */
  #code(table: string, name: string, value: string, growth: Growth): number {
    if (value === "other") return codes.other;
    const words = this.#words.get(`${table}.${name}`) ?? new Map<string, number>();
    this.#words.set(`${table}.${name}`, words);
    let code = words.get(value);
    if (code === undefined) {
      code = codes.first + words.size;
      words.set(value, code);
      growth.entries.push({ column: name, firstCode: code, values: [value] });
    }
    return code;
  }
}

function valueIn(row: PlainRow, name: string): PlainValue {
  const value = row[name];
  if (value === undefined) throw new Error(`the row has no ${name}`);
  return value;
}

class Growth {
  readonly entries: DictionaryGrowth[] = [];
}

/** Only policy mints; a test of the mirror has no policy. */
// oxlint-disable-next-line no-unnecessary-type-parameters -- the cast is the purpose
function minted<T>(message: unknown): T {
  return message as T;
}
