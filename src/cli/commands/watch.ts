import { setTimeout as wait } from "node:timers/promises";
import type { Answer } from "../../metrics/answer.ts";
import type { StatusReport } from "../../metrics/status-report.ts";
import { VitrineError } from "../../model/error.ts";
import type { ControlClient } from "../control.ts";
import { bar, bytes, clean, clip, duration, integer, paint, percent, spark } from "../render.ts";
import { signals } from "../run.ts";
import { envelopeText } from "./answer-text.ts";
import { connectServer } from "./ask.ts";
import type { Command, Terminal } from "./command.ts";

export const watch: Command = {
  name: "watch",
  summary: "live view: activations, failure rate, lag, state",
  usage: "",
  help: `Shows each metric of the file live: counts per day as a line, ratios by their first dimension as bars, each with the time as of which it is
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
    const metrics = (await server.ask("metrics")) as unknown as readonly {
      readonly name: string;
      readonly kind: string;
      readonly dimensions: readonly { readonly name: string }[];
    }[];
    for (const metric of metrics.slice(0, 4)) {
      const by = metric.kind === "ratio" ? metric.dimensions.slice(0, 1).map((dimension) => dimension.name) : [];
      const question =
        metric.kind === "ratio"
          ? { metric: metric.name, grain: "all", range: "last 7 days", by }
          : { metric: metric.name, grain: "day", range: "last 30 days", by };
      answers.push((await server.ask("query", { question })) as unknown as Answer); // eslint-disable-line -- as above
    }
  } catch (error) {
    // While the copy is being built there is nothing to ask; the status says how far it is.
    if (!(error instanceof VitrineError) || error.code === "cli/not-running") throw error;
  }
  return { status, answers };
}

function draw({ status, answers }: Picture, terminal: Terminal, headline: string | undefined): string {
  const colours = paint(terminal.hasColour);
  const width = Math.max(40, Math.min(terminal.columns, 120));
  const lines = [colours.bold("Vitrine"), ...(headline === undefined ? [] : [headline]), healthLine(status), ""];
  for (const answer of answers) {
    lines.push(
      colours.bold(clean(answer.title)),
      ...(answer.kind === "ratio" ? ratioLines(answer, terminal) : countLines(answer, terminal, width)),
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
    `  ${answer.cells[0]?.period ?? ""} to ${last.period ?? ""} · today ${colours.bold(integer(last.value))} · the day before ${integer(values.at(-2) ?? 0)}`,
  ];
}

function ratioLines(answer: Answer, terminal: Terminal): readonly string[] {
  const colours = paint(terminal.hasColour);
  const cells = [...answer.cells].toSorted((a, b) => b.count - a.count).slice(0, 12);
  const most = Math.max(...cells.map((cell) => cell.value), 0);
  const name = (by: Readonly<Record<string, string | null>>): string =>
    clean(
      Object.values(by)
        .map((value) => value ?? "–")
        .join(" "),
    );
  const widest = Math.max(...cells.map((cell) => Array.from(name(cell.by)).length), 5);
  return cells.map(
    (cell) =>
      `  ${name(cell.by).padEnd(widest)} ${percent(cell.value).padStart(9)} ${colours.blue(bar(most === 0 ? 0 : cell.value / most, 24).padEnd(24))} ${integer(cell.hits ?? 0)} of ${integer(cell.count)}`,
  );
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
    const cells = answer.kind === "ratio" ? [...answer.cells].toSorted((a, b) => b.count - a.count).slice(0, 3) : answer.cells.slice(-1);
    const words = cells.map(
      (cell) =>
        `${clean(
          cell.period ??
            Object.values(cell.by)
              .map((value) => value ?? "–")
              .join(" "),
        )} ${answer.kind === "ratio" ? percent(cell.value) : integer(cell.value)}`,
    );
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
