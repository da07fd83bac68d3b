/**
 * Local periods of one IANA zone as integers, the same in JavaScript and in SQL. Minutes are minutes since 1970-01-01 00:00 UTC.
 * Buckets are those of cuboid.ts: hour = minute (UTC) at which the local hour starts; day = local date as days since 1970-01-01;
 * week = its Monday as days since 1970-01-01; month = months since 1970-01; all = 0.
 */
import { must } from "../lib/assert.ts";
import type { Grain } from "./cuboid.ts";

/** First and last year whose transitions of the zone are looked up; outside, the offset next to it holds. */
const firstYear = 1900;
const lastYear = 2200;

const minuteMs = 60_000;
const dayMinutes = 1_440;
/** A slot is the longest time that no zone's offset change since 1900 cuts when offsets are whole quarters of an hour. */
const slotMinutes = 15;

export interface Calendar {
  readonly zone: string;
  /** Minutes that local time is ahead of UTC at that minute. */
  offsetAt(minute: number): number;
  bucketOf(grain: Grain | "all", minute: number): number;
  /** First minute of the bucket. */
  startOf(grain: Grain, bucket: number): number;
  /** First minute after the bucket. */
  endOf(grain: Grain, bucket: number): number;
  /**
   * SQL for the bucket of an integer minute expression, valid for minutes in [from, to): the narrower the range, the fewer
   * branches for changes of the offset.
   */
  bucketSql(grain: Grain | "all", minute: string, from: number, to: number): string;
}

/** Looking up a zone's transitions takes a millisecond, and every answer needs them. A file has one zone. */
const made = new Map<string, Calendar>();

/** The calendar of an IANA zone. Throws a RangeError for a zone that does not exist. */
export function calendarOf(zone: string): Calendar {
  const calendar = made.get(zone) ?? makeCalendar(zone);
  made.set(zone, calendar);
  return calendar;
}

// oxlint-disable-next-line max-lines-per-function -- closures over one zone's table; each is short
function makeCalendar(zone: string): Calendar {
  const { starts, offsets } = transitionsOf(zone);

  const indexAt = (minute: number): number => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (must(starts[middle], "transition") <= minute) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  // The last slot asked for is nearly always the next one too: rows of a table are near each other in time.
  let lastFrom = 1;
  let lastTo = 0;
  let lastOffset = 0;
  const offsetAt = (minute: number): number => {
    if (minute >= lastFrom && minute < lastTo) return lastOffset;
    const index = indexAt(minute);
    lastFrom = index === 0 ? -Infinity : must(starts[index], "transition");
    lastTo = starts[index + 1] ?? Infinity;
    lastOffset = must(offsets[index], "offset");
    return lastOffset;
  };

  const bucketOf = (grain: Grain | "all", minute: number): number => {
    if (grain === "all") return 0;
    const offset = offsetAt(minute);
    const local = minute + offset;
    if (grain === "hour") return Math.floor(local / 60) * 60 - offset;
    const day = Math.floor(local / dayMinutes);
    if (grain === "day") return day;
    if (grain === "week") return mondayOf(day);
    return monthOf(day);
  };

  const daysKnown = new Map<number, number>();
  const startOfDay = (day: number): number => {
    let start = daysKnown.get(day);
    if (start === undefined) {
      start = firstMinuteOf(day);
      daysKnown.set(day, start);
    }
    return start;
  };
  const firstMinuteOf = (day: number): number => {
    // The zone's offset differs by at most a day from UTC: look for the first quarter that is on that local date.
    let minute = day * dayMinutes - 26 * 60;
    while (bucketOf("day", minute) < day) minute += slotMinutes;
    while (bucketOf("day", minute - 1) >= day) minute -= 1;
    return minute;
  };
  const startOf = (grain: Grain, bucket: number): number => {
    if (grain === "hour") return bucket;
    return startOfDay(grain === "month" ? firstDayOf(bucket) : bucket);
  };
  const endOf = (grain: Grain, bucket: number): number => {
    if (grain === "hour") {
      let minute = bucket + 60;
      // An offset change inside the hour makes it longer or shorter.
      while (bucketOf("hour", minute) === bucket) minute += slotMinutes;
      return minute;
    }
    return startOf(grain, bucket + (grain === "week" ? 7 : 1));
  };

  const offsetSql = (minute: string, from: number, to: number): string => {
    const first = indexAt(from);
    const last = Math.max(first, indexAt(to - 1));
    let sql = String(offsets[last]);
    for (let i = last; i > first; i -= 1) sql = `CASE WHEN ${minute} < ${starts[i]} THEN ${offsets[i - 1]} ELSE ${sql} END`;
    return sql;
  };
  const bucketSql = (grain: Grain | "all", minute: string, from: number, to: number): string => {
    if (grain === "all") return "0";
    const offset = `(${offsetSql(minute, from, to)})`;
    const local = `(${minute} + ${offset})`;
    if (grain === "hour") return `(${floorSql(local, 60)} * 60 - ${offset})`;
    const day = floorSql(local, dayMinutes);
    if (grain === "day") return day;
    if (grain === "week") return `(${floorSql(`(${day} + 3)`, 7)} * 7 - 3)`;
    const date = `(DATE '1970-01-01' + (${day})::INTEGER)`;
    return `((year(${date}) - 1970) * 12 + month(${date}) - 1)::INTEGER`;
  };

  return { zone, offsetAt, bucketOf, startOf, endOf, bucketSql };
}

/** SQL's `//` rounds towards zero; times before 1970 need the floor. */
function floorSql(value: string, by: number): string {
  return `(CASE WHEN ${value} >= 0 THEN ${value} // ${by} ELSE -((-${value} + ${by - 1}) // ${by}) END)`;
}

/** 1970-01-01 was a Thursday, so day -3 is a Monday. */
function mondayOf(day: number): number {
  return Math.floor((day + 3) / 7) * 7 - 3;
}

/** Months since 1970-01 of a day since 1970-01-01, in the proleptic Gregorian calendar. */
function monthOf(day: number): number {
  // Days from 0000-03-01 in eras of 400 years, so that the leap day ends a year.
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  return (yearOfEra + era * 400) * 12 + marchMonth + 2 - 1970 * 12;
}

/** First day (since 1970-01-01) of a month (since 1970-01). */
function firstDayOf(month: number): number {
  return Math.floor(Date.UTC(1970 + Math.floor(month / 12), ((month % 12) + 12) % 12, 1) / (dayMinutes * minuteMs));
}

/** `starts[0]` stands for everything before the second start. */
function transitionsOf(zone: string): { readonly starts: readonly number[]; readonly offsets: readonly number[] } {
  const from = Temporal.ZonedDateTime.from({ timeZone: zone, year: firstYear, month: 1, day: 1 });
  const starts: number[] = [Math.floor(from.epochMilliseconds / minuteMs)];
  const offsets: number[] = [offsetOf(from)];
  let next = from.getTimeZoneTransition("next");
  while (next !== null && next.year <= lastYear) {
    const offset = offsetOf(next);
    if (offset !== offsets[offsets.length - 1]) {
      starts.push(Math.floor(next.epochMilliseconds / minuteMs));
      offsets.push(offset);
    }
    next = next.getTimeZoneTransition("next");
  }
  return { starts, offsets };
}

/** Whole minutes: seconds of local mean time before standard time are cut. */
function offsetOf(time: Temporal.ZonedDateTime): number {
  return Math.floor(time.offsetNanoseconds / 60_000_000_000);
}
