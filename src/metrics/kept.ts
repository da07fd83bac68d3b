/**
 * Kept history in answers: periods whose rows the source has purged are read from the cells that were carried over, later ones from
 * what follows the rows. A question's periods are cut in two at the boundary of one grain, so nothing is counted twice.
 */
import { calendarOf } from "../mirror/calendar.ts";
import type { Grain, PeriodCuboid } from "../mirror/cuboid.ts";
import type { KeptHistory } from "../mirror/history.ts";
import type { Question, Reason } from "./answer.ts";
import type { CompiledMetric } from "./compile.ts";
import { bucketRange, localText, minuteRange } from "./period.ts";
import type { AnswerPlan } from "./plan-answer.ts";
import { compareRanks, gives, neededDimensions } from "./plan-answer.ts";

/** The part of an answer that comes from kept cells: buckets of the cuboid's grain below `before`. */
export interface KeptPart {
  readonly history: KeptHistory;
  readonly cuboid: PeriodCuboid;
  readonly before: number;
}

export interface KeptPlan {
  /** undefined: none of the periods is kept, or no kept cuboid has what is asked. */
  readonly part: KeptPart | undefined;
  readonly notes: readonly Reason[];
}

const nothing: KeptPlan = { part: undefined, notes: [] };

/**
 * What of a question's periods is kept, and what a reader must know of it. Kept cells are of the grain of the cuboid that answers
 * the later periods; where rows do, the coarsest grain that gives the grain asked.
 */
export function planKept(options: {
  readonly metric: CompiledMetric;
  readonly question: Question;
  readonly plan: AnswerPlan;
  readonly history: KeptHistory | undefined;
  readonly zone: string;
}): KeptPlan {
  const { metric, question, plan, history, zone } = options;
  // A cuboid of all time is of a metric without periods, which keeps none.
  if (history === undefined || (plan.tag === "cuboid" && plan.cuboid.grain === "all")) return nothing;
  const needed = neededDimensions(metric, question);
  const has = (cuboid: PeriodCuboid): boolean => needed.every((index) => cuboid.dimensions.includes(index));
  const ofGrain = (cuboid: PeriodCuboid): boolean =>
    plan.tag === "cuboid" ? cuboid.grain === plan.cuboid.grain : gives(cuboid.grain, question);
  const able = history.cuboids.filter((cuboid) => ofGrain(cuboid) && has(cuboid));
  const rank = (cuboid: PeriodCuboid): readonly [number, number] => [cuboid.grain === question.grain ? 0 : 1, cuboid.dimensions.length];
  const cuboid = able.toSorted((a, b) => compareRanks(rank(a), rank(b)))[0];
  const grain =
    plan.tag === "cuboid" && plan.cuboid.grain !== "all"
      ? plan.cuboid.grain
      : (cuboid?.grain ?? (question.grain === "all" ? "day" : question.grain));
  const boundary = calendarOf(zone).startOf(grain, history.before[grain]);
  const partial = partialNotes({ history, grain, question, zone });
  if (minuteRange(question, zone).from >= boundary) return { part: undefined, notes: partial };
  const date = localText(boundary, zone, grain === "hour");
  if (cuboid === undefined) return { part: undefined, notes: [lackingNote(date, metric, history), ...partial] };
  return { part: { history, cuboid, before: history.before[grain] }, notes: [keptNote(date), ...partial] };
}

function keptNote(date: string): Reason {
  return {
    reason: "kept-history",
    message: `Periods before ${date} are kept history: the source has purged rows of them, so they stand as they were and cannot be computed again.`,
    remedy: "None needed: the metric says `history: keep`.",
  };
}

function lackingNote(date: string, metric: CompiledMetric, history: KeptHistory): Reason {
  const sets = history.cuboids.map(({ grain, dimensions }) =>
    [grain, ...dimensions.map((index) => metric.dimensions[index]?.name ?? "")].join(" "),
  );
  return {
    reason: "kept-history-lacks",
    message: `Periods before ${date} lack what the source has purged: history was not kept for this combination.`,
    remedy: `Ask for what was kept: ${sets.slice(0, 12).join(", ")}.`,
  };
}

function partialNotes(options: {
  readonly history: KeptHistory;
  readonly grain: Grain;
  readonly question: Question;
  readonly zone: string;
}): readonly Reason[] {
  const { history, grain, question, zone } = options;
  const { from, to } = bucketRange(question, grain, zone);
  const calendar = calendarOf(zone);
  return history.partial[grain]
    .filter((bucket) => bucket >= from && bucket < to)
    .map((bucket) => ({
      reason: "purged-while-open",
      message: `Of the ${grain} that begins on ${localText(calendar.startOf(grain, bucket), zone, grain === "hour")} the source purged rows before it had ended: it counts those that are left.`,
      remedy: "Ask by a finer grain, whose closed periods were kept.",
    }));
}
