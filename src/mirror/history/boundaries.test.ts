import { expect, test } from "vitest";
import { calendarOf } from "../calendar.ts";
import { boundariesOf } from "./boundaries.ts";
import type { Boundaries } from "./boundaries.ts";

const calendar = calendarOf("America/Los_Angeles");
const at = (text: string): number => Date.parse(text) / 60_000;
const day = (text: string): number => Date.parse(text) / 86_400_000;
const month = (year: number, number: number): number => (year - 1970) * 12 + number - 1;
const of = (lost: string | undefined, asOf: string, earlier?: Boundaries): Boundaries | undefined =>
  boundariesOf({ calendar, lost: lost === undefined ? undefined : at(lost), asOf: at(asOf), earlier });

const none = { hour: [], day: [], week: [], month: [] };

test("a partition by UTC ends inside a local period: the whole of each is kept", () => {
  // 16:59 on Tuesday, 30 June in Los Angeles.
  expect(of("2026-06-30T23:59Z", "2026-11-22T12:00Z")).toEqual({
    before: { hour: at("2026-07-01T00:00Z"), day: day("2026-07-01"), week: day("2026-07-06"), month: month(2026, 7) },
    partial: none,
  });
});

test("a period that still ran is counted from what is left, and says so for ever", () => {
  const first = of("2026-06-10T23:59Z", "2026-06-20T12:00Z");
  expect(first?.before.month).toBe(month(2026, 6));
  expect(first?.before.day).toBe(day("2026-06-11"));
  expect(first?.partial).toEqual({ ...none, month: [month(2026, 6)] });
  const second = of("2026-07-10T23:59Z", "2026-07-20T12:00Z", first);
  expect(second?.before.month).toBe(month(2026, 7));
  expect(second?.partial.month).toEqual([month(2026, 6), month(2026, 7)]);
});

test("nothing more was lost: what was kept stays", () => {
  const first = of("2026-06-30T23:59Z", "2026-11-22T12:00Z");
  expect(of(undefined, "2026-12-22T12:00Z", first)).toEqual(first);
  expect(of("2026-05-31T23:59Z", "2026-12-22T12:00Z", first)).toEqual(first);
  expect(of(undefined, "2026-12-22T12:00Z")).toBeUndefined();
});
