/** The cells of every cuboid (grain × set of dimensions), by plain SQL on the source. */
import type { MetricGrain } from "../../src/policy/declaration.ts";
import type { OracleMetric } from "./description.ts";
import type { SourceClient } from "./source.ts";

export interface NormalCell {
  readonly count: number;
  readonly hits: number;
  /** As text, so that nothing is rounded; of a sum only. */
  readonly sum?: string;
  /** At least k distinct units stand behind it; with a row that hits; with a row that does not (docs/decisions/09). */
  readonly any: boolean;
  readonly hit: boolean;
  readonly none: boolean;
}

/** Cell key: the bucket (see `src/mirror/cuboid.ts`) and the dimension values, as JSON. */
export type CellKey = string;

export function cellKey(bucket: string | number, values: readonly (string | null)[]): CellKey {
  return JSON.stringify([String(bucket), ...values]);
}

/** Every cell of one cuboid that has at least one row. */
export async function expectedCells(
  source: SourceClient,
  {
    metric,
    grain,
    dimensions,
    zone,
    k,
  }: {
    readonly metric: OracleMetric;
    readonly grain: MetricGrain | "all";
    readonly dimensions: readonly string[];
    readonly zone: string;
    readonly k: number;
  },
): Promise<ReadonlyMap<CellKey, NormalCell>> {
  const rows = await source.rows(cellsSql(metric, { bucket: bucketSql(grain, zone), dimensions }));
  return new Map(
    rows.map((row) => [
      cellKey(
        String(row["bucket"]),
        dimensions.map((_name, index) => row[`d${index}`] ?? null),
      ),
      { ...verdicts(row, k), ...(metric.sum === undefined ? {} : { sum: String(row["sum"]) }) },
    ]),
  );
}

export function verdicts(row: Record<string, string | null>, k: number): NormalCell {
  return {
    count: Number(row["count"]),
    hits: Number(row["hits"]),
    any: Number(row["units"]) >= k,
    hit: Number(row["units_hit"]) >= k,
    none: Number(row["units_none"]) >= k,
  };
}

/**
 * Counts by bucket, dimensions and unit first, then by bucket and dimensions: a unit is behind a cell when it has a row there. The
 * inner grouping keeps a NULL unit as its own group, which the outer count(distinct …) leaves out: it is nobody's.
 */
export function cellsSql(
  metric: OracleMetric,
  { bucket, dimensions, where = "true" }: { readonly bucket: string; readonly dimensions: readonly string[]; readonly where?: string },
): string {
  const values = dimensions.map((name, index) => `(${metric.dimensions[name]})::text AS d${index}`);
  const names = dimensions.map((_name, index) => `d${index}`);
  const by = ["bucket", ...names].join(", ");
  return `
    WITH rows AS (
      SELECT tm.value AS at, (${metric.unit})::text AS unit, coalesce(${metric.hit ?? "false"}, false) AS hit, (${metric.sum ?? "0"})::bigint AS addend${values.map((value) => `, ${value}`).join("")}
      FROM ${metric.from} CROSS JOIN LATERAL (SELECT (${metric.time}) AS value) tm
      WHERE tm.value IS NOT NULL AND coalesce(${metric.filter}, false)
    ), units AS (
      SELECT ${bucket} AS bucket, ${names.map((name) => `${name}, `).join("")}unit, count(*) AS n, count(*) FILTER (WHERE hit) AS h, coalesce(sum(addend), 0) AS s
      FROM rows WHERE ${where} GROUP BY ${by}, unit
    )
    SELECT bucket::text AS bucket, ${names.map((name) => `${name}, `).join("")}sum(n)::text AS count, sum(h)::text AS hits, sum(s)::text AS sum,
      count(unit)::text AS units, count(unit) FILTER (WHERE h > 0)::text AS units_hit, count(unit) FILTER (WHERE h < n)::text AS units_none
    FROM units GROUP BY ${by}`;
}

/** Number of the period that holds `at`, as `src/mirror/cuboid.ts` defines it. */
export function bucketSql(grain: MetricGrain | "all", zone: string): string {
  const local = `(at AT TIME ZONE '${zone}')`;
  switch (grain) {
    case "all":
      return "0";
    case "hour":
      return `floor(extract(epoch from date_trunc('hour', at, '${zone}')) / 60)::bigint`;
    case "day":
      return `(${local}::date - date '1970-01-01')`;
    case "week":
      return `(date_trunc('week', ${local})::date - date '1970-01-01')`;
    case "month":
      return `((extract(year from ${local}) - 1970) * 12 + extract(month from ${local}) - 1)::int`;
  }
}

/** Every subset of the names, the empty one first. */
export function subsets(names: readonly string[]): readonly (readonly string[])[] {
  return names.reduce<readonly (readonly string[])[]>((sets, name) => [...sets, ...sets.map((set) => [...set, name])], [[]]);
}
