/** Our replication slot as the server sees it, and dropping it. A slot that is not ours is never touched. */
import { VitrineError } from "../model/error.ts";
import type { Lsn } from "../model/lsn.ts";
import { parseLsn } from "../model/lsn.ts";
import type { Sql } from "./sql.ts";

export interface SlotState {
  readonly name: string;
  /** pgoutput, logical, of this database. */
  readonly ours: boolean;
  readonly active: boolean;
  readonly confirmed: Lsn | undefined;
  /** reserved | extended | unreserved | lost. */
  readonly walStatus: string;
  /** WAL that the server keeps because of it. */
  readonly retainedBytes: number;
  /** What may still be written before it is lost; undefined: unlimited, or lost already. */
  readonly safeBytes: number | undefined;
}

const slotSql = `
  SELECT plugin = 'pgoutput' AND slot_type = 'logical' AND database = current_database() AS ours, active,
    confirmed_flush_lsn::text AS confirmed, coalesce(wal_status, 'lost') AS wal_status, safe_wal_size::text AS safe_bytes,
    coalesce(pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, restart_lsn), 0)::text AS retained_bytes
  FROM pg_replication_slots WHERE slot_name = $1`;

/** undefined: there is none of that name. */
export async function readSlot(sql: Sql, name: string): Promise<SlotState | undefined> {
  const [row] = await sql.query(slotSql, [name]);
  if (row === undefined) return undefined;
  return {
    name,
    ours: row["ours"] === true,
    active: row["active"] === true,
    confirmed: typeof row["confirmed"] === "string" ? parseLsn(row["confirmed"]) : undefined,
    walStatus: String(row["wal_status"]),
    retainedBytes: Number(row["retained_bytes"]),
    safeBytes: row["safe_bytes"] === null ? undefined : Number(row["safe_bytes"]),
  };
}

/**
 * Throws unless streaming from `from` on loses nothing: source/slot-missing, slot-foreign, slot-lost, slot-ahead (START_REPLICATION
 * would silently begin later than asked).
 */
export function requireSlotFor(
  slot: SlotState | undefined,
  about: { readonly name: string; readonly from: Lsn },
): { readonly confirmed: Lsn } {
  const { name } = about;
  if (slot === undefined) throw new VitrineError("source/slot-missing", { message: `The replication slot ${name} is gone.`, place: name });
  requireOurs(slot);
  if (slot.walStatus === "lost")
    throw new VitrineError("source/slot-lost", { message: `The server has thrown away the WAL that the slot ${name} needs.`, place: name });
  if (slot.confirmed === undefined)
    throw new VitrineError("source/slot-missing", { message: `The replication slot ${name} was never finished.`, place: name });
  if (slot.confirmed > about.from) {
    throw new VitrineError("source/slot-ahead", {
      message: `The slot ${name} is ahead of the copy; the changes in between are gone.`,
      place: name,
    });
  }
  return { confirmed: slot.confirmed };
}

/** Drops our slot, waiting up to `waitMs` for its last reader to go. Nothing to do when there is none. */
export async function dropSlot(sql: Sql, name: string, waitMs = 15_000): Promise<void> {
  for (let waited = 0; ; waited += 250) {
    const slot = await readSlot(sql, name);
    if (slot === undefined) return;
    requireOurs(slot);
    try {
      await sql.query("SELECT pg_drop_replication_slot($1)", [name]);
      return;
    } catch (error) {
      // Between the look and the drop it may have gone, or its last reader may not have been noticed as dead yet.
      const goneOrBusy = error instanceof VitrineError && (error.code === "source/slot-in-use" || error.code === "source/slot-missing");
      if (!goneOrBusy || waited >= waitMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

/** Drops our slot now: whoever reads from it is cut off. They are of our own role, which is what the server demands for that. */
export async function cutOffSlot(sql: Sql, name: string): Promise<void> {
  const slot = await readSlot(sql, name);
  if (slot === undefined) return;
  requireOurs(slot);
  await sql.query("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = $1 AND active_pid IS NOT NULL", [
    name,
  ]);
  await dropSlot(sql, name);
}

function requireOurs(slot: SlotState): void {
  if (slot.ours) return;
  throw new VitrineError("source/slot-foreign", {
    message: `The slot ${slot.name} is of another plugin or database; Vitrine does not touch it.`,
    place: slot.name,
  });
}
