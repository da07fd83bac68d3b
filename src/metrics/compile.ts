/**
 * From the declaration and the safe schema to what the mirror keeps (CellsSpec) and what may be asked. Pure: the same declaration,
 * schema and sizes give the same lattice, so that `plan` and the server agree.
 */
import { VitrineError } from "../model/error.ts";
import { must } from "../lib/assert.ts";
import type { CellDimension, CellsSpec, ColumnPath, MetricSpec } from "../mirror/cuboid.ts";
import type {
  AnnotationDeclaration,
  Declaration,
  DimensionDeclaration,
  MetricDeclaration,
  MetricFormat,
  MetricGrain,
  MetricKind,
  TableDeclaration,
} from "../policy/declaration.ts";
import type { CuboidStatus } from "../mirror/mirror.ts";
import type { SafeColumn, SafeSchema } from "../policy/safe.ts";
import type { Sizes } from "./estimate.ts";
import { cellsMaxOf, chooseCuboids, declaredSizes } from "./estimate.ts";
import type { MemoryPlan } from "./memory-specs.ts";
import { isMemoryKind, memoryPlan, memorySpecs } from "./memory-specs.ts";
import { declaredValues } from "./values.ts";

/** A dimension as a question sees it. */
export interface CompiledDimension {
  readonly name: string;
  readonly origin: "own" | "current";
  /** Declared table and column that hold the value. */
  readonly table: string;
  readonly column: SafeColumn;
  /** All values that the declaration allows, as text, sorted; undefined: known only from the mirror's dictionary. */
  readonly values: readonly string[] | undefined;
}

export interface CompiledMetric {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** The word behind its numbers; empty: none. */
  readonly unit: string;
  readonly owner: string;
  readonly format: MetricFormat;
  readonly kind: MetricKind;
  readonly version: string;
  readonly grains: readonly MetricGrain[];
  readonly dimensions: readonly CompiledDimension[];
  /** Every table whose rows the numbers depend on: one of them untrusted, and so is the metric. Sorted. */
  readonly tables: readonly string[];
  /** Cells by cuboid id, counted where they are known, else estimated: the planner takes the smallest that answers. */
  readonly estimates: Readonly<Record<string, number>>;
  /** What the mirror keeps cells of. Of a metric with `memory` it has no cuboids and is not in CellsSpec: dimensions and unit alone. */
  readonly spec: MetricSpec;
  /** Answered from entities and sets in memory, and how; undefined: from cells. */
  readonly memory: MemoryPlan | undefined;
  /** share of a dimension's values: that dimension. It is in every question. */
  readonly shareOf: string | undefined;
  /** A sum is of whole numbers times 10^sumScale; 0 for other kinds. */
  readonly sumScale: number;
  /** Columns that the numbers depend on besides those of spec and dimensions, `table.column`. */
  readonly columns: readonly string[];
}

/** Plain data: may be sent to another thread. */
export interface CompiledMetrics {
  readonly zone: string;
  readonly k: number;
  readonly policyHash: string;
  readonly metrics: readonly CompiledMetric[];
  readonly annotations: readonly AnnotationDeclaration[];
  /** For the mirror. */
  readonly cells: CellsSpec;
}

/**
 * Compiles every metric. `sizes` is what is known of the data (see estimate.ts); without it only the declaration is used. `counted`
 * are the mirror's cuboids as they are: what was given up there is left out.
 * Throws `metrics/policy-differs` when the schema is not that of the declaration.
 */
export function compileMetrics(options: {
  readonly declaration: Declaration;
  readonly schema: SafeSchema;
  readonly sizes?: Sizes;
  readonly counted?: readonly CuboidStatus[];
}): CompiledMetrics {
  const { declaration, schema, counted = [] } = options;
  if (schema.policyHash !== declaration.policyHash) {
    throw new VitrineError("metrics/policy-differs", { message: "The reader's policy is not that of the declaration." });
  }
  const sizes = declaredSizes(declaration, options.sizes);
  const metrics = declaration.metrics.map((metric) => compileMetric({ declaration, schema, metric, sizes, counted }));
  return {
    zone: declaration.zone,
    k: declaration.k,
    policyHash: declaration.policyHash,
    metrics,
    annotations: declaration.annotations,
    cells: {
      zone: declaration.zone,
      k: declaration.k,
      metrics: metrics.filter((metric) => metric.memory === undefined).map((metric) => metric.spec),
      ...memorySpecs(declaration.metrics, metrics, schema),
    },
  };
}

interface Context {
  readonly declaration: Declaration;
  readonly schema: SafeSchema;
  readonly metric: MetricDeclaration;
  readonly sizes: Sizes;
  readonly counted: readonly CuboidStatus[];
}

