import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Asset } from "../../../guard/asset.ts";
import { targetOf } from "../../../guard/target.ts";
import { ManualClock } from "../../../lib/clock.ts";
import { openState } from "../../state.ts";
import type { State } from "../../state.ts";
import { noteLook } from "./look-notes.ts";
import { watchLooks } from "./looks-watch.ts";

let folder: string;
let state: State;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vitrine-looks-"));
  state = openState({ folder, now: () => 1, random: () => "0123456789abcdef" });
});
afterEach(() => {
  state[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

const minute = 60_000;
const hour = 60 * minute;
const beginMs = 1_000_000_000;
const es: Asset = {
  name: "es",
  owner: "platform",
  targets: [targetOf("elasticsearch://127.0.0.1")],
  profile: "standard",
  look: "login",
  expectedAt: () => "auth-required",
};

/** A watch over a clock that is moved by hand. */
function play(assets: readonly Asset[], fromMs = beginMs) {
  const clock = new ManualClock(fromMs);
  const over = new AbortController();
  const done = watchLooks({ state, assets, channels: ["webhook"], clock, signal: over.signal });
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += minute) {
      await new Promise(setImmediate);
      await clock.advance(minute);
    }
  };
  const end = async (): Promise<void> => {
    over.abort();
    await done;
  };
  return { clock, pass, end };
}

const standing = () => state.guard.alarms({ limit: 10, openOnly: true }).map(({ event, since }) => [event, since]);
const told = () => state.ledger({ kind: "guard-told", last: 10 }).map(({ body }) => (body as { readonly event: string }).event);

test("a look that does not come for three hours is an alarm, with why; the next good one ends it", async () => {
  const watch = play([es]);
  await watch.pass(hour);
  noteLook(state, "es", { atMs: beginMs + hour });
  await watch.pass(2 * hour);
  noteLook(state, "es", { atMs: beginMs + 3 * hour, because: "cli/credential-unprotected" });
  await watch.pass(0.9 * hour);
  expect(standing()).toEqual([]);
  await watch.pass(0.2 * hour);
  expect(standing()).toEqual([["look-overdue", beginMs + hour]]);
  const [alarm] = state.guard.alarms({ limit: 1, openOnly: true });
  expect(alarm).toMatchObject({
    asset: "es",
    severity: "warning",
    body: { details: ["The last try ended with: cli/credential-unprotected."] },
  });
  await watch.pass(5 * hour);
  noteLook(state, "es", { atMs: beginMs + 9 * hour });
  await watch.pass(2 * minute);
  expect(standing()).toEqual([]);
  expect(told()).toEqual(["look-overdue", "looked-again"]);
  expect(state.guard.deliveries([`es.look.${beginMs + hour}`])).toMatchObject([{ channel: "webhook", waiting: 2 }]);
  await watch.end();
});

test("after a time in which nothing ran a look has time to be made; a store that was never looked into counts from its declaration", async () => {
  noteLook(state, "es", { atMs: beginMs });
  const watch = play([es, { ...es, name: "other" }], beginMs + 10 * hour);
  await watch.pass(10 * minute);
  noteLook(state, "es", { atMs: beginMs + 10.2 * hour });
  await watch.pass(2 * hour);
  expect(standing()).toEqual([]);
  await watch.pass(hour);
  expect(standing()).toEqual([["look-overdue", beginMs + 10 * hour]]);
  await watch.end();
});

test("a clock that was years ahead when the store was last looked into puts nothing off", async () => {
  noteLook(state, "es", { atMs: beginMs + 10_000 * hour });
  const watch = play([es]);
  await watch.pass(2.9 * hour);
  expect(standing()).toEqual([]);
  await watch.pass(0.2 * hour);
  expect(standing()).toEqual([["look-overdue", beginMs]]);
  await watch.end();
});
