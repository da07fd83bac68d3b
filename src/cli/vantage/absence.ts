/** The vantage's side of watching each other: its watch is away for too long, and somebody is told who is not the watch. */
import type { Clock } from "../../lib/clock.ts";
import type { Log } from "../../lib/log.ts";
import { doubtMessage, watchMessage } from "../../guard/alarms/vantage-alarm.ts";
import type { AlarmMessage } from "../../guard/alarms/alarm-message.ts";
import type { Receivers } from "../guard/alarms/receivers.ts";
import type { Doubt } from "./kept-checkpoint.ts";

const awayMs = 5 * 60_000;
const lookMs = 1_000;
const againMs = 10_000;
const waitingMax = 4;

interface Told {
  readonly vantage: string;
  readonly receivers: Receivers;
  readonly log: Log;
}

export class Absence {
  #sinceMs: number | undefined;
  #isTold = false;
  readonly #doubted = new Set<Doubt>();
  /** To be sent, by way out; the last ones of each are all that is worth knowing. */
  readonly #waiting = new Map<string, readonly AlarmMessage[]>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#sinceMs = clock.monotonicMs();
  }

  /** Whether it is away for so long that it was told. */
  get isLost(): boolean {
    return this.#isTold;
  }

  watchIs(isThere: boolean): void {
    this.#sinceMs = isThere ? undefined : (this.#sinceMs ?? this.#clock.monotonicMs());
  }

  /** Told by the same ways out, once of each kind. */
  doubts(what: Doubt, { vantage, receivers, log }: Told): void {
    if (this.#doubted.has(what)) return;
    this.#doubted.add(what);
    log("error", "the watch shows another ledger than before", { vantage, reason: what });
    this.#queue(receivers, doubtMessage(what, { vantage, atMs: this.#clock.nowMs() }));
  }

  #queue(receivers: Receivers, message: AlarmMessage): void {
    for (const way of Object.keys(receivers)) this.#waiting.set(way, [...(this.#waiting.get(way) ?? []), message].slice(-waitingMax));
  }

  /** Ends when the signal says so. */
  async run(options: Told & { readonly signal: AbortSignal }): Promise<void> {
    const { vantage, receivers, log, signal } = options;
    let toldSinceMs = 0;
    const tell = (tag: "watch-lost" | "watch-returned", sinceMs: number): void => {
      const wall = this.#clock.nowMs() - (this.#clock.monotonicMs() - sinceMs);
      const message = watchMessage({ tag, sinceMs: wall }, { vantage, atMs: this.#clock.nowMs() });
      this.#queue(receivers, message);
      log(tag === "watch-lost" ? "error" : "info", tag === "watch-lost" ? "the watch is away" : "the watch is back", { vantage });
    };
    const sending = Promise.all(Object.keys(receivers).map(async (way) => this.#send(way, options)));
    while (!signal.aborted) {
      const sinceMs = this.#sinceMs;
      if (sinceMs !== undefined && !this.#isTold && this.#clock.monotonicMs() - sinceMs >= awayMs) {
        this.#isTold = true;
        toldSinceMs = sinceMs;
        tell("watch-lost", sinceMs);
      } else if (sinceMs === undefined && this.#isTold) {
        this.#isTold = false;
        tell("watch-returned", toldSinceMs);
      }
      await this.#clock.sleep(lookMs, signal);
    }
    await sending;
  }

  async #send(
    way: string,
    { receivers, log, signal }: { readonly receivers: Receivers; readonly log: Log; readonly signal: AbortSignal },
  ): Promise<void> {
    while (!signal.aborted) {
      const [message, ...rest] = this.#waiting.get(way) ?? [];
      const sent = message === undefined ? undefined : await receivers[way]?.(message, this.#clock.nowMs());
      if (sent?.tag === "delivered")
        this.#waiting.set(
          way,
          (this.#waiting.get(way) ?? rest).filter((one) => one !== message),
        );
      if (sent?.tag === "failed") log("warn", "an alarm was not delivered", { to: way, reason: sent.because });
      await this.#clock.sleep(sent?.tag === "failed" ? againMs : lookMs, signal);
    }
  }
}
