/** The kill harness itself: see kill.ts for what it is for. */
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { createWorld } from "../../examples/smart-home/world.ts";
import type { Answer } from "../../src/metrics/answer.ts";
import { crashPoints } from "../../src/lib/crash-points.ts";
import type { CrashPoint } from "../../src/lib/crash-points.ts";
import { seeded } from "../differential/random.ts";
import type { Random } from "../differential/random.ts";
import { smartHomeSets } from "../oracle/declared-sets.ts";
import { smartHome } from "../oracle/smart-home.ts";
import { openSource } from "../oracle/source.ts";
import type { SourceClient } from "../oracle/source.ts";
import { startPostgres } from "../support/postgres.ts";
import { allQuestions, compareAnswers, untilCaughtUp } from "./compare-answers.ts";
import { compareStore } from "./compare-store.ts";
import { disturbPartitions, startLoad } from "./load.ts";
import { setUpProduct } from "./product.ts";
import type { Product, Role } from "./product.ts";

export interface KillOptions {
  readonly seed: number;
  readonly randomKills: number;
  readonly killsPerPoint: number;
  readonly accounts: number;
  readonly attempts: number;
  readonly only: string | undefined;
  readonly log: (line: string) => void;
}

export interface KillReport {
  readonly problems: readonly string[];
  readonly summary: string;
}

const roles: readonly Role[] = ["reader", "server", "supervisor"];
const orphansGoneMs = 8_000;
const reachedWithinMs = 60_000;
const caughtUpWithinMs = 120_000;
/** Comparisons in between tell which kill it was. */
const compareEvery = 10;

interface Context {
  readonly options: KillOptions;
  readonly random: Random;
  readonly product: Product;
  readonly source: SourceClient;
  readonly url: string;
  readonly problems: string[];
  readonly counts: Map<string, number>;
}

/** Runs everything; never throws for a difference, only for what makes the run itself impossible. */
export async function killAnywhere(options: KillOptions): Promise<KillReport> {
  const server = await startPostgres();
  const { url } = server;
  try {
    await createWorld({ url, accounts: options.accounts, attempts: options.attempts, seed: options.seed, now: new Date() });
    await using source = await openSource(url);
    // Months that are dropped have no rows to compare with; that history can be kept is shown elsewhere (test/shows).
    const example = await readFile(new URL("../../examples/smart-home/vitrine.yaml", import.meta.url), "utf8");
    const declaration = example.replaceAll(/^ +history: keep\n/gm, "");
    await using product = await setUpProduct({ adminUrl: url, declaration });
    const context: Context = { options, random: seeded(options.seed), product, source, url, problems: [], counts: new Map() };
    options.log(`seed ${options.seed}; ${product.folder}`);
    await product.start();
    await killAtRandom(context);
    for (const point of crashPoints) await killAtPoint(context, point);
    await compareEverything(context);
    await product.stop();
    context.problems.push(...(await compareStore({ product, source, world: smartHome })).map((one) => `store: ${one}`));
    const kills = [...context.counts].map(([what, count]) => `${what} ${count}`).join(", ");
    return {
      problems: context.problems,
      summary: `seed ${options.seed}: ${kills || "no kills"}; ${context.problems.length === 0 ? "equal at the end" : `${context.problems.length} problems`}`,
    };
  } finally {
    await server.stop();
  }
}

async function killAtRandom(context: Context): Promise<void> {
  const { options, random, product, source } = context;
  for (let done = 0; done < options.randomKills;) {
    const load = await startLoad({ url: context.url, random, pauseMs: 5 });
    const until = Math.min(options.randomKills, done + compareEvery);
    while (done < until) {
      await sleep(50 + random.below(random.oneIn(3) ? 3_000 : 600));
      if (random.oneIn(6)) options.log(`  ${await disturbPartitions(source, random)}`);
      const role = roles[done % roles.length] ?? "reader";
      if (!(await killed(context, role))) continue;
      done += 1;
      options.log(`  ${done}: killed the ${role}`);
      if (!product.isRunning()) await startAgain(context);
    }
    await load.stop();
    options.log(`  ${load.transactions()} transactions of load`);
    await compareEverything(context);
  }
}

