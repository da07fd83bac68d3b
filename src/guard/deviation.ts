/** What was seen, held against what is expected there. Only a deviation, or not knowing, is told to anybody. */
import type { Expectation } from "../policy/declaration.ts";
import type { Check } from "./checks/check.ts";
import type { Sighting } from "./alarms/episode.ts";
import type { Rung, Seen } from "./ladder.ts";
import { isOpen, rungs } from "./ladder.ts";

/** `height`: of the rung; of several nodes' the worst. */
export function deviationOf(
  checks: readonly Check[],
  expected: Expectation,
  options: {
    /** This vantage has reached a known-open endpoint on the same path: then silence is a filter's and not our own. */
    readonly isPathProven: boolean;
  },
): Pick<Sighting, "is" | "height"> {
  const all = checks.map((check) => ofCheck(check, expected, options.isPathProven));
  const height = Math.max(0, ...all.map((one) => one.height));
  if (all.some(({ is }) => is === "deviation")) return { is: "deviation", height };
  return { is: all.length === 0 || all.some(({ is }) => is === "unknown") ? "unknown" : "as-expected", height };
}

/** Of a listener that nobody declared: that a store answers there at all is the deviation. No check: nobody looked. */
export function deviationOfUndeclared(checks: readonly Check[]): Pick<Sighting, "is" | "height"> {
  if (checks.length === 0) return { is: "unknown", height: 0 };
  const heights = checks.map(({ seen }) => (seen === "unknown" || seen === "silent" ? 0 : rungs.indexOf(seen)));
  return { is: checks.every(({ seen }) => seen === "closed") ? "as-expected" : "deviation", height: Math.max(...heights) };
}

function ofCheck({ seen, rows }: Check, expected: Expectation, isPathProven: boolean): Pick<Sighting, "is" | "height"> {
  if (seen === "unknown" || seen === "silent") return { is: "unknown", height: 0 };
  return { is: isRight(seen, expected, { isPathProven, isMtls: rows.every(isMtlsRow) }), height: rungs.indexOf(seen) };
}

function isRight(seen: Rung, expected: Expectation, how: { readonly isPathProven: boolean; readonly isMtls: boolean }): Sighting["is"] {
  // One setting from open is nobody's expectation.
  if (isOpen(seen) || seen === "shielded") return "deviation";
  if (seen === "closed") return "as-expected";
  if (seen === "filtered") return expected === "unreachable" && how.isPathProven ? "as-expected" : "unknown";
  if (expected === "auth-required") return "as-expected";
  return expected === "mtls" && how.isMtls ? "as-expected" : "deviation";
}

/** A row that says nothing of this (another channel that is not spoken, a refused connection) takes nothing away. */
function isMtlsRow({ seen, isMtls }: { readonly seen: Seen; readonly isMtls?: boolean }): boolean {
  return seen !== "auth-required" || isMtls === true;
}

/** From "anonymous accepted" up a person is woken; below it is a warning. */
export function pages(height: number): boolean {
  const rung = rungs[height];
  return rung !== undefined && isOpen(rung);
}
