import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { AlarmMessage } from "../../../guard/alarms/alarm-message.ts";
import { ManualClock } from "../../../lib/clock.ts";
import { openState } from "../../state.ts";
import type { State } from "../../state.ts";
import { deliver } from "./deliver.ts";
import { watchWaysOut } from "./ways-out-watch.ts";

let folder: string;
let state: State;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vitrine-ways-out-"));
  state = openState({ folder, now: () => 1, random: () => "0123456789abcdef" });
});
afterEach(() => {
  state[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

const hour = 3_600_000;
const stepMs = 15_000;
const beginMs = 1_000_000_000;

/** Two ways out over a clock that is moved by hand; `isDown` says whether the first one takes anything. */
function play(isDown: () => boolean, isTaken: (message: AlarmMessage) => boolean = () => false) {
  const steady = new ManualClock(beginMs);
  let shiftMs = 0;
  const clock = {
    nowMs: () => steady.nowMs() + shiftMs,
    monotonicMs: () => steady.monotonicMs(),
    sleep: async (ms: number, signal?: AbortSignal) => steady.sleep(ms, signal),
  };
  const setClock = (ms: number): void => {
    shiftMs = ms;
  };
  const over = new AbortController();
  const got: Readonly<Record<"webhook" | "mail", string[]>> = { webhook: [], mail: [] };
  const note = (channel: "webhook" | "mail") => async (message: AlarmMessage) => {
    if (channel === "webhook" && isDown() && !isTaken(message)) return { tag: "failed", because: "down" } as const;
    got[channel].push(message.event);
    return { tag: "delivered" } as const;
  };
  const receivers = { webhook: note("webhook"), mail: note("mail") };
  const common = { clock, signal: over.signal };
  const done = [
    watchWaysOut({ ...common, state, channels: Object.keys(receivers) }),
    deliver({ ...common, guard: state.guard, receivers, lookMs: stepMs, crash: () => undefined, onFailure: () => undefined }),
  ];
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += stepMs) {
      await new Promise(setImmediate);
      await steady.advance(stepMs);
    }
  };
  const end = async (): Promise<void> => {
    over.abort();
    await Promise.all(done);
  };
  return { got, pass, end, setClock };
}

const alarm = (id: string) => ({
  at: beginMs,
  entries: [],
  deliveries: ["webhook", "mail"].map((channel) => ({ id: `${channel}:${id}`, channel, body: { alarm: id, event: id } })),
});

test("a receiver that is down for an hour: the other is told, each message arrives once and in its order, and the return is told", async () => {
  let isDown = true;
  const { got, pass, end } = play(() => isDown);
  state.guard.tell(alarm("opened"));
  await pass(0.9 * hour);
  expect(got).toEqual({ webhook: [], mail: ["opened"] });
  await pass(0.3 * hour);
  expect(got.mail).toEqual(["opened", "way-out-lost"]);
  expect(state.guard.alarms({ limit: 10, openOnly: true })).toMatchObject([{ event: "way-out-lost", severity: "warning" }]);
  isDown = false;
  await pass(0.1 * hour);
  await end();
  expect(got).toEqual({ webhook: ["opened", "way-out-returned"], mail: ["opened", "way-out-lost", "way-out-returned"] });
  expect(state.guard.alarms({ limit: 10, openOnly: true })).toEqual([]);
});

test("an end waits for its beginning, also where that one was tried before", async () => {
  let isDown = true;
  const { got, pass, end } = play(() => isDown);
  const one = (event: string) => ({
    at: beginMs,
    entries: [],
    deliveries: [{ id: `webhook:${event}`, channel: "webhook", body: { alarm: "cache", event } }],
  });
  state.guard.tell(one("opened"));
  await pass(10 * 60_000);
  state.guard.tell(one("closed"));
  isDown = false;
  await pass(2 * 60_000);
  await end();
  expect(got.webhook).toEqual(["opened", "closed"]);
});

test("a message that a receiver never takes is passed by the next ones of its alarm, after half an hour", async () => {
  const { got, pass, end } = play(
    () => true,
    (message) => message.event === "closed",
  );
  const one = (event: string) => ({
    at: beginMs,
    entries: [],
    deliveries: [{ id: `webhook:${event}`, channel: "webhook", body: { alarm: "cache", event } }],
  });
  state.guard.tell(one("opened"));
  state.guard.tell(one("closed"));
  await pass(20 * 60_000);
  expect(got.webhook).toEqual([]);
  await pass(20 * 60_000);
  await end();
  expect(got.webhook).toEqual(["closed"]);
});

test("each day a test by every way out, and none at the first beginning", async () => {
  const { got, pass, end } = play(() => false);
  await pass(hour);
  expect(got).toEqual({ webhook: [], mail: [] });
  await pass(24 * hour);
  await end();
  expect(got).toEqual({ webhook: ["test"], mail: ["test"] });
});

test("a wall clock that is set back an hour keeps nothing waiting", async () => {
  const { got, pass, end } = play(() => false);
  state.guard.tell({ ...alarm("opened"), at: beginMs + hour });
  await pass(60_000);
  await end();
  expect(got).toEqual({ webhook: ["opened"], mail: ["opened"] });
});

test.each([2 * hour, -2 * hour])("a wall clock that jumps by %d ms: a way out is lost after an hour, and not before", async (jumpMs) => {
  const { got, pass, end, setClock } = play(() => true);
  state.guard.tell(alarm("opened"));
  await pass(5 * 60_000);
  setClock(jumpMs);
  await pass(0.8 * hour);
  expect(got.mail).not.toContain("way-out-lost");
  await pass(0.3 * hour);
  await end();
  expect(got.mail).toContain("way-out-lost");
});

test("what waits for a way out that is not set up any more is dropped after a week, which the ledger says; what is younger is not", async () => {
  const day = 24 * hour;
  const to = (channel: string, id: string, at: number) =>
    state.guard.tell({ at, entries: [], deliveries: [{ id: `${channel}:${id}`, channel, body: { alarm: id, event: id } }] });
  to("gone", "old", beginMs - 8 * day);
  to("gone", "young", beginMs - 6 * day);
  to("webhook", "old", beginMs - 8 * day);
  const { got, pass, end } = play(() => false);
  await pass(60_000);
  await end();
  expect(got.webhook).toEqual(["old"]);
  expect(state.guard.due("gone", beginMs).map(({ id }) => id)).toEqual(["gone:young"]);
  expect(state.ledger({ kind: "guard-dropped", last: 10 })).toMatchObject([{ body: { channel: "gone", messages: 1 } }]);
});
