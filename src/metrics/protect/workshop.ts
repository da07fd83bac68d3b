/** One thread of this process that works out what may be told, a month after the other; it ends with the process. */
import { extname, join } from "node:path";
import { Worker } from "node:worker_threads";
import type { MonthInput, MonthPart } from "./month.ts";

export interface Order {
  readonly id: number;
  readonly input: MonthInput;
}

export type Work = { readonly id: number; readonly parts: readonly MonthPart[] } | { readonly id: number; readonly failed: string };

interface Waiting extends Order {
  readonly done: PromiseWithResolvers<readonly MonthPart[]>;
}

let worker: Worker | undefined;
let lastId = 0;
let turns = 0;
/** What the thread works at, and what comes after it. */
let current: Waiting | undefined;
const queue: Waiting[] = [];
/** Every so many orders the one that came first goes, whatever its month: where the latest change all the time, none waits for ever. */
const turnsOfLatest = 4;

/** Works a month out on the thread. Later months go first: they change most, and are asked most. */
export async function protectElsewhere(input: MonthInput): Promise<readonly MonthPart[]> {
  worker ??= openWorker();
  lastId += 1;
  const one: Waiting = { id: lastId, input, done: Promise.withResolvers() };
  queue.push(one);
  worker.ref();
  begin(worker);
  return one.done.promise;
}

function begin(opened: Worker): void {
  if (current !== undefined) return;
  const next = nextOf(queue, turns);
  if (next === undefined) return;
  turns += 1;
  queue.splice(queue.indexOf(next), 1);
  current = next;
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's port, which has no origin
  opened.postMessage({ id: next.id, input: next.input } satisfies Order);
}

/** `waiting` in the order of arrival. */
export function nextOf<T extends { readonly input: Pick<MonthInput, "month"> }>(waiting: readonly T[], turn: number): T | undefined {
  const [first, ...others] = waiting;
  if (first === undefined || turn % turnsOfLatest === turnsOfLatest - 1) return first;
  return others.reduce((a, b) => (b.input.month > a.input.month ? b : a), first);
}

function openWorker(): Worker {
  const file = join(import.meta.dirname, `month-worker${extname(import.meta.filename)}`);
  const opened = new Worker(file, { resourceLimits: { maxOldGenerationSizeMb: 256 } });
  opened.on("message", (work: Work) => {
    const one = current;
    if (one?.id !== work.id) return;
    current = undefined;
    begin(opened);
    // A waiting thread keeps no process alive.
    if (current === undefined) opened.unref();
    if ("parts" in work) one.done.resolve(work.parts);
    else one.done.reject(new Error(work.failed));
  });
  const end = (): void => {
    if (worker !== opened) return;
    worker = undefined;
    const all = [...(current === undefined ? [] : [current]), ...queue.splice(0)];
    current = undefined;
    for (const one of all) one.done.reject(new Error("bug: the thread that protects small groups has ended"));
  };
  opened.on("error", end);
  opened.on("exit", end);
  opened.unref();
  return opened;
}
