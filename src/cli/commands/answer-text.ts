/** An answer as a table with its envelope: what it contains, up to when, how true. A retention is a grid, an earlier range stands beside. */
import type { Answer, AnswerCell, CellNumbers } from "../../metrics/answer.ts";
import { bar, clean, decimal, duration, integer, paint, percent, spark, table } from "../render.ts";
import type { Terminal } from "./command.ts";

const dayName = "day";
/** Lines of small plots below a table; more would be a second table. */
const plotsMax = 12;

export function answerText(answer: Answer, terminal: Terminal): string {
  const colours = paint(terminal.hasColour);
  const unit = answer.unit === "" || answer.format === "duration" ? "" : colours.dim(` in ${clean(answer.unit)}`);
  const compared = answer.compared === undefined ? "" : colours.dim(` · before: ${answer.compared.from} to ${answer.compared.to}`);
  const title = `${colours.bold(clean(answer.title))}${unit}${compared}\n`;
  const body = answer.kind === "retention" ? gridText(answer, terminal) : cellsText(answer, terminal);
  return `${title}${body}${envelopeText(answer, terminal)}`;
}

/** A value as the metric says: a share of 1, a time, a number. */
export function valueText(answer: Pick<Answer, "format" | "unit">, value: number): string {
  if (answer.format === "percent") return percent(value);
  if (answer.format === "duration") return timeText(value * (durations[answer.unit] ?? 1));
  return decimal(value);
}

/** Minutes with a decimal: numbers that are compared need more than a state line does. */
function timeText(ms: number): string {
  return ms >= 60_000 && ms < 3_600_000 ? `${(ms / 60_000).toFixed(1)} min` : duration(ms);
}

const durations: Readonly<Record<string, number>> = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000 };

interface NumberColumn {
  readonly title: string;
  readonly text: (numbers: CellNumbers) => string;
}

/** The value first, then what it is made of. */
function columnsOf(answer: Answer): readonly NumberColumn[] {
  const value = (title: string): NumberColumn => ({ title, text: (numbers) => valueText(answer, numbers.value) });
  const whole = (title: string, of: (numbers: CellNumbers) => number): NumberColumn => ({ title, text: (numbers) => integer(of(numbers)) });
  switch (answer.kind) {
    case "ratio":
      return [value("rate"), whole("hits", (one) => one.hits ?? 0), whole("of", (one) => one.count)];
    case "share":
    case "retention":
      return [value("share"), whole("with", (one) => one.hits ?? 0), whole("of", (one) => one.count)];
    case "sum":
      return [value("sum"), whole("rows", (one) => one.count)];
    case "distinct":
      return [value("distinct")];
    case "count":
      return [value("count")];
    default:
      return [value("value")];
  }
}

function cellsText(answer: Answer, terminal: Terminal): string {
  const colours = paint(terminal.hasColour);
  const { cells, question } = answer;
  const hasPeriod = question.grain !== "all";
  const isCompared = answer.compared !== undefined;
  const columns = columnsOf(answer);
  const most = Math.max(...cells.map((cell) => cell.value), 0);
  const head = [
    ...(hasPeriod ? [question.grain] : []),
    ...question.by,
    ...columns.map((column) => column.title),
    ...(isCompared ? ["before", "change"] : []),
    "",
  ];
  const rows = cells.map((cell) => [
    ...(hasPeriod ? [cell.period ?? ""] : []),
    ...question.by.map((name) => clean(cell.by[name] ?? "–")),
    ...columns.map((column) => column.text(cell)),
    ...(isCompared ? [cell.before === undefined ? "–" : valueText(answer, cell.before.value), changeText(answer, cell)] : []),
    colours.blue(bar(most === 0 ? 0 : cell.value / most, 20)),
  ]);
  return `${table(head, rows)}${hasPeriod ? plotsText(answer, terminal) : ""}`;
}

/** Of parts the difference in points, of numbers the change in per cent. */
function changeText(answer: Answer, { value, before }: AnswerCell): string {
  if (before === undefined) return "–";
  const sign = (text: string, change: number): string => (change > 0 ? `+${text}` : text);
  if (answer.format === "percent") {
    const points = (value - before.value) * 100;
    return `${sign(points.toFixed(2), points)} pt`;
  }
  if (before.value === 0) return value === 0 ? "0 %" : "new";
  const change = (value / before.value - 1) * 100;
  return `${sign(change.toFixed(1), change)} %`;
}

