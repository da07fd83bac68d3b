/** Cells against their recomputation from rows by SQL: the same layout, other code than the one that keeps them. */
import type { Calendar } from "../calendar.ts";
import { calendarOf } from "../calendar.ts";
import type { CuboidSpec, MetricSpec } from "../cuboid.ts";
import { cellsSql, id, rowsSql, rowsTable } from "../layout.ts";
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

/** Of a metric without a time. */
const everySpan = { from: minuteMin, to: minuteMax, rowCount: 0 };

/** Rows recomputed at a time: the database's memory holds the units of their cells. */
const rowsPerPart = 2_000_000;

/** A whole number from 0 to below `count`. */
export type PickOne = (count: number) => number;

export interface CellsCheck {
  /** A sample: of each metric one part of one cuboid. */
  readonly pick: PickOne | undefined;
  /** Units are being counted after a restart: a cell may be open, but never wrong. */
  readonly isCounting: boolean;
}

/** All cells, or a sample. */
export async function checkCells(view: MirrorView, memory: Memory, { pick, isCounting }: CellsCheck): Promise<readonly CellMismatch[]> {
  const mismatches: CellMismatch[] = [];
  const { cells } = memory;
  const some = <T>(list: readonly T[]): readonly T[] => (pick === undefined ? list : list.slice(pick(list.length)).slice(0, 1));
  for (const metric of cells.metrics) {
    const span = metric.time === undefined ? everySpan : await spanOf((sql) => view.all(sql), metric.table, metric.time);
    for (const cuboid of some(metric.cuboids)) {
      const sum = { cells: 0, differing: 0 };
      for (const part of some(partsOf(calendarOf(cells.zone), cuboid.grain, span))) {
        const { total, differing } = await checkPart(view, memory, { metric, cuboid, isCounting, ...part });
        sum.cells += total;
        sum.differing += differing;
      }
      if (sum.differing > 0) mismatches.push({ metric: metric.name, cuboid: cuboid.id, ...sum });
    }
  }
  return mismatches;
}

export interface Part {
  /** Minutes [from, to). */
  readonly from: number;
  readonly to: number;
  /** SQL that holds for the part's buckets, of the column `bucket`. */
  readonly buckets: string;
}

/** Whole buckets of a grain, the outer parts open, so that a cell without rows is in one of them. */
export function partsOf(
  calendar: Calendar,
  grain: CuboidSpec["grain"],
  span: { readonly from: number; readonly to: number; readonly rowCount: number },
): readonly Part[] {
  if (grain === "all") return [{ from: span.from, to: span.to, buckets: "true" }];
  const count = Math.max(1, Math.ceil(span.rowCount / rowsPerPart));
  const cuts = Array.from({ length: count - 1 }, (_, i) =>
    calendar.bucketOf(grain, span.from + Math.floor(((i + 1) * (span.to - span.from)) / count)),
  );
  const buckets = [...new Set(cuts)].filter((bucket) => calendar.startOf(grain, bucket) > span.from);
  return Array.from({ length: buckets.length + 1 }, (_, i) => {
    const first = buckets[i - 1];
    const after = buckets[i];
    const conditions = [...(first === undefined ? [] : [`bucket >= ${first}`]), ...(after === undefined ? [] : [`bucket < ${after}`])];
    return {
      from: first === undefined ? span.from : calendar.startOf(grain, first),
      to: after === undefined ? span.to : calendar.startOf(grain, after),
      buckets: conditions.length === 0 ? "true" : conditions.join(" AND "),
    };
  });
}

async function checkPart(
  view: MirrorView,
  { schema, cells }: Memory,
  part: Part & { readonly metric: MetricSpec; readonly cuboid: CuboidSpec; readonly isCounting: boolean },
): Promise<{ readonly total: number; readonly differing: number }> {
  const { metric, cuboid, from, to } = part;
  const truth = rowsSql({ schema, cells, metric, grain: cuboid.grain, dimensions: cuboid.dimensions, from, to });
  const keys = ["bucket", ...cuboid.dimensions.map((_, i) => `d${i}`)];
  const on = keys.map((key) => `c.${key} = r.${key}`).join(" AND ");
  const boundsWrong = (cls: string): string => boundsWrongSql(cls, part.isCounting ? undefined : cells.k);
  const wrong = ["c.n IS DISTINCT FROM r.n", boundsWrong("any")];
  if (metric.sum !== undefined) wrong.push("c.total IS DISTINCT FROM r.total");
  if (metric.hit !== undefined) wrong.push("c.hit IS DISTINCT FROM r.hit", boundsWrong("hit"), boundsWrong("none"));
  const stored = `SELECT * FROM ${cellsSql(metric, cuboid.id)} WHERE ${part.buckets}`;
  const rows = await view.all(
    `SELECT count(*) AS total, count(*) FILTER (${wrong.join(" OR ")}) AS differing FROM (${stored}) c FULL JOIN (${truth.sql}) r ON ${on}`,
    truth.values,
  );
  return { total: Number(rows[0]?.["total"]), differing: Number(rows[0]?.["differing"]) };
}

/** The bounds hold the exact number between them and, with `k`, decide. */
function boundsWrongSql(cls: string, k: number | undefined): string {
  const units = `coalesce(r.${cls}_units, 0)`;
  const decides = k === undefined ? "true" : `(c.${cls}_low >= ${k} OR c.${cls}_high < ${k})`;
  return `NOT coalesce(c.${cls}_low <= ${units} AND ${units} <= c.${cls}_high AND ${decides}, false)`;
}

export async function spanOf(
  ask: (sql: string) => ReturnType<MirrorView["all"]>,
  table: string,
  time: string,
): Promise<{ readonly from: number; readonly to: number; readonly rowCount: number }> {
  const rows = await ask(`SELECT min(${id(time)}) AS low, max(${id(time)}) AS high, count(*) AS n FROM ${rowsTable(table)}`);
  const row = rows[0];
  return {
    from: Math.max(minuteMin, Number(row?.["low"] ?? 0)),
    to: Math.min(minuteMax, Number(row?.["high"] ?? 0) + 1),
    rowCount: Number(row?.["n"]),
  };
}
