/**
 * Preflight: what would hurt, before anything is created and at every start. Pure: a catalog and a wish in, findings out. Names,
 * numbers and commands only.
 */
import type { ErrorCode } from "../model/error-codes.ts";
import type { Catalog, CatalogRole, CatalogTable } from "./catalog.ts";
import { id, qualified } from "./names.ts";

/**
 * `breaks-production-writes`: never overridable. `cannot-work`: the mirror would be wrong or none. `risks-disk`: needs an explicit
 * flag that names the number. `weakens-privacy`: amber, shown for ever; with `blocking` it is refused at start.
 */
export type FindingClass = "breaks-production-writes" | "cannot-work" | "risks-disk" | "weakens-privacy";

export interface Finding {
  readonly class: FindingClass;
  readonly code: ErrorCode;
  /** Name of the object: `schema.table.column`, a role, a setting. */
  readonly place: string;
  readonly message: string;
  /** A command: SQL or shell. */
  readonly remedy: string;
  /** False: shown, but the mirror starts. */
  readonly blocking: boolean;
}

export interface PreflightWish {
  readonly tables: readonly WishedTable[];
  readonly publication: string;
  readonly appendPublication: string;
  readonly role: string;
  /** Names of our own slots, which do not count as taken. */
  readonly ownSlots: readonly string[];
  /** `schema.table.column` of rules (`values: from`): read, but not mirrored. */
  readonly alsoReadable?: readonly string[];
  /** From --accept-unlimited-wal, in GB. */
  readonly acceptUnlimitedWalGb: number | undefined;
  /** MB of WAL that an agreed outage makes; undefined: not agreed. */
  readonly outageBudgetMb?: number | undefined;
  /** Before `apply`: role, grants and publication need not be there yet. */
  readonly stage: "plan" | "start";
  /** What the connection showed. */
  readonly connection: { readonly pooled: boolean; readonly loopback: boolean; readonly tlsVerified: boolean };
}

export interface WishedTable {
  /** Name in vitrine.yaml. */
  readonly name: string;
  readonly schema: string;
  readonly table: string;
  /** What leaves the source, nothing else. */
  readonly columns: readonly string[];
  /** The mirror's key; undefined: append only. */
  readonly key: string | undefined;
}

/** All findings, the worst class first. The mirror may start when none of them is `blocking`. */
export function preflight(catalog: Catalog, wish: PreflightWish): readonly Finding[] {
  const findings = [
    ...serverFindings(catalog, wish),
    ...wish.tables.flatMap((table) => tableFindings(catalog, wish, table)),
    ...roleFindings(catalog, wish),
    ...publicationFindings(catalog, wish),
    ...connectionFindings(wish),
  ];
  return findings.toSorted((a, b) => classes.indexOf(a.class) - classes.indexOf(b.class));
}

const classes: readonly FindingClass[] = ["breaks-production-writes", "cannot-work", "risks-disk", "weakens-privacy"];

const versionMin = 150_002;

function finding(kind: FindingClass, code: ErrorCode, one: { readonly place: string; readonly message: string; readonly remedy: string; readonly blocking?: boolean }): Finding {
  return { class: kind, code, place: one.place, message: one.message, remedy: one.remedy, blocking: one.blocking ?? true };
}

function serverFindings(catalog: Catalog, wish: PreflightWish): readonly Finding[] {
  const out: Finding[] = [];
  if (catalog.version < versionMin) {
    const version = `${Math.floor(catalog.version / 10_000)}.${catalog.version % 10_000}`;
    out.push(finding("cannot-work", "source/version-too-old", { place: "server_version", message: `The server is PostgreSQL ${version}; column lists work from 15.2 on.`, remedy: "Upgrade the server to 15.2 or later" }));
  }
  if (catalog.inRecovery) {
    out.push(finding("cannot-work", "source/standby", { place: "pg_is_in_recovery", message: "The server is a standby: heartbeats cannot be sent there.", remedy: "Give the primary's address in VITRINE_SOURCE_URL" }));
  }
  if (catalog.walLevel !== "logical") {
    const message = `wal_level is ${catalog.walLevel}: there is no logical replication.`;
    out.push(finding("cannot-work", "source/wal-level", { place: "wal_level", message, remedy: "ALTER SYSTEM SET wal_level = logical; then restart the server" }));
  }
  out.push(...capacityFindings(catalog, wish), ...walFindings(catalog, wish));
  return out;
}

