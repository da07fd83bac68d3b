import { setTimeout as wait } from "node:timers/promises";
import type { Answer, AnswerCell } from "../../metrics/answer.ts";
import type { MetricDescription } from "../../metrics/describe.ts";
import type { StatusReport } from "../../metrics/status-report.ts";
import { VitrineError } from "../../model/error.ts";
import type { ControlClient } from "../control.ts";
import { bar, bytes, clean, clip, duration, integer, paint, spark } from "../render.ts";
import { signals } from "../run.ts";
import { envelopeText, nameOf, valueText } from "./answer-text.ts";
import { connectServer } from "./ask.ts";
import type { Command, Terminal } from "./command.ts";

export const watch: Command = {
  name: "watch",
  summary: "live view: activations, failure rate, lag, state",
  usage: "",
  help: `Shows metrics of the file live, one of each kind first: counts and sums per day as a line, parts as bars, each with the time as of which it is
proven, and the lag and state of the copy. Without a terminal it prints a line every second. Ctrl-C ends the view (not the server).`,
  options: {},
  settings: ["state"],
  async run(context) {
    const { stop } = signals();
    using server = await connectServer(context);
    await watchUntil({ server, terminal: context.terminal, json: context.json, stop });
    return 0;
  },
};

export interface WatchOptions {
  readonly server: ControlClient;
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly stop: AbortSignal;
  /** Shown above the view, e.g. a link; on a terminal only. */
  readonly headline?: string;
}

interface Picture {
  readonly status: StatusReport;
  readonly answers: readonly Answer[];
}

const everyMs = 1_000;

/** Draws once a second until stopped, or until the server is gone. */
export async function watchUntil(options: WatchOptions): Promise<void> {
  const { terminal, stop, json } = options;
  const isLive = terminal.isTerminal && !json;
  if (isLive) terminal.out("\u001b[?25l\u001b[2J");
  try {
    while (!stop.aborted) {
      const picture = await look(options.server);
      if (json) terminal.out(`${JSON.stringify(picture)}\n`);
      else if (isLive) terminal.out(`\u001b[H${draw(picture, terminal, options.headline).replaceAll("\n", "\u001b[K\n")}\u001b[J`);
      else terminal.out(lineOf(picture));
      await wait(everyMs, undefined, { signal: stop }).catch(() => undefined);
    }
  } finally {
    if (isLive) terminal.out("\u001b[?25h\n");
  }
}

async function look(server: ControlClient): Promise<Picture> {
  const status = (await server.ask("status")) as unknown as StatusReport; // eslint-disable-line -- our own server's answers, here and below
  const answers: Answer[] = [];
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own server's answer
    const metrics = (await server.ask("metrics")) as unknown as readonly MetricDescription[];
    for (const metric of shownOf(metrics)) {
      answers.push((await server.ask("query", { question: questionFor(metric) })) as unknown as Answer); // eslint-disable-line -- as above
    }
  } catch (error) {
    // While the copy is being built there is nothing to ask; the status says how far it is.
    if (!(error instanceof VitrineError) || error.code === "cli/not-running") throw error;
  }
  return { status, answers };
}

/** One of each kind, then the next ones of the file. */
function shownOf(metrics: readonly MetricDescription[]): readonly MetricDescription[] {
  const firsts = metrics.filter((metric) => metrics.find((one) => one.kind === metric.kind) === metric);
  return [...firsts, ...metrics.filter((metric) => !firsts.includes(metric))].slice(0, Math.max(shownMin, firsts.length));
}

const shownMin = 4;

function questionFor({ name: metric, kind, dimensions }: MetricDescription) {
  if (kind === "ratio")
    return { metric, grain: "all", range: "last 7 days", by: dimensions.slice(0, 1).map((dimension) => dimension.name) };
  if (kind === "share") return { metric, grain: "all" };
  if (kind === "retention") return { metric, grain: "week", range: "last 6 weeks" };
  return { metric, grain: "day", range: "last 30 days" };
}

/** Kinds whose values are parts of something; they are shown as bars. */
function isPart(answer: Answer): boolean {
  return answer.kind === "ratio" || answer.kind === "share" || answer.kind === "retention";
}

function draw({ status, answers }: Picture, terminal: Terminal, headline: string | undefined): string {
  const colours = paint(terminal.hasColour);
  const width = Math.max(40, Math.min(terminal.columns, 120));
  const lines = [colours.bold("Vitrine"), ...(headline === undefined ? [] : [headline]), healthLine(status), ""];
  for (const answer of answers) {
    lines.push(
      colours.bold(clean(answer.title)),
      ...(isPart(answer) ? partLines(answer, terminal) : countLines(answer, terminal, width)),
      colours.dim(envelopeText(answer, { ...terminal, hasColour: false }).trimEnd()),
      "",
    );
  }
  lines.push(...loadingLines(status));
  const rows = lines.flatMap((line) => line.split("\n")).map((line) => clip(line, terminal.columns));
  return `${rows.slice(0, Math.max(2, terminal.rows - 1)).join("\n")}\n`;
}

