/**
 * Answers to viewers: of told cells alone. What may be told is worked out elsewhere (protect/), and is the same for every request.
 */
import { calendarOf } from "../mirror/calendar.ts";
import { VitrineError } from "../model/error.ts";
import { assert } from "../lib/assert.ts";
import type { Answer, AnswerCell, BoundedCell, CellNumbers, Question, Reason } from "./answer.ts";
import { canonicalWhere, codeFilters, toBoundedCells, unsafeSum } from "./cell-texts.ts";
import type { Asking } from "./envelope.ts";
import { doubted, firstDoubts, judge, partsOf, together, understood, wrap } from "./envelope.ts";
import { localText } from "./period.ts";
import { sumTooLarge } from "./read-cells.ts";
import type { ViewerRows } from "./protect/answers.ts";
import { viewerRows } from "./protect/answers.ts";
import { viewerShares } from "./protect/shares.ts";
import { boundedNote, keptNote, notComparedNote, pendingNote, rankedNote, withheldNote } from "./protect/notes.ts";
import { groupOf } from "./protect/group.ts";
import { prepare, publishedOf } from "./protect/keeper.ts";
import { toldOf } from "./protect/told.ts";
import type { Clock } from "../lib/clock.ts";
import type { Mirror, SqlRow } from "../mirror/mirror.ts";
import type { CompiledMetric, CompiledMetrics } from "./compile.ts";
import { refuseBeforePublished } from "./protect/published.ts";
import type { TextSource } from "./from-memory.ts";
import { answerFromMemory, withTexts } from "./from-memory.ts";

/** Works out what viewers may be told of all metrics before one of them asks: the first page is then there at once. */
export async function prepareForViewers(mirror: Mirror, compiled: CompiledMetrics, clock: Clock): Promise<void> {
  const leaders = compiled.metrics.flatMap((metric) => (metric.memory === undefined ? (groupOf(compiled, metric)?.leader ?? []) : []));
  for (const leader of new Set(leaders)) await prepare(mirror, compiled, leader, clock);
}

/** The last look at what a viewer gets, however it came about. */
export function toldAlone(given: Answer): Answer {
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
export async function answerForViewer(asking: Asking): Promise<Answer> {
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
  const isPeriod = toldOf(compiled, metric).splits.some(({ grain }) => grain === question.grain);
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
