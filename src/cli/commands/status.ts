import type { StatusReport } from "../../metrics/status-report.ts";
import type { Generation } from "../generations.ts";
import { bytes, duration, integer, paint, table } from "../render.ts";
import { connectServer } from "./ask.ts";
import type { Command, CommandContext } from "./command.ts";
import { print } from "./command.ts";

type Report = StatusReport & { readonly control: readonly Generation[] };

export const status: Command = {
  name: "status",
  summary: "what the copy holds, how fresh it is, what is wrong",
  usage: "",
  help: `Shows each generation of the copy (the one that answers, and one that is being built beside it), its position and the age of its
last proof, its rows, what its reader does and how much of its log the source keeps for us, and everything that is not to be
trusted, with what mends it.

Exit code 5: something is untrusted.`,
  options: {},
  async run(context) {
    using server = await connectServer(context);
    const report = (await server.ask("status")) as unknown as Report; // eslint-disable-line -- our own server's answer
    print(context, report, () => statusText(report, context));
    const shown = report.generations.find((one) => one.generation === report.serving);
    return shown !== undefined && shown.untrusted.length > 0 ? 5 : 0;
  },
};

export function statusText(report: Report, context: Pick<CommandContext, "terminal">): string {
  const colours = paint(context.terminal.hasColour);
  const lines = [`Vitrine ${report.version}, running since ${report.startedAt}`, ""];
  for (const generation of report.generations) {
    const control = report.control.find((one) => one.number === generation.generation);
    const reader = report.readers.find((one) => one.generation === generation.generation);
    const phase = generation.phase === "ready" ? colours.green(generation.phase) : colours.amber(generation.phase);
    lines.push(`${colours.bold(`generation ${generation.generation}`)} (${control?.role ?? "?"}): ${phase}, ${bytes(generation.bytes)}`);
    lines.push(`  applied   ${generation.applied?.lsn ?? "–"}  ${generation.applied?.at ?? ""}`);
    lines.push(`  proven    ${generation.proven?.lsn ?? "–"}  ${generation.proven?.at ?? ""}${generation.lagMs === undefined ? "" : `  (${duration(generation.lagMs)} ago)`}`);
    if (reader !== undefined) {
      const slot = reader.slot === undefined ? "" : `; the source keeps ${bytes(reader.slot.retainedBytes)} for it`;
      lines.push(`  reader    ${reader.state}: ${reader.message}${slot}`);
      if (reader.code !== undefined) lines.push(colours.red(`            ${reader.code}; do: ${reader.remedy ?? ""}`));
    }
    const { logicalSince, physicalAt } = generation.erasure;
    if (logicalSince !== undefined) lines.push(`  erasure   rows deleted since ${logicalSince} are out of every answer; their bytes leave the file at the next compaction`);
    if (physicalAt !== undefined) lines.push(`  erasure   what was deleted before ${physicalAt} is out of the file, too`);
    for (const one of generation.loading.filter((each) => !each.done)) {
      lines.push(`  loading   ${one.table}: ${integer(one.rows)} of about ${integer(one.estimate)} rows`);
    }
    for (const one of generation.untrusted) lines.push(colours.red(`  untrusted ${one.table}: ${one.reason}. ${one.message} ${one.remedy}${one.since === undefined ? "" : ` (since ${one.since})`}`));
    for (const one of generation.trouble) {
      lines.push(colours.amber(`  values    ${one.table}.${one.column}: ${integer(one.other)} were not allowed and became \`other\`, ${integer(one.degraded)} could not be held`));
    }
    const rows = Object.entries(generation.rows);
    if (rows.length > 0) lines.push("", table(["table", "rows"], rows.map(([name, count]) => [name, integer(count)])).replaceAll(/^/gm, "  ").trimEnd());
    lines.push("");
  }
  return `${lines.join("\n")}`;
}