function capacityFindings(catalog: Catalog, wish: PreflightWish): readonly Finding[] {
  const out: Finding[] = [];
  const own = catalog.slots.filter((slot) => wish.ownSlots.includes(slot.name));
  if (own.length === 0 && catalog.slots.length >= catalog.maxSlots) {
    const message = `All ${catalog.maxSlots} replication slots are in use.`;
    out.push(finding("cannot-work", "source/no-free-slot", { place: "max_replication_slots", message, remedy: `ALTER SYSTEM SET max_replication_slots = ${catalog.maxSlots + 5}; then restart the server` }));
  }
  if (own.every((slot) => !slot.active) && catalog.senders >= catalog.maxSenders) {
    const message = `All ${catalog.maxSenders} WAL senders are in use.`;
    out.push(finding("cannot-work", "source/no-free-sender", { place: "max_wal_senders", message, remedy: `ALTER SYSTEM SET max_wal_senders = ${catalog.maxSenders + 5}; then restart the server` }));
  }
  return out;
}

function walFindings(catalog: Catalog, wish: PreflightWish): readonly Finding[] {
  const place = "max_slot_wal_keep_size";
  if (catalog.maxSlotWalKeepMb < 0) {
    const accepted = wish.acceptUnlimitedWalGb;
    if (accepted === undefined) {
      const message = "A replication slot may hold WAL without limit: with Vitrine away, the source's disk may fill.";
      return [finding("risks-disk", "source/wal-budget", { place, message, remedy: "ALTER SYSTEM SET max_slot_wal_keep_size = '16GB'; SELECT pg_reload_conf(); or start with --accept-unlimited-wal <GB>" })];
    }
    const message = `A replication slot may hold WAL without limit. Vitrine drops its own beyond ${accepted} GB, which holds only while Vitrine lives.`;
    return [finding("risks-disk", "source/wal-budget", { place, message, remedy: `ALTER SYSTEM SET max_slot_wal_keep_size = '${accepted}GB'; SELECT pg_reload_conf()`, blocking: false })];
  }
  const budget = wish.outageBudgetMb;
  if (budget !== undefined && catalog.maxSlotWalKeepMb < budget) {
    const message = `A slot may hold ${catalog.maxSlotWalKeepMb} MB of WAL; the agreed outage needs ${budget} MB.`;
    return [finding("risks-disk", "source/wal-budget", { place, message, remedy: `ALTER SYSTEM SET max_slot_wal_keep_size = '${budget}MB'; SELECT pg_reload_conf()`, blocking: false })];
  }
  return [];
}

function tableFindings(catalog: Catalog, wish: PreflightWish, table: WishedTable): readonly Finding[] {
  const name = `${table.schema}.${table.table}`;
  const found = catalog.tables.find((one) => one.schema === table.schema && one.table === table.table);
  if (found === undefined) {
    const near = catalog.allTables.filter((one) => one.endsWith(`.${table.table}`));
    const message = `The table ${name} does not exist${near.length > 0 ? ` (there is ${near.join(", ")})` : ""}.`;
    return [finding("cannot-work", "source/table-missing", { place: name, message, remedy: "Name the table in vitrine.yaml as it is called in the source" })];
  }
  if (found.kind !== "r" && found.kind !== "p") {
    return [finding("cannot-work", "source/table-kind", { place: name, message: `${name} is no ordinary or partitioned table.`, remedy: "Name a table in vitrine.yaml" })];
  }
  return [...columnFindings(found, table), ...storageFindings(found), ...identityFindings(found, table), ...rowSecurityFindings(found, wish, catalog.role?.memberOf ?? [])];
}

function columnFindings(found: CatalogTable, table: WishedTable): readonly Finding[] {
  const names = new Set(found.columns.map((column) => column.name));
  return table.columns
    .filter((column) => !names.has(column))
    .map((column) => {
      const place = `${found.schema}.${found.table}.${column}`;
      return finding("cannot-work", "source/column-missing", { place, message: `The column ${place} does not exist.`, remedy: "Name the column in vitrine.yaml as it is called in the source, or take it out" });
    });
}

