/** How much of what is withheld the attack gets back. The truth is an analyst's, and is looked at for the score alone. */
import type { MetricDescription } from "../../src/metrics/describe.ts";
import type { AnswerSet, Bound, Door, Range, Said } from "./answer-set.ts";
import { daysBetween, takeAnswers } from "./answer-set.ts";
import type { Measure, TableOptions, Target } from "./table.ts";
import { Table } from "./table.ts";

export interface Score {
  readonly metric: string;
  /** Questions asked, and those that were refused. */
  readonly asked: number;
  readonly refused: number;
  /** Cells with rows in the splits that were answered, and those of them that were not told. */
  readonly cells: number;
  readonly withheld: number;
  /** Withheld cells that are bounded to one number, and to k numbers or fewer (these among them). */
  readonly exactly: number;
  readonly nearly: number;
  /** Filters on all values but one that were answered. */
  readonly negations: number;
  readonly programs: number;
  readonly seconds: number;
  /** A few of those that were recovered: names of splits and limits, for whoever mends it. */
  readonly examples: readonly string[];
}

export interface Attacked {
  readonly metric: MetricDescription;
  readonly range: Range;
  /** All that the attack knows. */
  readonly set: AnswerSet;
  readonly truth: readonly Said[];
  readonly combinations: readonly Said[];
}

/** Asks everything with the viewer's door, and the same splits with the analyst's. */
export async function takeBoth(options: {
  readonly viewer: Door;
  readonly analyst: Door;
  readonly metric: MetricDescription;
  readonly range: Range;
}): Promise<Attacked> {
  const { viewer, analyst, metric, range } = options;
  const set = await takeAnswers({ door: viewer, metric, range });
  const truth = await takeAnswers({ door: analyst, metric, range, only: set.answered });
  // Dimensions that nothing was answered by tell nothing apart; and a question has three at most.
  const names = metric.dimensions
    .map(({ name }) => name)
    .filter((name) => [...set.answered].some((key) => key.split(/[ ,]/).includes(name)));
  const longest = metric.kind === "share" ? "all" : "month";
  const combinations = await takeAnswers({ door: analyst, metric, range, only: new Set([`${longest} ${names.toSorted().join()}`]) });
  return { metric, range, set, truth: once(truth.splits), combinations: combinations.splits };
}

/** A whole is told with each of its parts. */
function once(said: readonly Said[]): readonly Said[] {
  return [...new Map(said.map((one) => [keyOf(one), one])).values()];
}

/** What a viewer would be told were there no complementary suppression: the cells with enough units. */
export function smallGroupsOnly({ set, truth, ...rest }: Attacked): Attacked {
  const told = truth.filter(({ cell }) => cell.atLeastK === true && cell.hitsAtLeastK !== false && cell.missesAtLeastK !== false);
  return { ...rest, truth, set: { ...set, splits: told, bounds: [], doors: [] } };
}

/**
 * Two metrics as one: of a ratio the rows that hit, and a count of these. `combinations` are of the dimensions of both.
 */
export function together(ratio: Attacked, count: Attacked, combinations: readonly Said[]): Attacked {
  const hitsOf = (said: readonly Said[]): readonly Said[] =>
    said.map((one) => ({
      ...one,
      cell: { ...one.cell, count: one.cell.hits ?? 0, atLeastK: one.cell.hitsAtLeastK, hitsAtLeastK: undefined },
    }));
  const names = [...new Set([...ratio.metric.dimensions, ...count.metric.dimensions].map(({ name }) => name))];
  const dimensionOf = (name: string) =>
    [...ratio.metric.dimensions, ...count.metric.dimensions].filter((one) => one.name === name).slice(0, 1);
  const told = new Set(count.truth.map(keyOf));
  return {
    metric: { ...count.metric, dimensions: names.flatMap(dimensionOf) },
    range: count.range,
    set: {
      ...count.set,
      splits: [...count.set.splits, ...hitsOf(ratio.set.splits)],
      doors: [...count.set.doors, ...hitsOf(ratio.set.doors)],
      bounds: [],
    },
    truth: [...count.truth, ...hitsOf(ratio.truth).filter((one) => one.cell.count > 0 && !told.has(keyOf(one)))],
    combinations,
  };
}

