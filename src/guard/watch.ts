/**
 * The watch: every asset by its profile, each on its own, a bounded number at a time. What a check comes to is judged, and goes to `tell`, which
 * keeps it before the next one of that asset begins.
 */
import type { Clock } from "../lib/clock.ts";
import type { Asset } from "./asset.ts";
import { here } from "./asset.ts";
import type { Check, CheckOptions } from "./checks/check.ts";
import { check } from "./checks/check.ts";
import type { Judge, Report } from "./judge.ts";
import { isOpen } from "./ladder.ts";
import type { Nudges } from "./nudges.ts";
import type { Target } from "./target.ts";

export interface WatchOptions {
  readonly assets: readonly Asset[];
  readonly clock: Clock;
  /** In [0, 1): checks are not to come all at once, nor at times that somebody can count on. */
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly judge: Judge;
  readonly nudges: Nudges;
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
/** Assets that are checked at one time; as many again of those that cannot wait for others. */
const together = 32;

/** Ends when the signal says so. */
export async function watch(options: WatchOptions): Promise<void> {
  const turns = { usual: new Turns(together), urgent: new Turns(together) };
  // Durations must not see the wall clock set back, and must mean the same after a restart.
  const offset = options.clock.nowMs() - options.clock.monotonicMs();
  await Promise.all(options.assets.map(async (asset) => watchOne(asset, options, turns, offset)));
}

async function watchOne(
  asset: Asset,
  options: WatchOptions,
  turns: Readonly<Record<"usual" | "urgent", Turns>>,
  offset: number,
): Promise<void> {
  const { clock, random, signal, judge, nudges, tell, checkTarget = check } = options;
  const sleep = async (ms: number): Promise<void> => nudges.sleep(asset.name, async (woken) => clock.sleep(ms, woken), signal);
  const cycle = cycleOf(asset);
  await sleep(random() * Math.min(cycle, cycleMs.standard));
  let isUrgent = asset.profile === "fast";
  while (!signal.aborted) {
    // Not what the turn took to come: nothing was seen before it.
    let startedMs = 0;
    const checks = await turns[isUrgent ? "urgent" : "usual"].take(async () => {
      startedMs = clock.monotonicMs();
      const all: Check[] = [];
      // The alarm goes out with the first open place; once it has, all of them are looked at.
      const untilOpen = !judge.isAlarmed(asset.name);
      for (const target of asset.targets) {
        const found = await checkTarget(target, clock, { untilOpen }).catch(() => unknownOf(target));
        all.push(found);
        if (untilOpen && isOpen(found.seen)) break;
      }
      return all;
    });
    if (signal.aborted) return;
    const tookMs = clock.monotonicMs() - startedMs;
    const atMs = clock.nowMs() - tookMs;
    const report = judge.see(asset, { vantage: here, checks, atMs, steadyMs: offset + startedMs, tookMs, isPathProven: false });
    await tell(report);
    // What confirms an opening, or a closing, does not wait for stores that let everybody wait.
    isUrgent = asset.profile === "fast" || report.again;
    const next = cycle * (1 - jitter * random()) - (clock.monotonicMs() - startedMs);
    await sleep(report.again ? againMs : Math.max(againMs, next));
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
