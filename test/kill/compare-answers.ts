/** The running product's answers, over the owner's socket, against the oracle on a source at rest. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Answer, AnswerCell, Question } from "../../src/metrics/answer.ts";
import type { StatusReport } from "../../src/metrics/status-report.ts";
import { parseLsn } from "../../src/model/lsn.ts";
import { answerKey, expectedAnswer } from "../oracle/answer.ts";
import type { ExpectedCell } from "../oracle/answer.ts";
import type { OracleWorld } from "../oracle/description.ts";
import { currentLsn } from "../oracle/source.ts";
import type { SourceClient } from "../oracle/source.ts";
import type { Product } from "./product.ts";

async function statusOf(product: Product): Promise<StatusReport | undefined> {
  const answer = await product.get("/v1/status");
  return answer?.status === 200 ? (answer.body as StatusReport) : undefined;
}

/**
 * Waits until the serving generation is ready, trusts all its tables, and has proven the source's position of now. Returns a sentence
 * that says what it is still waiting for when the time is over.
 */
export async function untilCaughtUp(product: Product, source: SourceClient, withinMs: number): Promise<string | undefined> {
  const deadline = Date.now() + withinMs;
  const target = parseLsn(await currentLsn(source)) ?? 0n;
  let waiting = "nobody answers";
  while (Date.now() < deadline) {
    const status = await statusOf(product);
    waiting = status === undefined ? "nobody answers" : (whyNot(status, target) ?? "");
    if (waiting === "") return undefined;
    await sleep(200);
  }
  return waiting;
}

function whyNot(status: StatusReport, target: bigint): string | undefined {
  const serving = status.generations.find((one) => one.generation === status.serving);
  if (serving === undefined)
    return `no generation serves (${status.readers.map((reader) => `${reader.state}: ${reader.message}`).join("; ")})`;
  if (serving.phase !== "ready") return `generation ${serving.generation} is ${serving.phase}`;
  if (status.generations.length > 1) return `generations ${status.generations.map((one) => `${one.generation} ${one.phase}`).join(", ")}`;
  if (serving.counting !== undefined) return `units of ${serving.counting.months} months are still being counted`;
  if (serving.untrusted.length > 0) return `untrusted: ${serving.untrusted.map((one) => `${one.table} ${one.reason}`).join(", ")}`;
  const proven = serving.proven === undefined ? undefined : parseLsn(serving.proven.lsn);
  return proven === undefined || proven < target ? "the position is not proven yet" : undefined;
}

/** Questions that together read every cuboid: each grain with each of the declared sets. */
export function allQuestions(
  world: OracleWorld,
  sets: Readonly<Record<string, readonly (readonly string[])[]>>,
  ranges: Readonly<Record<string, { readonly from: string; readonly to: string }>>,
): readonly Question[] {
  return world.metrics.flatMap((metric) =>
    metric.grains.flatMap((grain) => {
      const range = ranges[grain];
      if (range === undefined) throw new Error(`no range for ${grain}`);
      return (sets[metric.name] ?? [[]]).map((by): Question => ({ metric: metric.name, grain, ...range, by, where: {} }));
    }),
  );
}

/** Differences between answer and oracle over all questions. */
export async function compareAnswers(
  product: Product,
  { source, world, questions }: { readonly source: SourceClient; readonly world: OracleWorld; readonly questions: readonly Question[] },
): Promise<readonly string[]> {
  const differences: string[] = [];
  for (const question of questions) {
    const asked = new URLSearchParams({
      grain: question.grain,
      from: question.from,
      to: question.to,
      ...(question.by.length > 0 ? { by: question.by.join(",") } : {}),
    });
    const path = `/v1/metrics/${question.metric}?${asked.toString()}`;
    const answer = await product.get(path);
    if (answer?.status !== 200) differences.push(`${path}: status ${answer?.status ?? "none"}: ${JSON.stringify(answer?.body)}`);
    else
      differences.push(
        ...compareAnswer(answer.body as Answer, await expectedAnswer(source, world, question), world.k).map((one) => `${path}: ${one}`),
      );
    if (differences.length > 20) break;
  }
  return differences;
}

/** Cells that the answer withheld may be missing, as many as it says; all others must be there and equal. */
function compareAnswer(answer: Answer, expected: ReadonlyMap<string, ExpectedCell>, k: number): readonly string[] {
  if (answer.state !== "ready") return [`its state is ${answer.state}`];
  const differences: string[] = [];
  const left = new Map(expected);
  for (const cell of answer.cells) {
    const key = answerKey(
      cell.period,
      answer.question.by.map((name) => cell.by[name] ?? null),
    );
    const want = left.get(key);
    left.delete(key);
    if (want === undefined) differences.push(`${key} is too many`);
    else differences.push(...compareCell(key, { cell, want, k, ratio: answer.kind === "ratio" }));
  }
  if (left.size > answer.cellsWithheld)
    differences.push(`${left.size} cells are missing (${answer.cellsWithheld} withheld), the first ${[...left.keys()][0]}`);
  return differences;
}

function compareCell(
  key: string,
  { cell, want, k, ratio }: { readonly cell: AnswerCell; readonly want: ExpectedCell; readonly k: number; readonly ratio: boolean },
): readonly string[] {
  const checks: readonly (readonly [string, unknown, unknown])[] = [
    ["count", cell.count, want.count],
    ["hits", cell.hits, ratio ? want.hits : undefined],
    // Where the answer does not know, it must not claim; where it claims, it must be right.
    ["atLeastK", cell.atLeastK ?? want.units >= k, want.units >= k],
    ["hitsAtLeastK", cell.hitsAtLeastK ?? want.unitsHit >= k, want.unitsHit >= k],
    ["missesAtLeastK", cell.missesAtLeastK ?? want.unitsNone >= k, want.unitsNone >= k],
  ];
  return checks
    .filter(([, have, must]) => have !== must)
    .map(([name, have, must]) => `${key}: ${name} is ${String(have)}, must be ${String(must)}`);
}
