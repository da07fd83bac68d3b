/**
 * How true what is on the page is: the worst of all answers that it shows. Ages are counted from the moment at which an answer came, so
 * that a wrong clock of this machine does not matter; and they go on growing when no answer comes.
 */
import type { Reply } from "./server.ts";

interface Told {
  readonly state: string;
  readonly reasons: readonly { readonly reason: string; readonly message: string; readonly remedy: string }[];
  readonly proven: { readonly lsn: string; readonly at: string } | undefined;
  readonly lagMs: number | undefined;
}

interface Entry {
  /** The last envelope of that path; undefined for what has none. */
  readonly told: Told | undefined;
  /** performance.now() when it came. */
  readonly heardAt: number;
  readonly awaySince: number | undefined;
}

export interface Freshness {
  /** `ready` alone is good. `away`: the server does not answer. `waiting`: nothing has been heard yet. */
  readonly state: "waiting" | "ready" | "stale" | "building" | "untrusted" | "away";
  readonly reasons: Told["reasons"];
  /** ISO time up to which all that is shown is proven. */
  readonly provenAt: string | undefined;
  /** Age of that proof now. */
  readonly ageMs: number | undefined;
  /** 401 came: the session has ended. */
  readonly signedOut: boolean;
}

const entries = new Map<string, Entry>();
const listeners = new Set<() => void>();
let signedOut = false;

const order: readonly Freshness["state"][] = ["ready", "stale", "building", "untrusted", "away"];
/** An answer that says `ready` is not ready for ever: the server's own limit of staleness. */
const staleAfterMs = 10_000;

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function hear(path: string, reply: Reply<unknown>, now: number): void {
  const before = entries.get(path);
  if (reply.tag === "ok") entries.set(path, { told: envelopeOf(reply.value), heardAt: now, awaySince: undefined });
  // What was last told stays on the page, and grows old: a server that cannot answer is no better than one that is not there.
  else {
    const isAway = reply.tag === "away" || reply.problem.status >= 500;
    entries.set(path, { told: before?.told, heardAt: before?.heardAt ?? now, awaySince: isAway ? (before?.awaySince ?? now) : undefined });
  }
  if (reply.tag === "refused" && reply.problem.status === 401) signedOut = true;
  if (reply.tag === "ok") signedOut = false;
  for (const listener of listeners) listener();
}

export function forget(path: string): void {
  entries.delete(path);
}

function envelopeOf(value: unknown): Told | undefined {
  // eslint-disable-next-line -- our own server's shapes; whatever lacks a state has no envelope
  const told = value as Partial<Told> | undefined;
  return typeof told?.state === "string" && Array.isArray(told.reasons) ? (told as Told) : undefined; // eslint-disable-line -- as above
}

/** At `now` (performance.now()). */
export function freshness(now: number): Freshness {
  const judged = [...entries.values()].flatMap((entry) =>
    entry.told === undefined && entry.awaySince === undefined ? [] : [judge(entry, now)],
  );
  const reasons = new Map(judged.flatMap((one) => one.reasons.map((reason) => [reason.reason + reason.message, reason] as const)));
  const worst = judged.reduce<Freshness["state"]>(
    (a, b) => (order.indexOf(b.state) > order.indexOf(a) ? b.state : a),
    judged.length === 0 ? "waiting" : "ready",
  );
  const proofs = judged.filter((one) => one.provenAt !== undefined).toSorted((a, b) => (a.provenAt ?? "").localeCompare(b.provenAt ?? ""));
  return { state: worst, reasons: [...reasons.values()], provenAt: proofs[0]?.provenAt, ageMs: proofs[0]?.ageMs, signedOut };
}

function judge({ told, heardAt, awaySince }: Entry, now: number): Omit<Freshness, "signedOut"> {
  const ageMs = told?.lagMs === undefined ? undefined : told.lagMs + (now - heardAt);
  const state =
    awaySince !== undefined
      ? "away"
      : told?.state !== "ready"
        ? known(told?.state)
        : ageMs === undefined || ageMs > staleAfterMs
          ? "stale"
          : "ready";
  const silent = { reason: "silent", message: "No newer answer has come.", remedy: "Wait, or load the page again." };
  const reasons = told?.reasons ?? [];
  return { state, reasons: state === "stale" && reasons.length === 0 ? [silent] : reasons, provenAt: told?.proven?.at, ageMs };
}

/** A word that we do not know is not good news. */
function known(state: string | undefined): Freshness["state"] {
  return state === "building" || state === "stale" ? state : "untrusted";
}
