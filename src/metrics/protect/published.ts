/**
 * What viewers may be told of a group of metrics: the told cells of some splits, at one position, for all requests the same. By month: what
 * is withheld in one is worked out anew only when its cells have changed, and cells are read anew only then.
 */
import { must } from "../../lib/assert.ts";
import { calendarOf } from "../../mirror/calendar.ts";
import type { MetricSpec } from "../../mirror/cuboid.ts";
import { cellsSql } from "../../mirror/layout.ts";
import type { MirrorStatus, MirrorView, SqlRow } from "../../mirror/mirror.ts";
import type { Question } from "../answer.ts";
import type { CompiledMetrics } from "../compile.ts";
import { minuteRange } from "../period.ts";
import { beforeHistory } from "../read-cells.ts";
import type { Group, GroupSplit } from "./group.ts";
import { monthsOf } from "./months.ts";
import type { MonthInput, MonthPart } from "./month.ts";

/** Works a month out; elsewhere. */
export type ProtectMonth = (input: MonthInput) => Promise<readonly MonthPart[]>;

export interface Published {
  readonly status: MirrorStatus;
  /** As long as it is the same, the group's cells are; undefined: nobody knows. */
  readonly versions: string | undefined;
  readonly splits: readonly GroupSplit[];
  /** By month since 1970-01 (0 without a time), the latest first. A week that two months share stands in both. */
  readonly months: ReadonlyMap<number, Month>;
  /** Months that have cells and are not worked out yet: nothing of them is told. */
  readonly pending: ReadonlySet<number>;
}

export interface Month {
  /** Of its cells, and of what was withheld beside it. */
  readonly cells: string;
  readonly beside: string;
  readonly parts: readonly MonthPart[];
}

/** The cells of a group as they were at a position, those of months that are known already left out. */
export interface ReadCells {
  readonly status: MirrorStatus;
  readonly splits: readonly GroupSplit[];
  /** As of Published. */
  readonly versions: string | undefined;
  /** By month, the latest first; `rows` by split, undefined where `cells` is that of the month that is known. */
  readonly months: readonly { readonly month: number; readonly cells: string; readonly rows: readonly (readonly SqlRow[])[] | undefined }[];
}

/** Reads the cells of those splits on one view: a fingerprint of each month, and the rows of those that are wanted. */
export async function readChanged(options: {
  readonly view: MirrorView;
  readonly group: Group;
  readonly isWanted: (month: number, cells: string) => boolean;
}): Promise<ReadCells> {
  const { view, group, isWanted } = options;
  const { splits } = group;
  const specOf = (split: GroupSplit): MetricSpec =>
    must(
      group.members.find(({ name }) => name === split.metric),
      "member",
    ).spec;
  const prints = new Map<number, string[]>();
  const buckets = new Map<number, { from: number; to: number }[]>();
  const empty = (): { from: number; to: number } => ({ from: Infinity, to: -Infinity });
  for (const [i, split] of splits.entries()) {
    const cells = `(SELECT * FROM ${cellsSql(specOf(split), split.id)})`;
    const found = await view.all(`SELECT bucket, count(*) AS n, bit_xor(hash(c)) AS h FROM ${cells} c GROUP BY bucket ORDER BY bucket`);
    for (const { bucket, n, h } of found) {
      for (const month of monthsOf(split, Number(bucket))) {
        prints.set(month, [...(prints.get(month) ?? []), `${i} ${bucket} ${n} ${h}`]);
        const ranges = buckets.get(month) ?? splits.map(empty);
        buckets.set(month, ranges);
        const range = must(ranges[i], "split");
        range.from = Math.min(range.from, Number(bucket));
        range.to = Math.max(range.to, Number(bucket));
      }
    }
  }
  const months: ReadCells["months"][number][] = [];
  for (const month of [...prints.keys()].toSorted((a, b) => b - a)) {
    const cells = must(prints.get(month), "month").join();
    if (!isWanted(month, cells)) months.push({ month, cells, rows: undefined });
    else {
      const rows: (readonly SqlRow[])[] = [];
      for (const [i, split] of splits.entries()) {
        const { from, to } = must(buckets.get(month)?.[i], "split");
        const sql = `SELECT * FROM ${cellsSql(specOf(split), split.id)} WHERE bucket BETWEEN ${from} AND ${to}`;
        rows.push(from > to ? [] : (await view.all(sql)).map(numbers));
      }
      months.push({ month, cells, rows });
    }
  }
  return { status: view.status, splits, versions: undefined, months };
}

