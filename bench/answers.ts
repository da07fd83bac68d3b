/** Answers over HTTP with a bearer token, as a dashboard asks, while the source is changing: the positions move, so nothing can be kept. */
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { withClient } from "./database.ts";
import type { Running } from "./product.ts";
import { questions } from "./questions.ts";
import type { Draw, Question } from "./questions.ts";
import type { BenchRow } from "./report.ts";
import { quantile } from "./report.ts";

export interface AnswersBench {
  readonly running: Running;
  readonly adminUrl: string;
  readonly group: string;
  readonly seconds: number;
}

export interface Reply {
  readonly status: number;
  /** Which rollup answered, or `facts`. */
  readonly from: string;
}

export type Ask = (path: string) => Promise<Reply>;

/** Between two questions: a person looks, and the applier is not only competing with us. */
const pauseMs = 10;
const smallCells = 50_000;
/** Exact answers: without a reason an analyst gets what viewers get. Each one stands in the audit log before it is given. */
const reason = "measuring how long answers take";

export async function benchAnswers({ running, adminUrl, group, seconds }: AnswersBench): Promise<readonly BenchRow[]> {
  const draw = await drawFrom(adminUrl);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = asker(await running.http(), agent);
  const taken = new Map<Question, { readonly ms: number[]; readonly from: Set<string> }>(
    questions.map((question) => [question, { ms: [], from: new Set() }]),
  );
  try {
    const until = performance.now() + seconds * 1000;
    while (performance.now() < until) for (const [question, { ms, from }] of taken) ms.push(await timed({ question, draw, ask, from }));
  } finally {
    agent.destroy();
  }
  const sizes = await cuboidSizes(running);
  const all = [...taken.values()].flatMap(({ ms }) => ms);
  return [
    ...[...taken].map(([question, { ms, from }]) => {
      const cells = Math.max(...[...from].map((id) => sizes.get(id) ?? Number.POSITIVE_INFINITY));
      return rowOf({ group, question, ms, cells, inMemory: [...from].every((one) => one.endsWith("/memory")), start: running.name });
    }),
    {
      group,
      what: `HTTP, all ${questions.length} questions together, median`,
      figure: `${quantile(all, 0.5).toFixed(1)} ms`,
      flatMs: quantile(all, 0.5),
    },
  ];
}

function rowOf(options: {
  readonly group: string;
  readonly question: Question;
  readonly ms: readonly number[];
  readonly cells: number;
  /** Answered from entities and sets, which have no cells. */
  readonly inMemory: boolean;
  readonly start: string;
}): BenchRow {
  const { group, question, ms, cells, inMemory, start } = options;
  const rollup = Number.isFinite(cells) ? `rollup of ${cells.toLocaleString("en")} cells` : "computed from the facts";
  const goalMs = cells <= smallCells ? 10 : 25;
  const p99 = quantile(ms, 0.99);
  return {
    group,
    what: `HTTP: ${question.name}`,
    figure: `p50 ${quantile(ms, 0.5).toFixed(1)}, p99 ${p99.toFixed(1)} ms of ${ms.length}`,
    against: inMemory ? "sets in memory" : rollup,
    goal: `p99 ≤ ${goalMs} ms`,
    met: p99 <= goalMs,
    start,
  };
}

async function timed(options: {
  readonly question: Question;
  readonly draw: Draw;
  readonly ask: Ask;
  readonly from: Set<string>;
}): Promise<number> {
  const { question, draw, ask, from } = options;
  await sleep(pauseMs);
  const paths = question.paths(draw);
  const started = performance.now();
  for (const path of paths) {
    const reply = await ask(path);
    if (reply.status !== 200) throw new Error(`question ${question.name} was answered with ${reply.status}: ${path}`);
    from.add(`${path.split("?")[0]}/${reply.from}`);
  }
  return performance.now() - started;
}

/** One connection, kept open; exact answers. */
export function asker({ url, token }: { readonly url: string; readonly token: string }, agent: Agent): Ask {
  return async (path) => {
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    request(
      new URL(`/v1/metrics/${path}`, url),
      { agent, headers: { authorization: `Bearer ${token}`, "vitrine-reason": reason } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const from = /"from":"([^"]*)","cells"/.exec(Buffer.concat(chunks).toString())?.[1] ?? "facts";
          resolve({ status: response.statusCode ?? 0, from });
        });
      },
    )
      .on("error", reject)
      .end();
    return promise;
  };
}

async function cuboidSizes(running: Running): Promise<ReadonlyMap<string, number>> {
  const status = await running.status();
  const serving = status.generations.find((one) => one.generation === status.serving);
  return new Map((serving?.cuboids ?? []).map(({ metric, id, cells }) => [`${metric}/${id}`, cells]));
}

async function drawFrom(adminUrl: string): Promise<Draw> {
  const [models, countries] = await withClient(adminUrl, async (client) => {
    const names = async (sql: string): Promise<string[]> => (await client.query<{ name: string }>(sql)).rows.map(({ name }) => name);
    return [
      await names("SELECT DISTINCT model AS name FROM devices"),
      await names("SELECT DISTINCT country AS name FROM accounts"),
    ] as const;
  });
  const between = (from: number, to: number): number => from + Math.floor(Math.random() * (to - from + 1));
  const one = (list: readonly string[]): string => list[between(0, list.length - 1)] ?? "";
  return { between, model: () => one(models), country: () => one(countries) };
}
