/**
 * `npm run bench [-- --facts 1000000,10000000] [--scale 1] [--seconds 30]`: the rows of the design's table that concern snapshot,
 * stream, latency, bytes, memory, restart and flatness, each beside its goal, measured in this run. Needs a quiet machine.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { createWorld } from "../examples/smart-home/world.ts";
import { startPostgres } from "../test/support/postgres.ts";
import { openSource } from "../src/source/session.ts";
import { parseSourceUrl } from "../src/source/url.ts";
import { benchLatency } from "./latency.ts";
import { Product } from "./product.ts";
import { human, tableOf } from "./report.ts";
import type { BenchRow } from "./report.ts";
import { benchSnapshot, watchReady } from "./snapshot.ts";
import { benchStream, mixes } from "./stream.ts";

const config = fileURLToPath(new URL("../examples/smart-home/vitrine.yaml", import.meta.url));

const { values } = parseArgs({
  options: {
    facts: { type: "string", default: "1000000,10000000" },
    accounts: { type: "string", default: "200000" },
    scale: { type: "string", default: "1" },
    seconds: { type: "string", default: "30" },
    rate: { type: "string", default: "5000" },
  },
});

const rows: BenchRow[] = [];
const say = (text: string): void => void process.stderr.write(`${text}\n`);

for (const facts of values.facts.split(",").map(Number)) rows.push(...(await benchSize(facts)));
process.stdout.write(
  `\n${cpus()[0]?.model ?? "?"}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.versions.node}; the source, the load and Vitrine share them.\n\n${tableOf(rows)}\n`,
);
mkdirSync("bench/results", { recursive: true });
writeFileSync(
  `bench/results/${new Date().toISOString().replaceAll(":", "-")}.json`,
  `${JSON.stringify({ at: new Date().toISOString(), values, rows }, undefined, 1)}\n`,
);

async function benchSize(facts: number): Promise<readonly BenchRow[]> {
  const label = `${human(facts)} facts`;
  const folder = mkdtempSync(join(tmpdir(), "vitrine-bench-"));
  await using postgres = await startPostgres({
    settings: {
      max_wal_size: "16GB",
      checkpoint_timeout: "1h",
      shared_buffers: "1GB",
      max_slot_wal_keep_size: "64GB",
      max_replication_slots: "20",
    },
  });
  try {
    const adminUrl = await database(postgres.url);
    say(`${label}: making the world …`);
    await createWorld({
      url: adminUrl,
      accounts: Number(values.accounts),
      attempts: facts,
      seed: 1,
      now: new Date(),
      onProgress: () => undefined,
    });
    const product = new Product({ folder, config, adminUrl });
    await product.setUp();
    return await measure({ product, adminUrl, label, facts });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure({
  product,
  adminUrl,
  label,
  facts,
}: {
  readonly product: Product;
  readonly adminUrl: string;
  readonly label: string;
  readonly facts: number;
}): Promise<readonly BenchRow[]> {
  const out: BenchRow[] = [];
  const add = (...more: readonly BenchRow[]): void => {
    out.push(...more);
    for (const row of more)
      say(
        `  ${row.what}: ${row.figure}${row.ratio === undefined ? "" : ` = ${row.ratio.toFixed(2)}× of ${row.against ?? ""}`} (goal ${row.goal})`,
      );
  };
  const source = openSource({ address: parseSourceUrl(adminUrl), applicationName: "vitrine bench" });
  const heap = await heapBytes(adminUrl);
  const snapshot = await benchSnapshot({ product, source, statements: await statements(adminUrl), label });
  add(...snapshot.rows);
  await snapshot.running.control.ask("compact");
  const status = await snapshot.running.status();
  const bytes = (status.generations[0]?.bytes ?? 0) / facts;
  add({
    group: label,
    what: "bytes per fact, entities and cells included",
    figure: bytes.toFixed(1),
    against: `PostgreSQL's heap ${(heap / facts).toFixed(0)} B`,
    ratio: bytes / (heap / facts),
    goal: "≤ 0.20",
    met: bytes / (heap / facts) <= 0.2,
    note: undefined,
  });
  add(
    ...(await benchLatency({
      running: snapshot.running,
      adminUrl,
      label,
      ratePerSecond: Number(values.rate),
      seconds: Number(values.seconds),
    })),
  );
  await snapshot.running.stop();
  const restartMs = await watchReady(product);
  add({
    group: label,
    what: "restart to the first answer",
    figure: `${(restartMs / 1000).toFixed(2)} s`,
    against: undefined,
    ratio: undefined,
    goal: "≤ 5 s",
    met: restartMs <= 5000,
    note: undefined,
  });
  for (const mix of mixes(Number(values.scale))) add(await benchStream({ product, adminUrl, mix, label }));
  return out;
}

async function database(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query("CREATE DATABASE bench");
  await client.end();
  const own = new URL(url);
  own.pathname = "/bench";
  return own.toString();
}

/** SELECTs of exactly the columns that the publication puts on the wire. */
async function statements(url: string): Promise<readonly string[]> {
  return withClient(url, async (client) => {
    const { rows: tables } = await client.query<{ name: string; columns: string }>(
      "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name, (SELECT string_agg(quote_ident(a), ', ') FROM unnest(attnames) a) AS columns FROM pg_publication_tables WHERE pubname IN ('vitrine', 'vitrine_append')",
    );
    return tables.map((table) => `SELECT ${table.columns} FROM ${table.name}`);
  });
}

async function heapBytes(url: string): Promise<number> {
  return withClient(url, async (client) => {
    const {
      rows: [row],
    } = await client.query<{ bytes: string }>("SELECT sum(pg_relation_size(relid)) AS bytes FROM pg_partition_tree('connection_attempts')");
    return Number(row?.bytes ?? 0);
  });
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
