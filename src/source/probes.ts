/**
 * What the reader's credential can do beyond the policy, tried out: the three verdicts of `prove` that concern the source. Every
 * statement is such that the permission is checked and no value can move.
 */
import { VitrineError } from "../model/error.ts";
import type { Source } from "./session.ts";
import { id, qualified } from "./session.ts";
import type { CopySink } from "./wire/raw-connection.ts";

export interface UndeclaredColumn {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
}

/** `unknown`: could not tell (a time-out, a lost connection): never green. */
export type ProbeOutcome = "refused" | "possible" | "unknown";

export interface ColumnProbe extends UndeclaredColumn {
  readonly select: ProbeOutcome;
  readonly copy: ProbeOutcome;
}

/** SQLSTATE 42501, insufficient_privilege. */
const denied = "42501";
/** invalid_authorization_specification and invalid_password: pg_hba.conf said no. */
const rejected = ["28000", "28P01"];
const columnsMax = 20_000;

/**
 * SELECT and COPY of each column `WHERE false`, one statement each. The permission is checked before the first row would be read.
 * `memberOf`: roles that the credential may take by SET ROLE; what is possible as one of them is possible.
 */
export async function probeColumns(
  source: Source,
  columns: readonly UndeclaredColumn[],
  memberOf: readonly string[] = [],
): Promise<readonly ColumnProbe[]> {
  let worst = await probeAs(source, columns, {});
  for (const role of memberOf) {
    const tried = await probeAs(source, columns, { role }).catch((error: unknown) => {
      if (error instanceof VitrineError && error.origin?.code === denied) return undefined; // It may not become that role.
      throw error;
    });
    if (tried !== undefined)
      worst = worst.map((one, i) => ({ ...one, select: worse(one.select, tried[i]?.select), copy: worse(one.copy, tried[i]?.copy) }));
  }
  return worst;
}

function worse(one: ProbeOutcome, other: ProbeOutcome | undefined): ProbeOutcome {
  if (one === "possible" || other === "possible") return "possible";
  return one === "unknown" || other === "unknown" ? "unknown" : "refused";
}

async function probeAs(
  source: Source,
  columns: readonly UndeclaredColumn[],
  as: { readonly role?: string },
): Promise<readonly ColumnProbe[]> {
  const out: ColumnProbe[] = [];
  const settings = { statement_timeout: "5000", lock_timeout: "2000", row_security: "on", ...as };
  await using session = await source.openSql(settings);
  const raw = await source.openRaw("sql", settings);
  try {
    for (const column of columns) {
      const statement = `SELECT ${id(column.column)} FROM ${qualified(column)} WHERE false`;
      const select = await outcomeOf(async () => session.query(statement));
      const copy = await outcomeOf(async () => raw.copyOut(`COPY (${statement}) TO STDOUT`, nowhere));
      out.push({ ...column, select, copy });
    }
  } finally {
    raw.destroy();
  }
  return out;
}

const nowhere: CopySink = { data: () => undefined, chunkEnd: () => undefined };

async function outcomeOf(attempt: () => Promise<unknown>): Promise<ProbeOutcome> {
  try {
    await attempt();
    return "possible";
  } catch (error) {
    return error instanceof VitrineError && error.origin?.code === denied ? "refused" : "unknown";
  }
}

const listSql = `
SELECT n.nspname::text AS schema, c.relname::text AS "table", a.attname::text AS "column"
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
ORDER BY 1, 2, a.attnum LIMIT ${columnsMax}`;

/** Columns of all user tables, leaves and views, but for those declared: what probeColumns shall try. */
export async function listUndeclaredColumns(
  source: Source,
  declared: readonly { readonly schema: string; readonly table: string; readonly columns: readonly string[] }[],
): Promise<readonly UndeclaredColumn[]> {
  await using session = await source.openSql({ statement_timeout: "10000" });
  const known = new Set(declared.flatMap((one) => one.columns.map((column) => `${one.schema}\0${one.table}\0${column}`)));
  const rows = await session.query(listSql);
  return rows
    .map((row) => ({ schema: String(row["schema"]), table: String(row["table"]), column: String(row["column"]) }))
    .filter((one) => !known.has(`${one.schema}\0${one.table}\0${one.column}`));
}

/**
 * Can this credential make a slot with another plugin (test_decoding), which shows every column? Made temporary on a connection that
 * closes at once, never read. undefined_file (58P01): the plugin is not installed; then there is no other one that we know of.
 */
export async function probeOtherDecoding(source: Source, name: string): Promise<ProbeOutcome> {
  const raw = await source.openRaw("replication", { statement_timeout: "5000" });
  try {
    await raw.query(`CREATE_REPLICATION_SLOT ${id(name)} TEMPORARY LOGICAL "test_decoding" (SNAPSHOT 'nothing')`);
    return "possible";
  } catch (error) {
    const code = error instanceof VitrineError ? error.origin?.code : undefined;
    return code === denied || code === "58P01" ? "refused" : "unknown";
  } finally {
    raw.destroy();
  }
}

/** Is a physical replication connection accepted (a base backup of the whole cluster)? Connected and closed, nothing is read. */
export async function probePhysicalReplication(source: Source): Promise<ProbeOutcome> {
  try {
    const raw = await source.openRaw("physical");
    raw.destroy();
    return "possible";
  } catch (error) {
    const code = error instanceof VitrineError ? error.origin?.code : undefined;
    return code !== undefined && rejected.includes(code) ? "refused" : "unknown";
  }
}
