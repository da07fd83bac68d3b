/**
 * `npm run attack`: the example really running, asked over HTTP with a viewer's token, and linear programming over all that was told.
 * Exit code 1: something that is withheld was recovered, or the attack does not work (a control found nothing).
 */
import { parseArgs } from "node:util";
import type { MetricDescription } from "../../src/metrics/describe.ts";
import { get, takeAnswers } from "./answer-set.ts";
import type { Door, Range } from "./answer-set.ts";
import type { RunningExample } from "./example.ts";
import { runExample } from "./example.ts";
import type { Score } from "./score.ts";
import { everything, scoreOf, smallGroupsOnly, takeBoth } from "./score.ts";

const range: Range = { from: "2026-10-01", to: "2026-11-01" };
/** With complementary suppression off: of one metric, for it takes long. */
const controlMetric = "activations";

const { values } = parseArgs({
  options: {
    accounts: { type: "string", default: "20000" },
    attempts: { type: "string", default: "400000" },
    metrics: { type: "string" },
  },
});

const started = performance.now();
const say = (text: string): void =>
  void process.stderr.write(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${text}\n`);
process.exit(await main());

async function main(): Promise<number> {
  await using example = await runExample({ accounts: Number(values.accounts), attempts: Number(values.attempts), say });
  const viewer: Door = { url: example.url, token: example.viewer };
  const analyst: Door = { url: example.url, token: example.analyst, reason: "scoring an attack" };
  const catalogue = await get<{ readonly metrics: readonly MetricDescription[] }>(viewer, "/v1/metrics");
  const wanted = values.metrics?.split(",");
  const metrics = (catalogue?.metrics ?? []).filter(({ name }) => wanted === undefined || wanted.includes(name));
  const scores: Score[] = [];
  let control: Score | undefined;
  let all: Score | undefined;
  for (const metric of metrics) {
    say(`${metric.name}: asking everything a viewer may ask …`);
    const taken = await takeBoth({ viewer, analyst, metric, range });
    say(
      `${metric.name}: ${taken.set.asked} questions, ${taken.set.splits.length} cells told, ${taken.set.doors.length} by other doors; linear programming …`,
    );
    const score = scoreOf(taken);
    scores.push(score);
    for (const one of score.examples) say(`  recovered: ${one}`);
    if (metric.name !== controlMetric) continue;
    say(`${metric.name}: the same without complementary suppression, and as an analyst …`);
    control = scoreOf(smallGroupsOnly(taken));
    all = scoreOf(everything(taken));
  }
  const change = await beforeAndAfter(example, viewer, metrics);
  return report({ scores, control, all, change, isPart: wanted !== undefined });
}

/** Prints the table; the exit code. */
function report(found: {
  readonly scores: readonly Score[];
  readonly control: Score | undefined;
  readonly all: Score | undefined;
  readonly change: string;
  readonly isPart: boolean;
}): number {
  const { scores, control, all, change, isPart } = found;
  const sum = (of: (score: Score) => number): number => scores.reduce((total, one) => total + of(one), 0);
  const [withheld, cells, recovered] = [sum((one) => one.withheld), sum((one) => one.cells), sum((one) => one.nearly + one.negations)];
  process.stdout.write(tableOf(scores));
  if (control !== undefined) process.stdout.write(line(control, "control: small groups only"));
  if (all !== undefined) process.stdout.write(line(all, "control: an analyst's token"));
  process.stdout.write(
    `\n${withheld} of ${cells} cells withheld (${percent(withheld, cells)}); recovered exactly or within k/2 to either side: ${recovered} (goal 0).\n${change}`,
  );
  const works = control === undefined || all === undefined || (control.nearly > 0 && all.withheld === 0);
  if (!works) process.stdout.write("The attack does not work: a control found nothing.\n");
  const isEnough = isPart || withheld >= 1000;
  if (!isEnough) process.stdout.write("Fewer than 1,000 cells were withheld: the world is too small to tell.\n");
  return recovered === 0 && works && isEnough ? 0 : 1;
}

/** What `live` does not withstand: who asks before and after one household's change sees where it was. */
async function beforeAndAfter(example: RunningExample, viewer: Door, metrics: readonly MetricDescription[]): Promise<string> {
  const metric = metrics.find(({ name }) => name === controlMetric);
  if (metric === undefined) return "";
  say("before and after one device more …");
  const only = new Set(metric.grains.flatMap((grain) => ["", "model", "country", "country,model"].map((names) => `${grain} ${names}`)));
  const look = async () => takeAnswers({ door: viewer, metric, range, only });
  const before = await look();
  await example.addOne(`${range.from.slice(0, 8)}14T18:00:00Z`);
  const after = await look();
  const told = new Map(before.splits.map((one) => [JSON.stringify([one.grain, one.days, one.where]), one.cell.count]));
  const moved = after.splits.filter(
    (one) => one.cell.count - (told.get(JSON.stringify([one.grain, one.days, one.where])) ?? one.cell.count) === 1,
  );
  const known = new Set(moved.flatMap((one) => [one.days.length === 1 ? "day" : one.grain, ...Object.keys(one.where)]));
  return `Before and after: one device more is seen in ${moved.length} told cells, which tell its ${[...known].join(", ")}. That is not withstood (THREATS.md).\n`;
}

function tableOf(scores: readonly Score[]): string {
  const head = ["", "asked", "cells", "withheld", "share", "exactly", "±k/2", "all but one", "programs"];
  return `\n${row(head)}${scores.map((one) => line(one, one.metric)).join("")}`;
}

function line(score: Score, name: string): string {
  const { asked, cells, withheld, exactly, nearly, negations, programs } = score;
  return row([name, asked, cells, withheld, percent(withheld, cells), exactly, nearly, negations, programs].map(String));
}

function row([name = "", ...rest]: readonly string[]): string {
  return `${name.padEnd(28)}${rest.map((one) => one.padStart(12)).join("")}\n`;
}

function percent(part: number, whole: number): string {
  return whole === 0 ? "–" : `${((100 * part) / whole).toFixed(1)} %`;
}
