/** Rows of a checked question from entities and sets in memory: all of one position, and at once, so that none of them moves meanwhile. */
import { assert, must } from "../lib/assert.ts";
import type { Calendar } from "../mirror/calendar.ts";
import { calendarOf } from "../mirror/calendar.ts";
import type { MirrorStatus, SqlRow } from "../mirror/mirror.ts";
import type { DaySetReading, MemoryReading } from "../mirror/reading.ts";
import { VitrineError } from "../model/error.ts";
import type { Question } from "./answer.ts";
import type { CompiledMetric, CompiledMetrics } from "./compile.ts";
import type { MemoryPlan } from "./memory-specs.ts";
import { bucketRange } from "./period.ts";
import type { CodedFilter } from "./plan-answer.ts";
import { byIndices } from "./plan-answer.ts";
import { answerCellsMax, dayName, tooManyCells } from "./question.ts";
import { beforeHistory } from "./read-cells.ts";
import { bitCount } from "../mirror/bits.ts";
import { distinctCounter } from "./units/distinct.ts";
import { leavesFew } from "./units/rest.ts";
import { countRetention } from "./units/retention.ts";
import { countShare } from "./units/share.ts";
import type { Split } from "./units/split.ts";

/** So many entities may be looked at for one answer; nothing else is answered meanwhile. */
const visitsMax = 100_000_000;

export interface MemoryQuestion {
  readonly compiled: CompiledMetrics;
  readonly metric: CompiledMetric;
  /** Of a retention, `day` in by and where is looked at here. */
  readonly question: Question;
  readonly filters: readonly CodedFilter[];
  /** Microseconds since 1970: no later day is over. */
  readonly now: number;
  /** For viewers: of different entities, `any_k` is false where a day or a week less than the period would leave fewer than k units. */
  readonly isGuarded?: boolean;
}

/**
 * Rows as those of a statement of plan-answer.ts: bucket, d0 …, n, any_k, for shares and retentions hit, hit_k, none_k, for retentions
 * `day`. Throws `metrics/too-many-cells`, `metrics/too-slow`, `metrics/before-history`.
 */
export function memoryRows(reading: MemoryReading, asked: MemoryQuestion): readonly SqlRow[] {
  const plan = must(asked.metric.memory, "plan of a metric in memory");
  if (asked.filters.some(({ codes }) => codes.length === 0)) return [];
  if (plan.tag === "distinct") return distinctRows(reading, asked, plan);
  const rows = plan.tag === "share" ? shareRows(reading, asked, plan) : retentionRows(reading, asked, plan);
  if (rows.length > answerCellsMax) throw tooManyCells();
  return rows;
}

/** `by` without what is no dimension. */
export function dimensionsAsked(question: Question): Question {
  return question.by.includes(dayName) ? { ...question, by: question.by.filter((name) => name !== dayName) } : question;
}

function splitOf(reading: MemoryReading, { compiled, metric, question, filters }: MemoryQuestion, entity: string): Split {
  const held = reading.entity(entity);
  const dimension = (index: number) => held.dimension(must(metric.spec.dimensions[index], "dimension").path);
  return {
    dimensions: byIndices(metric, dimensionsAsked(question)).map(dimension),
    filters: filters.map((filter) => ({ of: dimension(filter.dimension), codes: new Set(filter.codes) })),
    count: held.count,
    unit: held.follow(metric.spec.unitPath),
    k: compiled.k,
    groupsMax: 4 * answerCellsMax,
  };
}

function keysOf(codes: readonly number[]): SqlRow {
  return Object.fromEntries(codes.map((code, i) => [`d${i}`, code]));
}

function distinctRows(reading: MemoryReading, asked: MemoryQuestion, plan: Extract<MemoryPlan, { tag: "distinct" }>): readonly SqlRow[] {
  const { compiled, question } = asked;
  const set = reading.daySet(plan.set);
  const split = splitOf(reading, asked, plan.entity);
  const { span } = set;
  if (span === undefined) return [];
  const calendar = calendarOf(compiled.zone);
  const range = bucketRange(question, "day", compiled.zone);
  if (range.to <= span.from) throw beforeHistory(calendar.startOf("day", span.from), compiled.zone, question);
  const counted = distinctCounter(split);
  const walks = split.dimensions.length + split.filters.length > 0;
  let visits = 0;
  const rows: SqlRow[] = [];
  for (const { bucket, from, to } of periodsOf(
    question.grain,
    { from: Math.max(range.from, span.from), to: Math.min(range.to, span.to + 1) },
    calendar,
  )) {
    const words = set.union(from, to);
    if (walks) visits += bitCount(words);
    if (visits > visitsMax) throw tooMuch();
    const isSafe = asked.isGuarded !== true || !leavesFewBeside({ set, split, calendar, words, from, to });
    for (const { codes, count, atLeastK } of counted(words)) rows.push({ bucket, ...keysOf(codes), n: count, any_k: atLeastK && isSafe });
    if (rows.length > answerCellsMax) throw tooManyCells();
  }
  return rows;
}

