/**
 * Questions: from untrusted input to the one canonical form. The grammar is closed: metric × dimensions × IN filters × grain ×
 * whole periods; no negation, no free range. Errors say what can be asked and never repeat what was sent.
 */
import { z } from "zod";
import { nearestWord } from "../lib/nearest.ts";
import { VitrineError } from "../model/error.ts";
import type { ErrorCode } from "../model/error-codes.ts";
import type { Question } from "./answer.ts";
import type { CompiledDimension, CompiledMetric, CompiledMetrics } from "./compile.ts";
import { comparedRange, parseCompare } from "./compared.ts";
import type { LocalRange, QuestionGrain } from "./period.ts";
import { checkRange, periodCount, relativeRange, runningPeriod } from "./period.ts";

/** No answer has more cells; a question that would is refused, not cut. */
export const answerCellsMax = 10_000;
/** In by and where together. */
const dimensionsMax = 3;
const topMax = 1_000;
const filterValuesMax = 200;
const textLengthMax = 200;

/** Texts of values that every dimension may show beside its own. NULL cannot be named in a filter. */
export const reservedTexts = { unknown: "unknown", other: "other" } as const;

const name = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/);
const text = z
  .string()
  .max(textLengthMax)
  .regex(/^\P{Cc}*$/u);

const inputSchema = z.strictObject({
  metric: name,
  grain: text.optional(),
  from: text.optional(),
  to: text.optional(),
  /** Instead of from and to: `last 30 days`, `today`. */
  range: text.optional(),
  by: z.array(name).max(16).optional(),
  where: z.record(name, z.array(text).min(1).max(filterValuesMax)).optional(),
  limit: z.union([z.number(), z.string().regex(/^\d{1,5}$/)]).optional(),
  top: z.union([z.number(), z.string().regex(/^\d{1,5}$/)]).optional(),
  /** `previous`, or `<n> <unit>s before`. */
  compare: text.optional(),
});

/** What a surface hands over; `parseQuestion` takes `unknown`, since the type says nothing of what came in. */
export type QuestionInput = z.input<typeof inputSchema>;

/**
 * Checks a question and gives its canonical form: `by` sorted by declaration, filters sorted and without repetition, a filter that
 * names all declared values dropped. Throws VitrineError with a code `metrics/…`. Dictionaries are looked at later
 * (`canonicalFilter` again, with what the mirror holds).
 */
export function parseQuestion(compiled: CompiledMetrics, input: unknown, now: Temporal.Instant): Question {
  const asked = parseInput(input);
  const metric = findMetric(compiled, asked.metric);
  const grain = parseGrain(metric, asked.grain);
  const zoned = now.toZonedDateTimeISO(compiled.zone);
  const range = metric.kind === "share" ? stateNow(metric, asked, zoned) : parseRange({ asked, grain, now: zoned });
  const by = parseBy(metric, asked.by ?? []);
  const where = parseWhere(metric, asked.where ?? {});
  checkDimensions(metric, by, where);
  const top = parseNumber("top", asked.top, topMax);
  const limit = parseNumber("limit", asked.limit, answerCellsMax);
  if (top !== undefined) checkTop(metric, by, limit);
  // With a comparison each period is put beside its own, so there must not be more of them than cells.
  const isBounded = limit !== undefined && asked.compare === undefined;
  if (!isBounded && periodCount(range, grain, compiled.zone) > answerCellsMax) throw tooManyCells();
  const compare = asked.compare === undefined ? undefined : compareOf(metric, asked.compare, { ...range, grain });
  return {
    metric: metric.name,
    grain,
    ...range,
    by,
    where,
    ...(limit === undefined ? {} : { limit }),
    ...(top === undefined ? {} : { top }),
    ...(compare === undefined ? {} : { compare }),
  };
}

/** Name of the pseudo-dimension of a retention: after how many days. */
export const dayName = "day";

/** In the order of the declaration; what a share or a retention always has is added. */
function parseBy(metric: CompiledMetric, asked: readonly string[]): readonly string[] {
  const isRetention = metric.memory?.tag === "retention";
  for (const asking of asked) if (!(isRetention && asking === dayName)) findDimension(metric, asking, "by");
  const by = metric.dimensions.map(({ name: one }) => one).filter((one) => asked.includes(one) || one === metric.shareOf);
  return isRetention ? [...by, dayName] : by;
}

function checkDimensions(metric: CompiledMetric, by: readonly string[], where: Question["where"]): void {
  const used = new Set([...by, ...Object.keys(where)]);
  if (metric.memory?.tag === "retention") used.delete(dayName);
  if (used.size <= dimensionsMax) return;
  throw new VitrineError("metrics/too-many-dimensions", {
    message: `A question has at most ${dimensionsMax} dimensions, in by and where together; this one has ${used.size}: ${[...used].join(", ")}.`,
    place: by.length > dimensionsMax ? "by" : "where",
  });
}

