/**
 * One measure of several while the others are as they are: a smaller program, whose limits are whole numbers. What is open in it is open in
 * all of it, for the rest need not move; what is not is asked of the whole program.
 */
import type { Said } from "./answer-set.ts";
import { keyOf } from "./knowledge.ts";
import type { Member } from "./score.ts";
import type { Factors, Knowledge, Measure, Place, Target } from "./table.ts";

export interface Side {
  readonly measure: Measure;
  readonly knowledge: readonly Knowledge[];
  /** Of those in `origins`, in their order, the part that is of the measure. */
  readonly targets: readonly Target[];
  readonly origins: readonly { readonly target: Target; readonly rest: number }[];
}

type Truth = ReadonlyMap<string, Partial<Record<Measure, number>>>;

/** None where there is one measure only, or where the parts of a sum are not known. The truth of the others is that of told cells, or of the analyst: it stands for any table that fits. */
export function sidesOf(options: {
  readonly members: readonly Member[];
  readonly measures: readonly Measure[];
  readonly knowledge: readonly Knowledge[];
  readonly targets: readonly Target[];
}): readonly Side[] {
  const { members, measures, knowledge, targets } = options;
  if (measures.length < 2 || measures.includes("sum")) return [];
  const truth = truthOf(members);
  const sides = measures.map((measure): Side | undefined => {
    const own = targets.flatMap((target) => {
      const factor = target.factors[measure];
      const rest = factor === undefined ? undefined : restOf(target.place, target.factors, measure, truth);
      if (factor === undefined || rest === undefined) return [];
      const [low, high] = [target.least - rest, target.most - rest];
      const part = { ...target, factors: { [measure]: factor }, least: low, most: high, leastWhole: low, mostWhole: high };
      return [{ part, origin: { target, rest } }];
    });
    const limits = knowledge.map((one) => restricted(one, measure, truth));
    if (limits.includes(undefined)) return undefined;
    return {
      measure,
      knowledge: limits.flatMap((one) => one ?? []),
      targets: own.map(({ part }) => part),
      origins: own.map(({ origin }) => origin),
    };
  });
  return sides.includes(undefined) ? [] : sides.filter((side) => side !== undefined);
}

/** What was found of a side holds for the whole. */
export function takeOver(sides: readonly Side[]): void {
  for (const { targets, origins } of sides) {
    for (const [i, { target, rest }] of origins.entries()) {
      const { least, most, leastWhole, mostWhole } = targets[i] ?? target;
      target.least = Math.min(target.least, least + rest);
      target.most = Math.max(target.most, most + rest);
      target.leastWhole = Math.min(target.leastWhole, leastWhole + rest);
      target.mostWhole = Math.max(target.mostWhole, mostWhole + rest);
    }
  }
}

function truthOf(members: readonly Member[]): Truth {
  const known = new Map<string, Partial<Record<Measure, number>>>();
  for (const { attacked, role } of members) {
    if (role.hits === undefined) continue;
    for (const said of [...attacked.truth, ...attacked.set.splits, ...attacked.set.doors])
      if (!said.isWider && !said.isNarrower)
        known.set(keyOfPlace(said), { hits: said.cell.hits ?? 0, misses: said.cell.count - (said.cell.hits ?? 0) });
  }
  return known;
}

/** The part of a sum that is of other measures; undefined: it is not known. */
function restOf(place: Place, factors: Factors, measure: Measure, truth: Truth): number | undefined {
  let rest = 0;
  for (const [name, factor] of Object.entries(factors) as [Measure, number][]) {
    if (name === measure) continue;
    const value = truth.get(keyOfPlace(place))?.[name];
    if (value === undefined) return undefined;
    rest += factor * value;
  }
  return rest;
}

/** Limits become those of a whole number, inwards. undefined: what is of the other measures is not known. */
function restricted({ place, factors, least, most }: Knowledge, measure: Measure, truth: Truth): readonly Knowledge[] | undefined {
  const factor = factors[measure];
  if (factor === undefined) return [];
  const rest = restOf(place, factors, measure, truth);
  // A whole that reaches beyond the range: the ratio that is told of the same cell says more.
  if (rest === undefined) return least === 0 ? [] : undefined;
  const ends = [(least - rest) / factor, (most - rest) / factor].toSorted((a, b) => a - b);
  const slight = 1e-9;
  return [{ place, factors: { [measure]: 1 }, least: Math.ceil((ends[0] ?? 0) - slight), most: Math.floor((ends[1] ?? 0) + slight) }];
}

function keyOfPlace({ days, where }: Pick<Said, "days" | "where">): string {
  return keyOf({ grain: "", days, where, isWider: false });
}
