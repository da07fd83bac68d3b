/** Commands that take rights away from the reader. */
import { id, qualified } from "./names.ts";

/**
 * The command that ends a way to a column (CatalogRole.selects.via), and no more than that: taking a right on the table away from the reader takes its declared
 * columns along, so that is left to apply, which gives them back at once; from another role nothing is taken but the reader.
 */
export function revokeCommand(
  select: { readonly schema: string; readonly table: string; readonly column: string; readonly byTable?: readonly string[] },
  via: string,
  role: string,
): string {
  if (via === "owner") return `ALTER TABLE ${qualified(select)} OWNER TO another_role`;
  if (via === "superuser") return `ALTER ROLE ${id(role)} NOSUPERUSER`;
  return revokeGrant({ ...select, column: select.byTable?.includes(via) === true ? null : select.column, privilege: "SELECT" }, via, role);
}

/** As revokeCommand, of any privilege that was granted; `column` null: on the whole table. */
export function revokeGrant(
  grant: { readonly schema: string; readonly table: string; readonly column: string | null; readonly privilege: string },
  via: string,
  role: string,
): string {
  if (via !== "PUBLIC" && via !== role) return `REVOKE ${id(via)} FROM ${id(role)}`;
  if (grant.column === null && via === role) return "vitrine apply";
  const columns = grant.column === null ? "" : ` (${id(grant.column)})`;
  return `REVOKE ${grant.privilege}${columns} ON ${qualified(grant)} FROM ${via === "PUBLIC" ? via : id(via)}`;
}
