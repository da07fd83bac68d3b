/**
 * `npm run bench:case`: the published case. A real Elasticsearch node with a careless copy of the example's users (2.4 million at full size: 24,000
 * integration tokens, 140 people's body metrics) behind a proxy that asks for a login; `vitrine guard watch` with its webhook. The proxy is taken
 * away so often, then the node is started without its protection. From an independent observer's first success to the alarm at its receiver; what the
 * guard found; and whether any value of a person was in what it received, wrote, kept or sent.
 */
import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs, promisify } from "node:util";
import { Client } from "pg";
import { carelessCopy, indexName, mapping } from "../../examples/incident/careless-copy.ts";
import { createWorld } from "../../examples/smart-home/world.ts";
import { untilOpen } from "../../src/cli/demo/incident/observer.ts";
import type { Receiver } from "../../src/cli/demo/incident/receiver.ts";
import { openReceiver } from "../../src/cli/demo/incident/receiver.ts";
import { startPostgres } from "../../src/cli/demo/postgres-launcher.ts";
import { Cluster } from "../../src/cli/demo/search/cluster.ts";
import { elasticsearch } from "../../src/cli/demo/search/distribution.ts";
import { openDoor } from "./door.ts";

const { values } = parseArgs({
  options: {
    accounts: { type: "string", default: "2400000" },
    openings: { type: "string", default: "20" },
    restarts: { type: "string", default: "3" },
  },
});
const asset = "metrics-cluster";
const goalMs = 5_000;
const main = join(import.meta.dirname, "../../src/cli/main.ts");
const say = (text: string): void => void process.stderr.write(`${new Date().toISOString().slice(11, 19)}  ${text}\n`);
const never = new AbortController().signal;

await using stack = new AsyncDisposableStack();
const folder = mkdtempSync(join(tmpdir(), "vitrine-case-"));
stack.defer(() => rmSync(folder, { recursive: true, force: true }));
const postgres = stack.use(await startPostgres({}));
const accounts = Number(values.accounts);
say(`Making ${accounts} accounts …`);
await createWorld({ url: postgres.url, accounts, attempts: 10_000, now: new Date() });
const cluster = stack.use(await Cluster.start(await elasticsearch(join(import.meta.dirname, "../../node_modules/.cache/vitrine-case"))));
say("Copying them into the cluster …");
const stored = await cluster.store(indexName, mapping, async (put) => carelessCopy({ url: postgres.url, put }));
const [planted, truth] = [await samples(postgres.url), await truthOf(postgres.url)];
await postgres.stop();
await cluster.expose();
const door = stack.use(await openDoor(cluster.port));
const receiver = stack.use(await openReceiver());
const watch = await startWatch();
stack.defer(() => watch.stop());

const times: { readonly how: string; readonly alarmMs: number; readonly readableMs: number }[] = [];
const faults: string[] = [];
for (let i = 0; i < Number(values.openings); i += 1) {
  await sleep(Math.random() * 8_000);
  door.isAway = true;
  times.push(await oneOpening("proxy taken away"));
  door.isAway = false;
  await receiver.next("closed", asset, told(), never);
}
await cluster.protect();
door.isAway = true;
for (let i = 0; i < Number(values.restarts); i += 1) {
  await sleep(Math.random() * 8_000);
  const opening = oneOpening("node without its protection");
  await cluster.expose();
  times.push(await opening);
  const before = receiver.arrived.length;
  await cluster.protect();
  await receiver.next("closed", asset, before, never);
}
watch.stop();
await watch.ended;
report();

async function oneOpening(how: string): Promise<(typeof times)[number]> {
  const from = receiver.arrived.length;
  const [openedMs, alarm, readable] = await Promise.all([
    untilOpen(observe, never),
    receiver.next("opened", asset, from, never),
    receiver.next("readable", asset, from, never),
  ]);
  const [alarmMs, readableMs] = [alarm, readable].map((one) => (one?.atMs ?? Number.NaN) - (openedMs ?? Number.NaN)) as [number, number];
  const found = readable?.message.readable?.find(({ dataSet }) => dataSet === indexName);
  const count = (category: string): string => {
    const records = found?.categories.find((one) => one.category === category)?.records;
    return `${records?.kind} ${records?.value}`;
  };
  for (const [category, right] of Object.entries(truth))
    if (count(category) !== `exact ${right}`) faults.push(`${category}: ${count(category)}, and there are ${right}`);
  say(`${how}: alarm after ${(alarmMs / 1000).toFixed(2)} s, what is readable after ${(readableMs / 1000).toFixed(2)} s`);
  return { how, alarmMs, readableMs };
}

/** The last message's place before a closing can have come. */
function told(): number {
  return Math.max(
    0,
    receiver.arrived.findLastIndex(({ message }) => message.event === "opened"),
  );
}

/** Whether somebody without a login is told a number, or a name; on a way of its own. */
async function observe(): Promise<boolean> {
  const asked = ["/_count", "/_cat/indices?h=index"].map(async (path) => {
    try {
      const answer = await fetch(`http://127.0.0.1:${door.observerPort}${path}`, { headers: { connection: "close" } });
      await answer.body?.cancel();
      return answer.status === 200;
    } catch {
      return false;
    }
  });
  return (await Promise.all(asked)).includes(true);
}

