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
import { byMonth, familiesOf, throughTime } from "./families.ts";
import { roleOf } from "./knowledge.ts";
import type { Attacked, Score } from "./score.ts";
import { everything, scoreOf, scoreTogether, smallGroupsOnly, takeBoth } from "./score.ts";

const range: Range = { from: "2026-10-01", to: "2026-11-01" };
/** All months of the example. */
const history: Range = { from: "2024-11-01", to: "2026-12-01" };
const changedMetric = "activations";

const { values } = parseArgs({
  options: {
    accounts: { type: "string", default: "20000" },
    attempts: { type: "string", default: "400000" },
    metrics: { type: "string" },
    /** With complementary suppression off. Connection attempts take five minutes more. */
    control: { type: "string", default: "activations,sign_ups,log_ins" },
    /** Seconds that each program may look for tables of whole numbers. */
    whole: { type: "string", default: "30" },
  },
});

const started = performance.now();
const say = (text: string): void =>
  void process.stderr.write(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${text}\n`);
process.exit(await main());

interface Doors {
  readonly viewer: Door;
  readonly analyst: Door;
}

async function main(): Promise<number> {
  await using example = await runExample({ accounts: Number(values.accounts), attempts: Number(values.attempts), say });
  const doors = {
    viewer: { url: example.url, token: example.viewer },
    analyst: { url: example.url, token: example.analyst, reason: "scoring an attack" },
  };
  const catalogue = await get<{ readonly metrics: readonly MetricDescription[] }>(doors.viewer, "/v1/metrics");
  const wanted = values.metrics?.split(",");
  const metrics = (catalogue?.metrics ?? []).filter(({ name }) => wanted === undefined || wanted.includes(name));
  const taken: Attacked[] = [];
  for (const metric of metrics) {
    const one = await takeBoth({ ...doors, metric, range });
    const { asked, refused, splits, bounds } = one.set;
    say(`${metric.name}: ${asked} questions, ${refused} refused; ${splits.length} cells told, ${bounds.length} as bounds`);
    taken.push(one);
  }
  const scores = attackAll(taken);
  const controlled = taken.filter(({ metric }) => values.control.split(",").includes(metric.name));
  const small = familiesOf(controlled.map(smallGroupsOnly)).flatMap((family) => scoreTogether(family).scores);
  say(`without complementary suppression: ${small.reduce((sum, one) => sum + one.nearly, 0)} recovered`);
  const all = taken.map((one) => scoreOf(everything(one)));
  const between = wanted === undefined ? await attackThroughTime(doors, metrics) : [];
  const change = await beforeAndAfter(example, doors.viewer, metrics);
  return report({ scores, small, all, between, change, isPart: wanted !== undefined });
}

/** All metrics: those that overlap in one program. */
function attackAll(taken: readonly Attacked[]): readonly Score[] {
  return familiesOf(taken).flatMap((family) => {
    const names = family.members.map(({ attacked }) => attacked.metric.name).join(" + ");
    say(`${names}: linear programming …`);
    const found = scoreTogether({ ...family, wholeSeconds: Number(values.whole) });
    const whole =
      found.wholeLeft === 0
        ? "whole numbers show the same"
        : `of ${found.wholeLeft} numbers no tables of whole numbers were found in ${values.whole} s`;
    say(`  ${found.columns} columns, ${found.programs} programs, ${found.seconds.toFixed(1)} s; ${whole}`);
    for (const { examples } of found.scores) for (const one of examples) say(`  recovered: ${one}`);
    return found.scores;
  });
}

/** A metric's months beside all of its table now: what both together give, and neither alone. */
async function attackThroughTime(doors: Doors, metrics: readonly MetricDescription[]): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const { timed, whole } of throughTime) {
    const [first, second] = [timed, whole].map((name) => metrics.find((one) => one.name === name));
    if (first === undefined || second === undefined) continue;
    const names = first.dimensions.map(({ name }) => name).toSorted();
    const only = new Set(["", ...names, names.join()].map((own) => `month ${own}`));
    const months = byMonth(await takeBoth({ ...doors, metric: first, range: history, only }));
    const now = await takeBoth({ ...doors, metric: second, range: history });
    const days = [...new Set(months.truth.flatMap((said) => said.days))].toSorted();
    const role = roleOf(first);
    const found = scoreTogether({ days, members: [months, now].map((attacked) => ({ attacked, role })) });
    const sum = (of: (score: Score) => number): number => found.scores.reduce((total, score) => total + of(score), 0);
    for (const { examples } of found.scores) for (const one of examples) say(`  recovered: ${one}`);
    lines.push(
      `${timed} of ${days.length} months + ${whole} now: ${sum((one) => one.withheld)} of ${sum((one) => one.cells)} cells withheld, ${sum((one) => one.nearly)} recovered (not weighed: THREATS.md).\n`,
    );
  }
  return lines;
}

/** Prints the table; the exit code. */
function report(found: {
  readonly scores: readonly Score[];
  readonly small: readonly Score[];
  readonly all: readonly Score[];
  readonly between: readonly string[];
  readonly change: string;
  readonly isPart: boolean;
}): number {
  const { scores, small, all, between, change, isPart } = found;
  const sum = (of: (score: Score) => number, list = scores): number => list.reduce((total, one) => total + of(one), 0);
  // The values of a sum are in the same cells.
  const counted = scores.filter(({ metric }) => !metric.includes(": "));
  const [withheld, cells, recovered] = [
    sum((one) => one.withheld, counted),
    sum((one) => one.cells, counted),
    sum((one) => one.nearly + one.negations),
  ];
  process.stdout.write(`\n${row(["", "asked", "cells", "withheld", "share", "exactly", "±k/2", "all but one"])}`);
  for (const one of scores) process.stdout.write(line(one, one.metric));
  for (const one of small) process.stdout.write(line(one, `small groups only: ${one.metric}`));
  process.stdout.write(
    `\n${withheld} of ${cells} cells withheld (${percent(withheld, cells)}); recovered exactly or within k/2 to either side: ${recovered} (goal 0).\n` +
      `With small groups withheld and nothing else: ${sum((one) => one.nearly, small)} recovered. With an analyst's token: ${sum((one) => one.withheld, all)} withheld of ${sum((one) => one.cells, all)}.\n` +
      `${between.join("")}${change}`,
  );
  const works = (small.length === 0 || sum((one) => one.nearly, small) > 0) && sum((one) => one.withheld, all) === 0;
  if (!works) process.stdout.write("The attack does not work: a control found nothing.\n");
  const isEnough = isPart || withheld >= 1000;
  if (!isEnough) process.stdout.write("Fewer than 1,000 cells were withheld: the world is too small to tell.\n");
  return recovered === 0 && works && isEnough ? 0 : 1;
}

