/** The statements that take everything of Vitrine out of this database again. Pure. */
import type { Catalog } from "../source/catalog.ts";
import { id, qualified } from "../source/session.ts";
import type { PlanFinding, PlanStatement } from "./plan.ts";
import { appendPublication, publicationDefault, readerRoleDefault, rowPolicyName } from "./plan/names.ts";

export interface DetachPlan {
  /** Outside a transaction, first. */
  readonly slots: readonly PlanStatement[];
  readonly statements: readonly PlanStatement[];
  readonly findings: readonly PlanFinding[];
}

export interface DetachOptions {
  readonly readerRole?: string;
  readonly publication?: string;
  /** Slots whose name begins so are ours: `vitrine_<8 hex of the installation>_`. */
  readonly slotPrefix: string;
}

/** `catalog.tables` must hold the declared tables, so that their policies are found. Nothing is left to do: no statements. */
export function planDetach(catalog: Catalog, options: DetachOptions): DetachPlan {
  const role = options.readerRole ?? readerRoleDefault;
  const publication = options.publication ?? publicationDefault;
  const slots = catalog.slots.filter((slot) => slot.name.startsWith(options.slotPrefix) && slot.database === catalog.database);
  const names = [publication, appendPublication(publication)];
  const policies = catalog.tables.filter((table) => table.policies.some((policy) => policy.name === rowPolicyName));
  return {
    slots: slots.map((slot) => ({
      sql: `SELECT pg_drop_replication_slot('${slot.name.replaceAll("'", "''")}')`,
      why: "The source stops keeping WAL for it.",
    })),
    statements: [
      ...catalog.publications
        .filter((one) => names.includes(one.name))
        .map((one) => ({ sql: `DROP PUBLICATION ${id(one.name)}`, why: "Nothing is published any more." })),
      ...policies.map((table) => ({
        sql: `DROP POLICY ${id(rowPolicyName)} ON ${qualified(table)}`,
        why: "The reader's policy on a table with row-level security.",
      })),
      ...(catalog.role === undefined ? [] : dropRole(role)),
    ],
    findings: [
      ...slots
        .filter((slot) => slot.active)
        .map((slot) => ({
          class: "note" as const,
          what: `The slot ${slot.name} is in use.`,
          remedy: "Stop Vitrine first (vitrine run, or its service).",
        })),
      ...otherSlots(catalog, options.slotPrefix),
    ],
  };
}

/** Slots of another installation's name: of one that lives, or of one whose state folder was deleted, for which the source keeps WAL for ever. */
function otherSlots(catalog: Catalog, slotPrefix: string): readonly PlanFinding[] {
  return catalog.slots
    .filter((slot) => slotShape.test(slot.name) && !slot.name.startsWith(slotPrefix) && slot.database === catalog.database)
    .map((slot) => ({
      class: "disk",
      what: `The slot ${slot.name} is of a Vitrine with another state folder; the source keeps its log for it.`,
      remedy: `If that one is gone: SELECT pg_drop_replication_slot('${slot.name}')`,
    }));
}

/** `vitrine_<8 hex of the installation>_<generation>`. */
const slotShape = /^vitrine_[0-9a-f]{8}_\d+$/;

function dropRole(role: string): readonly PlanStatement[] {
  return [
    // Else DROP OWNED would drop what somebody gave it, production tables included.
    { sql: `REASSIGN OWNED BY ${id(role)} TO CURRENT_USER`, why: "What the reader should never have owned stays, and is yours." },
    { sql: `DROP OWNED BY ${id(role)}`, why: "Every right of the reader in this database." },
    { sql: `DROP ROLE ${id(role)}`, why: "The reader's role. (Where it also has rights in another database, detach there first.)" },
  ];
}
