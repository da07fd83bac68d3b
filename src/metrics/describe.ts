/** What can be asked of a metric, for /v1/metrics, the CLI and the dashboard: names from the file only. */
import type { MetricFormat, MetricGrain, MetricKind } from "../policy/declaration.ts";
import type { CompiledMetrics } from "./compile.ts";
import type { Told } from "./protect/told.ts";
import { toldOf } from "./protect/told.ts";
import { grainsOf } from "./question.ts";

export interface MetricDescription {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** The word behind its numbers; empty: none. */
  readonly unit: string;
  /** Who answers for what it means; empty: nobody is named. */
  readonly owner: string;
  readonly format: MetricFormat;
  readonly kind: MetricKind;
  /** keep: closed periods stand when the source purges their rows. */
  readonly history: "follow" | "keep";
  /** share: the dimension whose values share; it is in every answer. */
  readonly of?: string;
  /** retention: after how many days; every answer has them as `day`. */
  readonly days?: readonly number[];
  readonly definitionVersion: string;
  readonly zone: string;
  /** The number of protected units that a cell should have behind it. */
  readonly k: number;
  readonly grains: readonly (MetricGrain | "all")[];
  /** `values`: what a filter may name; absent: whatever the mirror's dictionary holds. */
  readonly dimensions: readonly {
    readonly name: string;
    readonly origin: "own" | "current";
    readonly values: readonly string[] | undefined;
  }[];
  /** What happened, by local day (YYYY-MM-DD), the oldest first. */
  readonly annotations: readonly { readonly at: string; readonly title: string }[];
  /** What may be asked without a reason; analysts who give one, and the owner of the machine, may ask all of the above. */
  readonly told: Told;
  /** Ids of the cuboids kept; other questions are computed from the facts. */
  readonly cuboids: readonly string[];
}

export function describeMetrics(compiled: CompiledMetrics): readonly MetricDescription[] {
  return compiled.metrics.map((metric) => ({
    name: metric.name,
    title: metric.title,
    description: metric.description,
    unit: metric.unit,
    owner: metric.owner,
    format: metric.format,
    kind: metric.kind,
    history: metric.spec.history,
    ...(metric.shareOf === undefined ? {} : { of: metric.shareOf }),
    ...(metric.memory?.tag === "retention" ? { days: metric.memory.days } : {}),
    definitionVersion: metric.version,
    zone: compiled.zone,
    k: compiled.k,
    grains: grainsOf(metric),
    dimensions: metric.dimensions.map(({ name, origin, values }) => ({ name, origin, values })),
    annotations: compiled.annotations
      .filter(({ metrics }) => metrics === undefined || metrics.includes(metric.name))
      .map(({ at, title }) => ({ at, title })),
    told: toldOf(compiled, metric),
    cuboids: metric.spec.cuboids.map(({ id }) => id),
  }));
}
