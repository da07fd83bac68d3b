/**
 * Which metrics are protected together. Two metrics of the same rows tell about each other: of failures by reason and a failure rate
 * by model, one subtracted from the other would give a small group back. So the metrics of one table and time are weighed as one:
 *
 * - what counts the very rows that the leading metric counts, or those of a ratio that hit, adds its splits to the same block;
 * - what counts all rows of a ratio (a sum of them, too) is told where the ratio is told, and has no other splits;
 * - what overlaps in any other way is not told to viewers at all.
 */
import { must } from "../../lib/assert.ts";
import type { CuboidSpec, MetricSpec, RowCondition } from "../../mirror/cuboid.ts";
import type { CompiledMetric, CompiledMetrics } from "../compile.ts";

/** A split of one of the metrics. */
export interface GroupSplit extends CuboidSpec {
  readonly metric: string;
  /** Its dimensions among those of the group, in their order. */
  readonly shared: readonly number[];
  /** `hits`: what it counts are the rows of the leading ratio that hit. */
  readonly counts: "rows" | "hits";
  /** The split whose verdicts it takes: one with the same cells. */
  readonly follows: number | undefined;
}

export interface Group {
  readonly leader: CompiledMetric;
  /** With the leader, which is the first. */
  readonly members: readonly CompiledMetric[];
  readonly dimensions: number;
  readonly splits: readonly GroupSplit[];
}

type Relation = "apart" | "same" | "hits" | "whole" | "overlapping";

/** Told together with the first; or, `isRefused`, not told for its sake. */
interface Part<T> {
  readonly leader: T;
  readonly relation: Relation;
}

/** What says which rows a metric counts. */
interface Counting {
  readonly name: string;
  readonly spec: Pick<MetricSpec, "table" | "time" | "filter" | "hit">;
}

/** The group of a metric; undefined: viewers do not have the metric, for it overlaps with `overlapOf`. */
export function groupOf(compiled: CompiledMetrics, metric: CompiledMetric): Group | undefined {
  const parts = partsOf(compiled);
  const { leader, relation } = must(parts.get(metric.name), "part");
  if (relation === "overlapping") return undefined;
  const roleOf = (one: CompiledMetric): Relation => must(parts.get(one.name), "part").relation;
  const others = compiled.metrics.filter((one) => one !== leader && parts.get(one.name)?.leader === leader);
  const members = [leader, ...others.filter((one) => roleOf(one) !== "overlapping")];
  const paths: string[] = [];
  const splits: GroupSplit[] = [];
  for (const member of members) {
    const shared = member.spec.dimensions.map(({ path }) => {
      const key = JSON.stringify(path);
      if (!paths.includes(key)) paths.push(key);
      return paths.indexOf(key);
    });
    for (const cuboid of splitsForViewers(member)) {
      const own = cuboid.dimensions.map((dimension) => must(shared[dimension], "dimension"));
      // All rows of a ratio are told where the ratio is, and nowhere else.
      const isLike = (one: GroupSplit): boolean =>
        one.follows === undefined && one.grain === cuboid.grain && (roleOf(member) !== "whole" || one.counts === "rows");
      const follows = splits.findIndex((one) => isLike(one) && isSameSet(one.shared, own));
      if (follows === -1 && roleOf(member) === "whole") continue;
      const counts = roleOf(member) === "hits" ? "hits" : "rows";
      splits.push({ ...cuboid, metric: member.name, shared: own, counts, follows: follows === -1 ? undefined : follows });
    }
  }
  return { leader, members, dimensions: paths.length, splits };
}

/** The metric for whose sake viewers do not have this one. */
export function overlapOf(compiled: CompiledMetrics, metric: CompiledMetric): CompiledMetric | undefined {
  const part = partsOf(compiled).get(metric.name);
  return part?.relation === "overlapping" ? part.leader : undefined;
}

const known = new WeakMap<CompiledMetrics, ReadonlyMap<string, Part<CompiledMetric>>>();

/** Of every metric with cells. */
function partsOf(compiled: CompiledMetrics): ReadonlyMap<string, Part<CompiledMetric>> {
  const parts = known.get(compiled) ?? relate(compiled.metrics.filter(({ memory }) => memory === undefined));
  known.set(compiled, parts);
  return parts;
}

/** By metric that viewers do not have, the one for whose sake. */
export function overlapsOf(metrics: readonly Counting[]): ReadonlyMap<string, string> {
  return new Map([...relate(metrics)].flatMap(([name, part]) => (part.relation === "overlapping" ? [[name, part.leader.name]] : [])));
}

/** Ratios lead, for they tell most; then what is declared first. */
function relate<T extends Counting>(metrics: readonly T[]): ReadonlyMap<string, Part<T>> {
  const parts = new Map<string, Part<T>>();
  const leaders: T[] = [];
  const isRatio = ({ spec }: T): boolean => spec.hit !== undefined;
  for (const metric of [...metrics.filter(isRatio), ...metrics.filter((one) => !isRatio(one))]) {
    const related = leaders
      .map((leader): Part<T> => ({ leader, relation: relationOf(metric.spec, leader.spec) }))
      .filter(({ relation }) => relation !== "apart");
    const [first] = related;
    parts.set(metric.name, related.find(({ relation }) => relation === "overlapping") ?? first ?? { leader: metric, relation: "same" });
    if (first === undefined) leaders.push(metric);
  }
  return parts;
}

/** How the rows of a metric lie to those of a leading one. */
function relationOf(metric: Counting["spec"], leader: Counting["spec"]): Relation {
  if (metric.table !== leader.table || metric.time !== leader.time) return "apart";
  const [own, all] = [allowed(metric.filter), allowed(leader.filter)];
  if (isApart(own, all)) return "apart";
  if (metric.hit !== undefined) return "overlapping";
  if (isSame(own, all)) return leader.hit === undefined ? "same" : "whole";
  if (leader.hit !== undefined && isSame(own, allowed([...leader.filter, ...leader.hit]))) return "hits";
  return "overlapping";
}

/** By column the values that pass. */
function allowed(condition: RowCondition): ReadonlyMap<string, readonly string[]> {
  const columns = new Map<string, readonly string[]>();
  for (const { column, values } of condition) {
    const texts = values.map((value) => JSON.stringify(value)).toSorted();
    const before = columns.get(column);
    columns.set(column, before === undefined ? [...new Set(texts)] : before.filter((text) => texts.includes(text)));
  }
  return columns;
}

function isSame(one: ReadonlyMap<string, readonly string[]>, other: ReadonlyMap<string, readonly string[]>): boolean {
  return one.size === other.size && [...one].every(([column, values]) => other.get(column)?.join() === values.join());
}

function isApart(one: ReadonlyMap<string, readonly string[]>, other: ReadonlyMap<string, readonly string[]>): boolean {
  return [...one].some(([column, values]) => other.get(column)?.some((value) => values.includes(value)) === false);
}

function isSameSet(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((dimension) => other.includes(dimension));
}

/**
 * Splits that viewers have: one dimension in every period but hours, two and more only over the longest periods. Each further split
 * of small cells would cost more in withheld totals than it tells.
 */
function splitsForViewers(metric: CompiledMetric): readonly CuboidSpec[] {
  const order = ["day", "week", "month", "all"];
  const grains = metric.spec.cuboids.map(({ grain }) => order.indexOf(grain));
  const longest = order[Math.max(...grains)];
  return metric.spec.cuboids.filter(({ grain, dimensions }) => grain !== "hour" && (dimensions.length < 2 || grain === longest));
}
