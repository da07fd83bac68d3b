/** Answers questions from a mirror: reads at one position, puts what is compared and the largest together, and wraps it in the envelope. */
import type { Clock } from "../lib/clock.ts";
import { ManualClock } from "../lib/clock.ts";
import { calendarOf } from "../mirror/calendar.ts";
import type { Mirror, MirrorView, SqlRow } from "../mirror/mirror.ts";
import { VitrineError } from "../model/error.ts";
import type { Micros, SafeSchema } from "../policy/safe.ts";
import { assert } from "../lib/assert.ts";
import type { Answer, AnswerCell, BoundedCell, CellNumbers, Question, Reason } from "./answer.ts";
import type { Column } from "./cell-texts.ts";
import {
  canonicalWhere,
  codeFilters,
  readColumns,
  readFilterWords,
  toBoundedCells,
  toCells,
  unseenNotes,
  unsafeSum,
} from "./cell-texts.ts";
import type { CellsReading } from "../mirror/reading.ts";
import type { CompiledMetric, CompiledMetrics } from "./compile.ts";
import type { Words } from "./dimension-values.ts";
import type { Asking } from "./envelope.ts";
import { judge, partsOf, together, understood, wrap } from "./envelope.ts";
import type { Freshness } from "./freshness.ts";
import { staleAfterMsDefault } from "./freshness.ts";
import { orderRows } from "./plan-answer.ts";
import { localText } from "./period.ts";
import { dayName, findMetric, parseQuestion } from "./question.ts";
import type { Read } from "./read-cells.ts";
import { readCells, refuseBeforeHistory, sumTooLarge } from "./read-cells.ts";
import { heldColumns, heldFilterWords, readHeld } from "./read-held.ts";
import type { MemoryQuestion } from "./read-memory.ts";
import { dimensionsAsked, memoryRows } from "./read-memory.ts";
import type { ViewerRows } from "./protect/answers.ts";
import { viewerRows } from "./protect/answers.ts";
import { viewerShares } from "./protect/shares.ts";
import { boundedNote, keptNote, notComparedNote, pendingNote, rankedNote, withheldNote } from "./protect/notes.ts";
import { publishedOf } from "./protect/keeper.ts";
import { refuseBeforePublished } from "./protect/published.ts";

export interface AnswerOptions {
  /** false: a question that no cuboid answers is refused (`metrics/no-answer`). Default true. */
  readonly facts?: boolean;
  readonly staleAfterMs?: number;
  /** viewer: small groups are withheld, and what would give them away. Default analyst. */
  readonly audience?: "viewer" | "analyst";
  /** Goes on while what viewers may be told is worked out and followed. Default: it stands still at `now`. */
  readonly clock?: Clock;
}

/** Parses an untrusted question and answers it. `now` in microseconds since 1970. Throws VitrineError `metrics/…`. */
export function ask(mirror: Mirror, compiled: CompiledMetrics, input: unknown, now: Micros, options: AnswerOptions = {}): Promise<Answer> {
  const question = parseQuestion(compiled, input, Temporal.Instant.fromEpochMilliseconds(Math.trunc(now / 1000)));
  return answer(mirror, compiled, question, now, options);
}

/**
 * Answers a checked question (from parseQuestion). `now` in microseconds since 1970. While the mirror builds, the envelope says so
 * and holds no cells. Throws `metrics/no-answer`, `metrics/too-slow`, `metrics/too-many-cells`, `metrics/disguised-negation`,
 * `metrics/before-history`.
 */
export async function answer(
  mirror: Mirror,
  compiled: CompiledMetrics,
  question: Question,
  now: Micros,
  options: AnswerOptions = {},
): Promise<Answer> {
  const metric = findMetric(compiled, question.metric);
  const asking: Asking = {
    mirror,
    compiled,
    metric,
    question,
    now,
    staleAfterMs: options.staleAfterMs ?? staleAfterMsDefault,
    clock: options.clock ?? new ManualClock(now / 1000),
  };
  if (options.audience === "viewer") return toldAlone(await answerForViewer(asking));
  const reading = mirror.schema?.policyHash === compiled.policyHash ? mirror.cellsNow?.() : undefined;
  if (reading !== undefined && judge(asking, reading.status).state !== "building") {
    if (metric.memory !== undefined) return answerFromMemory(asking, heldFilterWords(reading, metric, dimensionsAsked(question)));
    const held = answerFromHeld(asking, reading);
    if (held !== undefined) return held;
  }
  const first = await mirror.view(async (view): Promise<Answer | WordsFirst> => {
    const { status } = view;
    const fresh = judge(asking, status);
    const { schema } = mirror;
    if (fresh.state === "building") return wrap({ compiled, metric, status, question, fresh, from: "none", cells: [] });
    if (schema === undefined || schema.policyHash !== compiled.policyHash) {
      throw new VitrineError("metrics/policy-differs", { message: "The mirror holds a copy made under another policy." });
    }
    return metric.memory === undefined
      ? answerFromCells({ ...asking, view, schema, facts: options.facts ?? true, fresh })
      : { words: await readFilterWords({ ...asking, view }) };
  });
  // What memory holds is read outside of a view: it has a position of its own.
  return "words" in first ? answerFromMemory(asking, first.words) : first;
}

