/**
 * What the mirror must know of metrics to keep their cells: compiled by `metrics/compile.ts` from the declaration, bound in
 * cli/server.ts. The mirror does not know what a metric means; it keeps counts by cell, exactly, under signed change.
 */
import type { SafeKind } from "../policy/safe.ts";

/** A column reached from a row by following refs: `refs` are ref columns, first of the row's table, then of the entity reached. */
export interface ColumnPath {
  readonly refs: readonly string[];
  /** Table that holds the column (the row's own when refs is empty). */
  readonly table: string;
  readonly column: string;
  readonly kind: SafeKind;
}

/** column IN values; texts are compared through the dictionary; null is never equal. All conditions must hold. */
export type RowCondition = readonly { readonly column: string; readonly values: readonly (string | number | boolean)[] }[];

export interface CellDimension {
  readonly name: string;
  readonly path: ColumnPath;
}

/** `bucket` of a cell: hour = minute (UTC, since 1970) at which the local hour starts; day = local date as days since 1970-01-01;
 * week = its Monday as days since 1970-01-01; month = months since 1970-01. */
export type Grain = "hour" | "day" | "week" | "month";

export interface CuboidSpec {
  /** Stable id, e.g. `day__model__country`; unique inside the metric. */
  readonly id: string;
  /** `all`: no periods, one bucket 0 (also the only grain of a metric without a time). */
  readonly grain: Grain | "all";
  /** Indices into MetricSpec.dimensions. */
  readonly dimensions: readonly number[];
}

/** A cuboid whose cells have periods. */
export type PeriodCuboid = CuboidSpec & { readonly grain: Grain };

export function hasPeriods(cuboid: CuboidSpec): cuboid is PeriodCuboid {
  return cuboid.grain !== "all";
}

export interface MetricSpec {
  readonly name: string;
  /** Definition version: another version = cells are built anew from rows. */
  readonly version: string;
  readonly table: string;
  /** `minute` column that places the row; rows where it is NULL do not count. undefined: every row counts, now, with grain `all` only. */
  readonly time: string | undefined;
  readonly filter: RowCondition;
  /** Ratio: rows that hit. undefined: count. */
  readonly hit: RowCondition | undefined;
  /** Sum: a column of whole numbers of the table (`i32`, or `i64`: then times 10^scale); rows where it is NULL count, and add nothing. */
  readonly sum?: string | undefined;
  readonly dimensions: readonly CellDimension[];
  /** Refs to follow to the protected unit; empty: the row's entity is the unit. A row whose unit is missing counts for no unit. */
  readonly unitPath: readonly string[];
  readonly cuboids: readonly CuboidSpec[];
  readonly history: "follow" | "keep";
  /** A cuboid that gets more cells than this while it is built is given up; undefined: none is. */
  readonly cellsMax?: number;
  /** Days that the rows are expected to span; undefined: not known. */
  readonly days?: number | undefined;
}

/** One bit per (local day, ref): at least one row. Rows whose time or ref is NULL set none. The names of sets are unique. */
export interface DaySetSpec {
  readonly name: string;
  /** Definition version: another version = the set is built anew from rows. */
  readonly version: string;
  /** A table of facts. */
  readonly table: string;
  readonly time: string;
  readonly filter: RowCondition;
  /** Ref column of the table: the entity that is counted. */
  readonly of: string;
}

/** Per ref the number of rows; a member is who has at least one. */
export interface MemberSetSpec {
  readonly name: string;
  readonly version: string;
  readonly table: string;
  readonly filter: RowCondition;
  /** Ref column of the table: the entity that is counted. */
  readonly of: string;
}

/** What answers need of an entity in memory: paths whose first ref is the entity's own (or none), and columns of its own. */
export interface EntityColumnsSpec {
  readonly entity: string;
  readonly paths: readonly ColumnPath[];
  readonly columns: readonly string[];
}

export interface CellsSpec {
  readonly zone: string;
  readonly k: number;
  readonly metrics: readonly MetricSpec[];
  readonly daySets?: readonly DaySetSpec[];
  readonly memberSets?: readonly MemberSetSpec[];
  readonly entityColumns?: readonly EntityColumnsSpec[];
}
