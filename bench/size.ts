/** All measurements at one size of the events table, in the order in which they disturb each other least. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { must } from "../src/lib/assert.ts";
import { openSource } from "../src/source/session.ts";
import { parseSourceUrl } from "../src/source/url.ts";
import { startPostgres } from "../test/support/postgres.ts";
import { Agent } from "node:http";
import { asker, benchAnswers } from "./answers.ts";
import { benchBatches } from "./batches.ts";
import { createBenchDatabase, factsTable, heapBytes, publishedTables } from "./database.ts";
import { benchLatency } from "./latency.ts";
import { startLoad } from "./load.ts";
import type { BenchOptions } from "./options.ts";
import type { Running } from "./product.ts";
import { Product, startName } from "./product.ts";
import { canMeasureProcesses } from "./processes.ts";
import type { BenchRow } from "./report.ts";
import { human, humanBytes } from "./report.ts";
import { benchRates } from "./rates.ts";
import { benchRestart } from "./restart.ts";
import { benchSnapshot } from "./snapshot.ts";
import { SourceWatch, sourceRows } from "./source-watch.ts";
import { benchStream, mixes } from "./stream.ts";
import { untilFresh } from "./visible.ts";
import { benchZero } from "./zero.ts";

const config = fileURLToPath(new URL("../examples/smart-home/vitrine.yaml", import.meta.url));
const memoryMax = 2 ** 30;
const restartQuestion = { metric: "failed_connection_rate", grain: "day", by: ["model"], range: "last 30 days" };
/** Before anything is taken: connections are made, plans are known, the first batches have gone through. */
const warmUpSeconds = 2;

export interface SizeBench {
  readonly options: BenchOptions;
  readonly facts: number;
  /** Everything that has to end with the run, also when it is stopped in the middle. */
  readonly owned: AsyncDisposableStack;
  readonly onRows: (...rows: readonly BenchRow[]) => void;
  readonly say: (text: string) => void;
  /** A folder for profiles, or undefined. */
  readonly profiles: string | undefined;
}

interface Prepared extends SizeBench {
  readonly product: Product;
  readonly adminUrl: string;
  readonly group: string;
  readonly postmaster: number;
  readonly memory: { reader: number; server: number };
}

export async function benchSize(bench: SizeBench): Promise<void> {
  const prepared = await prepare(bench);
  const { product, group, options, onRows } = prepared;
  if (options.answersOnly) return livePart(prepared);
  await snapshotPart(prepared);
  onRows(await benchRestart(product, { group, question: restartQuestion }));
  await livePart(prepared);
  for (const mix of mixes(options.scale)) onRows(await benchStream({ product, adminUrl: prepared.adminUrl, mix, label: group }));
}

async function prepare(bench: SizeBench): Promise<Prepared> {
  const { owned, facts, options, say } = bench;
  const group = `${human(facts)} facts`;
  const folder = owned.adopt(mkdtempSync(join(tmpdir(), "vitrine-bench-")), (path) => rmSync(path, { recursive: true, force: true }));
  const postgres = owned.use(
    await startPostgres({
      settings: {
        max_wal_size: "16GB",
        checkpoint_timeout: "1h",
        shared_buffers: "1GB",
        max_slot_wal_keep_size: "64GB",
        max_replication_slots: "20",
      },
    }),
  );
  say(`${group}: making the world …`);
  const adminUrl = await createBenchDatabase({ serverUrl: postgres.url, accounts: options.accounts, facts });
  const product = owned.use(new Product({ folder, config, adminUrl, profiles: bench.profiles, group }));
  await product.setUp();
  return { ...bench, product, adminUrl, group, postmaster: postgres.pid, memory: { reader: 0, server: 0 } };
}

