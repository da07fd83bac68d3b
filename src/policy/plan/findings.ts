/** What a plan must say and does not do itself: rights that come from elsewhere, other publications, what the source's disk risks. */
import { revokeCommand } from "../../source/revoke.ts";
import { id, qualified } from "../../source/session.ts";
import type { PlanFinding, Planning } from "../plan.ts";
import { appendPublication, catalogTable, rowPolicyName } from "./names.ts";

export function planFindings(planning: Planning): readonly PlanFinding[] {
  return [
    ...foreignSelects(planning),
    ...foreignWrites(planning),
    ...otherPublications(planning),
    ...restrictivePolicies(planning),
    ...walLimit(planning),
    ...warnings(planning),
    ...wrongInventory(planning),
  ];
}

/** A wrong name under `stays` hides that something else is not in the inventory; it stops nothing. */
function wrongInventory({ compiled, catalog }: Planning): readonly PlanFinding[] {
  return compiled.declaration.stays.flatMap((table) => {
    const name = `${table.schema}.${table.table}`;
    const found = catalogTable(catalog, table);
    const missing = catalog.allTables.includes(name)
      ? table.columns
          .filter((column) => found !== undefined && !found.columns.some((one) => one.name === column.name))
          .map((column) => `${name}.${column.name}`)
      : [name];
    return missing.map((one) => ({
      class: "note" as const,
      what: `vitrine.yaml names ${one} under \`stays\`, and the source has none.`,
      remedy: `Mend or remove it in ${compiled.declaration.file}.`,
    }));
  });
}

/** SELECT through PUBLIC, a role, ownership: only its owner can decide about it. */
function foreignSelects({ catalog, granted, role }: Planning): readonly PlanFinding[] {
  return (catalog.role?.selects ?? []).flatMap((select) => {
    const declared = granted.some(
      (one) => one.schema === select.schema && one.table === select.table && one.columns.includes(select.column),
    );
    // What the role holds itself, or through a role, the plan revokes.
    const via = select.via.filter((one) => one !== role && !(catalog.role?.memberOf ?? []).includes(one));
    if (declared || via.length === 0) return [];
    return [
      {
        class: "privacy" as const,
        what: `The reader can read ${select.schema}.${select.table}.${select.column} (through ${via.join(", ")}), which the policy does not name.`,
        remedy: via.map((one) => revokeCommand(select, one, role)).join("; "),
      },
    ];
  });
}

function foreignWrites({ catalog, facts, role }: Planning): readonly PlanFinding[] {
  return (catalog.role?.writes ?? [])
    .filter(
      (write) => !facts.direct.some((one) => one.schema === write.schema && one.table === write.table && one.privilege === write.privilege),
    )
    .map((write) => ({
      class: "privacy" as const,
      what: `The reader has ${write.privilege} on ${write.schema}.${write.table} through PUBLIC, a role or ownership.`,
      remedy: `REVOKE ${write.privilege} ON TABLE ${qualified(write)} FROM PUBLIC; -- or from the role that ${id(role)} has it of`,
    }));
}

/** Whoever has the credential may name any publication. */
function otherPublications({ catalog, compiled, publication }: Planning): readonly PlanFinding[] {
  return catalog.publications
    .filter((one) => one.name !== publication && one.name !== appendPublication(publication))
    .flatMap((one) => {
      const ours = one.allTables
        ? []
        : one.tables.filter((table) =>
            compiled.sourceTables.some((source) => source.schema === table.schema && source.table === table.table),
          );
      if (!one.allTables && ours.length === 0 && one.schemas.length === 0) return [];
      const what = one.allTables
        ? "all tables"
        : one.schemas.length > 0
          ? `the schemas ${one.schemas.join(", ")}`
          : ours.map((table) => `${table.schema}.${table.table}`).join(", ");
      return [
        {
          class: "privacy" as const,
          what: `The publication ${one.name} publishes ${what}: whoever steals the reader's credential can follow it too.`,
          remedy: `DROP PUBLICATION ${id(one.name)}; -- if nobody needs it`,
        },
      ];
    });
}

function restrictivePolicies({ compiled, catalog, role }: Planning): readonly PlanFinding[] {
  return compiled.sourceTables.flatMap((table) =>
    (catalogTable(catalog, table)?.policies ?? [])
      .filter(
        (policy) =>
          !policy.permissive &&
          policy.name !== rowPolicyName &&
          (policy.command === "r" || policy.command === "*") &&
          policy.roles.some((one) => one === "public" || one === role),
      )
      .map((policy) => ({
        class: "breaks" as const,
        what: `The restrictive policy ${policy.name} on ${table.schema}.${table.table} hides rows from the snapshot that the stream delivers.`,
        remedy: `ALTER POLICY ${id(policy.name)} ON ${qualified(table)} TO the_roles_it_is_meant_for; -- without ${id(role)}`,
      })),
  );
}

function walLimit({ catalog }: Planning): readonly PlanFinding[] {
  if (catalog.maxSlotWalKeepMb >= 0) return [];
  return [
    {
      class: "disk",
      what: "The source keeps WAL for a slot without a limit (max_slot_wal_keep_size = -1). Vitrine drops its own slot beyond its own limit, but only while it lives.",
      remedy: "ALTER SYSTEM SET max_slot_wal_keep_size = '10GB'; SELECT pg_reload_conf()",
    },
  ];
}

function warnings({ compiled }: Planning): readonly PlanFinding[] {
  const dropped = compiled.tables
    .filter((table) => table.dropped.length > 0)
    .map((table) => ({
      class: "note" as const,
      what: `${table.source.schema}.${table.source.table}: ${table.dropped.join(", ")} must be published, being a part of the replica identity; the reader drops it.`,
      remedy: "Nothing to do; another replica identity (USING INDEX) would avoid it.",
    }));
  return [
    ...dropped,
    ...compiled.warnings.map((warning) => ({
      class: "note" as const,
      what: `${warning.table}: ${warning.message}`,
      remedy: "Nothing to do.",
    })),
  ];
}
