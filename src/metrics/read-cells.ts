/** Cells of a checked question from the mirror's cuboids, or from its rows where no cuboid answers; on one view. */
import { calendarOf } from "../mirror/calendar.ts";
import { cellsSql, id, rowsTable } from "../mirror/layout.ts";
import type { MirrorView, SqlRow } from "../mirror/mirror.ts";
import { VitrineError } from "../model/error.ts";
import type { SafeSchema } from "../policy/safe.ts";
import type { AnswerCell, Question, Reason } from "./answer.ts";
import type { Texts } from "./cell-texts.ts";
import { canonicalWhere, codeFilters, readColumns, readFilterWords, toCells, unseenNotes, unsafeSum } from "./cell-texts.ts";
import type { CompiledMetric } from "./compile.ts";
import type { KeptPart } from "./kept.ts";
import { planKept } from "./kept.ts";
import { localText, minuteRange } from "./period.ts";
import { shareQuestions, shareRows } from "./share-rows.ts";
import type { CodedFilter } from "./plan-answer.ts";
import { cuboidStatement, factsStatement, orderRows, planAnswer } from "./plan-answer.ts";
import { answerCellsMax, tooManyCells } from "./question.ts";

/** A question that only the rows answer may take this long. */
const factsLimitMs = 2_000;

export interface Reading extends Texts {
  readonly schema: SafeSchema;
  /** false: a question that no cuboid answers is refused (`metrics/no-answer`). */
  readonly facts: boolean;
}

export interface Read {
  readonly from: string;
  readonly cells: readonly AnswerCell[];
  /** The question with its filters in canonical form. */
  readonly asked: Question;
  readonly notes: readonly Reason[];
  /** What makes the numbers untrue. */
  readonly doubts: readonly Reason[];
}

/** Throws `metrics/no-answer`, `metrics/too-slow`, `metrics/too-many-cells`, `metrics/disguised-negation`. */
export async function readCells(reading: Reading): Promise<Read> {
  const { compiled, metric } = reading;
  const words = await readFilterWords(reading);
  const question = { ...reading.question, where: canonicalWhere(metric, reading.question, words) };
  const filters = codeFilters({ metric, question, words, zone: compiled.zone });
  const unseen = unseenNotes({ metric, question, words, zone: compiled.zone });
  const read =
    metric.shareOf === undefined ? await readRows({ ...reading, question, filters }) : await readShare({ ...reading, question, filters });
  const { rows } = read;
  if (rows.length > answerCellsMax) throw tooManyCells();
  const found = { from: read.from, asked: question, notes: [...read.notes, ...unseen] };
  if (unsafeSum(metric, rows)) return { ...found, cells: [], doubts: [sumTooLarge] };
  const columns = await readColumns({ ...reading, question }, rows);
  const cells = toCells({ rows: orderRows(rows, question), metric, question, columns, zone: compiled.zone });
  return { ...found, cells, doubts: [] };
}

export const sumTooLarge: Reason = {
  reason: "sum-too-large",
  message: "A sum is beyond 2^53, which a number of an answer cannot hold exactly: nothing is shown rather than something rounded.",
  remedy: "Ask for shorter periods or by a dimension, or sum a coarser unit in the source.",
};

interface Rows {
  readonly from: string;
  readonly rows: readonly SqlRow[];
  readonly notes: readonly Reason[];
}

interface Filtered extends Reading {
  readonly filters: readonly CodedFilter[];
}

async function readRows(reading: Filtered): Promise<Rows> {
  const { compiled, metric, question, filters, view } = reading;
  const plan = planAnswer(metric, question);
  if (plan.tag === "facts" && !reading.facts) throw noAnswer(plan.nearest);
  const from = plan.tag === "facts" ? "facts" : plan.cuboid.id;
  const { part: kept, notes } = planKept({ metric, question, plan, history: view.status.history?.[metric.name], zone: compiled.zone });
  if (filters.some(({ codes }) => codes.length === 0)) return { from, rows: [], notes };
  const rows =
    plan.tag === "cuboid"
      ? await runCuboid({ ...reading, kept, cuboid: plan.cuboid })
      : await runFacts({ ...reading, kept, nearest: plan.nearest });
  return { from, rows, notes };
}

async function readShare(reading: Filtered): Promise<Rows> {
  const { parts, whole } = shareQuestions(reading);
  const partRows = await readRows({ ...reading, ...parts });
  const wholeRows = await readRows({ ...reading, ...whole });
  return { from: partRows.from, rows: shareRows(reading, partRows.rows, wholeRows.rows), notes: partRows.notes };
}

type Running = Filtered & { readonly kept: KeptPart | undefined };

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

/** Throws `metrics/before-history` where a range ends before the first row that the copy has; one with kept history has no first. */
export async function refuseBeforeHistory(options: {
  readonly view: MirrorView;
  readonly metric: CompiledMetric;
  readonly question: Question;
  readonly zone: string;
}): Promise<void> {
  const { view, metric, question, zone } = options;
  if (view.status.history?.[metric.name] !== undefined) return;
  const first = await firstMinute(view, metric, zone);
  if (first === undefined || minuteRange(question, zone).to > first) return;
  throw beforeHistory(first, zone, question);
}

export function beforeHistory(first: number, zone: string, { metric }: Pick<Question, "metric">): VitrineError {
  const message = `The range ends before the history begins: the first day of ${metric} in the copy is ${localText(first, zone, false)}.`;
  return new VitrineError("metrics/before-history", { message, place: "to" });
}

async function firstMinute(view: MirrorView, metric: CompiledMetric, zone: string): Promise<number | undefined> {
  const { spec } = metric;
  if (spec.time === undefined) return undefined;
  const cuboid = spec.cuboids.find((one) => one.dimensions.length === 0 && one.grain !== "all");
  const source =
    cuboid === undefined || cuboid.grain === "all"
      ? `SELECT min(${id(spec.time)}) AS first FROM ${rowsTable(spec.table)}`
      : `SELECT min(bucket) AS first FROM ${cellsSql(spec, cuboid.id)}`;
  const [row] = await view.all(source);
  const first = row?.["first"];
  if (first === null || first === undefined) return undefined;
  return cuboid === undefined || cuboid.grain === "all" ? Number(first) : calendarOf(zone).startOf(cuboid.grain, Number(first));
}
