/**
 * Makes the example world: one transaction that creates the tables, loads them by COPY in ids' order, builds keys and indexes,
 * and is seen whole or not at all. Deterministic: the same seed, sizes and `now` give the same rows.
 */
import { Client, DatabaseError } from "pg";
import { attemptColumns, Attempts } from "./world/attempt-rows.ts";
import { CopyIn } from "./world/copy.ts";
import { makeFleet } from "./world/fleet.ts";
import type { Fleet } from "./world/fleet.ts";
import { planOf } from "./world/options.ts";
import type { Plan, WorldOptions, WorldProgress, WorldSummary } from "./world/options.ts";
import { ProgressMeter } from "./world/progress.ts";
import type { TableRows } from "./world/table-rows.ts";
import { tableRows } from "./world/tables.ts";
import { createPartition, identityTables, keysAndIndexes, monthStart, partitionName, tables } from "./schema.sql.ts";

export type { WorldOptions, WorldProgress, WorldSummary } from "./world/options.ts";

/** What went wrong, without the driver's text (it quotes values): a sentence, and PostgreSQL's or the socket's code. */
export class WorldError extends Error {
  readonly code: string;
  constructor(message: string, code: string) {
    super(message);
    this.name = "WorldError";
    this.code = code;
  }
}

/** Says whether the database holds a world already. */
export async function worldExists(options: { readonly url: string }): Promise<boolean> {
  return withClient(options.url, async (client) => {
    const { rows } = await client.query<{ there: boolean }>("SELECT to_regclass('public.connection_attempts') IS NOT NULL AS there");
    return rows[0]?.there === true;
  });
}

/** Creates and fills the world. Throws RangeError for sizes out of range, WorldError for what the server refused; then nothing is left behind. */
export async function createWorld(options: WorldOptions): Promise<WorldSummary> {
  const plan = planOf(options);
  const startedAt = performance.now();
  const rows = await withClient(options.url, async (client) => {
    await client.query("BEGIN");
    // What is built here is built once: spend memory, not time, and do not let a server's defaults end it.
    await client.query("SET LOCAL maintenance_work_mem = '192MB'");
    await client.query("SET LOCAL statement_timeout = 0");
    await client.query("SET LOCAL timezone = 'UTC'");
    const loaded = await load(client, plan, options.onProgress);
    await client.query("COMMIT");
    return loaded;
  });
  const seconds = (performance.now() - startedAt) / 1000;
  options.onProgress?.({ phase: "done", table: "", done: 1, total: 1, rowsPerSecond: 0, secondsLeft: 0 });
  return { rows, seconds };
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, application_name: "smart-home example" });
  // Said again by the query that is under way; without a listener it would end the process.
  client.on("error", () => undefined);
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    throw withoutValues(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** A driver's error text may quote a row: only its code and its place go on. */
export function withoutValues(error: unknown): unknown {
  if (error instanceof DatabaseError) {
    const code = error.code ?? "unknown";
    if (code === "42P07" || code === "42710")
      return new WorldError("The database holds a world (or tables of its names) already: give an empty one.", code);
    return new WorldError(`PostgreSQL refused a statement (${code}${error.table === undefined ? "" : `, table ${error.table}`}).`, code);
  }
  if (error instanceof Error && "code" in error && typeof error.code === "string")
    return new WorldError(`The connection to PostgreSQL failed (${error.code}).`, error.code);
  return error;
}

async function load(
  client: Client,
  plan: Plan,
  onProgress: ((progress: WorldProgress) => void) | undefined,
): Promise<Record<string, number>> {
  for (const statement of tables) await client.query(statement);
  const fleet = makeFleet(plan);
  const loads = tableRows(plan, fleet);
  const total = loads.reduce((sum, { count }) => sum + count, 0) + plan.counts.attempts;
  const meter = new ProgressMeter({ total, statements: keysAndIndexes.length, report: onProgress });
  const rows: Record<string, number> = {};
  for (const table of loads) rows[table.table] = await loadTable(client, table, meter);
  rows["connection_attempts"] = await loadAttempts(client, { plan, fleet, meter });
  for (const [index, { table, sql }] of keysAndIndexes.entries()) {
    meter.statement(table, index);
    await client.query(sql);
  }
  for (const table of identityTables) {
    await client.query(`SELECT setval(pg_get_serial_sequence('${table}', 'id'), greatest(1, coalesce((SELECT max(id) FROM ${table}), 1)))`);
  }
  await client.query("ANALYZE");
  return rows;
}

/** Rows between two looks at the clock and at what is still under way. */
const rowsPerLook = 512;

async function loadTable(client: Client, { table, columns, count, row }: TableRows, meter: ProgressMeter): Promise<number> {
  const copy = await CopyIn.open(client, { table, columns, freeze: true });
  for (let index = 0; index < count; index++) {
    copy.row(columns.length);
    row(copy, index);
    if (index % rowsPerLook === 0) {
      meter.rows(table, index > 0 ? rowsPerLook : 0);
      if (copy.full) await copy.drained();
    }
  }
  meter.rows(table, count % rowsPerLook);
  return copy.end();
}

/** Straight into the leaf of each month (what COPY FREEZE needs), with the coming month's leaf made and empty. */
async function loadAttempts(
  client: Client,
  options: { readonly plan: Plan; readonly fleet: Fleet; readonly meter: ProgressMeter },
): Promise<number> {
  const { plan, fleet, meter } = options;
  for (let month = plan.attemptsFromMs; month <= monthStart(plan.nowMs, 1); month = monthStart(month, 1))
    await client.query(createPartition(month));
  const attempts = new Attempts(plan, fleet);
  let copy: CopyIn | undefined;
  let monthEnd = 0;
  let written = 0;
  for (let index = 0; index < plan.counts.attempts; index++) {
    attempts.next();
    if (copy === undefined || attempts.atMs >= monthEnd) {
      written += (await copy?.end()) ?? 0;
      monthEnd = monthStart(attempts.atMs, 1);
      copy = await CopyIn.open(client, { table: partitionName(monthStart(attempts.atMs)), columns: attemptColumns, freeze: true });
    }
    attempts.write(copy);
    if (index % rowsPerLook === 0) {
      meter.rows("connection_attempts", index > 0 ? rowsPerLook : 0);
      if (copy.full) await copy.drained();
    }
  }
  return written + ((await copy?.end()) ?? 0);
}
