/** One metric: what is asked stands above, then a sentence, the chart, the table, and who leads. */
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Answer, Metric, Question } from "../numbers/answers.ts";
import { addressOf, numberBefore, numberOf, totalOf } from "../numbers/answers.ts";
import { changeOf, formatValue, words } from "../numbers/format.ts";
import type { Grid } from "../numbers/grid.ts";
import { firstSeen, gridOf, showCell, splitOf, summarise } from "../numbers/grid.ts";
import type { Grain, Range } from "../numbers/periods.ts";
import { compareOf, grainNamed, isRunning, labelOf, nowIn, sayPeriod, sayRange, timeOf } from "../numbers/periods.ts";
import { Actions } from "../parts/actions.tsx";
import { ChangeChip } from "../parts/change.tsx";
import { Chart } from "../parts/chart.tsx";
import { Controls } from "../parts/controls.tsx";
import { GridTable } from "../parts/grid-table.tsx";
import { Leaderboards } from "../parts/leaderboard.tsx";
import { NotAllowed } from "../parts/not-allowed.tsx";
import { Problem } from "../parts/problem.tsx";
import { Said } from "../parts/said.tsx";
import { RetentionGrid } from "../parts/retention-grid.tsx";
import { StateTable } from "../parts/state-table.tsx";
import { mayAsk, mayCompare, namesOf } from "../state/allowed.ts";
import { useLive } from "../state/live.ts";
import type { Show } from "../state/use-view.ts";
import type { View } from "../state/view.ts";
import { Withheld } from "./overview.tsx";

const answerMs = 1_000;
const totalMs = 5_000;

export interface MetricPageProps {
  readonly metric: Metric;
  readonly view: View;
  readonly show: Show;
}

export function MetricPage({ metric, view, show }: MetricPageProps): JSX.Element {
  const grain = grainOf(metric, view);
  const question = questionOf(metric, view, grain);
  const isAllowed = mayAsk(metric, question.grain, namesOf({ by: question.by ?? [], where: question.where ?? {} }));
  const live = useLive<Answer>(isAllowed ? addressOf(question) : undefined, answerMs);
  const canvas = useRef<HTMLCanvasElement | undefined>(undefined);
  const { value: answer, problem, pending } = live;
  return (
    <section class="metric" aria-busy={pending}>
      <div class="page-head">
        <div>
          <h1>{metric.title}</h1>
          <p class="lead">{metric.description}</p>
          {metric.owner ? <p class="quiet">Ask {metric.owner} what it means.</p> : null}
        </div>
        <Actions metric={metric} question={question} answer={answer} grain={grain} canvas={canvas} />
      </div>
      <Controls metric={metric} view={view} grain={grain} answer={answer} show={show} />
      {isAllowed ? null : <NotAllowed metric={metric} view={view} />}
      {problem === undefined ? null : <Problem problem={problem} />}
      {answer === undefined || problem !== undefined ? null : (
        <div class={pending ? "is-pending" : undefined}>
          <Body metric={metric} view={view} grain={grain} answer={answer} onCanvas={(made) => (canvas.current = made)} />
          <Small answer={answer} />
        </div>
      )}
      {answer === undefined || metric.kind === "retention" ? null : (
        <Leaderboards
          metric={metric}
          view={view}
          range={grain === undefined ? undefined : (wholeRange(answer, grain, metric.zone) ?? dated(answer.question))}
        />
      )}
    </section>
  );
}

/** undefined: the metric knows no periods. */
function grainOf(metric: Metric, view: View): Grain | undefined {
  const kept = (["day", "week", "month", "hour"] as const).filter((grain) => metric.grains.includes(grain));
  return kept.find((grain) => grain === view.grain) ?? kept.find((grain) => mayAsk(metric, grain, namesOf(view))) ?? kept[0];
}

export function questionOf(metric: Metric, view: View, grain: Grain | undefined): Question {
  const by = view.by.filter((dimension) => metric.dimensions.some(({ name }) => name === dimension));
  const where = Object.fromEntries(
    Object.entries(view.where).filter(([dimension]) => metric.dimensions.some(({ name }) => name === dimension)),
  );
  if (grain === undefined) return { metric: metric.name, grain: "all", by, where };
  const compare = view.compare && by.length === 0 && metric.kind !== "retention" && mayCompare(metric) ? "previous" : undefined;
  return { metric: metric.name, grain, range: view.range, from: view.from, to: view.to, by, where, compare };
}