/** Waits until there is a process of that role, for it may be on its way, and kills it. */
async function killed(context: Context, role: Role): Promise<boolean> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (!context.product.isRunning()) await startAgain(context);
    if (await context.product.kill(role)) {
      context.counts.set(role, (context.counts.get(role) ?? 0) + 1);
      if (role === "supervisor") await untilEnded(context.product);
      return true;
    }
    await sleep(100);
  }
  context.problems.push(`there was no ${role} to kill for 10 s`);
  return true;
}

async function untilEnded(product: Product): Promise<void> {
  for (let tries = 0; tries < 200 && product.isRunning(); tries += 1) await sleep(20);
}

/** After a killed supervisor its children must end by themselves before the next one starts. */
async function startAgain({ product, problems }: Context, extra: Readonly<Record<string, string>> = {}): Promise<void> {
  try {
    await product.untilGone(orphansGoneMs);
  } catch (error) {
    problems.push(`orphans of a killed supervisor: ${error instanceof Error ? error.message : ""}`);
    for (const role of ["server", "reader"] as const) await product.kill(role);
    await product.untilGone(orphansGoneMs);
  }
  await product.start(extra);
}

async function killAtPoint(context: Context, point: CrashPoint): Promise<void> {
  const { options, random, product, source } = context;
  if (options.only !== undefined && options.only !== point) return;
  for (let round = 0; round < options.killsPerPoint; round += 1) {
    const load = await startLoad({ url: context.url, random, pauseMs: 5 });
    await product.stop();
    // Points on the way of every commit are hit at another commit each time.
    const time = /commit|ack/.test(point) ? 1 + random.below(40) : 1;
    const logFrom = (await logOf(product)).length;
    await product.start({ VITRINE_CRASH_AT: `${point}:${time}` });
    const reached = await untilReached(context, point, logFrom);
    if (reached) context.counts.set(point, (context.counts.get(point) ?? 0) + 1);
    else context.problems.push(`${point}:${time} was not reached within ${reachedWithinMs / 1000} s`);
    await load.stop();
    await product.kill("supervisor");
    await untilEnded(product);
    await startAgain(context);
    options.log(`  ${point}:${time} ${reached ? "reached" : "NOT reached"}`);
    const waiting = await untilCaughtUp(product, source, caughtUpWithinMs);
    if (waiting !== undefined) context.problems.push(`after ${point}: ${waiting}`);
  }
  if (options.killsPerPoint > 0) await compareEverything(context);
}

/**
 * A process that came to the point is gone: another id, or none, or the whole run ended. Points of a snapshot and of a switch need a
 * new generation, which a month that changes behind the stream's back brings about.
 */
async function untilReached(context: Context, point: CrashPoint, logFrom: number): Promise<boolean> {
  const { product, source, random } = context;
  const role: Role = point.startsWith("reader") ? "reader" : point.startsWith("server") ? "server" : "supervisor";
  const deadline = Date.now() + reachedWithinMs;
  const needsGeneration = /snapshot|load|switch|retire|start|hello|spawn/.test(point) && !/after-hello|after-start|after-spawn/.test(point);
  let before: ReadonlySet<number> = new Set();
  let disturbedAt = 0;
  while (Date.now() < deadline) {
    if (!product.isRunning()) return true;
    const now = new Set((await product.processes(role)).map((one) => one.pid));
    if ([...before].some((pid) => !now.has(pid)) && (await wasKilled(product, logFrom))) return true;
    before = new Set([...before, ...now]);
    if (needsGeneration && Date.now() - disturbedAt > 15_000 && (await untilCaughtUp(product, source, 3_000)) !== "nobody answers") {
      await disturbPartitions(source, random);
      disturbedAt = Date.now();
    }
    await sleep(20);
  }
  return false;
}

