/** What differs between two epochs in what the reader's role may do. Pure. */
import { id, literal, qualified } from "../names.ts";
import { revokeGrant } from "../revoke.ts";
import type { EpochDifference } from "./difference.ts";
import { apply, command, privacy } from "./difference.ts";
import type { Epoch, EpochGrant, EpochTable } from "./schema.ts";

/** What the reader's role may do more, or no longer. */
export function compareRoles(stored: Epoch, now: Epoch): EpochDifference[] {
  const role = id(now.role.name);
  const attributes = (
    [
      ["superuser", "SUPERUSER"],
      ["bypassRls", "BYPASSRLS"],
      ["createRole", "CREATEROLE"],
    ] as const
  ).flatMap(([key, word]): EpochDifference[] => {
    if (stored.role[key] === true || now.role[key] !== true) return [];
    return [privacy("*", "role-changed", `The reader's role ${now.role.name} became ${word}.`, command(`ALTER ROLE ${role} NO${word}`))];
  });
  const memberships = now.role.memberOf
    .filter((one) => !stored.role.memberOf.includes(one))
    .map((one) => privacy("*", "role-changed", `The reader's role became a member of ${one}.`, command(`REVOKE ${id(one)} FROM ${role}`)));
  return [...attributes, ...memberships, ...compareGrants(stored, now)];
}

function compareGrants(stored: Epoch, now: Epoch): EpochDifference[] {
  const before = new Set(stored.role.grants.map(describeGrant));
  const after = new Set(now.role.grants.map(describeGrant));
  // Of a table that is not declared, under its own name: no number depends on it, so none is doubted.
  const tableName = (grant: EpochGrant): string =>
    now.tables.find((one) => one.schema === grant.schema && one.table === grant.table)?.name ?? `${grant.schema}.${grant.table}`;
  const extra = now.role.grants
    .filter((grant) => !before.has(describeGrant(grant)))
    .map((grant) =>
      privacy(
        tableName(grant),
        "grant-extra",
        `${viaText(grant)} may now ${grant.privilege} ${objectText(grant)}.`,
        command(mendOf(grant, now.role.name)),
      ),
    );
  // What the policy does not need may go: that is what the remedy of an extra grant asks for.
  const missing = stored.role.grants
    .filter((grant) => !after.has(describeGrant(grant)) && isNeeded(grant, { stored, now }))
    .map((grant) =>
      privacy(tableName(grant), "grant-missing", `${viaText(grant)} may no longer ${grant.privilege} ${objectText(grant)}.`, apply),
    );
  return [...extra, ...missing];
}

/** Does the reader miss it: a declared column (or the ctid that a snapshot is cut by) that no other way leads to now? */
function isNeeded(lost: EpochGrant, { stored, now }: { readonly stored: Epoch; readonly now: Epoch }): boolean {
  const table = stored.tables.find((one) => one.schema === lost.schema && one.table === lost.table);
  if (table === undefined || lost.privilege !== "SELECT") return false;
  const declared = lost.column === null ? table.columns.map((column) => column.name) : [lost.column];
  return declared.some((column) => isDeclared(column, table) && !now.role.grants.some((grant) => reads(grant, { ...table, column })));
}

function isDeclared(column: string, table: EpochTable): boolean {
  return column === "ctid" || table.columns.some((one) => one.name === column);
}

function reads(grant: EpochGrant, what: { readonly schema: string; readonly table: string; readonly column: string }): boolean {
  const isThere = grant.schema === what.schema && grant.table === what.table && (grant.column === null || grant.column === what.column);
  return isThere && (grant.privilege === "SELECT" || grant.privilege === "OWNER");
}

function describeGrant(grant: EpochGrant): string {
  return JSON.stringify([grant.schema, grant.table, grant.column, grant.privilege, grant.via]);
}

function viaText(grant: EpochGrant): string {
  return grant.via === "PUBLIC" ? "Everybody (PUBLIC)" : `The role ${grant.via}`;
}

function objectText(grant: EpochGrant): string {
  return grant.column === null ? `${grant.schema}.${grant.table} (all columns)` : `${grant.schema}.${grant.table}.${grant.column}`;
}

/** The statement that takes a privilege away again. */
function mendOf(grant: EpochGrant, reader: string): string {
  if (grant.privilege === "OWNER") return `ALTER TABLE ${qualified(grant)} OWNER TO … -- not ${literal(grant.via)}`;
  return revokeGrant(grant, grant.via, reader);
}
