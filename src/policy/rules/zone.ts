/**
 * A time zone as a small table of offsets, in whole minutes since 1970 UTC. Times are cut in local time and come back as the
 * instant at which the local period begins, also on days with 23 or 25 hours. Outside of 1900–2100 the nearest known offset
 * holds; offsets before standard time existed are rounded to the minute.
 */
import type { TimeGrain } from "../declaration.ts";

export interface Zone {
  /** The instant at which the period of `minute` begins. */
  readonly truncate: (minute: number, to: TimeGrain) => number;
  /**
   * The instant of a wall-clock time, as PostgreSQL's own `timestamp AT TIME ZONE` decides it: a time that does not exist is read
   * with the offset before the gap, one that exists twice with the offset after.
   */
  readonly instantOfWall: (wallMinute: number) => number;
}

interface Table {
  /** Segment i holds from starts[i] (inclusive) to starts[i + 1]; starts[0] is -Infinity and the last entry Infinity. */
  readonly starts: Float64Array;
  readonly offsets: Int32Array;
}

const fromMs = Date.UTC(1900, 0, 1);
const toMs = Date.UTC(2100, 0, 1);
/** Longer than a day with any shift: nearer to a change than this, look closely. */
const nearMinutes = 1_560;
const dayMinutes = 1_440;

/** Makes the table once (some 2 ms). `name` was checked by the parser. */
export function createZone(name: string): Zone {
  const table = readTransitions(name);
  let current = table.offsets.length - 1;
  const { starts, offsets } = table;

  const segmentOf = (minute: number): number => {
    if (minute >= (starts[current] as number) && minute < (starts[current + 1] as number)) return current; // eslint-disable-line -- in range
    let low = 0;
    let high = offsets.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] as number) <= minute) low = middle; // eslint-disable-line -- in range
      else high = middle - 1;
    }
    current = low;
    return low;
  };

  /** First instant whose wall time is at or after `wall`. */
  const firstInstantAt = (wall: number, near: number): number => {
    for (let segment = Math.max(0, segmentOf(near) - 1); ; segment += 1) {
      const instant = wall - (offsets[segment] as number); // eslint-disable-line -- the last segment has no end
      const start = starts[segment] as number; // eslint-disable-line -- in range
      if (instant < start) return start; // In the gap before this segment.
      if (instant < (starts[segment + 1] as number)) return instant; // eslint-disable-line -- in range
    }
  };

  const truncate = (minute: number, to: TimeGrain): number => {
    if (to === "minute") return minute;
    const segment = segmentOf(minute);
    const offset = offsets[segment] as number; // eslint-disable-line -- in range
    const start = starts[segment] as number; // eslint-disable-line -- in range
    const wall = periodStart(minute + offset, to);
    const instant = wall - offset;
    // An hour that occurs twice is two hours; a day is one, even if its midnight occurs twice.
    if (instant >= (to === "hour" ? start : start + nearMinutes)) return instant;
    return firstInstantAt(wall, instant);
  };

  const instantOfWall = (wall: number): number => {
    const segment = segmentOf(wall - (offsets[current] as number)); // eslint-disable-line -- in range
    for (let boundary = Math.max(1, segment); boundary <= Math.min(segment + 1, offsets.length - 1); boundary += 1) {
      const change = starts[boundary] as number; // eslint-disable-line -- in range
      if (Math.abs(wall - (offsets[segment] as number) - change) > nearMinutes) continue; // eslint-disable-line -- in range
      const before = wall - (offsets[boundary - 1] as number); // eslint-disable-line -- in range
      const after = wall - (offsets[boundary] as number); // eslint-disable-line -- in range
      return after >= change ? after : before;
    }
    return wall - (offsets[segment] as number); // eslint-disable-line -- in range
  };

  return { truncate, instantOfWall };
}

function readTransitions(name: string): Table {
  const starts = [-Infinity];
  let at = Temporal.Instant.fromEpochMilliseconds(fromMs).toZonedDateTimeISO(name);
  const offsets = [offsetMinutes(at)];
  for (;;) {
    const next = at.getTimeZoneTransition("next");
    if (next === null || next.epochMilliseconds >= toMs) break;
    at = next;
    const offset = offsetMinutes(at);
    if (offset === offsets.at(-1)) continue;
    starts.push(Math.floor(at.epochMilliseconds / 60_000));
    offsets.push(offset);
  }
  starts.push(Infinity);
  return { starts: Float64Array.from(starts), offsets: Int32Array.from(offsets) };
}

function offsetMinutes(at: Temporal.ZonedDateTime): number {
  return Math.round(at.offsetNanoseconds / 60e9);
}

function periodStart(wall: number, to: Exclude<TimeGrain, "minute">): number {
  if (to === "hour") return Math.floor(wall / 60) * 60;
  const day = Math.floor(wall / dayMinutes);
  return (to === "day" ? day : day - dayOfMonth(day) + 1) * dayMinutes;
}

/** Day of the month (1–31) of a day counted from 1970-01-01, by the Gregorian calendar in both directions (Hinnant, civil_from_days). */
function dayOfMonth(day: number): number {
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const month = Math.floor((5 * dayOfYear + 2) / 153);
  return dayOfYear - Math.floor((153 * month + 2) / 5) + 1;
}
