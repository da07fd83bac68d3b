/** Questions answered from a hand-made memory: periods, cohorts, what is known and since when. */
import { describe, expect, test } from "vitest";
import { declaration, readyStatus, schema, zone } from "../../test/support/small-world.ts";
import { calendarOf } from "../mirror/calendar.ts";
import type { SqlRow } from "../mirror/mirror.ts";
import type { DaySetReading, EntityReading, MemoryReading } from "../mirror/reading.ts";
import { VitrineError } from "../model/error.ts";
import type { MetricDeclaration } from "../policy/declaration.ts";
import type { Question } from "./answer.ts";
import { compileMetrics } from "./compile.ts";
import { findMetric } from "./question.ts";
import { memoryRows } from "./read-memory.ts";

const rows = { table: "attempts", time: "at", of: "device_id", filter: [], set: { name: "s", version: "1" } };
const { time: _, ...members } = rows;
const kind = (name: string, rest: Partial<MetricDeclaration>): MetricDeclaration => {
  const [base] = declaration.metrics;
  if (base === undefined) throw new Error("a world without metrics");
  return { ...base, name, at: undefined, by: ["model"], grain: ["day", "week", "month"], ...rest };
};
const compiled = compileMetrics({
  declaration: {
    ...declaration,
    metrics: [
      kind("active", { kind: "distinct", detail: { tag: "distinct", ...rows } }),
      kind("having", { kind: "share", grain: [], detail: { tag: "share-having", ...members } }),
      kind("kept", { kind: "retention", at: "activated_at", detail: { tag: "retention", days: [1, 7], ...rows } }),
    ],
  },
  schema,
});

const calendar = calendarOf(zone);
const dayOf = (date: string): number => Date.parse(date) / 86_400_000;
const bits = (refs: readonly number[]): Uint32Array => Uint32Array.of(refs.reduce((word, ref) => word | (1 << ref), 0));

/** Who was active, by local date. Monday is 2 November. */
const active: Readonly<Record<string, readonly number[]>> = {
  "2026-10-31": [0],
  "2026-11-02": [0, 1],
  "2026-11-03": [1, 2],
  "2026-11-09": [0, 3],
  "2026-11-10": [3],
};
const byDay = new Map(Object.entries(active).map(([date, refs]) => [dayOf(date), refs]));
const daySet: DaySetReading = {
  span: { from: dayOf("2026-10-31"), to: dayOf("2026-11-10") },
  union: (from, to) => bits([...byDay].flatMap(([day, refs]) => (day >= from && day < to ? refs : []))),
};
/** Of a device that has no time of activation. */
const nullMinute = -0x8000_0000;
const minuteAt = (date: string): number => calendar.startOf("day", dayOf(date));
const devices: EntityReading = {
  count: 5,
  present: Uint8Array.of(1, 1, 1, 1, 0),
  // Two models; ref 4 was only referred to.
  dimension: () => ({ places: Uint16Array.of(0, 0, 1, 1, 2), codes: [3, 4, 1] }),
  follow: () => (ref) => (ref < 4 ? ref : -1),
  minutes: () => Int32Array.of(minuteAt("2026-11-02"), minuteAt("2026-11-02"), minuteAt("2026-11-09"), nullMinute, minuteAt("2026-11-02")),
};
const nowMs = Date.parse("2026-11-22T20:00:00Z");
const reading: MemoryReading = {
  status: readyStatus(nowMs),
  entity: () => devices,
  daySet: () => daySet,
  memberSet: () => ({ has: (ref) => ref < 2, words: () => bits([0, 1, 4]) }),
};

function ask(metric: string, question: Partial<Question>, from: MemoryReading = reading, now = nowMs): readonly SqlRow[] {
  const whole: Question = { metric, grain: "all", from: "2026-11-01", to: "2026-12-01", by: [], where: {}, ...question };
  return memoryRows(from, { compiled, metric: findMetric(compiled, metric), question: whole, filters: [], now: now * 1000 });
}

