/**
 * After a restart no units of cells are known, and a change of an old period would have to wait for a scan of that period. So they are
 * counted beside the stream, month by month from the newest: hours and days from rows, a day at a time; weeks and months from their
 * days. Each step is short and runs between two transactions. What a step has counted is kept by the changes that follow; a cell that
 * changes have left open before its turn is withheld until then.
 */
import { must } from "../../lib/assert.ts";
import type { Calendar } from "../calendar.ts";
import type { Grain } from "../cuboid.ts";
import type { ApplyContext } from "./apply.ts";
import { recountOnly } from "./build.ts";
import type { Cells } from "./cells.ts";
import type { Memory } from "./memory.ts";
import type { MetricCells } from "./metric-cells.ts";

export type WarmStep = (context: ApplyContext) => Promise<void>;

/** Cells that are taken from finer ones in one step: some milliseconds. */
const unionsPerStep = 64;

type Lists = Map<Cells, number[]>;

/** Local months (since 1970-01) with cells that want their units, the newest first. */
export function coldMonths(memory: Memory, calendar: Calendar): readonly number[] {
  const months = new Set<number>();
  for (const { cells, grain } of memory.metrics.flatMap(periodCuboids)) {
    const known = new Map<number, number>();
    for (let cell = 0; cell < cells.count; cell += 1) {
      if (!cells.isCold(cell)) continue;
      const bucket = cells.bucketOf(cell);
      const month = known.get(bucket) ?? calendar.bucketOf("month", calendar.startOf(grain, bucket));
      known.set(bucket, month);
      months.add(month);
    }
  }
  return [...months].toSorted((a, b) => b - a);
}

/** Steps for the cells of a month and of the whole weeks around it. To be asked for between two transactions, as each is to be done. */
export function* monthSteps(memory: Memory, calendar: Calendar, month: number): Generator<WarmStep> {
  const weekOf = (minute: number): number => calendar.bucketOf("week", minute);
  const from = calendar.startOf("week", weekOf(calendar.startOf("month", month)));
  const to = calendar.endOf("week", weekOf(calendar.endOf("month", month) - 1));
  for (const metric of memory.metrics) {
    if (metric.stale) continue;
    const isInside = (grain: Grain, bucket: number): boolean =>
      calendar.startOf(grain, bucket) >= from && calendar.endOf(grain, bucket) <= to;
    const isEntity = memory.info(metric.plan.spec.table).table.kind === "entity";
    yield* fineSteps(metric, calendar, { isInside, isWhole: isEntity });
    const coarse = periodCuboids(metric).filter(({ grain }) => grain === "week" || grain === "month");
    for (const { cells, grain } of coarse.toSorted((a, b) => b.cells.cuboid.dimensions.length - a.cells.cuboid.dimensions.length)) {
      const wanted = coldCells(cells, (bucket) => isInside(grain, bucket));
      yield* unionSteps(metric, cells, wanted, (failed) => recountByBucket(metric, cells, failed));
    }
  }
}

/** Steps for cells without periods, once the months are done, and for all that is open then. */
export function* wholeSteps(memory: Memory): Generator<WarmStep> {
  for (const metric of memory.metrics) {
    if (metric.stale) continue;
    for (const cells of metric.cuboids)
      if (cells.cuboid.grain === "all")
        yield* unionSteps(
          metric,
          cells,
          coldCells(cells, () => true),
          () => [],
        );
  }
  for (const metric of memory.metrics)
    for (const cells of metric.cuboids) {
      const open = cells.undecided();
      if (open.length > 0) yield (context) => recountOnly(context, metric, new Map([[cells, open]]));
    }
}

function periodCuboids(metric: MetricCells): readonly { readonly cells: Cells; readonly grain: Grain }[] {
  return metric.cuboids.flatMap((cells) => (cells.cuboid.grain === "all" ? [] : [{ cells, grain: cells.cuboid.grain }]));
}

function coldCells(cells: Cells, isWanted: (bucket: number) => boolean): number[] {
  const known = new Map<number, boolean>();
  const found: number[] = [];
  for (let cell = 0; cell < cells.count; cell += 1) {
    if (!cells.isCold(cell)) continue;
    const bucket = cells.bucketOf(cell);
    const wanted = known.get(bucket) ?? isWanted(bucket);
    known.set(bucket, wanted);
    if (wanted) found.push(cell);
  }
  return found;
}

/** Hours and days, from rows: those of a day at a time; entities are all looked at in any case, so theirs at once. */
function* fineSteps(
  metric: MetricCells,
  calendar: Calendar,
  range: { readonly isInside: (grain: Grain, bucket: number) => boolean; readonly isWhole: boolean },
): Generator<WarmStep> {
  const days = new Map<number, Lists>();
  for (const { cells, grain } of periodCuboids(metric)) {
    if (grain !== "hour" && grain !== "day") continue;
    for (const cell of coldCells(cells, (bucket) => range.isInside(grain, bucket))) {
      const bucket = cells.bucketOf(cell);
      const day = range.isWhole ? 0 : grain === "day" ? bucket : calendar.bucketOf("day", bucket);
      const lists: Lists = days.get(day) ?? new Map<Cells, number[]>();
      days.set(day, lists);
      const list = lists.get(cells);
      if (list === undefined) lists.set(cells, [cell]);
      else list.push(cell);
    }
  }
  for (const [, lists] of [...days].toSorted(([a], [b]) => b - a)) yield (context) => recountOnly(context, metric, lists);
}

/** A period that has no finer one is scanned whole. */
function recountByBucket(metric: MetricCells, cells: Cells, list: readonly number[]): readonly WarmStep[] {
  const buckets = Map.groupBy(list, (cell) => cells.bucketOf(cell));
  return [...buckets.values()].map((some) => (context) => recountOnly(context, metric, new Map([[cells, some]])));
}

/** Cells from the finer ones that make them up; `otherwise` for those that cannot be had so. */
function* unionSteps(
  metric: MetricCells,
  cells: Cells,
  wanted: readonly number[],
  otherwise: (failed: readonly number[]) => readonly WarmStep[],
): Generator<WarmStep> {
  if (wanted.length === 0) return;
  const finer = metric.sourceOf(cells);
  if (finer === undefined) {
    yield* otherwise(wanted);
    return;
  }
  const parts = new Parts(metric, cells, finer, wanted);
  const failed: number[] = [];
  for (let from = 0; from < wanted.length; from += unionsPerStep) {
    const slice = wanted.slice(from, from + unionsPerStep);
    yield () => {
      parts.extend();
      for (const cell of slice) if (!cells.recountFrom(cell, finer, parts.of(cell))) failed.push(cell);
      return Promise.resolve();
    };
  }
  yield* otherwise(failed);
}

/** Which finer cells some cells are made of. */
class Parts {
  readonly #finer: Cells;
  readonly #coarseOf: (other: number) => number;
  readonly #parts: ReadonlyMap<number, number[]>;
  #seen = 0;

  constructor(metric: MetricCells, cells: Cells, finer: Cells, wanted: readonly number[]) {
    this.#finer = finer;
    this.#coarseOf = metric.coarseCell(cells, finer);
    this.#parts = new Map(wanted.map((cell) => [cell, []]));
  }

  /** Takes in finer cells that have come since. */
  extend(): void {
    for (; this.#seen < this.#finer.count; this.#seen += 1) this.#parts.get(this.#coarseOf(this.#seen))?.push(this.#seen);
  }

  of(cell: number): readonly number[] {
    return must(this.#parts.get(cell), "cell that was asked for");
  }
}
