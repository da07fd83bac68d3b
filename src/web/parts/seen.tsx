/** The guard's words as people say them, and times with how long ago that was. A state is always a word and a shape, never a colour alone. */
import type { JSX } from "preact";
import type { GuardSeen, GuardVantageSight } from "../../api/contract.ts";
import { formatAge } from "../numbers/format.ts";
import type { Tile } from "../state/exposure.ts";
import { sayTime } from "./freshness-badge.tsx";

export const seenWords: Readonly<Record<GuardSeen, string>> = {
  closed: "closed",
  filtered: "no answer, filtered",
  "auth-required": "asks for a log-in",
  shielded: "kept out by a safety default alone",
  "anonymous-accepted": "lets anybody in",
  "schema-readable": "names can be read",
  "counts-readable": "numbers can be read",
  "data-readable": "records can be read",
  unknown: "not known",
  silent: "no answer",
  "not-yet": "not checked yet",
};

export const expectedWords: Readonly<Record<GuardVantageSight["expected"], string>> = {
  unreachable: "unreachable",
  "auth-required": "asks for a log-in",
  mtls: "asks for a client certificate",
};

const headlines: Readonly<Partial<Record<GuardSeen, string>>> = {
  "data-readable": "Records can be read without credentials",
  "counts-readable": "Numbers can be read without credentials",
  "schema-readable": "Names can be read without credentials",
  "anonymous-accepted": "Lets anybody in without credentials",
  shielded: "One setting away from open",
  "auth-required": "Reachable where it should not be",
};

export function headlineOf({ state, isPast, isClosing, seen }: Pick<Tile, "state" | "isPast" | "isClosing" | "seen">): string {
  if (isPast) return "Not known now";
  if (isClosing) return "Looks closed, not proven yet";
  if (state === "as-expected") return "As expected";
  if (state === "deviation") return headlines[seen] ?? "Not as expected";
  return seen === "not-yet" ? "Not checked yet" : "Not known";
}

export function vantageWords(vantage: string): string {
  return vantage === "here" ? "here" : `from ${vantage}`;
}

/** `16:40:03, 12 min ago`. */
export function Moment({ at, nowMs }: { readonly at: string; readonly nowMs: number }): JSX.Element {
  return (
    <span class="moment">
      <time dateTime={at} title={at}>
        {sayTime(at)}
      </time>
      , {formatSpan(nowMs - Date.parse(at))} ago
    </span>
  );
}

/** Whole seconds: what is said of checks comes in those. */
export function formatSpan(ms: number): string {
  return ms < 9_950 ? `${Math.max(0, Math.round(ms / 1000))} s` : formatAge(ms);
}
