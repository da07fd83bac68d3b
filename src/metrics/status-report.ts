/** State of the server as people and programs see it: plain JSON, names, positions and counts only. */
import { formatLsn } from "../model/lsn.ts";
import type { MirrorStatus } from "../mirror/mirror.ts";
import type { Micros, ProofVerdict, ReaderNotice, SlotStatus } from "../policy/safe.ts";

export interface PositionReport {
  readonly lsn: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** 72 hours: the longest that bytes of deleted rows may stay in the file. */
export const erasureLimitMs = 72 * 3_600_000;

/** One generation of the mirror. */
export interface GenerationReport {
  readonly generation: number;
  readonly phase: MirrorStatus["phase"];
  readonly applied: PositionReport | undefined;
  readonly proven: PositionReport | undefined;
  /** now − proven.at, at least 0; undefined while nothing is proven. */
  readonly lagMs: number | undefined;
  readonly untrusted: readonly {
    readonly table: string;
    readonly reason: string;
    readonly message: string;
    readonly remedy: string;
    readonly since: string | undefined;
  }[];
  readonly trouble: readonly { readonly table: string; readonly column: string; readonly other: number; readonly degraded: number }[];
  readonly loading: MirrorStatus["loading"];
  readonly applying: { readonly changes: number } | undefined;
  /** Months whose units are still to be counted after a restart: what is open until then is withheld. */
  readonly counting: { readonly months: number } | undefined;
  readonly rows: Readonly<Record<string, number>>;
  readonly bytes: number;
  /**
   * `logicalSince`: what was deleted or overwritten from then on is out of every answer, but not yet out of the file. `physicalAt`: what
   * was deleted before that is out of the file, too. `dueBy`: when the file has to be rewritten at the latest.
   */
  readonly erasure: {
    readonly logicalSince: string | undefined;
    readonly physicalAt: string | undefined;
    readonly dueBy: string | undefined;
    readonly overdue: boolean;
  };
  /** Every rollup with its cells as counted. */
  readonly cuboids: NonNullable<MirrorStatus["cuboids"]>;
  /** Of the first copy, where this process made it: milliseconds from its beginning. */
  readonly snapshot: { readonly loadedMs: number | undefined; readonly trustedMs: number | undefined } | undefined;
}

/** What the reader of a generation says of itself. */
export interface ReaderReport {
  readonly generation: number;
  readonly state: string;
  readonly message: string;
  readonly code: string | undefined;
  readonly remedy: string | undefined;
  readonly slot: SlotStatus | undefined;
  /** What weakens privacy or risks the source's disk without stopping anything, for as long as it is so. */
  readonly notices?: readonly ReaderNotice[];
}

/** One line of `vitrine prove`, as JSON. */
export type ProofLine = ProofVerdict;

export interface StatusReport {
  readonly version: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** The generation that answers; undefined before the first. */
  readonly serving: number | undefined;
  readonly generations: readonly GenerationReport[];
  readonly readers: readonly ReaderReport[];
  /** The generations whose folders were deleted last, with everything that they held. */
  readonly erased?: { readonly generations: readonly number[]; readonly at: string } | undefined;
}

/** Microseconds since 1970 as ISO 8601 with milliseconds. */
function isoTime(at: Micros): string {
  return new Date(Math.trunc(at / 1000)).toISOString();
}

function optionalTime(at: Micros | undefined): string | undefined {
  return at === undefined ? undefined : isoTime(at);
}

export function reportPosition(position: MirrorStatus["applied"]): PositionReport | undefined {
  return position === undefined ? undefined : { lsn: formatLsn(position.lsn), at: isoTime(position.at) };
}

function snapshotReport(snapshot: MirrorStatus["snapshot"]): GenerationReport["snapshot"] {
  if (snapshot === undefined) return undefined;
  const since = (at: Micros | undefined): number | undefined => (at === undefined ? undefined : Math.round((at - snapshot.begunAt) / 1000));
  return { loadedMs: since(snapshot.loadedAt), trustedMs: since(snapshot.trustedAt) };
}

function erasureReport({ logicalSince, physicalAt }: MirrorStatus["erasure"], now: Micros): GenerationReport["erasure"] {
  const dueBy = logicalSince === undefined ? undefined : logicalSince + erasureLimitMs * 1000;
  return {
    logicalSince: optionalTime(logicalSince),
    physicalAt: optionalTime(physicalAt),
    dueBy: optionalTime(dueBy),
    overdue: dueBy !== undefined && now > dueBy,
  };
}

/** A generation's status as JSON. `now` in microseconds since 1970. */
export function reportGeneration(status: MirrorStatus, now: Micros): GenerationReport {
  return {
    generation: status.generation,
    phase: status.phase,
    applied: reportPosition(status.applied),
    proven: reportPosition(status.proven),
    lagMs: lagMs(status, now),
    untrusted: status.untrusted.map(({ table, reason, message, remedy, since }) => ({
      table,
      reason,
      message,
      remedy,
      since: optionalTime(since),
    })),
    trouble: status.trouble.map(({ table, column, other, degraded }) => ({ table, column, other, degraded })),
    loading: status.loading,
    applying: status.applying,
    counting: status.counting,
    rows: status.rows,
    bytes: status.bytes,
    erasure: erasureReport(status.erasure, now),
    cuboids: status.cuboids ?? [],
    snapshot: snapshotReport(status.snapshot),
  };
}

/** Invariant 6: the age of what is proven, in milliseconds, never below 0. */
export function lagMs(status: Pick<MirrorStatus, "proven">, now: Micros): number | undefined {
  return status.proven === undefined ? undefined : Math.max(0, Math.round((now - status.proven.at) / 1000));
}
