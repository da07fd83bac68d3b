/** What preflight is asked and what it answers. */
import type { ErrorCode } from "../../model/error-codes.ts";

/**
 * `breaks-production-writes`: never overridable. `cannot-work`: the mirror would be wrong or none. `risks-disk`: needs an explicit
 * flag that names the number. `weakens-privacy`: amber, shown for ever; with `blocking` it is refused at start.
 */
export type FindingClass = "breaks-production-writes" | "cannot-work" | "risks-disk" | "weakens-privacy";

export interface Finding {
  readonly class: FindingClass;
  readonly code: ErrorCode;
  /** Name of the object: `schema.table.column`, a role, a setting. */
  readonly place: string;
  readonly message: string;
  /** A command: SQL or shell. */
  readonly remedy: string;
  /** False: shown, but the mirror starts. */
  readonly blocking: boolean;
}

export interface PreflightWish {
  readonly tables: readonly WishedTable[];
  readonly publication: string;
  readonly appendPublication: string;
  readonly role: string;
  /** Names of our own slots, which do not count as taken. */
  readonly ownSlots: readonly string[];
  /** `schema.table.column` of rules (`values: from`): read, but not mirrored. */
  readonly alsoReadable?: readonly string[];
  /** From --accept-unlimited-wal, in GB. */
  readonly acceptUnlimitedWalGb: number | undefined;
  /** MB of WAL that an agreed outage makes; undefined: not agreed. */
  readonly outageBudgetMb?: number | undefined;
  /** Before `apply`: role, grants and publication need not be there yet. */
  readonly stage: "plan" | "start";
  /** What the connection showed. */
  readonly connection: { readonly pooled: boolean; readonly loopback: boolean; readonly tlsVerified: boolean };
}

export interface WishedTable {
  /** Name in vitrine.yaml. */
  readonly name: string;
  readonly schema: string;
  readonly table: string;
  /** What leaves the source, nothing else. */
  readonly columns: readonly string[];
  /** The mirror's key; undefined: append only. */
  readonly key: string | undefined;
}

export function finding(
  kind: FindingClass,
  code: ErrorCode,
  one: { readonly place: string; readonly message: string; readonly remedy: string; readonly blocking?: boolean },
): Finding {
  return { class: kind, code, place: one.place, message: one.message, remedy: one.remedy, blocking: one.blocking ?? true };
}
