/** Replication slots that a test leaves in the source would hold its log for ever. */
import { setTimeout as sleep } from "node:timers/promises";
import type { SourceClient } from "../oracle/source.ts";

const waitMs = 5_000;

/** Drops this database's slots whose name is LIKE `pattern`. The server gives a slot free a moment after its client has gone. */
export async function dropSlots(source: SourceClient, pattern: string): Promise<void> {
  const mine = "database = current_database() AND slot_name LIKE $1";
  for (let waitedMs = 0; waitedMs < waitMs; waitedMs += 20) {
    if ((await source.rows(`SELECT 1 FROM pg_replication_slots WHERE active AND ${mine}`, [pattern])).length === 0) break;
    await sleep(20);
  }
  await source.rows(`SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE ${mine}`, [pattern]);
}
