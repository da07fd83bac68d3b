/** Time comes in as a parameter. `systemClock` is bound in cli/; tests use `ManualClock`. */
import { setTimeout as systemSleep } from "node:timers/promises";

export interface Clock {
  /** Milliseconds since 1970-01-01 UTC; may jump. For what people read. */
  nowMs(): number;
  /** Milliseconds since some start; never goes back. For durations and deadlines. */
  monotonicMs(): number;
  /** Resolves after `ms`, or at once when the signal aborts: a sleep that is cut short is not a failure. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  async sleep(ms, signal) {
    try {
      await systemSleep(ms, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      if (signal?.aborted !== true) throw error;
    }
  },
};

/** Stands still until `advance` moves it; sleepers wake in the order of their deadlines. */
export class ManualClock implements Clock {
  #ms: number;
  #sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];

  constructor(startMs = 0) {
    this.#ms = startMs;
  }

  nowMs(): number {
    return this.#ms;
  }

  monotonicMs(): number {
    return this.#ms;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms <= 0 || signal?.aborted === true) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const sleeper = { atMs: this.#ms + ms, wake: resolve };
    this.#sleepers.push(sleeper);
    signal?.addEventListener("abort", () => resolve(), { once: true });
    await promise;
    this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
  }

  /** Moves time on and wakes whoever is due, letting each run before the next wakes. */
  async advance(ms: number): Promise<void> {
    const end = this.#ms + ms;
    for (;;) {
      const next = this.#sleepers.filter((sleeper) => sleeper.atMs <= end).toSorted((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) break;
      this.#ms = Math.max(this.#ms, next.atMs);
      this.#sleepers = this.#sleepers.filter((other) => other !== next);
      next.wake();
      await new Promise(setImmediate);
    }
    this.#ms = end;
  }
}
