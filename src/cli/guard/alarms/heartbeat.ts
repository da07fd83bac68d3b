/** Says that the watch lives, so that somebody else's monitoring sees when it does not. It says so only while checks come to their end. */
import type { Clock } from "../../../lib/clock.ts";
import { post } from "../../../guard/alarms/post.ts";

const everyMs = 60_000;

/** A store that answers slowly is none that is not checked. */
const slowMs = 2 * 60_000;

/** So long after a check the next one of any store has come to its end. `cyclesMs`: of each. */
export function silentMaxMs(cyclesMs: readonly number[]): number {
  return cyclesMs.length === 0 ? 0 : Math.max(slowMs, 2 * Math.min(...cyclesMs));
}

/** `isAlive`: whether what should have been checked was. Ends when the signal says so. */
export async function beat(options: {
  readonly url: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly isAlive: () => boolean;
  readonly onFailure: (because: string) => void;
}): Promise<void> {
  const { url, clock, signal, isAlive, onFailure } = options;
  while (!signal.aborted) {
    const sent = isAlive() ? await post(url, {}, "{}") : ({ tag: "failed", because: "Checks do not come to their end." } as const);
    if (sent.tag === "failed") onFailure(sent.because);
    await clock.sleep(everyMs, signal);
  }
}
