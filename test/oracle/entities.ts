/** Numbers of different entities in windows of local days, by plain SQL on the source: distinct, share, retention. */
import { bucketSql, cellKey, verdicts } from "./cells.ts";
import type { CellKey, NormalCell } from "./cells.ts";
import type { OracleEntities } from "./description.ts";
import type { SourceClient } from "./source.ts";

/** One question: entities of the rows (retention: of the cohorts) on the local dates [from, to). */
export interface EntityQuestion {
  readonly name: string;
  readonly grain: "day" | "week" | "month" | "all";
  readonly from: string;
  readonly to: string;
  readonly by: readonly string[];
}

/** Cells by bucket, dimensions and, of a retention, the day after the cohort's. */
export async function expectedEntities(
  source: SourceClient,
  { told, asked, zone, k }: { readonly told: OracleEntities; readonly asked: EntityQuestion; readonly zone: string; readonly k: number },
): Promise<ReadonlyMap<CellKey, NormalCell>> {
  const cells = new Map<CellKey, NormalCell>();
  for (const after of told.days.length === 0 ? [undefined] : told.days) {
    for (const row of await source.rows(entitiesSql(told, { asked, zone, after }))) {
      const values = asked.by.map((_name, index) => row[`d${index}`] ?? null);
      cells.set(cellKey(String(row["bucket"]), after === undefined ? values : [...values, String(after)]), verdicts(row, k));
    }
  }
  return cells;
}

function entitiesSql(
  told: OracleEntities,
  { asked, zone, after }: { readonly asked: EntityQuestion; readonly zone: string; readonly after: number | undefined },
): string {
  const date = `(tm.value AT TIME ZONE '${zone}')::date`;
  const hit = told.hit?.replaceAll(/\bD\b/g, date).replaceAll(/\bN\b/g, String(after)) ?? "false";
  const names = asked.by.map((_name, index) => `, d${index}`).join("");
  const values = asked.by.map((name, index) => `, (${told.dimensions[name]})::text AS d${index}`).join("");
  const window = told.time === undefined ? "true" : `${date} >= '${asked.from}' AND ${date} < '${asked.to}'`;
  const first =
    asked.grain === "all" || asked.grain === "day" ? date : `date_trunc('${asked.grain}', tm.value AT TIME ZONE '${zone}')::date`;
  const known = told.knownFrom === undefined ? "true" : `coalesce(${first} + ${after} >= (${told.knownFrom}), false)`;
  const past = asked.grain === "all" ? "day" : asked.grain;
  const over = told.knownUntil === undefined ? "true" : `(${first} + interval '1 ${past}')::date - 1 + ${after} < '${told.knownUntil}'`;
  return `
    WITH rows AS (
      SELECT tm.value AS at, (${told.entity})::text AS entity, (${told.unit})::text AS unit, coalesce(${hit}, false) AS hit${values}
      FROM ${told.from} CROSS JOIN LATERAL (SELECT (${told.time ?? "timestamptz '2000-01-01Z'"}) AS value) tm
      WHERE tm.value IS NOT NULL AND coalesce(${told.filter}, false) AND ${told.entity} IS NOT NULL AND ${window} AND ${known} AND ${over}
    )
    SELECT (${told.time === undefined ? "0" : bucketSql(asked.grain, zone)})::text AS bucket${names}, count(DISTINCT entity)::text AS count,
      count(DISTINCT entity) FILTER (WHERE hit)::text AS hits, count(DISTINCT unit)::text AS units,
      count(DISTINCT unit) FILTER (WHERE hit)::text AS units_hit, count(DISTINCT unit) FILTER (WHERE NOT hit)::text AS units_none
    FROM rows GROUP BY 1${names}`;
}
