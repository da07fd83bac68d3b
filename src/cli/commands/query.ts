import type { Answer } from "../../metrics/answer.ts";
import type { MetricDescription } from "../../metrics/describe.ts";
import { errorCodes } from "../../model/error-codes.ts";
import { VitrineError } from "../../model/error.ts";
import { table } from "../render.ts";
import { answerText } from "./answer-text.ts";
import { connectServer } from "./ask.ts";
import type { Command, CommandContext } from "./command.ts";
import { print, text, texts } from "./command.ts";

export const query: Command = {
  name: "query",
  summary: "ask a metric",
  usage: "[METRIC]",
  takes: 1,
  help: `Asks the running Vitrine for a metric and shows the cells as a table with bars, and below it how true they are: the state,
up to when the numbers are proven, from which rollup they come. Without a metric it lists what can be asked.

  vitrine query activations --range "last 30 days"
  vitrine query failed_connection_rate --grain day --by model --range "last 7 days"
  vitrine query activations --grain month --by country --where model=cam-3 --from 2026-01-01 --to 2026-11-01 --json
  vitrine query activations --grain all --by country --top 10 --compare previous
  vitrine query active_devices --grain all --range "last 90 days"
  vitrine query retention --grain week --range "last 12 weeks"

Exit code 5: the answer is untrusted (the reason is beside it).`,
  options: {
    grain: { type: "string", value: "GRAIN", help: "hour, day, week, month or all (default day)" },
    range: { type: "string", value: "TEXT", help: 'e.g. "last 30 days", "today"' },
    from: { type: "string", value: "DATE", help: "first day (YYYY-MM-DD), in the zone of the file" },
    to: { type: "string", value: "DATE", help: "the day after the last" },
    by: { type: "string", value: "NAMES", help: "dimensions, comma separated" },
    where: { type: "string", value: "NAME=A,B", multiple: true, help: "only these values; may be given again" },
    compare: { type: "string", value: "TEXT", help: '"previous", or e.g. "52 weeks before": that range beside it' },
    top: { type: "string", value: "N", help: "only the N combinations of values with the largest value" },
    limit: { type: "string", value: "N", help: "only the first N cells" },
  },
  settings: ["state"],
  async run(context) {
    const [metric] = context.positionals;
    using server = await connectServer(context);
    if (metric === undefined) return list(context, (await server.ask("metrics")) as unknown as readonly MetricDescription[]); // eslint-disable-line -- our own server's answer
    const answer = (await server.ask("query", { question: questionOf(context, metric) })) as unknown as Answer; // eslint-disable-line -- as above
    print(context, answer, () => answerText(answer, context.terminal));
    return answer.state === "untrusted" ? errorCodes["cli/untrusted"].exit : 0;
  },
};

function questionOf(context: CommandContext, metric: string) {
  const by = (text(context, "by") ?? "").split(",").filter((name) => name !== "");
  const simple = ["grain", "range", "from", "to", "compare", "top", "limit"].flatMap((name) => {
    const value = text(context, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { metric, by, where: whereOf(texts(context, "where")), ...Object.fromEntries(simple) };
}

/** The same dimension given twice asks for the values of both. */
export function whereOf(given: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const where = new Map<string, readonly string[]>();
  for (const [name, values] of given.map(parseWhere)) where.set(name, [...(where.get(name) ?? []), ...values]);
  return Object.fromEntries(where);
}

function parseWhere(given: string): readonly [string, readonly string[]] {
  const match = /^([a-z][a-z0-9_]*)=(.+)$/s.exec(given);
  if (match?.[1] === undefined || match[2] === undefined)
    throw new VitrineError("cli/usage", { message: "A condition is NAME=VALUE or NAME=VALUE,VALUE.", place: "--where" });
  return [match[1], match[2].split(",")];
}

function list(context: CommandContext, metrics: readonly MetricDescription[]): number {
  print(context, metrics, () =>
    table(
      ["metric", "title", "kind", "grains", "by"],
      metrics.map((metric) => [
        metric.name,
        metric.title,
        metric.kind,
        metric.grains.join(" "),
        metric.dimensions.map((dimension) => dimension.name).join(" "),
      ]),
    ),
  );
  return 0;
}
