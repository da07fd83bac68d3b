/** Milliseconds from a commit on the source until the copy has applied it, as somebody outside sees it: by the server's own status. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { must } from "../src/lib/assert.ts";
import { parseLsn } from "../src/model/lsn.ts";
import type { Lsn } from "../src/model/lsn.ts";
import type { Running } from "./product.ts";

const limitMs = 120_000;

/** Runs `commit` (one transaction on `client`) and waits until it is visible. Throws when that takes longer than two minutes. */
export async function commitToVisible(client: Client, running: Running, commit: () => Promise<unknown>): Promise<number> {
  await commit();
  const committed = performance.now();
  // At or past our commit: what others have written in between is waited for, too.
  const { lsn } = await position(client);
  for (;;) {
    const applied = await appliedLsn(running);
    const ms = performance.now() - committed;
    if (applied !== undefined && applied >= lsn) return ms;
    if (ms > limitMs) throw new Error("a commit was not applied within two minutes: see the product's log");
    await sleep(2);
  }
}

export async function position(client: Client): Promise<{ readonly text: string; readonly lsn: Lsn }> {
  const { rows } = await client.query<{ lsn: string }>("SELECT pg_current_wal_flush_lsn()::text AS lsn");
  const text = must(rows[0], "row").lsn;
  return { text, lsn: must(parseLsn(text), "position") };
}

/** Up to where the serving generation is applied. */
async function appliedLsn(running: Running): Promise<Lsn | undefined> {
  const status = await running.status();
  return parseLsn(status.generations.find((one) => one.generation === status.serving)?.applied?.lsn ?? "");
}

/** The reader streams and has caught up: what is proven is no older than two heartbeats. */
export async function untilFresh(running: Running): Promise<void> {
  for (;;) {
    const { generations, serving, readers } = await running.status();
    const lagMs = generations.find((one) => one.generation === serving)?.lagMs;
    if (readers.some((reader) => reader.state === "streaming") && lagMs !== undefined && lagMs < 2_000) return;
    await sleep(20);
  }
}
