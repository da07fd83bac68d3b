/**
 * What viewers may be told of a metric: the told cells of some splits, at one position, for all requests the same. By month: what
 * is withheld in one is worked out anew only when its cells have changed.
 */
import { must } from "../../lib/assert.ts";
import { calendarOf } from "../../mirror/calendar.ts";
import type { CuboidSpec } from "../../mirror/cuboid.ts";
import { cellsSql } from "../../mirror/layout.ts";
import type { MirrorStatus, MirrorView, SqlRow } from "../../mirror/mirror.ts";
import type { CompiledMetric, CompiledMetrics } from "../compile.ts";
import type { Block } from "./block.ts";
import { cellAt, makeBlock } from "./block.ts";
import { protectCounts } from "./counts.ts";
import { protectRatio } from "./ratio.ts";

export interface PublishedNode {
  readonly cuboid: CuboidSpec;
  /** bucket, d0 … in the order of the cuboid's dimensions, n, and by kind hit or total. */
  readonly told: readonly SqlRow[];
  /** bucket and d0 … of what is withheld or empty: nobody is told which of the two. */
  readonly withheld: readonly SqlRow[];
}

export interface Published {
  readonly status: MirrorStatus;
  readonly nodes: readonly PublishedNode[];
  readonly months: ReadonlyMap<number, Month>;
}

interface Month {
  readonly fingerprint: string;
  readonly parts: readonly { readonly told: readonly SqlRow[]; readonly withheld: readonly SqlRow[] }[];
}

/**
 * Splits that viewers have: one dimension in every period but hours, two and more only over the longest periods. Each further split
 * of small cells would cost more in withheld totals than it tells.
 */
export function splitsForViewers(metric: CompiledMetric): readonly CuboidSpec[] {
  const order = ["day", "week", "month", "all"];
  const grains = metric.spec.cuboids.map(({ grain }) => order.indexOf(grain));
  const longest = order[Math.max(...grains)];
  return metric.spec.cuboids.filter(({ grain, dimensions }) => grain !== "hour" && (dimensions.length < 2 || grain === longest));
}

/** Reads all cells of those splits on one view and says which may be told. */
export async function publish(options: {
  readonly view: MirrorView;
  readonly compiled: CompiledMetrics;
  readonly metric: CompiledMetric;
  readonly last: Published | undefined;
}): Promise<Published> {
  const { view, compiled, metric, last } = options;
  const splits = splitsForViewers(metric);
  const rows: (readonly SqlRow[])[] = [];
  for (const cuboid of splits) rows.push((await view.all(`SELECT * FROM ${cellsSql(metric.spec, cuboid.id)}`)).map(numbers));
  const months = new Map<number, Month>();
  let before: Month | undefined;
  for (const [month, cells] of [...byMonth(splits, rows, compiled.zone)].toSorted((a, b) => a[0] - b[0])) {
    // A week that two months share is withheld in both when it is in the earlier.
    const fingerprint = JSON.stringify([cells, splits.map(({ grain }, i) => (grain === "week" ? before?.parts[i]?.withheld : undefined))]);
    const kept = last?.months.get(month);
    const found =
      kept?.fingerprint === fingerprint ? kept : { fingerprint, parts: protectMonth({ compiled, metric, splits, cells, month, before }) };
    months.set(month, found);
    before = found;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return {
    status: view.status,
    months,
    nodes: splits.map((cuboid, i) =>
      together(
        cuboid,
        [...months.values()].map((one) => must(one.parts[i], "part")),
      ),
    ),
  };
}

/** The store gives large types as bigint. What is no number (a sum beyond what the store holds) stays none. */
function numbers(row: SqlRow): SqlRow {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === null ? Number.NaN : Number(value)]));
}

function together(cuboid: CuboidSpec, parts: Month["parts"]): PublishedNode {
  const keyed = new Map<string, SqlRow>();
  const withheld = new Map<string, SqlRow>();
  for (const part of parts) for (const row of part.told) keyed.set(keyOf(cuboid, row), row);
  for (const part of parts) for (const row of part.withheld) withheld.set(keyOf(cuboid, row), row);
  return { cuboid, told: [...keyed].flatMap(([key, row]) => (withheld.has(key) ? [] : [row])), withheld: [...withheld.values()] };
}

