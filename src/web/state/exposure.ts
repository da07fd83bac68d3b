/**
 * What the guard saw, as a person needs it: the worst first, and what nobody knows now never among what is fine. Pure: the time comes in, and a
 * sight that was fresh when the answer came grows old here although nothing else comes.
 */
import type { GuardAlarm, GuardAsset, GuardAssets, GuardSeen, GuardVantageSight } from "../../api/contract.ts";
import type { View } from "./view.ts";

export type TileState = "deviation" | "unknown" | "as-expected";

export interface Tile {
  readonly asset: GuardAsset;
  readonly state: TileState;
  /** What is shown was so once: nobody looks, the last check is too old, or the server does not answer. */
  readonly isPast: boolean;
  /** It looks closed, and its alarm stands: one check proves no closing. */
  readonly isClosing: boolean;
  /** Of the vantages that make it so, since when, and the oldest last check of all. */
  readonly seen: GuardSeen;
  readonly since: string | undefined;
  readonly checkedAt: string | undefined;
  readonly sights: readonly Sight[];
  readonly alarms: readonly GuardAlarm[];
}

export interface Sight extends GuardVantageSight {
  /** Of the past, by the time now. */
  readonly isPast: boolean;
}

/** From nothing to a record's content. */
const rungs: readonly GuardSeen[] = [
  "closed",
  "filtered",
  "auth-required",
  "shielded",
  "anonymous-accepted",
  "schema-readable",
  "counts-readable",
  "data-readable",
];

export function isOpen(seen: GuardSeen): boolean {
  return rungs.indexOf(seen) >= rungs.indexOf("anonymous-accepted");
}

/** As long as the server waits, too: what is written of a check comes late by some seconds. */
const slackMs = 45_000;

export interface Known {
  readonly assets: GuardAssets;
  readonly alarms: readonly GuardAlarm[];
  /** By the server's clock. */
  readonly nowMs: number;
  readonly isAway: boolean;
}

export function tilesOf({ assets: { assets, watch }, alarms, nowMs, isAway }: Known): readonly Tile[] {
  const isPast = isAway || watch.state !== "watching";
  return assets.map((asset) => tileOf(asset, { alarms, nowMs, isPast })).toSorted(byHarm);
}

function tileOf(
  asset: GuardAsset,
  { alarms, nowMs, isPast }: { readonly alarms: readonly GuardAlarm[]; readonly nowMs: number; readonly isPast: boolean },
): Tile {
  const tooOldMs = 2 * asset.everySeconds * 1000 + slackMs;
  const sights = asset.vantages.map((sight): Sight => ({
    ...sight,
    isPast: isPast || sight.stale || sight.at === undefined || Math.abs(nowMs - Date.parse(sight.at)) > tooOldMs,
  }));
  const deviating = sights.filter(({ judged }) => judged === "deviation");
  const unknown = sights.filter((sight) => sight.isPast || sight.judged !== "as-expected");
  const [state, why]: readonly [TileState, readonly Sight[]] =
    deviating.length > 0
      ? ["deviation", deviating]
      : unknown.length > 0 || sights.length === 0
        ? ["unknown", unknown]
        : ["as-expected", sights];
  const seen = worstOf(why.map((one) => one.seen));
  // Some are of several stores: of which, the server says.
  const own = alarms.filter((alarm) => alarm.asset === asset.name || asset.alarms.includes(alarm.id));
  const isClosing = state === "as-expected" && own.some(isOfOpening);
  return {
    asset,
    state: isClosing ? "unknown" : state,
    isPast: why.length > 0 && why.every((sight) => sight.isPast && sight.seen !== "not-yet"),
    isClosing,
    seen,
    since: why
      .map(({ since }) => since)
      .filter((since) => since !== undefined)
      .toSorted()[0],
    checkedAt: sights
      .map(({ at }) => at)
      .filter((at) => at !== undefined)
      .toSorted()[0],
    sights,
    alarms: own,
  };
}

/** Of what a store holds, seen with its own login: it says nothing of how far somebody gets without one. */
export function isOfHolding({ readable, seen }: GuardAlarm): boolean {
  return readable !== undefined && !rungs.includes(seen);
}

const openings: ReadonlySet<string> = new Set(["opened", "worse", "readable", "escalated", "still", "acknowledged"]);

/** Of how far somebody got, from wherever: another vantage may see the same rung and be right. */
function isOfOpening({ event, seen }: GuardAlarm): boolean {
  return openings.has(event) && rungs.includes(seen);
}

/** What is open; then what nobody knows; then the highest of the rest. */
function worstOf(seen: readonly GuardSeen[]): GuardSeen {
  const height = (one: GuardSeen): number => (isOpen(one) ? 100 + rungs.indexOf(one) : rungs.includes(one) ? rungs.indexOf(one) : 50);
  return seen.toSorted((a, b) => height(b) - height(a))[0] ?? "not-yet";
}

function byHarm(a: Tile, b: Tile): number {
  return harmOf(b) - harmOf(a) || a.asset.name.localeCompare(b.asset.name);
}

function harmOf({ state, isPast, seen }: Tile): number {
  if (state === "deviation") return (isPast ? 20 : 40) + rungs.indexOf(seen);
  return state === "unknown" ? 10 : 0;
}

export interface Counts {
  readonly deviation: number;
  readonly unknown: number;
  readonly asExpected: number;
}

/** A store that was readable and that nobody sees now counts among what is not as expected: nobody has seen it closed. */
export function countsOf(tiles: readonly Tile[]): Counts {
  const of = (state: TileState): number => tiles.filter((tile) => tile.state === state).length;
  return { deviation: of("deviation"), unknown: of("unknown"), asExpected: of("as-expected") };
}

export function filtered(tiles: readonly Tile[], { where }: View): readonly Tile[] {
  const { state = [], owner = [] } = where;
  const isIn = (values: readonly string[], value: string): boolean => values.length === 0 || values.includes(value);
  return tiles.filter((tile) => isIn(state, tile.state) && isIn(owner, tile.asset.owner));
}

/** Alarms of no single store: of several for one reason, listeners that nobody declared, vantages and ways out that are lost, the watch itself. */
export function otherAlarms({ assets, alarms }: Pick<Known, "assets" | "alarms">): readonly GuardAlarm[] {
  const names = new Set(assets.assets.map(({ name }) => name));
  return alarms.filter(({ asset }) => !names.has(asset));
}

/** What is not as expected now and was not so before: each is said once. */
export function newlyOpen(
  before: ReadonlySet<string> | undefined,
  tiles: readonly Tile[],
): { readonly said: readonly Tile[]; readonly now: ReadonlySet<string> } {
  const open = tiles.filter(({ state }) => state === "deviation");
  const said = before === undefined ? [] : open.filter(({ asset, isPast }) => !before.has(asset.name) && !isPast);
  return { said, now: new Set(open.map(({ asset }) => asset.name)) };
}