/** A line for each combination over the periods. */
function plotsText(answer: Answer, terminal: Terminal): string {
  const colours = paint(terminal.hasColour);
  const { cells, question } = answer;
  const periods = [...new Set(cells.map((cell) => cell.period))];
  if (periods.length <= 2) return "";
  const shown = periods.slice(-Math.max(10, terminal.columns - 40));
  const lines = Map.groupBy(cells, (cell) => nameOf(cell, question.by));
  if (question.by.length === 0) {
    const values = cells.slice(-Math.max(10, terminal.columns - 2)).map((cell) => cell.value);
    return `${colours.blue(spark(values))}\n`;
  }
  if (lines.size > plotsMax) return "";
  const widest = Math.max(...[...lines.keys()].map((name) => Array.from(name).length));
  return [...lines]
    .map(([name, list]) => {
      const byPeriod = new Map(list.map((cell) => [cell.period, cell.value]));
      const last = list.at(-1);
      const space = " ".repeat(Math.max(0, widest - Array.from(name).length));
      return `${name}${space} ${colours.blue(spark(shown.map((period) => byPeriod.get(period) ?? 0)))} ${last === undefined ? "" : valueText(answer, last.value)}\n`;
    })
    .join("");
}

/** The values of a cell's dimensions in one text. */
export function nameOf(cell: Pick<AnswerCell, "by">, by: readonly string[]): string {
  return by.map((name) => clean(cell.by[name] ?? "–")).join(" ");
}

/** One row a cohort, one column for each number of days: the part that was active then, and how many there were. */
function gridText(answer: Answer, terminal: Terminal): string {
  const colours = paint(terminal.hasColour);
  const { cells, question } = answer;
  const hasPeriod = question.grain !== "all";
  const dimensions = question.by.filter((name) => name !== dayName);
  const days = [...new Set(cells.map((cell) => Number(cell.by[dayName])))].toSorted((a, b) => a - b);
  const rows = Map.groupBy(cells, (cell) => JSON.stringify([cell.period, ...dimensions.map((name) => cell.by[name])]));
  const most = Math.max(...cells.map((cell) => cell.value), 0);
  const shade = (value: number): string => colours.blue(bar(most === 0 ? 0 : value / most, 6).padEnd(6));
  const isCompared = answer.compared !== undefined;
  const head = [
    ...(hasPeriod ? [`cohort by ${question.grain}`] : []),
    ...dimensions,
    "size",
    ...days.flatMap((day) => [`day ${day}`, ...(isCompared ? ["change"] : []), ""]),
  ];
  const lines = [...rows.values()].map((row) => {
    const byDay = new Map(row.map((cell) => [Number(cell.by[dayName]), cell]));
    const first = row[0];
    return [
      ...(hasPeriod ? [first?.period ?? ""] : []),
      ...dimensions.map((name) => clean(first?.by[name] ?? "–")),
      integer(Math.max(...row.map((cell) => cell.count))),
      ...days.flatMap((day) => {
        const cell = byDay.get(day);
        if (cell === undefined) return ["", ...(isCompared ? [""] : []), ""];
        return [valueText(answer, cell.value), ...(isCompared ? [changeText(answer, cell)] : []), shade(cell.value)];
      }),
    ];
  });
  return table(head, lines);
}

/** `ready · as of 2026-11-22T14:00:00.000Z (0.6 s ago) · …`, then the reasons. */
export function envelopeText(answer: Answer, terminal: Terminal): string {
  const colours = paint(terminal.hasColour);
  const state = { ready: colours.green, building: colours.amber, stale: colours.amber, untrusted: colours.red }[answer.state](answer.state);
  const proven =
    answer.proven === undefined
      ? "nothing proven yet"
      : `proven as of ${answer.proven.at}${answer.lagMs === undefined ? "" : ` (${duration(answer.lagMs)} ago)`}`;
  const parts = [
    state,
    proven,
    `applied ${answer.applied?.lsn ?? "–"}`,
    `from ${answer.from}`,
    `definition ${answer.definitionVersion.slice(0, 8)}`,
    `${integer(answer.cells.length)} cells`,
    ...(answer.cellsWithheld > 0 ? [colours.amber(`${integer(answer.cellsWithheld)} withheld, of fewer than ${answer.k}`)] : []),
  ];
  const reasons = [...answer.reasons, ...answer.notes].map((one) => `  ${one.reason}: ${one.message} ${one.remedy}\n`);
  return `${parts.join(colours.dim(" · "))}\n${reasons.join("")}`;
}
