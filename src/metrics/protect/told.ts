/** What may be asked of a metric without a reason: the refusals and the catalogue speak from here, so that nobody is offered what is then refused. */
import { must } from "../../lib/assert.ts";
import type { MetricGrain } from "../../policy/declaration.ts";
import type { CompiledMetric, CompiledMetrics } from "../compile.ts";
import type { GroupSplit } from "./group.ts";
import { groupOf, overlapOf } from "./group.ts";

export interface Told {
  /**
   * The dimensions that a question has in `by` and `where` together are exactly those of one of these, at its grain. What is told by month,
   * week or day is told as one number (`all`), too, over whole months, weeks or days, where `totals` says so.
   */
  readonly splits: readonly { readonly grain: MetricGrain | "all"; readonly dimensions: readonly string[] }[];
  readonly totals: boolean;
  readonly compare: boolean;
  /** The metric to ask instead, for whose sake there is nothing here. */
  readonly instead?: string;
}

export function toldOf(compiled: CompiledMetrics, metric: CompiledMetric): Told {
  if (metric.memory !== undefined) return toldFromMemory(metric);
  const splits = groupOf(compiled, metric)?.splits;
  if (splits === undefined) {
    return { splits: [], totals: false, compare: false, instead: must(overlapOf(compiled, metric), "metric that overlaps").name };
  }
  const isShare = metric.shareOf !== undefined;
  const named = namedSplits(splits, metric);
  return { splits: isShare ? shares(named, must(metric.shareOf, "of")) : named, totals: !isShare, compare: !isShare };
}

/** Only totals of whole periods: they add up to nothing that is told elsewhere, and each has enough units of its own. */
function toldFromMemory({ kind, grains }: CompiledMetric): Told {
  const told: readonly (MetricGrain | "all")[] = kind === "distinct" ? grains : kind === "share" ? ["all"] : [];
  return { splits: told.map((grain) => ({ grain, dimensions: [] })), totals: false, compare: false };
}

/** Those of one metric, by the names of its dimensions. */
export function namedSplits(splits: readonly GroupSplit[], metric: CompiledMetric): Told["splits"] {
  return splits
    .filter((split) => split.metric === metric.name)
    .map(({ grain, dimensions }) => ({
      grain,
      dimensions: dimensions.map((dimension) => must(metric.dimensions[dimension], "dimension").name),
    }));
}

/** A part needs its whole beside it. */
function shares(splits: Told["splits"], of: string): Told["splits"] {
  return splits.filter(({ grain, dimensions }) => {
    const rest = dimensions.filter((name) => name !== of);
    return (
      rest.length < dimensions.length &&
      splits.some(
        (one) => one.grain === grain && one.dimensions.length === rest.length && rest.every((name) => one.dimensions.includes(name)),
      )
    );
  });
}
