/** What `vitrine plan` shows a person: what would be run, what could be read then, what stays, what it costs, what would hurt. */
import type { CuboidEstimate, MetricEstimate, SetEstimate } from "../../metrics/estimate.ts";
import type { PlanColumn, PlanFinding, SourcePlan } from "../../policy/plan.ts";
import type { Finding } from "../../source/preflight.ts";
import { bytes, integer, paint, table } from "../render.ts";
import type { Terminal } from "./command.ts";

export interface ShownPlan {
  readonly plan: SourcePlan;
  readonly findings: readonly Finding[];
  readonly cuboids: readonly MetricEstimate[];
}

type Colours = ReturnType<typeof paint>;

export function planText({ plan, findings, cuboids }: ShownPlan, terminal: Pick<Terminal, "hasColour">): string {
  const colours = paint(terminal.hasColour);
  const part = (title: string, what: string, lines: string): string => `\n${colours.bold(title)}\n${colours.dim(what)}\n\n${lines}`;
  return [
    part(
      "What apply would run",
      "One transaction, as the administrator. Nothing of it rewrites a table or waits for a lock longer than 5 s.",
      statementsText(plan, colours),
    ),
    part(
      "What becomes readable",
      "For the reader's role, and how it leaves. Nothing else is granted, published or sent.",
      columnsText(plan.readable, "how"),
    ),
    part(
      "What stays and why",
      "What vitrine.yaml says it is, without taking it; and what it does not name.",
      columnsText(plan.stays, "what it is"),
    ),
    part(
      "What the snapshot costs the source",
      "Each declared table is read once, without an index, under a lock that hinders no write; VACUUM cannot clean up behind it meanwhile.",
      costText(plan),
    ),
    part(
      "Rollups, in cells",
      "What is kept ready by dimensions and grain: estimates, at most. The copy counts them; `vitrine status` shows the real ones.",
      rollupsText(cuboids, colours),
    ),
    part(
      "Findings",
      "What would hurt production, what could fill its disk, what weakens privacy.",
      findingsText(plan.findings, findings, colours),
    ),
  ].join("");
}

function statementsText(plan: SourcePlan, colours: Colours): string {
  if (plan.statements.length === 0) return "  nothing: the source is as it should be\n";
  return plan.statements.map((one) => `  ${colours.dim(`-- ${one.why}`)}\n  ${one.sql};\n`).join("");
}

/** The table's name stands once. */
function columnsText(columns: readonly PlanColumn[], how: string): string {
  const rows = columns.map((one, i) => [columns[i - 1]?.table === one.table ? "" : one.table, one.column, one.why]);
  return table(["table", "column", how], rows);
}

function costText({ cost }: SourcePlan): string {
  const sum = (of: (one: SourcePlan["cost"][number]) => number): number => cost.reduce((total, one) => total + Math.max(0, of(one)), 0);
  const rows = cost.map((one) => [one.table, one.rows < 0 ? "?" : integer(one.rows), bytes(one.bytesRead)]);
  return table(["table", "rows", "reads"], [...rows, ["together", integer(sum((one) => one.rows)), bytes(sum((one) => one.bytesRead))]]);
}

const grains: readonly CuboidEstimate["grain"][] = ["hour", "day", "week", "month", "all"];

function rollupsText(metrics: readonly MetricEstimate[], colours: Colours): string {
  const unsure = metrics.some((metric) => metric.cuboids.some((one) => one.cells > metric.cellsMax));
  const legend =
    "  * More than are worth keeping: tried all the same, because an estimate knows each dimension alone; given up while the copy is\n    built if it really is too large, and then answered like those that are not kept.\n";
  const texts = metrics.map((metric) =>
    metric.set === undefined ? metricText(metric, colours) : setText(metric, metric.set, metrics, colours),
  );
  return texts.join("\n") + (unsure ? `\n${legend}` : "");
}

