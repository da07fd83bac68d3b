/**
 * Raw columns → safe columns, by whole columns. The only file that mints SafeRows and SafeChanges: what a rule did not return
 * cannot be in them.
 */
import { assert, must } from "../lib/assert.ts";
import type { RawChanges, RawColumn, RawRows } from "../source/raw.ts";
import type { CompiledColumn, CompiledPolicy, CompiledTable } from "./compile.ts";
import type { TokenKeys } from "./keys.ts";
import type { ColumnRule } from "./rules/column-rule.ts";
import { createColumnRule } from "./rules/column-rule.ts";
import type { Zone } from "./rules/zone.ts";
import { createZone } from "./rules/zone.ts";
import type { ColumnTrouble, SafeChanges, SafeRows, SafeValues } from "./safe.ts";
import { ops } from "./safe.ts";

export interface Treater {
  /** `counted: false` for a re-read by `verify`, whose troubles were counted before. */
  rows(raw: RawRows, options?: { readonly counted: boolean }): SafeRows;
  changes(raw: RawChanges): SafeChanges;
  /** Counts since the treater was made, columns with trouble only. */
  trouble(): readonly ColumnTrouble[];
}

interface TableTreater {
  readonly table: CompiledTable;
  readonly columns: readonly { readonly compiled: CompiledColumn; readonly rule: ColumnRule }[];
}

/**
 * `values`: by valuesName(), what compiled.valuesFrom names, read when the reader starts. One treater per connection of the pipe:
 * its codes are that connection's. Throws policy/keys-missing, policy/values-missing, policy/values-too-many.
 */
export function createTreater(
  compiled: CompiledPolicy,
  keys: TokenKeys,
  values: ReadonlyMap<string, readonly string[]> = new Map(),
): Treater {
  const zone = createZone(compiled.declaration.zone);
  const tables = new Map(compiled.tables.map((table) => [table.source.name, tableTreater(table, { zone, keys, values })]));
  const find = (name: string): TableTreater => must(tables.get(name), "table that the policy declares");
  return {
    rows(raw, options = { counted: true }) {
      return treatRows(find(raw.table.name), raw, options.counted);
    },
    changes(raw) {
      return treatChanges(find(raw.table.name), raw);
    },
    trouble() {
      return [...tables.values()].flatMap(troubleOf);
    },
  };
}

function tableTreater(
  table: CompiledTable,
  given: { zone: Zone; keys: TokenKeys; values: ReadonlyMap<string, readonly string[]> },
): TableTreater {
  return { table, columns: table.columns.map((compiled) => ({ compiled, rule: createColumnRule(compiled, given) })) };
}

function troubleOf({ table, columns }: TableTreater): readonly ColumnTrouble[] {
  return columns
    .filter(({ rule }) => rule.tally.other > 0 || rule.tally.degraded > 0)
    .map(({ compiled, rule }) => ({
      table: table.source.name,
      column: compiled.safe.name,
      other: rule.tally.other,
      degraded: rule.tally.degraded,
    }));
}

function treatRows(treater: TableTreater, raw: RawRows, counted: boolean): SafeRows {
  const before = treater.columns.map(({ rule }) => ({ ...rule.tally }));
  const columns = treater.columns.map(({ compiled, rule }) => {
    const column = sourceOf(compiled, raw.columns);
    const values = rule.apply(column, raw.rowCount, column?.nulls);
    if (compiled.safe.role === "key")
      assert(values.nulls === undefined || !values.nulls.includes(1), `NULL in the key of ${raw.table.name}`);
    return { ...values, unchanged: undefined, nulls: compiled.safe.role === "key" ? undefined : values.nulls };
  });
  if (!counted) for (const [i, { rule }] of treater.columns.entries()) Object.assign(rule.tally, before[i]);
  return mint<SafeRows>({ tag: "rows", table: raw.table.name, rowCount: raw.rowCount, columns, dictionary: growth(treater) });
}

/** The one cast of the brand: everything in it came out of a rule. */
function mint<T extends SafeRows | SafeChanges>(message: Omit<T, keyof T & symbol>): T {
  return message as T; // eslint-disable-line -- the brand's only maker
}

function growth(treater: TableTreater): SafeRows["dictionary"] {
  return treater.columns.flatMap(({ rule }) => rule.takeGrowth() ?? []);
}

function sourceOf(compiled: CompiledColumn, columns: readonly RawColumn[]): RawColumn | undefined {
  return compiled.source === undefined ? undefined : must(columns[compiled.source], `raw column ${compiled.safe.name}`);
}

function treatChanges(treater: TableTreater, raw: RawChanges): SafeChanges {
  const { rowCount } = raw;
  const without = rowsWithoutValues(raw);
  const old = treatOldKeys(treater, raw);
  const columns = treater.columns.map(({ compiled, rule }) => {
    const column = sourceOf(compiled, raw.columns);
    if (compiled.safe.role === "key") return keyColumn(compiled, rule, raw, old);
    const unchanged = rule.ignoresUnchanged ? undefined : maskOf(column?.unchanged, rowCount);
    const isNull = rule.ignoresUnchanged ? without(present(column, rowCount)) : union(without(column?.nulls), unchanged, rowCount);
    const values = rule.apply(column, rowCount, isNull);
    return { data: values.data, nulls: minus(values.nulls, unchanged), unchanged };
  });
  const { hasOldKey, oldKeys } = keyChanges(treater, raw, { old, columns });
  return mint<SafeChanges>({
    tag: "changes",
    table: raw.table.name,
    rowCount,
    ops: raw.ops.slice(0, rowCount),
    hasOldKey,
    oldKeys,
    columns,
    dictionary: growth(treater),
  });
}

