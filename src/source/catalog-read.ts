/** Reads the catalog of the source as the session's user sees it: names, types and counts. */
import { must } from "../lib/assert.ts";
import { VitrineError } from "../model/error.ts";
import type { Catalog, CatalogPublication, CatalogRole, CatalogTable } from "./catalog.ts";
import { catalogSql } from "./catalog/statements.ts";
import { tooOld } from "./preflight/server.ts";
import type { Sql } from "./sql.ts";

export interface CatalogQuestion {
  readonly tables: readonly { readonly schema: string; readonly table: string }[];
  /** The reader's role, e.g. `vitrine_reader`. */
  readonly role: string;
}

type Row = Readonly<Record<string, unknown>>;

/** All in one go, but not in one transaction: preflight is a check before the epoch, which is. Throws source/version-too-old. */
export async function readCatalog(sql: Sql, question: CatalogQuestion): Promise<Catalog> {
  const [server] = await sql.query(catalogSql.server);
  const row = must(server, "row of the server's settings");
  const old = tooOld(int(row["version"]));
  if (old !== undefined) throw new VitrineError("source/version-too-old", old);
  const wanted = JSON.stringify(question.tables.map((one) => [one.schema, one.table]));
  const tables = (await sql.query(catalogSql.tables, [wanted])).map(tableFrom);
  const all = await sql.query(catalogSql.allTables);
  const publications = (await sql.query(catalogSql.publications)).map((one) => json<CatalogPublication>(one["publication"]));
  const slots = (await sql.query(catalogSql.slots)).map((one) => json<Catalog["slots"][number]>(one["slot"]));
  return {
    version: int(row["version"]),
    systemIdentifier: await systemIdentifier(sql),
    timeline: int(row["timeline"]),
    database: text(row["database"]),
    inRecovery: row["in_recovery"] === true,
    walLevel: text(row["wal_level"]),
    maxSlots: int(row["max_slots"]),
    slots: slots.map(withoutNulls),
    maxSenders: int(row["max_senders"]),
    senders: int(row["senders"]),
    maxSlotWalKeepMb: int(row["max_slot_wal_keep_mb"]),
    tables,
    allTables: all.map((one) => text(one["name"])),
    publications: publications.map((one) => ({ ...one, tables: one.tables.map(withoutNulls) })),
    role: await readRole(sql, question.role),
  };
}

/** pg_control_system() may be denied to the role: then it is empty, and IDENTIFY_SYSTEM on a replication connection tells. */
async function systemIdentifier(sql: Sql): Promise<string> {
  const [may] = await sql.query(catalogSql.maySystem);
  if (may?.["may"] !== true) return "";
  const [row] = await sql.query(catalogSql.system);
  return text(row?.["system_identifier"]);
}

async function readRole(sql: Sql, name: string): Promise<CatalogRole | undefined> {
  const [row] = await sql.query(catalogSql.role, [name]);
  if (row === undefined) return undefined;
  const role = json<Omit<CatalogRole, "selects" | "writes">>(row["role"]);
  const selects = await sql.query(catalogSql.selects, [name]);
  const writes = await sql.query(catalogSql.writes, [name]);
  return {
    ...role,
    selects: selects.map((one) => json<CatalogRole["selects"][number]>(one["granted"])),
    writes: writes.map((one) => json<CatalogRole["writes"][number]>(one["granted"])),
  };
}

function tableFrom(row: Row): CatalogTable {
  const table = json<CatalogTable>(row["tbl"]);
  return { ...table, policies: table.policies.map(withoutNulls), columns: table.columns.map(withoutNulls) };
}

/** JSON has null where our types have undefined. */
function withoutNulls<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, one === null ? undefined : (one as unknown)])) as T; // oxlint-disable-line typescript/no-unsafe-type-assertion -- the same keys
}

/** The statements make these shapes. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- it says at each use what is expected
function json<T>(value: unknown): T {
  return value as T; // oxlint-disable-line typescript/no-unsafe-type-assertion -- the statement makes this shape
}

function int(value: unknown): number {
  return Number(value);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
