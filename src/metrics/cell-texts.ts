/** Between the integers of the store and the texts of an answer: filters on the way in, cells on the way out. */
import { must } from "../lib/assert.ts";
import { nearestWord } from "../lib/nearest.ts";
import type { Mirror, MirrorView, SqlRow } from "../mirror/mirror.ts";
import type { AnswerCell, BoundedCell, Question, Reason } from "./answer.ts";
import type { CompiledDimension, CompiledMetric, CompiledMetrics } from "./compile.ts";
import type { Words } from "./dimension-values.ts";
import { codesOf, textOf, wordsFor } from "./dimension-values.ts";
import { bucketLabel, hourLabels, minuteRange } from "./period.ts";
import type { CodedFilter } from "./plan-answer.ts";
import { byIndices } from "./plan-answer.ts";
import { canonicalFilter, dayName } from "./question.ts";

/** What is needed to read a question's words. */
export interface Texts {
  readonly mirror: Mirror;
  readonly view: MirrorView;
  readonly compiled: CompiledMetrics;
  readonly metric: CompiledMetric;
  readonly question: Question;
}

/** Words of the dimensions that are filtered by, as they are now: which values there are decides what a filter means. */
export async function readFilterWords({ mirror, view, metric, question }: Texts): Promise<ReadonlyMap<string, Words>> {
  const words = new Map<string, Words>();
  for (const dimension of metric.spec.dimensions) {
    if (Object.hasOwn(question.where, dimension.name)) words.set(dimension.name, await wordsFor({ mirror, view, dimension }));
  }
  return words;
}

/** One dimension of the answer: where its integer stands in a row, and its text. */
export interface Column {
  readonly key: string;
  readonly name: string;
  readonly text: (code: number) => string | null;
}

/** Of the dimensions asked, in the order of `by`. */
export async function readColumns(
  { mirror, view, compiled, metric, question }: Texts,
  rows: readonly SqlRow[],
): Promise<readonly Column[]> {
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
export function canonicalWhere(metric: CompiledMetric, question: Question, words: ReadonlyMap<string, Words>): Question["where"] {
  const where = Object.entries(question.where).map(([name, values]) => {
    const dimension = dimensionOf(metric, name);
    return [name, canonicalFilter(dimension, values, dimension.values ?? [...wordsOf(words, name).values()])] as const;
  });
  return Object.fromEntries(where);
}

export function codeFilters(options: {
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
export function unseenNotes(options: Parameters<typeof codeFilters>[0]): readonly Reason[] {
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

/** Rows as cells: bucket, d0 …, n, the verdicts any_k, hit_k, none_k, and by kind hit or total. A sum must be checked before (`unsafeSum`). */
export function toCells(options: {
  readonly rows: readonly SqlRow[];
  readonly metric: CompiledMetric;
  readonly question: Question;
  readonly columns: readonly Column[];
  readonly zone: string;
}): readonly AnswerCell[] {
  const { rows, metric, question, columns, zone } = options;
  const period = periodLabels(question, zone);
  const isPart = metric.kind === "ratio" || metric.kind === "share" || metric.kind === "retention";
  // Decimals are kept as whole numbers times 10^scale.
  const scale = 10 ** metric.sumScale;
  return rows.map((row) => {
    const count = Number(row["n"]);
    const hits = isPart ? Number(row["hit"]) : undefined;
    const sum = metric.kind === "sum" ? Number(row["total"]) / scale : undefined;
    const day = row[dayName] === undefined ? {} : { [dayName]: String(row[dayName]) };
    return {
      period: period(Number(row["bucket"])),
      by: { ...Object.fromEntries(columns.map(({ key, name, text }) => [name, text(Number(row[key]))])), ...day },
      count,
      hits,
      ...(sum === undefined ? {} : { sum }),
      value: sum ?? (hits === undefined ? count : hits / count),
      atLeastK: verdictOf(row["any_k"]),
      ...(hits === undefined ? {} : { hitsAtLeastK: verdictOf(row["hit_k"]), missesAtLeastK: verdictOf(row["none_k"]) }),
    };
  });
}

/** Rows that have `below` or `above` instead of numbers, or a part (`hit`) alone. */
export function toBoundedCells(options: Omit<Parameters<typeof toCells>[0], "metric">): readonly BoundedCell[] {
  const { rows, question, columns, zone } = options;
  const period = periodLabels(question, zone);
  return rows.map((row) => ({
    period: period(Number(row["bucket"])),
    by: Object.fromEntries(columns.map(({ key, name, text }) => [name, text(Number(row[key]))])),
    ...Object.fromEntries(
      (["below", "above"] as const).flatMap((name) => (row[name] === undefined ? [] : [[name, Number(row[name])] as const])),
    ),
    ...(row["hit"] === undefined ? {} : { hits: Number(row["hit"]) }),
  }));
}

/** Whether a sum is beyond what a number of an answer holds exactly: it is then not told at all. */
export function unsafeSum(metric: CompiledMetric, rows: readonly SqlRow[]): boolean {
  return metric.kind === "sum" && rows.some((row) => row["total"] === null || !Number.isSafeInteger(Number(row["total"])));
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