/**
 * Says which cells may be told, a month after the other, the latest first: a week that two months share is withheld in both when it is
 * in the later. `onMonths` is given what is worked out so far whenever a month was. `rowsOf` reads a month's rows that were left out.
 */
export async function publish(options: {
  readonly compiled: CompiledMetrics;
  readonly group: Group;
  readonly read: ReadCells;
  readonly last: ReadonlyMap<number, Month>;
  readonly protect: ProtectMonth;
  readonly rowsOf: (month: number, cells: string) => Promise<readonly (readonly SqlRow[])[] | undefined>;
  readonly onMonths: (published: Published) => void;
}): Promise<Published> {
  const { compiled, group, read, last, protect } = options;
  const { status, splits, versions } = read;
  const months = new Map<number, Month>();
  const pending = (done: ReadonlyMap<number, Month>): ReadonlySet<number> =>
    new Set(read.months.map(({ month }) => month).filter((month) => !done.has(month)));
  // Of the month after this one, the weeks that this one has a part of.
  const besideOf = (month: number): readonly (readonly SqlRow[])[] =>
    splits.map((split, i) => {
      if (split.grain !== "week" || split.follows !== undefined) return [];
      const all = months.get(month + 1)?.parts[i]?.withheld ?? [];
      return all.filter((row) => monthsOf(split, Number(row["bucket"])).includes(month));
    });
  for (const [month, kept] of standing(read, last, besideOf)) months.set(month, kept);
  for (const { month, cells, rows } of read.months) {
    const own = besideOf(month);
    const print = JSON.stringify(own);
    const kept = last.get(month);
    if (kept?.cells === cells && kept.beside === print) {
      months.set(month, kept);
      continue;
    }
    const found = rows ?? (await options.rowsOf(month, cells));
    // They have moved on since: the month is worked out with the next position.
    if (found === undefined) continue;
    const { zone, k } = compiled;
    const input = {
      zone,
      k,
      dimensions: group.dimensions,
      isRatio: group.leader.spec.hit !== undefined,
      splits: splits.map(({ grain, shared, counts, follows }) => ({ grain, dimensions: shared, counts, follows })),
      cells: found,
      month,
      beside: own,
    };
    months.set(month, { cells, beside: print, parts: await protect(input) });
    // What stood beside other verdicts has to be weighed again.
    if (months.has(month - 1) && months.get(month - 1)?.beside !== JSON.stringify(besideOf(month - 1))) months.delete(month - 1);
    options.onMonths({ status, versions, splits, months: new Map(months), pending: pending(months) });
  }
  return { status, versions, splits, months, pending: pending(months) };
}

/** What has not changed, and lies beside nothing that has: it is not pending while others are worked out. */
function standing(
  read: ReadCells,
  last: ReadonlyMap<number, Month>,
  besideOf: (month: number) => readonly (readonly SqlRow[])[],
): ReadonlyMap<number, Month> {
  const changed = new Map(read.months.map(({ month, cells }) => [month, last.get(month)?.cells !== cells]));
  return new Map(
    [...changed].flatMap(([month, isChanged]): readonly (readonly [number, Month])[] => {
      const kept = last.get(month);
      const isBeside = changed.get(month + 1) ?? kept?.beside !== JSON.stringify(besideOf(month));
      return kept === undefined || isChanged || isBeside ? [] : [[month, kept]];
    }),
  );
}

/** The store gives large types as bigint. What is no number (a sum beyond what the store holds) stays none. */
function numbers(row: SqlRow): SqlRow {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === null ? Number.NaN : Number(value)]));
}

/** Throws `metrics/before-history` where a range ends before the first month that has cells. */
export function refuseBeforePublished({ months, pending }: Published, question: Question, zone: string): void {
  const first = Math.min(...months.keys(), ...pending);
  if (question.grain === "all" && months.has(0)) return;
  const start = Number.isFinite(first) ? calendarOf(zone).startOf("month", first) : undefined;
  if (start !== undefined && minuteRange(question, zone).to <= start) throw beforeHistory(start, zone, question);
}
