/**
 * What a vantage says it saw, as far as it is believed: of families whose path it has not proven it saw nothing, but for what is open, which
 * proves itself; a family that it does not have was not tested there.
 */
import type { Asset } from "../asset.ts";
import type { Check, Row } from "../checks/check.ts";
import { isOpen, worst } from "../ladder.ts";
import type { Seen } from "../ladder.ts";
import type { PathState, Paths } from "./path-control.ts";
import { families } from "./path-control.ts";
import type { Target } from "../target.ts";

/** Of one target, as it comes from elsewhere. */
export interface RemoteCheck {
  readonly target: string;
  readonly seen: Seen;
  readonly rows: readonly Row[];
  readonly untested: readonly Row["family"][];
}

export interface Believed {
  readonly checks: readonly Check[];
  /** Nothing but the missing path is why this is not known. One alarm of the vantage says so for all assets. */
  readonly isBlind: boolean;
}

/** What it says of targets that are not this asset's is dropped; a target of which it says nothing is unknown, unless another is open. */
export function believed(asset: Asset, said: readonly RemoteCheck[], paths: Paths): Believed {
  const byTarget = new Map(said.map((one) => [one.target, one]));
  const isAnyOpen = asset.targets.some(({ label }) => isOpen(byTarget.get(label)?.seen ?? "unknown"));
  const checks = asset.targets.flatMap((target) => {
    const one = byTarget.get(target.label) ?? (isAnyOpen ? undefined : nothing(target));
    return one === undefined ? [] : [checkOf(target, one, paths)];
  });
  const unknown = checks.filter(({ seen }) => seen === "unknown");
  const isBlind = unknown.length > 0 && unknown.every((one) => isBlindedBy(paths, one)) && !checks.some(({ seen }) => isOpen(seen));
  return { checks, isBlind };
}

function isBlindedBy(paths: Paths, { rows }: Check): boolean {
  const unknown = rows.filter(({ seen }) => seen === "unknown");
  // Without a path a name is not found either.
  return unknown.length === 0 ? !Object.values(paths).includes("proven") : unknown.every(({ family }) => paths[family] === "none");
}

function rowOf(row: Row, path: PathState): readonly Row[] {
  if (isOpen(row.seen) || path === "proven") return [row];
  // This host has no address of that family: the row says nothing of the store.
  if (path === "untested") return [];
  const because =
    path === "none"
      ? "The vantage reached no known-open endpoint by this family."
      : "No known-open endpoint of this family is declared for the vantage.";
  return [{ ...row, seen: "unknown", because, notes: [] }];
}

/** `said.seen` may be worse than its rows (too many addresses); rows that were dropped do not count. */
function seenOf({ seen, rows: all }: RemoteCheck, rows: readonly Row[], paths: Paths): Seen {
  if (all.length === 0) return Object.values(paths).includes("proven") ? seen : "unknown";
  const isOfRows = all.some((row) => row.seen === seen);
  return worst([...(isOfRows ? [] : [seen]), ...rows.map((row) => row.seen)]);
}

function checkOf({ label, checker }: Target, said: RemoteCheck, paths: Paths): Check {
  const rows = said.rows.flatMap((row) => rowOf(row, paths[row.family]));
  const untested = families.filter((family) => said.untested.includes(family) || paths[family] === "untested");
  const seen = seenOf(said, rows, paths);
  const remedy = seen === "closed" || seen === "auth-required" ? undefined : checker.remedy;
  return { target: label, service: checker.title, evidence: checker.evidence, seen, rows, untested, remedy };
}

function nothing({ label }: Target): RemoteCheck {
  return { target: label, seen: "unknown", rows: [], untested: ["IPv4", "IPv6"] };
}