/** As days: a number over a whole range is asked for in days. Nothing where a range of hours has other ends. */
function dated({ from, to }: Range): Range | undefined {
  const isDay = (text: string): boolean => !text.includes("T") || text.slice(11, 13) === "00";
  return isDay(from) && isDay(to) ? { from: from.slice(0, 10), to: to.slice(0, 10) } : undefined;
}

interface BodyProps {
  readonly metric: Metric;
  readonly view: View;
  readonly grain: Grain | undefined;
  readonly answer: Answer;
  readonly onCanvas: (canvas: HTMLCanvasElement | undefined) => void;
}

function Body(props: BodyProps): JSX.Element {
  const { metric, grain, answer } = props;
  if (grain === undefined || answer.question.grain === "all") return <StateTable metric={metric} answer={answer} />;
  // The answer's own grain: while another is being asked for, the old one is still what is shown.
  const shown = grainNamed(answer.question.grain) ?? grain;
  const grid = gridOf(answer, metric, shown, nowIn(metric.zone, Date.now()));
  if (metric.kind === "retention") return <RetentionGrid metric={metric} answer={answer} grid={grid} grain={shown} />;
  return <Timeline {...props} grain={shown} grid={grid} />;
}

function Timeline({
  metric,
  view,
  grain,
  answer,
  grid,
  onCanvas,
}: BodyProps & { readonly grain: Grain; readonly grid: Grid }): JSX.Element {
  const [cursor, setCursor] = useState<number>();
  const compared = answer.compared !== undefined && grid.columns.length === 1 && answer.question.by.length === 0;
  const first = useMarks(metric, view, grain, answer.question);
  const annotated = annotationsIn(metric, grain, answer.question);
  const range = sayRange(answer.question);
  const caption = `${metric.title} by ${grain}, ${range}${answer.question.by.length > 0 ? `, split by ${answer.question.by.map(words).join(", ")}` : ""}`;
  return (
    <div class="timeline">
      <Totals metric={metric} answer={answer} grain={grain} />
      <p class="summary">{summarise(grid, metric, (period) => sayPeriod(period, grain), answer.cellsWithheld)}</p>
      {grid.rows.length === 0 || grid.columns.length === 0 ? (
        <p class="empty">{answer.cellsWithheld > 0 ? "Ask for longer periods, or for fewer splits." : "Choose another range."}</p>
      ) : (
        <Chart
          grid={grid}
          metric={metric}
          grain={grain}
          compared={compared}
          marks={[...annotated, ...first]}
          cursor={cursor}
          onCursor={setCursor}
          onCanvas={onCanvas}
        />
      )}
      {annotated.length === 0 ? null : (
        <ul class="annotations" aria-label="What happened">
          {annotated.map(({ at, text }) => (
            <li key={`${at} ${text}`}>
              <time dateTime={at}>{sayPeriod(at, "day")}</time> {text}
            </li>
          ))}
        </ul>
      )}
      {first.length === 0 ? null : (
        <p class="quiet">First shown: {first.map(({ period, text }) => `${text} (${sayPeriod(period, grain)})`).join(", ")}.</p>
      )}
      <GridTable
        grid={grid}
        metric={metric}
        grain={grain}
        by={splitOf(answer, metric)}
        compared={compared}
        cursor={cursor}
        caption={caption}
      />
    </div>
  );
}

/** The range without the period that runs, which would always look like a fall beside a whole one; undefined: there is no other. */
function wholeRange({ question }: Answer, grain: Grain, zone: string): Range | undefined {
  const now = nowIn(zone, Date.now());
  const lastLabel = labelOf(timeOf(question.to) - 1, grain);
  const begun = labelOf(timeOf(now), grain);
  const end = isRunning(lastLabel, grain, now) ? labelOf(timeOf(begun), grain === "hour" ? "hour" : "day") : question.to;
  return end > question.from.slice(0, end.length) ? dated({ from: question.from, to: end }) : undefined;
}

