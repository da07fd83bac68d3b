/** How much of what is withheld the attack gets back. The truth is an analyst's, and is looked at for the score alone. */
import type { MetricDescription } from "../../src/metrics/describe.ts";
import type { AnswerSet, Door, Range, Said } from "./answer-set.ts";
import { daysBetween, takeAnswers } from "./answer-set.ts";
import type { Role } from "./knowledge.ts";
import { keyOf, knowledgeOf, roleOf, targetsOf } from "./knowledge.ts";
import type { Knowledge, Measure, Part, TableOptions, Target } from "./table.ts";
import { sidesOf, takeOver } from "./sides.ts";
import { isOpen, isOpenWhole, Table } from "./table.ts";

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
  /** A few of those that were recovered: names of splits and limits, for whoever mends it. */
  readonly examples: readonly string[];
}

export interface Scores {
  readonly scores: readonly Score[];
  readonly programs: number;
  readonly programsWhole: number;
  /** Numbers that tables of whole numbers bound to k or fewer, and linear programs do not; and those that were not asked for in time. */
  readonly wholeOnly: number;
  readonly wholeLeft: number;
  /** Size of the program. */
  readonly columns: number;
  readonly seconds: number;
}

export interface Attacked {
  readonly metric: MetricDescription;
  readonly range: Range;
  /** All that the attack knows. */
  readonly set: AnswerSet;
  readonly truth: readonly Said[];
}

/** A metric with others, in one program: what its numbers are among theirs. */
export interface Member {
  readonly attacked: Attacked;
  readonly role: Role;
}

export interface Together {
  readonly members: readonly Member[];
  /** What else the attack knows of every row. */
  readonly everywhere?: TableOptions["everywhere"];
  /** Slots of the table; by default the days of the range. */
  readonly days?: readonly string[];
  /** Seconds for tables of whole numbers; by default none are looked for. */
  readonly wholeSeconds?: number;
}

