/** One row of the benchmark: what was measured, against what, the goal, and whether it was met. Figures are measured in this run. */
export interface BenchRow {
  readonly group: string;
  readonly what: string;
  /** Text for people, with unit. */
  readonly figure: string;
  /** What it is compared with, measured in the same run; undefined: an absolute figure. */
  readonly against: string | undefined;
  readonly ratio: number | undefined;
  readonly goal: string;
  /** undefined: there is no goal to meet, it is only printed. */
  readonly met: boolean | undefined;
  /** What limits it, where it misses. */
  readonly note: string | undefined;
}

/** The table for a terminal: all rows, also those that miss. */
export function tableOf(rows: readonly BenchRow[]): string {
  const lines = rows.map((row) => [
    row.group,
    row.what,
    row.figure,
    row.against ?? "",
    row.ratio === undefined ? "" : `${row.ratio.toFixed(2)}×`,
    row.goal,
    row.met === undefined ? "" : row.met ? "met" : "MISSED",
  ]);
  const all = [["", "measured", "figure", "against (same run)", "ratio", "goal", ""], ...lines];
  const widths = (all[0] ?? []).map((_, i) => Math.max(...all.map((line) => (line[i] ?? "").length)));
  const text = all.map((line) =>
    line
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const notes = rows.filter((row) => row.note !== undefined).map((row) => `  ${row.group}, ${row.what}: ${row.note}`);
  return [...text, ...(notes.length > 0 ? ["", "What limits it:", ...notes] : [])].join("\n");
}

/** 2_431_000 → "2.43 M". */
export function human(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(2)} G`;
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)} M`;
  if (value >= 1e3) return `${(value / 1e3).toFixed(1)} k`;
  return value.toFixed(value < 10 ? 2 : 0);
}

/** The q-th quantile (0…1) of unsorted numbers; NaN for none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}
