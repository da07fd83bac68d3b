import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { isCompactionDue, scheduleCompaction } from "./schedule.ts";

const hour = 3_600_000;
/** Local time of the machine, as the setting is. */
const at = (day: number, hours: number, minutes = 0): number => new Date(2026, 10, day, hours, minutes).getTime();
const micros = (ms: number): number => ms * 1000;

const cases: readonly (readonly [string, Parameters<typeof isCompactionDue>[0], boolean])[] = [
  ["nothing was deleted", look(at(2, 3), { physicalAt: undefined }), false],
  ["its hour", look(at(2, 3), { logicalSince: at(1, 20) }), true],
  ["the last minute of its hour", look(at(2, 3, 59), { logicalSince: at(1, 20) }), true],
  ["the hour before", look(at(2, 2, 59), { logicalSince: at(1, 20) }), false],
  ["the hour after", look(at(2, 4), { logicalSince: at(1, 20) }), false],
  [
    "done in this hour, also by hand or by a process before this one",
    look(at(2, 3, 50), { logicalSince: at(2, 3, 20), physicalAt: at(2, 3, 1) }),
    false,
  ],
  ["done yesterday", look(at(2, 3), { logicalSince: at(1, 20), physicalAt: at(1, 3) }), true],
  ["tried in this hour, and failed", look(at(2, 3, 30), { logicalSince: at(1, 20), triedAt: at(2, 3) }), false],
  ["48 hours after, at any hour", look(at(3, 20), { logicalSince: at(1, 20) }), true],
  ["a minute less", look(at(3, 19, 59), { logicalSince: at(1, 20) }), false],
  ["past the limit, tried half an hour ago", look(at(9, 12, 30), { logicalSince: at(1, 20), triedAt: at(9, 12) }), false],
  ["past the limit, tried an hour ago", look(at(9, 13), { logicalSince: at(1, 20), triedAt: at(9, 12) }), true],
];

function look(
  nowMs: number,
  known: { readonly logicalSince?: number; readonly physicalAt?: number | undefined; readonly triedAt?: number },
): Parameters<typeof isCompactionDue>[0] {
  const { logicalSince, physicalAt, triedAt } = known;
  const time = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : micros(ms));
  return { nowMs, hour: 3, erasure: { logicalSince: time(logicalSince), physicalAt: time(physicalAt) }, triedAtMs: triedAt };
}

test.each(cases)("compaction: %s", (_name, known, due) => {
  expect(isCompactionDue(known)).toBe(due);
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("compaction: once a night, tried again an hour after a failure, and before 72 hours have passed", async () => {
  const start = at(1, 20);
  let nowMs = start;
  let erasure: { logicalSince: number | undefined; physicalAt: number | undefined } = {
    logicalSince: micros(start),
    physicalAt: undefined,
  };
  const tried: number[] = [];
  let isBroken = false;
  const timer = scheduleCompaction({
    service: {
      get erasure() {
        return erasure;
      },
      async compact() {
        tried.push((nowMs - start) / hour);
        if (isBroken) throw new Error("bug: broken on purpose");
        erasure = { logicalSince: undefined, physicalAt: micros(nowMs) };
        return { bytesBefore: 2, bytesAfter: 1 };
      },
    },
    hour: 3,
    nowMs: () => nowMs,
    log: () => undefined,
  });
  const pass = async (hours: number): Promise<void> => {
    for (let minute = 0; minute < hours * 60; minute += 1) {
      nowMs += 60_000;
      await vi.advanceTimersByTimeAsync(60_000);
    }
  };
  await pass(24);
  expect(tried).toEqual([7]);
  erasure = { ...erasure, logicalSince: micros(nowMs) };
  isBroken = true;
  await pass(8);
  expect(tried).toEqual([7, 31]);
  // The machine sleeps over two nights.
  nowMs += 40 * hour;
  isBroken = false;
  await pass(1);
  expect(tried).toHaveLength(3);
  expect((tried[2] ?? 0) - 24).toBeLessThan(72);
  clearInterval(timer);
});
