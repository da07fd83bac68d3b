/**
 * What all vantages together know of each asset: a sight comes in from one of them, a report with what follows from it goes out. The sights of
 * one asset are judged one after another, whoever sent them.
 */
import type { Asset } from "./asset.ts";
import type { Check } from "./checks/check.ts";
import { deviationOf, deviationOfUndeclared } from "./deviation.ts";
import type { AssetState, EpisodeEvent, Sighting } from "./alarms/episode.ts";
import { observe, seenBy, unseen } from "./alarms/episode.ts";

/** One check of all of an asset's targets, from one vantage. */
export interface Sight {
  readonly vantage: string;
  readonly checks: readonly Check[];
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** The same moment by a clock that only goes forward. */
  readonly steadyMs: number;
  readonly tookMs: number;
  /** This vantage has reached a known-open endpoint on the same path: then silence is a filter's and not our own. */
  readonly isPathProven: boolean;
}

/** A sight, and what follows from it. */
export interface Report extends Omit<Sight, "steadyMs" | "isPathProven"> {
  readonly asset: Asset;
  readonly is: Sighting["is"];
  readonly height: number;
  readonly events: readonly EpisodeEvent[];
  /** After it; what a restart goes on from. */
  readonly state: AssetState;
  /** Whether the same vantage is to look again at once, on a new connection. */
  readonly again: boolean;
}

export interface JudgeOptions {
  readonly stateOf: (asset: string) => AssetState | undefined;
  /** How many vantages check this asset. */
  readonly vantagesOf: (asset: string) => number;
}

export class Judge {
  readonly #options: JudgeOptions;
  readonly #states = new Map<string, AssetState>();

  constructor(options: JudgeOptions) {
    this.#options = options;
  }

  /** Whether an alarm of this asset stands. */
  isAlarmed(asset: string): boolean {
    return this.#stateOf(asset).episode !== undefined;
  }

  /** Whether there is anything that a good sight would change: an alarm, or a suspicion of one. */
  hasNews(asset: string): boolean {
    const { episode, suspicion } = this.#stateOf(asset);
    return episode !== undefined || suspicion !== undefined;
  }

  /** A vantage was removed. */
  forget(vantage: string): void {
    for (const [asset, state] of this.#states)
      this.#states.set(
        asset,
        seenBy((name) => name !== vantage, state),
      );
  }

  see(asset: Asset, { steadyMs, isPathProven, ...sight }: Sight): Report {
    const isDeclared = asset.undeclared === undefined;
    const found = isDeclared
      ? deviationOf(sight.checks, asset.expectedAt(sight.vantage), { isPathProven })
      : deviationOfUndeclared(sight.checks);
    const sighting = { ...found, vantage: sight.vantage, atMs: steadyMs };
    const { state, events, again } = observe(this.#stateOf(asset.name), sighting, isDeclared ? this.#options.vantagesOf(asset.name) : 1);
    this.#states.set(asset.name, state);
    return { ...sight, ...found, asset, events, state, again };
  }

  #stateOf(asset: string): AssetState {
    return this.#states.get(asset) ?? this.#options.stateOf(asset) ?? unseen;
  }
}
