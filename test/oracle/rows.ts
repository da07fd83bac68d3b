/** The rows that the mirror must hold: policy(source), computed by the source's own SQL. */
import type { OracleTable } from "./description.ts";
import type { SourceClient } from "./source.ts";

/** One row in normal form: column name to text or null. */
export type NormalRow = Readonly<Record<string, string | null>>;

/** All rows of one table, as they must be in the mirror (identifiers still as themselves). */
export async function expectedRows(source: SourceClient, table: OracleTable): Promise<readonly NormalRow[]> {
  return source.rows(rowsSql(table));
}

/** The statement behind `expectedRows`. */
function rowsSql(table: OracleTable): string {
  const columns = table.columns.map((column) => `(${column.sql})::text AS "${column.name}"`);
  return `SELECT ${columns.join(", ")} FROM ${table.from} t`;
}
