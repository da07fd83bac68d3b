/** The example's world in a database of its own, and what the benchmark has to know of its tables. */
import { Client } from "pg";
import { createWorld } from "../examples/smart-home/world.ts";

export interface WorldOptions {
  readonly serverUrl: string;
  readonly accounts: number;
  readonly facts: number;
}

/** Makes the database `bench` with the world in it; returns its administrator's URL. */
export async function createBenchDatabase({ serverUrl, accounts, facts }: WorldOptions): Promise<string> {
  await withClient(serverUrl, async (client) => client.query("CREATE DATABASE bench"));
  const url = new URL(serverUrl);
  url.pathname = "/bench";
  await createWorld({ url: url.href, accounts, attempts: facts, seed: 1, now: new Date(), onProgress: () => undefined });
  return url.href;
}

export interface PublishedTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** SELECT of exactly the columns that the publication puts on the wire. */
  readonly statement: string;
}

export const factsTable = "public.connection_attempts";

export async function publishedTables(url: string): Promise<readonly PublishedTable[]> {
  const { rows } = await withClient(url, async (client) =>
    client.query<{ name: string; columns: string[] }>(
      `SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name, (SELECT array_agg(quote_ident(a)) FROM unnest(attnames) a) AS columns
       FROM pg_publication_tables WHERE pubname IN ('vitrine', 'vitrine_append')`,
    ),
  );
  return rows.map(({ name, columns }) => ({ name, columns, statement: `SELECT ${columns.join(", ")} FROM ${name}` }));
}

/** Bytes of the rows of the events table, without its indexes. */
export async function heapBytes(url: string): Promise<number> {
  const { rows } = await withClient(url, async (client) =>
    client.query<{ bytes: string }>("SELECT sum(pg_relation_size(relid)) AS bytes FROM pg_partition_tree('connection_attempts')"),
  );
  return Number(rows[0]?.bytes ?? 0);
}

export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  // A server that is stopped under us is told by the query that was running.
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
