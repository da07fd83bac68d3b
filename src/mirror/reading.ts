/**
 * Answers from memory: entities and sets of them, all at one committed position. Everything here is synchronous: nothing may be
 * kept beyond the `work` that was given it, because the next change may alter it in place.
 */
import type { ColumnPath } from "./cuboid.ts";
import type { MirrorStatus } from "./mirror.ts";

export interface MemoryReading {
  /** The position that everything read here has. */
  readonly status: MirrorStatus;
  entity(name: string): EntityReading;
  daySet(name: string): DaySetReading;
  memberSet(name: string): MemberSetReading;
}

/** By ref. Refs beyond `count` have not been given out; those that are given out may be of an entity that is not there. */
export interface EntityReading {
  /** Refs given out. */
  readonly count: number;
  /** 1: the entity is there. */
  readonly present: Uint8Array;
  /**
   * A dimension's integers. `path.refs` start at this entity (empty: a column of its own). Paths and columns must be among those of
   * CellsSpec.entityColumns.
   */
  dimension(path: ColumnPath): DimensionReading;
  /** By ref: the ref that `path` leads to, negative where there is none or where an entity on the way is missing. Empty: the ref itself, where it is present. */
  follow(path: readonly string[]): (ref: number) => number;
  /** By ref: minutes of a `minute` column; the smallest 32-bit integer for NULL. */
  minutes(column: string): Int32Array;
}

/** The integers of a dimension (layout.ts describes them), by ref: `codes[places[ref]]`. Kept from question to question: not to be changed. */
export interface DimensionReading {
  /** Of the refs that were given out; it may be longer. */
  readonly places: Uint16Array | Int32Array;
  readonly codes: readonly number[];
}

/** Committed cells and words in memory, at one position, under the same rule: nothing of it may be kept. */
export interface CellsReading {
  readonly status: MirrorStatus;
  /** undefined: there is no such cuboid, or what was committed of it cannot be told now. */
  cuboid(metric: string, id: string): CuboidReading | undefined;
  /** By code; empty for kinds without a dictionary. There may be words that no committed row has. */
  words(path: ColumnPath): ReadonlyMap<number, string>;
}

/** Numbered cells; those with `n` 0 are none. */
export interface CuboidReading {
  readonly count: number;
  bucketOf(cell: number): number;
  /** Of the cuboid's i-th dimension: the integer that layout.ts describes. */
  dimOf(cell: number, i: number): number;
  measure(cell: number, name: CellMeasure): number;
  /** As long as it is the same, all cells are. Never the same for two cuboids. */
  readonly changed: number;
  /** As long as it is the same, the cells of the bucket are. */
  changedAt(bucket: number): number;
}

/** Columns of layout.ts's `cellMeasures`. */
export type CellMeasure = "n" | "any_low" | "any_high" | "hit" | "hit_low" | "hit_high" | "none_low" | "none_high" | "total";

export interface DaySetReading {
  /** First and last local day (days since 1970-01-01) with a member. */
  readonly span: { readonly from: number; readonly to: number } | undefined;
  /**
   * Who has a row on one of the local days [from, to), as bits: ref & 31 of word ref >>> 5. Words beyond the end are 0. Not to be
   * changed. Unions of whole weeks and months are kept once they were asked for.
   */
  union(from: number, to: number): Uint32Array;
}

export interface MemberSetReading {
  has(ref: number): boolean;
  /** Bits as in DaySetReading.union. Not to be changed. */
  words(): Uint32Array;
}
