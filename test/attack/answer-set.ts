/**
 * Everything that somebody with a token can get over HTTP of one metric and one range: every grain and split, and the same by other doors
 * (filters on one value, on several, on all but one; single periods as one number; an earlier range beside; the largest; totals). It
 * knows addresses and answers alone.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Answer, AnswerCell } from "../../src/metrics/answer.ts";
import type { MetricDescription } from "../../src/metrics/describe.ts";

export interface Door {
  readonly url: string;
  readonly token: string;
  /** Lifts k, where the token may. */
  readonly reason?: string;
}

/** A cell as it was told: which days and which values it is of. */
export interface Said {
  readonly grain: string;
  /** Local days `YYYY-MM-DD` of the range that it covers; one empty text where the metric has no time. */
  readonly days: readonly string[];
  /** It also covers days outside of the range. */
  readonly isWider: boolean;
  /** It covers part of its days (hours). */
  readonly isNarrower: boolean;
  readonly where: Readonly<Record<string, readonly (string | null)[]>>;
  readonly cell: Pick<AnswerCell, "count" | "hits" | "sum" | "atLeastK" | "hitsAtLeastK" | "missesAtLeastK">;
}

/** A ratio that was told in coarse steps. */
export interface Bound extends Said {
  readonly below: number | undefined;
  readonly above: number | undefined;
}

export interface AnswerSet {
  /** Of the splits: each told cell once. */
  readonly splits: readonly Said[];
  readonly bounds: readonly Bound[];
  /** What came by other doors. */
  readonly doors: readonly Said[];
  /** Splits (grain and dimensions) that were answered, as `keyOfSplit`. */
  readonly answered: ReadonlySet<string>;
  readonly asked: number;
  readonly refused: number;
  /** Answers to a filter on all values but one: there must be none. */
  readonly negations: number;
  readonly k: number;
}

export interface Range {
  /** First days of months. */
  readonly from: string;
  readonly to: string;
}

export async function get<T>({ url, token, reason }: Door, path: string): Promise<T | undefined> {
  const headers = { authorization: `Bearer ${token}`, ...(reason === undefined ? {} : { "vitrine-reason": reason }) };
  // While linear programs ran the server may have closed a connection that was kept.
  const response = await fetch(`${url}${path}`, { headers }).catch(async () => fetch(`${url}${path}`, { headers }));
  const body: unknown = await response.json();
  if (response.status === 200) return body as T;
  if (response.status >= 500 || response.status === 401 || response.status === 403 || response.status === 429)
    throw new Error(`${path}: ${response.status} ${JSON.stringify(body)}`);
  return undefined;
}

function keyOfSplit(grain: string, names: readonly string[]): string {
  return `${grain} ${names.toSorted().join()}`;
}

export async function takeAnswers(options: {
  readonly door: Door;
  readonly metric: MetricDescription;
  readonly range: Range;
  /** Only these splits, and no other doors. */
  readonly only?: ReadonlySet<string>;
}): Promise<AnswerSet> {
  const asking = new Asking(options.door, options.metric, options.range);
  const splits = await asking.splits(options.only);
  const { bounds } = asking;
  const doors = options.only === undefined ? await asking.doors(splits) : [];
  return {
    splits: [...splits, ...asking.parts],
    bounds,
    doors,
    answered: asking.answered,
    asked: asking.asked,
    refused: asking.refused,
    negations: asking.negations,
    k: asking.k,
  };
}

class Asking {
  readonly #door: Door;
  readonly #metric: MetricDescription;
  readonly #range: Range;
  readonly #names: readonly string[];
  readonly answered = new Set<string>();
  readonly bounds: Bound[] = [];
  readonly parts: Said[] = [];
  asked = 0;
  refused = 0;
  negations = 0;
  k = 0;

  constructor(door: Door, metric: MetricDescription, range: Range) {
    this.#door = door;
    this.#metric = metric;
    this.#range = range;
    this.#names = metric.dimensions.map(({ name }) => name);
  }