describe("distinct", () => {
  test("a week is the union of its days, and a range that of all", () => {
    expect(ask("active", { grain: "week", from: "2026-10-26", to: "2026-11-16" })).toEqual([
      { bucket: dayOf("2026-10-26"), n: 1, any_k: false },
      { bucket: dayOf("2026-11-02"), n: 3, any_k: true },
      { bucket: dayOf("2026-11-09"), n: 2, any_k: false },
    ]);
    expect(ask("active", { from: "2026-10-01", to: "2026-12-01" })).toEqual([{ bucket: 0, n: 4, any_k: true }]);
    expect(ask("active", { grain: "month", from: "2026-10-01", to: "2026-12-01" }).map((row) => Object.values(row).slice(0, 2))).toEqual([
      [56 * 12 + 9, 1],
      [56 * 12 + 10, 4],
    ]);
  });

  test("for a viewer a period is of too few where it is one of its days, or weeks, and too few more", () => {
    const guarded = (question: Partial<Question>): readonly unknown[] => {
      const whole: Question = { metric: "active", grain: "week", from: "2026-11-02", to: "2026-11-16", by: [], where: {}, ...question };
      const asked = { compiled, metric: findMetric(compiled, "active"), question: whole, filters: [], now: nowMs * 1000 };
      return memoryRows(of, { ...asked, isGuarded: true }).map((row) => row["any_k"]);
    };
    // k is 3. Monday has 0 to 3, and Tuesday one more than that.
    const days: Readonly<Record<string, readonly number[]>> = { "2026-11-02": [0, 1, 2, 3], "2026-11-03": [1, 4], "2026-11-09": [5, 6, 7] };
    const set: DaySetReading = {
      span: { from: dayOf("2026-11-02"), to: dayOf("2026-11-09") },
      union: (from, to) => bits(Object.entries(days).flatMap(([date, refs]) => (dayOf(date) >= from && dayOf(date) < to ? refs : []))),
    };
    const of = { ...reading, daySet: () => set, entity: () => ({ ...devices, follow: () => (ref: number) => ref }) };
    expect(guarded({})).toEqual([false, true]);
    expect(guarded({ grain: "day", to: "2026-11-03" })).toEqual([true]);
    // The month less its second week is five, and less its first is three.
    expect(guarded({ grain: "month", from: "2026-11-01", to: "2026-12-01" })).toEqual([true]);
  });

  test("days without anybody have no row; by a dimension", () => {
    expect(ask("active", { grain: "day", by: ["model"], from: "2026-11-03", to: "2026-11-09" })).toEqual([
      { bucket: dayOf("2026-11-03"), d0: 3, n: 1, any_k: false },
      { bucket: dayOf("2026-11-03"), d0: 4, n: 1, any_k: false },
    ]);
  });

  test("before the history there is nothing to ask; without any rows there is nothing", () => {
    expect(() => ask("active", { from: "2026-09-01", to: "2026-10-31" })).toThrow(
      expect.objectContaining({ code: "metrics/before-history", message: expect.stringContaining("2026-10-31") as string }),
    );
    expect(() => ask("active", { from: "2026-09-01", to: "2026-10-31" })).toThrow(VitrineError);
    const empty = { ...reading, daySet: () => ({ span: undefined, union: () => new Uint32Array(0) }) };
    expect(ask("active", { from: "2026-09-01", to: "2026-10-31" }, empty)).toEqual([]);
  });
});

test("share: members of those that are there", () => {
  expect(ask("having", {})).toEqual([{ bucket: 0, n: 4, hit: 2, any_k: true, hit_k: false, none_k: false }]);
});

describe("retention", () => {
  const week = { grain: "week", by: ["day"], from: "2026-11-02", to: "2026-11-16" } as const;
  const shown = (list: readonly SqlRow[]) => list.map((row) => Object.values(row).slice(0, 4));

  test("cohorts of a week, for the days that are over", () => {
    // Bucket, day, entities, those of them that were active.
    expect(shown(ask("kept", week))).toEqual([
      [dayOf("2026-11-02"), 1, 2, 1],
      [dayOf("2026-11-02"), 7, 2, 1],
      [dayOf("2026-11-09"), 1, 1, 0],
    ]);
  });

  test("a copy that is not proven to today does not know what the days since have brought", () => {
    const provenAt = (date: string): MemoryReading => ({ ...reading, status: readyStatus(Date.parse(date)) });
    expect(shown(ask("kept", week, provenAt("2026-11-17T20:00:00Z"))).map((row) => row.slice(0, 2))).toEqual([
      [dayOf("2026-11-02"), 1],
      [dayOf("2026-11-02"), 7],
      [dayOf("2026-11-09"), 1],
    ]);
    expect(shown(ask("kept", week, provenAt("2026-11-12T20:00:00Z"))).map((row) => row.slice(0, 2))).toEqual([[dayOf("2026-11-02"), 1]]);
    // Six in the evening in Los Angeles is the next day in UTC.
    expect(ask("kept", { ...week, grain: "day" }, provenAt("2026-11-10T02:00:00Z")).length).toBe(1);
  });

  test("one of the days alone", () => {
    expect(shown(ask("kept", { ...week, where: { day: ["7"] } })).map((row) => row[1])).toEqual([7]);
  });
});
