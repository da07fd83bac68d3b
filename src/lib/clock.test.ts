import { expect, test } from "vitest";
import { ManualClock, systemClock } from "./clock.ts";

test("a manual clock wakes sleepers in the order of their deadlines, and those they start", async () => {
  const clock = new ManualClock(1_000);
  const seen: string[] = [];
  const sleeper = async (name: string, ms: number): Promise<void> => {
    await clock.sleep(ms);
    seen.push(`${name}@${clock.nowMs()}`);
  };
  void sleeper("late", 50);
  void sleeper("early", 20).then(() => sleeper("again", 10));
  await clock.advance(40);
  expect(seen).toEqual(["early@1020", "again@1030"]);
  expect(clock.monotonicMs()).toBe(1_040);
  await clock.advance(10);
  expect(seen).toEqual(["early@1020", "again@1030", "late@1050"]);
});

test("a sleep that is cut short resolves", async () => {
  const stop = new AbortController();
  const sleeping = systemClock.sleep(60_000, stop.signal);
  const manual = new ManualClock().sleep(60_000, stop.signal);
  stop.abort();
  await expect(Promise.all([sleeping, manual])).resolves.toHaveLength(2);
});