/** One row a set of dimensions, one column a grain. */
function metricText(metric: MetricEstimate, colours: Colours): string {
  const cell = (one: CuboidEstimate | undefined): string =>
    one === undefined ? "" : `${integer(one.cells)}${one.cells > metric.cellsMax ? " *" : ""}`;
  const used = grains.filter((grain) => metric.cuboids.some((one) => one.grain === grain));
  const rows = bySet(metric.cuboids).map(([names, list]) => [names, ...used.map((grain) => cell(list.find((one) => one.grain === grain)))]);
  const without = bySet(metric.without).map(
    ([names, list]) => `  not kept: by ${names}, each ${list.map((one) => one.grain).join(", ")}\n`,
  );
  const hint =
    without.length === 0
      ? ""
      : `${without.join("")}  (computed from the rows when asked, within 2 s, or refused; a set under \`cuboids\` keeps it ready)\n`;
  return `${colours.bold(metric.metric)}\n${table(["by", ...used], rows).replaceAll(/^(?=.)/gm, "  ")}${hint}${overlapText(metric)}`;
}

function overlapText({ overlaps }: MetricEstimate): string {
  if (overlaps === undefined) return "";
  return `  not for viewers: it counts some of the rows of ${overlaps}, and one subtracted from the other would give small groups away (for viewers\n  count all of these rows, or those that hit)\n`;
}

/** What is kept in memory instead of cuboids. */
function setText(metric: MetricEstimate, set: SetEstimate, all: readonly MetricEstimate[], colours: Colours): string {
  const first = all.find((one) => one.set?.name === set.name);
  const what = set.kind === "days" ? `a bit for each day and one of ${set.entity}` : `a number for each of ${set.entity}`;
  const size = set.bytes === undefined ? "" : `, at most ${bytes(set.bytes)}`;
  const shared = first === undefined || first.metric === metric.metric ? "" : `, shared with ${first.metric}`;
  return `${colours.bold(metric.metric)}\n  in the server's memory: ${what}${shared === "" ? size : shared}; every declared question is answered from it\n`;
}

function bySet(cuboids: readonly CuboidEstimate[]): readonly (readonly [names: string, list: readonly CuboidEstimate[]])[] {
  const sets = Map.groupBy(cuboids, (one) => (one.names.length === 0 ? "(all)" : one.names.join(", ")));
  return [...sets];
}

interface Shown {
  readonly text: string;
  readonly remedy: string;
  readonly blocking: boolean;
}

const classes = [
  { title: "breaks production writes", preflight: ["breaks-production-writes"], plan: "breaks" },
  { title: "cannot work", preflight: ["cannot-work"], plan: undefined },
  { title: "risks the disk", preflight: ["risks-disk"], plan: "disk" },
  { title: "weakens privacy", preflight: ["weakens-privacy"], plan: "privacy" },
  { title: "notes", preflight: [], plan: "note" },
] as const;
const nothingToDo = "Nothing to do.";

function findingsText(planned: readonly PlanFinding[], preflight: readonly Finding[], colours: Colours): string {
  return classes
    .map(({ title, preflight: kinds, plan }) => {
      const checked = preflight.filter((one) => (kinds as readonly string[]).includes(one.class));
      // Both look at the same catalog: what preflight says with its place is not said again.
      const more = planned.filter((one) => one.class === plan && !checked.some((known) => one.what.includes(known.place)));
      const shown: readonly Shown[] = [
        ...checked.map((one) => ({ text: `${one.place}: ${one.message} (${one.code})`, remedy: one.remedy, blocking: one.blocking })),
        ...more
          .filter((one) => !one.remedy.startsWith(nothingToDo))
          .map((one) => ({ text: one.what, remedy: one.remedy, blocking: plan === "breaks" })),
      ];
      const quiet = more.filter((one) => one.remedy.startsWith(nothingToDo)).length;
      const silent = quiet === 0 ? "" : `    ${quiet} that need nothing (--json shows them)\n`;
      if (shown.length === 0) return quiet === 0 ? `  ${title}: nothing\n` : `  ${title}:\n${silent}`;
      const paintOf = (one: Shown) => (one.blocking ? colours.red : colours.amber);
      return `  ${title}:\n${shown.map((one) => `    ${paintOf(one)(one.text)}\n      do: ${one.remedy}\n`).join("")}${silent}`;
    })
    .join("");
}
