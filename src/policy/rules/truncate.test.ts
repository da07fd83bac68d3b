import { expect, test } from "vitest";
import { rawMicros } from "../../../test/support/raw-columns.ts";
import { truncateRule } from "./truncate.ts";
import { createZone } from "./zone.ts";

const zone = createZone("America/Los_Angeles");
const micros = (text: string): number => Temporal.Instant.from(text).epochMilliseconds * 1_000;
const minutes = (text: string): number => Temporal.Instant.from(text).epochMilliseconds / 60_000;

test("an instant is cut to its minute, downwards, before 1970 too", () => {
  const tally = { other: 0, degraded: 0 };
  const rule = truncateRule({ to: "minute", zone, wall: false, tally });
  const column = rawMicros([micros("2026-11-22T14:05:59.999Z"), -1, null, 0]);
  expect(rule({ column, rowCount: 4, nulls: column.nulls })).toEqual({
    data: Int32Array.of(minutes("2026-11-22T14:05:00Z"), -1, 0, 0),
    nulls: Uint8Array.of(0, 0, 1, 0),
  });
});

test("a microsecond before a minute is that minute's, also in 2250", () => {
  const rule = truncateRule({ to: "minute", zone, wall: false, tally: { other: 0, degraded: 0 } });
  for (const year of [1971, 2026, 2224, 2226, 2250]) {
    const start = Date.UTC(year, 0, 1) / 60_000;
    const column = rawMicros([start * 60e6, start * 60e6 - 1, start * 60e6 + 1]);
    expect([...rule({ column, rowCount: 3, nulls: undefined }).data]).toEqual([start, start - 1, start]);
  }
});

test("a wall time is one of the zone: a date is the midnight there", () => {
  const rule = truncateRule({ to: "day", zone, wall: true, tally: { other: 0, degraded: 0 } });
  const column = rawMicros([Date.UTC(2026, 6, 4) * 1_000, Date.UTC(2026, 11, 24, 23, 59) * 1_000]);
  expect([...rule({ column, rowCount: 2, nulls: undefined }).data]).toEqual([
    minutes("2026-07-04T07:00:00Z"),
    minutes("2026-12-24T08:00:00Z"),
  ]);
});

test("infinity and what 32 bits of minutes do not reach become NULL and are counted", () => {
  const tally = { other: 0, degraded: 0 };
  const rule = truncateRule({ to: "month", zone, wall: false, tally });
  const column = rawMicros([Infinity, -Infinity, 9e18, micros("2026-02-10T00:00:00Z")]);
  expect(rule({ column, rowCount: 4, nulls: undefined })).toEqual({
    data: Int32Array.of(0, 0, 0, minutes("2026-02-01T08:00:00Z")),
    nulls: Uint8Array.of(1, 1, 1, 0),
  });
  expect(tally).toEqual({ other: 0, degraded: 3 });
});