/** What an analyst is told. */
export function everything({ set, truth, ...rest }: Attacked): Attacked {
  return { ...rest, truth, set: { ...set, splits: truth, bounds: [], doors: [] } };
}

/** Sums are attacked by the rows behind them, parts of a whole by their counts; what memory holds has no table. */
function measuresOf({ kind, of }: MetricDescription): readonly Measure[] {
  if (kind === "distinct" || kind === "retention") return [];
  return kind === "ratio" || (kind === "share" && of === undefined) ? ["hits", "misses"] : ["rows"];
}

/** The truth is one of the tables that fit: a target is at least as wide as what was seen with it. */
function targetOf(said: Said, measure: Measure): Target {
  const value = measured(said, measure);
  return { said, measure, truth: value, least: value, most: value };
}

/** What a bound leaves to one side of a ratio while the other is as it is. */
function withinOf(bounded: readonly Bound[], truth: readonly Said[], k: number): NonNullable<TableOptions["within"]> {
  const known = new Map(truth.map((one) => [keyOf(one), one]));
  return bounded.flatMap((said) => {
    const cell = known.get(keyOf(said));
    if (cell === undefined) return [];
    const [hits, misses] = [measured(cell, "hits"), measured(cell, "misses")];
    const step = said.below ?? said.above ?? 0;
    const [most, least] = [(step * misses) / (1 - step), (hits * (1 - step)) / step];
    const isBelow = said.below !== undefined;
    return [
      { said, measure: "hits", least: Math.max(0, k - misses, isBelow ? 0 : most), most: isBelow ? most : Infinity },
      { said, measure: "misses", least: Math.max(0, k - hits, isBelow ? least : 0), most: isBelow ? Infinity : least },
    ] as const;
  });
}

/**
 * Of the longest periods an answer counts what is withheld and not what is empty: asked for one combination after the other, it says of
 * each whether it is there at all.
 */
function existingOf({ metric }: Attacked, withheld: readonly Said[]): NonNullable<TableOptions["within"]> {
  const longest = ["all", "month", "week", "day"].find((grain) => withheld.some((said) => said.grain === grain));
  return withheld
    .filter(({ grain }) => grain === longest)
    .flatMap((said) =>
      measuresOf(metric)
        // Of a ratio's hits, beside a count of these, it is not known whether there are any.
        .filter((measure) => measure !== "rows" || said.cell.hits === undefined)
        .map((measure) => ({
          said,
          measure,
          least: Math.max(0, 1 - (measure === "hits" ? measured(said, "misses") : measure === "misses" ? measured(said, "hits") : 0)),
          most: Infinity,
        })),
    );
}

