/** The connection that makes the slot and holds its exported snapshot: from then on it stays idle, since any command would end it. */
import { must } from "../../lib/assert.ts";
import { VitrineError } from "../../model/error.ts";
import type { Lsn } from "../../model/lsn.ts";
import { parseLsn } from "../../model/lsn.ts";
import { id } from "../names.ts";
import type { Source } from "../session.ts";
import type { Sql } from "../sql.ts";
import type { RawConnection, RawResult } from "../wire/raw-connection.ts";

export interface HolderOptions {
  readonly source: Source;
  readonly control: Sql;
  readonly slot: string;
  readonly temporary: boolean;
  readonly slotTimeoutMs: number;
  /** server_version_num. */
  readonly version: number;
  readonly onBlocked: (pids: readonly number[]) => void;
}

export interface Holder {
  readonly connection: RawConnection;
  readonly lsn: Lsn;
  readonly snapshotName: string;
}

const blockedEveryMs = 1000;

/** Throws source/slot-blocked (with the process ids), slot-exists, no-free-slot, and the codes of a connection. */
export async function openHolder(options: HolderOptions): Promise<Holder> {
  const connection = await options.source.openRaw("replication", {
    ...endless(options.version),
    // Creating a slot waits for running transactions as for a lock.
    lock_timeout: String(options.slotTimeoutMs),
  });
  try {
    const [row] = rowsOf(await createSlot(connection, options));
    const lsn = parseLsn(must(row?.["consistent_point"], "position of the new slot"));
    return {
      connection,
      lsn: must(lsn, "position of the new slot"),
      snapshotName: must(row?.["snapshot_name"], "snapshot of the new slot"),
    };
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

/** Settings under which a session may stay idle in a transaction for hours. */
export function endless(version: number): Readonly<Record<string, string>> {
  return {
    client_encoding: "UTF8",
    idle_in_transaction_session_timeout: "0",
    idle_session_timeout: "0",
    statement_timeout: "0",
    ...(version >= 170_000 ? { transaction_timeout: "0" } : {}),
  };
}

async function createSlot(connection: RawConnection, options: HolderOptions): Promise<RawResult> {
  let pids: readonly number[] = [];
  const watch = setInterval(() => {
    void blockingPids(options.control, connection.processId).then((found) => {
      if (found.length === 0) return;
      pids = found;
      options.onBlocked(found);
    });
  }, blockedEveryMs);
  try {
    const temporary = options.temporary ? " TEMPORARY" : "";
    return await connection.query(`CREATE_REPLICATION_SLOT ${id(options.slot)}${temporary} LOGICAL pgoutput (SNAPSHOT 'export')`);
  } catch (error) {
    if (!(error instanceof VitrineError) || error.code !== "source/timeout") throw error;
    const last = await blockingPids(options.control, connection.processId);
    const named = last.length > 0 ? last : pids;
    throw new VitrineError("source/slot-blocked", {
      message: `The slot ${options.slot} waited ${options.slotTimeoutMs} ms for running transactions${named.length > 0 ? ` (process ids ${named.join(", ")})` : ""}.`,
      place: options.slot,
    });
  } finally {
    clearInterval(watch);
  }
}

/** Process ids only. A failed look is no news: the command itself will tell. */
async function blockingPids(sql: Sql, processId: number): Promise<readonly number[]> {
  const rows = await sql.query("SELECT unnest(pg_catalog.pg_blocking_pids($1)) AS pid", [processId]).catch(() => []);
  return rows.map((row) => Number(row["pid"])).filter((pid) => pid > 0);
}

function rowsOf(result: RawResult): readonly Readonly<Record<string, string | null>>[] {
  return result.rows.map((row) => Object.fromEntries(result.columns.map((column, i) => [column, row[i] ?? null])));
}
