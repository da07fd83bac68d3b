/** A plain SQL connection to the source, for the oracle and the worlds of the tests. Values are made up: they may appear in failures. */
import pg from "pg";

export interface SourceClient extends AsyncDisposable {
  /** Rows of text (or null) by column name. */
  rows(sql: string, values?: readonly unknown[]): Promise<readonly Record<string, string | null>[]>;
  run(sql: string): Promise<void>;
}

/** Opens one session in UTC; every value comes back as the text that PostgreSQL prints. */
export async function openSource(url: string): Promise<SourceClient> {
  const client = new pg.Client({ connectionString: url, types: { getTypeParser: () => (text: unknown) => text } });
  client.on("error", () => undefined);
  await client.connect();
  await client.query("SET TIME ZONE 'UTC'");
  return {
    rows: async (sql, values = []) => (await client.query<Record<string, string | null>>(sql, [...values])).rows,
    run: async (sql) => void (await client.query(sql)),
    [Symbol.asyncDispose]: () => client.end(),
  };
}

/** Where the source's log ends now: what the mirror must have applied before it may be compared. */
export async function currentLsn(source: SourceClient): Promise<string> {
  const [row] = await source.rows("SELECT pg_current_wal_insert_lsn()::text AS lsn");
  return String(row?.["lsn"]);
}
