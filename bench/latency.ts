/** Commit → visible under the live load, on the same cores as the source and the load; and, apart, for entities that move their cells. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { withClient } from "./database.ts";
import type { Load } from "./load.ts";
import type { Running } from "./product.ts";
import type { BenchRow } from "./report.ts";
import { human, quantile } from "./report.ts";
import { commitToVisible } from "./visible.ts";

export interface LatencyBench {
  readonly running: Running;
  readonly adminUrl: string;
  readonly load: Load;
  readonly group: string;
  readonly seconds: number;
}

const probeEveryMs = 50;
const moveEveryMs = 1_000;
const probeSql = `
  INSERT INTO connection_attempts (device_id, at, ok, duration_ms, firmware, ip)
  SELECT id, now(), true, 100, firmware, '192.0.2.1' FROM devices LIMIT 1`;
/** A model is corrected: every attempt that the device ever made moves to another cell. */
const modelSql = `
  UPDATE devices d SET model = (SELECT sku FROM device_models WHERE sku <> d.model ORDER BY random() LIMIT 1)
  WHERE id = (SELECT id FROM devices TABLESAMPLE BERNOULLI (1) LIMIT 1)`;
/** A device is sold: its attempts move to its new owner's country. */
const ownerSql = `
  UPDATE devices SET account_id = (SELECT id FROM accounts TABLESAMPLE BERNOULLI (1) LIMIT 1)
  WHERE id = (SELECT id FROM devices TABLESAMPLE BERNOULLI (1) LIMIT 1)`;

export async function benchLatency({ running, adminUrl, load, group, seconds }: LatencyBench): Promise<readonly BenchRow[]> {
  const before = load.changes;
  const from = performance.now();
  const until = from + seconds * 1000;
  const watch = (sql: (turn: number) => string, everyMs: number): Promise<number[]> =>
    withClient(adminUrl, async (client) => sampled({ client, running, sql, everyMs, until }));
  const [samples, moves] = await Promise.all([
    watch(() => probeSql, probeEveryMs),
    watch((turn) => (turn % 2 === 0 ? modelSql : ownerSql), moveEveryMs),
  ]);
  const rate = ((load.changes - before) * 1000) / (performance.now() - from);
  const what = `commit → visible at ${human(rate)} changes/s`;
  const [p50, p99] = [quantile(samples, 0.5), quantile(samples, 0.99)];
  return [
    {
      group,
      what: `${what}, p50 of ${samples.length}`,
      figure: `${p50.toFixed(0)} ms`,
      against: "Sequin published 55 ms",
      goal: "≤ 100 ms",
      met: p50 <= 100,
      start: running.name,
    },
    {
      group,
      what: `${what}, p99 of ${samples.length}`,
      figure: `${p99.toFixed(0)} ms`,
      against: "Sequin published 253 ms",
      goal: "≤ 400 ms",
      met: p99 <= 400,
      start: running.name,
    },
    {
      group,
      what: "the same for an entity that moves its cells, once a second",
      figure: `p50 ${quantile(moves, 0.5).toFixed(0)} ms, most ${quantile(moves, 1).toFixed(0)} ms of ${moves.length}`,
    },
  ];
}

async function sampled(options: {
  readonly client: Client;
  readonly running: Running;
  readonly sql: (turn: number) => string;
  readonly everyMs: number;
  readonly until: number;
}): Promise<number[]> {
  const samples: number[] = [];
  while (performance.now() < options.until) {
    const sql = options.sql(samples.length);
    samples.push(await commitToVisible(options.client, options.running, async () => options.client.query(sql)));
    await sleep(options.everyMs);
  }
  return samples;
}
