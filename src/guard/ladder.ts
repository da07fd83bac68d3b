/** How far somebody without credentials gets, rung by rung. `unknown` is no rung: nobody may read it as closed. */

/** From nothing to a record's content. Each is "at least": what was proven, and no more. */
export const rungs = [
  "closed",
  "filtered",
  "auth-required",
  "shielded",
  "anonymous-accepted",
  "schema-readable",
  "counts-readable",
  "data-readable",
] as const;

export type Rung = (typeof rungs)[number];

/** `silent`: this channel (plain or TLS) is not spoken here; it says nothing about the other one. */
export type Seen = Rung | "unknown" | "silent";

export interface Verdict {
  readonly seen: Seen;
  /** A sentence: which answer to which request says so. Classes of answers only, never a value. */
  readonly because: string;
  /** Findings of their own beside the rung: no TLS, a password asked in clear text, a certificate that is over. */
  readonly notes: readonly string[];
  /** What is asked for is a client certificate, and no password. */
  readonly isMtls?: boolean;
}

export function verdict(seen: Seen, because: string, notes: readonly string[] = []): Verdict {
  return { seen, because, notes };
}

/** From "anonymous accepted" up somebody is to be told. */
export function isOpen(seen: Seen): boolean {
  return seen !== "unknown" && seen !== "silent" && rungs.indexOf(seen) >= rungs.indexOf("anonymous-accepted");
}

/** Of several the worst: the highest that is open; then what nobody knows; then a safety default; then the highest of the rest. */
export function worst(seen: readonly Seen[]): Seen {
  const heights = seen.flatMap((one) => (one === "unknown" || one === "silent" ? [] : [rungs.indexOf(one)]));
  const highest = rungs[Math.max(-1, ...heights)];
  if (highest !== undefined && isOpen(highest)) return highest;
  if (seen.length === 0 || seen.includes("unknown")) return "unknown";
  return highest ?? "silent";
}

/** Of `vitrine guard check`: 0 closed or auth-required, 2 open, 3 unknown, 4 shielded; `filtered` from one place alone is unknown. */
export function exitCode(seen: readonly Seen[]): 0 | 2 | 3 | 4 {
  const all = worst(seen);
  if (isOpen(all)) return 2;
  if (all === "unknown" || all === "silent" || all === "filtered") return 3;
  return all === "shielded" ? 4 : 0;
}