/** Removes and truncates have no values: their rows are NULL in every column but the key. */
function rowsWithoutValues(raw: RawChanges): (nulls: Uint8Array | undefined) => Uint8Array | undefined {
  const mask = new Uint8Array(raw.rowCount);
  let any = false;
  for (let row = 0; row < raw.rowCount; row += 1) {
    const op = raw.ops[row];
    if (op !== ops.remove && op !== ops.truncate) continue;
    mask[row] = 1;
    any = true;
  }
  return (nulls) => (any ? union(nulls, mask, raw.rowCount) : nulls);
}

function maskOf(mask: Uint8Array | undefined, rowCount: number): Uint8Array | undefined {
  if (mask === undefined) return undefined;
  const copy = mask.slice(0, rowCount);
  return copy.includes(1) ? copy : undefined;
}

function union(a: Uint8Array | undefined, b: Uint8Array | undefined, rowCount: number): Uint8Array | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const both = a.slice(0, rowCount);
  for (let row = 0; row < rowCount; row += 1) if (b[row] === 1) both[row] = 1;
  return both;
}

function minus(a: Uint8Array | undefined, b: Uint8Array | undefined): Uint8Array | undefined {
  if (a === undefined || b === undefined) return a;
  const left = a.map((one, row) => (b[row] === 1 ? 0 : one));
  return left.includes(1) ? left : undefined;
}

/** For `present`: an unchanged value is there, whatever it is. */
function present(column: RawColumn | undefined, rowCount: number): Uint8Array | undefined {
  return column?.nulls === undefined ? undefined : minus(column.nulls.slice(0, rowCount), column.unchanged);
}

interface Keys {
  readonly source: Uint8Array;
  readonly values: SafeValues;
}

/** The old identity's key, where there is one. */
function treatOldKeys(treater: TableTreater, raw: RawChanges): Keys | undefined {
  const key = treater.columns.find(({ compiled }) => compiled.safe.role === "key");
  if (key === undefined || raw.oldColumns === undefined || !raw.hasOldKey.subarray(0, raw.rowCount).includes(1)) return undefined;
  const column = sourceOf(key.compiled, raw.oldColumns);
  const source = raw.hasOldKey.slice(0, raw.rowCount);
  const nulls = source.map((one) => 1 - one);
  for (let row = 0; row < raw.rowCount; row += 1) {
    assert(source[row] !== 1 || column?.nulls?.[row] !== 1, `NULL in the old key of ${raw.table.name}`);
  }
  return { source, values: { ...key.rule.apply(column, raw.rowCount, nulls), nulls: undefined, unchanged: undefined } };
}

/** A remove names its row by the old identity or by the new one, as the decoder found it; here it always stands in the key column. */
function keyColumn(compiled: CompiledColumn, rule: ColumnRule, raw: RawChanges, old: Keys | undefined): SafeValues {
  const column = must(sourceOf(compiled, raw.columns), "raw key column");
  const absent = new Uint8Array(raw.rowCount);
  for (let row = 0; row < raw.rowCount; row += 1) {
    const fromOld = raw.ops[row] === ops.remove && old?.source[row] === 1;
    if (raw.ops[row] === ops.truncate || fromOld) absent[row] = 1;
    else assert(column.nulls?.[row] !== 1 && column.unchanged?.[row] !== 1, `a change of ${raw.table.name} without its key`);
  }
  const values = rule.apply(column, raw.rowCount, absent.includes(1) ? absent : undefined);
  if (old !== undefined)
    for (let row = 0; row < raw.rowCount; row += 1)
      if (raw.ops[row] === ops.remove && old.source[row] === 1) copyKey(old.values, values, row);
  return { data: values.data, nulls: undefined, unchanged: undefined };
}

type Data = SafeValues["data"];

function copyKey(from: Pick<SafeValues, "data">, to: Pick<SafeValues, "data">, row: number): void {
  const bytesOf = (data: Data, width: number): Uint8Array => new Uint8Array(data.buffer, data.byteOffset + row * width, width);
  const width = keyWidth(from.data);
  bytesOf(to.data, width).set(bytesOf(from.data, width));
}

/** Bytes of a key: a token is 16, a number its own width. */
function keyWidth(data: Data): number {
  return data instanceof Uint8Array ? 16 : data.BYTES_PER_ELEMENT;
}

/** Old keys that differ from the new: an identity of more columns also comes along when only another of them has changed. */
function keyChanges(
  treater: TableTreater,
  raw: RawChanges,
  { old, columns }: { old: Keys | undefined; columns: readonly SafeValues[] },
): { hasOldKey: Uint8Array; oldKeys: SafeValues | undefined } {
  const hasOldKey = new Uint8Array(raw.rowCount);
  const key = columns[treater.columns.findIndex(({ compiled }) => compiled.safe.role === "key")];
  if (old === undefined || key === undefined) return { hasOldKey, oldKeys: undefined };
  const width = keyWidth(key.data);
  const before = Buffer.from(old.values.data.buffer, old.values.data.byteOffset, raw.rowCount * width);
  const after = Buffer.from(key.data.buffer, key.data.byteOffset, raw.rowCount * width);
  for (let row = 0; row < raw.rowCount; row += 1) {
    if (raw.ops[row] !== ops.update || old.source[row] !== 1) continue;
    if (before.compare(after, row * width, (row + 1) * width, row * width, (row + 1) * width) !== 0) hasOldKey[row] = 1;
  }
  return hasOldKey.includes(1) ? { hasOldKey, oldKeys: old.values } : { hasOldKey, oldKeys: undefined };
}
