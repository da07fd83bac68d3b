/** What is shown is of now, or says that it is not. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { GuardWatch } from "../../api/contract.ts";
import type { Asset } from "../../guard/asset.ts";
import { targetOf } from "../../guard/target.ts";
import { openState } from "../state.ts";
import type { State } from "../state.ts";
import { GuardView } from "./guard-view.ts";

let folder: string;
let state: State;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vitrine-guard-view-"));
  state = openState({ folder, now: () => 1, random: () => "0123456789abcdef" });
});
afterEach(() => {
  state[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

const hour = 3_600_000;
const atMs = 1_000 * hour;
const cache: Asset = {
  name: "cache",
  owner: "platform",
  targets: [targetOf("redis://cache")],
  profile: "fast",
  expectedAt: () => "auth-required",
};

async function shownAt(nowMs: number): Promise<readonly unknown[]> {
  using view = new GuardView({ state, assets: () => [cache], nowMs: () => nowMs, onChange: () => undefined });
  const { watch, assets } = await view.backend.guardAssets();
  return [watch.state, assets[0]?.judged, assets[0]?.vantages[0]?.stale];
}

test.each([
  ["a moment ago is of now", 20_000, ["watching", "as-expected", false]],
  ["an hour ago is not", hour, ["not-watching", "unknown", true]],
  ["in an hour is not, either: the clock was set back, and the watch may have died since", -hour, ["not-watching", "unknown", true]],
])("what was seen %s", async (_when, laterMs, shown) => {
  const sight = { vantage: "here", seen: "auth-required", judged: "as-expected", body: { checks: [] } };
  state.guard.record({ asset: "cache", seen: "auth-required", at: atMs, state: {}, sight, entries: [], deliveries: [], alarms: [] });
  state.guard.setWatching(true, atMs);
  expect(await shownAt(atMs + laterMs)).toEqual(shown);
});

test("a watch that ends again and again watches nothing, however often it is started, until it has gone on for a minute", async () => {
  const failing = { restarts: 1, isLoop: false, code: "guard/receiver", message: "m", remedy: "r" };
  state.guard.setWatching(true, atMs);
  state.guard.setFailing(failing, atMs + 1_000);
  state.guard.setWatching(true, atMs + 1_100);
  let nowMs = atMs + 70_000;
  using view = new GuardView({ state, assets: () => [cache], nowMs: () => nowMs, onChange: () => undefined });
  const shown = async (): Promise<GuardWatch> => (await view.backend.guardAssets()).watch;
  const at = (ms: number): string => new Date(atMs + ms).toISOString();
  // Once is no reason to doubt the next.
  state.guard.setWatching(true, atMs + 40_000);
  expect(await shown()).toEqual({ state: "watching", since: at(1_100) });
  view.ended({ tag: "guard-ended", restarts: 5, crashLoop: true, error: { ...failing, code: "guard/receiver", place: "/a/b" } });
  view.ended({ tag: "guard-ended", restarts: 6, crashLoop: true, error: undefined });
  const loop = { state: "not-watching", since: at(70_000) };
  expect(await shown()).toMatchObject({ ...loop, failing: { restarts: 6, code: "cli/internal" } });
  state.guard.setWatching(true, atMs + 71_000);
  state.guard.setWatching(true, atMs + 101_000);
  expect((await shown()).state).toBe("not-watching");
  state.guard.setWatching(true, atMs + 131_000);
  nowMs = atMs + 131_000;
  expect(await shown()).toEqual({ state: "watching", since: at(71_000) });
});

test("what another process has written is heard; while it writes nobody is held up, and what it wrote is heard then", async () => {
  const heard: string[] = [];
  using _view = new GuardView({ state, assets: () => [cache], nowMs: () => atMs, onChange: ({ changed }) => void heard.push(changed) });
  using other = new DatabaseSync(join(folder, "state.sqlite"));
  other.exec("BEGIN EXCLUSIVE; INSERT INTO control (name, value) VALUES ('test', '1')");
  let longestMs = 0;
  let beforeMs = performance.now();
  const beat = setInterval(() => {
    longestMs = Math.max(longestMs, performance.now() - beforeMs);
    beforeMs = performance.now();
  }, 10);
  await sleep(800);
  expect(heard).toEqual([]);
  other.exec("COMMIT");
  await expect.poll(() => heard).toEqual(["assets", "alarms"]);
  clearInterval(beat);
  // A state that waited for the lock would have waited its five seconds.
  expect(longestMs).toBeLessThan(4_000);
});

test("what changes is heard also where the first asset was declared after the start", async () => {
  const declared: Asset[] = [];
  const heard: unknown[] = [];
  using _view = new GuardView({ state, assets: () => declared, nowMs: () => atMs, onChange: (event) => heard.push(event) });
  declared.push(cache);
  using other = openState({ folder, now: () => 1, random: () => "0123456789abcdef" });
  other.guard.setWatching(true, atMs);
  await expect.poll(() => heard.length).toBeGreaterThan(0);
});
