/** What answers say of a table: sums of its columns with their limits; and what is asked of it: the sums that were not told. */
import type { MetricDescription } from "../../src/metrics/describe.ts";
import type { AnswerSet, Said } from "./answer-set.ts";
import type { Factors, Knowledge, Measure, Place, Target } from "./table.ts";

/** What the numbers of a metric's cell are, in measures of the table. */
export interface Role {
  readonly count?: Factors;
  readonly hits?: Factors;
  readonly sum?: Factors;
  /** Its count is of different entities: there are at least so many rows. */
  readonly atLeast?: Factors;
}

/** Of a metric alone. What memory holds has no table. */
export function roleOf({ kind, of }: MetricDescription): Role {
  if (kind === "distinct" || kind === "retention") return {};
  if (kind === "ratio" || (kind === "share" && of === undefined)) return { count: { hits: 1, misses: 1 }, hits: { hits: 1 } };
  return { count: { rows: 1 } };
}

export function keyOf({ grain, days, where, isWider }: Pick<Said, "grain" | "days" | "where" | "isWider">): string {
  return JSON.stringify([grain, days, isWider, Object.entries(where).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}

/** What has no time is of all slots. */
function placeOf({ days: own, where }: Said, days: readonly string[]): Place {
  return { days: own[0] === "" ? days : own, where };
}

export function knowledgeOf(options: {
  readonly role: Role;
  readonly set: AnswerSet;
  readonly withheld: readonly Said[];
  readonly days: readonly string[];
}): readonly Knowledge[] {
  const { role, set, withheld, days } = options;
  const told = [...set.splits, ...set.doors].flatMap((said) => toldOf(role, said, placeOf(said, days)));
  const bounds = role.hits === undefined ? [] : set.bounds.filter(({ isWider, isNarrower }) => !isWider && !isNarrower);
  return [
    ...told,
    ...bounds.flatMap((bound) => boundOf(role, bound, placeOf(bound, days), set.k)),
    ...existing(withheld).flatMap((said) =>
      role.count === undefined ? [] : [{ place: placeOf(said, days), factors: role.count, least: 1, most: Infinity }],
    ),
  ];
}

function toldOf(role: Role, { cell, isWider, isNarrower }: Said, place: Place): readonly Knowledge[] {
  const exact = (factors: Factors | undefined, value: number): readonly Knowledge[] =>
    factors === undefined ? [] : [{ place, factors, least: isWider ? 0 : value, most: isNarrower ? Infinity : value }];
  const { count, hits = 0, sum = 0 } = cell;
  const atLeast = isWider ? [] : exact(role.atLeast, count).map((one) => ({ ...one, most: Infinity }));
  if (role.hits === undefined) return [...exact(role.count, count), ...exact(role.sum, sum), ...atLeast];
  return [...exact(role.hits, hits), ...exact(difference(role.count ?? {}, role.hits), count - hits)];
}

/** "Below 25 %", "above 75 %": and at least k rows. */
function boundOf(
  role: Role,
  { below, above }: { readonly below: number | undefined; readonly above: number | undefined },
  place: Place,
  k: number,
): readonly Knowledge[] {
  const count = role.count ?? {};
  const step = below ?? above ?? 0;
  const apart = difference(Object.fromEntries(Object.entries(count).map(([name, factor]) => [name, factor * step])), role.hits ?? {});
  return [
    { place, factors: count, least: k, most: Infinity },
    // step × count − hits
    below === undefined ? { place, factors: apart, least: -Infinity, most: 0 } : { place, factors: apart, least: 0, most: Infinity },
  ];
}

/**
 * Of the longest periods an answer counts what is withheld and not what is empty: asked for one combination after the other, it says of
 * each whether it is there at all.
 */
function existing(withheld: readonly Said[]): readonly Said[] {
  const longest = ["all", "month", "week", "day"].find((grain) => withheld.some((said) => said.grain === grain));
  return withheld.filter(({ grain }) => grain === longest);
}

export function targetsOf(options: {
  readonly role: Role;
  readonly withheld: readonly Said[];
  readonly days: readonly string[];
  readonly k: number;
}): readonly { readonly said: Said; readonly target: Target }[] {
  const { role, withheld, days, k } = options;
  return withheld.flatMap((said) => {
    const { count, hits = 0, sum = 0 } = said.cell;
    const place = placeOf(said, days);
    const one = (factors: Factors, truth: number, width = k): { readonly said: Said; readonly target: Target } => ({
      said,
      // The truth is one of the tables that fit, and has whole numbers.
      target: { place, factors, truth, width, least: truth, most: truth, leastWhole: truth, mostWhole: truth },
    });
    if (role.count === undefined) return [];
    if (role.hits !== undefined) return [one(role.hits, hits), one(difference(role.count, role.hits), count - hits)];
    // As near as k rows of the mean size.
    return [one(role.count, count), ...(role.sum === undefined || count === 0 ? [] : [one(role.sum, sum, (k * sum) / count)])];
  });
}

function difference(one: Factors, other: Factors): Factors {
  const left: Partial<Record<Measure, number>> = { ...one };
  for (const [name, factor] of Object.entries(other) as [Measure, number][]) {
    const rest = (left[name] ?? 0) - factor;
    if (rest === 0) delete left[name];
    else left[name] = rest;
  }
  return left;
}