function storageFindings(found: CatalogTable): readonly Finding[] {
  const parts = [{ schema: found.schema, table: found.table, kind: found.kind, persistence: found.persistence }, ...found.leaves];
  return parts.flatMap((part) => {
    const place = `${part.schema}.${part.table}`;
    if (part.kind === "f") {
      const message = `The partition ${place} is a foreign table: its changes are never in the stream.`;
      return [finding("cannot-work", "source/partition-foreign", { place, message, remedy: `ALTER TABLE ${qualified(found)} DETACH PARTITION ${qualified(part)}` })];
    }
    if (part.persistence === "p") return [];
    const message = `${place} is UNLOGGED or temporary: its changes are never in the stream.`;
    return [finding("cannot-work", "source/unlogged", { place, message, remedy: `ALTER TABLE ${qualified(part)} SET LOGGED` })];
  });
}

/** Before anything is published: such a table's UPDATEs and DELETEs would fail on the source, not here. */
function identityFindings(found: CatalogTable, table: WishedTable): readonly Finding[] {
  if (table.key === undefined) return [];
  const place = `${found.schema}.${found.table}`;
  const breaks = (code: ErrorCode, message: string, remedy: string): readonly Finding[] => [finding("breaks-production-writes", code, { place, message, remedy })];
  if (found.replicaIdentity === "f") {
    return breaks("source/identity-full", `${place} has REPLICA IDENTITY FULL: with a column list every UPDATE and DELETE on it would fail.`, `ALTER TABLE ${qualified(found)} REPLICA IDENTITY DEFAULT`);
  }
  if (found.replicaIdentity === "n") {
    return breaks("source/identity-none", `${place} has REPLICA IDENTITY NOTHING: every UPDATE and DELETE on it would fail.`, `ALTER TABLE ${qualified(found)} REPLICA IDENTITY DEFAULT`);
  }
  if (found.identityColumns.length === 0) {
    return breaks("source/identity-none", `${place} has no primary key: every UPDATE and DELETE on it would fail.`, `ALTER TABLE ${qualified(found)} ADD PRIMARY KEY (${id(table.key)}), or say append_only: true in vitrine.yaml`);
  }
  const missing = found.identityColumns.filter((column) => !table.columns.includes(column));
  if (missing.length > 0) {
    return breaks("source/identity-not-declared", `${missing.join(", ")} of ${place}'s replica identity would not be published: every UPDATE and DELETE on it would fail.`, "Run again: vitrine plan, then vitrine apply");
  }
  const generated = found.identityColumns.filter((column) => (found.columns.find((one) => one.name === column)?.generated ?? "") !== "");
  if (generated.length > 0) {
    return breaks("source/identity-not-declared", `${generated.join(", ")} of ${place}'s replica identity is a generated column, which is not published: every UPDATE and DELETE on it would fail.`, `ALTER TABLE ${qualified(found)} REPLICA IDENTITY USING INDEX an_index_without_it`);
  }
  return [];
}

function rowSecurityFindings(found: CatalogTable, wish: PreflightWish, memberOf: readonly string[]): readonly Finding[] {
  if (!found.rowSecurity || wish.stage === "plan") return [];
  const place = `${found.schema}.${found.table}`;
  const mine = new Set(["public", wish.role, ...memberOf]);
  const applies = found.policies.filter((policy) => policy.command === "r" || policy.command === "*").filter((policy) => policy.roles.some((role) => mine.has(role)));
  const restrictive = applies.filter((policy) => !policy.permissive);
  if (restrictive.length > 0) {
    const message = `The restrictive policy ${restrictive.map((one) => one.name).join(", ")} hides rows of ${place} from ${wish.role}.`;
    return [finding("cannot-work", "source/row-security", { place, message, remedy: `ALTER POLICY ${id(restrictive[0]?.name ?? "")} ON ${qualified(found)} TO the_roles_that_it_is_for` })];
  }
  if (applies.some((policy) => policy.using === "true")) return [];
  const message = `Row-level security is on for ${place} and no policy lets ${wish.role} see all rows.`;
  return [finding("cannot-work", "source/row-security", { place, message, remedy: `CREATE POLICY vitrine_reader ON ${qualified(found)} FOR SELECT TO ${id(wish.role)} USING (true); or: vitrine apply` })];
}

