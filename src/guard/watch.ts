/**
 * The watch: every asset by its profile, each on its own, a bounded number at a time. What a check comes to goes to `tell`, which keeps it before
 * the next one of that asset begins. It judges nothing that episode.ts and deviation.ts do not.
 */
import type { Clock } from "../lib/clock.ts";
import type { Asset } from "./asset.ts";
import { here } from "./asset.ts";
import type { Check, CheckOptions } from "./check.ts";
import { check } from "./check.ts";
import { deviationOf } from "./deviation.ts";
import type { AssetState, EpisodeEvent, Sighting } from "./episode.ts";
import { observe, unseen } from "./episode.ts";
import { isOpen } from "./ladder.ts";
import type { Target } from "./target.ts";

/** A check of an asset, and what follows from it. */
export interface Report {
  readonly asset: Asset;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly checks: readonly Check[];
  readonly is: Sighting["is"];
  readonly height: number;
  readonly events: readonly EpisodeEvent[];
  /** After it; what a restart goes on from. */
  readonly state: AssetState;
  /** All of its targets together. Where it is longer than the cycle, it and not the cycle is the time to detection. */
  readonly tookMs: number;
}

export interface WatchOptions {
  readonly assets: readonly Asset[];
  readonly clock: Clock;
  /** In [0, 1): checks are not to come all at once, nor at times that somebody can count on. */
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly stateOf: (asset: string) => AssetState | undefined;
  readonly tell: (report: Report) => Promise<void> | void;
  /** The check itself; tests have their own. */
  readonly checkTarget?: (target: Target, clock: Clock, options: CheckOptions) => Promise<Check>;
}

/** Between the beginnings of two checks. */
const cycleMs: Readonly<Record<Asset["profile"], number>> = { standard: 60_000, fast: 4_000 };

/** Milliseconds: the profile's, or longer where a service is not to be asked as often. */
export function cycleOf({ profile, targets }: Asset): number {
  return Math.max(cycleMs[profile], ...targets.map(({ checker }) => checker.everyMs ?? 0));
}

const jitter = 0.1;
/** A second connection confirms an opening within 2 s. */
const againMs = 250;
/** Assets that are checked at one time. */
const together = 32;

/** Ends when the signal says so. */
export async function watch(options: WatchOptions): Promise<void> {
  const turns = new Turns(together);
  // Durations must not see the wall clock set back, and must mean the same after a restart.
  const offset = options.clock.nowMs() - options.clock.monotonicMs();
  await Promise.all(options.assets.map(async (asset) => watchOne(asset, options, turns, offset)));
}

async function watchOne(asset: Asset, options: WatchOptions, turns: Turns, offset: number): Promise<void> {
  const { clock, random, signal, tell, checkTarget = check } = options;
  let state = options.stateOf(asset.name) ?? unseen;
  const cycle = cycleOf(asset);
  await clock.sleep(random() * Math.min(cycle, cycleMs.standard), signal);
  while (!signal.aborted) {
    const startedMs = clock.monotonicMs();
    const checks = await turns.take(async () => {
      const all: Check[] = [];
      // The alarm goes out with the first open place; once it has, all of them are looked at.
      const untilOpen = state.episode === undefined;
      for (const target of asset.targets) {
        const found = await checkTarget(target, clock, { untilOpen }).catch(() => unknownOf(target));
        all.push(found);
        if (untilOpen && isOpen(found.seen)) break;
      }
      return all;
    });
    if (signal.aborted) return;
    const seen = deviationOf(checks, asset.expectedAt(here), { isPathProven: false });
    const observed = observe(state, { ...seen, vantage: here, atMs: offset + startedMs }, 1);
    ({ state } = observed);
    const tookMs = clock.monotonicMs() - startedMs;
    await tell({ asset, atMs: clock.nowMs() - tookMs, checks, ...seen, events: observed.events, state, tookMs });
    const next = cycle * (1 - jitter * random()) - (clock.monotonicMs() - startedMs);
    await clock.sleep(observed.again ? againMs : Math.max(againMs, next), signal);
  }
}

/** A checker that fails of itself has seen nothing, and stops no other. */
function unknownOf({ label, checker }: Target): Check {
  const { title, evidence, remedy } = checker;
  return { target: label, service: title, evidence, seen: "unknown", rows: [], untested: ["IPv4", "IPv6"], remedy };
}

/** At most so many at a time; the others wait in the order in which they came. */
class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(size: number) {
    this.#free = size;
  }

  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