/** The number of the whole range, and its change: over whole periods only, since the one that runs would always look like a fall. */
function Totals(props: { readonly metric: Metric; readonly answer: Answer; readonly grain: Grain }): JSX.Element | null {
  const { metric, answer, grain } = props;
  const { question } = answer;
  const all = dated(question);
  const whole = wholeRange(answer, grain, metric.zone);
  const isTold = mayAsk(metric, "all", Object.keys(question.where));
  const ask = (range: Range | undefined, compare?: string): string | undefined =>
    range === undefined || !mayAsk(metric, "all", Object.keys(question.where), range)
      ? undefined
      : addressOf({ metric: metric.name, grain: "all", ...range, where: question.where, compare });
  const total = useLive<Answer>(ask(all), answerMs).value;
  const over = useLive<Answer>(ask(whole, whole && compareOf(whole)), totalMs).value;
  const value = numberOf(totalOf(total));
  const periods =
    whole === undefined ? "" : ` (${sayRange(whole)} against ${over?.compared === undefined ? "before" : sayRange(over.compared)})`;
  if (!isTold) return null;
  return (
    <div class="totals">
      <p class="figure">
        <span class="figure-number">
          {value === undefined ? (total === undefined ? "–" : showCell(totalOf(total), metric, false).text) : formatValue(value, metric)}
        </span>{" "}
        <span class="quiet">
          {metric.unit && metric.format !== "duration" ? `${metric.unit}, ` : ""}
          {sayRange(question)}
          {whole?.to === all?.to ? "" : " so far"}
        </span>
      </p>
      {over === undefined ? null : (
        <ChangeChip change={changeOf(numberOf(totalOf(over)), numberBefore(totalOf(over)), metric)} against={periods} />
      )}
    </div>
  );
}

/** The file's annotations of these periods, the oldest first. */
function annotationsIn(
  { annotations = [] }: Metric,
  grain: Grain,
  { from, to }: Range,
): readonly { readonly at: string; readonly period: string; readonly text: string }[] {
  return annotations
    .filter(({ at }) => at >= from.slice(0, 10) && timeOf(at) < timeOf(to))
    .map(({ at, title }) => ({ at, period: labelOf(timeOf(at), grain), text: title }));
}

const noMarks: readonly { readonly period: string; readonly text: string }[] = [];
const marksMax = 12;

/** The first period of each value of a dimension, such as a firmware: what the numbers themselves say was new. */
function useMarks(metric: Metric, view: View, grain: Grain, range: Range): readonly { readonly period: string; readonly text: string }[] {
  const dimension = metric.dimensions.find(({ name }) => name === view.mark && mayAsk(metric, grain, [name]))?.name;
  const asked: Question = { metric: metric.name, grain, from: range.from, to: range.to, by: dimension === undefined ? [] : [dimension] };
  const answer = useLive<Answer>(dimension === undefined ? undefined : addressOf(asked), 30_000).value;
  if (answer === undefined || dimension === undefined) return noMarks;
  return firstSeen(answer, dimension)
    .slice(-marksMax)
    .map(({ period, value }) => ({ period, text: `${words(dimension)} ${value}` }));
}

/** What a reader of these numbers must know besides: withheld groups, notes, definition. */
function Small({ answer }: { readonly answer: Answer }): JSX.Element {
  return (
    <footer class="small">
      <p>
        {answer.cellsWithheld > 0 ? (
          <span>
            <Withheld answer={answer} /> Groups of fewer than {answer.k}, and some beside them, are not shown, so that nobody is read out of
            a total.{" "}
          </span>
        ) : null}
        Class <em>{answer.class}</em>, k = {answer.k}, definition <code>{answer.definitionVersion.slice(0, 8)}</code>
        {answer.applied === undefined ? (
          ""
        ) : (
          <span>
            , contains commits up to <code>{answer.applied.lsn}</code>
          </span>
        )}
        .
      </p>
      {answer.notes.map(({ reason, message }) => (
        <p key={reason + message}>
          <Said text={message} />
        </p>
      ))}
    </footer>
  );
}
