/** What each store was seen as over time, from the changes that the ledger holds. When nobody watched is a gap, and never the last verdict drawn on. */
import type { GuardAsset, GuardJudged, GuardSeen, GuardVerdicts, GuardWatch } from "../../api/contract.ts";

export type Mark = GuardJudged | "unwatched";

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
  readonly mark: Mark;
  readonly seen: GuardSeen;
}

export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

type Entry = GuardVerdicts["verdicts"][number];
type Change = Extract<Entry, { kind: "verdict" }>;

interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
}

/** When nobody watched. `entries`: the oldest first. */
export function gapsOf(entries: readonly Entry[], watch: GuardWatch, { fromMs, toMs }: Window): readonly Gap[] {
  const events = entries.flatMap((entry) => (entry.kind === "watch" ? [entry] : []));
  const gaps: Gap[] = [];
  const [first] = events;
  const sinceMs = watch.since === undefined ? fromMs : Math.max(fromMs, Date.parse(watch.since));
  if (first === undefined) {
    const gap = watch.state === "watching" ? { fromMs, toMs: sinceMs } : { fromMs: sinceMs, toMs };
    return gap.fromMs < gap.toMs ? [gap] : [];
  }
  // A beginning follows on a gap, but for one after a watch that was killed.
  let awayMs = first.event === "begun" && first.lastAt === undefined ? fromMs : undefined;
  for (const { event, at, lastAt } of events) {
    const atMs = Date.parse(at);
    if (event === "ended") awayMs ??= atMs;
    else {
      const begunMs = awayMs ?? (lastAt === undefined ? undefined : Date.parse(lastAt));
      if (begunMs !== undefined) gaps.push({ fromMs: begunMs, toMs: atMs });
      awayMs = undefined;
    }
  }
  if (watch.state === "not-watching") gaps.push({ fromMs: awayMs ?? sinceMs, toMs });
  return gaps;
}

/** Of one store, all vantages together: a deviation that one of them sees is one. `entries`: the oldest first. */
export function stripOf(asset: GuardAsset, entries: readonly Entry[], gaps: readonly Gap[], window: Window): readonly Span[] {
  const changes = changesOf(asset, entries, { isGapNow: gaps.some(({ toMs }) => toMs >= window.toMs) });
  const times = [window.fromMs, ...changes.map(({ atMs }) => atMs), ...gaps.flatMap(({ fromMs, toMs }) => [fromMs, toMs])].filter(
    (ms) => ms >= window.fromMs && ms < window.toMs,
  );
  const borders = [...new Set(times)].toSorted((a, b) => a - b);
  const last = new Map<string, Held>();
  let next = 0;
  const spans: Span[] = [];
  for (const [index, fromMs] of borders.entries()) {
    for (let change = changes[next]; change !== undefined && change.atMs <= fromMs; change = changes[++next])
      last.set(change.vantage, change);
    const toMs = borders[index + 1] ?? window.toMs;
    const isGap = gaps.some((gap) => gap.fromMs <= fromMs && fromMs < gap.toMs);
    const held = isGap ? nobody : together([...last.values()]);
    const before = spans.at(-1);
    if (before?.mark === held.mark && before.seen === held.seen) spans[spans.length - 1] = { ...before, toMs };
    else spans.push({ fromMs, toMs, ...held });
  }
  return spans;
}

interface Held {
  readonly mark: Mark;
  readonly seen: GuardSeen;
}

const nobody: Held = { mark: "unwatched", seen: "not-yet" };
const harm: readonly Mark[] = ["unwatched", "as-expected", "unknown", "deviation"];

function together(held: readonly Held[]): Held {
  return held.reduce((worst, one) => (harm.indexOf(one.mark) > harm.indexOf(worst.mark) ? one : worst), nobody);
}

interface Dated extends Held {
  readonly vantage: string;
  readonly atMs: number;
}

/** What each vantage saw, the oldest first; what it saw before the first change is known by that change. */
function changesOf(asset: GuardAsset, entries: readonly Entry[], { isGapNow }: { readonly isGapNow: boolean }): readonly Dated[] {
  const own = entries.filter((entry): entry is Change => entry.kind === "verdict" && entry.asset === asset.name);
  const expected = new Map(asset.vantages.map((sight) => [sight.vantage, sight.expected]));
  const begun = new Set<string>();
  const dated = own.flatMap(({ vantage, at, seen, judged, before }): readonly Dated[] => {
    const now: Dated = { vantage, atMs: Date.parse(at), mark: judged, seen };
    if (begun.has(vantage) || before === "not-yet") return [now];
    begun.add(vantage);
    return [
      { vantage, atMs: Number.NEGATIVE_INFINITY, seen: before, mark: judgedOf(before, expected.get(vantage) ?? "auth-required") },
      now,
    ];
  });
  const seen = new Set(own.map(({ vantage }) => vantage));
  const still = asset.vantages.flatMap((sight): readonly Dated[] => {
    const { vantage, since, at, judged, stale } = sight;
    if (since === undefined || at === undefined) return [];
    return [
      ...(seen.has(vantage) ? [] : [{ vantage, atMs: Date.parse(since), mark: judged, seen: sight.seen }]),
      // Nothing is known of it since its last check.
      ...(stale && !isGapNow && judged === "as-expected"
        ? [{ vantage, atMs: Date.parse(at), mark: "unknown", seen: "unknown" } as const]
        : []),
    ];
  });
  return [...dated, ...still].toSorted((a, b) => a.atMs - b.atMs || 0);
}

/** Of what was seen before the first change that is known: held against what is expected today, the worse where it cannot be told. */
function judgedOf(seen: GuardSeen, expected: GuardAsset["vantages"][number]["expected"]): GuardJudged {
  if (seen === "closed") return "as-expected";
  if (seen === "auth-required") return expected === "auth-required" ? "as-expected" : expected === "mtls" ? "unknown" : "deviation";
  if (seen === "filtered") return expected === "unreachable" ? "as-expected" : "unknown";
  return seen === "unknown" || seen === "silent" || seen === "not-yet" ? "unknown" : "deviation";
}
