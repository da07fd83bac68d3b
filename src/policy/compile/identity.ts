/** Can the relation be followed at all, and does its replica identity name the declared key? */
import type { CatalogTable } from "../../source/catalog.ts";
import type { TableDeclaration } from "../declaration.ts";
import type { Problems } from "../declaration/problems.ts";

const kinds: Readonly<Record<string, string>> = { f: "a foreign table", v: "a view", m: "a materialised view" };

/** False, with a problem, for views, foreign and unlogged tables and tables with such partitions. */
export function checkKind(table: TableDeclaration, found: CatalogTable, problems: Problems): boolean {
  const name = `${found.schema}.${found.table}`;
  if (found.kind !== "r" && found.kind !== "p") {
    problems.add("policy/table-kind", table.place, `${name} is ${kinds[found.kind] ?? "no table"}: no change of it is ever sent.`);
    return false;
  }
  if (found.persistence !== "p") {
    problems.add(
      "policy/table-kind",
      table.place,
      `${name} is ${found.persistence === "u" ? "unlogged" : "temporary"}: no change of it is ever sent.`,
      `ALTER TABLE ${name} SET LOGGED`,
    );
    return false;
  }
  const bad = found.leaves.find((leaf) => leaf.kind !== "r" || leaf.persistence !== "p");
  if (bad === undefined) return true;
  problems.add(
    "policy/table-kind",
    table.place,
    `The partition ${bad.schema}.${bad.table} of ${name} is ${kinds[bad.kind] ?? "unlogged"}: no change of it is ever sent.`,
    kinds[bad.kind] === undefined ? `ALTER TABLE ${bad.schema}.${bad.table} SET LOGGED` : "Detach it, or declare another table.",
  );
  return false;
}

/** Adds the problems of a replica identity that would break production writes or does not hold the key. */
export function checkIdentity(table: TableDeclaration, found: CatalogTable, problems: Problems): void {
  if (table.key === undefined) return; // Inserts alone need none.
  const name = `${found.schema}.${found.table}`;
  if (found.replicaIdentity === "f") {
    problems.add(
      "policy/identity-full",
      table.place,
      `${name} has REPLICA IDENTITY FULL: with a column list every update and delete on it would fail.`,
      `ALTER TABLE ${name} REPLICA IDENTITY DEFAULT`,
    );
    return;
  }
  if (found.replicaIdentity === "n" || found.identityColumns.length === 0) {
    const remedy =
      found.replicaIdentity === "n"
        ? `ALTER TABLE ${name} REPLICA IDENTITY DEFAULT (it needs a primary key), or declare it \`append_only: true\`.`
        : undefined;
    problems.add(
      "policy/no-identity",
      table.place,
      `${name} has no replica identity: published, every update and delete on it would fail.`,
      remedy,
    );
    return;
  }
  if (found.identityColumns.includes(table.key)) return;
  const place = table.columns.find((column) => column.name === table.key)?.place ?? table.place;
  problems.add(
    "policy/key-not-identity",
    place,
    `\`${table.key}\` is no part of the replica identity of ${name} (${found.identityColumns.join(", ")}).`,
  );
}
