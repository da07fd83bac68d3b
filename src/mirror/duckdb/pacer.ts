/** Cuts synchronous work into slices, so that answers are not held up: `pause` gives way to the event loop when a slice is over. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "../../lib/clock.ts";

/** Longest slice, in milliseconds. */
const sliceMs = 5;

export class Pacer {
  readonly #clock: Clock;
  #startedMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedMs = clock.monotonicMs();
  }

  async pause(): Promise<void> {
    if (this.#clock.monotonicMs() - this.#startedMs < sliceMs) return;
    await nextTurn();
    this.#startedMs = this.#clock.monotonicMs();
  }
}
