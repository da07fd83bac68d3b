/**
 * What of one month may be told: the cells of all splits that viewers have of metrics of the same rows, made a block, protected, and given
 * back as rows. Plain data in and out, for it is worked out on a thread of its own.
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

/** A split of the metrics that are weighed together; `dimensions` are those of all of them together. */
export interface MonthSplit extends Pick<CuboidSpec, "grain" | "dimensions"> {
  /** `hits`: its rows are those of the ratio that hit. */
  readonly counts: "rows" | "hits";
  /** The split whose verdicts it takes: one with the same cells. */
  readonly follows: number | undefined;
}

export interface MonthInput {
  readonly zone: string;
  readonly k: number;
  /** How many dimensions the metrics have together. */
  readonly dimensions: number;
  /** Of the splits that count rows. */
  readonly isRatio: boolean;
  /** Those that count rows stand before those that count hits. */
  readonly splits: readonly MonthSplit[];
  /** By split. */
  readonly cells: readonly (readonly SqlRow[])[];
  /** Months since 1970-01; 0 without a time. */
  readonly month: number;
  /** Of the later month, by split: weeks that were withheld there and lie in both. */
  readonly beside: readonly (readonly SqlRow[])[];
}

interface Placing {
  readonly block: Block;
  readonly index: readonly ReadonlyMap<number, number>[];
  /** By level. */
  readonly buckets: readonly (readonly number[])[];
}

export function protectMonth(input: MonthInput): readonly MonthPart[] {
  const { splits, cells } = input;
  const values = Array.from({ length: input.dimensions }, (_, dimension) => {
    const codes = splits.flatMap((cuboid, i) => {
      const place = cuboid.dimensions.indexOf(dimension);
      return place === -1 ? [] : (cells[i] ?? []).map((row) => Number(row[`d${place}`]));
    });
    return [...new Set(codes)].toSorted((a, b) => a - b);
  });
  const own = splits.flatMap(({ follows }, i) => (follows === undefined ? [i] : []));
  const given = { ...input, splits: own.map((i) => must(splits[i], "split")), cells: own.map((i) => cells[i] ?? []) };
  const { block, buckets } = blockOf({ ...given, values });
  const placing = { block, buckets, index: values.map((codes) => new Map(codes.map((code, i) => [code, i]))) };
  const { told, bounds } = judgeCells(placing, { ...given, beside: own.map((i) => input.beside[i] ?? []) });
  return splits.map((split, i) => {
    const node = own.indexOf(split.follows ?? i);
    return partOf({ placing, values, split, node, rows: cells[i] ?? [], told: must(told[node], "told"), bounds: bounds?.[node] });
  });
}

/** By node, of splits that follow none. */
function judgeCells(
  placing: Placing,
  { splits, cells, beside, k, isRatio }: MonthInput,
): { readonly told: readonly Uint8Array[]; readonly bounds: readonly Float64Array[] | undefined } {
  const { block, buckets } = placing;
  const column = (name: string): readonly Float64Array[] =>
    block.nodes.map((node, i) => {
      const array = new Float64Array(node.size);
      for (const row of cells[i] ?? []) array[placeOf({ ...placing, split: must(splits[i], "split"), node: i, row })] = Number(row[name]);
      return array;
    });
  const enough = (name: string): readonly Uint8Array[] => column(name).map((low) => Uint8Array.from(low, (units) => (units >= k ? 1 : 0)));
  const withheldBeside = block.nodes.map((node, i) => {
    const marks = new Uint8Array(node.size);
    if (splits[i]?.grain !== "week") return marks;
    for (const row of beside[i] ?? []) {
      const at = placeOf({ ...placing, split: must(splits[i], "split"), node: i, row });
      if (at >= 0) marks[at] = 1;
    }
    return marks;
  });
  const rows = column("n");
  // An empty cell of a longest period is of values that do not occur together in the month: it is not among those that are withheld.
  const least = rows.map((counts, i) =>
    counts.map((count) => (count > 0 && must(block.nodes[i], "node").level === block.levels.length - 1 ? 1 : 0)),
  );
  const given = { block, k, least, beside: withheldBeside, shared: sharedCells({ block, buckets, splits }) };
  if (!isRatio) return { ...protectCounts({ ...given, counts: { rows, enough: enough("any_low") } }), bounds: undefined };
  const hits = column("hit");
  const [any, hit, none] = [enough("any_low"), enough("hit_low"), enough("none_low")];
  const isOfHits = splits.map(({ counts }) => counts === "hits");
  return protectRatio({
    ...given,
    wholes: isOfHits.filter((one) => !one).length,
    rows,
    hits: hits.map((one, i) => (isOfHits[i] === true ? rows[i]! : one)),
    enough: any,
    enoughHits: hit.map((one, i) => (isOfHits[i] === true ? any[i]! : one)),
    enoughMisses: none.map((one, i) => (isOfHits[i] === true ? any[i]! : one)),
  });
}

/** The rows of a split, told and withheld. */
function partOf(options: {
  readonly placing: Placing;
  readonly values: readonly (readonly number[])[];
  readonly split: MonthSplit;
  readonly node: number;
  readonly rows: readonly SqlRow[];
  readonly told: Uint8Array;
  readonly bounds: Float64Array | undefined;
}): MonthPart {
  const { placing, values, split, rows, told, bounds } = options;
  const { block, buckets } = placing;
  const node = must(block.nodes[options.node], "node");
  const possible = new Uint8Array(node.stride);
  const at = rows.map((row) => placeOf({ ...placing, split, node: options.node, row }));
  for (const cell of at) if (cell >= 0) possible[cell % node.stride] = 1;
  const withheld: SqlRow[] = [];
  const bounded: SqlRow[] = [];
  for (const [period, bucket] of must(buckets[node.level], "level").entries()) {
    for (let rest = 0; rest < node.stride; rest += 1) {
      if (possible[rest] === 0 || told[period * node.stride + rest] === 1) continue;
      const row: Record<string, number> = { bucket };
      for (const [place, dimension] of split.dimensions.entries()) {
        row[`d${place}`] = values[dimension]![Math.floor(rest / node.strides[dimension]!) % block.sizes[dimension]!]!;
      }
      withheld.push(row);
      const bound = split.follows === undefined ? (bounds?.[period * node.stride + rest] ?? 0) : 0;
      if (bound !== 0) bounded.push({ ...row, ...(bound > 0 ? { below: bound } : { above: 1 + bound }) });
    }
  }
  return { told: rows.filter((_, row) => told[at[row]!] === 1), withheld, bounded };
}

/** Cells (1) of weeks that lie in two months. */
function sharedCells(options: {
  readonly block: Block;
  readonly buckets: readonly (readonly number[])[];
  readonly splits: readonly MonthSplit[];
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
  readonly splits: readonly MonthSplit[];
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
function placeOf(options: Placing & { readonly split: MonthSplit; readonly node: number; readonly row: SqlRow }): number {
  const { block, index, buckets, split, row } = options;
  const node = must(block.nodes[options.node], "node");
  const period = must(buckets[node.level], "level").indexOf(Number(row["bucket"]));
  const values: number[] = [];
  for (const [place, dimension] of split.dimensions.entries()) {
    const value = index[dimension]?.get(Number(row[`d${place}`]));
    if (value === undefined) return -1;
    values[dimension] = value;
  }
  return period === -1 ? -1 : cellAt(node, period, values);
}
