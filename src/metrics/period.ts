/**
 * Periods of the declared zone, as local texts and as the integers that cells are kept under (`Grain` in mirror/cuboid.ts). All
 * arithmetic is Temporal's; time comes in as a parameter.
 */
import { VitrineError } from "../model/error.ts";
import type { MetricGrain } from "../policy/declaration.ts";

export type QuestionGrain = MetricGrain | "all";

/** From (included) to (not included), as local texts of `Question`. */
export interface LocalRange {
  readonly from: string;
  readonly to: string;
}

const datePattern = /^\d{4}-\d{2}-\d{2}$/;
const hourPattern = /^\d{4}-\d{2}-\d{2}T\d{2}$/;

/** Length of the range that is asked when none is named. */
const defaultRange: Readonly<Record<QuestionGrain, string>> = {
  hour: "last 48 hours",
  day: "last 30 days",
  week: "last 12 weeks",
  month: "last 12 months",
  all: "last 30 days",
};

/** Checks a range: both ends parse, lie on borders of the grain's periods, and are in order. Throws `metrics/period-invalid`, `metrics/not-whole-periods`. */
export function checkRange(range: LocalRange, grain: QuestionGrain): LocalRange {
  const from = parseLocal(range.from, grain);
  const to = parseLocal(range.to, grain);
  if (Temporal.PlainDateTime.compare(from, to) >= 0) {
    throw new VitrineError("metrics/period-invalid", { message: "The period ends before it begins; `to` is not included.", place: "to" });
  }
  for (const [place, end] of [
    ["from", from],
    ["to", to],
  ] as const) {
    if (grain === "week" && end.dayOfWeek !== 1) throw notWhole(place, "A week begins on Monday.");
    if (grain === "month" && end.day !== 1) throw notWhole(place, "A month begins on its first day.");
  }
  return { from: formatLocal(from, grain, range.from), to: formatLocal(to, grain, range.to) };
}

function notWhole(place: string, message: string): VitrineError {
  return new VitrineError("metrics/not-whole-periods", { message: `${message} \`${place}\` does not lie there.`, place });
}

function parseLocal(text: string, grain: QuestionGrain): Temporal.PlainDateTime {
  const hours = grain === "hour" && hourPattern.test(text);
  if (hours || datePattern.test(text)) {
    try {
      const at = Temporal.PlainDateTime.from(hours ? `${text}:00` : text, { overflow: "reject" });
      // Cells hold 32-bit minutes; centuries beyond that are mistakes of typing.
      if (at.year >= 1970 && at.year < 2200) return at;
    } catch {
      // A RangeError quotes its input: say it in our own words below.
    }
  }
  const form =
    grain === "hour" ? "from and to are local dates YYYY-MM-DD or hours YYYY-MM-DDTHH" : "from and to are local dates YYYY-MM-DD";
  throw new VitrineError("metrics/period-invalid", { message: `${form}, of the years 1970 to 2199.` });
}

function formatLocal(at: Temporal.PlainDateTime, grain: QuestionGrain, given: string): string {
  return grain === "hour" && given.includes("T") ? hourText(at) : at.toPlainDate().toString();
}

const relative = /^last (\d{1,4}) (hour|day|week|month|year)s?$/;
const named = /^(today|yesterday|this week|this month|this year)$/;

/**
 * `today`, `yesterday`, `this week|month|year`, `last N hours|days|weeks|months|years`: the period that runs now is the last of the N.
 * Ends are moved out to borders of the grain. undefined: the grain's default. Throws `metrics/period-invalid`.
 */
export function relativeRange(options: {
  readonly text: string | undefined;
  readonly grain: QuestionGrain;
  readonly now: Temporal.ZonedDateTime;
}): LocalRange {
  const { grain, now } = options;
  const { unit, count, ended } = parseRelative((options.text ?? defaultRange[grain]).trim().toLowerCase().replaceAll(/\s+/g, " "));
  const current = startOf(now.toPlainDateTime(), unit);
  const to = ended ? current : current.add({ [`${unit}s`]: 1 });
  const from = to.subtract({ [`${unit}s`]: count });
  const outer = outward(from, to, grain);
  return unit === "hour" && grain === "hour"
    ? { from: hourText(outer.from), to: hourText(outer.to) }
    : { from: outer.from.toPlainDate().toString(), to: ceilDay(outer.to).toPlainDate().toString() };
}

type Unit = "hour" | "day" | "week" | "month" | "year";

