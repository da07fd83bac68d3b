/** How true an answer is (invariants 5, 6 and 8): from the mirror's state and the clock alone. */
import type { MirrorStatus } from "../mirror/mirror.ts";
import type { Micros } from "../policy/safe.ts";
import type { Answer, Reason } from "./answer.ts";
import type { CompiledMetric } from "./compile.ts";
import { lagMs } from "./status-report.ts";

/** Above this age of the last proof an answer is `stale`. */
export const staleAfterMsDefault = 10_000;
/** The source's clock may be this far ahead of ours before the age of a proof says nothing any more. */
const clockAheadMsMax = 2_000;

export interface Freshness {
  readonly state: Answer["state"];
  readonly reasons: readonly Reason[];
  readonly notes: readonly Reason[];
  /** Up to where the metric's own tables are proven: for a doubted one, where they last were. */
  readonly proven: MirrorStatus["proven"];
  /** now − proven.at. */
  readonly lagMs: number | undefined;
}

/** The worst of all that holds is the state: building, untrusted, stale, ready. Every reason is given. `now` in microseconds since 1970. */
export function judgeFreshness(options: {
  readonly status: MirrorStatus;
  readonly metric: Pick<CompiledMetric, "tables" | "dimensions" | "spec"> & { readonly columns?: readonly string[] };
  readonly now: Micros;
  readonly staleAfterMs: number;
}): Freshness {
  const { status, metric, now, staleAfterMs } = options;
  const building = buildingReason(status);
  const doubts = status.untrusted.filter(({ table }) => table === "*" || metric.tables.includes(table));
  const untrusted = doubts.map(({ reason, message, remedy }) => ({ reason, message, remedy }));
  const proven = provenBefore(status, doubts);
  const stale = building === undefined ? staleReason(status, now, staleAfterMs) : undefined;
  const reasons = [...(building === undefined ? [] : [building]), ...untrusted, ...(stale === undefined ? [] : [stale])];
  const state = building !== undefined ? "building" : untrusted.length > 0 ? "untrusted" : stale !== undefined ? "stale" : "ready";
  return { state, reasons, notes: degradedNotes(status, metric), proven, lagMs: lagMs({ proven }, now) };
}

/** Untrusted from the last proof before the doubt; undefined where that is not known. */
function provenBefore(status: MirrorStatus, doubts: MirrorStatus["untrusted"]): MirrorStatus["proven"] {
  let earliest = status.proven;
  for (const { since, sinceLsn } of doubts) {
    if (since === undefined || sinceLsn === undefined) return undefined;
    if (earliest === undefined || since < earliest.at) earliest = { lsn: sinceLsn, at: since };
  }
  return earliest;
}

function buildingReason(status: MirrorStatus): Reason | undefined {
  const remedy = "Wait; `vitrine status` shows how far it is.";
  const reasons: Readonly<Record<MirrorStatus["phase"], Reason | undefined>> = {
    ready: undefined,
    empty: { reason: "empty", message: "The copy has not begun.", remedy: "Wait for the reader; `vitrine status` shows what it does." },
    loading: { reason: "loading", message: "The snapshot is being copied.", remedy },
    building: {
      reason: "building",
      message: "The snapshot is loaded; the changes since then are being applied, or the cells are being built.",
      remedy,
    },
  };
  return reasons[status.phase];
}

function staleReason(status: MirrorStatus, now: Micros, staleAfterMs: number): Reason | undefined {
  if (status.proven === undefined) {
    return {
      reason: "not-proven",
      message: "No heartbeat has come back yet that proves how fresh the copy is.",
      remedy: "Wait a second; then see the reader's state in `vitrine status`.",
    };
  }
  const ageMs = (now - status.proven.at) / 1000;
  if (ageMs < -clockAheadMsMax) {
    return {
      reason: "clocks-differ",
      message: "The source's clock is ahead of this machine's, so the age of the copy cannot be told.",
      remedy: "Set both machines' clocks (NTP).",
    };
  }
  if (ageMs <= staleAfterMs) return undefined;
  return {
    reason: "lag",
    message: `The last proof of freshness is older than ${Math.round(staleAfterMs / 1000)} s.`,
    remedy: "`vitrine status` shows the reader's state and the slot's.",
  };
}

/** Columns of the metric that hold values which the store cannot: they became NULL, and the numbers lack them. */
function degradedNotes(
  status: MirrorStatus,
  metric: Pick<CompiledMetric, "dimensions" | "spec"> & { readonly columns?: readonly string[] },
): readonly Reason[] {
  const time = metric.spec.time === undefined ? [] : [metric.spec.time];
  const used = new Set([
    ...(metric.columns ?? []),
    ...[...time, ...metric.spec.filter.map(({ column }) => column), ...(metric.spec.hit ?? []).map(({ column }) => column)].map(
      (column) => `${metric.spec.table}.${column}`,
    ),
    ...metric.dimensions.map(({ table, column }) => `${table}.${column.name}`),
  ]);
  return status.trouble
    .filter(({ table, column, degraded }) => degraded > 0 && used.has(`${table}.${column}`))
    .map(({ table, column, degraded }) => ({
      reason: "degraded",
      message: `${table}.${column} had ${degraded} values that the store cannot hold; they count as NULL.`,
      remedy: "Look for infinite or not-a-number values in the source's column.",
    }));
}
