/**
 * Columns as the store keeps them: refs instead of tokens of entities, durable codes. And the same as plain numbers, on which
 * metrics are computed.
 */
import { assert, must } from "../../lib/assert.ts";
import type { SafeColumn, SafeTable, SafeValues } from "../../policy/safe.ts";
import { codes } from "../../policy/safe.ts";
import type { Column, Layout } from "./engine.ts";
import { wordsOf } from "./token-index.ts";
import type { TokenIndex } from "./token-index.ts";
import type { Words } from "./words.ts";

/** A stored column of a change: `unchanged` rows hold nothing. */
export interface ChangedColumn extends Column {
  readonly unchanged: Uint8Array | undefined;
}

/** Whether the column holds refs in the store. */
function holdsRefs(table: SafeTable, column: SafeColumn): boolean {
  return column.role === "ref" || (table.kind === "entity" && column.role === "key");
}

/** Entity whose refs a ref-holding column holds. */
function entityOf(table: SafeTable, column: SafeColumn): string {
  return column.role === "ref" ? must(column.refers, "entity referred to") : table.name;
}

export function layoutOf(table: SafeTable, column: SafeColumn): Layout {
  if (holdsRefs(table, column)) return "i32";
  if (column.kind === "minute" || column.kind === "code") return "i32";
  return column.kind;
}

/** From the pipe's values to stored ones. `skip[row]` = 1: the row has nothing in this column (no ref may be given out for it). */
export function storedColumn(
  from: {
    readonly table: SafeTable;
    readonly column: SafeColumn;
    readonly values: SafeValues;
    readonly rowCount: number;
    readonly skip: Uint8Array | undefined;
  },
  state: { readonly tokens: ReadonlyMap<string, TokenIndex>; readonly words: Words },
): ChangedColumn {
  const { table, column, values, rowCount } = from;
  const { nulls, unchanged } = values;
  if (holdsRefs(table, column)) {
    const index = must(state.tokens.get(entityOf(table, column)), "tokens of an entity");
    return { data: refsOf(index, values, rowCount, from.skip), nulls, unchanged };
  }
  if (column.kind === "code") {
    assert(values.data instanceof Int32Array, "codes as Int32Array");
    return { data: state.words.column(column.name).durable(values.data), nulls: undefined, unchanged };
  }
  return { data: values.data, nulls, unchanged };
}

function refsOf(index: TokenIndex, values: SafeValues, rowCount: number, skip: Uint8Array | undefined): Int32Array {
  assert(values.data instanceof Uint8Array && values.data.length >= rowCount * 16, "tokens of 16 bytes");
  const words = wordsOf(values.data);
  const { nulls, unchanged } = values;
  if (nulls === undefined && unchanged === undefined && skip === undefined) return index.assignAll(words, rowCount, undefined);
  return index.assignAll(words, rowCount, (row) => nulls?.[row] === 1 || unchanged?.[row] === 1 || skip?.[row] === 1);
}

/** In a column of numbers: the source has NULL. For Float64Array it is NaN; refs have `noRef`. */
export const nullInt = -0x8000_0000;
/** A ref that is NULL, and one whose entity is missing. */
export const noRef = -1;
export const missingRef = -2;

/** A column as numbers with its own mark for NULL: codes, bools, minutes and refs as Int32Array, other numbers as Float64Array. */
export type Numbers = Int32Array | Float64Array;

export function numbersOf(table: SafeTable, column: SafeColumn, stored: Column, rowCount: number): Numbers {
  const { data, nulls } = stored;
  const refs = holdsRefs(table, column);
  if (refs || column.kind === "minute" || column.kind === "code") return intsOf(data, nulls, rowCount, refs ? noRef : nullInt);
  if (column.kind === "bool") return intsOf(data, nulls, rowCount, nullInt);
  assert(column.kind !== "token", "a token used in a metric");
  const out = new Float64Array(rowCount);
  for (let row = 0; row < rowCount; row += 1) out[row] = nulls?.[row] === 1 ? Number.NaN : Number(data[row]);
  return out;
}

function intsOf(data: Column["data"], nulls: Uint8Array | undefined, rowCount: number, mark: number): Int32Array {
  if (nulls === undefined && data instanceof Int32Array) return data;
  const out = new Int32Array(data as Int32Array); // eslint-disable-line -- Int32Array or Uint8Array
  if (nulls !== undefined) for (let row = 0; row < rowCount; row += 1) if (nulls[row] === 1) out[row] = mark;
  return out;
}

/** A column with nothing in it, for a table's layout. */
export function emptyNumbers(table: SafeTable, column: SafeColumn, rowCount: number): Numbers {
  if (holdsRefs(table, column)) return new Int32Array(rowCount).fill(noRef);
  if (column.kind === "code") return new Int32Array(rowCount).fill(codes.null);
  if (column.kind === "minute" || column.kind === "bool") return new Int32Array(rowCount).fill(nullInt);
  return new Float64Array(rowCount).fill(Number.NaN);
}

/** Copies row `from` of `source` to row `to` of `target`, both of one layout. */
export function copyRow(
  layout: Layout,
  source: Column,
  from: number,
  target: { data: Column["data"]; nulls: Uint8Array },
  to: number,
): void {
  if (source.nulls?.[from] === 1) {
    target.nulls[to] = 1;
    return;
  }
  if (layout === "token") (target.data as Uint8Array).set((source.data as Uint8Array).subarray(from * 16, from * 16 + 16), to * 16); // eslint-disable-line -- tokens are bytes
  else target.data[to] = source.data[from] as never; // eslint-disable-line -- same layout
}

export function emptyColumn(layout: Layout, rowCount: number): { data: Column["data"]; nulls: Uint8Array } {
  assert(layout !== "text", "a stored text");
  const nulls = new Uint8Array(rowCount);
  if (layout === "i64") return { data: new BigInt64Array(rowCount), nulls };
  if (layout === "f64") return { data: new Float64Array(rowCount), nulls };
  if (layout === "token") return { data: new Uint8Array(rowCount * 16), nulls };
  if (layout === "bool") return { data: new Uint8Array(rowCount), nulls };
  return { data: new Int32Array(rowCount), nulls };
}
