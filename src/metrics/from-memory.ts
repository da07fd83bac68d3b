/** Answers from sets in memory (distinct, share, retention), and the texts of what is read as integers. */
import type { SqlRow } from "../mirror/mirror.ts";
import { VitrineError } from "../model/error.ts";
import type { Answer, AnswerCell, Question, Reason } from "./answer.ts";
import type { Column } from "./cell-texts.ts";
import { canonicalWhere, codeFilters, readColumns, readFilterWords, toCells, unseenNotes } from "./cell-texts.ts";
import type { Words } from "./dimension-values.ts";
import type { Asking } from "./envelope.ts";
import { judge, partsOf, together, understood, wrap } from "./envelope.ts";
import { orderRows } from "./plan-answer.ts";
import { dayName } from "./question.ts";
import { heldColumns, heldFilterWords } from "./read-held.ts";
import type { MemoryQuestion } from "./read-memory.ts";
import { dimensionsAsked, memoryRows } from "./read-memory.ts";

/** Between integers and texts. */
export interface TextSource {
  filterWords(): Promise<ReadonlyMap<string, Words>>;
  columns(part: Question, rows: readonly SqlRow[]): Promise<readonly Column[]>;
  cells(part: Question, rows: readonly SqlRow[]): Promise<readonly AnswerCell[]>;
}

/** From memory where there are words in it, else from a view. Words are never taken back, so that their position does not matter. */
export async function withTexts<T>({ mirror, compiled, metric, question }: Asking, work: (texts: TextSource) => Promise<T>): Promise<T> {
  const over = (words: TextSource["filterWords"], columns: TextSource["columns"]): TextSource => ({
    filterWords: words,
    columns,
    cells: async (part, rows) =>
      toCells({ rows: inOrder(rows, part), metric, question: part, columns: await columns(part, rows), zone: compiled.zone }),
  });
  const reading = mirror.cellsNow?.();
  if (reading !== undefined) {
    const columns: TextSource["columns"] = async (part) => heldColumns({ reading, compiled, metric, question: part });
    return work(over(async () => heldFilterWords(reading, metric, question), columns));
  }
  return mirror.view(async (view) => {
    const columns: TextSource["columns"] = async (part, rows) => readColumns({ mirror, view, compiled, metric, question: part }, rows);
    return work(over(async () => readFilterWords({ mirror, view, compiled, metric, question }), columns));
  });
}

/** Of a metric with `memory`. `words`: of the dimensions that are filtered by. `isGuarded`: as of MemoryQuestion. */
export async function answerFromMemory(
  asking: Asking & Pick<MemoryQuestion, "isGuarded">,
  words: ReadonlyMap<string, Words>,
): Promise<Answer> {
  const { mirror, compiled, metric, question, now, isGuarded = false } = asking;
  const { [dayName]: days, ...dimensional } = question.where;
  const isRetention = metric.memory?.tag === "retention";
  const plain = { ...dimensionsAsked(question), where: isRetention ? dimensional : question.where };
  const where = canonicalWhere(metric, plain, words);
  const named = { metric, question: { ...plain, where }, words, zone: compiled.zone };
  const filters = codeFilters(named);
  const asked = understood(question, isRetention && days !== undefined ? { ...where, [dayName]: days } : where);
  const parts = partsOf(asked);
  const read = await mirror.read((reading) => {
    const rowsOf = (part: Question): readonly SqlRow[] =>
      memoryRows(reading, { compiled, metric, question: part, filters, now, isGuarded });
    return {
      status: reading.status,
      main: rowsOf(parts.main),
      totals: parts.totals && rowsOf(parts.totals),
      earlier: parts.earlier && earlierRows(() => rowsOf(parts.earlier ?? parts.main)),
    };
  });
  const fresh = judge(asking, read.status);
  const [main = [], totals, earlier] = await withTexts(asking, async (texts) => {
    const cells: (readonly AnswerCell[] | undefined)[] = [];
    for (const [rows, part] of [
      [read.main, parts.main],
      [read.totals, parts.totals],
      [read.earlier, parts.earlier],
    ] as const) {
      cells.push(rows && part && (await texts.cells({ ...dimensionsAsked(part), where }, rows)));
    }
    return cells;
  });
  const notes = [...fresh.notes, ...unseenNotes(named), ...(isRetention ? [youngNote] : [])];
  return wrap({
    compiled,
    metric,
    status: read.status,
    question: asked,
    fresh: { ...fresh, notes },
    from: "memory",
    cells: together({ metric, question, parts, main, totals, earlier }),
    compared: parts.compared,
  });
}

/** An earlier range that lies before the history has no cells: what is asked is the later one. */
function earlierRows(read: () => readonly SqlRow[]): readonly SqlRow[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof VitrineError && error.code === "metrics/before-history") return [];
    throw error;
  }
}

const youngNote: Reason = {
  reason: "whole-days",
  message: "A cohort has a number for a day once that day is over for all of it, and where the rows go back far enough.",
  remedy: "None needed: younger cohorts get theirs as time goes by.",
};

/** As a statement would: periods in order, in each the largest first; of a retention, each cohort's days in order. */
function inOrder(rows: readonly SqlRow[], question: Question): readonly SqlRow[] {
  const ordered = orderRows(rows, question);
  return question.limit === undefined ? ordered : ordered.slice(0, question.limit);
}
