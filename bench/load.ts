/**
 * The live load: whole transactions of 80 % inserts, 15 % updates and 5 % deletes of facts at a steady rate, the changed keys as
 * keys.ts has them. One connection and one statement a transaction, so that the load takes as little of the shared cores as it can.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { correctAndDeleteSql, KeySample } from "./keys.ts";

export interface Load extends AsyncDisposable {
  /** Rows changed so far. */
  readonly changes: number;
  stop(): Promise<void>;
}

const everyMs = 20;

const { corrected, deleted: removal } = correctAndDeleteSql(4);
const loadSql = `
WITH made AS (
  INSERT INTO connection_attempts (device_id, at, ok, reason, duration_ms, firmware, ip)
  SELECT device, now(), good, CASE WHEN good THEN NULL ELSE 'dns' END, 200, firmware, '192.0.2.1'
  FROM unnest($1::bigint[], $2::text[], $3::boolean[]) AS new (device, firmware, good)
), corrected AS (${corrected}) ${removal}`;

export interface LoadOptions {
  readonly adminUrl: string;
  readonly ratePerSecond: number;
  /** For how long keys are to last. */
  readonly seconds: number;
  readonly facts: number;
}

export async function startLoad({ adminUrl, ratePerSecond, seconds, facts }: LoadOptions): Promise<Load> {
  const client = new Client({ connectionString: adminUrl, application_name: "bench load" });
  client.on("error", () => undefined);
  await client.connect();
  const { rows: devices } = await client.query<{ id: string; firmware: string }>(
    "SELECT id::text, firmware FROM devices TABLESAMPLE SYSTEM (20) LIMIT 5000",
  );
  const keys = await KeySample.take(client, { facts, count: Math.ceil(ratePerSecond * 0.2 * seconds) });
  const size = Math.max(1, Math.round((ratePerSecond * everyMs) / 1000));
  let changes = 0;
  const stopping = new AbortController();

  const step = async (): Promise<void> => {
    const chosen = Array.from({ length: Math.round(size * 0.8) }, () => devices[Math.floor(Math.random() * devices.length)]);
    const updated = keys.next(Math.round(size * 0.15));
    const deleted = keys.next(Math.round(size * 0.05));
    const values = [
      chosen.map((one) => one?.id),
      chosen.map((one) => one?.firmware),
      chosen.map(() => Math.random() > 0.05),
      updated.ids,
      updated.times,
      deleted.ids,
      deleted.times,
    ];
    await client.query({ name: "load", text: loadSql, values });
    changes += chosen.length + updated.ids.length + deleted.ids.length;
  };

  const run = async (): Promise<void> => {
    const started = performance.now();
    for (let turn = 1; !stopping.signal.aborted; turn += 1) {
      await step();
      await sleep(Math.max(0, started + turn * everyMs - performance.now()));
    }
  };
  const running = run();
  running.catch(() => undefined);
  const stop = async (): Promise<void> => {
    stopping.abort();
    await running;
    await client.end();
  };
  return {
    get changes() {
      return changes;
    },
    stop,
    [Symbol.asyncDispose]: async () => (stopping.signal.aborted ? undefined : stop()),
  };
}
