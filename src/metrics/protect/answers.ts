/**
 * Answers to viewers, made of told cells alone: what is derived (several values, longer ranges, comparisons, the largest) is
 * withheld as soon as one of its cells is, so it gives nothing that the cells do not.
 */
import { must } from "../../lib/assert.ts";
import type { Grain } from "../../mirror/cuboid.ts";
import type { MirrorStatus, SqlRow } from "../../mirror/mirror.ts";
import { VitrineError } from "../../model/error.ts";
import type { Question } from "../answer.ts";
import type { CompiledMetric, CompiledMetrics } from "../compile.ts";
import { alignsWith, bucketRange } from "../period.ts";
import type { CodedFilter } from "../plan-answer.ts";
import { byIndices, neededDimensions } from "../plan-answer.ts";
import type { MonthPart } from "./month.ts";
import type { Published } from "./published.ts";
import { monthsOf } from "./months.ts";
import { namedSplits } from "./told.ts";

export interface ViewerRows {
  readonly status: MirrorStatus;
  readonly from: string;
  readonly rows: readonly SqlRow[];
  readonly withheld: number;
  /** Rows that have `below` or `above` instead of numbers; of a share the part (`hit`) alone. */
  readonly bounded: readonly SqlRow[];
  /** Months that are not worked out yet: what lies in them is not shown. */
  readonly pending: number;
  /** Periods below this bucket of the grain `from` is of are kept history, and not told; undefined: none of those that were asked is. */
  readonly kept: { readonly grain: Grain; readonly before: number } | undefined;
}

/** Rows as a cuboid's statement gives them, of told cells alone. Throws `metrics/no-answer` for a split that viewers do not have. */
export function viewerRows(options: {
  readonly published: Published;
  readonly compiled: CompiledMetrics;
  readonly metric: CompiledMetric;
  readonly question: Question;
  readonly filters: readonly CodedFilter[];
}): ViewerRows {
  const { published, compiled, metric, question, filters } = options;
  const split = splitFor(published, metric, question);
  const { dimensions, grain, id } = must(published.splits[split], "split");
  const range = grain === "all" ? { from: 0, to: 1 } : bucketRange(question, grain, compiled.zone);
  const kept = keptOf(published.status, metric, grain, range);
  const from = kept?.before ?? range.from;
  const at = (dimension: number): string => `d${dimensions.indexOf(dimension)}`;
  const asked: Asked = {
    by: byIndices(metric, question).map(at),
    own: dimensions.map((_, i) => `d${i}`),
    isOneNumber: question.grain === "all",
    isChosen: (row) =>
      Number(row["bucket"]) >= from &&
      Number(row["bucket"]) < range.to &&
      filters.every(({ dimension, codes }) => codes.includes(Number(row[at(dimension)]))),
    isPending: (row) => monthsOf({ grain }, Number(row["bucket"])).some((month) => published.pending.has(month)),
  };
  const overlaps = (month: number): boolean => touches(grain, month, range);
  const pending = [...published.pending].filter(overlaps).length;
  const parts = [...published.months].flatMap(([month, one]) => (overlaps(month) ? [must(one.parts[split], "part")] : []));
  const withheld = new Set(parts.flatMap((part) => part.withheld.filter(asked.isChosen).map((row) => keyOf(row, asked))));
  // One number over periods of which some are missing would be another number.
  const isPart = pending > 0 || kept !== undefined;
  const rows = asked.isOneNumber && isPart ? [] : sumsOf({ parts, asked, withheld });
  // Only where each cell asked is one that was worked out: of several together nothing was shown.
  const isSingle =
    question.grain === grain && filters.every(({ dimension, codes }) => codes.length === 1 || asked.by.includes(at(dimension)));
  const bounded = isSingle ? boundsOf({ parts, asked, withheld }) : [];
  return {
    status: published.status,
    from: id,
    rows,
    bounded,
    withheld: withheld.size - bounded.length,
    pending,
    kept,
  };
}

/**
 * Of closed periods whose rows the source has purged the live cells count what is left; the kept ones were weighed against nothing.
 * Viewers are told neither.
 */
function keptOf(
  { history }: MirrorStatus,
  { name }: CompiledMetric,
  grain: Grain | "all",
  range: { readonly from: number },
): ViewerRows["kept"] {
  const before = grain === "all" ? undefined : history?.[name]?.before[grain];
  return grain === "all" || before === undefined || range.from >= before ? undefined : { grain, before };
}

