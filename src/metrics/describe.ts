/** What can be asked of a metric, for /v1/metrics, the CLI and the dashboard: names from the file only. */
import type { MetricGrain } from "../policy/declaration.ts";
import type { CompiledMetrics } from "./compile.ts";

export interface MetricDescription {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly kind: "count" | "ratio";
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
  /** Ids of the cuboids kept; other questions are computed from the facts. */
  readonly cuboids: readonly string[];
}

export function describeMetrics(compiled: CompiledMetrics): readonly MetricDescription[] {
  return compiled.metrics.map((metric) => ({
    name: metric.name,
    title: metric.title,
    description: metric.description,
    kind: metric.kind,
    definitionVersion: metric.version,
    zone: compiled.zone,
    k: compiled.k,
    grains: [...metric.grains, "all"],
    dimensions: metric.dimensions.map(({ name, origin, values }) => ({ name, origin, values })),
    cuboids: metric.spec.cuboids.map(({ id }) => id),
  }));
}
