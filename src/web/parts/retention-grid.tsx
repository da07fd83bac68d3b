/** Who came back: cohorts down, days across. The shade repeats what the number says. */
import type { JSX } from "preact";
import type { Answer, Metric } from "../numbers/answers.ts";
import { sayValue } from "../numbers/format.ts";
import type { Grid } from "../numbers/grid.ts";
import type { Grain } from "../numbers/periods.ts";
import { sayPeriod } from "../numbers/periods.ts";

export function RetentionGrid({
  metric,
  answer,
  grid,
  grain,
}: {
  readonly metric: Metric;
  readonly answer: Answer;
  readonly grid: Grid;
  readonly grain: Grain;
}): JSX.Element {
  const { by } = answer.question;
  const columns = grid.columns
    .map((column, index) => ({ column, index }))
    .toSorted((a, b) => a.column.label.localeCompare(b.column.label, "en", { numeric: true }));
  const sizes = new Map(answer.cells.map((cell) => [cell.period ?? "", cell.count]));
  const isSplit = by.some((dimension) => dimension !== "day");
  if (columns.length === 0) return <p class="empty">There is no cohort to show in this range.</p>;
  return (
    <div class="table-frame" role="region" aria-label={`${metric.title} by ${grain} of the first day`} tabIndex={0}>
      <table class="grid retention">
        <caption class="unseen">Cohorts by {grain}, and the part of each that was active so many days later</caption>
        <thead>
          <tr>
            <th scope="col">Cohort</th>
            {isSplit ? null : <th scope="col">Size</th>}
            {columns.map(({ column }) => (
              <th key={column.key} scope="col">
                {column.values
                  .map((value, index) => (index === column.values.length - 1 ? `day ${sayValue(value)}` : sayValue(value)))
                  .join(" · ")}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {grid.rows.toReversed().map((row) => (
            <tr key={row.period}>
              <th scope="row">
                {sayPeriod(row.period, grain)}
                {row.running ? <span class="tag">so far</span> : null}
              </th>
              {isSplit ? null : <td>{sizes.get(row.period)?.toLocaleString("en") ?? "–"}</td>}
              {columns.map(({ column, index }) => {
                const cell = row.cells[index];
                return (
                  <td key={column.key} class={`heat is-${heat(cell?.value)}`}>
                    {cell?.text ?? "–"}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Ten steps of shade. */
function heat(part: number | undefined): string {
  return part === undefined ? "none" : String(Math.min(9, Math.floor(part * 10)));
}
