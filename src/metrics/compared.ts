/** An earlier range beside the one asked, and the few combinations with the largest values: both work on cells that were read. */
import { VitrineError } from "../model/error.ts";
import type { AnswerCell, CellNumbers, Question } from "./answer.ts";
import type { LocalRange, QuestionGrain } from "./period.ts";
import { checkRange, localPeriods } from "./period.ts";

type Unit = "hour" | "day" | "week" | "month" | "year";

/** By what a range may be moved, so that the periods stay whole. */
const unitsOf: Readonly<Record<QuestionGrain, readonly Unit[]>> = {
  hour: ["hour", "day", "week"],
  day: ["day", "week", "month", "year"],
  week: ["week"],
  month: ["month", "year"],
  all: ["day", "week", "month", "year"],
};

const pattern = /^(\d{1,4}) (hour|day|week|month|year)s? before$/;

/** Canonical text of a comparison: `previous`, or `4 weeks before`. Throws `metrics/compare-invalid`. */
export function parseCompare(text: string, grain: QuestionGrain): string {
  const clean = text.trim().toLowerCase().replaceAll(/\s+/g, " ");
  if (clean === "previous") return clean;
  const [, digits = "0", unit = ""] = pattern.exec(clean) ?? [];
  const count = Number(digits);
  const units = unitsOf[grain];
  if (count > 0 && units.some((one) => one === unit)) return `${count} ${unit}${count === 1 ? "" : "s"} before`;
  const shown = units.map((one) => `N ${one}s before`).join(", ");
  const message = `${grain === "all" ? "One number" : `Periods of the grain ${grain}`} can be compared with: previous, ${shown}.`;
  throw new VitrineError("metrics/compare-invalid", { message, place: "compare" });
}

/** The earlier range. `compare` is canonical. Throws `metrics/period-invalid` where it would begin before 1970. */
export function comparedRange(question: LocalRange & { readonly grain: QuestionGrain }, compare: string): LocalRange {
  const { grain } = question;
  const from = atOf(question.from);
  const to = atOf(question.to);
  const withHour = question.from.includes("T") || question.to.includes("T");
  const text = (at: Temporal.PlainDateTime): string =>
    withHour ? at.toString({ smallestUnit: "minute" }).slice(0, 13) : at.toPlainDate().toString();
  if (compare === "previous") {
    const largestUnit = grain === "month" ? "month" : grain === "hour" ? "hour" : "day";
    const length = from.until(to, { largestUnit });
    return checkRange({ from: text(from.subtract(length)), to: text(from) }, grain);
  }
  const [, digits = "0", unit = "day"] = pattern.exec(compare) ?? [];
  const shift = { [`${unit}s`]: Number(digits) };
  const start = from.subtract(shift);
  // As many periods as were asked: a month earlier may be a day shorter.
  const end =
    grain === "all" || grain === "month"
      ? to.subtract(shift)
      : start.add(from.until(to, { largestUnit: grain === "hour" ? "hour" : "day" }));
  return checkRange({ from: text(start), to: text(end) }, grain);
}

function atOf(text: string): Temporal.PlainDateTime {
  return Temporal.PlainDateTime.from(text.includes("T") ? `${text}:00` : text);
}

/** Puts the cells of the earlier range beside their own: the n-th period beside the n-th. */
export function withEarlier(options: {
  readonly cells: readonly AnswerCell[];
  readonly earlier: readonly AnswerCell[];
  readonly question: Question;
  readonly range: LocalRange;
  /** Whether no cell means the number 0. A ratio of nothing is none. */
  readonly isZero: boolean;
}): readonly AnswerCell[] {
  const { cells, earlier, question, range, isZero } = options;
  const now = localPeriods(question, question.grain);
  const before = localPeriods(range, question.grain);
  const later = new Map(before.map((period, index) => [period, now[index]] as const));
  const left = new Map(
    earlier.map((cell) => [
      keyOf(cell.period === undefined ? undefined : (later.get(cell.period) ?? `${cell.period} before`), cell.by),
      cell,
    ]),
  );
  const both = cells.map((cell): AnswerCell => {
    const key = keyOf(cell.period, cell.by);
    const found = left.get(key);
    left.delete(key);
    return found === undefined ? cell : { ...cell, before: { ...numbersOf(found), period: found.period } };
  });
  if (!isZero) return both;
  const gone = [...left.values()].flatMap((cell): AnswerCell[] => {
    const period = cell.period === undefined ? undefined : later.get(cell.period);
    if (cell.period !== undefined && period === undefined) return [];
    const sum = cell.sum === undefined ? {} : { sum: 0 };
    const none = { count: 0, hits: undefined, value: 0, atLeastK: false, ...sum };
    return [{ period, by: cell.by, ...none, before: { ...numbersOf(cell), period: cell.period } }];
  });
  if (gone.length === 0) return both;
  return [...both, ...gone].toSorted((a, b) => ((a.period ?? "") < (b.period ?? "") ? -1 : (a.period ?? "") > (b.period ?? "") ? 1 : 0));
}

/** The numbers of a cell, and nothing else of it. */
export function numbersOf({ count, hits, sum, value, atLeastK, hitsAtLeastK, missesAtLeastK }: CellNumbers): CellNumbers {
  return {
    count,
    hits,
    ...(sum === undefined ? {} : { sum }),
    value,
    atLeastK,
    ...(hitsAtLeastK === undefined ? {} : { hitsAtLeastK }),
    ...(missesAtLeastK === undefined ? {} : { missesAtLeastK }),
  };
}

/** The combinations with the largest values in `totals` (cells of the whole range), largest first. Equal ones: the larger count, then by their texts. */
export function topKeys(totals: readonly AnswerCell[], top: number): readonly string[] {
  const ordered = totals.toSorted((a, b) => b.value - a.value || b.count - a.count || (byKey(a.by) < byKey(b.by) ? -1 : 1));
  return ordered.slice(0, top).map((cell) => byKey(cell.by));
}

/** Cells of these combinations: in each period in this order. */
export function ofKeys(cells: readonly AnswerCell[], keys: readonly string[]): readonly AnswerCell[] {
  const order = new Map(keys.map((key, index) => [key, index]));
  const rank = (cell: AnswerCell): number => order.get(byKey(cell.by)) ?? Infinity;
  const kept = cells.filter((cell) => order.has(byKey(cell.by)));
  return kept.toSorted((a, b) => ((a.period ?? "") < (b.period ?? "") ? -1 : (a.period ?? "") > (b.period ?? "") ? 1 : rank(a) - rank(b)));
}

function byKey(by: AnswerCell["by"]): string {
  return JSON.stringify(Object.values(by));
}

function keyOf(period: string | undefined, by: AnswerCell["by"]): string {
  return `${period ?? ""} ${byKey(by)}`;
}
