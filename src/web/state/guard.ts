/** The guard's answers, kept fresh: asked again when the server says that something changed, and now and then anyhow. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { GuardAlarms, GuardAssets, GuardVerdicts, ProblemReport, SessionReport } from "../../api/contract.ts";
import type { Known, Tile } from "./exposure.ts";
import { countsOf, tilesOf } from "./exposure.ts";
import { useLive } from "./live.ts";
import { get } from "./server.ts";

export type LiveState = "connecting" | "live" | "lost";

export interface Guard {
  /** undefined: nothing has come yet. */
  readonly known: Omit<Known, "nowMs"> | undefined;
  readonly problem: ProblemReport | undefined;
  readonly live: LiveState;
  /** Milliseconds since 1970 by the server's clock. */
  readonly nowMs: () => number;
  /** Changes when something has changed. */
  readonly nudge: number;
  /** Asks at once. */
  readonly ask: () => void;
}

const path = { assets: "/v1/guard/assets", alarms: "/v1/guard/alarms?open=true&limit=500", events: "/v1/guard/events" } as const;
/** With events this is for ages alone; without them it is how soon an opening is seen. */
export const everyMs: Readonly<Record<LiveState, number>> = { connecting: 3_000, live: 10_000, lost: 3_000 };

export function mayGuard(role: SessionReport["role"]): boolean {
  return role === "responder" || role === "admin";
}

/** Nothing is asked where the person may not, or looks at something else. */
export function useGuard(isAsked: boolean): Guard {
  const [nudge, setNudge] = useState(0);
  const size = useRef(0);
  const ask = (): void => setNudge((before) => before + 1);
  const live = useEvents(isAsked ? path.events : undefined, ask, () => size.current);
  const assets = useLive<GuardAssets>(isAsked ? path.assets : undefined, everyMs[live], { nudge });
  const alarms = useLive<GuardAlarms>(isAsked ? path.alarms : undefined, everyMs[live], { nudge });
  size.current = assets.value?.assets.length ?? 0;
  // A machine that slept may have stopped one of its clocks: the one that went further is believed.
  const heard = useMemo(() => ({ byWatch: performance.now(), byWall: Date.now() }), [assets.value]);
  const problem = assets.problem ?? alarms.problem;
  const saidMs = Date.parse(assets.value?.at ?? "");
  const known =
    assets.value === undefined
      ? undefined
      : { assets: assets.value, alarms: alarms.value?.alarms ?? [], isAway: assets.isAway || alarms.isAway || problem !== undefined };
  return {
    known,
    problem,
    live,
    nowMs: () => saidMs + Math.max(0, performance.now() - heard.byWatch, Date.now() - heard.byWall),
    nudge,
    ask,
  };
}

const glanceMs = 10_000;

export interface Glance {
  readonly state: Tile["state"];
  /** So many stores are in that state. */
  readonly count: number;
}

/** For the pages beside its own: the worst of the declared stores. undefined: there are none, or the person may not know. */
export function useGlance(isAsked: boolean): Glance | undefined {
  const { value, isAway } = useLive<GuardAssets>(isAsked ? path.assets : undefined, glanceMs);
  if (value === undefined || value.assets.length === 0) return undefined;
  const { deviation, unknown, asExpected } = countsOf(tilesOf({ assets: value, alarms: [], nowMs: Date.parse(value.at), isAway }));
  if (deviation > 0) return { state: "deviation", count: deviation };
  return unknown > 0 ? { state: "unknown", count: unknown } : { state: "as-expected", count: asExpected };
}

/** Many changes at once are one; and where many stores are watched one answer is longer. */
const calmMs = 300;
const calmMsEach = 4;
const againMs = 8_000;