async function snapshotPart(bench: Prepared): Promise<void> {
  const { adminUrl, group, facts, options, onRows, say } = bench;
  say(`${group}: snapshot …`);
  const source = openSource({ address: parseSourceUrl(adminUrl), applicationName: "vitrine bench" });
  const heap = await heapBytes(adminUrl);
  const tables = await publishedTables(adminUrl);
  const { rows, running, rates } = await benchSnapshot({ ...bench, source, tables });
  await running.control.ask("compact");
  const status = await running.status();
  await stop(bench, running);
  onRows(...rows, sizeRow({ group, facts, heap, bytes: status.generations[0]?.bytes ?? 0 }));
  const table = must(
    tables.find(({ name }) => name === factsTable),
    "the events table is published",
  );
  if (options.zero) say(`${group}: zero-cache …`);
  onRows(await benchZero({ wanted: options.zero, owned: bench.owned, adminUrl, table, ours: rates.facts, group }));
}

function sizeRow({
  group,
  facts,
  heap,
  bytes,
}: { readonly [name in "facts" | "heap" | "bytes"]: number } & { readonly group: string }): BenchRow {
  const ratio = bytes / heap;
  return {
    group,
    what: "bytes per fact, entities and cells included",
    figure: (bytes / facts).toFixed(1),
    against: `PostgreSQL's heap ${(heap / facts).toFixed(0)} B`,
    ratio,
    goal: "≤ 0.20",
    met: ratio <= 0.2,
  };
}

async function livePart(bench: Prepared): Promise<void> {
  const { product, adminUrl, group, facts, options, onRows, say } = bench;
  const { seconds, rate } = options;
  say(`${group}: live load of ${human(rate)} changes/s …`);
  const running = await product.start("live");
  await untilFresh(running);
  {
    await using load = await startLoad({ adminUrl, ratePerSecond: rate, seconds: 2 * seconds + 2 * warmUpSeconds, facts });
    await pause(warmUpSeconds);
    const streaming = await SourceWatch.start(bench);
    if (!options.answersOnly) onRows(...(await benchLatency({ running, adminUrl, load, group, seconds })));
    onRows(...sourceRows(group, "stream", await streaming.stop()));
    const answering = await SourceWatch.start(bench);
    onRows(...(await benchAnswers({ running, adminUrl, group, seconds })), ...sourceRows(group, "answering", await answering.stop()));
  }
  await pause(warmUpSeconds);
  if (!options.answersOnly) onRows(await benchBatches({ running, adminUrl, group, facts }));
  await ratesPart(bench, running);
  await stop(bench, running);
  onRows(memoryRow(bench));
}

async function ratesPart({ adminUrl, group, options, owned, onRows, say }: Prepared, running: Running): Promise<void> {
  say(`${group}: failure rate by day and model, side by side …`);
  await untilFresh(running);
  const agent = owned.adopt(new Agent({ keepAlive: true, maxSockets: 1 }), (one) => one.destroy());
  const ask = asker(await running.http(), agent);
  onRows(...(await benchRates({ ask, adminUrl, group, openSearch: options.openSearch, owned, say })));
}

/** Peaks of the snapshot and of the live part; the two need not have been at one time. */
function memoryRow({ group, memory }: Prepared): BenchRow {
  const both = memory.reader + memory.server;
  return {
    group,
    what: "peak memory, reader and server",
    figure: humanBytes(both),
    against: `reader ${humanBytes(memory.reader)}, server ${humanBytes(memory.server)}`,
    goal: "≤ 1 GiB",
    met: canMeasureProcesses ? both <= memoryMax : undefined,
    note: canMeasureProcesses ? undefined : "memory and CPU of processes are measured on Linux only",
    start: startName(group, "snapshot"),
  };
}

async function stop({ memory }: Prepared, running: Running): Promise<void> {
  const peak = running.peakMemory();
  memory.reader = Math.max(memory.reader, peak.reader);
  memory.server = Math.max(memory.server, peak.server);
  await running.stop();
}

async function pause(seconds: number): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, seconds * 1000);
  });
}
