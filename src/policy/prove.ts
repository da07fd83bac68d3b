/**
 * The verdicts of `prove` that concern the source, out of what the probes found. Pure. "Could not tell" is never green. The
 * store's verdict is the server's.
 */
import { unreachable } from "../lib/assert.ts";
import type { CatalogRole } from "../source/catalog.ts";
import type { ColumnProbe, ProbeOutcome } from "../source/probes.ts";
import { id } from "../source/session.ts";
import { revokeCommand } from "../source/revoke.ts";
import type { Micros, ProofVerdict } from "./safe.ts";

/** What the probes (source/probes.ts) found out. */
export interface SourceProbes {
  readonly columns: readonly ColumnProbe[];
  readonly otherDecoding: ProbeOutcome;
  readonly physical: ProbeOutcome;
  /** Name of the role that tried. */
  readonly role: string;
  /** Its rights as the catalog has them: says through whom a column is readable. Without it the remedy names the usual ways. */
  readonly selects?: CatalogRole["selects"] | undefined;
}

/** Three verdicts: select-and-copy, other-decoding, physical-replication. */
export function proveSource(probes: SourceProbes, at: Micros): readonly ProofVerdict[] {
  return [selectAndCopy(probes, at), otherDecoding(probes.otherDecoding, at), physicalReplication(probes, at)];
}

function selectAndCopy(probes: SourceProbes, at: Micros): ProofVerdict {
  const { columns } = probes;
  const open = columns.filter((one) => one.select === "possible" || one.copy === "possible");
  const unknown = columns.filter((one) => one.select === "unknown" || one.copy === "unknown").length;
  const findings = open.map((one) => ({ what: `${one.schema}.${one.table}.${one.column} can be read`, remedy: remedyFor(one, probes) }));
  const base = { name: "select-and-copy", checked: columns.length, findings, at } as const;
  if (open.length > 0)
    return {
      ...base,
      verdict: "possible",
      level: "red",
      message: `${open.length} of ${columns.length} undeclared columns can be read by this credential.`,
    };
  if (unknown > 0)
    return {
      ...base,
      verdict: "unknown",
      level: "amber",
      message: `Of ${columns.length} undeclared columns, ${unknown} could not be tried.`,
    };
  // A probe that tried nothing has proven nothing.
  if (columns.length === 0) return { ...base, verdict: "unknown", level: "amber", message: "There was no undeclared column to try." };
  return {
    ...base,
    verdict: "refused",
    level: "green",
    message: `SELECT and COPY of all ${columns.length} undeclared columns are refused.`,
  };
}

function remedyFor(column: ColumnProbe, { role, selects }: SourceProbes): string {
  const select = selects?.find((one) => one.schema === column.schema && one.table === column.table && one.column === column.column);
  const via = select?.via ?? [role, "PUBLIC"];
  return via.map((one) => revokeCommand(select ?? column, one, role)).join("; ");
}

function otherDecoding(outcome: ProbeOutcome, at: Micros): ProofVerdict {
  const base = { name: "other-decoding", checked: 1, at, verdict: outcome } as const;
  switch (outcome) {
    case "refused":
      return { ...base, level: "green", message: "This credential cannot make a slot with another output plugin.", findings: [] };
    case "unknown":
      return {
        ...base,
        level: "amber",
        message: "Whether this credential could use another output plugin could not be tried.",
        findings: [],
      };
    case "possible": {
      const message =
        "Whoever steals this credential can decode every column with another output plugin or publication: PostgreSQL's column lists are no wall against that.";
      const remedy =
        "In pg_hba.conf bind the role to this host's address and this database; remove other output plugins (e.g. test_decoding) from the server; or read from a sidecar that holds the declared columns only.";
      return { ...base, level: "amber", message, findings: [{ what: "Another output plugin is accepted", remedy }] };
    }
    default:
      return unreachable(outcome);
  }
}

function physicalReplication({ physical, role }: SourceProbes, at: Micros): ProofVerdict {
  const base = { name: "physical-replication", checked: 1, at, verdict: physical } as const;
  switch (physical) {
    case "refused":
      return {
        ...base,
        level: "green",
        message: "A physical replication connection (a base backup of everything) is refused.",
        findings: [],
      };
    case "unknown":
      return { ...base, level: "amber", message: "Whether a base backup would be refused could not be tried.", findings: [] };
    case "possible": {
      const remedy = `Put first into pg_hba.conf: \`host replication ${id(role)} all reject\` and \`local replication ${id(role)} reject\`; then: SELECT pg_reload_conf()`;
      return {
        ...base,
        level: "red",
        message: "This credential can take a base backup of the whole cluster.",
        findings: [{ what: "A physical replication connection is accepted", remedy }],
      };
    }
    default:
      return unreachable(physical);
  }
}