/** A process that is no longer wanted ends as well: only a signal counts, which the supervisor logs. */
async function wasKilled(product: Product, logFrom: number): Promise<boolean> {
  for (let tries = 0; tries < 40; tries += 1) {
    if (!product.isRunning()) return true;
    if ((await logOf(product)).subarray(logFrom).includes("SIGKILL")) return true;
    await sleep(50);
  }
  return false;
}

async function logOf(product: Product): Promise<Buffer> {
  return readFile(`${product.folder}/product.log`);
}

async function compareEverything({ product, source, problems, options }: Context): Promise<void> {
  if (!product.isRunning()) await product.start();
  const waiting = await untilCaughtUp(product, source, caughtUpWithinMs);
  if (waiting !== undefined) {
    problems.push(`not caught up after ${caughtUpWithinMs / 1000} s: ${waiting}`);
    return;
  }
  const questions = allQuestions(smartHome, smartHomeSets, rangesNow());
  const differences = await compareAnswers(product, { source, world: smartHome, questions });
  problems.push(...differences);
  problems.push(...(await answersAfterAKill(product, source)).map((one) => `after a kill of the server: ${one}`));
  const verified = await product.command(["verify", "full", "--json"]);
  if (verified.code !== 0)
    problems.push(`vitrine verify full ended with ${verified.code}: ${verified.stdout.slice(0, 500)}${verified.stderr.slice(0, 500)}`);
  options.log(
    `  compared ${questions.length} questions: ${differences.length === 0 ? "equal" : `${differences.length} differences`}; verify ${verified.code === 0 ? "clean" : "NOT clean"}`,
  );
}

/** Answered from sets in memory: after a restart these are what the store gives back. */
const fromMemory = [
  "active_devices?grain=day&range=last+30+days",
  "active_devices?grain=all&range=last+90+days&by=model",
  "active_devices?grain=month&range=last+12+months&by=firmware,country",
  "assistant_link?by=country",
  "retention?grain=week&range=last+12+weeks&by=model",
];

/** Whoever answers, cells in memory or in the store, writes the words of a cell in its own order. */
function plainCells({ cells }: Answer): string {
  const plain = (value: object): readonly unknown[] => Object.entries(value).toSorted(([a], [b]) => a.localeCompare(b));
  return JSON.stringify(cells.map((cell) => [plain(cell.by), plain({ ...cell, by: undefined })]));
}

/** The source is at rest: what was kept up with the stream must be what is read back. */
async function answersAfterAKill(product: Product, source: SourceClient): Promise<readonly string[]> {
  const ask = async (): Promise<readonly string[]> =>
    Promise.all(
      fromMemory.map(async (path) => {
        const answer = await product.get(`/v1/metrics/${path}`);
        return answer?.status === 200 ? plainCells(answer.body as Answer) : `status ${answer?.status ?? "none"}`;
      }),
    );
  const before = await ask();
  await product.kill("server");
  const waiting = await untilCaughtUp(product, source, caughtUpWithinMs);
  if (waiting !== undefined) return [waiting];
  const after = await ask();
  return fromMemory.flatMap((path, i) =>
    before[i] === after[i] && (before[i]?.length ?? 0) > 20
      ? []
      : [`${path}: ${before[i]?.slice(0, 200)} became ${after[i]?.slice(0, 200)}`],
  );
}

/** Ranges that hold all or much of the history without more cells than an answer may have. */
function rangesNow(): Readonly<Record<string, { readonly from: string; readonly to: string }>> {
  const day = (offset: number): string => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
  const monday = (text: string): string => {
    const date = new Date(text);
    return new Date(date.getTime() - ((date.getUTCDay() + 6) % 7) * 86_400_000).toISOString().slice(0, 10);
  };
  const month = (offset: number): string => {
    const now = new Date();
    return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset, 1)).toISOString().slice(0, 10);
  };
  return {
    hour: { from: day(-4), to: day(2) },
    day: { from: day(-60), to: day(2) },
    week: { from: monday(day(-1_100)), to: monday(day(14)) },
    month: { from: month(-40), to: month(1) },
  };
}
