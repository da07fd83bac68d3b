/**
 * A peer: OpenSearch 2.19.1, one node, one document for each attempt, as its makers' integration-test distribution of Maven Central runs it.
 * Needs `mvn`, `unzip` and a Java 17 on this machine, and installs nothing of them.
 */
import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { withClient } from "../database.ts";
import { quantile } from "../report.ts";

const run = promisify(execFile);
export const openSearchVersion = "2.19.1";
const artifact = `org.opensearch.distribution.integ-test-zip:opensearch:${openSearchVersion}:zip`;
const cache = fileURLToPath(new URL("../../node_modules/.cache/vitrine-bench/", import.meta.url));
const javas = [process.env["OPENSEARCH_JAVA_HOME"], "/usr/lib/jvm/java-17-openjdk-amd64", "/usr/lib/jvm/java-17-openjdk-arm64"];
const bulkSize = 5_000;
const bulksAtOnce = 2;
const index = "attempts";

export interface OpenSearchTimes {
  readonly uncachedMs: number;
  readonly cachedMs: number;
  readonly countByDayMs: number;
  readonly documents: number;
  readonly indexMs: number;
}

/** Throws a sentence about what is missing. */
async function installOpenSearch(): Promise<{ readonly zip: string; readonly java: string }> {
  const java = javas.find((home) => home !== undefined && existsSync(join(home, "bin", "java")));
  if (java === undefined) throw new Error("no Java 17 (Debian: openjdk-17-jre-headless; or set OPENSEARCH_JAVA_HOME)");
  const zip = join(cache, `opensearch-${openSearchVersion}.zip`);
  if (existsSync(zip)) return { zip, java };
  mkdirSync(cache, { recursive: true });
  const plugin = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy";
  await run("mvn", ["-q", "-B", plugin, `-Dartifact=${artifact}`, `-DoutputDirectory=${cache}`], { cwd: cache }).catch(() => {
    throw new Error("Maven could not fetch it (Debian: maven)");
  });
  return { zip, java };
}

/** Ends with `owned`. */
export async function openSearchTimes(options: {
  readonly adminUrl: string;
  readonly days: number;
  readonly times: number;
  readonly owned: AsyncDisposableStack;
}): Promise<OpenSearchTimes> {
  const { zip, java } = await installOpenSearch();
  const url = await startNode({ zip, java, owned: options.owned });
  const { documents, indexMs } = await load(url, options.adminUrl);
  const byDay = { date_histogram: { field: "at", calendar_interval: "day", time_zone: "America/Los_Angeles" } };
  const rate = { by_model: { terms: { field: "model", size: 100 }, aggs: { failed: { filter: { term: { ok: false } } } } } };
  const ask = async (aggs: object, isCached: boolean): Promise<number> => {
    const ms: number[] = [];
    for (let time = 0; time <= options.times; time += 1) {
      // Another range each time; where the cache is measured, one range: it is for those who ask the same again.
      const gte = Date.now() - (options.days - (isCached ? 0 : time % 7)) * 86_400_000;
      const body = { size: 0, query: { range: { at: { gte: isCached ? Math.floor(gte / 86_400_000) * 86_400_000 : gte } } }, aggs };
      const started = performance.now();
      await send(`${url}/${index}/_search?request_cache=${isCached}`, "POST", JSON.stringify(body));
      if (time > 0) ms.push(performance.now() - started);
    }
    return quantile(ms, 0.5);
  };
  return {
    uncachedMs: await ask({ by_day: { ...byDay, aggs: rate } }, false),
    cachedMs: await ask({ by_day: { ...byDay, aggs: rate } }, true),
    countByDayMs: await ask({ by_day: byDay }, false),
    documents,
    indexMs,
  };
}

