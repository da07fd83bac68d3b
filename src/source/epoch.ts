/**
 * The epoch: every catalog fact on which the stream depends, in one reading. Two readings equal to each other and to the stored one,
 * before a message was sent and after it came back, prove that nothing happened that the stream does not show.
 */
import { VitrineError } from "../model/error.ts";
import { epochSql } from "./epoch/read-sql.ts";
import type { Epoch } from "./epoch/schema.ts";
import { epochSchema } from "./epoch/schema.ts";
import type { SourceTable } from "./raw.ts";
import type { Sql } from "./sql.ts";

export type { EpochDifference } from "./epoch/difference.ts";
export { acceptVerified, compareEpochs, readsAllRows, withoutUndeclared } from "./epoch/compare.ts";
export type { Epoch } from "./epoch/schema.ts";

export interface EpochOptions {
  readonly tables: readonly SourceTable[];
  readonly publications: readonly string[];
  /** From IDENTIFY_SYSTEM (`Stream.systemIdentifier`); needed only where the role may not call pg_control_system(). */
  readonly systemIdentifier?: string | undefined;
}

export interface EpochReading {
  readonly epoch: Epoch;
  /** The source's clock just after the reading, microseconds since 1970. */
  readonly at: number;
}

export interface EpochReader {
  read(): Promise<Epoch>;
  /** Reads the epoch and emits the message `nonce` ([0-9A-Za-z-], at most 128) in one small transaction. */
  beat(nonce: string): Promise<EpochReading>;
}

/** The session must stay the reader's own: `beat` opens and closes transactions on it. */
export async function openEpochReader(sql: Sql, options: EpochOptions): Promise<EpochReader> {
  const [row] = await sql.query("SELECT pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE') AS allowed");
  const statement = epochSql({ controlSystem: row?.["allowed"] === true });
  const tables = options.tables.map((table) => ({
    name: table.name,
    schema: table.schema,
    table: table.table,
    columns: table.columns.map((one) => one.name),
  }));
  const values = [JSON.stringify(tables), JSON.stringify(options.publications)];
  // The statement without pg_control_system has one parameter more.
  if (row?.["allowed"] !== true) values.push(options.systemIdentifier ?? "");
  const read = async (): Promise<EpochReading> => readingFrom((await sql.query(statement, values))[0]);
  return { read: async () => (await read()).epoch, beat: async (nonce) => beat(sql, nonce, read) };
}

async function beat(sql: Sql, nonce: string, read: () => Promise<EpochReading>): Promise<EpochReading> {
  await sql.query("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE");
  try {
    // Our message need not wait for synchronous standbys, but must be flushed: only flushed WAL is streamed.
    await sql.query("SET LOCAL synchronous_commit = local");
    const reading = await read();
    await sql.query("SELECT pg_catalog.pg_logical_emit_message(true, 'vitrine', $1::text)", [nonce]);
    await sql.query("COMMIT");
    return reading;
  } catch (error) {
    // A lost connection has no transaction to take back.
    await sql.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

function readingFrom(row: Record<string, unknown> | undefined): EpochReading {
  const parsed = epochSchema.safeParse(row?.["epoch"]);
  const at = Number(row?.["at"]);
  if (!parsed.success || !Number.isSafeInteger(at))
    throw new VitrineError("source/protocol", { message: "The catalog's answer has not the shape that was asked for." });
  return { epoch: parsed.data, at };
}

/** Canonical JSON: equal epochs have equal texts. */
export function formatEpoch(epoch: Epoch): string {
  return JSON.stringify(sorted(epoch));
}

/** Reads what formatEpoch wrote; undefined for anything else. */
export function parseEpoch(text: string): Epoch | undefined {
  try {
    const parsed = epochSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
}
