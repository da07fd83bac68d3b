/** Numbers of how things are now, or over a whole range: one row for each combination, the largest first, with a bar beside it. */
import type { JSX } from "preact";
import type { Answer, Cell, Metric } from "../numbers/answers.ts";
import { numberOf } from "../numbers/answers.ts";
import { sayValue, words } from "../numbers/format.ts";
import { showCell, splitOf } from "../numbers/grid.ts";

function behind(cell: Cell): number {
  return cell.hits ?? cell.count ?? 0;
}

export function StateTable({ metric, answer }: { readonly metric: Metric; readonly answer: Answer }): JSX.Element {
  const by = splitOf(answer, metric);
  const cells = answer.cells.toSorted((a, b) => (numberOf(b) ?? -1) - (numberOf(a) ?? -1) || behind(b) - behind(a));
  // Where a whole is not told no part of it is known, but what stands behind it.
  const isUntold = cells.every((cell) => numberOf(cell) === undefined);
  const lengthOf = (cell: Cell): number => (isUntold ? behind(cell) : (numberOf(cell) ?? 0));
  const most = Math.max(...cells.map(lengthOf), 0) || 1;
  if (cells.length === 0)
    return <p class="empty">There is nothing to show{answer.cellsWithheld > 0 ? " that is not withheld" : " yet"}.</p>;
  return (
    <div class="table-frame" role="region" aria-label={metric.title} tabIndex={0}>
      <table class="grid state-table">
        <caption class="unseen">{metric.title}, now</caption>
        <thead>
          <tr>
            {by.map((dimension) => (
              <th key={dimension} scope="col">
                {words(dimension)}
              </th>
            ))}
            <th scope="col">{metric.kind === "share" ? "Share" : metric.title}</th>
            <th scope="col">{metric.kind === "share" ? "Number" : "Rows"}</th>
            <td class="bar-cell" />
          </tr>
        </thead>
        <tbody>
          {cells.map((cell) => (
            <tr key={by.map((dimension) => cell.by[dimension]).join("\u0000")}>
              {by.map((dimension, index) =>
                index === 0 ? (
                  <th key={dimension} scope="row">
                    {sayValue(cell.by[dimension] ?? null)}
                  </th>
                ) : (
                  <td key={dimension} class="is-text">
                    {sayValue(cell.by[dimension] ?? null)}
                  </td>
                ),
              )}
              <td>{showCell(cell, metric, false).text}</td>
              <td>{(cell.hits ?? cell.count)?.toLocaleString("en") ?? "–"}</td>
              <td class="bar-cell" aria-hidden="true">
                <span class="bar">
                  <span class="bar-fill" style={{ width: `${(lengthOf(cell) / most) * 100}%` }} />
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