/** Asks everything with the viewer's door, and the same splits with the analyst's. `only` these splits, and no other doors. */
export async function takeBoth(options: {
  readonly viewer: Door;
  readonly analyst: Door;
  readonly metric: MetricDescription;
  readonly range: Range;
  readonly only?: ReadonlySet<string>;
}): Promise<Attacked> {
  const { viewer, analyst, ...asked } = options;
  const set = await takeAnswers({ door: viewer, ...asked });
  const truth = await takeAnswers({ door: analyst, ...asked, only: set.answered });
  // Without the truth nothing would be missing, and nothing found.
  if (truth.answered.size < set.answered.size) throw new Error(`${asked.metric.name}: the analyst's door is closed`);
  return { metric: asked.metric, range: asked.range, set, truth: once(truth.splits) };
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

/** What an analyst is told. */
export function everything({ set, truth, ...rest }: Attacked): Attacked {
  return { ...rest, truth, set: { ...set, splits: truth, bounds: [], doors: [] } };
}

/** One metric alone. */
export function scoreOf(attacked: Attacked, wholeSeconds = 0): Score & Omit<Scores, "scores"> {
  const { scores, ...rest } = scoreTogether({ members: [{ attacked, role: roleOf(attacked.metric) }], wholeSeconds });
  const [score] = scores;
  if (score === undefined) throw new Error("bug: no score");
  return { ...score, ...rest };
}

/** Bounds every withheld cell of all members by linear programming over all that was told of any of them. */
export function scoreTogether(together: Together): Scores {
  const started = performance.now();
  const days = together.days ?? daysOf(together.members);
  const given = together.members.map((member) => ({ ...member, withheld: withheldOf(member.attacked) }));
  const targets = given.map(({ role, withheld, attacked }) => targetsOf({ role, withheld, days, k: attacked.set.k }));
  const all = targets.flatMap((own) => own.map(({ target }) => target));
  const measures = measuresOf(together.members);
  const known: Knowledge[] = given.flatMap(({ role, withheld, attacked }) => [...knowledgeOf({ role, withheld, days, set: attacked.set })]);
  let done = { programs: 0, programsWhole: 0, wholeLeft: 0, columns: 0 };
  if (all.length > 0) {
    const parts = partsOf(together.members);
    const wholeSeconds = together.wholeSeconds ?? 0;
    const sides = sidesOf({ members: together.members, measures, knowledge: known, targets: all });
    for (const { measure, knowledge, targets: own } of sides) {
      using side = new Table({ days, parts, knowledge, measures: [measure] });
      side.narrow(own);
      if (wholeSeconds > 0) side.narrowWhole(own, wholeSeconds);
      done = { ...done, programs: done.programs + side.solved, programsWhole: done.programsWhole + side.solvedWhole };
    }
    takeOver(sides);
    using table = new Table({ days, parts, knowledge: known, measures, everywhere: together.everywhere ?? [] });
    table.narrow(all);
    const wholeLeft = wholeSeconds > 0 ? table.narrowWhole(all, wholeSeconds) : 0;
    const columns = measures.length * days.length * parts.reduce((sum, { combinations }) => sum + combinations.length, 0);
    done = { programs: done.programs + table.solved, programsWhole: done.programsWhole + table.solvedWhole, wholeLeft, columns };
  }
  const isWholeAsked = (together.wholeSeconds ?? 0) > 0;
  return {
    ...done,
    wholeOnly: isWholeAsked ? all.filter((one) => isOpen(one) && !isOpenWhole(one)).length - done.wholeLeft : 0,
    scores: given.map(({ attacked, withheld }, i) => memberScore(attacked, withheld, targets[i] ?? [])),
    seconds: (performance.now() - started) / 1000,
  };
}

function memberScore(
  { metric, set, truth }: Attacked,
  withheld: readonly Said[],
  targets: readonly { readonly said: Said; readonly target: Target }[],
): Score {
  const recovered = new Map<string, { readonly said: Said; readonly least: number; readonly most: number; readonly truth: number }>();
  const take = (said: Said, one: { readonly least: number; readonly most: number; readonly truth: number }): void => {
    const before = recovered.get(keyOf(said));
    if (before === undefined || before.most - before.least > one.most - one.least) recovered.set(keyOf(said), { said, ...one });
  };
  for (const { said, target } of targets) if (!isOpen(target)) take(said, target);
  if (metric.kind === "distinct") {
    for (const said of withheld) {
      const limits = between(said, set.splits);
      if (limits.most - limits.least <= set.k) take(said, { ...limits, truth: said.cell.count });
    }
  }
  const found = [...recovered.values()];
  const shown = new Set(set.splits.map(keyOf));
  return {
    metric: metric.name,
    asked: set.asked,
    refused: set.refused,
    cells: truth.length,
    withheld: truth.filter((said) => !shown.has(keyOf(said))).length,
    exactly: found.filter(({ least, most }) => most - least < 1e-6).length,
    nearly: found.length,
    negations: set.negations,
    examples: found
      .slice(0, 5)
      .map(
        ({ said, least, most, truth: value }) =>
          `${said.grain} ${said.days[0]} ${JSON.stringify(said.where)} ${value}: ${least} to ${most}`,
      ),
  };
}

/** What is withheld of the range, and lies in it as a whole. */
function withheldOf({ set, truth }: Attacked): readonly Said[] {
  const shown = new Set(set.splits.map(keyOf));
  return truth.filter((said) => said.days.length > 0 && !said.isWider && !said.isNarrower && !shown.has(keyOf(said)));
}

/** One slot where nothing has a time. */
function daysOf(members: readonly Member[]): readonly string[] {
  const timed = members.find(({ attacked }) => attacked.metric.kind !== "share");
  return timed === undefined ? [""] : daysBetween(timed.attacked.range.from, timed.attacked.range.to);
}

function measuresOf(members: readonly Member[]): readonly Measure[] {
  const order: readonly Measure[] = ["rows", "hits", "misses", "sum"];
  const used = new Set(
    members.flatMap(({ role }) => [role.count, role.hits, role.sum, role.atLeast].flatMap((factors) => Object.keys(factors ?? {}))),
  );
  return order.filter((measure) => used.has(measure));
}

/** The largest sets of dimensions that something was told of or withheld, with the combinations of each that occur; all as one where they share different ones. */
function partsOf(members: readonly Member[]): readonly Part[] {
  const said = members.flatMap(({ attacked: { truth, set } }) => [...truth, ...set.splits, ...set.doors, ...set.bounds]);
  const all = [...new Map(said.map(({ where }) => [namesOf(where).join(), namesOf(where)])).values()];
  const largest = all.filter((names) => !all.some((other) => other.length > names.length && names.every((name) => other.includes(name))));
  const shared = (one: readonly string[], other: readonly string[]): string => one.filter((name) => other.includes(name)).join();
  const pairs = largest.flatMap((one, i) => largest.slice(i + 1).map((other) => shared(one, other)));
  if (new Set(pairs).size > 1)
    throw new Error(`sets of dimensions that share different ones: ${largest.map((names) => names.join("+")).join()}`);
  const truth = members.flatMap(({ attacked }) => attacked.truth);
  return largest.map((names) => {
    const own = truth.filter(({ where }) => namesOf(where).join() === names.join());
    const combinations = own.map(({ where }) => Object.fromEntries(names.map((name) => [name, where[name]?.[0] ?? null])));
    return { names, combinations: [...new Map(combinations.map((one) => [JSON.stringify(one), one])).values()] };
  });
}

function namesOf(where: Said["where"]): readonly string[] {
  return Object.keys(where).toSorted();
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
