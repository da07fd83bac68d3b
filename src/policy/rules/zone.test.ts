import fc from "fast-check";
import { expect, test } from "vitest";
import { createZone } from "./zone.ts";

/** Zones with half-hour shifts, changes at midnight, a skipped day, two changes within a month, none at all. */
const zones = [
  "America/Los_Angeles",
  "Europe/Berlin",
  "Australia/Lord_Howe",
  "America/Havana",
  "America/Sao_Paulo",
  "Pacific/Apia",
  "Africa/Casablanca",
  "Africa/Cairo",
  "Asia/Kolkata",
  "UTC",
];
const minute = fc.integer({ min: Date.UTC(1972, 0, 1) / 60_000, max: Date.UTC(2090, 0, 1) / 60_000 });

const at = (value: number, zone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(value * 60_000).toZonedDateTimeISO(zone);
const minuteOf = (time: Temporal.ZonedDateTime): number => Math.floor(time.epochMilliseconds / 60_000);

/** Minutes near changes of offset are where it goes wrong: half of the samples are there. */
function nearChange(zone: string): fc.Arbitrary<number> {
  const changes: number[] = [];
  let time = at(Date.UTC(1972, 0, 1) / 60_000, zone);
  for (;;) {
    const next = time.getTimeZoneTransition("next");
    if (next === null || next.epochMilliseconds > Date.UTC(2090, 0, 1)) break;
    changes.push(minuteOf(next));
    time = next;
  }
  if (changes.length === 0) return minute;
  const near = fc.tuple(fc.constantFrom(...changes), fc.integer({ min: -3_000, max: 3_000 })).map(([change, shift]) => change + shift);
  return fc.oneof(minute, near);
}

test.each(zones)("%s: days and months begin where Temporal says", (name) => {
  const zone = createZone(name);
  fc.assert(
    fc.property(nearChange(name), (value) => {
      const time = at(value, name);
      expect(zone.truncate(value, "day")).toBe(minuteOf(time.startOfDay()));
      expect(zone.truncate(value, "month")).toBe(minuteOf(time.with({ day: 1 }).startOfDay()));
    }),
    { numRuns: 500 },
  );
});

test.each(zones)("%s: an hour begins at its first minute with that local hour, and an hour that occurs twice is two", (name) => {
  const zone = createZone(name);
  fc.assert(
    fc.property(nearChange(name), (value) => {
      const start = zone.truncate(value, "hour");
      expect(start).toBeLessThanOrEqual(value);
      expect(value - start).toBeLessThan(90); // Lord Howe has an hour of 90 minutes.
      expect(at(start, name).hour).toBe(at(value, name).hour);
      expect(zone.truncate(start, "hour")).toBe(start);
      if (at(start, name).offsetNanoseconds === at(value, name).offsetNanoseconds) expect([0, 30]).toContain(at(start, name).minute);
    }),
    { numRuns: 500 },
  );
});

test("the repeated hour of an autumn night in Los Angeles is two hours, 60 minutes apart", () => {
  const zone = createZone("America/Los_Angeles");
  const first = Date.UTC(2026, 10, 1, 8, 30) / 60_000; // 01:30 PDT
  expect(zone.truncate(first, "hour")).toBe(Date.UTC(2026, 10, 1, 8) / 60_000);
  expect(zone.truncate(first + 60, "hour")).toBe(Date.UTC(2026, 10, 1, 9) / 60_000);
  expect(zone.truncate(first + 60, "day")).toBe(Date.UTC(2026, 10, 1, 7) / 60_000);
});

test("times before 1970 are cut downwards too", () => {
  const zone = createZone("Europe/Berlin");
  expect(zone.truncate(Date.UTC(1955, 5, 15, 12, 34) / 60_000, "month")).toBe(Date.UTC(1955, 4, 31, 23) / 60_000);
  expect(createZone("UTC").truncate(-1, "hour")).toBe(-60);
});

test.each(zones)("%s: a wall time is the instant that shows it; in a gap the offset before it counts, of two the later", (name) => {
  const zone = createZone(name);
  fc.assert(
    fc.property(nearChange(name), (value) => {
      const wall = value + Math.round(at(value, name).offsetNanoseconds / 60e9);
      const plain = Temporal.PlainDateTime.from("1970-01-01T00:00").add({ minutes: wall });
      const later = minuteOf(plain.toZonedDateTime(name, { disambiguation: "later" }));
      expect(zone.instantOfWall(wall)).toBe(later);
    }),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(nearChange(name), (wall) => {
      // Any wall time, also one that does not exist: as PostgreSQL reads it.
      const plain = Temporal.PlainDateTime.from("1970-01-01T00:00").add({ minutes: wall });
      const earlier = plain.toZonedDateTime(name, { disambiguation: "earlier" });
      const later = plain.toZonedDateTime(name, { disambiguation: "later" });
      // In a gap Temporal's "later" is the offset before the change; where a time exists twice it is the second.
      expect(zone.instantOfWall(wall)).toBe(minuteOf(later));
      expect(minuteOf(earlier)).toBeLessThanOrEqual(minuteOf(later));
    }),
    { numRuns: 500 },
  );
});