/** Bounds every withheld cell by linear programming over all that was told. */
export function scoreOf(attacked: Attacked): Score {
  const { metric, range, set, truth } = attacked;
  const started = performance.now();
  const shown = new Set(set.splits.map(keyOf));
  const withheld = truth.filter((said) => said.days.length > 0 && !said.isWider && !said.isNarrower && !shown.has(keyOf(said)));
  const days = metric.kind === "share" ? [""] : daysBetween(range.from, range.to);
  const combinations = distinctOf(attacked);
  const recovered = new Map<string, { least: number; most: number; truth: number; said: Said; measure: Measure }>();
  let programs = 0;
  const told = [...set.splits, ...set.doors];
  const given = { days, combinations, sets: setsOf(attacked), told, k: set.k };
  const bounded = set.bounds.filter(({ isWider, isNarrower }) => !isWider && !isNarrower);
  const measures = measuresOf(metric);
  const existing = existingOf(attacked, withheld);
  const targets = withheld.flatMap((said) => measures.map((measure) => targetOf(said, measure)));
  for (const measure of measures) {
    // With the other side of a ratio as it is: who finds more than k numbers so finds as many without.
    using table = new Table({ ...given, measures: [measure], bounds: [], within: [...withinOf(bounded, truth, set.k), ...existing] });
    table.narrow(
      targets.filter((one) => one.measure === measure),
      set.k,
    );
    programs += table.solved;
  }
  const closed = targets.filter(({ least, most }) => most - least <= set.k + 1e-6);
  if (closed.length > 0 && bounded.length > 0) {
    using table = new Table({ ...given, measures, bounds: bounded });
    table.narrow(closed, set.k);
    programs += table.solved;
  }
  for (const { said, measure, least, most, truth: value } of closed) {
    const before = recovered.get(keyOf(said));
    if (most - least <= set.k + 1e-6 && (before === undefined || before.most - before.least > most - least))
      recovered.set(keyOf(said), { least, most, truth: value, said, measure });
  }
  if (metric.kind === "distinct") {
    for (const said of withheld) {
      const { least, most } = between(said, set.splits);
      if (most - least <= set.k) recovered.set(keyOf(said), { least, most, truth: said.cell.count, said, measure: "rows" });
    }
  }
  const found = [...recovered.values()];
  return {
    metric: metric.name,
    asked: set.asked,
    refused: set.refused,
    cells: truth.length,
    withheld: truth.filter((said) => !shown.has(keyOf(said))).length,
    exactly: found.filter(({ least, most }) => most - least < 1e-6).length,
    nearly: found.length,
    negations: set.negations,
    programs,
    seconds: (performance.now() - started) / 1000,
    examples: found
      .slice(0, 5)
      .map(
        ({ said, least, most, truth: value, measure }) =>
          `${said.grain} ${said.days[0]} ${JSON.stringify(said.where)} ${measure} ${value}: ${least} to ${most}`,
      ),
  };
}

/** Different entities of a longer period are at least those of each part of it, and at most those of all parts together. */
function between({ days, where }: Said, told: readonly Said[]): { readonly least: number; readonly most: number } {
  const same = told.filter((one) => !one.isWider && JSON.stringify(one.where) === JSON.stringify(where));
  const isIn = (inner: readonly string[], outer: readonly string[]): boolean => inner.every((day) => outer.includes(day));
  const parts = same.filter((one) => isIn(one.days, days));
  const covered = new Set(parts.flatMap((one) => one.days)).size === days.length;
  const wholes = same.filter((one) => isIn(days, one.days)).map(({ cell }) => cell.count);
  return {
    least: parts.reduce((most, { cell }) => Math.max(most, cell.count), 0),
    most: Math.min(...wholes, covered ? parts.reduce((sum, { cell }) => sum + cell.count, 0) : Infinity),
  };
}

/** The largest sets of dimensions that something was told of or withheld; all as one where there are more than two of these. */
function setsOf({ metric, truth, set: { splits, doors, bounds } }: Attacked): readonly (readonly string[])[] {
  const told = new Map(
    [...truth, ...splits, ...doors, ...bounds].map(({ where }) => Object.keys(where).toSorted()).map((names) => [names.join(), names]),
  );
  const all = [...told.values()];
  const largest = all.filter((names) => !all.some((other) => other.length > names.length && names.every((name) => other.includes(name))));
  return largest.length === 1 || largest.length === 2 ? largest : [metric.dimensions.map(({ name }) => name)];
}

function measured({ cell: { count, hits = 0, sum = 0 } }: Said, measure: Measure): number {
  if (measure === "rows") return count;
  if (measure === "sum") return sum;
  return measure === "hits" ? hits : count - hits;
}

function keyOf({ grain, days, where, isWider }: Said): string {
  return JSON.stringify([grain, days, isWider, Object.entries(where).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}

function distinctOf({ metric, combinations }: Attacked): readonly Readonly<Record<string, string | null>>[] {
  const found = new Map<string, Readonly<Record<string, string | null>>>();
  for (const { where } of combinations) {
    const one = Object.fromEntries(metric.dimensions.map(({ name }) => [name, where[name]?.[0] ?? null]));
    found.set(JSON.stringify(one), one);
  }
  return found.size === 0 ? [{}] : [...found.values()];
}