function keyOf(cuboid: CuboidSpec, row: SqlRow): string {
  return [row["bucket"], ...cuboid.dimensions.map((_, i) => row[`d${i}`])].join();
}

/** By month (since 1970-01; 0 without a time): each split's cells. A week stands in both of its months. */
function byMonth(
  splits: readonly CuboidSpec[],
  rows: readonly (readonly SqlRow[])[],
  zone: string,
): ReadonlyMap<number, readonly (readonly SqlRow[])[]> {
  const calendar = calendarOf(zone);
  const monthOf = (day: number): number => calendar.bucketOf("month", calendar.startOf("day", day));
  const months = new Map<number, SqlRow[][]>();
  const add = (month: number, split: number, row: SqlRow): void => {
    const cells = months.get(month) ?? splits.map(() => []);
    months.set(month, cells);
    must(cells[split], "split").push(row);
  };
  for (const [i, { grain }] of splits.entries()) {
    for (const row of rows[i] ?? []) {
      const bucket = Number(row["bucket"]);
      if (grain === "all") add(0, i, row);
      else if (grain === "month") add(bucket, i, row);
      else for (const month of new Set(grain === "week" ? [monthOf(bucket), monthOf(bucket + 6)] : [monthOf(bucket)])) add(month, i, row);
    }
  }
  return months;
}

function protectMonth(options: {
  readonly compiled: CompiledMetrics;
  readonly metric: CompiledMetric;
  readonly splits: readonly CuboidSpec[];
  readonly cells: readonly (readonly SqlRow[])[];
  readonly month: number;
  readonly before: Month | undefined;
}): Month["parts"] {
  const { compiled, metric, splits, cells, before } = options;
  const values = metric.spec.dimensions.map((_, dimension) => {
    const codes = splits.flatMap((cuboid, i) => {
      const place = cuboid.dimensions.indexOf(dimension);
      return place === -1 ? [] : (cells[i] ?? []).map((row) => Number(row[`d${place}`]));
    });
    return [...new Set(codes)].toSorted((a, b) => a - b);
  });
  const { block, buckets } = blockOf({ ...options, values });
  const index = values.map((codes) => new Map(codes.map((code, i) => [code, i])));
  const column = (name: string): readonly Float64Array[] =>
    block.nodes.map((node, i) => {
      const array = new Float64Array(node.size);
      for (const row of cells[i] ?? [])
        array[placeOf({ block, index, buckets, cuboid: must(splits[i], "split"), node: i, row })] = Number(row[name]);
      return array;
    });
  const enough = (name: string): readonly Uint8Array[] =>
    column(name).map((low) => Uint8Array.from(low, (units) => (units >= compiled.k ? 1 : 0)));
  const earlier = block.nodes.map((node, i) => {
    const marks = new Uint8Array(node.size);
    if (splits[i]?.grain !== "week") return marks;
    for (const row of before?.parts[i]?.withheld ?? []) {
      const at = placeOf({ block, index, buckets, cuboid: must(splits[i], "split"), node: i, row });
      if (at >= 0) marks[at] = 1;
    }
    return marks;
  });
  const shared = sharedCells({ block, buckets, splits, zone: compiled.zone });
  const given = { block, k: compiled.k, earlier, shared };
  const told =
    metric.spec.hit === undefined
      ? protectCounts({ ...given, counts: { rows: column("n"), enough: enough("any_low") } }).told
      : protectRatio({
          ...given,
          rows: column("n"),
          hits: column("hit"),
          enough: enough("any_low"),
          enoughHits: enough("hit_low"),
          enoughMisses: enough("none_low"),
        });
  return block.nodes.map((node, i) => {
    const cuboid = must(splits[i], "split");
    const possible = new Uint8Array(node.stride);
    const rows = cells[i] ?? [];
    const at = rows.map((row) => placeOf({ block, index, buckets, cuboid, node: i, row }));
    for (const cell of at) possible[cell % node.stride] = 1;
    const withheld: SqlRow[] = [];
    for (const [period, bucket] of must(buckets[node.level], "level").entries()) {
      for (let rest = 0; rest < node.stride; rest += 1) {
        if (possible[rest] === 0 || told[i]![period * node.stride + rest] === 1) continue;
        const row: Record<string, number> = { bucket };
        for (const [place, dimension] of cuboid.dimensions.entries()) {
          row[`d${place}`] = values[dimension]![Math.floor(rest / node.strides[dimension]!) % block.sizes[dimension]!]!;
        }
        withheld.push(row);
      }
    }
    return { told: rows.filter((_, row) => told[i]![at[row]!] === 1), withheld };
  });
}

