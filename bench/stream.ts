/** Stream: changes a second from the slot into the store, against pg_recvlogical reading the same content of a slot to nowhere. */
import { setTimeout as sleep } from "node:timers/promises";
import { parseLsn } from "../src/model/lsn.ts";
import type { Lsn } from "../src/model/lsn.ts";
import { recvlogical, recvlogicalPath } from "./limits/recvlogical.ts";
import { withClient } from "./database.ts";
import type { Product } from "./product.ts";
import { startName } from "./product.ts";
import { human } from "./report.ts";
import type { BenchRow } from "./report.ts";
import { position } from "./visible.ts";

/** What is written to the source while Vitrine is away. */
export interface Mix {
  readonly name: string;
  readonly goal: number;
  readonly statements: () => readonly string[];
  /** Rows changed. */
  readonly changes: number;
}

const insert = (count: number): string => `
INSERT INTO connection_attempts (device_id, at, ok, reason, duration_ms, firmware, ip)
SELECT d.id, now() - interval '1 minute' * (random() * 600)::int, random() > 0.05, NULL, 100 + (random() * 900)::int, d.firmware, '192.0.2.1'
FROM generate_series(1, ${count}) g JOIN LATERAL (SELECT id, firmware FROM devices WHERE id = (SELECT min(id) FROM devices) + (g::bigint * 7919) % (SELECT count(*) FROM devices)) d ON true`;

const loop = (times: number, body: string): string => `DO $do$ BEGIN FOR i IN 1..${times} LOOP ${body}; COMMIT; END LOOP; END $do$`;

/** Rows by an array of devices taken once, so that the source can write fast in small transactions. */
const small = (transactions: number, rows: number): string => `
DO $do$ DECLARE ids bigint[]; fw text[]; n int; BEGIN
SELECT array_agg(id), array_agg(firmware) INTO ids, fw FROM (SELECT id, firmware FROM devices ORDER BY id LIMIT 5000) d; n := array_length(ids, 1);
FOR i IN 1..${transactions} LOOP
  INSERT INTO connection_attempts (device_id, at, ok, reason, duration_ms, firmware, ip)
  SELECT ids[1 + (i * 31 + g) % n], now(), (i + g) % 20 <> 0, NULL, 200, fw[1 + (i * 31 + g) % n], '192.0.2.1' FROM generate_series(1, ${rows}) g;
  COMMIT;
END LOOP; END $do$`;

const half = (times: number): string =>
  loop(
    times,
    `
  INSERT INTO connection_attempts (device_id, at, ok, reason, duration_ms, firmware, ip)
    SELECT device_id, at, ok, reason, duration_ms, firmware, ip FROM connection_attempts WHERE at > now() - interval '1 day' ORDER BY id DESC LIMIT 20;
  UPDATE connection_attempts SET ok = NOT ok WHERE (id, at) IN (SELECT id, at FROM connection_attempts WHERE at > now() - interval '1 day' ORDER BY id DESC LIMIT 10 OFFSET 40);
  DELETE FROM connection_attempts WHERE (id, at) IN (SELECT id, at FROM connection_attempts WHERE at > now() - interval '1 day' ORDER BY id DESC LIMIT 10 OFFSET 60)`,
  );

/** `scale` 1: three million rows in one transaction. */
export const mixes = (scale: number): readonly Mix[] => [
  {
    name: "one insert of many rows",
    goal: 0.8,
    changes: Math.round(3_000_000 * scale),
    statements: () => [insert(Math.round(3_000_000 * scale))],
  },
  {
    name: "transactions of 20 rows",
    goal: 0.8,
    changes: 20 * Math.round(20_000 * scale),
    statements: () => [small(Math.round(20_000 * scale), 20)],
  },
  {
    name: "transactions of one row",
    goal: 0.8,
    changes: Math.round(150_000 * scale),
    statements: () => [small(Math.round(150_000 * scale), 1)],
  },
  {
    name: "half updates and deletes",
    goal: 0.5,
    changes: 40 * Math.round(4_000 * scale),
    statements: () => [half(Math.round(4_000 * scale))],
  },
];

export interface StreamBench {
  readonly product: Product;
  readonly adminUrl: string;
  readonly mix: Mix;
  readonly label: string;
}

/** The product must be stopped, its slot in place. Leaves it stopped. */
export async function benchStream({ product, adminUrl, mix, label }: StreamBench): Promise<BenchRow> {
  const slot = "bench_limit";
  return withClient(adminUrl, async (client) => {
    await client.query("SELECT pg_create_logical_replication_slot($1, 'pgoutput')", [slot]);
    try {
      for (const statement of mix.statements()) await client.query(statement);
      await client.query("CHECKPOINT");
      const end = await position(client);
      const limitMs =
        recvlogicalPath() === undefined ? undefined : await recvlogical({ url: adminUrl, slot, publications: "vitrine", endLsn: end.text });
      return rowOf({ mix, label, ms: await catchUp(product, mix.name, end.lsn), limitMs });
    } finally {
      await client.query("SELECT pg_drop_replication_slot($1)", [slot]).catch(() => undefined);
    }
  });
}

function rowOf(options: {
  readonly mix: Mix;
  readonly label: string;
  readonly ms: number;
  readonly limitMs: number | undefined;
}): BenchRow {
  const { mix, label, ms, limitMs } = options;
  const rate = (1000 * mix.changes) / ms;
  const limit = limitMs === undefined ? undefined : (1000 * mix.changes) / limitMs;
  const ratio = limit === undefined ? undefined : rate / limit;
  return {
    group: label,
    what: `stream: ${mix.name} (${human(mix.changes)})`,
    figure: `${human(rate)} changes/s`,
    against: limit === undefined ? undefined : `pg_recvlogical ${human(limit)}/s`,
    ratio,
    goal: `≥ ${mix.goal.toFixed(2)}`,
    met: ratio === undefined ? undefined : ratio >= mix.goal,
    note:
      limit === undefined
        ? "pg_recvlogical is not installed (Debian: postgresql-client-15), so there is no limit to compare with"
        : undefined,
    start: startName(label, mix.name),
  };
}

/** Milliseconds from the reader's word that it streams to the commit of the last change. */
async function catchUp(product: Product, name: string, end: Lsn): Promise<number> {
  await using running = await product.start(name);
  let begun: number | undefined;
  let ms: number | undefined;
  while (ms === undefined) {
    const status = await running.status();
    const now = performance.now();
    if (status.readers.some((reader) => reader.state === "streaming")) begun ??= now;
    const applied = parseLsn(status.generations.find((one) => one.generation === status.serving)?.applied?.lsn ?? "");
    if (applied !== undefined && applied >= end) ms = now - (begun ?? now);
    else await sleep(5);
  }
  return ms;
}
