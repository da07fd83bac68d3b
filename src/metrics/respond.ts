/** Answers questions from a mirror: reads cells on one consistent view and puts them into the envelope. */
import { must } from "../lib/assert.ts";
import { nearestWord } from "../lib/nearest.ts";
import { VitrineError } from "../model/error.ts";
import type { Mirror, MirrorStatus, MirrorView, SqlRow } from "../mirror/mirror.ts";
import type { Micros, SafeSchema } from "../policy/safe.ts";
import type { Answer, AnswerCell, Question, Reason } from "./answer.ts";
import type { CompiledDimension, CompiledMetric, CompiledMetrics } from "./compile.ts";
import type { Words } from "./dimension-values.ts";
import { codesOf, textOf, wordsFor } from "./dimension-values.ts";
import type { Freshness } from "./freshness.ts";
import { judgeFreshness, staleAfterMsDefault } from "./freshness.ts";
import type { KeptPart } from "./kept.ts";
import { planKept } from "./kept.ts";
import { bucketLabel, hourLabels, minuteRange } from "./period.ts";
import type { CodedFilter } from "./plan-answer.ts";
import { byIndices, cuboidStatement, factsStatement, orderRows, planAnswer } from "./plan-answer.ts";
import { answerCellsMax, canonicalFilter, findMetric, parseQuestion, tooManyCells } from "./question.ts";
import { reportPosition } from "./status-report.ts";

/** A question that only the rows answer may take this long. */
const factsLimitMs = 2_000;

export interface AnswerOptions {
  /** false: a question that no cuboid answers is refused (`metrics/no-answer`). Default true. */
  readonly facts?: boolean;
  readonly staleAfterMs?: number;
}

/** Parses an untrusted question and answers it. `now` in microseconds since 1970. Throws VitrineError `metrics/…`. */
export function ask(mirror: Mirror, compiled: CompiledMetrics, input: unknown, now: Micros, options: AnswerOptions = {}): Promise<Answer> {
  const question = parseQuestion(compiled, input, Temporal.Instant.fromEpochMilliseconds(Math.trunc(now / 1000)));
  return answer(mirror, compiled, question, now, options);
}

/**
 * Answers a checked question (from parseQuestion). `now` in microseconds since 1970. While the mirror builds, the envelope says so
 * and holds no cells. Throws `metrics/no-answer`, `metrics/too-slow`, `metrics/too-many-cells`, `metrics/disguised-negation`.
 */
export async function answer(
  mirror: Mirror,
  compiled: CompiledMetrics,
  question: Question,
  now: Micros,
  options: AnswerOptions = {},
): Promise<Answer> {
  const metric = findMetric(compiled, question.metric);
  const staleAfterMs = options.staleAfterMs ?? staleAfterMsDefault;
  return mirror.view(async (view) => {
    const fresh = judgeFreshness({ status: view.status, metric, now, staleAfterMs });
    const schema = mirror.schema;
    const envelope = { compiled, metric, status: view.status };
    if (fresh.state === "building") return wrap({ ...envelope, question, fresh, from: "none", cells: [] });
    if (schema === undefined || schema.policyHash !== compiled.policyHash) {
      throw new VitrineError("metrics/policy-differs", { message: "The mirror holds a copy made under another policy." });
    }
    const { from, cells, asked, notes } = await readCells({
      mirror,
      view,
      compiled,
      metric,
      question,
      schema,
      facts: options.facts ?? true,
    });
    return wrap({ ...envelope, question: asked, fresh: { ...fresh, notes: [...fresh.notes, ...notes] }, from, cells });
  });
}

function wrap(parts: {
  readonly compiled: CompiledMetrics;
  readonly metric: CompiledMetric;
  readonly status: MirrorStatus;
  readonly question: Question;
  readonly fresh: Freshness;
  readonly from: string;
  readonly cells: readonly AnswerCell[];
}): Answer {
  const { compiled, metric, status, question, fresh, from, cells } = parts;
  return {
    metric: metric.name,
    title: metric.title,
    kind: metric.kind,
    question,
    state: fresh.state,
    reasons: fresh.reasons,
    notes: fresh.notes,
    class: "live",
    k: compiled.k,
    applied: reportPosition(status.applied),
    proven: reportPosition(fresh.proven),
    lagMs: fresh.lagMs,
    definitionVersion: metric.version,
    generation: status.generation,
    from,
    cells,
    cellsWithheld: 0,
  };
}

