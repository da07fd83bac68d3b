/** A difference between two epochs: what it is, what it concerns and what mends it. */

export type EpochReason =
  | "column-changed"
  | "column-list-changed"
  | "grant-extra"
  | "grant-missing"
  | "partition-attached"
  | "partition-dropped"
  | "partition-foreign"
  | "partition-replaced"
  | "publication-changed"
  | "publication-extra"
  | "replica-identity-changed"
  | "role-changed"
  | "row-security-changed"
  | "row-security-on"
  | "system-replaced"
  | "table-inherited"
  | "table-missing"
  | "table-not-published"
  | "table-replaced"
  | "timeline-changed"
  | "truncated-or-rewritten"
  | "unlogged";

export type EpochMend = { readonly tag: "rebuild" } | { readonly tag: "verify" } | { readonly tag: "command"; readonly command: string };

/** The shape of policy/safe.ts's EpochBreak, which this stage may not import, and whether the copy's rows or only privileges are concerned. */
export interface EpochDifference {
  /** Name in vitrine.yaml; "*" for all tables; `schema.table` of one that is not declared. */
  readonly table: string;
  readonly reason: EpochReason;
  readonly message: string;
  readonly mend: EpochMend;
  /** `privacy`: the rows are as true as before, but more (or less) may be read than declared. */
  readonly concerns: "data" | "privacy";
}

export const rebuild: EpochMend = { tag: "rebuild" };
export const verify: EpochMend = { tag: "verify" };
export const command = (text: string): EpochMend => ({ tag: "command", command: text });
export const apply = command("vitrine apply");

export function data(table: string, reason: EpochReason, message: string, mend: EpochMend): EpochDifference {
  return { table, reason, message, mend, concerns: "data" };
}

export function privacy(table: string, reason: EpochReason, message: string, mend: EpochMend): EpochDifference {
  return { table, reason, message, mend, concerns: "privacy" };
}
