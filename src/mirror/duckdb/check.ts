/** Cells against their recomputation from rows by SQL: the same layout, other code than the one that keeps them. */
import type { Grain } from "../cuboid.ts";
import { cellsSql, rowsSql } from "../layout.ts";
import type { MirrorView } from "../mirror.ts";
import type { Memory } from "./memory.ts";

/** Cells of a cuboid that differ. Numbers only. */
export interface CellMismatch {
  readonly metric: string;
  readonly cuboid: string;
  readonly cells: number;
  readonly differing: number;
}

/** Minutes that a 32-bit column can hold, but for the mark of NULL. */
const minuteMin = -(2 ** 31) + 1;
const minuteMax = 2 ** 31 - 1;

export async function checkCells(view: MirrorView, memory: Memory): Promise<readonly CellMismatch[]> {
  const mismatches: CellMismatch[] = [];
  const { schema, cells } = memory;
  for (const metric of cells.metrics) {
    const [from, to] = await minutesOf(view, metric.table, metric.time);
    for (const cuboid of metric.cuboids) {
      const truth = rowsSql({ schema, cells, metric, grain: cuboid.grain satisfies Grain, dimensions: cuboid.dimensions, from, to });
      const keys = ["bucket", ...cuboid.dimensions.map((_, i) => `d${i}`)];
      const on = keys.map((key) => `c.${key} = r.${key}`).join(" AND ");
      const wrong = ["c.n IS DISTINCT FROM r.n", boundsWrong("any", cells.k)];
      if (metric.hit !== undefined) wrong.push("c.hit IS DISTINCT FROM r.hit", boundsWrong("hit", cells.k), boundsWrong("none", cells.k));
      const sql = `SELECT count(*) AS total, count(*) FILTER (${wrong.join(" OR ")}) AS differing FROM ${cellsSql(metric, cuboid.id)} c FULL JOIN (${truth.sql}) r ON ${on}`;
      const rows = await view.all(sql, truth.values);
      const differing = Number(rows[0]?.["differing"]);
      if (differing > 0) mismatches.push({ metric: metric.name, cuboid: cuboid.id, cells: Number(rows[0]?.["total"]), differing });
    }
  }
  return mismatches;
}

/** The bounds hold the exact number between them, and decide. */
function boundsWrong(cls: string, k: number): string {
  const units = `coalesce(r.${cls}_units, 0)`;
  return `NOT coalesce(c.${cls}_low <= ${units} AND ${units} <= c.${cls}_high AND (c.${cls}_low >= ${k} OR c.${cls}_high < ${k}), false)`;
}

async function minutesOf(view: MirrorView, table: string, time: string): Promise<readonly [number, number]> {
  const rows = await view.all(`SELECT min("${time.replaceAll('"', '""')}") AS low, max("${time.replaceAll('"', '""')}") AS high FROM "rows_${table.replaceAll('"', '""')}"`);
  const low = rows[0]?.["low"];
  const high = rows[0]?.["high"];
  return [Math.max(minuteMin, Number(low ?? 0)), Math.min(minuteMax, Number(high ?? 0) + 1)];
}
