import fc from "fast-check";
import { expect, test } from "vitest";
import { bucketOf as byTemporal } from "../../test/support/memory-mirror.ts";
import { calendarOf } from "./calendar.ts";
import { Engine } from "./duckdb/engine.ts";

const zones = [
  "America/Los_Angeles",
  "Europe/Berlin",
  "Asia/Kolkata",
  "Asia/Kathmandu",
  "UTC",
  "America/Sao_Paulo",
  "Australia/Sydney",
  "Africa/Casablanca",
];
const grains = ["hour", "day", "week", "month"] as const;
/** 1971 to 2100. */
const minutes = fc.integer({ min: 526_000, max: 68_000_000 });

test.each(zones)("buckets of %s are those of Temporal", (zone) => {
  const calendar = calendarOf(zone);
  fc.assert(
    fc.property(minutes, fc.constantFrom("day" as const, "week" as const, "month" as const), (minute, grain) => {
      expect(calendar.bucketOf(grain, minute)).toBe(byTemporal(zone, grain, minute));
    }),
    { numRuns: 300 },
  );
});

test("an hour that comes twice is two hours", () => {
  const calendar = calendarOf("America/Los_Angeles");
  // 2025-11-02: 01:30 PDT is 08:30 UTC, 01:30 PST is 09:30 UTC.
  const first = Date.UTC(2025, 10, 2, 8, 30) / 60_000;
  expect(calendar.bucketOf("hour", first)).toBe(first - 30);
  expect(calendar.bucketOf("hour", first + 60)).toBe(first + 30);
});

test.each(zones)("starts and ends of %s hold their minutes and no others", (zone) => {
  const calendar = calendarOf(zone);
  fc.assert(
    fc.property(minutes, fc.constantFrom(...grains), (minute, grain) => {
      const bucket = calendar.bucketOf(grain, minute);
      const start = calendar.startOf(grain, bucket);
      const end = calendar.endOf(grain, bucket);
      expect(start <= minute && minute < end).toBe(true);
      if (grain === "hour") return;
      expect([calendar.bucketOf(grain, start - 1) < bucket, calendar.bucketOf(grain, end) > bucket]).toEqual([true, true]);
    }),
    { numRuns: 200 },
  );
});

test("SQL gives the same buckets, also before 1970 and over changes of the offset", async () => {
  const engine = await Engine.open(":memory:", { threads: 1, memoryLimit: "100MB", tempFolder: "", tempMax: "0KB", walMax: "16MB" });
  const connection = await engine.connect();
  const list = Array.from({ length: 400 }, (_, i) => -1_000_000 + i * 87_653);
  const [from, to] = [Math.min(...list), Math.max(...list) + 1];
  for (const zone of zones) {
    const calendar = calendarOf(zone);
    for (const grain of [...grains, "all" as const]) {
      const rows = await connection.rows(
        `SELECT ${calendar.bucketSql(grain, "m", from, to)} AS b FROM (SELECT unnest([${list.join(", ")}])::INTEGER AS m)`,
      );
      expect(rows.map((row) => Number(row["b"]))).toEqual(list.map((minute) => calendar.bucketOf(grain, minute)));
    }
  }
  connection.close();
  engine.close();
});
