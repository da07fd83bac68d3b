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

/** Over the owner's socket; or with a token, and then with a reason, so that every answer is written down first. */
export type Door = { readonly socketPath: string } | { readonly url: string; readonly token: string };

export interface AskOptions {
  readonly door: Door;
  readonly times: number;
  /** Query string below /v1/metrics/active_devices. */
  readonly query: () => string;
}

/** Between two questions: what one leaves to be collected is not the next one's. */
const pauseMs = 10;
/** Until the code is compiled and the unions of whole months are kept. */
const warmUp = 20;

export async function askAgain({ door, times, query }: AskOptions): Promise<Asked> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ms: number[] = [];
  let last: readonly { readonly count: number }[] = [];
  try {
    for (let i = 0; i < warmUp + times; i += 1) {
      await sleep(pauseMs);
      const started = performance.now();
      const body = await get(door, agent, `/v1/metrics/active_devices?${query()}`);
      if (i >= warmUp) ms.push(performance.now() - started);
      last = (JSON.parse(body) as { readonly cells: readonly { readonly count: number }[] }).cells;
    }
  } finally {
    agent.destroy();
  }
  return { ms, cells: last.length, count: last.reduce((sum, cell) => sum + cell.count, 0) };
}

async function get(door: Door, agent: Agent, path: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const options =
    "token" in door
      ? {
          agent,
          path,
          host: new URL(door.url).hostname,
          port: new URL(door.url).port,
          headers: { authorization: `Bearer ${door.token}`, "vitrine-reason": "benchmark" },
        }
      : { agent, path, socketPath: door.socketPath, headers: { host: "localhost" } };
  request(options, (response) => {
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
