/** When the next person is told, whatever is done to the wall clock. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Clock } from "../../../lib/clock.ts";
import { ManualClock } from "../../../lib/clock.ts";
import { openState } from "../../state.ts";
import type { State } from "../../state.ts";
import { escalate } from "./escalating.ts";

let folder: string;
let state: State;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vitrine-escalating-"));
  state = openState({ folder, now: () => 1, random: () => "0123456789abcdef" });
});
afterEach(() => {
  state[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

const minute = 60_000;
const hour = 60 * minute;
const beginMs = 1_000 * hour;
const steps = [
  { channels: ["first"], afterMs: 0 },
  { channels: ["second"], afterMs: 15 * minute },
];

/** A day of an alarm, of which the wall clock is moved after a minute; after how many minutes the second person is told. */
async function minutesUntilTold(alarm: { readonly event: string; readonly since: number }, movedMs: number): Promise<number | undefined> {
  const { event, since } = alarm;
  const manual = new ManualClock(beginMs);
  let shiftMs = 0;
  const clock: Clock = {
    nowMs: () => manual.nowMs() + shiftMs,
    monotonicMs: () => manual.monotonicMs(),
    sleep: async (ms, signal) => manual.sleep(ms, signal),
  };
  const body = { summary: "cache: data-readable without credentials", details: [] };
  const change = { id: `cache.${since}`, asset: "cache", event, severity: "page", since, isOver: false, flaps: 0, body };
  state.guard.tell({ at: beginMs, entries: [], deliveries: [], change });
  const over = new AbortController();
  const done = escalate({ state, steps, clock, signal: over.signal });
  let told: number | undefined;
  for (let passed = 1; passed < 100 && told === undefined; passed += 1) {
    await manual.advance(minute);
    if (passed === 1) shiftMs = movedMs;
    if (state.guard.waiting().includes("second")) told = passed;
  }
  over.abort();
  await done;
  return told;
}

test.each([
  ["left alone", 0],
  ["set back an hour", -hour],
  ["set forward a day", 24 * hour],
])("the next person is told after a quarter of an hour, with the clock %s", async (_what, movedMs) => {
  expect(await minutesUntilTold({ event: "opened", since: beginMs }, movedMs)).toBe(15);
});

test("what nobody knew for five minutes before it was told is the first person's for as long as anything else", async () => {
  expect(await minutesUntilTold({ event: "blind", since: beginMs - 14 * minute }, 0)).toBe(15);
});

test("what has stood while nobody watched is told at once", async () => {
  expect(await minutesUntilTold({ event: "opened", since: beginMs - hour }, 0)).toBe(1);
});
