/** The same question over HTTP again and again, over another window of days each time. */
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

export interface Asked {
  /** Time of each answer, ms. */
  readonly ms: readonly number[];
  /** Cells of the last answer, and the sum of their counts. */
  readonly cells: number;
  readonly count: number;
}

export interface AskOptions {
  readonly url: string;
  readonly token: string;
  readonly times: number;
  /** Query string below /v1/metrics/active_devices. */
  readonly query: () => string;
}

/** Between two questions: what one leaves to be collected is not the next one's. */
const pauseMs = 10;
/** Until the code is compiled and the unions of whole months are kept. */
const warmUp = 20;

export async function askAgain({ url, token, times, query }: AskOptions): Promise<Asked> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ms: number[] = [];
  let last: readonly { readonly count: number }[] = [];
  try {
    for (let i = 0; i < warmUp + times; i += 1) {
      await sleep(pauseMs);
      const started = performance.now();
      const body = await get(new URL(`/v1/metrics/active_devices?${query()}`, url), { agent, token });
      if (i >= warmUp) ms.push(performance.now() - started);
      last = (JSON.parse(body) as { readonly cells: readonly { readonly count: number }[] }).cells;
    }
  } finally {
    agent.destroy();
  }
  return { ms, cells: last.length, count: last.reduce((sum, cell) => sum + cell.count, 0) };
}

async function get(url: URL, { agent, token }: { readonly agent: Agent; readonly token: string }): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  request(url, { agent, headers: { authorization: `Bearer ${token}`, "vitrine-reason": "benchmark" } }, (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("error", reject);
    response.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      if (response.statusCode === 200) resolve(text);
      else reject(new Error(`the question was answered with ${response.statusCode}`));
    });
  })
    .on("error", reject)
    .end();
  return promise;
}
