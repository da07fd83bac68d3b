import { expect, test } from "vitest";
import type { Standing } from "./escalation.ts";
import { dutyOf, repeatMs } from "./escalation.ts";

const minute = 60_000;
const steps = [0, 15 * minute, 30 * minute];

/** What is told, minute by minute, as it is kept in between. */
function play(minutes: number, events: Readonly<Record<number, Partial<Standing>>> = {}, severity = "page"): readonly string[] {
  let standing: Standing = { since: 0, severity, acknowledgedAt: undefined, step: 0, nextAt: undefined };
  const told: string[] = [];
  for (let at = 0; at <= minutes; at += 1) {
    standing = { ...standing, ...events[at] };
    for (let duty = dutyOf(standing, steps, at * minute); duty !== undefined; duty = dutyOf(standing, steps, at * minute)) {
      if (duty.tag === "escalate") told.push(`${at} step ${duty.step}`);
      if (duty.tag === "repeat") told.push(`${at} again${duty.isQuiet ? " quietly" : ""}`);
      standing = { ...standing, nextAt: duty.nextAt, step: duty.tag === "escalate" ? duty.step : standing.step };
    }
  }
  return told;
}

test("nobody acknowledges: the next person, the one after, then all of them again and again", () => {
  expect(play(120)).toEqual(["15 step 1", "30 step 2", "60 again", "90 again", "120 again"]);
});

test("once somebody takes care nobody else is told, and it is repeated quietly", () => {
  const acknowledged = { acknowledgedAt: 10 * minute, nextAt: undefined };
  expect(play(10 * 60, { 10: acknowledged })).toEqual(["250 again quietly", "490 again quietly"]);
  expect(play(10 * 60, { 20: { ...acknowledged, acknowledgedAt: 20 * minute } })).toEqual([
    "15 step 1",
    "260 again quietly",
    "500 again quietly",
  ]);
});

test("a warning wakes nobody else", () => {
  expect(play(5 * 60, {}, "warning")).toEqual(["240 again quietly"]);
});

test("a clock that is set back does not keep anybody waiting longer than between two messages", () => {
  const kept: Standing = { since: 0, severity: "page", acknowledgedAt: undefined, step: 2, nextAt: 10 * 60 * minute };
  expect(dutyOf(kept, steps, 60 * minute)).toEqual({ tag: "wait", nextAt: 60 * minute + repeatMs.loud });
});

test("a step that was missed while nobody watched is told at once, each in its turn", () => {
  const kept: Standing = { since: 0, severity: "page", acknowledgedAt: undefined, step: 0, nextAt: undefined };
  expect(dutyOf(kept, steps, 60 * minute)).toMatchObject({ tag: "escalate", step: 1 });
  expect(dutyOf({ ...kept, step: 1 }, steps, 60 * minute)).toMatchObject({ tag: "escalate", step: 2 });
});