/** Cells (1) of weeks that lie in two months. */
function sharedCells(options: {
  readonly block: Block;
  readonly buckets: readonly (readonly number[])[];
  readonly splits: readonly CuboidSpec[];
  readonly zone: string;
}): readonly Uint8Array[] {
  const { block, buckets, splits, zone } = options;
  return block.nodes.map((node, i) => {
    const isShared = (bucket: number): boolean => splits[i]?.grain === "week" && isOfTwoMonths(bucket, zone);
    return Uint8Array.from({ length: node.size }, (_, cell) => (isShared(buckets[node.level]![Math.floor(cell / node.stride)]!) ? 1 : 0));
  });
}

function isOfTwoMonths(monday: number, zone: string): boolean {
  const calendar = calendarOf(zone);
  const [first, last] = [monday, monday + 6].map((day) => calendar.bucketOf("month", calendar.startOf("day", day)));
  return first !== last;
}

/** The block of a month, and by level the buckets of its periods. Slots are days with a cell, in this month. */
function blockOf(options: {
  readonly compiled: CompiledMetrics;
  readonly splits: readonly CuboidSpec[];
  readonly cells: readonly (readonly SqlRow[])[];
  readonly month: number;
  readonly values: readonly (readonly number[])[];
}): { readonly block: Block; readonly buckets: readonly (readonly number[])[] } {
  const { compiled, splits, cells, month, values } = options;
  const calendar = calendarOf(compiled.zone);
  const isTimeless = splits.every(({ grain }) => grain === "all");
  const grains = isTimeless ? (["all"] as const) : (["day", "week", "month"] as const);
  const days: number[] = [];
  if (isTimeless) days.push(0);
  else {
    const from = calendar.bucketOf("day", calendar.startOf("month", month));
    const to = calendar.bucketOf("day", calendar.endOf("month", month));
    const seen = splits.flatMap(({ grain }, i) =>
      grain === "day" || grain === "week" ? (cells[i] ?? []).map((row) => Number(row["bucket"]) + (grain === "week" ? 6 : 0)) : [],
    );
    const last = seen.length === 0 ? to : seen.reduce((most, day) => Math.max(most, day), from) + 1;
    for (let day = from; day < Math.min(to, Math.max(last, from + 1)); day += 1) days.push(day);
  }
  const buckets: number[][] = [];
  const levels = grains.map((grain) => {
    const own: number[] = [];
    const level = Int32Array.from(days, (day) => {
      const bucket = grain === "all" ? 0 : calendar.bucketOf(grain, calendar.startOf("day", day));
      if (own.at(-1) !== bucket) own.push(bucket);
      return own.length - 1;
    });
    buckets.push(own);
    return level;
  });
  const nodes = splits.map(({ grain, dimensions }) => ({ dimensions, level: (grains as readonly string[]).indexOf(grain) }));
  return { block: makeBlock({ sizes: values.map((one) => Math.max(1, one.length)), levels, nodes }), buckets };
}

/** A row's cell in the block; −1: it is not in it. */
function placeOf(options: {
  readonly block: Block;
  readonly index: readonly ReadonlyMap<number, number>[];
  readonly buckets: readonly (readonly number[])[];
  readonly cuboid: CuboidSpec;
  readonly node: number;
  readonly row: SqlRow;
}): number {
  const { block, index, buckets, cuboid, row } = options;
  const node = must(block.nodes[options.node], "node");
  const period = must(buckets[node.level], "level").indexOf(Number(row["bucket"]));
  const values: number[] = [];
  for (const [place, dimension] of cuboid.dimensions.entries()) {
    const value = index[dimension]?.get(Number(row[`d${place}`]));
    if (value === undefined) return -1;
    values[dimension] = value;
  }
  return period === -1 ? -1 : cellAt(node, period, values);
}
