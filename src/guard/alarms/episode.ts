/**
 * From what checks see to what a person is told, for one asset: an opening is confirmed before it alarms, a closing is proven by three
 * checks, not knowing alarms by how long it lasts. A pure function of what was before and one check; it reads no clock.
 */
import { assert } from "../../lib/assert.ts";

/** What one check of an asset came to, from one vantage, held against what is expected there. */
export interface Sighting {
  readonly vantage: string;
  /** Milliseconds of a clock that only goes forward; the wall clock may be set back. */
  readonly atMs: number;
  readonly is: "as-expected" | "deviation" | "unknown";
  /** How far somebody gets, as a height: of deviations the higher is the worse. */
  readonly height: number;
}

/** One alarm: from the first sight of a deviation to its proven end. */
export interface Episode {
  /** When the first of the sightings was that confirmed it. */
  readonly sinceMs: number;
  readonly heightMax: number;
  /** How often it looked closed and was open again, without a proof in between. */
  readonly flaps: number;
  /** Vantages that saw it, and have not seen it closed since: what is open may be open to them alone. */
  readonly openFrom: readonly string[];
}

export interface AssetState {
  readonly episode: Episode | undefined;
  /** A deviation that was seen once, and not yet again. */
  readonly suspicion: Sighting | undefined;
  /** The last one that a second connection did not confirm. */
  readonly unconfirmed: Pick<Sighting, "vantage" | "atMs"> | undefined;
  /** As-expected checks in a row of an alarm that stands. What changes with each check would be written with each. */
  readonly good: readonly Pick<Sighting, "vantage">[];
  /** Not knowing in a row, by vantage; `told`: that it lasts was alarmed. */
  readonly unknown: ReadonlyMap<string, { readonly sinceMs: number; readonly checks: number; readonly told: boolean }>;
}

export const unseen: AssetState = { episode: undefined, suspicion: undefined, unconfirmed: undefined, good: [], unknown: new Map() };

export type EpisodeEvent =
  | { readonly tag: "opened"; readonly sinceMs: number; readonly height: number }
  /** More is readable than was told. */
  | { readonly tag: "worse"; readonly sinceMs: number; readonly height: number }
  /** It looked closed, and is not: the same alarm, counted. */
  | { readonly tag: "flapped"; readonly sinceMs: number; readonly flaps: number }
  /** Proven. `from`: "here" where there is one vantage alone. */
  | { readonly tag: "closed"; readonly sinceMs: number; readonly from: "two-vantages" | "here"; readonly flaps: number }
  /** A deviation that a second connection did not show. */
  | { readonly tag: "unconfirmed"; readonly sinceMs: number }
  | { readonly tag: "blind"; readonly vantage: string; readonly sinceMs: number }
  | { readonly tag: "sees-again"; readonly vantage: string; readonly sinceMs: number };

export interface Observed {
  readonly state: AssetState;
  readonly events: readonly EpisodeEvent[];
  /** Whether the same vantage is to look again at once, on a new connection, and not with the next cycle. */
  readonly again: boolean;
}

/**
 * Behind one address may stand several nodes, of which one is open: it is seen now and then, and every sight is a proof. The second one within so
 * long needs no other.
 */
const unconfirmedMs = 60 * 60_000;
/** So many checks in a row prove a closing. */
const closedChecks = 3;
/** Not knowing is told after so long and so many checks, whichever is later. */
const blindMs = 5 * 60_000;
const blindChecks = 3;

/** `vantages`: how many there are that check this asset. */
export function observe(before: AssetState, sighting: Sighting, vantages: number): Observed {
  assert(vantages >= 1, "a vantage that sees");
  const sight = sightOf(before, sighting);
  const seen = { ...before, unknown: sight.unknown };
  switch (sighting.is) {
    case "unknown":
      // A suspicion stands until something is known; a closing is proven by checks in a row.
      return { state: { ...seen, good: [] }, events: sight.events, again: false };
    case "deviation":
      return deviating(seen, sighting, sight.events);
    case "as-expected":
      return fine(seen, sighting, sight.events, vantages);
  }
}

