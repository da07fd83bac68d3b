/** Strips of verdicts over time, and the table of the same. Height and pattern say what a colour says; where nobody watched nothing is drawn. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { GuardWatch } from "../../api/contract.ts";
import type { Tile } from "../state/exposure.ts";
import type { Verdicts } from "../state/guard.ts";
import type { Mark, Span, Window } from "../state/strips.ts";
import { gapsOf, stripOf } from "../state/strips.ts";
import type { Show } from "../state/use-view.ts";
import type { View } from "../state/view.ts";
import { sayTime } from "./freshness-badge.tsx";
import { Link } from "./link.tsx";
import { Problem } from "./problem.tsx";
import { formatSpan, seenWords } from "./seen.tsx";
import { Segments } from "./segments.tsx";

const hourMs = 3_600_000;
const ranges = [
  { value: "last 24 hours", title: "24 hours", ms: 24 * hourMs },
  { value: "last 7 days", title: "7 days", ms: 7 * 24 * hourMs },
  { value: "last 30 days", title: "30 days", ms: 30 * 24 * hourMs },
] as const;

export interface TimelineProps {
  readonly tiles: readonly Tile[];
  readonly watch: GuardWatch;
  readonly verdicts: Verdicts;
  readonly nowMs: number;
  readonly view: View;
  readonly show: Show;
}

interface Strip {
  readonly name: string;
  readonly spans: readonly Span[];
}

export function ExposureTimeline(props: TimelineProps): JSX.Element {
  const { view, show, verdicts, nowMs } = props;
  const range = ranges.find(({ value }) => value === view.range) ?? ranges[0];
  const wanted = nowMs - range.ms;
  const window: Window = { fromMs: Math.max(wanted, verdicts.cutAtMs ?? wanted), toMs: nowMs };
  const strips = stripsOf(props, window);
  return (
    <section class="exposure-timeline">
      <div class="page-head">
        <h2>Over time</h2>
        <Segments
          legend="Range"
          name="range"
          options={ranges}
          value={range.value}
          onChange={(value) => show({ ...view, range: value === ranges[0].value ? undefined : value })}
        />
      </div>
      {verdicts.problem === undefined ? null : <Problem problem={verdicts.problem} />}
      {verdicts.entries === undefined ? (
        verdicts.problem === undefined ? (
          <p class="quiet waiting">Asking what was seen …</p>
        ) : null
      ) : (
        <div class="timeline">
          {window.fromMs > wanted ? (
            <p>There were more changes than can be shown: what was before {sayTime(new Date(window.fromMs).toISOString())} is left out.</p>
          ) : null}
          <Legend />
          <Strips strips={strips} window={window} view={view} />
          <SpanTable strips={strips} nowMs={nowMs} title={range.title} />
        </div>
      )}
    </section>
  );
}

function stripsOf({ tiles, watch, verdicts: { entries = [] } }: TimelineProps, window: Window): readonly Strip[] {
  const gaps = gapsOf(entries, watch, window);
  return tiles.map(({ asset }) => ({ name: asset.name, spans: stripOf(asset, entries, gaps, window) }));
}

const markWords: Readonly<Record<Mark, string>> = {
  deviation: "not as expected",
  unknown: "not known",
  "as-expected": "as expected",
  unwatched: "nobody watched",
};

function Legend(): JSX.Element {
  return (
    <ul class="legend" aria-hidden="true">
      {(["deviation", "unknown", "as-expected", "unwatched"] as const).map((mark) => (
        <li key={mark}>
          <span class="strip is-sample">
            <span class={`span is-${mark}`} />
          </span>
          {markWords[mark]}
        </li>
      ))}
    </ul>
  );
}

function Strips({
  strips,
  window,
  view,
}: {
  readonly strips: readonly Strip[];
  readonly window: Window;
  readonly view: View;
}): JSX.Element {
  const part = (ms: number): string => `${((ms - window.fromMs) / (window.toMs - window.fromMs)) * 100}%`;
  return (
    <div class="strips">
      {strips.map(({ name, spans }) => (
        <div key={name} class="strip-row">
          <p class="strip-name">
            <Link to={{ ...view, asset: name }}>{name}</Link>
          </p>
          <div class="strip" role="img" aria-label={`${name}: ${sumUp(spans)}`}>
            {spans.map(({ fromMs, toMs, mark, seen }) => (
              <span
                key={fromMs}
                class={`span is-${mark}`}
                style={{ left: part(fromMs), right: `calc(100% - ${part(toMs)})` }}
                title={`${markWords[mark]}${mark === "unwatched" ? "" : ` (${seenWords[seen]})`}, for ${formatSpan(toMs - fromMs)}`}
              />
            ))}
          </div>
        </div>
      ))}
      <Axis window={window} />
    </div>
  );
}

const marks: readonly Mark[] = ["deviation", "unknown", "unwatched", "as-expected"];

function sumUp(spans: readonly Span[]): string {
  const sums = marks.map((mark) => ({
    mark,
    ms: spans.filter((span) => span.mark === mark).reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0),
  }));
  return sums
    .filter(({ ms }) => ms > 0)
    .map(({ mark, ms }) => `${markWords[mark]} for ${formatSpan(ms)}`)
    .join(", ");
}

const ticks = [0, 0.25, 0.5, 0.75, 1] as const;
const hour = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

function Axis({ window: { fromMs, toMs } }: { readonly window: Window }): JSX.Element {
  const format = toMs - fromMs <= 2 * 24 * hourMs ? hour : day;
  return (
    <div class="strip-row axis" aria-hidden="true">
      <span class="strip-name" />
      <div class="ticks">
        {ticks.map((at) => (
          <span key={at}>{at === 1 ? "now" : format.format(fromMs + at * (toMs - fromMs))}</span>
        ))}
      </div>
    </div>
  );
}

const rowsMax = 100;

function SpanTable({
  strips,
  nowMs,
  title,
}: {
  readonly strips: readonly Strip[];
  readonly nowMs: number;
  readonly title: string;
}): JSX.Element {
  const [isAll, setAll] = useState(false);
  const rows = strips
    .flatMap(({ name, spans }) => spans.map((span, index) => ({ ...span, name, isFirst: index === 0, isLast: span.toMs === nowMs })))
    .toSorted((a, b) => b.toMs - a.toMs || b.fromMs - a.fromMs);
  const said = (ms: number): string => sayTime(new Date(ms).toISOString());
  return (
    <>
      <div class="table-frame" role="region" aria-label="What was seen, as a table" tabIndex={0}>
        <table class="grid columns spans">
          <caption class="unseen">What was seen in the last {title}, the newest first</caption>
          <thead>
            <tr>
              <th scope="col">Store</th>
              <th scope="col">State</th>
              <th scope="col">Seen</th>
              <th scope="col">From</th>
              <th scope="col">To</th>
              <th scope="col">For</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, isAll ? undefined : rowsMax).map(({ name, fromMs, toMs, mark, seen, isFirst, isLast }) => (
              <tr key={`${name} ${fromMs}`}>
                <th scope="row">{name}</th>
                <td class={`is-text is-${mark}`}>{mark === "deviation" ? <strong>{markWords[mark]}</strong> : markWords[mark]}</td>
                <td class="is-text">{mark === "unwatched" ? "–" : seenWords[seen]}</td>
                <td class="is-text">{isFirst ? `before ${said(fromMs)}` : said(fromMs)}</td>
                <td class="is-text">{isLast ? "now" : said(toMs)}</td>
                <td class="is-text">{formatSpan(toMs - fromMs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {isAll || rows.length <= rowsMax ? null : (
        <button type="button" class="button more" onClick={() => setAll(true)}>
          Show all {rows.length}
        </button>
      )}
    </>
  );
}