function roleFindings(catalog: Catalog, wish: PreflightWish): readonly Finding[] {
  const role = catalog.role;
  const place = wish.role;
  if (role === undefined) {
    return wish.stage === "plan" ? [] : [finding("cannot-work", "source/role-missing", { place, message: `The role ${wish.role} does not exist.`, remedy: "VITRINE_ADMIN_URL=… vitrine apply" })];
  }
  const out: Finding[] = [];
  if (!role.replication && wish.stage === "start") {
    out.push(finding("cannot-work", "source/role-no-replication", { place, message: `${wish.role} has not the attribute REPLICATION.`, remedy: `ALTER ROLE ${id(wish.role)} REPLICATION` }));
  }
  const strong = [role.superuser ? "SUPERUSER" : "", role.bypassRls ? "BYPASSRLS" : "", ...role.memberOf.filter((one) => one === "pg_read_all_data" || one === "pg_write_all_data")].filter((one) => one !== "");
  if (strong.length > 0) {
    const attributes = strong.filter((one) => one === one.toUpperCase()).map((one) => `NO${one}`);
    const remedy = [attributes.length > 0 ? `ALTER ROLE ${id(wish.role)} ${attributes.join(" ")}` : "", ...strong.filter((one) => one !== one.toUpperCase()).map((one) => `REVOKE ${one} FROM ${id(wish.role)}`)].filter((one) => one !== "").join("; ");
    out.push(finding("weakens-privacy", "source/role-too-strong", { place, message: `${wish.role} can read everything: ${strong.join(", ")}.`, remedy }));
  }
  return [...out, ...grantFindings(catalog, wish)];
}

function usageFindings(role: CatalogRole, wish: PreflightWish): readonly Finding[] {
  const missing = [...new Set(wish.tables.map((table) => table.schema))].filter((schema) => role.usage?.includes(schema) === false);
  return missing.map((schema) => finding("cannot-work", "source/schema-usage-missing", { place: schema, message: `${wish.role} may not use the schema ${schema}.`, remedy: `GRANT USAGE ON SCHEMA ${id(schema)} TO ${id(wish.role)}; or: vitrine apply` }));
}

function grantFindings(catalog: Catalog, wish: PreflightWish): readonly Finding[] {
  const role = catalog.role;
  if (role === undefined || role.superuser) return [];
  const out: Finding[] = [];
  const wished = new Map(wish.tables.map((table) => [`${table.schema}.${table.table}`, table]));
  const readable = new Set(role.selects.map((one) => `${one.schema}.${one.table}.${one.column}`));
  if (wish.stage === "start") {
    out.push(...usageFindings(role, wish));
    for (const table of wish.tables) {
      for (const column of table.columns) {
        const place = `${table.schema}.${table.table}.${column}`;
        if (readable.has(place)) continue;
        out.push(finding("cannot-work", "source/grant-missing", { place, message: `${wish.role} may not read ${place}.`, remedy: `GRANT SELECT (${id(column)}) ON ${qualified(table)} TO ${id(wish.role)}; or: vitrine apply` }));
      }
    }
  }
  for (const granted of role.selects) {
    const table = wished.get(`${granted.schema}.${granted.table}`);
    if (table?.columns.includes(granted.column) === true || wish.alsoReadable?.includes(`${granted.schema}.${granted.table}.${granted.column}`) === true) continue;
    const place = `${granted.schema}.${granted.table}.${granted.column}`;
    const message = `${wish.role} may read ${place}, which the policy does not let out (through ${granted.via.join(", ")}).`;
    out.push(finding("weakens-privacy", "source/grant-extra", { place, message, remedy: granted.via.map((via) => revokeCommand(via, wish.role, granted)).join("; "), blocking: false }));
  }
  for (const granted of role.writes) {
    const place = `${granted.schema}.${granted.table}`;
    out.push(finding("weakens-privacy", "source/role-writes", { place, message: `${wish.role} may ${granted.privilege} on ${place}.`, remedy: `REVOKE ${granted.privilege} ON ${qualified(granted)} FROM ${id(wish.role)}, PUBLIC`, blocking: false }));
  }
  const owned = catalog.tables.filter((table) => table.owner === wish.role);
  for (const table of owned) {
    const place = `${table.schema}.${table.table}`;
    out.push(finding("weakens-privacy", "source/role-owns-table", { place, message: `${wish.role} owns ${place}: an owner reads everything in it.`, remedy: `ALTER TABLE ${qualified(table)} OWNER TO another_role` }));
  }
  return out;
}

