import { describe, expect, test } from "vitest";
import type { Paths } from "./path-control.ts";
import type { Presence } from "./presence.ts";
import { expected, heard, look, lostAfterMs } from "./presence.ts";

const proven: Paths = { IPv4: "proven", IPv6: "untested" };
const lostMs = 30_000;

/** Looks once a second until `toMs`; what came of it, with its time. */
function run(start: Presence, { from, to, paths }: { readonly from: number; readonly to: number; readonly paths?: Paths }) {
  let now = start;
  const events: string[] = [];
  for (let ms = from; ms <= to; ms += 1_000) {
    if (paths !== undefined) now = heard(now, ms, paths);
    const found = look(now, ms, lostMs);
    ({ now } = found);
    if (found.event !== undefined) events.push(`${ms / 1000} ${found.event.tag} since ${found.event.sinceMs / 1000}`);
  }
  return { now, events };
}

test("three cycles, and no hiccup", () => {
  expect(lostAfterMs([4_000, 60_000])).toBe(30_000);
  expect(lostAfterMs([60_000])).toBe(180_000);
});

test("it is lost once, and is back once", () => {
  const there = run(expected(0), { from: 0, to: 10_000, paths: proven });
  const lost = run(there.now, { from: 11_000, to: 600_000 });
  const back = run(lost.now, { from: 601_000, to: 700_000, paths: proven });
  expect([there.events, lost.events, back.events]).toEqual([[], ["40 vantage-lost since 10"], ["601 vantage-returned since 10"]]);
});

test("one that never came is lost, too", () => {
  expect(run(expected(0), { from: 0, to: 60_000 }).events).toEqual(["30 vantage-lost since 0"]);
});

test("a short silence is none", () => {
  const there = run(expected(0), { from: 0, to: 10_000, paths: proven });
  const silent = run(there.now, { from: 11_000, to: 35_000 });
  expect([...silent.events, ...run(silent.now, { from: 36_000, to: 90_000, paths: proven }).events]).toEqual([]);
});

describe("it speaks, and sees nothing", () => {
  test.for([
    ["a path that is gone", { IPv4: "none", IPv6: "untested" }, "It reaches no known-open endpoint by IPv4."],
    ["one family of two", { IPv4: "proven", IPv6: "none" }, "It reaches no known-open endpoint by IPv6."],
    ["both", { IPv4: "none", IPv6: "none" }, "It reaches no known-open endpoint by IPv4 and IPv6."],
    ["no network at all", { IPv4: "untested", IPv6: "untested" }, "It has no address of its own."],
  ] as const)("%s", ([, paths, because]) => {
    const { now, events } = run(expected(0), { from: 0, to: 29_000, paths });
    expect(events).toEqual([]);
    expect(look(heard(now, 30_000, paths), 30_000, lostMs).event).toEqual({ tag: "vantage-lost", sinceMs: 0, because });
  });

  test("a family that is not there is not broken", () => {
    expect(run(expected(0), { from: 0, to: 90_000, paths: { IPv4: "proven", IPv6: "untested" } }).events).toEqual([]);
  });
});

test("after a restart a lost one is not back before it has come, and not lost a second time", () => {
  const told: Presence = { ...expected(100_000), troubleMs: 10_000, isTold: true };
  const waiting = run(told, { from: 100_000, to: 400_000 });
  expect(waiting.events).toEqual([]);
  expect(run(waiting.now, { from: 401_000, to: 402_000, paths: proven }).events).toEqual(["401 vantage-returned since 10"]);
});
