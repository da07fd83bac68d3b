/** `vitrine run` over a file with assets alone: the guard's process, the server and its interface, with no database anywhere. */
import type { ChildProcess } from "node:child_process";
import { execFile, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { GuardAlarm, GuardAlarms, GuardAssets, GuardVerdicts } from "../src/api/contract.ts";
import type { Receiver, Store } from "./support/guard-watch.ts";
import { openReceiver, openStore, planted, secret } from "./support/guard-watch.ts";
import { freePort } from "./support/servers/process.ts";

const main = join(import.meta.dirname, "../src/cli/main.ts");
let folder: string;
let store: Store;
let receiver: Receiver;
let child: ChildProcess;
let origin: string;
let token: string;
let output = "";

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "vitrine-guard-run-"));
  [store, receiver] = [await openStore(), await openReceiver()];
  writeFileSync(join(folder, "assets.yaml"), declared([store]));
  writeFileSync(join(folder, "secret"), `whsec_${secret.toString("base64")}\n`, { mode: 0o600 });
  await run();
  const made = JSON.parse(await vitrine("token", "create", "--name", "test", "--role", "responder", "--json")) as {
    readonly token: string;
  };
  ({ token } = made);
}, 60_000);
afterEach(async () => {
  await end();
  store[Symbol.dispose]();
  receiver[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

async function run(): Promise<void> {
  const listen = `127.0.0.1:${await freePort()}`;
  origin = `http://${listen}`;
  output = "";
  child = spawn(process.execPath, [main, "run", ...flags(), "--listen", listen], {
    env: { PATH: process.env["PATH"], HOME: folder, VITRINE_WEBHOOK: receiver.url, VITRINE_WEBHOOK_SECRET_FILE: join(folder, "secret") },
  });
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (piece: Buffer) => (output += piece.toString("utf8")));
  while (!output.includes('"event":"ready"')) await sleep(50);
}

async function end(): Promise<void> {
  child.kill("SIGTERM");
  await new Promise((resolve) => (child.exitCode === null && child.signalCode === null ? child.once("exit", resolve) : resolve(undefined)));
}

function declared(stores: readonly Pick<Store, "name" | "port">[]): string {
  const lines = stores.map(
    ({ name, port }) =>
      `  ${name}: { owner: platform, url: "redis://127.0.0.1:${port}", authorised: { by: Ann, on: 2026-11-01 }, profile: fast }\n`,
  );
  return `version: 1\nlisteners: off\nassets:${lines.length === 0 ? " {}" : ""}\n${lines.join("")}`;
}

const flags = (): readonly string[] => ["--config", join(folder, "assets.yaml"), "--state", join(folder, ".vitrine")];

async function vitrine(...words: readonly string[]): Promise<string> {
  const stateOnly = words[0] === "token" ? flags().slice(2) : flags();
  const { stdout } = await promisify(execFile)(process.execPath, [main, ...words, ...stateOnly], {
    env: { PATH: process.env["PATH"], HOME: folder },
  });
  return stdout;
}

async function ask<T>(path: string, method = "GET"): Promise<T> {
  const headers = { authorization: `Bearer ${token}`, ...(method === "POST" ? { origin } : {}) };
  const answer = await fetch(`${origin}${path}`, { method, headers });
  expect([path, answer.status]).toEqual([path, 200]);
  return (await answer.json()) as T;
}

/** But for what can be read, which is told when it is counted. */
const told = (): readonly string[] => receiver.messages.map(({ event }) => event).filter((event) => event !== "readable");

const seen = async (): Promise<readonly (readonly [string, string])[]> =>
  (await ask<GuardAssets>("/v1/guard/assets")).assets.map((asset) => [asset.name, asset.seen] as const);

function childrenOfRun(): readonly number[] {
  return readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim().split(" ").map(Number);
}

test("a watch that ends each time it is started is said everywhere, with the reason, and for as long as it goes on so", async () => {
  await expect.poll(seen, { timeout: 30_000 }).toEqual([["cache", "auth-required"]]);
  chmodSync(join(folder, "secret"), 0o644);
  process.kill(guardPid(), "SIGKILL");
  const watch = async (): Promise<GuardAssets["watch"]> => (await ask<GuardAssets>("/v1/guard/assets")).watch;
  await expect.poll(async () => (await watch()).failing?.restarts, { timeout: 60_000 }).toBeGreaterThanOrEqual(5);
  const { state, failing, since } = await watch();
  expect([state, failing?.code]).toEqual(["not-watching", "cli/credential-unprotected"]);
  expect(Date.parse(since ?? "")).toBeLessThan(Date.now());
  const shown = await promisify(execFile)(process.execPath, [main, "guard", "list", ...flags()], { env: { PATH: process.env["PATH"] } });
  expect(shown.stderr).toMatch(/Nobody watches since .* ends each time\. cli\/credential-unprotected/);
  expect(await vitrine("status")).toContain("ends each time. cli/credential-unprotected");
  const metrics = await fetch(`${origin}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  expect(await metrics.text()).toContain("vitrine_guard_watching 0");
  // Started once more it lives, and is not taken for one that watches until it has done so for a minute.
  chmodSync(join(folder, "secret"), 0o600);
  await expect.poll(() => guardPid() !== 0 && output.match(/"event":"watching"/g)?.length, { timeout: 60_000 }).toBe(2);
  expect((await watch()).state).toBe("not-watching");
}, 180_000);

function guardPid(): number {
  return childrenOfRun().find((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("guard-process")) ?? 0;
}

test("an opening is an event, an alarm and a message; killed in between it goes on; acknowledged over HTTP it is so everywhere; nothing of the store is told", async () => {
  await expect.poll(seen, { timeout: 20_000 }).toEqual([["cache", "auth-required"]]);
  const events = await fetch(`${origin}/v1/guard/events`, { headers: { authorization: `Bearer ${token}` } });
  let heard = "";
  void (async () => {
    for await (const piece of events.body ?? []) heard += Buffer.from(piece as Uint8Array).toString("utf8");
  })().catch(() => undefined);
  store.isOpen = true;
  await expect.poll(told, { timeout: 20_000 }).toEqual(["opened"]);
  await expect.poll(() => heard).toContain('data: {"changed":"alarms"}');
  const [alarm] = (await ask<GuardAlarms>("/v1/guard/alarms?open=true")).alarms;
  expect(alarm).toMatchObject({ asset: "cache", severity: "page", seen: "data-readable", event: "opened", flaps: 0 });
  // What was sent and not yet noted as sent would be sent again, as the same message.
  await expect.poll(async () => (await ask<GuardAlarms>("/v1/guard/alarms")).alarms[0]?.deliveries[0]?.state).toBe("delivered");
  const before = guardPid();
  process.kill(before, "SIGKILL");
  await expect.poll(guardPid, { timeout: 20_000 }).not.toBe(before);
  await ask<GuardAlarm>(`/v1/guard/alarms/${alarm?.id}/acknowledge`, "POST");
  expect(await vitrine("guard", "alarms")).toContain("acknowledged by test");
  await expect.poll(told, { timeout: 20_000 }).toEqual(["opened", "acknowledged"]);
  store.isOpen = false;
  await expect.poll(told, { timeout: 20_000 }).toEqual(["opened", "acknowledged", "closed"]);
  expect((await ask<GuardAlarms>("/v1/guard/alarms?open=true")).alarms).toEqual([]);
  const entries = (await ask<GuardVerdicts>("/v1/guard/verdicts")).verdicts;
  // The one that was killed wrote no end: the next beginning says when it last spoke, and the first has nothing to say.
  const [again, first] = entries.filter((one) => one.kind === "watch");
  expect(first?.lastAt).toBeUndefined();
  const silentMs = Date.parse(again?.at ?? "") - Date.parse(again?.lastAt ?? "");
  expect(silentMs).toBeGreaterThanOrEqual(0);
  expect(silentMs).toBeLessThan(30_000);
  const verdicts = entries.map((one) => (one.kind === "watch" ? one.event : one.seen));
  expect(verdicts).toEqual(["auth-required", "begun", "data-readable", "auth-required", "begun"]);
  expect(output + heard + JSON.stringify(receiver.messages)).not.toContain(planted);
}, 60_000);

test("what is declared anew is watched, and a file that is broken leaves all as it is", async () => {
  await expect.poll(seen, { timeout: 20_000 }).toEqual([["cache", "auth-required"]]);
  writeFileSync(join(folder, "assets.yaml"), "version: 1\nassets: [\n");
  await sleep(5_000);
  expect(await seen()).toEqual([["cache", "auth-required"]]);
  using other = await openStore("other");
  writeFileSync(join(folder, "assets.yaml"), declared([store, other]));
  other.isOpen = true;
  await expect.poll(told, { timeout: 20_000 }).toEqual(["opened"]);
  expect(receiver.messages[0]?.asset).toBe("other");
  // The server was not started anew, and shows it all the same.
  await expect.poll(seen, { timeout: 20_000 }).toContainEqual(["other", "data-readable"]);
}, 60_000);

test("the first asset of a file without any is watched with no restart", async () => {
  await end();
  writeFileSync(join(folder, "assets.yaml"), declared([]));
  await run();
  await sleep(3_000);
  expect([guardPid(), await seen()]).toEqual([0, []]);
  store.isOpen = true;
  writeFileSync(join(folder, "assets.yaml"), declared([store]));
  await expect.poll(told, { timeout: 20_000 }).toEqual(["opened"]);
  expect(await seen()).toEqual([["cache", "data-readable"]]);
}, 60_000);

test("the watch's process may see of the state its own files alone", async () => {
  const words = readFileSync(`/proc/${guardPid()}/cmdline`, "utf8").split("\0").slice(1);
  const rights = words.slice(
    0,
    words.findIndex((word) => !word.startsWith("--")),
  );
  const state = join(folder, ".vitrine");
  const code = `const { readFileSync, writeFileSync, statSync } = require("node:fs");
    const told = (work) => { try { work(); return "may"; } catch (error) { return error.code; } };
    const [state] = process.argv.slice(1);
    console.log(JSON.stringify([
      told(() => readFileSync(state + "/state.sqlite")), told(() => readFileSync(state + "/audit.journal")),
      told(() => readFileSync(state + "/mirror/store")), told(() => writeFileSync(state + "/mirror/store", "")), told(() => statSync(state)),
      told(() => require("node:child_process").execFileSync("true")),
    ]));`;
  const { stdout } = await promisify(execFile)(process.execPath, [...rights, "-e", code, state]);
  const no = "ERR_ACCESS_DENIED";
  expect(JSON.parse(stdout)).toEqual(["may", no, no, no, no, no]);
}, 60_000);

test("what is committed is heard by who listens within half a second", async () => {
  await expect.poll(seen, { timeout: 20_000 }).toEqual([["cache", "auth-required"]]);
  const events = await fetch(`${origin}/v1/guard/events`, { headers: { authorization: `Bearer ${token}` } });
  const pieces = (events.body ?? new ReadableStream<Uint8Array>()).getReader();
  await pieces.read();
  using database = new DatabaseSync(join(folder, ".vitrine", "state.sqlite"), { timeout: 5_000 });
  const tookMs: number[] = [];
  for (let turn = 0; turn < 20; turn += 1) {
    database.prepare("INSERT OR REPLACE INTO control (name, value) VALUES ('test', ?)").run(String(turn));
    const from = performance.now();
    for (let heard = ""; !heard.includes("alarms");) heard += Buffer.from((await pieces.read()).value ?? []).toString("utf8");
    tookMs.push(performance.now() - from);
    await sleep(37);
  }
  await pieces.cancel();
  const sorted = tookMs.toSorted((one, other) => one - other);
  expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(500);
  expect(sorted).toEqual(sorted.filter((ms) => ms < 2_000));
}, 60_000);

test("when the supervisor is killed server and watch end within five seconds, also over a store that never answers", async () => {
  const silent = createServer(() => undefined);
  await new Promise<void>((done) => silent.listen(0, "127.0.0.1", done));
  const { port } = silent.address() as AddressInfo;
  const asked = new Promise((done) => silent.once("connection", done));
  writeFileSync(join(folder, "assets.yaml"), declared([store, { name: "silent", port }]));
  await asked;
  const pids = childrenOfRun();
  expect(pids.length).toBeGreaterThan(1);
  child.kill("SIGKILL");
  // One that has ended and that nobody has asked for yet is still listed.
  const isThere = (pid: number): boolean => existsSync(`/proc/${pid}`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  await expect.poll(() => pids.filter(isThere), { timeout: 20_000 }).toEqual([]);
  silent.close();
}, 60_000);
