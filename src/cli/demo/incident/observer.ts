/** Somebody who has nothing to do with the guard: tries every 50 ms whether the store tells a number to nobody, and notes when it first does. */
import { setTimeout as sleep } from "node:timers/promises";

const everyMs = 50;

/** Of performance.now(): the first success; undefined: stopped before. */
export async function untilOpen(isOpen: () => Promise<boolean>, stop: AbortSignal): Promise<number | undefined> {
  return until(isOpen, stop);
}

/** The first time that it is refused again. */
export async function untilShut(isOpen: () => Promise<boolean>, stop: AbortSignal): Promise<number | undefined> {
  return until(async () => !(await isOpen()), stop);
}

async function until(is: () => Promise<boolean>, stop: AbortSignal): Promise<number | undefined> {
  while (!stop.aborted) {
    if (await is()) return performance.now();
    await sleep(everyMs);
  }
  return undefined;
}
