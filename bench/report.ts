/** One row of the benchmark: what was measured, against what, the goal, and whether it was met. Figures are measured in this run. */
import { styleText } from "node:util";

export interface BenchRow {
  readonly group: string;
  readonly what: string;
  /** Text for people, with unit. */
  readonly figure: string;
  /** What it is compared with, measured in the same run; absent: an absolute figure. */
  readonly against?: string | undefined;
  readonly ratio?: number | undefined;
  /** Absent: it is only printed. */
  readonly goal?: string | undefined;
  /** Absent: there is no goal, or it could not be measured here. */
  readonly met?: boolean | undefined;
  /** How it came about, or how to get it where it could not be measured. */
  readonly note?: string | undefined;
  /** Milliseconds that must not grow with the number of facts: compared between the smallest and the largest size of the run. */
  readonly flatMs?: number | undefined;
  /** The start of the product in which it was measured: its profile says what limits it. */
  readonly start?: string | undefined;
}

const heading = ["", "measured", "figure", "against (same run)", "ratio", "goal", ""];

/** What took the time in one start of the product. */
export interface Limit {
  readonly start: string;
  /** The rows that were measured in it and miss. */
  readonly missed: readonly string[];
  readonly functions: readonly string[];
}

/** One for each start in which a row missed; `functionsOf` finds those with the most self time. */
export function limitsOf(rows: readonly BenchRow[], functionsOf: (start: string) => readonly string[]): readonly Limit[] {
  const missed = Map.groupBy(
    rows.filter((row) => row.met === false && row.start !== undefined),
    (row) => row.start ?? "",
  );
  return [...missed].map(([start, some]) => ({ start, missed: some.map(({ what }) => what), functions: functionsOf(start) }));
}

export interface TableOptions {
  readonly colour: boolean;
  readonly limits: readonly Limit[];
}

/** The table for a terminal: all rows, also those that miss. */
export function tableOf(rows: readonly BenchRow[], { colour, limits }: TableOptions): string {
  const lines = [heading, ...rows.map(cellsOf)];
  const widths = heading.map((_, i) => Math.max(...lines.map((line) => (line[i] ?? "").length)));
  const text = lines.map((line, at) => paint(padded(line, widths), { row: rows[at - 1], colour }));
  const notes = rows.flatMap((row) => (row.note === undefined ? [] : [`  ${row.group}, ${row.what}: ${row.note}`]));
  const limiting = limits.flatMap(({ start, missed, functions }) => [
    `  ${start}: ${missed.join("; ")}`,
    ...functions.map((line) => `    ${line}`),
  ]);
  return [...text, ...section("Notes:", notes), ...section("What limits the rows that miss (self time):", limiting)].join("\n");
}

/** One row for the progress on stderr. */
export function lineOf(row: BenchRow): string {
  const ratio = row.ratio === undefined ? "" : ` = ${row.ratio.toFixed(2)}×${row.against === undefined ? "" : ` of ${row.against}`}`;
  return `  ${row.what}: ${row.figure}${ratio}${row.goal === undefined ? "" : ` (goal ${row.goal})`}`;
}

function cellsOf(row: BenchRow): readonly string[] {
  return [
    row.group,
    row.what,
    row.figure,
    row.against ?? "",
    row.ratio === undefined ? "" : `${row.ratio.toFixed(2)}×`,
    row.goal ?? "printed",
    verdict(row),
  ];
}

function verdict(row: BenchRow): string {
  if (row.goal === undefined) return "";
  return row.met === undefined ? "not measured" : row.met ? "met" : "MISSED";
}

function padded(line: readonly string[], widths: readonly number[]): string {
  return line
    .map((cell, i) => cell.padEnd(widths[i] ?? 0))
    .join("  ")
    .trimEnd();
}

function paint(line: string, { row, colour }: { readonly row: BenchRow | undefined; readonly colour: boolean }): string {
  if (!colour) return line;
  if (row === undefined) return styleText("bold", line, { validateStream: false });
  if (row.met === undefined) return line;
  return styleText(row.met ? "green" : "red", line, { validateStream: false });
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", title, ...lines];
}

/** 2_431_000 → "2.43 M". */
export function human(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(2)} G`;
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)} M`;
  if (value >= 1e3) return `${(value / 1e3).toFixed(1)} k`;
  return value.toFixed(value < 10 ? 2 : 0);
}

/** 12_345_678 → "11.8 MiB". */
export function humanBytes(bytes: number): string {
  if (bytes >= 2 ** 30) return `${(bytes / 2 ** 30).toFixed(2)} GiB`;
  return bytes >= 2 ** 20 ? `${(bytes / 2 ** 20).toFixed(1)} MiB` : `${(bytes / 2 ** 10).toFixed(0)} KiB`;
}

/** The q-th quantile (0…1) of unsorted numbers; NaN for none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}
