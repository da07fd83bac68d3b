/**
 * How large a cuboid may become, which cuboids a metric tries to keep, and which declared questions none of them answers. An estimate
 * is buckets × the product of distinct values, at most the rows of the table: an upper bound where the parts are known, and often far
 * above the truth, for a firmware runs on few models. So a declared set is tried well beyond the limit, and the mirror, which counts
 * its cells exactly, gives up what really is too large.
 */
import type { Grain } from "../mirror/cuboid.ts";
import type { Declaration, DimensionDeclaration, MetricDeclaration } from "../policy/declaration.ts";
import type { SourceSizes } from "../policy/safe.ts";
import { declaredValues } from "./values.ts";
import { overlapsOf } from "./protect/group.ts";

/** No cuboid has more cells: above it an answer takes longer than reading is worth. */
export const cuboidCellsMax = 500_000;
/** A cuboid of few rows a cell answers hardly faster than the rows, and each cell is memory. Small ones cost nothing. */
const rowsPerCellMin = 10;
const smallCells = 50_000;
/** A declared set is tried where its estimate is at most so many times its limit. */
const declaredTriesMax = 20;
/** Automatic lattices hold sets of at most this many dimensions: each cuboid is one more write per change. */
const automaticDimensionsMax = 2;
/** Assumed where nothing is known: thirteen months, and 64 values of a text. */
const assumed = { days: 400, distinct: 64 } as const;

/** Sizes as the reader reports them, or as `plan` reads them itself. */
export function sizesFrom(known: SourceSizes | undefined): Sizes {
  return {
    distinct: (table, column) => known?.distinct[table]?.[column],
    days: (table) => known?.days[table],
    rows: (table) => known?.rows[table],
  };
}

/** What is known of the data; undefined: not known. Names are those of vitrine.yaml. */
export interface Sizes {
  readonly distinct: (table: string, column: string) => number | undefined;
  /** Days between the first and the last row by that time column. */
  readonly days: (table: string, column: string) => number | undefined;
  readonly rows: (table: string) => number | undefined;
}

export interface CuboidEstimate {
  /** Grain, then the dimensions' names: `day__model__country`. */
  readonly id: string;
  readonly grain: Grain | "all";
  /** Indices into the metric's dimensions. */
  readonly dimensions: readonly number[];
  readonly names: readonly string[];
  /** Upper bound of cells, from what is known or assumed. */
  readonly cells: number;
}

export interface MetricEstimate {
  readonly metric: string;
  /** What turns out to have more cells is given up. */
  readonly cellsMax: number;
  readonly cuboids: readonly CuboidEstimate[];
  /** Declared questions (grain × dimension set) that no cuboid answers; they are computed from the facts within a time limit. */
  readonly without: readonly CuboidEstimate[];
  /** A set that is kept in memory instead of cuboids. Metrics that mean the same share it. */
  readonly set?: SetEstimate | undefined;
  /** Viewers do not have it, for the sake of this other metric over some of the same rows. */
  readonly overlaps?: string | undefined;
}

export interface SetEstimate {
  readonly name: string;
  /** days: a bit for each day and entity; members: a number for each entity. */
  readonly kind: "days" | "members";
  /** What is counted. */
  readonly entity: string;
  /** At most, in the server's memory; undefined: the entity's rows are not known. */
  readonly bytes: number | undefined;
}

