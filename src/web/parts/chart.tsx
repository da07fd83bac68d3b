/**
 * The large chart. It decorates the table below, which has every number: so the drawing is hidden from assistive technology, and what
 * remains is a cursor over the periods that is moved by mouse or by keys and says where it is.
 */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { formatShort } from "../numbers/format.ts";
import type { Metric } from "../numbers/answers.ts";
import type { Grid } from "../numbers/grid.ts";
import type { Grain } from "../numbers/periods.ts";
import { sayPeriod, shortPeriod, timeOf } from "../numbers/periods.ts";
import type { Stroke } from "./strokes.ts";
import { before, strokes } from "./strokes.ts";

export interface ChartProps {
  readonly grid: Grid;
  readonly metric: Metric;
  readonly grain: Grain;
  /** With the range before as a line of its own. */
  readonly compared: boolean;
  readonly marks: readonly { readonly period: string; readonly text: string }[];
  /** Row under the cursor; undefined: none. */
  readonly cursor: number | undefined;
  readonly onCursor: (row: number | undefined) => void;
  /** For the image: the canvas that is drawn on. */
  readonly onCanvas: (canvas: HTMLCanvasElement | undefined) => void;
}

const heightPx = 300;
export const drawnMax = strokes.length;

export function Chart(props: ChartProps): JSX.Element {
  const { grid, metric, grain, compared, cursor } = props;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const colours = useColourScheme();
  const shape = [metric.name, grain, compared, colours, ...grid.columns.slice(0, drawnMax).map(({ key }) => key)].join("\u0000");
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const made = new uPlot(optionsOf(latest, element), dataOf(latest.current), element);
    plot.current = made;
    latest.current.onCanvas(made.ctx.canvas);
    const resize = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: heightPx }));
    resize.observe(element);
    return () => {
      resize.disconnect();
      latest.current.onCanvas(undefined);
      made.destroy();
      plot.current = undefined;
    };
  }, [shape]);
  useEffect(() => plot.current?.setData(dataOf(props)), [grid, compared]);
  useEffect(() => plot.current?.redraw(false), [props.marks]);
  useEffect(() => placeCursor(plot.current, cursor, grid), [cursor]);
  const row = cursor === undefined ? undefined : grid.rows[cursor];
  const said = row === undefined ? "no period chosen" : sayRow(row, props);
  return (
    <div
      class="chart"
      role="slider"
      tabIndex={0}
      aria-label="Cursor over the periods of the chart"
      aria-valuemin={0}
      aria-valuemax={Math.max(0, grid.rows.length - 1)}
      aria-valuenow={cursor ?? 0}
      aria-valuetext={said}
      onKeyDown={(event) => moveCursor(event, props)}
      onBlur={() => props.onCursor(undefined)}
    >
      <div ref={place} aria-hidden="true" />
      <p class="chart-said" aria-hidden="true">
        {row === undefined ? "Point at the chart, or focus it and use the arrow keys." : said}
      </p>
    </div>
  );
}

function sayRow(row: Grid["rows"][number], { grid, grain }: ChartProps): string {
  const values = row.cells.slice(0, drawnMax).map((cell, index) => {
    const name = grid.columns[index]?.label ?? "";
    return name === "" ? cell.text : `${name} ${cell.text}`;
  });
  return `${sayPeriod(row.period, grain)}${row.running ? " so far" : ""}: ${values.join(", ")}`;
}

function moveCursor(event: KeyboardEvent, { grid, cursor, onCursor }: ChartProps): void {
  const last = grid.rows.length - 1;
  const at = cursor ?? (event.key === "ArrowLeft" ? last + 1 : event.key === "PageUp" ? last : -1);
  const target: Readonly<Record<string, number | undefined>> = {
    ArrowRight: at + 1,
    ArrowUp: at + 1,
    ArrowLeft: at - 1,
    ArrowDown: at - 1,
    PageDown: at - 7,
    PageUp: at + 7,
    Home: 0,
    End: last,
  };
  const wanted = target[event.key];
  if (event.key === "Escape") onCursor(undefined);
  if (wanted === undefined || last < 0) return;
  event.preventDefault();
  onCursor(Math.max(0, Math.min(last, wanted)));
}

function placeCursor(plot: uPlot | undefined, cursor: number | undefined, grid: Grid): void {
  if (plot === undefined) return;
  const row = cursor === undefined ? undefined : grid.rows[cursor];
  if (row === undefined) {
    plot.setCursor({ left: -10, top: -10 }, false);
    return;
  }
  plot.setCursor({ left: plot.valToPos(timeOf(row.period) / 1000, "x"), top: plot.height / 3 }, false);
}