/** Only while somebody looks: a browser keeps six connections to one server, and other tabs need them. */
function useEvents(address: string | undefined, tell: () => void, sizeOf: () => number): LiveState {
  const [state, setState] = useState<LiveState>("connecting");
  useEffect(() => {
    if (address === undefined) return undefined;
    let source: EventSource | undefined;
    let again: ReturnType<typeof setTimeout> | undefined;
    let calm: ReturnType<typeof setTimeout> | undefined;
    const changed = (): void => {
      calm ??= setTimeout(
        () => {
          calm = undefined;
          tell();
        },
        calmMs + calmMsEach * sizeOf(),
      );
    };
    const close = (): void => {
      source?.close();
      source = undefined;
      clearTimeout(again);
    };
    const open = (): void => {
      close();
      if (document.visibilityState !== "visible") return;
      const opened = new EventSource(address);
      source = opened;
      opened.addEventListener("open", () => {
        setState("live");
        // What happened in between was said to nobody.
        changed();
      });
      opened.addEventListener("message", changed);
      opened.addEventListener("error", () => {
        setState("lost");
        // The browser comes back by itself, but not after a refusal.
        if (opened.readyState === EventSource.CLOSED) again = setTimeout(open, againMs);
      });
    };
    document.addEventListener("visibilitychange", open);
    open();
    return () => {
      document.removeEventListener("visibilitychange", open);
      clearTimeout(calm);
      close();
    };
  }, [address]);
  return state;
}

const dayMs = 86_400_000;
const keptMs = 30 * dayMs;
const pageLength = 5_000;
const pagesMax = 4;
const verdictsEveryMs = 30_000;

export interface Verdicts {
  /** The oldest first; undefined: they have not come yet. */
  readonly entries: GuardVerdicts["verdicts"] | undefined;
  /** What was before this is more than is shown. */
  readonly cutAtMs: number | undefined;
  readonly problem: ProblemReport | undefined;
}

/** Thirty days of changes, asked once; then only what is new. */
export function useVerdicts(isAsked: boolean, nudge: number, nowMs: () => number): Verdicts {
  const [state, setState] = useState<Verdicts>({ entries: undefined, cutAtMs: undefined, problem: undefined });
  const newest = useRef<string>(undefined);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (!isAsked) return undefined;
    const over = new AbortController();
    const timer = setTimeout(() => setTurn((before) => before + 1), verdictsEveryMs);
    const from = newest.current ?? new Date(nowMs() - keptMs).toISOString();
    void entriesSince(from, over.signal).then((reply) => {
      if (over.signal.aborted || reply === undefined) return;
      if ("problem" in reply) return setState((before) => ({ ...before, problem: reply.problem }));
      const { entries, isCut } = reply;
      newest.current = entries[0]?.at ?? newest.current;
      setState((before) => {
        const all = new Map([...(before.entries ?? []), ...entries.toReversed()].map((entry) => [entry.entry, entry]));
        const cutAtMs = isCut ? Date.parse(entries.at(-1)?.at ?? "") : before.cutAtMs;
        return { entries: [...all.values()].toSorted((a, b) => a.entry - b.entry), cutAtMs, problem: undefined };
      });
    });
    return () => {
      over.abort();
      clearTimeout(timer);
    };
  }, [isAsked, nudge, turn]);
  return state;
}

type Since = { readonly entries: GuardVerdicts["verdicts"]; readonly isCut: boolean } | { readonly problem: ProblemReport } | undefined;

/** Newest first. undefined: no answer. */
async function entriesSince(from: string, signal: AbortSignal): Promise<Since> {
  const entries: GuardVerdicts["verdicts"][number][] = [];
  for (let page = 0; page < pagesMax; page++) {
    const before = entries.at(-1)?.entry;
    const query = new URLSearchParams({ from, limit: String(pageLength), ...(before === undefined ? {} : { before: String(before) }) });
    // Each page begins where the last one ended.
    const reply = await get<GuardVerdicts>(`/v1/guard/verdicts?${query.toString()}`, signal);
    if (reply.tag === "away") return undefined;
    if (reply.tag === "refused") return { problem: reply.problem };
    entries.push(...reply.value.verdicts);
    if (reply.value.verdicts.length < pageLength) return { entries, isCut: false };
  }
  return { entries, isCut: true };
}
