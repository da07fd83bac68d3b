/** Answers questions from a mirror: reads at one position, puts what is compared and the largest together, and wraps it in the envelope. */
import type { Clock } from "../lib/clock.ts";
import { ManualClock } from "../lib/clock.ts";
import type { Mirror, MirrorView } from "../mirror/mirror.ts";
import { VitrineError } from "../model/error.ts";
import type { Micros, SafeSchema } from "../policy/safe.ts";
import type { Answer, Question } from "./answer.ts";
import { readFilterWords } from "./cell-texts.ts";
import type { CellsReading } from "../mirror/reading.ts";
import type { CompiledMetrics } from "./compile.ts";
import type { Words } from "./dimension-values.ts";
import type { Asking } from "./envelope.ts";
import { doubted, firstDoubts, judge, partsOf, together, understood, wrap } from "./envelope.ts";
import type { Freshness } from "./freshness.ts";
import { staleAfterMsDefault } from "./freshness.ts";
import { findMetric, parseQuestion } from "./question.ts";
import type { Read } from "./read-cells.ts";
import { readCells, refuseBeforeHistory } from "./read-cells.ts";
import { heldFilterWords, readHeld } from "./read-held.ts";
import { dimensionsAsked } from "./read-memory.ts";
import { answerFromMemory } from "./from-memory.ts";
import { answerForViewer, toldAlone } from "./viewers.ts";

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