function parseRelative(text: string): { readonly unit: Unit; readonly count: number; readonly ended: boolean } {
  const last = relative.exec(text);
  if (last) {
    const count = Number(last[1]);
    if (count > 0) return { unit: last[2] as Unit, count, ended: false }; // eslint-disable-line -- the pattern lists them
  }
  if (named.test(text)) {
    if (text === "yesterday") return { unit: "day", count: 1, ended: true };
    if (text === "today") return { unit: "day", count: 1, ended: false };
    return { unit: text.slice("this ".length) as Unit, count: 1, ended: false }; // eslint-disable-line -- the pattern lists them
  }
  throw new VitrineError("metrics/period-invalid", {
    message: "range is today, yesterday, this week, this month, this year, or last N hours, days, weeks, months, years.",
    place: "range",
  });
}

function startOf(at: Temporal.PlainDateTime, unit: Unit): Temporal.PlainDateTime {
  if (unit === "hour") return at.round({ smallestUnit: "hour", roundingMode: "floor" });
  const day = at.round({ smallestUnit: "day", roundingMode: "floor" });
  if (unit === "week") return day.subtract({ days: day.dayOfWeek - 1 });
  if (unit === "month") return day.with({ day: 1 });
  if (unit === "year") return day.with({ month: 1, day: 1 });
  return day;
}

/** Moves both ends out to borders of the grain. */
function outward(
  from: Temporal.PlainDateTime,
  to: Temporal.PlainDateTime,
  grain: QuestionGrain,
): { readonly from: Temporal.PlainDateTime; readonly to: Temporal.PlainDateTime } {
  const unit = grain === "all" ? "day" : grain;
  const start = startOf(to, unit);
  const end = start.equals(to) ? to : start.add({ [`${unit}s`]: 1 });
  return { from: startOf(from, unit), to: end };
}

function ceilDay(at: Temporal.PlainDateTime): Temporal.PlainDateTime {
  return at.round({ smallestUnit: "day", roundingMode: "ceil" });
}

function hourText(at: Temporal.PlainDateTime): string {
  return at.toString({ smallestUnit: "minute" }).slice(0, 13);
}

/** Buckets [from, to) of a grain that a range covers. The range lies on the grain's borders. */
export function bucketRange(range: LocalRange, grain: MetricGrain, zone: string): { readonly from: number; readonly to: number } {
  return { from: bucketAt(range.from, grain, zone), to: bucketAt(range.to, grain, zone) };
}

/** Whether a range of days begins and ends where weeks or months do: then their cells may be added up for it. */
export function alignsWith(range: LocalRange, grain: MetricGrain): boolean {
  if (grain === "hour") return true;
  return [range.from, range.to].every((text) => {
    if (text.includes("T")) return false;
    const date = Temporal.PlainDate.from(text);
    return grain === "day" || (grain === "week" ? date.dayOfWeek === 1 : date.day === 1);
  });
}

function bucketAt(text: string, grain: MetricGrain, zone: string): number {
  const local = Temporal.PlainDateTime.from(text.includes("T") ? `${text}:00` : text);
  if (grain === "hour") return minuteAt(local, zone);
  if (grain === "month") return (local.year - 1970) * 12 + (local.month - 1);
  return dayNumber(local);
}

/** Days since 1970-01-01 of a local date. */
function dayNumber(local: Temporal.PlainDateTime): number {
  return Math.round(Date.UTC(local.year, local.month - 1, local.day) / 86_400_000);
}

/** Minute (UTC, since 1970) at which a local time is; in a gap the moment after it, of two the earlier. */
export function minuteAt(local: Temporal.PlainDateTime, zone: string): number {
  return Math.floor(local.toZonedDateTime(zone).epochMilliseconds / 60_000);
}

/** Local text of a minute: a date, or with its hour `YYYY-MM-DDTHH`. */
export function localText(minute: number, zone: string, withHour: boolean): string {
  const local = Temporal.Instant.fromEpochMilliseconds(minute * 60_000)
    .toZonedDateTimeISO(zone)
    .toPlainDateTime();
  return withHour ? hourText(local) : local.toPlainDate().toString();
}

/** Minutes (UTC, since 1970) [from, to) that a range covers. */
export function minuteRange(range: LocalRange, zone: string): { readonly from: number; readonly to: number } {
  return bucketRange(range, "hour", zone);
}

