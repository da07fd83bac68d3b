import { expect, test } from "vitest";
import type { HourCount } from "./lost.ts";
import { lastLostMinute } from "./lost.ts";

/** Hours with their numbers of rows; the last row is at 59 minutes past. */
const counts = (rows: Readonly<Record<number, number>>): readonly HourCount[] =>
  Object.entries(rows).map(([hour, n]) => ({ hour: Number(hour), n, last: Number(hour) * 60 + 59 }));

const then = counts({ 10: 100, 11: 100, 12: 100, 20: 100, 21: 100 });
const late = 100 * 60;

test.each([
  ["nothing was purged", { 10: 100, 11: 100, 12: 100, 20: 100, 21: 100 }, late, undefined],
  ["the oldest hours", { 12: 100, 20: 100, 21: 100 }, late, 11 * 60 + 59],
  ["up to a gap: its end is not known, and need not be", { 20: 100, 21: 100 }, late, 12 * 60 + 59],
  ["everything", {}, late, 21 * 60 + 59],
  ["everything, while the last hour ran", {}, 21 * 60 + 30, 20 * 60 + 59],
  ["a clock that says 1970 is left of it", { 0: 2, 12: 100, 20: 100, 21: 100 }, late, 11 * 60 + 59],
  ["an hour in the middle is no purge", { 10: 100, 11: 100, 20: 100, 21: 100 }, late, undefined],
  ["fewer rows in an hour are no purge", { 10: 1, 11: 100, 12: 100, 20: 100, 21: 100 }, late, undefined],
] as const)("%s", (_, now, asOf, expected) => {
  expect(lastLostMinute(then, counts(now), asOf)).toBe(expected);
});

test("old rows that the source has for the first time keep what was there from looking purged", () => {
  expect(lastLostMinute(counts({ 10: 1, 20: 100 }), counts({ 5: 50, 20: 100 }), late)).toBeUndefined();
});

test("what only the source has does not count as lost", () => {
  expect(lastLostMinute([], counts({ 10: 5 }), late)).toBeUndefined();
});
