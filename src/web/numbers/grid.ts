/** An answer as rows and columns: periods down, values of the split across. What the table, the chart, the summary and the image show. */
import type { Answer, Cell, Metric } from "./answers.ts";
import { numberBefore, numberOf } from "./answers.ts";
import { formatValue, sayValue } from "./format.ts";
import type { Grain } from "./periods.ts";
import { isRunning, periodsOf } from "./periods.ts";

export interface Column {
  readonly key: string;
  /** One text per dimension of the split. */
  readonly values: readonly (string | null)[];
  readonly label: string;
  /** Sum of its values where they add up, else the last; orders the columns. */
  readonly size: number;
}

export interface GridCell {
  readonly text: string;
  /** For the chart; undefined: nothing that may be drawn. */
  readonly value: number | undefined;
  /** Not there: none, or withheld. */
  readonly absent: boolean;
  /** With a comparison: the number of the earlier range. */
  readonly before?: number | undefined;
}

export interface Row {
  readonly period: string;
  readonly running: boolean;
  readonly cells: readonly GridCell[];
}

export interface Grid {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** Kinds of which a cell that is missing is nought, where all are there. */
const countable = new Set(["count", "sum", "distinct"]);
/** Notes of answers that lack cells. */
const lacking = new Set(["small-groups-pending", "kept-history-withheld"]);

/** Whether a missing cell is nought: not where something is withheld, or not known yet. */
export function isNoughtIfMissing(answer: Answer, metric: Metric): boolean {
  const isWhole = answer.cellsWithheld === 0 && answer.state !== "building" && !answer.notes.some(({ reason }) => lacking.has(reason));
  return countable.has(metric.kind) && isWhole;
}

/** `now`: the wall clock of the zone (`YYYY-MM-DDTHH`); periods after it are not shown. */
export function gridOf(answer: Answer, metric: Metric, grain: Grain, now: string): Grid {
  const dimensions = splitOf(answer, metric);
  const columns = columnsOf(answer, dimensions);
  const found = new Map(answer.cells.map((cell) => [`${cell.period ?? ""}\u0000${keyOf(cell, dimensions)}`, cell]));
  const periods = allPeriods(answer, grain, now);
  const isNought = isNoughtIfMissing(answer, metric);
  const rows = periods.map((period) => ({
    period,
    running: isRunning(period, grain, now),
    cells: columns.map(({ key }) => showCell(found.get(`${period}\u0000${key}`), metric, isNought)),
  }));
  return { columns, rows };
}

/** The dimensions of the columns: a retention has its days as well. */
export function splitOf(answer: Answer, metric: Metric): readonly string[] {
  return metric.kind === "retention" && !answer.question.by.includes("day") ? [...answer.question.by, "day"] : answer.question.by;
}

function allPeriods(answer: Answer, grain: Grain, now: string): readonly string[] {
  const given = answer.cells.flatMap(({ period }) => (period === undefined ? [] : [period]));
  // Labels of repeated hours carry an offset; the calendar's own label for that hour is then not a period.
  const repeated = new Set(given.filter((label) => label.length > 13).map((label) => label.slice(0, 13)));
  const calendar = periodsOf(answer.question, grain, now).filter((label) => !repeated.has(label));
  return [...new Set([...calendar, ...given])].toSorted();
}

function columnsOf(answer: Answer, dimensions: readonly string[]): readonly Column[] {
  if (dimensions.length === 0) return [{ key: "", values: [], label: "", size: 0 }];
  const columns = new Map<string, Column>();
  for (const cell of answer.cells) {
    const key = keyOf(cell, dimensions);
    const values = dimensions.map((dimension) => cell.by[dimension] ?? null);
    const before = columns.get(key)?.size ?? 0;
    columns.set(key, { key, values, label: values.map(sayValue).join(" · "), size: before + weight(cell) });
  }
  return [...columns.values()].toSorted((a, b) => b.size - a.size || a.label.localeCompare(b.label, "en", { numeric: true }));
}

/** Parts are ordered by what stands behind them. */
function weight(cell: Cell): number {
  return cell.sum ?? cell.count ?? numberOf(cell) ?? 0;
}

function keyOf(cell: Cell, dimensions: readonly string[]): string {
  return dimensions.map((dimension) => JSON.stringify(cell.by[dimension] ?? null)).join(",");
}

export function showCell(cell: Cell | undefined, metric: Metric, isNought: boolean): GridCell {
  if (cell === undefined) return isNought ? { text: "0", value: 0, absent: false } : { text: "–", value: undefined, absent: true };
  const value = numberOf(cell);
  const before = numberBefore(cell);
  if (value !== undefined) return { text: formatValue(value, metric), value, absent: false, before };
  if (cell.below !== undefined) return { text: `below ${formatBound(cell.below)}`, value: undefined, absent: false };
  if (cell.above !== undefined) return { text: `above ${formatBound(cell.above)}`, value: undefined, absent: false };
  return { text: "withheld", value: undefined, absent: true };
}

function formatBound(part: number): string {
  return `${Math.round(part * 100)} %`;
}

/** A sentence that says what the chart shows, for those who do not see it and those who have no time. */
export function summarise(grid: Grid, metric: Metric, say: (period: string) => string, withheld = 0): string {
  const [column] = grid.columns;
  if (column === undefined || grid.rows.length === 0)
    return withheld > 0 ? "All there is in this range is withheld: too few stand behind it." : "There is nothing in this range.";
  if (grid.columns.length > 1) return summariseColumns(grid);
  const over = grid.rows.filter((row) => !row.running && row.cells[0]?.value !== undefined);
  const values = over.map((row) => ({ period: row.period, value: row.cells[0]?.value ?? 0 }));
  const [first] = values;
  const last = values.at(-1);
  if (first === undefined || last === undefined) return "No period in this range is over and may be shown.";
  const least = values.reduce((a, b) => (b.value < a.value ? b : a));
  const most = values.reduce((a, b) => (b.value > a.value ? b : a));
  const show = (value: number): string => formatValue(value, metric);
  return `From ${show(first.value)} (${say(first.period)}) to ${show(last.value)} (${say(last.period)}). Lowest ${show(least.value)} (${say(least.period)}), highest ${show(most.value)} (${say(most.period)}).`;
}

function summariseColumns(grid: Grid): string {
  const [first, second] = grid.columns;
  const rest = grid.columns.length - 2;
  const others = rest > 0 ? `, and ${rest} more` : "";
  return `${grid.columns.length} series: ${first?.label ?? ""}, then ${second?.label ?? ""}${others}, the largest first.`;
}

/**
 * The first period in which each value of a split is shown, but for those that are there from the beginning. Where cells are withheld it may
 * have been there before: what is new begins small.
 */
export function firstSeen(answer: Answer, dimension: string): readonly { readonly period: string; readonly value: string }[] {
  const first = new Map<string, string>();
  let begin: string | undefined;
  for (const { period, by } of answer.cells) {
    const value = by[dimension];
    if (period === undefined || value === null || value === undefined || ["other", "unknown"].includes(value)) continue;
    if (begin === undefined || period < begin) begin = period;
    const known = first.get(value);
    if (known === undefined || period < known) first.set(value, period);
  }
  return [...first]
    .filter(([, period]) => period !== begin)
    .map(([value, period]) => ({ period, value }))
    .toSorted((a, b) => (a.period < b.period ? -1 : 1));
}