function checkTop(metric: CompiledMetric, by: readonly string[], limit: number | undefined): void {
  const bad = (message: string): VitrineError => new VitrineError("metrics/bad-question", { message, place: "top" });
  if (metric.memory?.tag === "retention")
    throw bad("A retention has a value for each day, so there is no order for `top`. Filter with where.");
  if (limit !== undefined) throw bad("Give top (the largest values) or limit (the first cells), not both.");
  const names = metric.dimensions.map((dimension) => dimension.name);
  if (by.length === 0) throw bad(`top needs by: the dimension whose largest values are wanted. There is: ${names.join(", ")}.`);
}

function compareOf(metric: CompiledMetric, wanted: string, question: LocalRange & { readonly grain: QuestionGrain }): string {
  if (metric.kind === "share") {
    const message = `${metric.name} is the state now, of which no earlier one is kept: leave compare out.`;
    throw new VitrineError("metrics/compare-invalid", { message, place: "compare" });
  }
  const compare = parseCompare(wanted, question.grain);
  comparedRange(question, compare);
  return compare;
}

export function tooManyCells(): VitrineError {
  return new VitrineError("metrics/too-many-cells", { message: `The answer would have more than ${answerCellsMax} cells.` });
}

function parseInput(input: unknown): z.output<typeof inputSchema> {
  const parsed = inputSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  // zod's messages quote the input; the first part of the path is one of our own words, anything else is left out.
  const place = parsed.error.issues.map((issue) => String(issue.path[0])).find((part) => Object.hasOwn(inputSchema.shape, part));
  throw new VitrineError("metrics/bad-question", {
    message: "A question has metric, grain, from and to (or range), by, where, compare, top and limit; one part is not known or malformed.",
    ...(place === undefined ? {} : { place }),
  });
}

/** Throws `metrics/unknown-metric` without repeating the name, so that surfaces cannot be made to show foreign text. */
export function findMetric(compiled: CompiledMetrics, wanted: string): CompiledMetric {
  const found = compiled.metrics.find((metric) => metric.name === wanted);
  if (found !== undefined) return found;
  throw refusal(
    "metrics/unknown-metric",
    "metric",
    "There is no such metric",
    wanted,
    compiled.metrics.map((metric) => metric.name),
  );
}

function findDimension(metric: CompiledMetric, wanted: string, place: string): CompiledDimension {
  const found = metric.dimensions.find((dimension) => dimension.name === wanted);
  if (found !== undefined) return found;
  throw refusal(
    "metrics/unknown-dimension",
    place,
    `${metric.name} has no such dimension`,
    wanted,
    metric.dimensions.map((dimension) => dimension.name),
  );
}

/** The grains that a question may ask, finest first; `all` is one number. */
export function grainsOf(metric: Pick<CompiledMetric, "grains">): readonly QuestionGrain[] {
  return [...metric.grains, "all"];
}

/** A share has no periods: its range is the local day that runs. */
function stateNow(metric: CompiledMetric, asked: z.output<typeof inputSchema>, now: Temporal.ZonedDateTime): LocalRange {
  const today = relativeRange({ text: "today", grain: "all", now });
  const isToday =
    asked.range === undefined &&
    (asked.from === undefined || asked.from === today.from) &&
    (asked.to === undefined || asked.to === today.to);
  if (isToday) return today;
  throw new VitrineError("metrics/period-invalid", {
    message: `${metric.name} is the state now and has no periods: leave from, to and range out.`,
    place: asked.range === undefined ? "from" : "range",
  });
}

function parseGrain(metric: CompiledMetric, wanted: string | undefined): QuestionGrain {
  const grains: readonly QuestionGrain[] = grainsOf(metric);
  if (wanted === undefined) return metric.grains.includes("day") ? "day" : (metric.grains[0] ?? "all");
  const found = grains.find((grain) => grain === wanted);
  if (found !== undefined) return found;
  throw refusal("metrics/unknown-grain", "grain", `${metric.name} is not kept at that grain`, wanted, grains);
}

function parseRange(options: {
  readonly asked: z.output<typeof inputSchema>;
  readonly grain: QuestionGrain;
  readonly now: Temporal.ZonedDateTime;
}): LocalRange {
  const { grain, now } = options;
  const range = rangeOf(options);
  const running = runningPeriod(grain, now);
  if (Temporal.PlainDateTime.compare(localStart(range.from), localStart(running.from)) <= 0) return range;
  throw new VitrineError("metrics/period-invalid", {
    message: `The range begins in the future. The last ${grain === "all" ? "day" : grain} that has begun begins at ${running.from}.`,
    place: "from",
  });
}