/** What `live` does not withstand: who asks before and after one household's change sees where it was. */
async function beforeAndAfter(example: RunningExample, viewer: Door, metrics: readonly MetricDescription[]): Promise<string> {
  const metric = metrics.find(({ name }) => name === changedMetric);
  if (metric === undefined) return "";
  say("before and after one device more …");
  const only = new Set(metric.grains.flatMap((grain) => ["", "model", "country", "country,model"].map((names) => `${grain} ${names}`)));
  const look = async () => takeAnswers({ door: viewer, metric, range, only });
  const before = await look();
  await example.addOne(`${range.from.slice(0, 8)}14T18:00:00Z`);
  const after = await look();
  const keyOf = ({ grain, days, where }: (typeof before.splits)[number]): string => JSON.stringify([grain, days, where]);
  const told = new Map(before.splits.map((one) => [keyOf(one), one.cell.count]));
  const shown = new Set(after.splits.map(keyOf));
  const moved = after.splits.filter((one) => one.cell.count - (told.get(keyOf(one)) ?? one.cell.count) === 1);
  const gone = before.splits.filter((one) => !shown.has(keyOf(one))).length;
  const come = after.splits.filter((one) => !told.has(keyOf(one))).length;
  const known = new Set(moved.flatMap(({ grain, where }) => [grain, ...Object.keys(where)]));
  return `Before and after one device more: ${moved.length} of ${before.splits.length} told cells differ by one, and tell its ${[...known].join(", ")}; ${gone} are no longer told, ${come} are told anew. That is not withstood (THREATS.md).\n`;
}

function line(score: Score, name: string): string {
  const { asked, cells, withheld, exactly, nearly, negations } = score;
  return row([name, asked, cells, withheld, percent(withheld, cells), exactly, nearly, negations].map(String));
}

function row([name = "", ...rest]: readonly string[]): string {
  return `${name.padEnd(40)}${rest.map((one) => one.padStart(12)).join("")}\n`;
}

function percent(part: number, whole: number): string {
  return whole === 0 ? "–" : `${((100 * part) / whole).toFixed(1)} %`;
}
