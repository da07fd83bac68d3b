/**
 * A peer to compare the snapshot with: zero-cache of npm `@rocicorp/zero` (Apache-2.0), which keeps a SQLite replica of PostgreSQL. It is
 * no dependency of ours: it is installed when it is asked for, into a cache folder, and runs against the same server with a publication
 * of the events table's declared columns only.
 */
import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { PublishedTable } from "../database.ts";
import { withClient } from "../database.ts";
import { commandOf, peakBytes, treeOf } from "../processes.ts";

export const zeroVersion = "1.9.0";
const cache = fileURLToPath(new URL("../../node_modules/.cache/vitrine-bench/", import.meta.url));
const home = join(cache, `zero-${zeroVersion}`);
const publication = "bench_zero";
/** Names its schemas `vitrine_bench_zero…` and its slots. */
const appId = "vitrine_bench_zero";
const startWithinMs = 3_600_000;

export interface ZeroSync {
  readonly rows: number;
  /** From the slot to the replica with its index. */
  readonly totalMs: number;
  /** The rows alone. */
  readonly copyMs: number;
  /** Of all its processes together. */
  readonly peakBytes: number;
}

/** Installs it where it is not yet. Some 340 MB, by npm, no install scripts: its SQLite comes built. */
export async function installZero(): Promise<void> {
  if (existsSync(home)) return;
  mkdirSync(cache, { recursive: true });
  const half = mkdtempSync(join(cache, "half-"));
  writeFileSync(join(half, "package.json"), '{"private":true}\n');
  await promisify(execFile)(
    "npm",
    ["install", "--prefix", half, "--ignore-scripts", "--no-audit", "--no-fund", "--save-exact", `@rocicorp/zero@${zeroVersion}`],
    { cwd: half, maxBuffer: 16 << 20 },
  );
  renameSync(half, home);
}

export interface ZeroOptions {
  readonly adminUrl: string;
  readonly table: PublishedTable;
  /** Ends it, should the run be stopped before it has. */
  readonly owned: AsyncDisposableStack;
}

/** One initial sync; leaves nothing behind in the source. */
export async function zeroInitialSync({ adminUrl, table, owned }: ZeroOptions): Promise<ZeroSync> {
  const folder = owned.adopt(mkdtempSync(join(tmpdir(), "vitrine-zero-")), (path) => rmSync(path, { recursive: true, force: true }));
  await withClient(adminUrl, async (client) => {
    await client.query(
      `CREATE PUBLICATION ${publication} FOR TABLE ${table.name} (${table.columns.join(", ")}) WITH (publish_via_partition_root = true)`,
    );
  });
  const child = owned.adopt(startZero(adminUrl, folder), ended);
  try {
    return await firstSync(child);
  } finally {
    await ended(child);
    await cleanUp(adminUrl);
  }
}

function startZero(adminUrl: string, folder: string): ChildProcess {
  return spawn(process.execPath, [join(home, "node_modules/@rocicorp/zero/out/zero/src/cli.js")], {
    cwd: folder,
    // A group of its own: it starts several processes, and all of them are to end with it.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env["PATH"],
      HOME: folder,
      NODE_ENV: "development",
      ZERO_UPSTREAM_DB: adminUrl,
      ZERO_REPLICA_FILE: join(folder, "replica.db"),
      ZERO_APP_ID: appId,
      ZERO_APP_PUBLICATIONS: publication,
      ZERO_PORT: String(20_000 + Math.floor(Math.random() * 20_000)),
      ZERO_NUM_SYNC_WORKERS: "1",
      ZERO_LOG_FORMAT: "json",
      ZERO_LOG_LEVEL: "info",
      ZERO_ENABLE_TELEMETRY: "false",
      DO_NOT_TRACK: "1",
    },
  });
}

/** Reads its log until it says that it has synced. Throws its last lines when it ends before. */
async function firstSync(child: ChildProcess): Promise<ZeroSync> {
  const { promise, resolve, reject } = Promise.withResolvers<ZeroSync>();
  const lastLines: string[] = [];
  let peak = 0;
  const watching = setInterval(() => {
    const processes = treeOf(child.pid ?? 0).filter((pid) => commandOf(pid) !== "");
    peak = Math.max(
      peak,
      processes.reduce((sum, pid) => sum + peakBytes(pid), 0),
    );
  }, 250);
  const giveUp = setTimeout(() => reject(new Error("zero-cache did not finish within an hour")), startWithinMs);
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on("line", (line) => {
      const found = syncIn(line);
      if (found !== undefined) resolve({ ...found, peakBytes: peak });
      lastLines.push(line);
      lastLines.splice(0, lastLines.length - 10);
    });
  }
  child.on("error", reject);
  child.on("exit", (code) => reject(new Error(`zero-cache ended with ${code}:\n${lastLines.join("\n")}`)));
  try {
    return await promise;
  } finally {
    clearInterval(watching);
    clearTimeout(giveUp);
  }
}

/** `Synced 1,000,000 rows of 1 tables in … (flush: …, index: …, total: 1234.5 ms)`, with the same as fields. */
function syncIn(line: string): Omit<ZeroSync, "peakBytes"> | undefined {
  const said = /Synced ([\d,.]+) rows of .*total: ([\d.]+) ms/.exec(line);
  if (said === null) return undefined;
  const totalMs = Number(said[2]);
  return {
    rows: Number(said[1]?.replaceAll(/\D/g, "")),
    totalMs,
    copyMs: Number(/"copyMs":\s*([\d.]+)/.exec(line)?.[1] ?? totalMs),
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  const group = -child.pid;
  const killing = setTimeout(() => process.kill(group, "SIGKILL"), 10_000);
  process.kill(group, "SIGTERM");
  await gone;
  clearTimeout(killing);
}

/** Its slots, schemas (with the event triggers that hang on them) and publications. */
async function cleanUp(adminUrl: string): Promise<void> {
  await withClient(adminUrl, async (client) => {
    await client.query(
      "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name LIKE $1 AND active_pid IS NOT NULL",
      [`${appId}%`],
    );
    for (let tries = 0; tries < 20; tries += 1) {
      const { rowCount } = await client.query("SELECT FROM pg_replication_slots WHERE slot_name LIKE $1 AND active", [`${appId}%`]);
      if (rowCount === 0) break;
      await new Promise((resolve) => {
        setTimeout(resolve, 100);
      });
    }
    await client.query("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name LIKE $1", [`${appId}%`]);
    const publications = await client.query<{ name: string }>(
      "SELECT quote_ident(pubname) AS name FROM pg_publication WHERE pubname LIKE $1 OR pubname = $2",
      [`\\_${appId}%`, publication],
    );
    for (const { name } of publications.rows) await client.query(`DROP PUBLICATION ${name}`);
    const schemas = await client.query<{ name: string }>("SELECT quote_ident(nspname) AS name FROM pg_namespace WHERE nspname LIKE $1", [
      `${appId}%`,
    ]);
    for (const { name } of schemas.rows) await client.query(`DROP SCHEMA ${name} CASCADE`);
  });
}
