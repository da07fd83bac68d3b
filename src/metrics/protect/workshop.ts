/** One thread of this process that works out what may be told, a month after the other; it ends with the process. */
import { extname, join } from "node:path";
import { Worker } from "node:worker_threads";
import type { MonthInput, MonthPart } from "./month.ts";

export interface Order {
  readonly id: number;
  readonly input: MonthInput;
}

export type Work = { readonly id: number; readonly parts: readonly MonthPart[] } | { readonly id: number; readonly failed: string };

let worker: Worker | undefined;
let lastId = 0;
const waiting = new Map<number, PromiseWithResolvers<readonly MonthPart[]>>();

/** Works a month out on the thread. */
export async function protectElsewhere(input: MonthInput): Promise<readonly MonthPart[]> {
  worker ??= openWorker();
  lastId += 1;
  const one = Promise.withResolvers<readonly MonthPart[]>();
  waiting.set(lastId, one);
  worker.ref();
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's port, which has no origin
  worker.postMessage({ id: lastId, input } satisfies Order);
  return one.promise;
}

function openWorker(): Worker {
  const file = join(import.meta.dirname, `month-worker${extname(import.meta.filename)}`);
  const opened = new Worker(file, { resourceLimits: { maxOldGenerationSizeMb: 256 } });
  opened.on("message", (work: Work) => {
    const one = waiting.get(work.id);
    waiting.delete(work.id);
    // A waiting thread keeps no process alive.
    if (waiting.size === 0) opened.unref();
    if ("parts" in work) one?.resolve(work.parts);
    else one?.reject(new Error(work.failed));
  });
  const end = (): void => {
    if (worker === opened) worker = undefined;
    for (const one of waiting.values()) one.reject(new Error("bug: the thread that protects small groups has ended"));
    waiting.clear();
  };
  opened.on("error", end);
  opened.on("exit", end);
  opened.unref();
  return opened;
}
