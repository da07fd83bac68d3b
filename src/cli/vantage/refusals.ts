/** Strangers may come as often as they like, and the log is a file: of each reason it says once a minute how often it was since. */

const minuteMs = 60_000;

export class Refusals {
  readonly #monotonicMs: () => number;
  readonly #say: (reason: string, times: number) => void;
  readonly #saidMs = new Map<string, number>();
  readonly #times = new Map<string, number>();

  /** `reason`s are few, and ours. */
  constructor(monotonicMs: () => number, say: (reason: string, times: number) => void) {
    this.#monotonicMs = monotonicMs;
    this.#say = say;
  }

  refused(reason: string): void {
    const [nowMs, times] = [this.#monotonicMs(), (this.#times.get(reason) ?? 0) + 1];
    const isDue = nowMs - (this.#saidMs.get(reason) ?? Number.NEGATIVE_INFINITY) >= minuteMs;
    this.#times.set(reason, isDue ? 0 : times);
    if (!isDue) return;
    this.#saidMs.set(reason, nowMs);
    this.#say(reason, times);
  }
}
