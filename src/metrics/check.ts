/**
 * Invariant 4 in operation: every cell is recomputed from the mirror's rows at one position and compared with what is kept. Names and
 * counts come out, never a value. Kept history lies elsewhere: it cannot be recomputed, and is not looked at here.
 */
import { cellsSql, id, rowsSql, rowsTable } from "../mirror/layout.ts";
import type { CuboidSpec, MetricSpec } from "../mirror/cuboid.ts";
import type { Mirror, MirrorView } from "../mirror/mirror.ts";
import type { SafeSchema } from "../policy/safe.ts";
import { VitrineError } from "../model/error.ts";
import type { CompiledMetrics } from "./compile.ts";

export interface CuboidCheck {
  readonly metric: string;
  readonly cuboid: string;
  /** Cells compared: those kept and those that the rows give. */
  readonly cells: number;
  /** Cells whose counts differ, or that only one side has. */
  readonly wrongCounts: number;
  /** Cells whose bounds of units do not hold the recomputed number, or leave open whether it is at least k. */
  readonly wrongUnits: number;
}

/** Compares all cells of all metrics. Throws `metrics/policy-differs` when the mirror is of another policy. */
export async function checkCells(mirror: Mirror, compiled: CompiledMetrics): Promise<readonly CuboidCheck[]> {
  return mirror.view(async (view) => {
    const { schema } = mirror;
    if (schema === undefined || schema.policyHash !== compiled.policyHash) {
      throw new VitrineError("metrics/policy-differs", { message: "The mirror holds a copy made under another policy." });
    }
    const checks: CuboidCheck[] = [];
    for (const { spec } of compiled.metrics) {
      const span = await spanOf(view, spec);
      for (const cuboid of spec.cuboids) checks.push(await checkCuboid({ view, compiled, schema, metric: spec, cuboid, span }));
    }
    return checks;
  });
}

/** Whether everything was right; a check that compared nothing is right only where there is nothing. */
export function allRight(checks: readonly CuboidCheck[]): boolean {
  return checks.every(({ wrongCounts, wrongUnits }) => wrongCounts === 0 && wrongUnits === 0);
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Minutes [from, to) of the rows; an empty span where there are none. */
async function spanOf(view: MirrorView, metric: MetricSpec): Promise<Span> {
  if (metric.time === undefined) return { from: 0, to: 0 };
  const time = id(metric.time);
  const [row] = await view.all(`SELECT min(${time}) AS low, max(${time}) AS high FROM ${rowsTable(metric.table)}`);
  return row?.["low"] === null || row === undefined ? { from: 0, to: 0 } : { from: Number(row["low"]), to: Number(row["high"]) + 1 };
}

async function checkCuboid(options: {
  readonly view: MirrorView;
  readonly compiled: CompiledMetrics;
  readonly schema: SafeSchema;
  readonly metric: MetricSpec;
  readonly cuboid: CuboidSpec;
  readonly span: Span;
}): Promise<CuboidCheck> {
  const { view, compiled, schema, metric, cuboid, span } = options;
  const { grain, dimensions } = cuboid;
  const rows = rowsSql({ schema, cells: compiled.cells, metric, grain, dimensions, ...span });
  const keys = ["bucket", ...dimensions.map((_, i) => `d${i}`)].join(", ");
  const counted = ["n", ...(metric.hit === undefined ? [] : ["hit"]), ...(metric.sum === undefined ? [] : ["total"])];
  const counts = counted.map((name) => `coalesce(c.${name}, 0) <> coalesce(r.${name}, 0)`).join(" OR ");
  const units = (metric.hit === undefined ? ["any"] : ["any", "hit", "none"]).map((name) => wrongBounds(name, compiled.k)).join(" OR ");
  const sql = `WITH r AS (${rows.sql}), c AS (SELECT * FROM ${cellsSql(metric, cuboid.id)})
    SELECT count(*) AS cells, count(*) FILTER (${counts}) AS wrong_counts, count(*) FILTER (${units}) AS wrong_units
    FROM c FULL JOIN r USING (${keys})`;
  const [result] = await view.all(sql, rows.values);
  return {
    metric: metric.name,
    cuboid: cuboid.id,
    cells: Number(result?.["cells"]),
    wrongCounts: Number(result?.["wrong_counts"]),
    wrongUnits: Number(result?.["wrong_units"]),
  };
}

/** True where low ≤ units ≤ high does not hold, or the two do not decide "at least k". */
function wrongBounds(name: string, k: number): string {
  const units = `coalesce(r.${name}_units, 0)`;
  const low = `coalesce(c.${name}_low, 0)`;
  const high = `coalesce(c.${name}_high, 0)`;
  return `${low} > ${units} OR ${high} < ${units} OR (${low} < ${k} AND ${high} >= ${k})`;
}
