/** The failure rate by day and model as one asks the source itself: raw with all that helps, and from a materialised view. */
import type { Client } from "pg";
import { withClient } from "../database.ts";
import { quantile } from "../report.ts";

export interface PostgresTimes {
  readonly rawMs: number;
  readonly viewMs: number;
  /** What the view costs each time that it is to be fresh. */
  readonly refreshMs: number;
}

const day = "(at AT TIME ZONE 'America/Los_Angeles')::date";
/** Two ways to say it: join each row, or add up by device first. The faster one counts. */
const statements: readonly string[] = [
  `SELECT ${day} AS day, model, count(*) AS n, count(*) FILTER (WHERE NOT ok) AS failed
   FROM connection_attempts JOIN devices ON devices.id = device_id WHERE at >= $1 GROUP BY 1, 2`,
  `SELECT day, model, sum(n) AS n, sum(failed) AS failed FROM (
     SELECT ${day} AS day, device_id, count(*) AS n, count(*) FILTER (WHERE NOT ok) AS failed FROM connection_attempts WHERE at >= $1 GROUP BY 1, 2
   ) AS one JOIN devices ON devices.id = device_id GROUP BY 1, 2`,
];

/** Leaves the index and the view behind: the database goes with the run. `days`: from so many days ago on. */
export async function postgresTimes(url: string, days: number, times: number): Promise<PostgresTimes> {
  return withClient(url, async (client) => {
    for (const setting of ["max_parallel_workers_per_gather = 2", "work_mem = '256MB'", "maintenance_work_mem = '512MB'", "jit = off"])
      await client.query(`SET ${setting}`);
    // Read without the rows themselves, which an index-only scan needs a visibility map for.
    await client.query("CREATE INDEX bench_rate ON connection_attempts (at) INCLUDE (device_id, ok)");
    await client.query("VACUUM (ANALYZE) connection_attempts");
    await client.query("ANALYZE devices");
    const raw: number[] = [];
    for (const sql of statements) raw.push(await median(client, { sql, days, times: 3 }));
    const view = `CREATE MATERIALIZED VIEW bench_rates AS SELECT day, model, n, failed FROM (${statements[0]?.replace("$1", "'-infinity'")}) AS cells`;
    await client.query(view);
    await client.query("CREATE UNIQUE INDEX ON bench_rates (day, model)");
    await client.query("ANALYZE bench_rates");
    const viewMs = await median(client, {
      sql: "SELECT day, model, n, failed FROM bench_rates WHERE day >= ($1::timestamptz)::date",
      days,
      times,
    });
    const started = performance.now();
    await client.query("REFRESH MATERIALIZED VIEW bench_rates");
    return { rawMs: Math.min(...raw), viewMs, refreshMs: performance.now() - started };
  });
}

/** The first is not counted: it fills the server's memory. */
async function median(client: Client, asked: { readonly sql: string; readonly days: number; readonly times: number }): Promise<number> {
  const ms: number[] = [];
  for (let time = 0; time <= asked.times; time += 1) {
    const from = new Date(Date.now() - (asked.days - (time % 3)) * 86_400_000);
    const started = performance.now();
    await client.query({ text: asked.sql, values: [from], rowMode: "array" });
    if (time > 0) ms.push(performance.now() - started);
  }
  return quantile(ms, 0.5);
}