/** What is asked of a split, by its rows. */
interface Asked {
  /** Columns that are asked by, in their order, and all columns of the split. */
  readonly by: readonly string[];
  readonly own: readonly string[];
  readonly isOneNumber: boolean;
  readonly isChosen: (row: SqlRow) => boolean;
  readonly isPending: (row: SqlRow) => boolean;
}

function keyOf(row: SqlRow, { isOneNumber, by }: Asked): string {
  return [isOneNumber ? 0 : row["bucket"], ...by.map((name) => row[name])].join();
}

function keysOf(row: SqlRow, { isOneNumber, by }: Asked): Record<string, number | boolean> {
  return { bucket: isOneNumber ? 0 : Number(row["bucket"]), ...Object.fromEntries(by.map((name, i) => [`d${i}`, Number(row[name])])) };
}

interface Chosen {
  readonly parts: readonly MonthPart[];
  readonly asked: Asked;
  readonly withheld: ReadonlySet<string>;
}

/** Told cells, added up to those asked; what has a withheld one in it is left out. */
function sumsOf({ parts, asked, withheld }: Chosen): readonly SqlRow[] {
  const sums = new Map<string, Record<string, number | boolean>>();
  const seen = new Set<string>();
  for (const row of parts.flatMap((part) => part.told.filter((one) => asked.isChosen(one) && !asked.isPending(one)))) {
    const key = keyOf(row, asked);
    // A week of two months stands in both.
    const own = [row["bucket"], ...asked.own.map((name) => row[name])].join();
    if (withheld.has(key) || seen.has(own)) continue;
    seen.add(own);
    const sum = sums.get(key) ?? { ...keysOf(row, asked), any_k: true, hit_k: true, none_k: true };
    for (const name of ["n", "hit", "total"]) if (row[name] !== undefined) sum[name] = Number(sum[name] ?? 0) + Number(row[name]);
    sums.set(key, sum);
  }
  return [...sums.values()];
}

/** Of withheld cells of a ratio, where their value is, in coarse steps. */
function boundsOf({ parts, asked, withheld }: Chosen): readonly SqlRow[] {
  return parts.flatMap((part) =>
    part.bounded
      .filter((row) => asked.isChosen(row) && !asked.isPending(row) && withheld.has(keyOf(row, asked)))
      .map((row) => ({
        ...keysOf(row, asked),
        any_k: true,
        ...("below" in row ? { below: row["below"] ?? null } : { above: row["above"] ?? null }),
      })),
  );
}

/** Whether a month has periods of the range. */
function touches(grain: Grain | "all", month: number, range: { readonly from: number; readonly to: number }): boolean {
  if (grain === "all") return true;
  if (grain === "month") return month >= range.from && month < range.to;
  const first = monthsOf({ grain: "day" }, range.from)[0] ?? 0;
  const last = monthsOf({ grain: "day" }, range.to - 1 + (grain === "week" ? 6 : 0))[0] ?? 0;
  return month >= first && month <= last;
}

function splitFor(published: Published, metric: CompiledMetric, question: Question): number {
  const needed = neededDimensions(metric, question);
  const order = ["month", "week", "day"];
  const able = published.splits.flatMap(({ metric: name, dimensions, grain }, i) =>
    name === metric.name &&
    dimensions.length === needed.length &&
    needed.every((dimension) => dimensions.includes(dimension)) &&
    (grain === question.grain || (question.grain === "all" && grain !== "hour" && grain !== "all" && alignsWith(question, grain)))
      ? [{ i, grain }]
      : [],
  );
  const found = able.toSorted((a, b) => order.indexOf(a.grain) - order.indexOf(b.grain))[0];
  if (found !== undefined) return found.i;
  const shown = namedSplits(published.splits, metric)
    .slice(0, 12)
    .map(({ grain, dimensions }) => `${grain}${dimensions.length === 0 ? "" : ` by ${dimensions.join(", ")}`}`);
  throw new VitrineError("metrics/no-answer", {
    message: `Viewers do not have this split, for nearly all of it would be small groups. There is: ${shown.join("; ")}.`,
    remedy: "Ask for one of these, or as an analyst with a reason.",
  });
}
