/**
 * How large a copy may become, from what the source's statistics say: numbers of rows, of different values and of days. The reader
 * and `plan` read the same, so that they try the same cuboids. Of pg_stats nothing is read that holds a value.
 */
import type { Catalog } from "../source/catalog.ts";
import type { Sql } from "../source/sql.ts";
import { readDistinct } from "./apply.ts";
import { factsSql } from "./apply/facts-sql.ts";
import type { CompiledColumn, CompiledPolicy, CompiledTable } from "./compile.ts";
import { valuesColumnOf, valuesFromSql, valuesName } from "./compile.ts";
import type { SourceSizes } from "./safe.ts";

/** NULL, or `other`, or the value of an entity that is missing. */
const besideValues = 1;
const dayMs = 86_400_000;

/** What the session's user may see of the statistics; what it does not see is left out and estimated from the file. */
export async function readSizes(sql: Sql, compiled: CompiledPolicy, catalog: Catalog): Promise<SourceSizes> {
  const names = compiled.tables.map(nameOf);
  const known = { distinct: await readDistinct(sql, names), listed: await countValues(sql, compiled) };
  const days = await readDays(sql, names);
  const rows = new Map(catalog.tables.map((table) => [`${table.schema}.${table.table}`, table.rows]));
  const byTable = <T>(of: (table: CompiledTable) => T | undefined): Readonly<Record<string, T>> =>
    Object.fromEntries(
      compiled.tables.flatMap((table) => {
        const value = of(table);
        return value === undefined ? [] : [[table.safe.name, value]];
      }),
    );
  return {
    rows: byTable((table) => atLeastZero(rows.get(nameOf(table)))),
    distinct: byTable((table) => distinctOf(table, known)),
    days: byTable((table) => days.get(`${nameOf(table)}.${table.declaration.time ?? ""}`)),
  };
}

function nameOf(table: CompiledTable): string {
  return `${table.source.schema}.${table.source.table}`;
}

function atLeastZero(rows: number | undefined): number | undefined {
  return rows === undefined || rows < 0 ? undefined : rows;
}

interface Known {
  /** By `schema.table.column`. */
  readonly distinct: ReadonlyMap<string, number>;
  readonly listed: ReadonlyMap<string, number>;
}

function distinctOf(table: CompiledTable, known: Known): Readonly<Record<string, number>> {
  const counts = table.columns.flatMap((column) => {
    const count = countOf(table, column, known);
    return count === undefined ? [] : [[column.safe.name, count + besideValues] as const];
  });
  return Object.fromEntries(counts);
}

/** An upper bound: a treatment can make values equal, never different. Times and tokens are no dimensions. */
function countOf(table: CompiledTable, { safe, treatment }: CompiledColumn, known: Known): number | undefined {
  if (safe.kind === "token" || safe.kind === "minute" || safe.kind === "f64") return undefined;
  const list = valuesColumnOf(treatment);
  const listed = list === undefined ? undefined : known.listed.get(valuesName(list));
  const seen = known.distinct.get(`${nameOf(table)}.${safe.name}`);
  return listed ?? (seen === undefined ? undefined : Math.ceil(seen));
}

/** Lengths of the lists that rules `values: from` name. */
async function countValues(sql: Sql, compiled: CompiledPolicy): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const column of compiled.valuesFrom) {
    const [row] = await sql.query(`SELECT count(*)::int4 AS count FROM (${valuesFromSql(column)}) listed`);
    counts.set(valuesName(column), Number(row?.["count"]));
  }
  return counts;
}

/** By `schema.table.column`: days between the outer bounds of the partitions by that column. */
async function readDays(sql: Sql, tables: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const days = new Map<string, number>();
  for (const row of await sql.query(factsSql.partitionBounds, [JSON.stringify(tables)])) {
    const from = Date.parse(String(row["lower"]).slice(0, 10));
    const to = Date.parse(String(row["upper"]).slice(0, 10));
    // Bounds that are no dates: not a table partitioned by time.
    if (to > from) days.set(String(row["name"]), Math.ceil((to - from) / dayMs));
  }
  return days;
}
