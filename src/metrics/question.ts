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
import type { QuestionGrain } from "./period.ts";
import { checkRange, periodCount, relativeRange } from "./period.ts";

/** No answer has more cells; a question that would is refused, not cut. */
export const answerCellsMax = 10_000;
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
  const range = parseRange({ asked, grain, now: now.toZonedDateTimeISO(compiled.zone) });
  const by = metric.dimensions.filter((dimension) => asked.by?.includes(dimension.name) ?? false).map((dimension) => dimension.name);
  for (const asking of asked.by ?? []) findDimension(metric, asking, "by");
  const where = parseWhere(metric, asked.where ?? {});
  if (periodCount(range, grain, compiled.zone) > answerCellsMax && asked.limit === undefined) {
    throw tooManyCells();
  }
  const limit = parseLimit(asked.limit);
  return { metric: metric.name, grain, ...range, by, where, ...(limit === undefined ? {} : { limit }) };
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
    message: "A question has metric, grain, from and to (or range), by, where and limit; one part is not known or malformed.",
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

function parseGrain(metric: CompiledMetric, wanted: string | undefined): QuestionGrain {
  const grains: readonly QuestionGrain[] = [...metric.grains, "all"];
  if (wanted === undefined) return metric.grains.includes("day") ? "day" : (metric.grains[0] ?? "all");
  const found = grains.find((grain) => grain === wanted);
  if (found !== undefined) return found;
  throw refusal("metrics/unknown-grain", "grain", `${metric.name} is not kept at that grain`, wanted, grains);
}

function parseRange(options: {
  readonly asked: z.output<typeof inputSchema>;
  readonly grain: QuestionGrain;
  readonly now: Temporal.ZonedDateTime;
}) {
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
    const filter = canonicalFilter(dimension, values, dimension.values);
    if (filter !== undefined) where.push([dimension.name, filter]);
  }
  for (const asking of Object.keys(asked)) findDimension(metric, asking, "where");
  return Object.fromEntries(where);
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
 * One filter in canonical form: sorted, without repetition; undefined when it names every value of the domain (asking for all is
 * asking without a filter). All but one of three or more is a disguised negation: throws `metrics/disguised-negation`.
 */
export function canonicalFilter(
  dimension: Pick<CompiledDimension, "name">,
  values: readonly string[],
  domain: readonly string[] | undefined,
): readonly string[] | undefined {
  const sorted = [...new Set(values)].toSorted();
  if (domain === undefined || domain.length === 0) return sorted;
  const named = domain.filter((value) => sorted.includes(value)).length;
  if (named === domain.length) return undefined;
  if (domain.length >= 3 && named === domain.length - 1) {
    throw new VitrineError("metrics/disguised-negation", {
      message: `The filter names all values of ${dimension.name} but one.`,
      place: `where.${dimension.name}`,
    });
  }
  return sorted;
}

function parseLimit(limit: number | string | undefined): number | undefined {
  if (limit === undefined) return undefined;
  const count = Number(limit);
  if (Number.isInteger(count) && count >= 1 && count <= answerCellsMax) return count;
  throw new VitrineError("metrics/bad-question", { message: `limit is a whole number from 1 to ${answerCellsMax}.`, place: "limit" });
}

/** `wanted` is compared and never shown. */
function refusal(code: ErrorCode, place: string, message: string, wanted: string, known: readonly string[]): VitrineError {
  const near = nearestWord(wanted, known);
  const meant = near === undefined ? "" : ` Did you mean ${near}?`;
  const shown = known.slice(0, 40).join(", ");
  const rest = known.length > 40 ? ` and ${known.length - 40} more` : "";
  return new VitrineError(code, { message: `${message}.${meant} There is: ${shown}${rest}.`, place });
}