/** The command that takes a SELECT on a column away, by what it comes through (CatalogRole.selects.via). */
export function revokeCommand(via: string, role: string, column: { readonly schema: string; readonly table: string; readonly column: string }): string {
  const both = (from: string): string => `REVOKE SELECT (${id(column.column)}) ON ${qualified(column)} FROM ${from}; REVOKE SELECT ON ${qualified(column)} FROM ${from}`;
  if (via === "PUBLIC") return both("PUBLIC");
  if (via === role) return `REVOKE SELECT (${id(column.column)}) ON ${qualified(column)} FROM ${id(role)}`;
  if (via === "owner") return `ALTER TABLE ${qualified(column)} OWNER TO another_role`;
  if (via === "superuser") return `ALTER ROLE ${id(role)} NOSUPERUSER`;
  return `REVOKE ${id(via)} FROM ${id(role)}`;
}

function publicationFindings(catalog: Catalog, wish: PreflightWish): readonly Finding[] {
  if (wish.stage === "plan") return [];
  const out: Finding[] = [];
  const parts = [
    { name: wish.publication, publishes: "insert,update,delete,truncate", tables: wish.tables.filter((table) => table.key !== undefined) },
    { name: wish.appendPublication, publishes: "insert", tables: wish.tables.filter((table) => table.key === undefined) },
  ];
  for (const part of parts) {
    const differs = publicationDifference(catalog, part);
    if (differs !== undefined) {
      out.push(finding("cannot-work", "source/publication-differs", { place: part.name, message: `The publication ${part.name} ${differs}.`, remedy: "VITRINE_ADMIN_URL=… vitrine apply" }));
    }
  }
  const wished = new Set(wish.tables.map((table) => `${table.schema}.${table.table}`));
  for (const other of catalog.publications.filter((one) => parts.every((part) => part.name !== one.name))) {
    if (!other.allTables && !other.tables.some((table) => wished.has(`${table.schema}.${table.table}`))) continue;
    const message = `The publication ${other.name} contains a mirrored table: this credential could read what it publishes.`;
    out.push(finding("weakens-privacy", "source/publication-other", { place: other.name, message, remedy: `DROP PUBLICATION ${id(other.name)}, if nobody needs it`, blocking: false }));
  }
  return out;
}

function publicationDifference(catalog: Catalog, part: { readonly name: string; readonly publishes: string; readonly tables: readonly WishedTable[] }): string | undefined {
  const found = catalog.publications.find((one) => one.name === part.name);
  if (found === undefined) return part.tables.length === 0 ? undefined : "does not exist";
  if (part.tables.length === 0) return undefined;
  if (found.allTables) return "is FOR ALL TABLES";
  if (found.schemas.length > 0) return "has TABLES IN SCHEMA";
  if (!found.viaRoot) return "has not publish_via_partition_root";
  if (found.publishes !== part.publishes) return "publishes other operations";
  for (const table of part.tables) {
    const name = `${table.schema}.${table.table}`;
    const there = found.tables.find((one) => one.schema === table.schema && one.table === table.table);
    if (there === undefined) return `lacks ${name}`;
    if (there.filter !== undefined) return `filters rows of ${name}`;
    if (there.columns.toSorted().join("\0") !== table.columns.toSorted().join("\0")) return `has another column list for ${name}`;
  }
  return found.tables.length > part.tables.length ? "has a table that the policy does not name" : undefined;
}

function connectionFindings(wish: PreflightWish): readonly Finding[] {
  const out: Finding[] = [];
  if (wish.connection.pooled) {
    out.push(finding("cannot-work", "source/pooler", { place: "connection", message: "There is a connection pooler or load balancer in between: slots and exported snapshots break behind one.", remedy: "Give the server's own address in VITRINE_SOURCE_URL" }));
  }
  if (!wish.connection.loopback && !wish.connection.tlsVerified) {
    out.push(finding("weakens-privacy", "source/tls-off", { place: "connection", message: "The connection to the source is not encrypted or not verified.", remedy: "Add sslmode=verify-full to VITRINE_SOURCE_URL", blocking: false }));
  }
  return out;
}
