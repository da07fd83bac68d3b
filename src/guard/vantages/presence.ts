/**
 * Whether a vantage is there and sees: a pure function of what was and what is known of it now. Silence, and a path that is not proven, are one
 * trouble with one alarm, however many assets it should check.
 *
 *   whole ──trouble──▶ troubled ──for `lostMs`──▶ lost (told)
 *     ▲                   │                          │
 *     └──────whole────────┴───────whole (returned)───┘
 */
import type { Paths } from "./path-control.ts";
import { families } from "./path-control.ts";

export interface Presence {
  /** Milliseconds of a clock that only goes forward: the last word from it. */
  readonly heardMs: number;
  /** undefined: it has not said since it came. */
  readonly paths: Paths | undefined;
  /** Since when it has not been whole. */
  readonly troubleMs: number | undefined;
  readonly isTold: boolean;
}

export type PresenceEvent =
  | { readonly tag: "vantage-lost"; readonly sinceMs: number; readonly because: string }
  | { readonly tag: "vantage-returned"; readonly sinceMs: number };

/** Without a word for so long it is not there; it speaks every few seconds. */
const silenceMs = 20_000;
const lostMinMs = 30_000;
const cycles = 3;

/** Trouble is told after three cycles of what it checks most often, and not for a hiccup. */
export function lostAfterMs(cyclesMs: readonly number[]): number {
  return Math.max(lostMinMs, cycles * Math.min(...cyclesMs, Number.MAX_SAFE_INTEGER / cycles));
}

/** Nobody has heard of it yet: it has as long as any other to come. */
export function expected(nowMs: number): Presence {
  return { heardMs: nowMs, paths: undefined, troubleMs: undefined, isTold: false };
}

export function heard(before: Presence, nowMs: number, paths: Paths): Presence {
  return { ...before, heardMs: nowMs, paths };
}

/** To be called every second or so. */
export function look(
  before: Presence,
  nowMs: number,
  lostMs: number,
): { readonly now: Presence; readonly event: PresenceEvent | undefined } {
  const because = troubleOf(before, nowMs);
  if (because === undefined) return whole(before);
  // The last word is when it was whole for the last time.
  const troubleMs = before.troubleMs ?? (because === silent ? before.heardMs : nowMs);
  const event = !before.isTold && nowMs - troubleMs >= lostMs ? ({ tag: "vantage-lost", sinceMs: troubleMs, because } as const) : undefined;
  return { now: { ...before, troubleMs, isTold: before.isTold || event !== undefined }, event };
}

function whole(before: Presence): ReturnType<typeof look> {
  const { isTold, paths, troubleMs } = before;
  // After a restart it has to come first.
  if (isTold && paths === undefined) return { now: before, event: undefined };
  const event = isTold && troubleMs !== undefined ? ({ tag: "vantage-returned", sinceMs: troubleMs } as const) : undefined;
  return { now: { ...before, troubleMs: undefined, isTold: false }, event };
}

/** Nothing that it saw is known to be so now. */
export function isSilent({ heardMs }: Presence, nowMs: number): boolean {
  return nowMs - heardMs >= silenceMs;
}

const silent = "It is not heard of.";

function troubleOf(before: Presence, nowMs: number): string | undefined {
  if (isSilent(before, nowMs)) return silent;
  const { paths } = before;
  if (paths === undefined) return undefined;
  const none = families.filter((family) => paths[family] === "none");
  if (none.length > 0) return `It reaches no known-open endpoint by ${none.join(" and ")}.`;
  return families.some((family) => paths[family] === "proven") ? undefined : "It has no address of its own.";
}
