/** What this person may ask of a metric, by the catalogue: controls offer this and nothing else. With a reason everything may be asked. */
import type { Metric } from "../numbers/answers.ts";
import type { Range } from "../numbers/periods.ts";
import { grainNamed, labelOf, timeOf } from "../numbers/periods.ts";
import { reasonNow } from "./reason.ts";
import type { View } from "./view.ts";

/** One number over whole periods is added up from these. */
const addable: readonly string[] = ["day", "week", "month"];

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name) => other.includes(name));
}

/** Whether a range has its ends where periods of the grain have theirs. */
function isWhole(range: Range | undefined, grain: string): boolean {
  const unit = grainNamed(grain);
  return (
    range === undefined || unit === undefined || [range.from, range.to].every((day) => timeOf(labelOf(timeOf(day), unit)) === timeOf(day))
  );
}

/** `names`: the dimensions in `by` and `where` together; what a share always shares out is added. `range`: of one number, in days. */
export function mayAsk(metric: Metric, grain: string, names: readonly string[], range?: Range): boolean {
  const { told, of } = metric;
  if (told === undefined || reasonNow() !== undefined) return true;
  const all = [...new Set(of === undefined ? names : [...names, of])];
  const isGrain = (one: string): boolean =>
    one === grain || (grain === "all" && told.totals && addable.includes(one) && isWhole(range, one));
  return told.splits.some((split) => isGrain(split.grain) && isSame(split.dimensions, all));
}

export function mayCompare(metric: Metric): boolean {
  return metric.told === undefined || reasonNow() !== undefined || metric.told.compare;
}

/** Dimensions of a view: those that split and those that filter. */
export function namesOf(view: Pick<View, "by" | "where">): readonly string[] {
  return [...new Set([...view.by, ...Object.keys(view.where)])];
}

/** Views that may be asked instead, the simplest first. */
export function viewsOf(metric: Metric, view: View): readonly View[] {
  const plain: View = { ...view, where: {}, range: undefined, from: undefined, to: undefined, compare: false, mark: undefined };
  return (metric.told?.splits ?? [])
    .filter(({ grain }) => grain !== "all")
    .toSorted((a, b) => a.dimensions.length - b.dimensions.length)
    .map(({ grain, dimensions }) => ({ ...plain, grain: grainNamed(grain), by: dimensions }));
}

/** The longest periods by which a dimension alone may be split: most of its values are found there. */
export function longestBy(metric: Metric, name: string): string {
  return ["month", "week", "day"].find((grain) => metric.grains.includes(grain) && mayAsk(metric, grain, [name])) ?? "all";
}
