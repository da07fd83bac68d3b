/** The command that takes a SELECT on a column away, by what it comes through (CatalogRole.selects.via). */
import { id, qualified } from "./names.ts";

/**
 * The command that ends a way to a column, and no more than that: taking a right on the table away from the reader takes its declared
 * columns along, so that is left to apply, which gives them back at once; from another role nothing is taken but the reader.
 */
export function revokeCommand(
  select: { readonly schema: string; readonly table: string; readonly column: string; readonly byTable?: readonly string[] },
  via: string,
  role: string,
): string {
  if (via === "owner") return `ALTER TABLE ${qualified(select)} OWNER TO another_role`;
  if (via === "superuser") return `ALTER ROLE ${id(role)} NOSUPERUSER`;
  if (via !== "PUBLIC" && via !== role) return `REVOKE ${id(via)} FROM ${id(role)}`;
  const isWhole = select.byTable?.includes(via) === true;
  if (isWhole && via === role) return "vitrine apply";
  return `REVOKE SELECT${isWhole ? "" : ` (${id(select.column)})`} ON ${qualified(select)} FROM ${via === "PUBLIC" ? via : id(via)}`;
}
