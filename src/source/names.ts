/** Names and texts inside SQL that we generate. */

/** Quotes an identifier. */
export function id(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** `"schema"."table"`. */
export function qualified(name: { readonly schema: string; readonly table: string }): string {
  return `${id(name.schema)}.${id(name.table)}`;
}

/** Quotes a literal where a value cannot be bound (replication commands, generated SQL). */
export function literal(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes("\\") ? `E${quoted.replaceAll("\\", "\\\\")}` : quoted;
}
