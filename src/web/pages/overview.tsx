/** Every metric as a card: its number over whole periods, the change against the periods before, a small line, and what is counted now. */
import type { JSX } from "preact";
import type { ProblemReport } from "../../api/contract.ts";
import type { Answer, Cell, Metric, Question } from "../numbers/answers.ts";
import { addressOf, numberBefore, numberOf, totalOf } from "../numbers/answers.ts";
import { changeOf, formatShort, formatValue, isPart, sayValue } from "../numbers/format.ts";
import type { Row } from "../numbers/grid.ts";
import { gridOf, isNoughtIfMissing, showCell } from "../numbers/grid.ts";
import type { Grain, Range } from "../numbers/periods.ts";
import { compareOf, grainNamed, nowIn, wholePeriods, withRunning } from "../numbers/periods.ts";
import { ChangeChip } from "../parts/change.tsx";
import { Link } from "../parts/link.tsx";
import { Said } from "../parts/said.tsx";
import { Segments } from "../parts/segments.tsx";
import { Spark } from "../parts/spark.tsx";
import { mayAsk } from "../state/allowed.ts";
import type { Live } from "../state/live.ts";
import { useLive } from "../state/live.ts";
import type { Show } from "../state/use-view.ts";
import type { View } from "../state/view.ts";
import { overview } from "../state/view.ts";

const lineMs = 2_000;
const totalMs = 20_000;

interface Span {
  readonly grain: Grain;
  readonly count: number;
}

const spans: Readonly<Record<"day" | "week" | "month", Span>> = {
  day: { grain: "day", count: 30 },
  week: { grain: "week", count: 12 },
  month: { grain: "month", count: 12 },
};
const choices = [
  { value: "day", title: "30 days" },
  { value: "week", title: "12 weeks" },
  { value: "month", title: "12 months" },
] as const;

