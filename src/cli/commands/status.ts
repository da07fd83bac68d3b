import type { GenerationReport, ReaderReport, StatusReport } from "../../metrics/status-report.ts";
import type { GuardWatch } from "../../api/contract.ts";
import type { Generation } from "../generations.ts";
import { nobodyWatches } from "../guard/who-watches.ts";
import { bytes, duration, integer, paint, table } from "../render.ts";
import { connectServer } from "./ask.ts";
import type { Command, CommandContext } from "./command.ts";
import { print } from "./command.ts";

type Report = StatusReport & { readonly control: readonly Generation[]; readonly watch?: GuardWatch };

export const status: Command = {
  name: "status",
  summary: "what the copy holds, how fresh it is, what is wrong",
  usage: "",
  help: `Shows each generation of the copy (the one that answers, and one that is being built beside it), its position and the age of its
last proof, its rows, what its reader does and how much of its log the source keeps for us, and everything that is not to be
trusted, with what mends it.

Exit code 5: something is untrusted.`,
  options: {},
  settings: ["state"],
  async run(context) {
    using server = await connectServer(context);
    const report = (await server.ask("status")) as unknown as Report; // eslint-disable-line -- our own server's answer
    print(context, report, () => statusText(report, context));
    const shown = report.generations.find((one) => one.generation === report.serving);
    return shown !== undefined && shown.untrusted.length > 0 ? 5 : 0;
  },
};

function statusText(report: Report, context: Pick<CommandContext, "terminal">): string {
  const colours = paint(context.terminal.hasColour);
  const lines = [`Vitrine ${report.version}, running since ${report.startedAt}`, ""];
  for (const generation of report.generations) lines.push(...generationLines(generation, report, colours));
  const unwatched = report.watch === undefined ? undefined : nobodyWatches(report.watch);
  if (unwatched !== undefined) lines.push(colours.red(`guard: ${unwatched}`), "");
  if (report.erased !== undefined)
    lines.push(
      `erased: generation ${report.erased.generations.join(", ")} was deleted from the disk, with all that it held, at ${report.erased.at}`,
    );
  return lines.join("\n");
}

type Colours = ReturnType<typeof paint>;

function generationLines(generation: GenerationReport, report: Report, colours: Colours): readonly string[] {
  const control = report.control.find((one) => one.number === generation.generation);
  const reader = report.readers.find((one) => one.generation === generation.generation);
  const phase = generation.phase === "ready" ? colours.green(generation.phase) : colours.amber(generation.phase);
  const ago = generation.lagMs === undefined ? "" : `  (${duration(generation.lagMs)} ago)`;
  const rows = Object.entries(generation.rows).map(([name, count]) => [name, integer(count)]);
  return [
    `${colours.bold(`generation ${generation.generation}`)} (${control?.role ?? "?"}): ${phase}, ${bytes(generation.bytes)}${control === undefined ? "" : `; begun ${new Date(control.createdAt).toISOString()}: ${control.reason}`}`,
    `  applied   ${positionText(generation.applied)}`,
    `  proven    ${positionText(generation.proven)}${ago}`,
    ...(reader === undefined ? [] : readerLines(reader, colours)),
    ...rollupLines(generation),
    ...countingLines(generation),
    ...erasureLines(generation, colours),
    ...generation.loading
      .filter((one) => !one.done)
      .map((one) => `  loading   ${one.table}: ${integer(one.rows)} of about ${integer(one.estimate)} rows`),
    ...generation.untrusted.map((one) =>
      colours.red(
        `  untrusted ${one.table}: ${one.reason}. ${one.message} ${one.remedy}${one.since === undefined ? "" : ` (since ${one.since})`}`,
      ),
    ),
    ...generation.trouble.map((one) =>
      colours.amber(
        `  values    ${one.table}.${one.column}: ${integer(one.other)} were not allowed and became \`other\`, ${integer(one.degraded)} could not be held`,
      ),
    ),
    ...(rows.length === 0 ? [] : ["", table(["table", "rows"], rows).replaceAll(/^/gm, "  ").trimEnd()]),
    "",
  ];
}

function positionText(position: GenerationReport["applied"]): string {
  return position === undefined ? "–" : `${position.lsn}  ${position.at}`;
}

function readerLines(reader: ReaderReport, colours: Colours): readonly string[] {
  const slot = reader.slot === undefined ? "" : `; ${slotText(reader.slot)}`;
  const notices = (reader.notices ?? []).flatMap((one) => [
    colours.amber(`  notice    ${one.place}: ${one.message} (${one.code})`),
    `            do: ${one.remedy}`,
  ]);
  return [
    `  reader    ${reader.state}: ${reader.message}${slot}`,
    ...notices,
    ...(reader.code === undefined ? [] : [colours.red(`            ${reader.code}; do: ${reader.remedy ?? ""}`)]),
  ];
}

function slotText({ retainedBytes, safeBytes }: NonNullable<ReaderReport["slot"]>): string {
  const left = safeBytes === undefined ? "without a limit" : `${bytes(safeBytes)} more before the slot is lost`;
  return `the source keeps ${bytes(retainedBytes)} for it (${left})`;
}

/** How many there are and the largest; each that was given up. All of them are in --json. */
function rollupLines({ cuboids }: GenerationReport): readonly string[] {
  const kept = cuboids.filter((one) => !one.givenUp);
  const [largest] = kept.toSorted((a, b) => b.cells - a.cells);
  if (largest === undefined) return [];
  const name = (one: { readonly metric: string; readonly id: string }): string => `${one.metric} ${one.id.replaceAll("__", " × ")}`;
  const cells = kept.reduce((sum, one) => sum + one.cells, 0);
  return [
    `  rollups   ${integer(kept.length)} with ${integer(cells)} cells; the largest is ${name(largest)} with ${integer(largest.cells)}`,
    ...cuboids.filter((one) => one.givenUp).map((one) => `            ${name(one)} would be too large: computed from the rows when asked`),
  ];
}

function countingLines({ counting }: GenerationReport): readonly string[] {
  if (counting === undefined) return [];
  const months = counting.months === 1 ? "1 month" : `${counting.months} months`;
  return [`  counting  who stands behind the cells of ${months}, after the restart; cells near the limit are withheld until then`];
}

function erasureLines({ erasure }: GenerationReport, colours: Colours): readonly string[] {
  const { logicalSince, physicalAt, dueBy, overdue } = erasure;
  const due = overdue
    ? colours.red(`since ${dueBy} they are overdue: vitrine compact`)
    : `their bytes leave the file at the next compaction, by ${dueBy}`;
  return [
    ...(logicalSince === undefined ? [] : [`  erasure   rows deleted or changed since ${logicalSince} are out of every answer; ${due}`]),
    ...(physicalAt === undefined ? [] : [`  erasure   what was deleted before ${physicalAt} is out of the file, too`]),
  ];
}
