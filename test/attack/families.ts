/**
 * Metrics of the example whose rows overlap, attacked in one program; and those whose rows are the same at another time, or at none: all
 * devices now, less the activations of every month.
 */
import type { Said } from "./answer-set.ts";
import type { Role } from "./knowledge.ts";
import { keyOf, roleOf } from "./knowledge.ts";
import type { Attacked, Member } from "./score.ts";

/** Connection attempts: of a rate both sides, of which the others count one or both. */
const attempts: Readonly<Record<string, Role>> = {
  failed_connection_rate: { count: { hits: 1, misses: 1 }, hits: { hits: 1 } },
  failed_connections: { count: { hits: 1 } },
  connection_time: { count: { hits: 1, misses: 1 } },
  // Each of these devices had a successful attempt.
  active_devices: { atLeast: { misses: 1 } },
};

/** Months of a metric with a time, beside all of its table. */
export const throughTime = [
  { timed: "activations", whole: "fleet_by_firmware" },
  { timed: "sign_ups", whole: "assistant_link" },
] as const;

/** The members of each program: metrics that overlap together, all others alone. */
export function familiesOf(all: readonly Attacked[]): readonly (readonly Member[])[] {
  const overlapping = all.flatMap((attacked): readonly Member[] => {
    const role = attempts[attacked.metric.name];
    return role === undefined ? [] : [{ attacked, role }];
  });
  const isOne = overlapping.some(({ attacked }) => attacked.metric.kind === "ratio");
  const alone = all.filter(({ metric }) => !isOne || attempts[metric.name] === undefined);
  return [...(isOne ? [overlapping] : []), ...alone.map((attacked) => [{ attacked, role: roleOf(attacked.metric) }])];
}

/** A metric's months as slots of one table. */
export function byMonth(attacked: Attacked): Attacked {
  const monthly = <T extends Said>(said: readonly T[]): readonly T[] =>
    said
      .filter(({ grain }) => grain === "month" || grain === "all")
      .map((one) => ({ ...one, days: [...new Set(one.days.map((day) => day.slice(0, 7)))] }));
  const { set, truth } = attacked;
  const once = [...new Map(monthly(truth).map((one) => [keyOf(one), one])).values()];
  return {
    ...attacked,
    truth: once,
    set: { ...set, splits: monthly(set.splits), doors: monthly(set.doors), bounds: monthly(set.bounds) },
  };
}