function localStart(from: string): Temporal.PlainDateTime {
  return Temporal.PlainDateTime.from(from.includes("T") ? `${from}:00` : from);
}

function rangeOf(options: {
  readonly asked: z.output<typeof inputSchema>;
  readonly grain: QuestionGrain;
  readonly now: Temporal.ZonedDateTime;
}): LocalRange {
  const { asked, grain, now } = options;
  if (asked.from === undefined && asked.to === undefined) {
    return checkRange(relativeRange({ text: asked.range, grain, now }), grain);
  }
  if (asked.range !== undefined) {
    throw new VitrineError("metrics/period-invalid", { message: "Give from and to, or range, not both.", place: "range" });
  }
  if (asked.from === undefined) throw new VitrineError("metrics/period-invalid", { message: "`to` needs `from`.", place: "from" });
  // Without an end: up to and with the period that runs now.
  const to = asked.to ?? relativeRange({ text: grain === "all" ? "today" : `last 1 ${grain}s`, grain, now }).to;
  return checkRange({ from: asked.from, to }, grain);
}

function parseWhere(metric: CompiledMetric, asked: Readonly<Record<string, readonly string[]>>): Question["where"] {
  const where: [string, readonly string[]][] = [];
  for (const dimension of metric.dimensions) {
    const values = Object.hasOwn(asked, dimension.name) ? asked[dimension.name] : undefined;
    if (values === undefined) continue;
    if (dimension.values !== undefined) checkValues(dimension, dimension.values, values);
    where.push([dimension.name, canonicalFilter(dimension, values, dimension.values)]);
  }
  const days = metric.memory?.tag === "retention" ? metric.memory.days.map(String) : undefined;
  for (const asking of Object.keys(asked)) if (days === undefined || asking !== dayName) findDimension(metric, asking, "where");
  const wanted = Object.hasOwn(asked, dayName) ? asked[dayName] : undefined;
  if (days === undefined || wanted === undefined) return Object.fromEntries(where);
  const wrong = wanted.find((value) => !days.includes(value));
  if (wrong !== undefined)
    throw refusal("metrics/unknown-value", `where.${dayName}`, "The metric does not look at one of these days", wrong, days);
  return Object.fromEntries([...where, [dayName, days.filter((day) => wanted.includes(day))]]);
}

function checkValues(dimension: CompiledDimension, domain: readonly string[], values: readonly string[]): void {
  const reserved: readonly string[] = Object.values(reservedTexts);
  const wrong = values.find((value) => !domain.includes(value) && !reserved.includes(value));
  if (wrong === undefined) return;
  throw refusal("metrics/unknown-value", `where.${dimension.name}`, `${dimension.name} cannot have one of these values`, wrong, [
    ...domain,
    ...reserved,
  ]);
}

/**
 * One filter in canonical form: sorted, without repetition. Every value of the domain is still a filter: rows may have none, another, or
 * one that is not known. All but one of three or more is a disguised negation: throws `metrics/disguised-negation`.
 */
export function canonicalFilter(
  dimension: Pick<CompiledDimension, "name">,
  values: readonly string[],
  domain: readonly string[] | undefined,
): readonly string[] {
  const sorted = [...new Set(values)].toSorted();
  if (domain === undefined || domain.length === 0) return sorted;
  const named = domain.filter((value) => sorted.includes(value)).length;
  if (domain.length >= 3 && named === domain.length - 1) {
    throw new VitrineError("metrics/disguised-negation", {
      message: `The filter names all values of ${dimension.name} but one.`,
      place: `where.${dimension.name}`,
    });
  }
  return sorted;
}

function parseNumber(word: "limit" | "top", given: number | string | undefined, most: number): number | undefined {
  if (given === undefined) return undefined;
  const count = Number(given);
  if (Number.isInteger(count) && count >= 1 && count <= most) return count;
  throw new VitrineError("metrics/bad-question", { message: `${word} is a whole number from 1 to ${most}.`, place: word });
}

/** `wanted` is compared and never shown. */
function refusal(code: ErrorCode, place: string, message: string, wanted: string, known: readonly string[]): VitrineError {
  const near = nearestWord(wanted, known);
  const meant = near === undefined ? "" : ` Did you mean ${near}?`;
  const shown = known.slice(0, 40).join(", ");
  const rest = known.length > 40 ? ` and ${known.length - 40} more` : "";
  return new VitrineError(code, { message: `${message}.${meant} There is: ${shown}${rest}.`, place });
}