function healthLine(status: StatusReport): string {
  const shown = status.generations.find((one) => one.generation === status.serving);
  const reader = status.readers.find((one) => one.generation === status.serving);
  if (shown === undefined) return "starting";
  const slot = reader?.slot === undefined ? "" : ` · the source keeps ${bytes(reader.slot.retainedBytes)} for us`;
  const rows = Object.values(shown.rows).reduce((sum, count) => sum + count, 0);
  return `${shown.phase} · proven ${shown.lagMs === undefined ? "not yet" : `${duration(shown.lagMs)} ago`} · ${integer(rows)} rows · ${bytes(shown.bytes)} · reader ${reader?.state ?? "?"}${slot}`;
}

function countLines(answer: Answer, terminal: Terminal, width: number): readonly string[] {
  const colours = paint(terminal.hasColour);
  const values = answer.cells.map((cell) => cell.value);
  const last = answer.cells.at(-1);
  if (last === undefined) return ["  nothing yet"];
  return [
    `  ${colours.blue(spark(values.slice(-(width - 4))))}`,
    `  ${answer.cells[0]?.period ?? ""} to ${last.period ?? ""} · today ${colours.bold(valueText(answer, last.value))} · the day before ${valueText(answer, values.at(-2) ?? 0)}`,
  ];
}

function partLines(answer: Answer, terminal: Terminal): readonly string[] {
  const colours = paint(terminal.hasColour);
  const cells = shownParts(answer, 12);
  const most = Math.max(...cells.map((cell) => cell.value), 0);
  const names = cells.map((cell) => partName(answer, cell));
  const widest = Math.max(...names.map((name) => Array.from(name).length), 5);
  return cells.map(
    (cell, i) =>
      `  ${(names[i] ?? "").padEnd(widest)} ${valueText(answer, cell.value).padStart(9)} ${colours.blue(bar(most === 0 ? 0 : cell.value / most, 24).padEnd(24))} ${integer(cell.hits ?? 0)} of ${integer(cell.count)}`,
  );
}

/** The largest parts; of a retention the newest cohorts. */
function shownParts(answer: Answer, most: number): readonly AnswerCell[] {
  if (answer.kind === "retention") return answer.cells.slice(-most);
  const size = (cell: AnswerCell): number => (answer.kind === "share" ? (cell.hits ?? 0) : cell.count);
  return answer.cells.toSorted((a, b) => size(b) - size(a)).slice(0, most);
}

function partName(answer: Answer, cell: AnswerCell): string {
  const name = answer.kind === "retention" ? `day ${cell.by["day"] ?? ""}` : nameOf(cell, answer.question.by);
  return `${cell.period === undefined ? "" : `${cell.period} `}${name === "" ? "all" : name}`;
}

function loadingLines(status: StatusReport): readonly string[] {
  return status.generations.flatMap((generation) =>
    generation.loading
      .filter((one) => !one.done && one.rows > 0)
      .map(
        (one) =>
          `  copying ${one.table}: ${integer(one.rows)} of about ${integer(one.estimate)} rows ${bar(one.estimate === 0 ? 0 : one.rows / one.estimate, 20)}`,
      ),
  );
}

/** `14:03:05 ready lag 0.6 s | activations 2026-11-22: 123 | failed_connection_rate cam-1: 1.20 % …` */
function lineOf({ status, answers }: Picture): string {
  const shown = status.generations.find((one) => one.generation === status.serving);
  const parts = answers.map((answer) => {
    const cells = isPart(answer) ? shownParts(answer, 3) : answer.cells.slice(-1);
    const words = cells.map((cell) => `${isPart(answer) ? partName(answer, cell) : (cell.period ?? "")} ${valueText(answer, cell.value)}`);
    return `${answer.metric} [${answer.state}] ${words.join(", ")} as of ${answer.proven?.at ?? "–"}`;
  });
  const loading = status.generations.flatMap((one) => one.loading).filter((one) => !one.done && one.rows > 0);
  const copying =
    loading.length === 0 ? [] : [loading.map((one) => `copying ${one.table} ${integer(one.rows)}/${integer(one.estimate)}`).join(", ")];
  const reader = status.readers.find((one) => one.generation === status.serving);
  const state = shown?.phase ?? "starting";
  const lag = shown?.lagMs === undefined ? "" : ` lag ${duration(shown.lagMs)}`;
  const isRestarting = reader?.state === "restarting" || reader?.state === "crash-loop";
  const said = reader?.code ?? (isRestarting ? reader.message : undefined);
  const trouble = said === undefined ? [] : [`reader ${reader?.state ?? "?"}: ${said}`];
  return `${[`${new Date().toISOString().slice(11, 19)} ${state}${lag}`, ...copying, ...trouble, ...parts].join(" | ")}\n`;
}
