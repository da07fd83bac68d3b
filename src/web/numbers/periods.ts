/**
 * Periods as the answers write them (`2026-11-22T14`, `2026-11-22`, `2026-11`), as calendar arithmetic on their texts. The server alone knows
 * the zone's rules; here a local text is a name with an order, held as if it were UTC.
 */
export type Grain = "hour" | "day" | "week" | "month";

const grainWords: readonly Grain[] = ["hour", "day", "week", "month"];

/** undefined: it is no length of a period (`all`). */
export function grainNamed(word: string | undefined): Grain | undefined {
  return grainWords.find((one) => one === word);
}

/** From (included) to (not included), as local texts of a question. */
export interface Range {
  readonly from: string;
  readonly to: string;
}

const dayMs = 86_400_000;

/** Milliseconds that order a local text. An hour that the zone shows twice carries its offset: the second lies half an hour after the first. */
export function timeOf(text: string): number {
  const [, year, month, day, hour] = /^(\d{4})-(\d{2})(?:-(\d{2}))?(?:T(\d{2}))?/.exec(text) ?? [];
  return Date.UTC(Number(year), Number(month) - 1, Number(day ?? 1), Number(hour ?? 0));
}

/** The label of the period of a grain in which a time lies. */
export function labelOf(time: number, grain: Grain): string {
  const date = new Date(time);
  if (grain === "hour") return date.toISOString().slice(0, 13);
  if (grain === "month") return date.toISOString().slice(0, 7);
  if (grain === "day") return date.toISOString().slice(0, 10);
  const monday = time - ((date.getUTCDay() + 6) % 7) * dayMs;
  return new Date(monday).toISOString().slice(0, 10);
}

/** `count` periods later, from the beginning of the period. */
export function later(time: number, grain: Grain, count: number): number {
  if (grain === "hour") return time + count * 3_600_000;
  if (grain === "day") return time + count * dayMs;
  if (grain === "week") return time + count * 7 * dayMs;
  const date = new Date(time);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + count, 1);
}

/** Every period of a range that has begun by `now` (a local text), in order; never more than `max`. */
export function periodsOf(range: Range, grain: Grain, now: string, max = 10_000): readonly string[] {
  const end = Math.min(timeOf(range.to), timeOf(now) + 1);
  const out: string[] = [];
  let at = timeOf(labelOf(timeOf(range.from), grain));
  while (at < end && out.length < max) {
    out.push(labelOf(at, grain));
    at = later(at, grain, 1);
  }
  return out;
}

/** Whether a period is not over yet at `now`. */
export function isRunning(label: string, grain: Grain, now: string): boolean {
  return later(timeOf(label), grain, 1) > timeOf(now);
}

/** As `compare` of a question: whole months are compared with as many whole months, other ranges with as many days. */
export function compareOf({ from, to }: Range): string {
  const isMonths = [from, to].every((text) => text.length === 10 && text.endsWith("-01"));
  const monthOf = (text: string): number => Number(text.slice(0, 4)) * 12 + Number(text.slice(5, 7));
  return isMonths ? `${monthOf(to) - monthOf(from)} months before` : "previous";
}

/** The last `count` periods that are over. */
export function wholePeriods(grain: Grain, count: number, now: string): Range {
  const current = timeOf(labelOf(timeOf(now), grain));
  const write = (time: number): string => labelOf(time, grain === "hour" ? "hour" : "day");
  return { from: write(later(current, grain, -count)), to: write(current) };
}

/** The same, with the period that runs. */
export function withRunning(range: Range, grain: Grain): Range {
  return { from: range.from, to: labelOf(later(timeOf(range.to), grain, 1), grain === "hour" ? "hour" : "day") };
}

/** The wall clock of a zone as `YYYY-MM-DDTHH`. */
export function nowIn(zone: string, epochMs: number): string {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    hourCycle: "h23",
  }).formatToParts(epochMs);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? "00";
  return `${part("year")}-${part("month")}-${part("day")}T${part("hour")}`;
}

const day = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", weekday: "short", day: "numeric", month: "short", year: "numeric" });
const shortDay = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", day: "numeric", month: "short" });
const plainDay = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", day: "numeric", month: "short", year: "numeric" });
const month = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", month: "long", year: "numeric" });
const shortMonth = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", month: "short", year: "2-digit" });

/** A period as people say it: `Sun, 22 Nov 2026`, `week of 16 Nov 2026`, `November 2026`, `22 Nov 2026, 14:00`. */
export function sayPeriod(label: string, grain: Grain): string {
  const time = timeOf(label);
  if (grain === "hour") return `${plainDay.format(time)}, ${label.slice(11, 13)}:00${label.slice(13)}`;
  if (grain === "week") return `week of ${plainDay.format(time)}`;
  return grain === "month" ? month.format(time) : day.format(time);
}

/** As short as an axis needs it. */
export function shortPeriod(label: string, grain: Grain): string {
  const time = timeOf(label);
  if (grain === "hour") return label.slice(11, 13) === "00" ? shortDay.format(time) : `${label.slice(11, 13)}:00`;
  return grain === "month" ? shortMonth.format(time) : shortDay.format(time);
}

/** `23 Oct to 21 Nov 2026`: the last day is named, not the one after it. */
export function sayRange({ from, to }: Range): string {
  if (from.includes("T") || to.includes("T")) return `${sayPeriod(hourText(from), "hour")} to ${sayPeriod(hourText(to), "hour")}`;
  const last = timeOf(to) - dayMs;
  return last <= timeOf(from) ? plainDay.format(timeOf(from)) : `${plainDay.format(timeOf(from))} to ${plainDay.format(last)}`;
}

function hourText(text: string): string {
  return text.includes("T") ? text.slice(0, 13) : `${text}T00`;
}
