/** What every answer is made of: the question's parts, put together, and the envelope around them. */
import type { Clock } from "../lib/clock.ts";
import type { Mirror, MirrorStatus } from "../mirror/mirror.ts";
import type { Micros } from "../policy/safe.ts";
import type { Answer, AnswerCell, Question, Reason } from "./answer.ts";
import { comparedRange, ofKeys, topKeys, withEarlier } from "./compared.ts";
import type { CompiledMetric, CompiledMetrics } from "./compile.ts";
import type { Freshness } from "./freshness.ts";
import { judgeFreshness } from "./freshness.ts";
import type { LocalRange } from "./period.ts";
import { minuteRange } from "./period.ts";
import { reportPosition } from "./status-report.ts";

export interface Asking {
  readonly mirror: Mirror;
  readonly compiled: CompiledMetrics;
  readonly metric: CompiledMetric;
  readonly question: Question;
  readonly now: Micros;
  readonly staleAfterMs: number;
  readonly clock: Clock;
}

export function judge({ metric, question, compiled, now, staleAfterMs }: Asking, status: MirrorStatus): Freshness {
  const fresh = judgeFreshness({ status, metric, now, staleAfterMs });
  const running = question.compare !== undefined && minuteRange(question, compiled.zone).to * 60_000_000 > now;
  return running ? { ...fresh, notes: [...fresh.notes, runningNote] } : fresh;
}

const runningNote: Reason = {
  reason: "period-running",
  message: "The range has not ended yet, and the earlier one has: what is compared is a part with a whole.",
  remedy: "Ask for whole periods that are over, as `last 4 weeks` without this one: give from and to.",
};

/** The questions that one is made of: itself, the same over the whole range (for `top`), the same of the earlier range (for `compare`). */
export interface Parts {
  readonly main: Question;
  readonly totals: Question | undefined;
  readonly earlier: Question | undefined;
  readonly compared: LocalRange | undefined;
}

export function partsOf(question: Question): Parts {
  const { top, compare, ...main } = question;
  const { limit: _, ...unlimited } = main;
  const compared = compare === undefined ? undefined : comparedRange(question, compare);
  return {
    main,
    totals: top === undefined || question.grain === "all" ? undefined : { ...unlimited, grain: "all" },
    earlier: compared === undefined ? undefined : { ...unlimited, ...compared },
    compared,
  };
}

/** Cells of the parts, put together. */
export function together(options: {
  readonly metric: CompiledMetric;
  readonly question: Question;
  readonly parts: Parts;
  readonly main: readonly AnswerCell[];
  readonly totals: readonly AnswerCell[] | undefined;
  readonly earlier: readonly AnswerCell[] | undefined;
}): readonly AnswerCell[] {
  const { metric, question, parts, main, totals, earlier } = options;
  const isZero = question.limit === undefined && (metric.kind === "count" || metric.kind === "sum" || metric.kind === "distinct");
  const both =
    earlier === undefined || parts.compared === undefined
      ? main
      : withEarlier({ cells: main, earlier, question, range: parts.compared, isZero });
  return question.top === undefined ? both : ofKeys(both, topKeys(totals ?? main, question.top));
}

/** The question as it was understood: filters in canonical form. */
export function understood(question: Question, where: Question["where"]): Question {
  return { ...question, where };
}

export function wrap(parts: {
  readonly compiled: CompiledMetrics;
  readonly metric: CompiledMetric;
  readonly status: MirrorStatus;
  readonly question: Question;
  readonly fresh: Freshness;
  readonly from: string;
  readonly cells: readonly AnswerCell[];
  readonly compared?: LocalRange | undefined;
}): Answer {
  const { compiled, metric, status, question, fresh, from, cells, compared } = parts;
  return {
    metric: metric.name,
    title: metric.title,
    kind: metric.kind,
    unit: metric.unit,
    owner: metric.owner,
    format: metric.format,
    question,
    ...(compared === undefined ? {} : { compared }),
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

/** Of the first part that has any. */
export function firstDoubts(...reads: readonly ({ readonly doubts: readonly Reason[] } | undefined)[]): readonly Reason[] {
  return reads.find((one) => (one?.doubts.length ?? 0) > 0)?.doubts ?? [];
}

/** Untrusted where there is a doubt. */
export function doubted(fresh: Freshness, doubts: readonly Reason[]): Freshness {
  return doubts.length === 0 ? fresh : { ...fresh, state: "untrusted", reasons: [...doubts, ...fresh.reasons] };
}