interface Reading {
  readonly mirror: Mirror;
  readonly view: MirrorView;
  readonly compiled: CompiledMetrics;
  readonly metric: CompiledMetric;
  readonly question: Question;
  readonly schema: SafeSchema;
  readonly facts: boolean;
}

interface Read {
  readonly from: string;
  readonly cells: readonly AnswerCell[];
  readonly asked: Question;
  readonly notes: readonly Reason[];
}

async function readCells(reading: Reading): Promise<Read> {
  const { compiled, metric, view } = reading;
  const filterWords = await readFilterWords(reading);
  const question = { ...reading.question, where: canonicalWhere(metric, reading.question, filterWords) };
  const plan = planAnswer(metric, question);
  if (plan.tag === "facts" && !reading.facts) throw noAnswer(plan.nearest);
  const from = plan.tag === "facts" ? "facts" : plan.cuboid.id;
  const filters = codeFilters({ metric, question, words: filterWords, zone: compiled.zone });
  const { part: kept, notes } = planKept({ metric, question, plan, history: view.status.history?.[metric.name], zone: compiled.zone });
  const unseen = unseenNotes({ metric, question, words: filterWords, zone: compiled.zone });
  if (filters.some(({ codes }) => codes.length === 0)) return { from, cells: [], asked: question, notes: [...notes, ...unseen] };
  const rows =
    plan.tag === "cuboid"
      ? await runCuboid({ ...reading, question, filters, kept, cuboid: plan.cuboid })
      : await runFacts({ ...reading, question, filters, kept, nearest: plan.nearest });
  if (rows.length > answerCellsMax) throw tooManyCells();
  const columns = await readColumns({ ...reading, question }, rows);
  return {
    from,
    cells: toCells({ rows: orderRows(rows, question), metric, question, columns, zone: compiled.zone }),
    asked: question,
    notes: [...notes, ...unseen],
  };
}

interface Running extends Reading {
  readonly filters: readonly CodedFilter[];
  readonly kept: KeptPart | undefined;
}

async function runCuboid(
  options: Running & { readonly cuboid: Parameters<typeof cuboidStatement>[0]["cuboid"] },
): Promise<readonly SqlRow[]> {
  const { view, compiled, metric, question, filters, cuboid, kept } = options;
  const { sql, values } = cuboidStatement({ metric, cuboid, question, filters, zone: compiled.zone, k: compiled.k, kept });
  return view.all(sql, values);
}

async function runFacts(options: Running & { readonly nearest: string | undefined }): Promise<readonly SqlRow[]> {
  const { view, compiled, metric, question, filters, schema, kept } = options;
  const { sql, values } = factsStatement({ metric, question, filters, schema, cells: compiled.cells, kept });
  try {
    return await view.all(sql, values, factsLimitMs);
  } catch (error) {
    if (!(error instanceof VitrineError) || error.code !== "mirror/interrupted") throw error;
    throw new VitrineError("metrics/too-slow", {
      message: `No cuboid answers this, and reading the rows took longer than ${factsLimitMs / 1000} s.${nearestText(options.nearest)}`,
    });
  }
}

function noAnswer(nearest: string | undefined): VitrineError {
  return new VitrineError("metrics/no-answer", { message: `No cuboid answers this question.${nearestText(nearest)}` });
}

function nearestText(nearest: string | undefined): string {
  if (nearest === undefined) return "";
  const [grain, ...dimensions] = nearest.split("__");
  return ` The nearest that is kept: ${grain}${dimensions.length > 0 ? ` by ${dimensions.join(", ")}` : ", without dimensions"}.`;
}

/** Words of the dimensions that are filtered by, as they are now: which values there are decides what a filter means. */
async function readFilterWords({ mirror, view, metric, question }: Reading): Promise<ReadonlyMap<string, Words>> {
  const words = new Map<string, Words>();
  for (const dimension of metric.spec.dimensions) {
    if (Object.hasOwn(question.where, dimension.name)) words.set(dimension.name, await wordsFor({ mirror, view, dimension }));
  }
  return words;
}

