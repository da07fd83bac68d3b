/**
 * What of one month may be told: the cells of all splits that viewers have, made a block, protected, and given back as rows. Plain data in
 * and out, for it is worked out on a thread of its own.
 */
import { must } from "../../lib/assert.ts";
import { calendarOf } from "../../mirror/calendar.ts";
import type { CuboidSpec } from "../../mirror/cuboid.ts";
import type { SqlRow } from "../../mirror/mirror.ts";
import type { Block } from "./block.ts";
import { cellAt, makeBlock } from "./block.ts";
import { monthsOf } from "./months.ts";
import { protectCounts } from "./counts.ts";
import { protectRatio } from "./ratio.ts";

/** Of one split: bucket, d0 … in the order of its dimensions, and of what is told n, and by kind hit or total. */
export interface MonthPart {
  readonly told: readonly SqlRow[];
  /** What is withheld or empty: nobody is told which of the two. */
  readonly withheld: readonly SqlRow[];
  /** Of a ratio, those of the withheld whose value is told in coarse steps: `below` or `above` beside bucket and d0 …. */
  readonly bounded: readonly SqlRow[];
}

export interface MonthInput {
  readonly zone: string;
  readonly k: number;
  /** How many dimensions the metric has. */
  readonly dimensions: number;
  readonly isRatio: boolean;
  readonly splits: readonly CuboidSpec[];
  /** By split. */
  readonly cells: readonly (readonly SqlRow[])[];
  /** Months since 1970-01; 0 without a time. */
  readonly month: number;
  /** Of the month beside it, by split: weeks that were withheld there. */
  readonly beside: readonly (readonly SqlRow[])[];
}

export function protectMonth(input: MonthInput): readonly MonthPart[] {
  const { splits, cells, beside, k } = input;
  const values = Array.from({ length: input.dimensions }, (_, dimension) => {
    const codes = splits.flatMap((cuboid, i) => {
      const place = cuboid.dimensions.indexOf(dimension);
      return place === -1 ? [] : (cells[i] ?? []).map((row) => Number(row[`d${place}`]));
    });
    return [...new Set(codes)].toSorted((a, b) => a - b);
  });
  const { block, buckets } = blockOf({ ...input, values });
  const index = values.map((codes) => new Map(codes.map((code, i) => [code, i])));
  const column = (name: string): readonly Float64Array[] =>
    block.nodes.map((node, i) => {
      const array = new Float64Array(node.size);
      for (const row of cells[i] ?? [])
        array[placeOf({ block, index, buckets, cuboid: must(splits[i], "split"), node: i, row })] = Number(row[name]);
      return array;
    });
  const enough = (name: string): readonly Uint8Array[] => column(name).map((low) => Uint8Array.from(low, (units) => (units >= k ? 1 : 0)));
  const earlier = block.nodes.map((node, i) => {
    const marks = new Uint8Array(node.size);
    if (splits[i]?.grain !== "week") return marks;
    for (const row of beside[i] ?? []) {
      const at = placeOf({ block, index, buckets, cuboid: must(splits[i], "split"), node: i, row });
      if (at >= 0) marks[at] = 1;
    }
    return marks;
  });
  const shared = sharedCells({ block, buckets, splits });
  const given = { block, k, earlier, shared };
  const { told, bounds } = !input.isRatio
    ? { ...protectCounts({ ...given, counts: { rows: column("n"), enough: enough("any_low") } }), bounds: undefined }
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
    const bounded: SqlRow[] = [];
    for (const [period, bucket] of must(buckets[node.level], "level").entries()) {
      for (let rest = 0; rest < node.stride; rest += 1) {
        if (possible[rest] === 0 || told[i]![period * node.stride + rest] === 1) continue;
        const row: Record<string, number> = { bucket };
        for (const [place, dimension] of cuboid.dimensions.entries()) {
          row[`d${place}`] = values[dimension]![Math.floor(rest / node.strides[dimension]!) % block.sizes[dimension]!]!;
        }
        withheld.push(row);
        const bound = bounds?.[i]?.[period * node.stride + rest] ?? 0;
        if (bound !== 0) bounded.push({ ...row, ...(bound > 0 ? { below: bound } : { above: 1 + bound }) });
      }
    }
    return { told: rows.filter((_, row) => told[i]![at[row]!] === 1), withheld, bounded };
  });
}

/** Cells (1) of weeks that lie in two months. */
function sharedCells(options: {
  readonly block: Block;
  readonly buckets: readonly (readonly number[])[];
  readonly splits: readonly CuboidSpec[];
}): readonly Uint8Array[] {
  const { block, buckets, splits } = options;
  return block.nodes.map((node, i) => {
    const split = must(splits[i], "split");
    const shared = must(buckets[node.level], "level").map((bucket) => (monthsOf(split, bucket).length > 1 ? 1 : 0));
    return Uint8Array.from({ length: node.size }, (_, cell) => shared[Math.floor(cell / node.stride)]!);
  });
}

/** The block of a month, and by level the buckets of its periods. Slots are days with a cell, in this month. */
function blockOf(options: {
  readonly zone: string;
  readonly splits: readonly CuboidSpec[];
  readonly cells: readonly (readonly SqlRow[])[];
  readonly month: number;
  readonly values: readonly (readonly number[])[];
}): { readonly block: Block; readonly buckets: readonly (readonly number[])[] } {
  const { zone, splits, cells, month, values } = options;
  const calendar = calendarOf(zone);
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