/** Whether all of a period but one day of it, or one week, are entities of fewer than k units: the days and weeks are told, too. */
function leavesFewBeside(options: {
  readonly set: DaySetReading;
  readonly split: Split;
  readonly calendar: Calendar;
  readonly words: Uint32Array;
  readonly from: number;
  readonly to: number;
}): boolean {
  const { set, split, calendar, words, from, to } = options;
  for (let day = from; day < to; day += 1) {
    const week = daysOf("week", bucketOfDay("week", day, calendar), calendar);
    const isWeek = week.from === day && week.to <= to && week.to - week.from < to - from;
    for (const end of isWeek ? [day + 1, week.to] : [day + 1]) {
      if (leavesFew(words, set.union(day, end), split)) return true;
    }
  }
  return false;
}

function tooMuch(): VitrineError {
  return new VitrineError("metrics/too-slow", {
    message: `Splitting these periods would look at more than ${visitsMax / 1_000_000} million entities.`,
    remedy: "Ask for fewer periods, a coarser grain, or no dimensions.",
  });
}

/** Periods of a grain that touch the days [from, to), each whole; `all` is the days as they are. */
function periodsOf(
  grain: Question["grain"],
  range: { readonly from: number; readonly to: number },
  calendar: Calendar,
): readonly { readonly bucket: number; readonly from: number; readonly to: number }[] {
  assert(grain !== "hour", "sets of days have no hours");
  if (range.from >= range.to) return [];
  if (grain === "all") return [{ bucket: 0, ...range }];
  const periods = new Map<number, { readonly bucket: number; from: number; to: number }>();
  for (let day = range.from; day < range.to; day++) {
    const bucket = bucketOfDay(grain, day, calendar);
    if (!periods.has(bucket)) periods.set(bucket, { bucket, ...daysOf(grain, bucket, calendar) });
  }
  return [...periods.values()];
}

function bucketOfDay(grain: Question["grain"], day: number, calendar: Calendar): number {
  return grain === "day" ? day : calendar.bucketOf(grain, calendar.startOf("day", day));
}

/** Local days [from, to) of a period. */
function daysOf(grain: "day" | "week" | "month", bucket: number, calendar: Calendar): { readonly from: number; readonly to: number } {
  if (grain === "day") return { from: bucket, to: bucket + 1 };
  if (grain === "week") return { from: bucket, to: bucket + 7 };
  return {
    from: calendar.bucketOf("day", calendar.startOf("month", bucket)),
    to: calendar.bucketOf("day", calendar.startOf("month", bucket + 1)),
  };
}

/** Local days [from, to) of the period of a day; of one number for all, the day itself. */
function periodOf(grain: Question["grain"], day: number, calendar: Calendar): { readonly from: number; readonly to: number } {
  if (grain === "all" || grain === "day" || grain === "hour") return { from: day, to: day + 1 };
  return daysOf(grain, bucketOfDay(grain, day, calendar), calendar);
}

function shareRows(reading: MemoryReading, asked: MemoryQuestion, plan: Extract<MemoryPlan, { tag: "share" }>): readonly SqlRow[] {
  const population = reading.entity(plan.entity);
  const cells = countShare(population.present, reading.memberSet(plan.set).words(), splitOf(reading, asked, plan.entity));
  return cells.map(({ codes, count, hits, ...verdicts }) => ({
    bucket: 0,
    ...keysOf(codes),
    n: count,
    hit: hits,
    ...verdictsOf(verdicts),
  }));
}

function verdictsOf(cell: { readonly atLeastK: boolean; readonly hitsAtLeastK: boolean; readonly missesAtLeastK: boolean }): SqlRow {
  return { any_k: cell.atLeastK, hit_k: cell.hitsAtLeastK, none_k: cell.missesAtLeastK };
}

function retentionRows(reading: MemoryReading, asked: MemoryQuestion, plan: Extract<MemoryPlan, { tag: "retention" }>): readonly SqlRow[] {
  const { compiled, question } = asked;
  const { grain } = question;
  const calendar = calendarOf(compiled.zone);
  const entity = reading.entity(plan.entity);
  const set = reading.daySet(plan.set);
  const wanted = question.where[dayName];
  const cells = countRetention(
    { present: entity.present, minutes: entity.minutes(plan.at) },
    {
      ...bucketRange(question, "day", compiled.zone),
      startOf: (day) => calendar.startOf("day", day),
      dayOf: (minute) => calendar.bucketOf("day", minute),
      bucketOf: (day) => (grain === "all" ? 0 : bucketOfDay(grain, day, calendar)),
      firstOf: (day) => periodOf(grain, day, calendar).from,
      lastOf: (day) => periodOf(grain, day, calendar).to - 1,
      since: set.span?.from ?? Infinity,
      today: calendar.bucketOf("day", knownUntil(reading.status, asked.now)),
      days: plan.days.filter((day) => wanted?.includes(String(day)) ?? true),
    },
    (day) => set.union(day, day + 1),
    splitOf(reading, asked, plan.entity),
  );
  return cells.map(({ bucket, day, codes, count, hits, ...verdicts }) => ({
    bucket,
    ...keysOf(codes),
    [dayName]: day,
    n: count,
    hit: hits,
    ...verdictsOf(verdicts),
  }));
}

/** Minute up to which the copy is known to be whole: a stale one does not know what the days since have brought. */
function knownUntil(status: MirrorStatus, now: number): number {
  return Math.floor(Math.min(now, status.proven?.at ?? now) / 60_000_000);
}
