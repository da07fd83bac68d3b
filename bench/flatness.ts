/** Whether what a person waits for grows with the table: the largest size of the run against the smallest. */
import type { BenchRow } from "./report.ts";

const goalTimes = 1.5;

/** One row for each figure that must stay flat; of one size alone nothing can be said. */
export function flatnessRows(rows: readonly BenchRow[]): readonly BenchRow[] {
  const groups = [...new Set(rows.map((row) => row.group))];
  const [smallest, largest] = [groups[0], groups.at(-1)];
  return rows.flatMap((row) => {
    if (row.flatMs === undefined || row.group !== smallest) return [];
    const other = rows.find((one) => one.group === largest && one.what === row.what);
    return [flatnessRow({ row, other: smallest === largest ? undefined : other })];
  });
}

function flatnessRow({ row, other }: { readonly row: BenchRow; readonly other: BenchRow | undefined }): BenchRow {
  const common = { group: "flatness", what: row.what, goal: `≤ ${goalTimes.toFixed(1)}× apart` };
  if (row.flatMs === undefined || other?.flatMs === undefined)
    return { ...common, figure: "–", note: "wants two sizes: --facts 1000000,10000000" };
  const ratio = other.flatMs / row.flatMs;
  return {
    ...common,
    figure: `${other.flatMs.toFixed(1)} ms with ${other.group}`,
    against: `${row.flatMs.toFixed(1)} ms with ${row.group}`,
    ratio,
    met: ratio <= goalTimes,
    start: other.start,
  };
}
