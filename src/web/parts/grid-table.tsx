/** The table: the primary view of an answer. Newest period first; the row under the chart's cursor is marked. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Metric } from "../numbers/answers.ts";
import { changeOf, formatValue, words } from "../numbers/format.ts";
import type { Grid } from "../numbers/grid.ts";
import type { Grain } from "../numbers/periods.ts";
import { sayPeriod } from "../numbers/periods.ts";
import { drawnMax } from "./chart.tsx";
import { before, strokes } from "./strokes.ts";
import { Swatch } from "./swatch.tsx";

const rowsFirst = 120;

export interface GridTableProps {
  readonly grid: Grid;
  readonly metric: Metric;
  readonly grain: Grain;
  readonly by: readonly string[];
  /** With the range before beside it; only where there is no split. */
  readonly compared: boolean;
  readonly cursor: number | undefined;
  readonly caption: string;
}

export function GridTable(props: GridTableProps): JSX.Element {
  const { grid, grain, cursor, caption, compared, metric } = props;
  const [all, setAll] = useState(false);
  const rows = grid.rows.map((row, index) => ({ row, index })).toReversed();
  const shown = all ? rows : rows.slice(0, rowsFirst);
  return (
    <div class="table-frame" role="region" aria-label={caption} tabIndex={0}>
      <table class="grid">
        <caption class="unseen">{caption}</caption>
        <thead>
          <Head {...props} />
        </thead>
        <tbody>
          {shown.map(({ row, index }) => (
            <tr key={row.period} data-period={row.period} class={index === cursor ? "is-under-cursor" : undefined}>
              <th scope="row">
                {sayPeriod(row.period, grain)}
                {row.running ? <span class="tag">so far</span> : null}
              </th>
              {row.cells.map((cell, column) => (
                <td key={grid.columns[column]?.key} class={cell.absent ? "is-absent" : undefined}>
                  {cell.text}
                </td>
              ))}
              {compared ? <Compared metric={metric} now={row.cells[0]?.value} then={row.cells[0]?.before} running={row.running} /> : null}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > shown.length ? (
        <button type="button" class="button more" onClick={() => setAll(true)}>
          Show all {rows.length} rows
        </button>
      ) : null}
    </div>
  );
}

function Compared({
  metric,
  now,
  then,
  running,
}: {
  readonly metric: Metric;
  readonly now: number | undefined;
  readonly then: number | undefined;
  readonly running: boolean;
}): JSX.Element[] {
  const change = running ? undefined : changeOf(now, then, metric);
  return [<td key="before">{then === undefined ? "–" : formatValue(then, metric)}</td>, <td key="change">{change?.text ?? "–"}</td>];
}

function Head({ grid, metric, grain, by, compared }: GridTableProps): JSX.Element {
  const isSplit = by.length > 0;
  return (
    <tr>
      <th scope="col">{words(grain)}</th>
      {grid.columns.map((column, index) => (
        <th key={column.key} scope="col">
          {(isSplit || compared) && index < drawnMax ? <Swatch stroke={strokes[index] ?? { colour: "--quiet", dash: [] }} /> : null}
          {isSplit ? column.label : metric.title}
        </th>
      ))}
      {compared ? (
        <th scope="col">
          <Swatch stroke={before} />
          Before
        </th>
      ) : null}
      {compared ? <th scope="col">Change</th> : null}
    </tr>
  );
}