function dataOf({ grid, compared }: ChartProps): uPlot.AlignedData {
  const times = grid.rows.map(({ period }) => timeOf(period) / 1000);
  const series = grid.columns.slice(0, drawnMax).map((_, index) => grid.rows.map((row) => row.cells[index]?.value ?? null));
  const old = compared ? [grid.rows.map((row) => row.cells[0]?.before ?? null)] : [];
  return [times, ...old, ...series];
}

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function seriesOf(stroke: Stroke, width: number, isSingle: boolean): uPlot.Series {
  const drawn = colour(stroke.colour);
  return {
    stroke: drawn,
    width,
    dash: [...stroke.dash],
    ...(isSingle ? { fill: colour("--series-fill") } : {}),
    spanGaps: false,
    points: { size: 5 },
  };
}

type Latest = { readonly current: ChartProps };

function optionsOf(latest: Latest, element: HTMLElement): uPlot.Options {
  const { grid, metric, grain, compared } = latest.current;
  const columns = grid.columns.slice(0, drawnMax);
  const axis = {
    stroke: colour("--quiet"),
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { show: false },
    font: `12px ${colour("--font")}`,
  };
  return {
    width: element.clientWidth,
    height: heightPx,
    legend: { show: false },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
    cursor: { drag: { x: false, y: false }, y: false, points: { size: 9 } },
    scales: { x: { time: true }, y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.08 : 1] } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        space: 84,
        values: (_plot, splits) => splits.map((split) => shortPeriod(labelAt(split, grain), grain)),
      },
      { ...axis, size: 64, values: (_plot, splits) => splits.map((split) => formatShort(split, metric)) },
    ],
    series: [
      {},
      ...(compared ? [seriesOf(before, 1.5, false)] : []),
      ...columns.map((_, index) => seriesOf(strokes[index] ?? before, 2.2, columns.length === 1)),
    ],
    hooks: {
      drawClear: [(plot) => drawRunning(plot, latest.current)],
      draw: [(plot) => drawMarks(plot, latest.current)],
      setCursor: [(plot) => follow(plot, latest.current)],
    },
  };
}

function labelAt(seconds: number, grain: Grain): string {
  const iso = new Date(seconds * 1000).toISOString();
  return grain === "hour" ? iso.slice(0, 13) : grain === "month" ? iso.slice(0, 7) : iso.slice(0, 10);
}

function follow(plot: uPlot, { onCursor, grid }: ChartProps): void {
  // Only what the mouse does; the keys' cursor came from outside.
  if (!plot.root.matches(":hover")) return;
  const { idx } = plot.cursor;
  onCursor(idx === null || idx === undefined || (plot.cursor.left ?? -1) < 0 ? undefined : Math.min(idx, grid.rows.length - 1));
}

/** The period that is not over: a band, so that its low value is not read as a fall. */
function drawRunning(plot: uPlot, { grid }: ChartProps): void {
  const last = grid.rows.at(-1);
  const previous = grid.rows.at(-2);
  if (last?.running !== true || previous === undefined) return;
  const { ctx, bbox } = plot;
  const left = plot.valToPos(timeOf(previous.period) / 1000, "x", true);
  ctx.save();
  ctx.fillStyle = colour("--band");
  ctx.fillRect(left, bbox.top, bbox.left + bbox.width - left, bbox.height);
  ctx.restore();
}

function drawMarks(plot: uPlot, { marks }: ChartProps): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = colour("--quiet");
  ctx.fillStyle = colour("--ink");
  ctx.font = `${11 * devicePixelRatio}px ${colour("--font")}`;
  ctx.textAlign = "left";
  ctx.textBaseline = "alphabetic";
  ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
  // Labels that would lie on each other go a line down.
  let lastEnd = -Infinity;
  let line = 0;
  for (const { period, text } of marks) {
    const x = plot.valToPos(timeOf(period) / 1000, "x", true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const wide = ctx.measureText(text).width;
    const gap = 4 * devicePixelRatio;
    const start = x + wide + 2 * gap > bbox.left + bbox.width ? x - wide - gap : x + gap;
    line = start < lastEnd ? line + 1 : 0;
    ctx.fillText(text, start, bbox.top + (12 + line * 14) * devicePixelRatio);
    lastEnd = Math.max(lastEnd, start + wide + 2 * gap);
  }
  ctx.restore();
}

/** Changes whenever colours do, so that the canvas is drawn anew. */
function useColourScheme(): string {
  const query = "(prefers-color-scheme: dark)";
  const read = (): string => `${document.documentElement.dataset["theme"] ?? ""}${matchMedia(query).matches}`;
  const [scheme, setScheme] = useState(read);
  useEffect(() => {
    const look = (): void => setScheme(read());
    const media = matchMedia(query);
    media.addEventListener("change", look);
    const observer = new MutationObserver(look);
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    return () => {
      media.removeEventListener("change", look);
      observer.disconnect();
    };
  }, []);
  return scheme;
}
