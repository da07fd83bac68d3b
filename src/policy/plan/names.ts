/** Names that plan, apply and detach share. */
import type { Catalog, CatalogTable } from "../../source/catalog.ts";

export const readerRoleDefault = "vitrine_reader";
export const publicationDefault = "vitrine";

/** Our policy on tables with row-level security. */
export const rowPolicyName = "vitrine_reader_select";

/** The publication of append_only tables. */
export function appendPublication(publication: string): string {
  return `${publication}_append`;
}

export function catalogTable(catalog: Catalog, name: { readonly schema: string; readonly table: string }): CatalogTable | undefined {
  return catalog.tables.find((one) => one.schema === name.schema && one.table === name.table);
}
