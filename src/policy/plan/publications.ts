/** The publications: one of keyed tables, one of inserts only; each with the exact column lists. */
import type { CatalogPublication } from "../../source/catalog.ts";
import type { SourceTable } from "../../source/raw.ts";
import { id, qualified } from "../../source/session.ts";
import type { Planning, PlanStatement } from "../plan.ts";
import { appendPublication } from "./names.ts";

interface Wanted {
  readonly name: string;
  readonly publishes: string;
  readonly tables: readonly SourceTable[];
  readonly why: string;
}

export function planPublications(planning: Planning): readonly PlanStatement[] {
  const { compiled, publication } = planning;
  const keyed = compiled.sourceTables.filter((table) => !table.appendOnly);
  const append = compiled.sourceTables.filter((table) => table.appendOnly);
  return [
    ...planOne(
      {
        name: publication,
        publishes: "insert, update, delete, truncate",
        tables: keyed,
        why: "The stream carries the declared columns and nothing else.",
      },
      planning,
    ),
    ...planOne(
      {
        name: appendPublication(publication),
        publishes: "insert",
        tables: append,
        why: "Tables without a key: inserts only, so that updates on the source go on working.",
      },
      planning,
    ),
  ];
}

function planOne(wanted: Wanted, { catalog, facts }: Planning): readonly PlanStatement[] {
  const existing = catalog.publications.find((one) => one.name === wanted.name);
  const drop = {
    sql: `DROP PUBLICATION ${id(wanted.name)}`,
    why: "It is not needed, or publishes all tables, which cannot be taken back.",
  };
  if (wanted.tables.length === 0) return existing === undefined ? [] : [drop];
  const list = wanted.tables.map((table) => `TABLE ${tableList(table)}`).join(", ");
  const options = `publish = '${wanted.publishes}', publish_via_partition_root = true`;
  const create = { sql: `CREATE PUBLICATION ${id(wanted.name)} FOR ${list} WITH (${options})`, why: wanted.why };
  if (existing === undefined) return [create];
  if (existing.allTables) return [drop, create];
  return [
    ...(existing.viaRoot && existing.publishes.replaceAll(",", ", ") === wanted.publishes
      ? []
      : [
          {
            sql: `ALTER PUBLICATION ${id(wanted.name)} SET (${options})`,
            why: "Partitioned tables are published as one, with the operations that the mirror follows.",
          },
        ]),
    ...(sameTables(existing, wanted, facts.withoutList)
      ? []
      : [{ sql: `ALTER PUBLICATION ${id(wanted.name)} SET ${list}`, why: wanted.why }]),
  ];
}

function tableList(table: SourceTable): string {
  return `${qualified(table)} (${table.columns.map((column) => id(column.name)).join(", ")})`;
}

function sameTables(existing: CatalogPublication, wanted: Wanted, withoutList: readonly string[]): boolean {
  if (existing.schemas.length > 0 || existing.tables.length !== wanted.tables.length) return false;
  return wanted.tables.every((table) => {
    const found = existing.tables.find((one) => one.schema === table.schema && one.table === table.table);
    if (found === undefined || found.filter !== undefined || withoutList.includes(`${existing.name} ${table.schema}.${table.table}`))
      return false;
    return found.columns.length === table.columns.length && table.columns.every((column) => found.columns.includes(column.name));
  });
}