function compileMetric({ declaration, schema, metric, sizes, counted }: Context): CompiledMetric {
  const table = tableOf(declaration, metric.table);
  const declared = metric.by.map((name) =>
    must(
      table.dimensions.find((dimension) => dimension.name === name),
      "dimension of a parsed metric",
    ),
  );
  const dimensions = declared.map((dimension) => compileDimension(declaration, schema, dimension));
  const known = new Map(counted.filter((one) => one.metric === metric.name).map((one) => [one.id, one]));
  const { detail } = metric;
  const memory = detail !== undefined && isMemoryKind(detail) ? memoryPlan(metric, detail) : undefined;
  const chosen = memory === undefined ? chooseCuboids(metric, declared, sizes).filter(({ id }) => known.get(id)?.givenUp !== true) : [];
  const spec: MetricSpec = {
    name: metric.name,
    version: metric.version,
    table: metric.table,
    time: metric.at === undefined ? undefined : columnOf(schema, metric.table, metric.at).name,
    filter: metric.filter,
    hit: metric.kind === "ratio" ? metric.where : undefined,
    ...(detail?.tag === "sum" ? { sum: columnOf(schema, metric.table, detail.column).name } : {}),
    dimensions: declared.map((dimension) => cellDimension(schema, dimension)),
    unitPath: metric.unitPath,
    cuboids: chosen.map(({ id, grain, dimensions: indices }) => ({ id, grain, dimensions: indices })),
    history: metric.history,
    cellsMax: cellsMaxOf(metric.table, sizes),
    days: metric.at === undefined ? undefined : sizes.days(metric.table, metric.at),
  };
  return {
    name: metric.name,
    ...wordsOf(metric),
    kind: metric.kind,
    version: metric.version,
    grains: metric.grain,
    dimensions,
    tables: tablesOf(schema, metric, declared),
    estimates: Object.fromEntries(chosen.map(({ id, cells }) => [id, known.get(id)?.cells ?? cells])),
    spec,
    memory,
    shareOf: detail?.tag === "share-of" ? detail.dimension : undefined,
    sumScale: detail?.tag === "sum" ? columnOf(schema, metric.table, detail.column).scale : 0,
    columns: columnsOf(metric),
  };
}

function wordsOf(metric: MetricDeclaration): Pick<CompiledMetric, "title" | "description" | "unit" | "owner" | "format"> {
  const { title, description, unit = "", owner = "", format = metric.kind === "ratio" ? "percent" : "number" } = metric;
  return { title, description, unit, owner, format };
}

function columnsOf({ detail, table }: MetricDeclaration): readonly string[] {
  if (detail === undefined || detail.tag === "share-of") return [];
  if (detail.tag === "sum") return [`${table}.${detail.column}`];
  const time = "time" in detail ? [`${detail.table}.${detail.time}`] : [];
  return [...time, ...detail.filter.map(({ column }) => `${detail.table}.${column}`)];
}

function cellDimension(schema: SafeSchema, dimension: DimensionDeclaration): CellDimension {
  const path: ColumnPath = {
    // The path of an own dimension is empty; that of a current one is the columns that refer.
    refs: dimension.origin === "own" ? [] : dimension.path,
    table: dimension.of.table,
    column: dimension.of.column,
    kind: columnOf(schema, dimension.of.table, dimension.of.column).kind,
  };
  return { name: dimension.name, path };
}

function compileDimension(declaration: Declaration, schema: SafeSchema, dimension: DimensionDeclaration): CompiledDimension {
  const column = columnOf(schema, dimension.of.table, dimension.of.column);
  if (column.kind === "f64" || column.kind === "token") {
    throw new VitrineError("metrics/dimension-kind", {
      message: "A dimension holds floating-point numbers or tokens.",
      place: `${dimension.of.table}.${column.name}`,
    });
  }
  const declared = tableOf(declaration, dimension.of.table).columns.find(({ name }) => name === dimension.of.column);
  return {
    name: dimension.name,
    origin: dimension.origin,
    table: dimension.of.table,
    column,
    values: column.kind === "bool" ? ["false", "true"] : declaredValues(declared?.take)?.toSorted(),
  };
}

/** Every table that the numbers depend on, sorted. */
function tablesOf(
  schema: SafeSchema,
  { table, unitPath, detail }: MetricDeclaration,
  by: readonly DimensionDeclaration[],
): readonly string[] {
  const tables = new Set([
    table,
    ...(detail !== undefined && isMemoryKind(detail) ? [detail.table] : []),
    ...by.map((dimension) => dimension.of.table),
    ...[unitPath, ...by.map((dimension) => dimension.path)].flatMap((path) => tablesOn(schema, table, path)),
  ]);
  return [...tables].toSorted();
}

/** Names of the entities reached by following refs from a table. */
function tablesOn(schema: SafeSchema, start: string, refs: readonly string[]): string[] {
  const reached: string[] = [];
  let table = start;
  for (const ref of refs) {
    table = must(columnOf(schema, table, ref).refers, "entity of a ref");
    reached.push(table);
  }
  return reached;
}

function tableOf(declaration: Declaration, name: string): TableDeclaration {
  return must(
    declaration.tables.find((table) => table.name === name),
    "table of a parsed declaration",
  );
}

function columnOf(schema: SafeSchema, table: string, column: string): SafeColumn {
  const found = schema.tables.find(({ name }) => name === table)?.columns.find(({ name }) => name === column);
  if (found === undefined) {
    throw new VitrineError("metrics/policy-differs", {
      message: "The reader does not send a column that a metric needs.",
      place: `${table}.${column}`,
    });
  }
  return found;
}