/** For `plan`: what each metric's lattice will hold and what it will not. */
export function estimateMetrics(declaration: Declaration, known?: Sizes): readonly MetricEstimate[] {
  const sizes = declaredSizes(declaration, known);
  const withCells = declaration.metrics.filter((metric) => estimateSet(metric, sizes) === undefined);
  const overlaps = overlapsOf(
    withCells.map(({ name, kind, table, at, filter, where }) => ({
      name,
      spec: { table, time: at, filter, hit: kind === "ratio" ? where : undefined },
    })),
  );
  return declaration.metrics.map((metric) => {
    const kept = estimateSet(metric, sizes);
    if (kept !== undefined) return { metric: metric.name, cellsMax: cellsMaxOf(metric.table, sizes), cuboids: [], without: [], set: kept };
    const dimensions = dimensionsOf(declaration, metric);
    const cuboids = chooseCuboids(metric, dimensions, sizes);
    const without = subsets(metric.by.length)
      .filter((one) => asks(metric, one))
      .flatMap((set) => grainsOf(metric).map((grain) => estimateCuboid({ metric, dimensions, grain, set, sizes })))
      .filter((question) => !cuboids.some((cuboid) => answers(cuboid, question)));
    return { metric: metric.name, cellsMax: cellsMaxOf(metric.table, sizes), cuboids, without, overlaps: overlaps.get(metric.name) };
  });
}

function estimateSet(metric: MetricDeclaration, sizes: Sizes): SetEstimate | undefined {
  const { detail } = metric;
  if (detail === undefined || detail.tag === "sum" || detail.tag === "share-of") return undefined;
  const rows = sizes.rows(metric.table);
  const found = { name: detail.set.name, entity: metric.table };
  if (detail.tag === "share-having") return { ...found, kind: "members", bytes: rows === undefined ? undefined : rows * 2 };
  const days = sizes.days(detail.table, detail.time) ?? assumed.days;
  // A bit for each day, and about a seventh and a thirtieth of that again for the unions of weeks and months.
  return { ...found, kind: "days", bytes: rows === undefined ? undefined : Math.ceil((rows / 8) * days * 1.2) };
}

/** A share is the state now: one cell for all time. */
function grainsOf(metric: MetricDeclaration): readonly (Grain | "all")[] {
  return metric.kind === "share" ? ["all"] : metric.grain;
}

/** What a question can need: of a share with its dimension, and without it the whole that is shared. */
function asks(metric: MetricDeclaration, set: readonly number[]): boolean {
  const { detail } = metric;
  if (detail?.tag !== "share-of") return true;
  return set.includes(metric.by.indexOf(detail.dimension))
    ? set.length <= automaticDimensionsMax + 1
    : set.length <= automaticDimensionsMax;
}

/** Fills what is not known from the file: a closed list of values says how many there can be. */
export function declaredSizes(declaration: Declaration, known: Sizes | undefined): Sizes {
  return {
    distinct: (table, column) => smaller(known?.distinct(table, column), declaredDistinct(declaration, table, column)),
    days: (table, column) => known?.days(table, column),
    rows: (table) => known?.rows(table),
  };
}