async function startWatch() {
  const at = (name: string): string => join(folder, name);
  const day = new Date().toISOString().slice(0, 10);
  writeFileSync(
    at("assets.yaml"),
    `version: 1\nlisteners: off\nassets:\n  ${asset}: { owner: platform, url: "elasticsearch://127.0.0.1:${door.guardPort}", data: [${indexName}], person: user_id, authorised: { by: Ann, on: ${day} }, profile: fast }\n`,
  );
  writeFileSync(at("secret"), `${receiver.secret}\n`, { mode: 0o600 });
  const flags = ["--config", at("assets.yaml"), "--state", at(".vitrine"), "--webhook", receiver.url, "--webhook-secret", at("secret")];
  const env = { PATH: process.env["PATH"], HOME: folder };
  // While it is the owner's, and nobody else asks.
  door.isAway = true;
  await promisify(execFile)(process.execPath, [main, "guard", "add", ...flags], { env });
  door.isAway = false;
  const child = spawn(process.execPath, [main, "guard", "watch", ...flags], { env });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece: Buffer) => (output += piece.toString("utf8")));
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  while (!output.includes("auth-required")) await sleep(100);
  return { ended, output: () => output, stop: () => void child.kill("SIGINT") };
}

function report(): void {
  const kept = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file));
  const given = Buffer.concat(door.given);
  const places = {
    "received by the guard": [given],
    "state and files": kept,
    output: [Buffer.from(watch.output())],
    alarms: alarmsOf(receiver),
  };
  const out = (text: string): void => void process.stdout.write(`${text}\n`);
  out(`${stored.toLocaleString("en")} documents`);
  for (const how of new Set(times.map((one) => one.how))) {
    const own = times.filter((one) => one.how === how);
    out(
      `${how}, ${own.length} openings → alarm at its receiver: p50 ${seconds(
        own.map((one) => one.alarmMs),
        0.5,
      )}, p95 ${seconds(
        own.map((one) => one.alarmMs),
        0.95,
      )} (goal ${goalMs / 1000} s); → what is readable: p50 ${seconds(
        own.map((one) => one.readableMs),
        0.5,
      )}, p95 ${seconds(
        own.map((one) => one.readableMs),
        0.95,
      )}`,
    );
  }
  out(`found wrong: ${faults.length}${faults.map((fault) => `\n  ${fault}`).join("")} (right: ${JSON.stringify(truth)})`);
  out(`the guard received ${given.length.toLocaleString("en")} bytes in all`);
  let leaks = 0;
  for (const [place, buffers] of Object.entries(places)) {
    const found = planted.filter((value) => buffers.some((buffer) => buffer.includes(value))).length;
    leaks += found;
    out(`of ${planted.length} values of people in ${place}: ${found}`);
  }
  const p95 = Math.max(
    ...times
      .map((one) => one.alarmMs)
      .toSorted((a, b) => a - b)
      .slice(0, Math.ceil(times.length * 0.95)),
  );
  process.exitCode = leaks > 0 || faults.length > 0 || !(p95 <= goalMs) ? 1 : 0;
}

function alarmsOf({ arrived }: Receiver): readonly Buffer[] {
  return [Buffer.from(JSON.stringify(arrived.map(({ message }) => message)))];
}

function seconds(list: readonly number[], part: number): string {
  const sorted = list.toSorted((a, b) => a - b);
  return `${((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN) / 1000).toFixed(2)} s`;
}

/** E-mail addresses, tokens, serial numbers, long names of networks and devices, as they are in the database. */
async function samples(url: string): Promise<readonly string[]> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ value: string }>(
      `SELECT DISTINCT value FROM (
         (SELECT email AS value FROM accounts ORDER BY random() LIMIT 1000)
         UNION ALL (SELECT access_token FROM integrations WHERE access_token IS NOT NULL ORDER BY random() LIMIT 500)
         UNION ALL (SELECT wifi_ssid FROM homes WHERE length(wifi_ssid) >= 10 ORDER BY random() LIMIT 500)
         UNION ALL (SELECT shared_with_email FROM camera_shares ORDER BY random() LIMIT 500)
       ) AS all_of_them`,
    );
    return rows.map(({ value }) => value);
  });
}

/** What is there, by plain SQL over the main database. */
async function truthOf(url: string): Promise<Readonly<Record<string, number>>> {
  return withClient(url, async (client) => {
    const count = async (sql: string): Promise<number> => Number((await client.query<{ n: string }>(sql)).rows[0]?.n);
    return {
      "user.health_and_medical.body_metric": await count("SELECT count(DISTINCT account_id) AS n FROM scale_measurements"),
      "system.authentication.integration_token": await count(
        "SELECT count(DISTINCT account_id) AS n FROM integrations WHERE kind = 'alexa' AND access_token IS NOT NULL",
      ),
      "user.contact.email": await count("SELECT count(*) AS n FROM accounts"),
      "user.device.network.ssid": await count("SELECT count(DISTINCT account_id) AS n FROM homes WHERE wifi_ssid IS NOT NULL"),
    };
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
