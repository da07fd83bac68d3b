/** Who leads, by each dimension: the largest (of rates the highest) values of the range, each a way further in. */
import type { JSX } from "preact";
import type { Answer, Cell, Metric } from "../numbers/answers.ts";
import { addressOf, numberBefore, numberOf } from "../numbers/answers.ts";
import { changeOf, isPart, sayValue, words } from "../numbers/format.ts";
import { showCell } from "../numbers/grid.ts";
import type { Range } from "../numbers/periods.ts";
import { compareOf, nowIn, sayRange, wholePeriods } from "../numbers/periods.ts";
import { mayAsk, mayCompare } from "../state/allowed.ts";
import { useLive } from "../state/live.ts";
import type { View } from "../state/view.ts";
import { withFilter } from "../state/view.ts";
import { Link } from "./link.tsx";

const boardMs = 5_000;
const shownMax = 8;

export function Leaderboards({
  metric,
  view,
  range,
}: {
  readonly metric: Metric;
  readonly view: View;
  readonly range: Range | undefined;
}): JSX.Element | null {
  const dimensions = metric.dimensions.filter(
    ({ name }) =>
      name !== "day" && view.where[name]?.length !== 1 && mayAsk(metric, "all", [...new Set([...Object.keys(view.where), name])], range),
  );
  if (dimensions.length === 0 || (range === undefined && metric.kind !== "share")) return null;
  return (
    <section class="boards" aria-label="Leaders">
      {dimensions.map(({ name }) => (
        <Board key={name} metric={metric} view={view} range={range} dimension={name} />
      ))}
    </section>
  );
}

interface BoardProps {
  readonly metric: Metric;
  readonly view: View;
  readonly range: Range | undefined;
  readonly dimension: string;
}

/** Over the range; where that is withheld, of the last whole month: one withheld period withholds the sum of all. */
function useBoard({ metric, view, range, dimension }: BoardProps) {
  const questionOver = (over: Range | undefined): string =>
    addressOf({
      metric: metric.name,
      grain: "all",
      ...over,
      by: [dimension],
      where: view.where,
      compare: over === undefined || !mayCompare(metric) ? undefined : compareOf(over),
    });
  const asked = useLive<Answer>(questionOver(range), boardMs);
  const month = range !== undefined && isWithheld(asked.value) ? wholePeriods("month", 1, nowIn(metric.zone, Date.now())) : undefined;
  const names = [...new Set([...Object.keys(view.where), dimension])];
  const ofMonth = useLive<Answer>(month !== undefined && mayAsk(metric, "all", names, month) ? questionOver(month) : undefined, boardMs);
  const isMonth = (ofMonth.value?.cells.length ?? 0) > 0;
  return { live: isMonth ? ofMonth : asked, month: isMonth ? month : undefined };
}

function isWithheld(answer: Answer | undefined): boolean {
  return answer !== undefined && answer.cells.length === 0 && answer.cellsWithheld + (answer.bounds?.length ?? 0) > 0;
}

function Board(props: BoardProps): JSX.Element {
  const { metric, view, dimension } = props;
  const { live, month } = useBoard(props);
  const answer = live.value;
  const cells = ordered(answer?.cells ?? []);
  const most = Math.max(...cells.map((cell) => numberOf(cell) ?? 0), 0) || 1;
  return (
    <section class="board" aria-busy={live.pending}>
      <h2>
        {isPart(metric) ? "Highest by" : "Most by"} {words(dimension).toLowerCase()}
        {month === undefined ? null : <span class="quiet"> {sayRange(month)}</span>}
      </h2>
      {live.problem === undefined ? null : <p class="quiet">{live.problem.detail}</p>}
      {answer === undefined || live.problem !== undefined ? null : cells.length === 0 ? (
        <p class="quiet">Nothing to show{answer.cellsWithheld > 0 ? " that is not withheld" : ""}.</p>
      ) : (
        <table class="board-table">
          <thead class="unseen">
            <tr>
              <th scope="col">{words(dimension)}</th>
              <th scope="col">{metric.title}</th>
              <th scope="col">Change</th>
            </tr>
          </thead>
          <tbody>
            {cells.slice(0, shownMax).map((cell) => (
              <BoardRow key={cell.by[dimension] ?? "\u0000"} cell={cell} metric={metric} view={view} dimension={dimension} most={most} />
            ))}
          </tbody>
        </table>
      )}
      {cells.length > shownMax && metric.kind !== "share" ? (
        <p>
          <Link to={{ ...view, by: [dimension] }}>
            All {cells.length} over time<span class="unseen"> by {words(dimension)}</span>
          </Link>
        </p>
      ) : null}
    </section>
  );
}

function BoardRow({
  cell,
  metric,
  view,
  dimension,
  most,
}: {
  readonly cell: Cell;
  readonly metric: Metric;
  readonly view: View;
  readonly dimension: string;
  readonly most: number;
}): JSX.Element {
  const value = cell.by[dimension] ?? null;
  const change = changeOf(numberOf(cell), numberBefore(cell), metric);
  const name = sayValue(value);
  return (
    <tr>
      <th scope="row">
        {/* NULL cannot be named in a filter. */}
        {value === null ? (
          name
        ) : (
          <Link to={{ ...withFilter(view, dimension, [value]), page: "metric", by: view.by.filter((one) => one !== dimension) }}>
            {name}
          </Link>
        )}
        <span class="bar" aria-hidden="true">
          <span class="bar-fill" style={{ width: `${((numberOf(cell) ?? 0) / most) * 100}%` }} />
        </span>
      </th>
      <td>{showCell(cell, metric, false).text}</td>
      <td class="quiet">{change?.text ?? ""}</td>
    </tr>
  );
}

function ordered(cells: readonly Cell[]): readonly Cell[] {
  return cells.toSorted((a, b) => (numberOf(b) ?? -1) - (numberOf(a) ?? -1) || (b.count ?? 0) - (a.count ?? 0));
}