  async splits(only: ReadonlySet<string> | undefined): Promise<readonly Said[]> {
    const said: Said[] = [];
    for (const grain of this.#metric.grains) {
      for (const names of subsets(this.#names).filter((one) => one.length <= 3)) {
        if (only !== undefined && !only.has(keyOfSplit(grain, names))) continue;
        if (grain === "all" && this.#metric.kind !== "share") continue;
        const answer = await this.#ask(grain, names.length === 0 ? {} : { by: names.join() });
        if (answer === undefined) continue;
        this.answered.add(keyOfSplit(grain, names));
        this.k = answer.k;
        said.push(...answer.cells.flatMap((cell) => this.#all(answer, cell)));
      }
    }
    return said;
  }

  async doors(splits: readonly Said[]): Promise<readonly Said[]> {
    const said: Said[] = [];
    const take = async (grain: string, parts: Readonly<Record<string, string | readonly string[]>>, range?: Range): Promise<boolean> => {
      const answer = await this.#ask(grain, parts, range);
      if (answer !== undefined) said.push(...answer.cells.flatMap((cell) => [...this.#all(answer, cell), ...this.#earlier(answer, cell)]));
      return answer !== undefined;
    };
    const grains = this.#metric.grains.filter((grain) => grain !== "hour");
    const values = new Map(this.#names.map((name) => [name, valuesOf(splits, name)]));
    for (const grain of grains) {
      await take(grain, { compare: "previous" });
      for (const [name, all] of values) {
        await take(grain, { by: name, top: "3" });
        await take(grain, { by: name, compare: "previous" });
        for (const value of all) await take(grain, { [`where.${name}`]: value });
        for (const pair of someSubsets(all)) await take(grain, { [`where.${name}`]: pair });
        const butOne = all.length > 2 ? all.slice(0, 5).map((left) => all.filter((one) => one !== left)) : [];
        for (const most of butOne)
          if ((await take(grain, { [`where.${name}`]: most })) && isWhole(this.#metric, name, all)) this.negations += 1;
        for (const other of this.#names.filter((one) => one !== name))
          for (const value of all.slice(0, 8)) await take(grain, { by: other, [`where.${name}`]: value });
      }
    }
    if (this.#metric.kind !== "share" && this.#metric.grains.includes("all")) {
      for (const range of this.#periods()) {
        await take("all", {}, range);
        for (const name of this.#names) await take("all", { by: name }, range);
      }
    }
    return said;
  }

  /** Days, weeks and months of the range, and runs of days that are none of these. */
  #periods(): readonly Range[] {
    const days = daysBetween(this.#range.from, this.#range.to);
    const next = (day: string, count: number): string => Temporal.PlainDate.from(day).add({ days: count }).toString();
    const of = days.flatMap((day, i) => [
      { from: day, to: next(day, 1) },
      ...(Temporal.PlainDate.from(day).dayOfWeek === 1 && i + 7 <= days.length ? [{ from: day, to: next(day, 7) }] : []),
      ...(i % 5 === 2 && i + 4 <= days.length
        ? [
            { from: day, to: next(day, 4) },
            { from: this.#range.from, to: day },
          ]
        : []),
    ]);
    return [...of, this.#range].filter(({ from, to }) => from < to);
  }

  async #ask(grain: string, parts: Readonly<Record<string, string | readonly string[]>>, range = this.#range): Promise<Answer | undefined> {
    const query = new URLSearchParams({ grain });
    if (this.#metric.kind !== "share") {
      const from = Temporal.PlainDate.from(range.from);
      const to = Temporal.PlainDate.from(range.to);
      query.set("from", (grain === "week" ? from.subtract({ days: from.dayOfWeek - 1 }) : from).toString());
      query.set("to", (grain === "week" ? to.add({ days: (8 - to.dayOfWeek) % 7 }) : to).toString());
    }
    for (const [name, value] of Object.entries(parts))
      for (const one of typeof value === "string" ? [value] : value) query.append(name, one);
    this.asked += 1;
    const answer = await this.#finished(`/v1/metrics/${this.#metric.name}?${query.toString()}`);
    if (answer === undefined) this.refused += 1;
    for (const bound of answer?.bounds ?? []) {
      // A part without its whole is a number that was told.
      if (bound.hits !== undefined) {
        this.parts.push({ ...this.#said(must(answer), { ...noNumbers, ...bound }), cell: { ...noNumbers, count: bound.hits } });
        continue;
      }
      const said = this.#said(must(answer), { ...noNumbers, ...bound });
      this.bounds.push({ ...said, below: bound.below, above: bound.above });
    }
    return answer;
  }

  /** What is not worked out yet is told in a moment: an attack has time. */
  async #finished(path: string): Promise<Answer | undefined> {
    for (let tries = 0; tries < 600; tries += 1) {
      const answer = await get<Answer>(this.#door, path);
      if (answer?.notes.some(({ reason }) => reason === "small-groups-pending") !== true && answer?.state !== "building") return answer;
      await sleep(200);
    }
    throw new Error(`${path}: it is not worked out after two minutes what may be told`);
  }

  /** A share of a dimension's values tells two counts: the part, and the whole without that dimension. */
  #all(answer: Answer, cell: AnswerCell): readonly Said[] {
    const said = this.#said(answer, cell);
    const { of } = this.#metric;
    if (of === undefined) return [said];
    const where = Object.fromEntries(Object.entries(said.where).filter(([name]) => name !== of));
    const { count, hits = 0, atLeastK, hitsAtLeastK } = cell;
    return [
      { ...said, cell: { count: hits, hits: undefined, atLeastK: hitsAtLeastK } },
      { ...said, where, cell: { count, hits: undefined, atLeastK } },
    ];
  }

  #said({ question }: Answer, cell: AnswerCell): Said {
    const where: Record<string, readonly (string | null)[]> = { ...question.where };
    for (const [name, value] of Object.entries(cell.by)) where[name] = [value];
    return { grain: question.grain, where, cell, ...this.#daysOf(question, cell.period) };
  }

  /** Outside of the range nothing is known that would go with it. */
  #earlier({ question }: Answer, { by, before }: AnswerCell): readonly Said[] {
    if (before === undefined || before.period === undefined) return [];
    const said = {
      grain: question.grain,
      where: { ...question.where, ...Object.fromEntries(Object.entries(by).map(([name, value]) => [name, [value]])) },
    };
    const days = this.#daysOf(question, before.period);
    return days.days.length === 0 ? [] : [{ ...said, cell: before, ...days }];
  }

  #daysOf({ grain, from, to }: Answer["question"], period: string | undefined): Pick<Said, "days" | "isWider" | "isNarrower"> {
    if (this.#metric.kind === "share") return { days: [""], isWider: false, isNarrower: false };
    const own = period === undefined ? daysBetween(from, to) : daysOfPeriod(grain, period);
    const days = own.filter((day) => day >= this.#range.from && day < this.#range.to);
    return { days, isWider: days.length < own.length, isNarrower: grain === "hour" };
  }
}

function daysOfPeriod(grain: string, period: string): readonly string[] {
  if (grain === "hour" || grain === "day") return [period.slice(0, 10)];
  const first = Temporal.PlainDate.from(grain === "month" ? `${period}-01` : period);
  return daysBetween(first.toString(), first.add(grain === "month" ? { months: 1 } : { weeks: 1 }).toString());
}

export function daysBetween(from: string, to: string): readonly string[] {
  const first = Temporal.PlainDate.from(from);
  return Array.from({ length: first.until(to, { largestUnit: "days" }).days }, (_, i) => first.add({ days: i }).toString());
}

function valuesOf(splits: readonly Said[], name: string): readonly string[] {
  const all = splits.flatMap(({ where }) => where[name] ?? []).filter((value) => value !== null);
  return [...new Set(all)].toSorted();
}

/** All pairs of a few values; of many, each with its neighbour, and halves. */
function someSubsets(all: readonly string[]): readonly (readonly string[])[] {
  if (all.length < 3) return [];
  const pairs =
    all.length <= 6
      ? all.flatMap((one, i) => all.slice(i + 1).map((other) => [one, other]))
      : all.slice(1).map((one, i) => [must(all[i]), one]);
  const half = all.filter((_, i) => i % 2 === 0);
  return [...pairs.filter((one) => one.length < all.length - 1), ...(half.length < all.length - 1 ? [half] : [])];
}

function must<T>(found: T | undefined): T {
  if (found === undefined) throw new Error("bug: no such value");
  return found;
}

const noNumbers = { count: 0, hits: undefined, value: 0, atLeastK: undefined };

/** Whether these are all values that there are, as far as the catalogue says. */
function isWhole(metric: MetricDescription, name: string, all: readonly string[]): boolean {
  const known = metric.dimensions.find((one) => one.name === name)?.values;
  return known !== undefined && known.length === all.length;
}

function subsets(list: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: 2 ** list.length }, (_, bits) => list.filter((__, i) => ((bits >> i) & 1) === 1));
}