export function Overview({
  metrics,
  view,
  show,
}: {
  readonly metrics: readonly Metric[];
  readonly view: View;
  readonly show: Show;
}): JSX.Element {
  const chosen = choices.find(({ value }) => value === view.grain)?.value ?? "day";
  return (
    <section class="overview">
      <div class="page-head">
        <h1>Overview</h1>
        <Segments
          legend="Period"
          name="period"
          options={choices}
          value={chosen}
          onChange={(grain) => show({ ...view, grain: grain === "day" ? undefined : grainNamed(grain) })}
        />
      </div>
      {metrics.length === 0 ? (
        <p>
          No metric is declared yet. Write one under <code>metrics:</code> in vitrine.yaml.
        </p>
      ) : null}
      <ul class="cards">
        {metrics.map((metric) => (
          <li key={metric.name}>
            <MetricCard metric={metric} chosen={chosen} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function MetricCard({ metric, chosen }: { readonly metric: Metric; readonly chosen: "day" | "week" | "month" }): JSX.Element {
  const span = spanOf(metric, chosen);
  const to: View = { ...overview, page: "metric", metric: metric.name, grain: span?.grain };
  return (
    <article class="card">
      <h2>
        <Link to={to}>{metric.title}</Link>
      </h2>
      {span === undefined ? (
        <StateCard metric={metric} />
      ) : !mayAsk(metric, metric.kind === "retention" ? "all" : span.grain, []) ? (
        <p class="quiet">Told to analysts with a reason alone, for it would give small groups away.</p>
      ) : metric.kind === "retention" ? (
        <RetentionCard metric={metric} span={span} />
      ) : (
        <LineCard metric={metric} span={span} />
      )}
    </article>
  );
}

/** The chosen grain, else the next that the metric has; undefined for what knows no time. */
function spanOf(metric: Metric, chosen: "day" | "week" | "month"): Span | undefined {
  const grains = ([chosen, "day", "week", "month"] as const).filter((grain) => metric.grains.includes(grain));
  const kept = grains.find((grain) => mayAsk(metric, grain, [])) ?? grains[0];
  return kept === undefined ? undefined : spans[kept];
}

const names: Readonly<Record<Grain, readonly [one: string, many: string, running: string]>> = {
  hour: ["hour", "hours", "this hour"],
  day: ["day", "days", "today"],
  week: ["week", "weeks", "this week"],
  month: ["month", "months", "this month"],
};

function LineCard({ metric, span }: { readonly metric: Metric; readonly span: Span }): JSX.Element {
  const { grain, count } = span;
  const now = nowIn(metric.zone, Date.now());
  const whole = wholePeriods(grain, count, now);
  const { value: line, problem } = useAnswer({ metric: metric.name, grain, ...withRunning(whole, grain) }, lineMs);
  if (problem !== undefined) return <Refused problem={problem} />;
  const grid = line === undefined ? undefined : gridOf(line, metric, grain, now);
  const rows = grid?.rows ?? [];
  const running = rows.at(-1)?.running === true ? rows.at(-1) : undefined;
  return (
    <div class="card-body">
      {metric.kind === "distinct" ? (
        <LastFigure metric={metric} grain={grain} rows={rows.filter((row) => !row.running)} />
      ) : (
        <TotalFigure metric={metric} span={span} whole={whole} />
      )}
      <Spark values={rows.map((row) => row.cells[0]?.value)} running={running !== undefined} />
      <p class="now">
        {names[grain][2]} so far: <strong>{running?.cells[0]?.text ?? "–"}</strong>
        <Withheld answer={line} />
      </p>
    </div>
  );
}

interface FigureProps {
  readonly metric: Metric;
  readonly text: string;
  readonly under: string;
}

function Figure({ metric, text, under }: FigureProps): JSX.Element {
  return (
    <p class="figure">
      <span class="figure-number">{text}</span>{" "}
      <span class="figure-under">
        {metric.unit && !isPart(metric) && metric.format !== "duration" ? `${metric.unit}, ` : ""}
        {under}
      </span>
    </p>
  );
}

/** The number of all whole periods together. */
function TotalFigure({ metric, span, whole }: { readonly metric: Metric; readonly span: Span; readonly whole: Range }): JSX.Element {
  const { count, grain } = span;
  const many = names[grain][1];
  const chosen = useAnswer({ metric: metric.name, grain: "all", ...whole, compare: compareOf(whole) }, totalMs).value;
  // Where one of the periods is withheld their sum is, too: then the last whole month, which is told in more cases than any other.
  const isUntold = chosen !== undefined && grain !== "month" && numberOf(totalOf(chosen)) === undefined && metric.grains.includes("month");
  const month = wholePeriods("month", 1, nowIn(metric.zone, Date.now()));
  const asked: Question = { metric: metric.name, grain: "all", ...month, compare: compareOf(month) };
  const told = useLive<Answer>(isUntold ? addressOf(asked) : undefined, totalMs).value;
  const isMonth = isUntold && numberOf(totalOf(told)) !== undefined;
  const answer = isMonth ? told : chosen;
  const value = numberOf(totalOf(answer));
  return (
    <>
      <Figure
        metric={metric}
        text={value === undefined ? wordsFor(answer, metric) : formatShort(value, metric)}
        under={isMonth ? "last whole month" : `last ${count} whole ${many}`}
      />
      {answer === undefined ? (
        <p class="change">&nbsp;</p>
      ) : (
        <ChangeChip
          change={changeOf(value, numberBefore(totalOf(answer)), metric)}
          against={isMonth ? "against the month before" : `against the ${count} ${many} before`}
        />
      )}
    </>
  );
}

/** Different units do not add up over periods: the last whole one stands for how things are. */
function LastFigure({
  metric,
  grain,
  rows,
}: {
  readonly metric: Metric;
  readonly grain: Grain;
  readonly rows: readonly Row[];
}): JSX.Element {
  const [before, last] = [rows.at(-2)?.cells[0], rows.at(-1)?.cells[0]];
  const one = names[grain][0];
  return (
    <>
      <Figure metric={metric} text={last?.text ?? "…"} under={`last whole ${one}`} />
      {last === undefined ? (
        <p class="change">&nbsp;</p>
      ) : (
        <ChangeChip change={changeOf(last.value, before?.value, metric)} against={`against the ${one} before`} />
      )}
    </>
  );
}

/** Where there is no number: why. */
function wordsFor(answer: Answer | undefined, metric: Metric): string {
  if (answer === undefined) return "…";
  const cell = totalOf(answer);
  return showCell(cell, metric, isNoughtIfMissing(answer, metric)).text;
}

export function Withheld({ answer }: { readonly answer: Answer | undefined }): JSX.Element | null {
  if (answer === undefined || answer.cellsWithheld === 0) return null;
  return (
    <span class="withheld" title={`Groups of fewer than ${answer.k} are not shown.`}>
      {answer.cellsWithheld} withheld
    </span>
  );
}

function useAnswer(question: Question, everyMs: number): Live<Answer> {
  return useLive<Answer>(addressOf(question), everyMs);
}

/** In place of the numbers that this person is not given. */
function Refused({ problem }: { readonly problem: ProblemReport }): JSX.Element {
  return (
    <div class="card-body">
      <p class="quiet">
        <Said text={problem.detail || problem.title} />
      </p>
      {problem.remedy ? (
        <p class="quiet">
          <Said text={problem.remedy} />
        </p>
      ) : null}
    </div>
  );
}

function RetentionCard({ metric, span }: { readonly metric: Metric; readonly span: Span }): JSX.Element {
  const now = nowIn(metric.zone, Date.now());
  const range = wholePeriods(span.grain, span.count, now);
  const { value: answer, problem } = useAnswer({ metric: metric.name, grain: "all", ...range }, totalMs);
  if (problem !== undefined) return <Refused problem={problem} />;
  const cells = (answer?.cells ?? []).toSorted((a, b) => Number(a.by["day"]) - Number(b.by["day"]));
  return (
    <div class="card-body">
      <p class="figure-under">
        came back, of those who began in the last {span.count} whole {names[span.grain][1]}
      </p>
      <Bars
        rows={cells.map((cell) => ({
          label: `after ${cell.by["day"] ?? "?"} ${cell.by["day"] === "1" ? "day" : "days"}`,
          text: showCell(cell, metric, false).text,
          part: numberOf(cell),
        }))}
      />
      <p class="now">
        <Withheld answer={answer} />
      </p>
    </div>
  );
}

const barsMax = 5;

/** A metric of how things are now. */
function StateCard({ metric }: { readonly metric: Metric }): JSX.Element {
  const by = metric.of === undefined || !mayAsk(metric, "all", [metric.of]) ? [] : [metric.of];
  const { value: answer, problem } = useAnswer({ metric: metric.name, grain: "all", by }, lineMs);
  if (problem !== undefined) return <Refused problem={problem} />;
  const cells = (answer?.cells ?? []).toSorted((a, b) => heightOf(b) - heightOf(a));
  const most = Math.max(1, ...cells.filter((cell) => numberOf(cell) === undefined).map(heightOf));
  const value = numberOf(totalOf(answer));
  return (
    <div class="card-body">
      {by.length === 0 ? (
        <p class="figure">
          <span class="figure-number">{value === undefined ? wordsFor(answer, metric) : formatValue(value, metric)}</span>{" "}
          <span class="figure-under">{metric.unit ? `of ${metric.unit}, now` : "now"}</span>
        </p>
      ) : (
        <Bars
          rows={cells.slice(0, barsMax).map((cell) => ({
            label: sayValue(cell.by[by[0] ?? ""] ?? null),
            text:
              numberOf(cell) === undefined && cell.hits !== undefined ? cell.hits.toLocaleString("en") : showCell(cell, metric, false).text,
            part: numberOf(cell) ?? heightOf(cell) / most,
          }))}
        />
      )}
      <p class="now">
        {by.length > 0 && cells.length > barsMax ? `and ${cells.length - barsMax} more` : ""}
        <Withheld answer={answer} />
      </p>
    </div>
  );
}

/** The part; where the whole is not told and so no part is known, what it counts. */
function heightOf(cell: Cell): number {
  return numberOf(cell) ?? cell.hits ?? 0;
}

function Bars({
  rows,
}: {
  readonly rows: readonly { readonly label: string; readonly text: string; readonly part: number | undefined }[];
}): JSX.Element {
  return (
    <dl class="bars">
      {rows.map(({ label, text, part }) => (
        <div key={label} class="bar-row">
          <dt>{label}</dt>
          <dd>{text}</dd>
          <span class="bar" aria-hidden="true">
            <span class="bar-fill" style={{ width: `${Math.min(1, part ?? 0) * 100}%` }} />
          </span>
        </div>
      ))}
    </dl>
  );
}
