/** What the mirror must hold in memory for metrics that cells cannot answer: sets of entities by day, members, entities' columns. */
import { must } from "../lib/assert.ts";
import type { CellsSpec, ColumnPath, DaySetSpec, EntityColumnsSpec, MemberSetSpec } from "../mirror/cuboid.ts";
import type { MetricDeclaration, MetricDetail } from "../policy/declaration.ts";
import type { SafeSchema } from "../policy/safe.ts";
import type { CompiledMetric } from "./compile.ts";

type MemoryDetail = Extract<MetricDetail, { readonly tag: "distinct" | "share-having" | "retention" }>;

/** How a metric is answered from memory. `entity` is what is counted; `set` the name of its DaySetSpec or MemberSetSpec. */
export type MemoryPlan =
  | { readonly tag: "distinct"; readonly entity: string; readonly set: string }
  | { readonly tag: "share"; readonly entity: string; readonly set: string }
  | { readonly tag: "retention"; readonly entity: string; readonly set: string; readonly at: string; readonly days: readonly number[] };

export function isMemoryKind(detail: MetricDetail): detail is MemoryDetail {
  return detail.tag === "distinct" || detail.tag === "share-having" || detail.tag === "retention";
}

export function memoryPlan(metric: MetricDeclaration, detail: MemoryDetail): MemoryPlan {
  const found = { entity: metric.table, set: detail.set.name };
  if (detail.tag === "distinct") return { tag: "distinct", ...found };
  if (detail.tag === "share-having") return { tag: "share", ...found };
  return { tag: "retention", ...found, at: must(metric.at, "time of a retention"), days: detail.days };
}

/** Metrics that mean the same share a set. */
export function memorySpecs(
  declared: readonly MetricDeclaration[],
  compiled: readonly CompiledMetric[],
  schema: SafeSchema,
): Pick<CellsSpec, "daySets" | "memberSets" | "entityColumns"> {
  const daySets = new Map<string, DaySetSpec>();
  const memberSets = new Map<string, MemberSetSpec>();
  for (const { detail } of declared) {
    if (detail?.tag === "distinct" || detail?.tag === "retention") {
      const { table, time, of, filter, set } = detail;
      daySets.set(set.name, { ...set, table, time, filter, of });
    }
    if (detail?.tag === "share-having")
      memberSets.set(detail.set.name, { ...detail.set, table: detail.table, filter: detail.filter, of: detail.of });
  }
  return { daySets: [...daySets.values()], memberSets: [...memberSets.values()], entityColumns: entityColumns(compiled, schema) };
}

/** Dimensions, cohort times and the references on the way to dimensions and units, by entity. */
function entityColumns(metrics: readonly CompiledMetric[], schema: SafeSchema): readonly EntityColumnsSpec[] {
  const entities = new Map<string, { readonly paths: Map<string, ColumnPath>; readonly columns: Set<string> }>();
  const at = (entity: string) => {
    const known = entities.get(entity) ?? { paths: new Map<string, ColumnPath>(), columns: new Set<string>() };
    entities.set(entity, known);
    return known;
  };
  for (const { memory, spec } of metrics) {
    if (memory === undefined) continue;
    const held = at(memory.entity);
    for (const { path } of spec.dimensions) held.paths.set([...path.refs, path.table, path.column].join("."), path);
    if (memory.tag === "retention") held.columns.add(memory.at);
    for (const path of [spec.unitPath, ...spec.dimensions.map((dimension) => dimension.path.refs)]) {
      let entity = memory.entity;
      for (const ref of path) {
        at(entity).columns.add(ref);
        const column = schema.tables.find((table) => table.name === entity)?.columns.find((one) => one.name === ref);
        entity = must(column?.refers, "entity of a ref");
      }
    }
  }
  return [...entities].map(([entity, { paths, columns }]) => ({ entity, paths: [...paths.values()], columns: [...columns] }));
}