async function startNode({
  zip,
  java,
  owned,
}: {
  readonly zip: string;
  readonly java: string;
  readonly owned: AsyncDisposableStack;
}): Promise<string> {
  const folder = owned.adopt(mkdtempSync(join(tmpdir(), "vitrine-opensearch-")), (path) => rmSync(path, { recursive: true, force: true }));
  await run("unzip", ["-q", zip, "-d", folder]);
  const home = join(folder, `opensearch-${openSearchVersion}`);
  const [port, transportPort] = await freePorts();
  const settings = {
    "cluster.name": "bench",
    "network.host": "127.0.0.1",
    "http.port": port,
    "transport.port": transportPort,
    "path.data": join(folder, "data"),
    "path.logs": join(folder, "logs"),
    "discovery.type": "single-node",
  };
  writeFileSync(
    join(home, "config", "opensearch.yml"),
    Object.entries(settings)
      .map(([name, value]) => `${name}: ${value}\n`)
      .join(""),
  );
  // It refuses to run as root.
  const isRoot = process.getuid?.() === 0;
  if (isRoot) {
    chmodSync(folder, 0o755);
    await run("chown", ["-R", "65534:65534", folder]);
  }
  const child = spawn(join(home, "bin", "opensearch"), [], {
    cwd: home,
    stdio: "ignore",
    detached: true,
    ...(isRoot ? { uid: 65_534, gid: 65_534 } : {}),
    env: { PATH: process.env["PATH"], HOME: folder, OPENSEARCH_JAVA_HOME: java, OPENSEARCH_JAVA_OPTS: "-Xms2g -Xmx2g" },
  });
  owned.adopt(child, ended);
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 240; tries += 1) {
    if (child.exitCode !== null) throw new Error(`OpenSearch ended with ${child.exitCode} before it answered`);
    const health = await fetch(`${url}/_cluster/health?wait_for_status=yellow`).catch(() => undefined);
    if (health?.ok === true) return url;
    await sleep(500);
  }
  throw new Error("OpenSearch did not start within two minutes");
}

/** Two at once, so that they are not the same. */
async function freePorts(): Promise<readonly [number, number]> {
  const servers = [createServer(), createServer()] as const;
  const ports: number[] = [];
  for (const server of servers) {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    ports.push((server.address() as AddressInfo).port);
  }
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  return [ports[0] ?? 0, ports[1] ?? 0];
}

async function load(url: string, adminUrl: string): Promise<{ readonly documents: number; readonly indexMs: number }> {
  const properties = { at: { type: "date", format: "epoch_millis" }, model: { type: "keyword" }, ok: { type: "boolean" } };
  const settings = { number_of_shards: 1, number_of_replicas: 0, refresh_interval: "-1" };
  await send(`${url}/${index}`, "PUT", JSON.stringify({ settings, mappings: { dynamic: "strict", properties } }));
  const started = performance.now();
  let documents = 0;
  await withClient(adminUrl, async (client) => {
    await client.query("BEGIN");
    await client.query(`DECLARE documents NO SCROLL CURSOR FOR
      SELECT '{"at":' || (extract(epoch FROM at) * 1000)::bigint || ',"model":"' || model || '","ok":' || ok::text || '}' AS document
      FROM connection_attempts JOIN devices ON devices.id = device_id`);
    const sending = new Set<Promise<void>>();
    for (;;) {
      const { rows } = await client.query<string[]>({ text: `FETCH ${bulkSize} FROM documents`, rowMode: "array" });
      if (rows.length === 0) break;
      documents += rows.length;
      const one = bulk(url, rows.map(([document]) => `{"index":{}}\n${document}\n`).join("")).finally(() => sending.delete(one));
      sending.add(one);
      if (sending.size >= bulksAtOnce) await Promise.race(sending);
    }
    await Promise.all(sending);
    await client.query("COMMIT");
  });
  const indexMs = performance.now() - started;
  await send(`${url}/${index}/_forcemerge?max_num_segments=1`, "POST");
  await send(`${url}/${index}/_refresh`, "POST");
  return { documents, indexMs };
}

/** Looks at every item: an answer of 200 may hold refusals. */
async function bulk(url: string, body: string): Promise<void> {
  const answer = (await send(`${url}/${index}/_bulk?filter_path=errors`, "POST", body)) as { readonly errors?: boolean };
  if (answer.errors !== false) throw new Error("OpenSearch refused documents");
}

async function send(url: string, method: "PUT" | "POST", body?: string): Promise<unknown> {
  const answer = await fetch(url, { method, headers: { "content-type": "application/json" }, ...(body === undefined ? {} : { body }) });
  if (!answer.ok) throw new Error(`OpenSearch answered ${answer.status}`);
  return answer.json();
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  process.kill(-child.pid, "SIGKILL");
  await gone;
}