function deviating(before: AssetState, sighting: Sighting, events: readonly EpisodeEvent[]): Observed {
  const { episode, good } = before;
  const { height, atMs, vantage } = sighting;
  const state = { ...before, good: [] };
  if (episode !== undefined) {
    const flaps = episode.flaps + (good.length > 0 ? 1 : 0);
    const openFrom = [...new Set([...episode.openFrom, vantage])];
    return {
      state: { ...state, episode: { ...episode, flaps, openFrom, heightMax: Math.max(episode.heightMax, height) } },
      events: [
        ...events,
        ...(flaps > episode.flaps ? [{ tag: "flapped", sinceMs: episode.sinceMs, flaps } as const] : []),
        ...(height > episode.heightMax ? [{ tag: "worse", sinceMs: episode.sinceMs, height } as const] : []),
      ],
      again: false,
    };
  }
  const first = firstSight(before, atMs);
  if (first === undefined) return { state: { ...state, suspicion: sighting }, events, again: true };
  const heightMax = Math.max(height, before.suspicion?.height ?? 0);
  const sinceMs = Math.min(first.atMs, atMs);
  const openFrom = [...new Set([first.vantage, vantage])];
  return {
    state: { ...state, suspicion: undefined, unconfirmed: undefined, episode: { sinceMs, heightMax, flaps: 0, openFrom } },
    events: [...events, { tag: "opened", sinceMs, height: heightMax }],
    again: false,
  };
}

/** What this one confirms. */
function firstSight({ suspicion, unconfirmed }: AssetState, atMs: number): Pick<Sighting, "vantage" | "atMs"> | undefined {
  if (suspicion !== undefined || unconfirmed === undefined) return suspicion;
  return Math.abs(atMs - unconfirmed.atMs) <= unconfirmedMs ? unconfirmed : undefined;
}

function fine(before: AssetState, { vantage }: Sighting, events: readonly EpisodeEvent[], vantages: number): Observed {
  const { suspicion, episode } = before;
  if (episode === undefined) {
    // Another vantage's good sight takes no suspicion away: what is open may be open to one of them alone.
    if (suspicion === undefined || suspicion.vantage !== vantage) return { state: before, events, again: false };
    return {
      state: { ...before, suspicion: undefined, unconfirmed: { vantage, atMs: suspicion.atMs } },
      events: [...events, { tag: "unconfirmed", sinceMs: suspicion.atMs }],
      again: false,
    };
  }
  const good = [...before.good, { vantage }].slice(-2 * closedChecks * vantages);
  const from = new Set(good.map((one) => one.vantage)).size;
  const openFrom = episode.openFrom.filter((one) => one !== vantage);
  const isProven = good.length >= closedChecks && from >= Math.min(2, vantages) && openFrom.length === 0;
  if (!isProven) return { state: { ...before, good, episode: { ...episode, openFrom } }, events, again: good.length < closedChecks };
  return {
    state: { ...before, good: [], episode: undefined },
    events: [...events, { tag: "closed", sinceMs: episode.sinceMs, from: from >= 2 ? "two-vantages" : "here", flaps: episode.flaps }],
    again: false,
  };
}

/** What vantages saw that are no more is neither a doubt nor a proof. The alarm stays: whoever is left has to see it closed. */
export function seenBy(isThere: (vantage: string) => boolean, { episode, suspicion, unconfirmed, good, unknown }: AssetState): AssetState {
  return {
    episode: episode && { ...episode, openFrom: episode.openFrom.filter(isThere) },
    unconfirmed: unconfirmed !== undefined && isThere(unconfirmed.vantage) ? unconfirmed : undefined,
    suspicion: suspicion !== undefined && isThere(suspicion.vantage) ? suspicion : undefined,
    good: good.filter(({ vantage }) => isThere(vantage)),
    unknown: new Map([...unknown].filter(([vantage]) => isThere(vantage))),
  };
}

/** How long this vantage has not known. */
function sightOf(
  { unknown }: AssetState,
  { vantage, atMs, is }: Sighting,
): { readonly unknown: AssetState["unknown"]; readonly events: readonly EpisodeEvent[] } {
  const blind = unknown.get(vantage);
  if (is !== "unknown") {
    if (blind === undefined) return { unknown, events: [] };
    const others = new Map([...unknown].filter(([name]) => name !== vantage));
    return { unknown: others, events: blind.told ? [{ tag: "sees-again", vantage, sinceMs: blind.sinceMs }] : [] };
  }
  // Kept by a process before this one, whose clock was set back since: that hour is not waited for, too.
  const sinceMs = blind === undefined || (!blind.told && blind.sinceMs > atMs) ? atMs : blind.sinceMs;
  const checks = Math.min(blindChecks, (blind?.checks ?? 0) + 1);
  const isOver = checks >= blindChecks && atMs - sinceMs >= blindMs;
  const isNew = isOver && blind?.told !== true;
  return {
    unknown: new Map([...unknown, [vantage, { sinceMs, checks, told: isOver || blind?.told === true }]]),
    events: isNew ? [{ tag: "blind", vantage, sinceMs }] : [],
  };
}
