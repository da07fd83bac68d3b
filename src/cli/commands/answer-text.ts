/** An answer as a table with its envelope: what it contains, up to when, how true. */
import type { Answer, AnswerCell } from "../../metrics/answer.ts";
import { bar, clean, duration, integer, paint, percent, spark, table } from "../render.ts";
import type { Terminal } from "./command.ts";

export function answerText(answer: Answer, terminal: Terminal): string {
  const colours = paint(terminal.hasColour);
  const { cells, question } = answer;
  const dimensions = question.by;
  const hasPeriod = question.grain !== "all";
  const most = Math.max(...cells.map((cell) => cell.value), 0);
  const value = (cell: AnswerCell): string => (answer.kind === "ratio" ? percent(cell.value) : integer(cell.value));
  const head = [
    ...(hasPeriod ? [question.grain] : []),
    ...dimensions,
    ...(answer.kind === "ratio" ? ["rate", "hits", "of"] : ["count"]),
    "",
  ];
  const rows = cells.map((cell) => [
    ...(hasPeriod ? [cell.period ?? ""] : []),
    ...dimensions.map((name) => clean(cell.by[name] ?? "–")),
    ...(answer.kind === "ratio" ? [percent(cell.value), integer(cell.hits ?? 0), integer(cell.count)] : [value(cell)]),
    colours.blue(bar(most === 0 ? 0 : cell.value / most, 20)),
  ]);
  const line =
    dimensions.length === 0 && hasPeriod && cells.length > 2
      ? `${colours.blue(spark(cells.slice(-Math.max(10, terminal.columns - 2)).map((cell) => cell.value)))}\n`
      : "";
  return `${colours.bold(clean(answer.title))}\n${table(head, rows)}${line}${envelopeText(answer, terminal)}`;
}

/** `ready · as of 2026-11-22T14:00:00.000Z (0.6 s ago) · …`, then the reasons. */
export function envelopeText(answer: Answer, terminal: Terminal): string {
  const colours = paint(terminal.hasColour);
  const state = { ready: colours.green, building: colours.amber, stale: colours.amber, untrusted: colours.red }[answer.state](answer.state);
  const proven =
    answer.proven === undefined
      ? "nothing proven yet"
      : `proven as of ${answer.proven.at}${answer.lagMs === undefined ? "" : ` (${duration(answer.lagMs)} ago)`}`;
  const parts = [
    state,
    proven,
    `applied ${answer.applied?.lsn ?? "–"}`,
    `from ${answer.from}`,
    `definition ${answer.definitionVersion.slice(0, 8)}`,
    `${integer(answer.cells.length)} cells`,
  ];
  const reasons = [...answer.reasons, ...answer.notes].map((one) => `  ${one.reason}: ${one.message} ${one.remedy}\n`);
  return `${parts.join(colours.dim(" · "))}\n${reasons.join("")}`;
}
