/**
 * Metrics of the example whose rows overlap, attacked in one program; and those whose rows are the same at another time, or at none: all
 * devices now, less the activations of every month.
 */
import type { Said } from "./answer-set.ts";
import type { Role } from "./knowledge.ts";
import { keyOf, roleOf } from "./knowledge.ts";
import type { Attacked, Member, Together } from "./score.ts";

/** Connection attempts: of a rate both sides, of which the others count one or both. */
const attempts: Readonly<Record<string, Role>> = {
  failed_connection_rate: { count: { hits: 1, misses: 1 }, hits: { hits: 1 } },
  failed_connections: { count: { hits: 1 } },
  connection_time: { count: { hits: 1, misses: 1 } },
  // Each of these devices had a successful attempt.
  active_devices: { atLeast: { misses: 1 } },
};

/** Milliseconds of one attempt (examples/smart-home/world/attempt-rows.ts). */
const attemptMs = { least: 60, most: 14_900 };

/** Months of a metric with a time, beside all of its table. */
export const throughTime = [
  { timed: "activations", whole: "fleet_by_firmware" },
  { timed: "sign_ups", whole: "assistant_link" },
] as const;

/** The members of each program: metrics that overlap together, all others alone. */
export function familiesOf(all: readonly Attacked[]): readonly Together[] {
  const overlapping = all.flatMap((attacked): readonly Member[] => {
    const role = attempts[attacked.metric.name];
    return role === undefined ? [] : [{ attacked, role }];
  });
  const isOne = overlapping.some(({ attacked }) => attacked.metric.kind === "ratio");
  const alone = all.filter(({ metric }) => !isOne || attempts[metric.name] === undefined);
  return [
    ...(isOne ? [{ members: overlapping }] : []),
    ...alone.map((attacked) => ({ members: [{ attacked, role: roleOf(attacked.metric) }] })),
    ...all.filter(({ metric }) => metric.kind === "sum").map(sumsOf),
  ];
}

/** The values of a sum: as near as k rows of the mean size. Who has such a device knows how long an attempt takes, at least and at most. */
function sumsOf(attacked: Attacked): Together {
  const role = { count: { rows: 1 }, sum: { sum: 1 } };
  const metric = { ...attacked.metric, name: `${attacked.metric.name}: values` };
  return {
    members: [{ attacked: { ...attacked, metric }, role }],
    everywhere: [
      { factors: { sum: 1, rows: -attemptMs.least }, least: 0, most: Infinity },
      { factors: { sum: 1, rows: -attemptMs.most }, least: -Infinity, most: 0 },
    ],
  };
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
