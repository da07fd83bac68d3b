/**
 * What a run of changes of one table comes to. Rows are followed through key changes and swaps: a chain starts at a stored row (named
 * by its key in the store) or at an insert, and ends gone or under its last key. Never reduce by key: after 1 → -1, 2 → 1, -1 → 2
 * every key is the one it was, and every row another.
 */
import { assert, must } from "../../lib/assert.ts";
import { VitrineError } from "../../model/error.ts";
import { ops } from "../../policy/safe.ts";
import type { Column, Layout } from "./engine.ts";
import type { ChangedColumn } from "./stored.ts";
import { copyRow, emptyColumn } from "./stored.ts";

/** A key as a JavaScript value: refs and safe integers as number, larger ones as bigint, tokens as text of 16 characters. */
export type Key = number | bigint | string;

/** Changes of one table with stored columns. `keyColumn`: place of the key in `columns`; undefined: append only. */
export interface Slice {
  readonly rowCount: number;
  readonly ops: Uint8Array;
  readonly hasOldKey: Uint8Array;
  readonly oldKeys: Column | undefined;
  readonly columns: readonly ChangedColumn[];
  readonly insertsOnly: boolean;
}

interface Version {
  readonly slice: Slice;
  readonly row: number;
  readonly before: Version | undefined;
}

/** One row's way. `origin`: its key in the store at the start. `version`: its latest values; undefined: only the stored ones. */
export interface Chain {
  readonly origin: Key | undefined;
  alive: boolean;
  version: Version | undefined;
}

export interface Reduced {
  /** Every row stored before is gone; chains with an origin are dead then. */
  readonly truncated: boolean;
  readonly chains: readonly Chain[];
  /** Keys that were inserted without an earlier word of them: must not be in the store. */
  readonly inserted: readonly { readonly key: Key; readonly chain: Chain }[];
  /** Changes of rows that the batch itself had removed, and keys inserted twice. */
  readonly missing: number;
  readonly duplicates: number;
}

export function keyAt(column: Column, layout: Layout, row: number): Key {
  const { data } = column;
  if (data instanceof BigInt64Array) {
    const wide = data[row]!;
    const narrow = Number(wide);
    return Number.isSafeInteger(narrow) ? narrow : wide;
  }
  if (layout === "token") return Buffer.from(data.buffer, data.byteOffset + row * 16, 16).toString("latin1");
  return data[row] as number; // eslint-disable-line -- inside
}

/** Follows the rows of a run of slices. */
export function reduce(slices: readonly Slice[], key: { readonly index: number; readonly layout: Layout }): Reduced {
  const chains: Chain[] = [];
  const inserted: { key: Key; chain: Chain }[] = [];
  /** By key: the chain that has it now; undefined value: nobody has it any more. */
  const holders = new Map<Key, Chain | undefined>();
  let truncated = false;
  let missing = 0;
  let duplicates = 0;

  const takeHolder = (at: Key): Chain | undefined => {
    const known = holders.get(at);
    if (known !== undefined) return known;
    if (truncated || holders.has(at)) return undefined;
    const stored: Chain = { origin: at, alive: true, version: undefined };
    chains.push(stored);
    return stored;
  };
  const start = (at: Key, slice: Slice, row: number, isNew: boolean): void => {
    const chain: Chain = { origin: undefined, alive: true, version: { slice, row, before: undefined } };
    const known = holders.get(at);
    if (known?.alive === true) duplicates += 1;
    else if (isNew && !truncated && !holders.has(at)) inserted.push({ key: at, chain });
    chains.push(chain);
    holders.set(at, chain);
  };

  const update = (slice: Slice, row: number, at: Key): void => {
    const before = slice.hasOldKey[row] === 1 ? keyAt(must(slice.oldKeys, "old keys"), key.layout, row) : at;
    const chain = takeHolder(before);
    if (chain === undefined) {
      // The row should be there. Without kept values the new ones are whole; with them it cannot be known.
      if (keepsSome(slice, row)) throw unchangedMissing();
      missing += 1;
      start(at, slice, row, false);
      return;
    }
    chain.version = { slice, row, before: chain.version };
    if (before !== at) {
      holders.set(before, undefined);
      if (holders.get(at)?.alive === true) duplicates += 1;
    }
    holders.set(at, chain);
  };

  const apply = (slice: Slice, row: number): void => {
    const op = slice.ops[row];
    if (op === ops.truncate) {
      for (const chain of chains) chain.alive = false;
      holders.clear();
      inserted.length = 0;
      truncated = true;
      return;
    }
    const at = keyAt(must(slice.columns[key.index], "key column"), key.layout, row);
    if (op === ops.insert) start(at, slice, row, true);
    else if (op === ops.update) update(slice, row, at);
    else {
      assert(op === ops.remove, "an operation that is known");
      const chain = takeHolder(at);
      if (chain === undefined) missing += 1;
      else chain.alive = false;
      holders.set(at, undefined);
    }
  };

  for (const slice of slices) for (let row = 0; row < slice.rowCount; row += 1) apply(slice, row);
  return { truncated, chains, inserted, missing, duplicates };
}

function keepsSome(slice: Slice, row: number): boolean {
  return slice.columns.some((column) => column.unchanged?.[row] === 1);
}

/** A table without a key: rows after the last truncate. */
export function reduceAppends(slices: readonly Slice[]): { readonly truncated: boolean; readonly chains: readonly Chain[] } {
  let chains: Chain[] = [];
  let truncated = false;
  for (const slice of slices) {
    for (let row = 0; row < slice.rowCount; row += 1) {
      if (slice.ops[row] === ops.truncate) {
        chains = [];
        truncated = true;
      } else {
        assert(slice.ops[row] === ops.insert, "only inserts without a key");
        chains.push({ origin: undefined, alive: true, version: { slice, row, before: undefined } });
      }
    }
  }
  return { truncated, chains };
}

/** Old rows of the store, by key. */
export interface OldRows {
  readonly columns: readonly Column[];
  readonly rowOf: ReadonlyMap<Key, number>;
}

/**
 * The rows of the chains that are alive, as columns. Values that a change kept are taken from the version before, at last from the
 * stored row; where that is missing mirror/unchanged-missing is thrown.
 */
export function materialise(
  chains: readonly Chain[],
  layouts: readonly Layout[],
  old: OldRows | undefined,
): { readonly columns: readonly Column[]; readonly rowCount: number } {
  const alive = chains.filter((chain) => chain.alive);
  const columns = layouts.map((layout, c) => {
    const target = emptyColumn(layout, alive.length);
    alive.forEach((chain, to) => {
      let version = chain.version;
      while (version !== undefined && version.slice.columns[c]?.unchanged?.[version.row] === 1) version = version.before;
      if (version !== undefined) copyRow(layout, must(version.slice.columns[c], "column"), version.row, target, to);
      else {
        const from = chain.origin === undefined ? undefined : old?.rowOf.get(chain.origin);
        if (from === undefined) throw unchangedMissing();
        copyRow(layout, must(old?.columns[c], "old column"), from, target, to);
      }
    });
    return target;
  });
  return { columns, rowCount: alive.length };
}

/** Whether a chain that is alive needs its stored row's values. */
export function unchangedMissing(): VitrineError {
  return new VitrineError("mirror/unchanged-missing", { message: "A change keeps a large value whose row is not in the mirror." });
}