/** How many periods of a grain a range has; 1 for `all`. */
export function periodCount(range: LocalRange, grain: QuestionGrain, zone: string): number {
  if (grain === "all") return 1;
  const { from, to } = bucketRange(range, grain, zone);
  return grain === "hour" ? Math.ceil((to - from) / 60) : grain === "week" ? Math.ceil((to - from) / 7) : to - from;
}

/** Local texts of the periods of a range, as cells have them; of `all` none. An hour that the zone shows twice is named once, without its offset. */
export function localPeriods(range: LocalRange, grain: QuestionGrain): readonly string[] {
  if (grain === "all") return [];
  const end = atLocal(range.to);
  const periods: string[] = [];
  for (let at = atLocal(range.from); Temporal.PlainDateTime.compare(at, end) < 0; at = at.add({ [`${grain}s`]: 1 })) {
    periods.push(
      grain === "hour"
        ? hourText(at)
        : at
            .toPlainDate()
            .toString()
            .slice(0, grain === "month" ? 7 : 10),
    );
  }
  return periods;
}

function atLocal(text: string): Temporal.PlainDateTime {
  return Temporal.PlainDateTime.from(text.includes("T") ? `${text}:00` : text);
}

/** Local text of the last period of a grain that has begun, and of the first that has not. */
export function runningPeriod(grain: QuestionGrain, now: Temporal.ZonedDateTime): LocalRange {
  const unit = grain === "all" ? "day" : grain;
  const from = startOf(now.toPlainDateTime(), unit);
  const to = from.add({ [`${unit}s`]: 1 });
  const text = (at: Temporal.PlainDateTime): string => (unit === "hour" ? hourText(at) : at.toPlainDate().toString());
  return { from: text(from), to: text(to) };
}

/** One stretch of the zone with one offset; `repeats`: minutes of local time that this stretch's beginning shows a second time. */
interface Stretch {
  readonly fromMinute: number;
  readonly offsetMinutes: number;
  readonly repeats: number;
}

/**
 * Gives local texts to hour buckets without asking Temporal for each. An hour that the zone shows twice carries its offset
 * (`2026-11-01T01-07:00`), so that no two buckets have one text.
 */
export function hourLabels(range: { readonly from: number; readonly to: number }, zone: string): (bucket: number) => string {
  const stretches = stretchesOf(range, zone);
  return (bucket) => {
    let index = stretches.length - 1;
    while (index > 0 && (stretches[index]?.fromMinute ?? 0) > bucket) index--;
    const stretch = stretches[index];
    if (stretch === undefined) return "";
    const text = new Date((bucket + stretch.offsetMinutes) * 60_000).toISOString().slice(0, 13);
    const next = stretches[index + 1];
    const shownAgain = bucket < stretch.fromMinute + stretch.repeats || (next !== undefined && bucket >= next.fromMinute - next.repeats);
    return shownAgain ? text + offsetText(stretch.offsetMinutes) : text;
  };
}

function stretchesOf(range: { readonly from: number; readonly to: number }, zone: string): readonly Stretch[] {
  // A day more on both sides: a change just outside repeats hours inside.
  const begin = Temporal.Instant.fromEpochMilliseconds((range.from - 1440) * 60_000).toZonedDateTimeISO(zone);
  const end = range.to + 1440;
  const stretches: Stretch[] = [{ fromMinute: range.from - 1440, offsetMinutes: begin.offsetNanoseconds / 6e10, repeats: 0 }];
  let next = begin.getTimeZoneTransition("next");
  while (next !== null && next.epochMilliseconds / 60_000 < end) {
    const offsetMinutes = next.offsetNanoseconds / 6e10;
    const before = stretches.at(-1)?.offsetMinutes ?? offsetMinutes;
    stretches.push({ fromMinute: next.epochMilliseconds / 60_000, offsetMinutes, repeats: Math.max(0, before - offsetMinutes) });
    next = next.getTimeZoneTransition("next");
  }
  return stretches;
}

function offsetText(minutes: number): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${String(Math.floor(size / 60)).padStart(2, "0")}:${String(size % 60).padStart(2, "0")}`;
}

/** Local text of a bucket: `2026-11-22` (day; week: its Monday), `2026-11` (month). Hours: hourLabels. */
export function bucketLabel(bucket: number, grain: Exclude<MetricGrain, "hour">): string {
  if (grain === "month") return `${String(1970 + Math.floor(bucket / 12)).padStart(4, "0")}-${String((bucket % 12) + 1).padStart(2, "0")}`;
  return new Date(bucket * 86_400_000).toISOString().slice(0, 10);
}
