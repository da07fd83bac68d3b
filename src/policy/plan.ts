/** What `vitrine plan` prints and `apply` runs: the exact SQL that makes the source give the declared columns and nothing else. Pure. */
import type { Catalog, CatalogTable } from "../source/catalog.ts";
import { id, qualified } from "../source/session.ts";
import type { CompiledPolicy } from "./compile.ts";
import { grantedColumns } from "./compile.ts";
import { planFindings } from "./plan/findings.ts";
import { catalogTable, publicationDefault, readerRoleDefault, rowPolicyName } from "./plan/names.ts";
import { planGrants } from "./plan/grants.ts";
import { planPublications } from "./plan/publications.ts";
import { describeReadable, describeStays } from "./plan/words.ts";

export interface PlanStatement {
  readonly sql: string;
  readonly why: string;
}

export interface PlanFinding {
  /** `breaks`: would break or has broken production writes; `disk`; `privacy`: something is readable that should not be; `note`. */
  readonly class: "breaks" | "disk" | "privacy" | "note";
  readonly what: string;
  /** A command where there is one. */
  readonly remedy: string;
}

export interface PlanColumn {
  readonly table: string;
  readonly column: string;
  /** Readable: the treatment in words. Stays: what it is and why it stays. */
  readonly why: string;
}

export interface PlanCost {
  readonly table: string;
  /** Estimate; -1 unknown. */
  readonly rows: number;
  /** Bytes that the snapshot makes the source read. */
  readonly bytesRead: number;
}

export interface SourcePlan {
  readonly statements: readonly PlanStatement[];
  readonly readable: readonly PlanColumn[];
  readonly stays: readonly PlanColumn[];
  readonly cost: readonly PlanCost[];
  readonly findings: readonly PlanFinding[];
}

/** What the catalog does not say; read by readPlanFacts (apply.ts) as an administrator. */
export interface PlanFacts {
  readonly canLogIn: boolean;
  readonly canConnect: boolean;
  /** Schemas on which the role has USAGE. */
  readonly usage: readonly string[];
  /** `schema.table` on whose ctid the role has SELECT. */
  readonly ctid: readonly string[];
  /** `publication schema.table` of memberships without a column list. */
  readonly withoutList: readonly string[];
  /** Grants to the role itself (not through PUBLIC or a role) in user schemas; `column` undefined: on the whole table. */
  readonly direct: readonly DirectGrant[];
}

export interface DirectGrant {
  readonly schema: string;
  readonly table: string;
  readonly privilege: string;
  readonly column: string | undefined;
}

export interface PlanOptions {
  /** Default vitrine_reader. */
  readonly readerRole?: string;
  /** Default vitrine; the one for append_only tables is `<publication>_append`. */
  readonly publication?: string;
  readonly facts: PlanFacts;
}

/** What the parts of a plan share. */
export interface Planning {
  readonly compiled: CompiledPolicy;
  readonly catalog: Catalog;
  readonly role: string;
  readonly publication: string;
  readonly facts: PlanFacts;
  /** What the role shall be able to SELECT. */
  readonly granted: readonly { readonly schema: string; readonly table: string; readonly columns: readonly string[] }[];
}

/** No statement where nothing differs: applying a plan twice changes nothing. */
export function planSource(compiled: CompiledPolicy, catalog: Catalog, options: PlanOptions): SourcePlan {
  const planning: Planning = {
    compiled,
    catalog,
    role: options.readerRole ?? readerRoleDefault,
    publication: options.publication ?? publicationDefault,
    facts: options.facts,
    granted: grantedColumns(compiled),
  };
  return {
    statements: [...planRole(planning), ...planGrants(planning), ...planPolicies(planning), ...planPublications(planning)],
    readable: describeReadable(compiled),
    stays: describeStays(compiled, catalog),
    cost: compiled.sourceTables.map((table) => costOf(table.name, catalogTable(catalog, table))),
    findings: planFindings(planning),
  };
}

function costOf(name: string, table: CatalogTable | undefined): PlanCost {
  return { table: name, rows: table?.rows ?? -1, bytesRead: table?.bytes ?? 0 };
}

function planRole({ catalog, role, facts }: Planning): readonly PlanStatement[] {
  const existing = catalog.role;
  if (existing === undefined) {
    return [
      {
        sql: `CREATE ROLE ${id(role)} LOGIN REPLICATION NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOINHERIT`,
        why: "The reader has a role of its own, which can read the declared columns and follow their changes.",
      },
    ];
  }
  const wanted = [
    ...(existing.superuser ? ["NOSUPERUSER"] : []),
    ...(existing.replication ? [] : ["REPLICATION"]),
    ...(existing.bypassRls ? ["NOBYPASSRLS"] : []),
    ...(existing.createRole === true ? ["NOCREATEROLE"] : []),
    ...(facts.canLogIn ? [] : ["LOGIN"]),
  ];
  const alter =
    wanted.length === 0
      ? []
      : [{ sql: `ALTER ROLE ${id(role)} ${wanted.join(" ")}`, why: "The role must be able to log in and to replicate, and nothing more." }];
  const revokes = existing.memberOf.map((member) => ({
    sql: `REVOKE ${id(member)} FROM ${id(role)}`,
    why: `Through ${member} the reader could do what the policy does not say.`,
  }));
  return [...alter, ...revokes];
}

/** Row-level security would hide rows from the snapshot that the stream delivers. */
function planPolicies({ compiled, catalog, role }: Planning): readonly PlanStatement[] {
  return compiled.sourceTables.flatMap((table) => {
    const found = catalogTable(catalog, table);
    if (found?.rowSecurity !== true) return [];
    const ours = found.policies.find((policy) => policy.name === rowPolicyName);
    if (ours?.permissive === true && ours.command === "r" && ours.using === "true" && ours.roles.length === 1 && ours.roles[0] === role)
      return [];
    const drop =
      ours === undefined ? [] : [{ sql: `DROP POLICY ${id(rowPolicyName)} ON ${qualified(table)}`, why: "Our policy was changed." }];
    return [
      ...drop,
      {
        sql: `CREATE POLICY ${id(rowPolicyName)} ON ${qualified(table)} FOR SELECT TO ${id(role)} USING (true)`,
        why: "The table has row-level security; without a policy the reader would copy no rows.",
      },
    ];
  });
}
