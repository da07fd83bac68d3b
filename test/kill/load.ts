/**
 * Load on the smart-home world while processes are killed: small transactions of everything that a shop does to its tables, and now
 * and then what the stream does not show (a month dropped, detached and attached, emptied).
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../differential/random.ts";
import { openSource } from "../oracle/source.ts";
import type { SourceClient } from "../oracle/source.ts";

export interface Load {
  readonly transactions: () => number;
  /** Resolves when the last transaction has ended. */
  stop(): Promise<void>;
}

/** Runs transactions one after the other, with a pause between, until stopped. */
export async function startLoad({
  url,
  random,
  pauseMs,
}: {
  readonly url: string;
  readonly random: Random;
  readonly pauseMs: number;
}): Promise<Load> {
  const source = await openSource(url);
  const stopped = new AbortController();
  let count = 0;
  const work = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      if (await transaction(source, random)) count += 1;
      await sleep(pauseMs);
    }
  };
  const done = work();
  return {
    transactions: () => count,
    stop: async () => {
      stopped.abort();
      await done;
      await source[Symbol.asyncDispose]();
    },
  };
}

/** False when it failed: two operations may get into each other's way, which is no matter. */
async function transaction(source: SourceClient, random: Random): Promise<boolean> {
  const statements = Array.from({ length: 1 + random.below(6) }, () => operation(random));
  try {
    await source.run(["BEGIN", ...statements, random.oneIn(10) ? "ROLLBACK" : "COMMIT"].join("; "));
    return true;
  } catch {
    await source.run("ROLLBACK").catch(() => undefined);
    return false;
  }
}

const someAccount = "(SELECT id FROM accounts ORDER BY random() LIMIT 1)";
const someDevice = "(SELECT id FROM devices ORDER BY random() LIMIT 1)";
const recentAttempts = "id IN (SELECT id FROM connection_attempts ORDER BY id DESC LIMIT 200)";

function operation(random: Random): string {
  const attempts = `INSERT INTO connection_attempts (device_id, at, duration_ms, ok, firmware, reason, ip)
    SELECT d.id, now() - random() * interval '3 days', 100, random() < 0.8, d.firmware, CASE WHEN random() < 0.2 THEN 'dns' END, '192.0.2.1'
    FROM devices d ORDER BY random() LIMIT ${1 + random.below(20)}`;
  return random.pick([
    attempts,
    attempts,
    attempts,
    `UPDATE connection_attempts SET ok = NOT ok WHERE ${recentAttempts} AND random() < 0.05`,
    `UPDATE connection_attempts SET id = id + 100000000 WHERE ${recentAttempts} AND random() < 0.01 AND id < 100000000`,
    `DELETE FROM connection_attempts WHERE ${recentAttempts} AND random() < 0.05`,
    `UPDATE devices SET account_id = ${someAccount}, home_id = NULL WHERE id = ${someDevice}`,
    `UPDATE devices SET model = (SELECT sku FROM device_models ORDER BY random() LIMIT 1) WHERE id = ${someDevice}`,
    `UPDATE devices SET nickname = 'moved', diagnostics = CASE WHEN random() < 0.3 THEN NULL ELSE coalesce(diagnostics, repeat('x', 5000)) END WHERE id = ${someDevice}`,
    `UPDATE accounts SET country = (ARRAY['US', 'DE', 'XX', 'EG'])[1 + floor(random() * 4)::int] WHERE id = ${someAccount}`,
    `INSERT INTO accounts (email, password_hash, name, country, time_zone, language) VALUES (gen_random_uuid() || '@example.org', 'x', 'Load', 'US', 'America/New_York', 'en')`,
    `INSERT INTO devices (account_id, model, firmware, mac, serial) SELECT ${someAccount}, model, firmware, mac, gen_random_uuid()::text FROM devices WHERE id = ${someDevice}`,
    `INSERT INTO sessions (account_id, expires_at, platform, token_hash, ip, user_agent) VALUES (${someAccount}, now(), 'ios', '\\x00', '192.0.2.2', 'x')`,
    `UPDATE integrations SET access_token = NULL, unlinked_at = now() WHERE id = (SELECT id FROM integrations ORDER BY random() LIMIT 1)`,
    `DELETE FROM devices WHERE id = ${someDevice} AND random() < 0.3`,
    `DELETE FROM accounts WHERE id = ${someAccount} AND random() < 0.2`,
    `UPDATE accounts SET id = id + 100000000 WHERE id = ${someAccount} AND id < 100000000 AND random() < 0.3`,
  ]);
}

const partitionOperations = ["drop the oldest month", "detach, insert and attach a month", "truncate the oldest month"] as const;

const deadlock = "40P01";

/** Does one thing to a month that the stream does not show; says which. Gives way to the load's locks and tries again. */
export async function disturbPartitions(source: SourceClient, random: Random): Promise<string> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await disturb(source, random);
    } catch (error) {
      if ((error as { readonly code?: string }).code !== deadlock || tries === 20) throw error;
      await sleep(100);
    }
  }
}

async function disturb(source: SourceClient, random: Random): Promise<string> {
  const leaves = await source.rows(`SELECT inhrelid::regclass::text AS name, pg_get_expr(c.relpartbound, c.oid) AS bound
    FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid WHERE inhparent = 'connection_attempts'::regclass ORDER BY 1`);
  const [oldest] = leaves;
  if (oldest === undefined) return "nothing: no month is left";
  const what = leaves.length > 3 ? random.pick(partitionOperations) : partitionOperations[1];
  switch (what) {
    case "drop the oldest month":
      await source.run(`DROP TABLE ${oldest["name"]}`);
      break;
    case "truncate the oldest month":
      await source.run(`TRUNCATE ${oldest["name"]}`);
      break;
    case "detach, insert and attach a month": {
      const leaf = random.pick(leaves);
      await source.run(`ALTER TABLE connection_attempts DETACH PARTITION ${leaf["name"]};
        DELETE FROM ${leaf["name"]} WHERE random() < 0.1;
        ALTER TABLE connection_attempts ATTACH PARTITION ${leaf["name"]} ${leaf["bound"]}`);
      break;
    }
  }
  return what;
}
