/**
 * The two halves of a snapshot, each alone, in CPU seconds: for profiles, and on a machine that is not quiet.
 *
 *   node bench/load.ts record --frames FILE [--accounts 200000] [--facts 1000000]   makes the world, writes what the reader sends
 *   node bench/load.ts replay --frames FILE [--keep FOLDER] [--memory 256]          loads it into a store as the server does
 *   node bench/load.ts reopen --keep FOLDER --frames FILE                           restarts on that store
 *
 * `node --cpu-prof --cpu-prof-dir DIR bench/load.ts replay …` gives a profile of the server's half.
 */
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { createWorld } from "../examples/smart-home/world.ts";
import { sourceConnection } from "../src/cli/credentials.ts";
import { copyAll } from "../src/cli/reader/copy.ts";
import type { ServerLink } from "../src/cli/reader/link.ts";
import { prepare } from "../src/cli/reader/prepare.ts";
import { TroubleReport } from "../src/cli/reader/trouble.ts";
import { openMirror } from "../src/cli/server/open-mirror.ts";
import { encodeFrame, FrameReader } from "../src/lib/frames.ts";
import { compileMetrics } from "../src/metrics/compile.ts";
import { sizesFrom } from "../src/metrics/estimate.ts";
import type { DuckdbMirror } from "../src/mirror/duckdb.ts";
import { parseDeclaration } from "../src/policy/declaration.ts";
import type { DownMessage } from "../src/policy/safe.ts";
import { createTreater } from "../src/policy/treat.ts";
import { startPostgres } from "../test/support/postgres.ts";
import { Product } from "./product.ts";

const config = fileURLToPath(new URL("../examples/smart-home/vitrine.yaml", import.meta.url));
const declaration = parseDeclaration(readFileSync(config, "utf8"), config);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    frames: { type: "string", default: "" },
    accounts: { type: "string", default: "200000" },
    facts: { type: "string", default: "1000000" },
    keep: { type: "string" },
    memory: { type: "string", default: "256" },
    check: { type: "boolean", default: false },
  },
});

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Runs `work` and says what it cost this process. */
async function measured<T>(what: string, work: () => Promise<T>, rowsOf: (result: T) => number): Promise<T> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  const result = await work();
  const used = process.cpuUsage(cpu);
  const seconds = (performance.now() - started) / 1000;
  const cpuSeconds = (used.user + used.system) / 1e6;
  const rows = rowsOf(result);
  const peak = process.resourceUsage().maxRSS / 1024;
  say(`${what}: ${seconds.toFixed(2)} s, CPU ${cpuSeconds.toFixed(2)} s, ${rows} rows, ${Math.round(rows / cpuSeconds / 1000)} k rows per CPU second, peak ${peak.toFixed(0)} MB`);
  return result;
}

async function record(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "vitrine-bench-"));
  await using postgres = await startPostgres({ settings: { max_wal_size: "16GB", checkpoint_timeout: "1h", shared_buffers: "1GB", max_slot_wal_keep_size: "64GB", max_replication_slots: "20" } });
  try {
    await createWorld({ url: postgres.url, accounts: Number(values.accounts), attempts: Number(values.facts), seed: 1, now: new Date("2026-11-22T12:00:00Z"), onProgress: () => undefined });
    const product = new Product({ folder, config, adminUrl: postgres.url });
    await product.setUp();
    const { environment } = product;
    const url = sourceConnection({ sourceUrl: environment["VITRINE_SOURCE_URL"] ?? "", passwordFile: environment["VITRINE_PASSWORD_FILE"] ?? "", environment });
    const prepared = await prepare({ url, declaration, keysFile: environment["VITRINE_KEYS"] ?? "", keysText: undefined, slotPrefix: "bench_", acceptUnlimitedWalGb: 1_000 });
    // Twice: to a file, then to nowhere, which is the reader's own cost.
    for (const file of [values.frames, undefined]) {
      const treater = createTreater(prepared.compiled, prepared.keys, prepared.values);
      const fd = file === undefined ? undefined : openSync(file, "w", 0o600);
      let rows = 0;
      const send = async (message: DownMessage): Promise<void> => {
        if (message.tag === "rows") rows += message.rowCount;
        for (const chunk of encodeFrame(message).chunks) if (fd !== undefined) writeSync(fd, chunk);
      };
      const { systemIdentifier, timeline } = prepared.catalog;
      await send({ tag: "hello", schema: prepared.compiled.schema, systemIdentifier, timeline, slot: "bench_1", rules: {}, sizes: prepared.sizes });
      const link = { send, sendData: send } as unknown as ServerLink; // eslint-disable-line -- what copyAll uses of it
      await measured(file === undefined ? "reader to nowhere" : "reader to file", () => copyAll({ prepared, treater, link, slot: "bench_1", crash: () => undefined, trouble: new TroubleReport(treater, link) }), () => rows);
      if (fd !== undefined) closeSync(fd);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function* framesOf(file: string): Generator<DownMessage> {
  const fd = openSync(file, "r");
  const frames = new FrameReader();
  for (;;) {
    const chunk = Buffer.allocUnsafeSlow(1 << 18);
    const count = readSync(fd, chunk);
    if (count === 0) break;
    for (const { message } of frames.push(chunk.subarray(0, count))) yield message as DownMessage; // eslint-disable-line -- our own frames
  }
  closeSync(fd);
}

async function opened(folder: string): Promise<DuckdbMirror> {
  return openMirror({ folder, generation: 1, memoryMb: Number(values.memory), cells: (schema, sizes) => compileMetrics({ declaration, schema, sizes: sizesFrom(sizes) }).cells });
}

async function replay(): Promise<void> {
  const folder = values.keep ?? mkdtempSync(join(tmpdir(), "vitrine-bench-"));
  await using mirror = await opened(folder);
  let rows = 0;
  const load = async (): Promise<void> => {
    for (const message of framesOf(values.frames)) {
      if (message.tag === "rows") rows += message.rowCount;
      if (message.tag === "snapshot-end") {
        say(`rows taken at CPU ${((process.cpuUsage().user + process.cpuUsage().system) / 1e6).toFixed(2)} s, peak ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`);
      }
      if (message.tag === "hello") await mirror.startFor(message);
      else await mirror.receive(message);
    }
  };
  await measured("server from file", load, () => rows);
  const cuboids = mirror.status.cuboids ?? [];
  say(`${cuboids.length} cuboids, ${cuboids.reduce((sum, one) => sum + one.cells, 0)} cells, ${cuboids.filter((one) => one.givenUp).length} given up; ${(mirror.status.bytes / 2 ** 20).toFixed(0)} MB on disk; resident ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MB, heap ${(process.memoryUsage().heapUsed / 2 ** 20).toFixed(0)} MB, arrays ${(process.memoryUsage().arrayBuffers / 2 ** 20).toFixed(0)} MB`);
  if (values.check) await measured("cells against rows", () => mirror.checkCells(), (wrong) => wrong.length);
  if (values.keep === undefined) rmSync(folder, { recursive: true, force: true });
}

async function reopen(): Promise<void> {
  const mirror = await measured("restart", () => opened(values.keep ?? ""), (one) => Object.values(one.status.rows).reduce((sum, count) => sum + count, 0));
  await mirror[Symbol.asyncDispose]();
}

const commands: Record<string, () => Promise<void>> = { record, replay, reopen };
await (commands[positionals[0] ?? ""] ?? (async () => say("record, replay or reopen: see the head of this file")))();