/** Words of the dimensions that are filtered by. */
interface WordsFirst {
  readonly words: ReadonlyMap<string, Words>;
}

/** In this turn, from cells in memory; undefined: they do not have it all. */
function answerFromHeld(asking: Asking, reading: CellsReading): Answer | undefined {
  const { compiled, metric, question } = asking;
  const fresh = judge(asking, reading.status);
  const parts = partsOf(question);
  const read = (part: Question): Read | undefined => readHeld({ reading, compiled, metric, question: part });
  const main = read(parts.main);
  const totals = parts.totals && read(parts.totals);
  const earlier = parts.earlier && read(parts.earlier);
  const isWhole = (parts.totals === undefined || totals !== undefined) && (parts.earlier === undefined || earlier !== undefined);
  if (main === undefined || !isWhole) return undefined;
  return wrap({
    compiled,
    metric,
    status: reading.status,
    question: understood(question, main.asked.where),
    fresh: { ...fresh, notes: [...fresh.notes, ...main.notes] },
    from: main.from,
    cells: together({ metric, question, parts, main: main.cells, totals: totals?.cells, earlier: earlier?.cells }),
    compared: parts.compared,
  });
}

async function answerFromCells(
  asking: Asking & { readonly view: MirrorView; readonly schema: SafeSchema; readonly facts: boolean; readonly fresh: Freshness },
): Promise<Answer> {
  const { compiled, metric, question, view, fresh } = asking;
  const parts = partsOf(question);
  const read = async (part: Question | undefined): Promise<Read | undefined> =>
    part === undefined ? undefined : readCells({ ...asking, question: part });
  const main = await readCells({ ...asking, question: parts.main });
  if (main.cells.length === 0 && main.doubts.length === 0) await refuseBeforeHistory({ view, metric, question, zone: compiled.zone });
  const totals = await read(parts.totals);
  const earlier = await read(parts.earlier);
  const doubts = firstDoubts(main, totals, earlier);
  const cells =
    doubts.length > 0 ? [] : together({ metric, question, parts, main: main.cells, totals: totals?.cells, earlier: earlier?.cells });
  return wrap({
    compiled,
    metric,
    status: view.status,
    question: understood(question, main.asked.where),
    fresh: doubted({ ...fresh, notes: [...fresh.notes, ...main.notes] }, doubts),
    from: main.from,
    cells,
    compared: parts.compared,
  });
}

/** Between integers and texts. */
interface TextSource {
  filterWords(): Promise<ReadonlyMap<string, Words>>;
  columns(part: Question, rows: readonly SqlRow[]): Promise<readonly Column[]>;
  cells(part: Question, rows: readonly SqlRow[]): Promise<readonly AnswerCell[]>;
}

