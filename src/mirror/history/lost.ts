/** Up to when the source has purged: rows by hour, as the older generation holds them and as the source has them now. */
import { must } from "../../lib/assert.ts";
import type { MetricSpec } from "../cuboid.ts";
import { id, rowsTable } from "../layout.ts";
import type { MirrorView } from "../mirror.ts";

/** Rows of one hour (minutes since 1970 // 60); `last`: the latest minute of them. */
export interface HourCount {
  readonly hour: number;
  readonly n: number;
  readonly last: number;
}

/**
 * What is left before a purged hour may be so small a share of what was there. Devices whose clock says 1970 must not make all of
 * history look as if it were still there; and one old row that was deleted by itself is no purge.
 */
const leftShareMax = 0.01;

/** Rows of a metric's table by hour of its time, in order of time. */
export async function countByHour(view: MirrorView, { table, time }: MetricSpec): Promise<readonly HourCount[]> {
  const at = id(must(time, "time of a metric that keeps its history"));
  const rows = await view.all(
    `SELECT ${at} // 60 AS hour, count(*) AS n, max(${at}) AS last FROM ${rowsTable(table)} WHERE ${at} IS NOT NULL GROUP BY hour ORDER BY hour`,
  );
  return rows.map((row) => ({ hour: Number(row["hour"]), n: Number(row["n"]), last: Number(row["last"]) }));
}

/**
 * The latest minute at which the older generation has a row in an hour of which the source has none any more, where nearly nothing
 * is left before it; undefined: nothing was purged. Only hours that had ended at `asOf` (a minute) count.
 */
export function lastLostMinute(older: readonly HourCount[], source: readonly HourCount[], asOf: number): number | undefined {
  const left = new Set(source.map((one) => one.hour));
  let lost: number | undefined;
  let olderSoFar = 0;
  let sourceSoFar = 0;
  let next = 0;
  for (const one of older) {
    for (; (source[next]?.hour ?? Infinity) <= one.hour; next += 1) sourceSoFar += source[next]?.n ?? 0;
    olderSoFar += one.n;
    if ((one.hour + 1) * 60 <= asOf && !left.has(one.hour) && sourceSoFar <= olderSoFar * leftShareMax) lost = one.last;
  }
  return lost;
}