/** One dimension of the answer: where its integer stands in a row, and its text. */
interface Column {
  readonly key: string;
  readonly name: string;
  readonly text: (code: number) => string | null;
}

async function readColumns({ mirror, view, compiled, metric, question }: Reading, rows: readonly SqlRow[]): Promise<readonly Column[]> {
  const columns: Column[] = [];
  for (const [i, index] of byIndices(metric, question).entries()) {
    const key = `d${i}`;
    const dimension = must(metric.spec.dimensions[index], "dimension");
    const words = await wordsFor({ mirror, view, dimension, codes: () => new Set(rows.map((row) => Number(row[key]))) });
    columns.push({ key, name: dimension.name, text: textOf(must(metric.dimensions[index], "dimension"), words, compiled.zone) });
  }
  return columns;
}

/** The filters once more, now that the dictionary tells which values there are where the file does not. */
function canonicalWhere(metric: CompiledMetric, question: Question, words: ReadonlyMap<string, Words>): Question["where"] {
  const where = Object.entries(question.where).flatMap(([name, values]) => {
    const dimension = dimensionOf(metric, name);
    const filter = canonicalFilter(dimension, values, dimension.values ?? [...wordsOf(words, name).values()]);
    return filter === undefined ? [] : [[name, filter] as const];
  });
  return Object.fromEntries(where);
}

function codeFilters(options: {
  readonly metric: CompiledMetric;
  readonly question: Question;
  readonly words: ReadonlyMap<string, Words>;
  readonly zone: string;
}): readonly CodedFilter[] {
  const { metric, question, words, zone } = options;
  return Object.entries(question.where).map(([name, texts]) => {
    const dimension = dimensionOf(metric, name);
    return { dimension: metric.dimensions.indexOf(dimension), codes: codesOf({ dimension, texts, words: wordsOf(words, name), zone }) };
  });
}

/** Filters with a value that the copy has never held, as a mistyped one; the value itself is not repeated. */
function unseenNotes(options: Parameters<typeof codeFilters>[0]): readonly Reason[] {
  const { metric, question, words, zone } = options;
  return Object.entries(question.where).flatMap(([name, texts]) => {
    const dimension = dimensionOf(metric, name);
    const here = wordsOf(words, name);
    const unseen = texts.find((text) => codesOf({ dimension, texts: [text], words: here, zone }).length === 0);
    if (unseen === undefined) return [];
    const near = nearestWord(unseen, [...here.values()]);
    return [
      {
        reason: "value-not-seen",
        message: `The copy has never held one of the values that are asked for of ${name}.`,
        remedy: near === undefined ? `Ask by ${name} to see which there are.` : `Did you mean ${near}?`,
      },
    ];
  });
}

function toCells(options: {
  readonly rows: readonly SqlRow[];
  readonly metric: CompiledMetric;
  readonly question: Question;
  readonly columns: readonly Column[];
  readonly zone: string;
}): readonly AnswerCell[] {
  const { rows, metric, question, columns, zone } = options;
  const period = periodLabels(question, zone);
  return rows.map((row) => {
    const count = Number(row["n"]);
    const hits = metric.kind === "ratio" ? Number(row["hit"]) : undefined;
    return {
      period: period(Number(row["bucket"])),
      by: Object.fromEntries(columns.map(({ key, name, text }) => [name, text(Number(row[key]))])),
      count,
      hits,
      value: hits === undefined ? count : hits / count,
      atLeastK: verdictOf(row["any_k"]),
      ...(hits === undefined ? {} : { hitsAtLeastK: verdictOf(row["hit_k"]), missesAtLeastK: verdictOf(row["none_k"]) }),
    };
  });
}

function verdictOf(value: SqlRow[string] | undefined): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}

function periodLabels(question: Question, zone: string): (bucket: number) => string | undefined {
  const { grain } = question;
  if (grain === "all") return () => undefined;
  if (grain === "hour") return hourLabels(minuteRange(question, zone), zone);
  return (bucket) => bucketLabel(bucket, grain);
}

function dimensionOf(metric: CompiledMetric, name: string): CompiledDimension {
  return must(
    metric.dimensions.find((dimension) => dimension.name === name),
    "dimension of a checked question",
  );
}

function wordsOf(words: ReadonlyMap<string, Words>, name: string): Words {
  return must(words.get(name), "words of a dimension that is asked");
}