function smaller(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

/** Cells that a cuboid of the table may have: half a million, and fewer where there are few rows. */
export function cellsMaxOf(table: string, sizes: Sizes): number {
  const rows = sizes.rows(table);
  return rows === undefined ? cuboidCellsMax : Math.min(cuboidCellsMax, Math.max(smallCells, Math.floor(rows / rowsPerCellMin)));
}

/** The sets and grains that a metric tries to keep: the declared ones, else all sets of up to two dimensions, each where it may fit. */
export function chooseCuboids(
  metric: MetricDeclaration,
  dimensions: readonly DimensionDeclaration[],
  sizes: Sizes,
): readonly CuboidEstimate[] {
  const isDeclared = metric.cuboids !== undefined;
  const sets = isDeclared
    ? declaredSets(metric)
    : subsets(metric.by.length).filter((set) => (metric.kind === "share" ? asks(metric, set) : set.length <= automaticDimensionsMax));
  const most = cellsMaxOf(metric.table, sizes) * (isDeclared ? declaredTriesMax : 1);
  return sets
    .flatMap((set) => grainsOf(metric).map((grain) => estimateCuboid({ metric, dimensions, grain, set, sizes })))
    .filter((cuboid) => cuboid.cells <= most);
}

function declaredSets(metric: MetricDeclaration): readonly (readonly number[])[] {
  const sets = new Map<string, readonly number[]>([["", []]]);
  for (const names of [[], ...(metric.cuboids ?? [])]) {
    const set = names.map((name) => metric.by.indexOf(name)).toSorted((a, b) => a - b);
    sets.set(set.join(), set);
    // Of a share the whole is needed beside its parts.
    if (metric.detail?.tag === "share-of") {
      const of = metric.by.indexOf(metric.detail.dimension);
      const whole = set.filter((index) => index !== of);
      const parts = [...whole, of].toSorted((a, b) => a - b);
      for (const one of [whole, parts]) sets.set(one.join(), one);
    }
  }
  return [...sets.values()].toSorted((a, b) => a.length - b.length);
}

function estimateCuboid(options: {
  readonly metric: MetricDeclaration;
  readonly dimensions: readonly DimensionDeclaration[];
  readonly grain: Grain | "all";
  readonly set: readonly number[];
  readonly sizes: Sizes;
}): CuboidEstimate {
  const { metric, dimensions, grain, set, sizes } = options;
  const names = set.map((index) => metric.by[index] ?? "");
  const days = (metric.at === undefined ? undefined : sizes.days(metric.table, metric.at)) ?? assumed.days;
  const combinations = set.reduce((product, index) => {
    const dimension = dimensions[index];
    const distinct = dimension === undefined ? undefined : sizes.distinct(dimension.of.table, dimension.of.column);
    return product * (distinct ?? assumed.distinct);
  }, 1);
  const cells = Math.min(buckets(grain, days) * combinations, sizes.rows(metric.table) ?? Infinity);
  return { id: [grain, ...names].join("__"), grain, dimensions: set, names, cells };
}

/** Periods of a grain that a span of days touches, at most. */
function buckets(grain: Grain | "all", days: number): number {
  const counts: Readonly<Record<Grain | "all", number>> = {
    all: 1,
    hour: days * 24,
    day: days,
    week: Math.ceil(days / 7) + 1,
    month: Math.ceil(days / 28) + 1,
  };
  return counts[grain];
}

/** A finer grain gives a coarser one by adding; weeks do not make months. */
export const coarserOf: Readonly<Record<Grain | "all", readonly (Grain | "all")[]>> = {
  all: ["all"],
  hour: ["hour", "day", "week", "month"],
  day: ["day", "week", "month"],
  week: ["week"],
  month: ["month"],
};

function answers(cuboid: CuboidEstimate, question: CuboidEstimate): boolean {
  return coarserOf[cuboid.grain].includes(question.grain) && question.dimensions.every((index) => cuboid.dimensions.includes(index));
}

/** All subsets of 0 … n−1, smaller first. At most 2^8: a metric has few dimensions. */
function subsets(count: number): readonly (readonly number[])[] {
  const all: number[][] = [];
  for (let bits = 0; bits < 1 << Math.min(count, 8); bits++) {
    all.push(Array.from({ length: count }, (_, index) => index).filter((index) => bits & (1 << index)));
  }
  return all.toSorted((a, b) => a.length - b.length);
}

function dimensionsOf(declaration: Declaration, metric: MetricDeclaration): readonly DimensionDeclaration[] {
  const table = declaration.tables.find(({ name }) => name === metric.table);
  return metric.by.flatMap((name) => table?.dimensions.filter((dimension) => dimension.name === name) ?? []);
}

/** Values that the file allows, and null, unknown, other. */
function declaredDistinct(declaration: Declaration, table: string, column: string): number | undefined {
  const take = declaration.tables.find(({ name }) => name === table)?.columns.find(({ name }) => name === column)?.take;
  if (take?.tag === "present") return 3;
  if (take?.tag === "bucket") return take.bounds.length + 1 + reservedCount;
  const values = declaredValues(take);
  return values === undefined ? undefined : values.length + reservedCount;
}

const reservedCount = 3;
