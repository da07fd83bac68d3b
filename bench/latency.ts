/** Commit → visible, under a steady load of changes, on the same two cores as the source and the load. */
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { simulate } from "../examples/smart-home/simulator.ts";
import { must } from "../src/lib/assert.ts";
import { parseLsn } from "../src/model/lsn.ts";
import type { Running } from "./product.ts";
import type { BenchRow } from "./report.ts";
import { human, quantile } from "./report.ts";
import { appliedLsn } from "./stream.ts";

export interface LatencyBench {
  readonly running: Running;
  readonly adminUrl: string;
  readonly label: string;
  readonly ratePerSecond: number;
  readonly seconds: number;
}

/** A probe commits a row of its own every 50 ms and waits until the server has applied a position at or past that commit. */
export async function benchLatency({ running, adminUrl, label, ratePerSecond, seconds }: LatencyBench): Promise<readonly BenchRow[]> {
  const load = await simulate({ url: adminUrl, ratePerSecond, seed: 7, clock: Date.now });
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  const samples: number[] = [];
  const started = performance.now();
  try {
    await sleep(2_000);
    const before = load.stats.changes;
    const from = performance.now();
    while (performance.now() - started < seconds * 1000) {
      samples.push(await sample(client, running));
      await sleep(50);
    }
    const done = ((load.stats.changes - before) * 1000) / (performance.now() - from);
    const [p50, p99] = [quantile(samples, 0.5), quantile(samples, 0.99)];
    const what = `commit → visible at ${human(done)} changes/s, ${samples.length} samples`;
    return [
      {
        group: label,
        what: `${what}, p50`,
        figure: `${p50.toFixed(0)} ms`,
        against: "Sequin published 55 ms",
        ratio: undefined,
        goal: "≤ 100 ms",
        met: p50 <= 100,
        note: undefined,
      },
      {
        group: label,
        what: `${what}, p99`,
        figure: `${p99.toFixed(0)} ms`,
        against: "Sequin published 253 ms",
        ratio: undefined,
        goal: "≤ 400 ms",
        met: p99 <= 400,
        note: undefined,
      },
    ];
  } finally {
    await load.stop();
    await client.end();
  }
}

async function sample(client: Client, running: Running): Promise<number> {
  await client.query(
    "INSERT INTO connection_attempts (device_id, at, ok, duration_ms, firmware, ip) SELECT id, now(), true, 100, firmware, '192.0.2.1' FROM devices LIMIT 1",
  );
  const committed = performance.now();
  const { rows } = await client.query<{ lsn: string }>("SELECT pg_current_wal_flush_lsn()::text AS lsn");
  const lsn = must(parseLsn(must(rows[0], "row").lsn), "position");
  for (;;) {
    const applied = await appliedLsn(running);
    if (applied !== undefined && applied >= lsn) return performance.now() - committed;
    await sleep(2);
  }
}