/** From memory where there are words in it, else from a view. Words are never taken back, so that their position does not matter. */
async function withTexts<T>({ mirror, compiled, metric, question }: Asking, work: (texts: TextSource) => Promise<T>): Promise<T> {
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

/** The last look at what a viewer gets, however it came about. */
function toldAlone(given: Answer): Answer {
  const isTold = ({ atLeastK }: CellNumbers): boolean => atLeastK === true;
  assert(
    given.cells.every((cell) => isTold(cell) && (cell.before === undefined || isTold(cell.before))),
    "a viewer's cells are told ones",
  );
  return given;
}

interface ViewerRead extends ViewerRows {
  readonly cells: readonly AnswerCell[];
  readonly doubts: readonly Reason[];
}

/** Of told cells alone, at their own position. */
async function answerForViewer(asking: Asking): Promise<Answer> {
  const { mirror, compiled, metric, question, clock } = asking;
  const current = judge(asking, mirror.status);
  if (current.state === "building")
    return wrap({ compiled, metric, status: mirror.status, question, fresh: current, from: "none", cells: [] });
  if (mirror.schema?.policyHash !== compiled.policyHash) {
    throw new VitrineError("metrics/policy-differs", { message: "The mirror holds a copy made under another policy." });
  }
  if (metric.memory !== undefined) return totalFromMemory(asking);
  const published = await publishedOf(mirror, compiled, metric, clock);
  const parts = partsOf(question);
  return withTexts(asking, async (texts) => {
    const words = await texts.filterWords();
    const where = canonicalWhere(metric, question, words);
    const named = { metric, question: { ...question, where }, words, zone: compiled.zone };
    const filters = codeFilters(named);
    const read = async (part: Question): Promise<ViewerRead> => {
      const rowsOf = metric.shareOf === undefined ? viewerRows : viewerShares;
      const found = rowsOf({ published, compiled, metric, question: { ...part, where }, filters });
      if (unsafeSum(metric, found.rows)) return { ...found, cells: [], doubts: [sumTooLarge] };
      return { ...found, doubts: [], cells: await texts.cells({ ...part, where }, found.rows) };
    };
    const main = await read(parts.main);
    if (main.rows.length + main.withheld + main.bounded.length === 0 && main.kept === undefined)
      refuseBeforePublished(published, question, compiled.zone);
    const totals = parts.totals && (await read(parts.totals));
    const earlier = parts.earlier && (await read(parts.earlier));
    const fresh = judge(asking, published.status);
    const doubts = firstDoubts(main, totals, earlier);
    const state = doubted(current.state === "ready" ? fresh : current, doubts);
    const bounds = await boundsOf(asking, texts, main.bounded);
    const given = wrap({
      compiled,
      metric,
      status: published.status,
      question: understood(question, where),
      fresh: {
        ...state,
        notes: [
          ...fresh.notes,
          ...(main.withheld > 0 ? [withheldNote(compiled.k, main.withheld)] : []),
          ...(bounds.length > 0 ? [boundedNote(compiled.k, bounds.length)] : []),
          ...(main.pending > 0 ? [pendingNote(main.pending)] : []),
          ...(totals === undefined ? [] : rankedNotes(totals)),
          ...keptNotes([main, totals, earlier], compiled.zone),
        ],
      },
      from: main.from,
      // An earlier cell that is missing is empty or withheld, and so no zero.
      cells:
        doubts.length > 0
          ? []
          : together({
              metric,
              question: { ...question, limit: question.limit ?? main.cells.length + 1 },
              parts,
              main: main.cells,
              totals: totals?.cells,
              earlier: earlier?.cells,
            }),
      compared: parts.compared,
    });
    return { ...given, ...(bounds.length > 0 ? { bounds } : {}), cellsWithheld: main.withheld };
  });
}

/** The largest are looked for by their totals over the range, and a total is withheld with any of its cells. */
function rankedNotes({ withheld, bounded, pending }: ViewerRows): readonly Reason[] {
  const unknown = withheld + bounded.length;
  return unknown > 0 || pending > 0 ? [rankedNote(unknown)] : [];
}

/** Of the first that lacks kept periods. */
function keptNotes(read: readonly (ViewerRows | undefined)[], zone: string): readonly Reason[] {
  const kept = read.find((one) => one?.kept !== undefined)?.kept;
  if (kept === undefined) return [];
  return [keptNote(localText(calendarOf(zone).startOf(kept.grain, kept.before), zone, false))];
}

/** In steps. The largest, and the first few, are of those with numbers. */
async function boundsOf({ question, compiled }: Asking, texts: TextSource, bounded: readonly SqlRow[]): Promise<readonly BoundedCell[]> {
  if (question.top !== undefined || question.limit !== undefined || bounded.length === 0) return [];
  return toBoundedCells({ rows: bounded, question, columns: await texts.columns(question, bounded), zone: compiled.zone });
}

/** Only totals of whole periods: they add up to nothing that is told elsewhere, and each has enough units of its own. */
async function totalFromMemory(asking: Asking): Promise<Answer> {
  const { metric, question, compiled } = asking;
  const isTotal = question.by.length === 0 && Object.keys(question.where).length === 0 && question.top === undefined;
  const isPeriod = metric.kind === "distinct" ? question.grain !== "all" : metric.kind === "share";
  if (!isTotal || !isPeriod) throw notForViewers(metric);
  const { compare: _, ...alone } = question;
  const given = await answerFromMemory({ ...asking, question: alone, isGuarded: true }, new Map());
  const isTold = (cell: AnswerCell): boolean =>
    cell.atLeastK === true && (cell.hits === undefined || (cell.hitsAtLeastK === true && cell.missesAtLeastK === true));
  const cells = given.cells.filter(isTold);
  const withheld = given.cells.length - cells.length;
  const notes = [
    ...given.notes,
    ...(withheld === 0 ? [] : [withheldNote(compiled.k, withheld)]),
    ...(question.compare === undefined ? [] : [notComparedNote]),
  ];
  return { ...given, cells, notes, cellsWithheld: withheld };
}

function notForViewers(metric: CompiledMetric): VitrineError {
  return new VitrineError("metrics/no-answer", {
    message: `Of ${metric.kind} metrics viewers have ${metric.kind === "distinct" || metric.memory?.tag === "share" ? "totals of whole periods, without split, filter or comparison" : "nothing"}: parts and totals would give small groups away.`,
    remedy: "Ask as an analyst with a reason.",
  });
}

function firstDoubts(...reads: readonly ({ readonly doubts: readonly Reason[] } | undefined)[]): readonly Reason[] {
  return reads.find((one) => (one?.doubts.length ?? 0) > 0)?.doubts ?? [];
}

function doubted(fresh: Freshness, doubts: readonly Reason[]): Freshness {
  return doubts.length === 0 ? fresh : { ...fresh, state: "untrusted", reasons: [...doubts, ...fresh.reasons] };
}

async function answerFromMemory(asking: Asking & Pick<MemoryQuestion, "isGuarded">, words: ReadonlyMap<string, Words>): Promise<Answer> {
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
