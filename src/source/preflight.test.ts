import { expect, test } from "vitest";
import type { Catalog, CatalogRole, CatalogTable } from "./catalog.ts";
import type { PreflightWish } from "./preflight.ts";
import { preflight } from "./preflight.ts";

const column = (name: string, more: object = {}) => ({
  name,
  attnum: 1,
  typeOid: 20,
  typeName: "bigint",
  typeKind: "b",
  typmod: -1,
  notNull: true,
  generated: "",
  toastable: false,
  ...more,
});

const table: CatalogTable = {
  schema: "public",
  table: "events",
  oid: 1,
  kind: "p",
  persistence: "p",
  replicaIdentity: "d",
  identityColumns: ["id", "at"],
  owner: "owner",
  rowSecurity: false,
  policies: [],
  columns: [column("id"), column("at"), column("secret")],
  leaves: [{ schema: "public", table: "events_1", oid: 2, kind: "r", persistence: "p", relfilenode: 2 }],
  rows: 1,
  bytes: 1,
};

const select = (name: string, via: readonly string[] = ["reader"]) => ({ schema: "public", table: "events", column: name, via });

const role: CatalogRole = {
  name: "reader",
  superuser: false,
  replication: true,
  bypassRls: false,
  memberOf: [],
  usage: ["public"],
  selects: [select("id"), select("at")],
  writes: [],
};

const publication = {
  name: "vitrine",
  allTables: false,
  viaRoot: true,
  publishes: "insert,update,delete,truncate",
  tables: [{ schema: "public", table: "events", columns: ["id", "at"], filter: undefined }],
  schemas: [],
};

const catalog: Catalog = {
  version: 180_004,
  systemIdentifier: "1",
  timeline: 1,
  database: "shop",
  inRecovery: false,
  walLevel: "logical",
  maxSlots: 2,
  slots: [],
  maxSenders: 2,
  senders: 0,
  maxSlotWalKeepMb: 16_384,
  tables: [table],
  allTables: ["public.events"],
  publications: [publication],
  role,
};

const wish: PreflightWish = {
  tables: [{ name: "events", schema: "public", table: "events", columns: ["id", "at"], key: "id" }],
  publication: "vitrine",
  appendPublication: "vitrine_append",
  role: "reader",
  ownSlots: [],
  acceptUnlimitedWalGb: undefined,
  stage: "start",
  connection: { pooled: false, loopback: true, tlsVerified: false },
};

const slot = (name: string) => ({
  name,
  plugin: "pgoutput",
  database: "shop",
  active: true,
  walStatus: "reserved",
  retainedBytes: 0,
  confirmed: "0/1",
});
const appendOnly = { tables: [{ ...wish.tables[0]!, key: undefined }] };
const policy = { name: "p", permissive: true, command: "r", roles: ["reader"], using: "true" };
const cases: readonly (readonly [name: string, catalog: Partial<Catalog>, wish: Partial<PreflightWish>, found: readonly string[]])[] = [
  ["all is well", {}, {}, []],
  [
    "a column that a rule reads, and nothing else",
    { role: { ...role, selects: [...role.selects, select("secret")] } },
    { alsoReadable: ["public.events.id", "public.events.secret"] },
    [],
  ],
  [
    "a column that a rule reads is not readable",
    {},
    { alsoReadable: ["public.events.secret"] },
    ["cannot-work source/grant-missing public.events.secret"],
  ],
  ["PostgreSQL 14", { version: 140_023 }, {}, ["cannot-work source/version-too-old server_version"]],
  ["15.0", { version: 150_000 }, {}, ["cannot-work source/version-too-old server_version"]],
  ["15.1", { version: 150_001 }, {}, ["cannot-work source/version-too-old server_version"]],
  ["15.2", { version: 150_002 }, {}, []],
  ["a standby", { inRecovery: true }, {}, ["cannot-work source/standby pg_is_in_recovery"]],
  ["wal_level=replica", { walLevel: "replica" }, {}, ["cannot-work source/wal-level wal_level"]],
  ["no free slot", { slots: [slot("a"), slot("b")] }, {}, ["cannot-work source/no-free-slot max_replication_slots"]],
  ["our own slot is one of them", { slots: [slot("a"), slot("ours")] }, { ownSlots: ["ours"] }, []],
  ["no free sender", { senders: 2 }, {}, ["cannot-work source/no-free-sender max_wal_senders"]],
  ["a pooler", {}, { connection: { ...wish.connection, pooled: true } }, ["cannot-work source/pooler connection"]],
  [
    "no TLS to another host",
    {},
    { connection: { ...wish.connection, loopback: false } },
    ["weakens-privacy source/tls-off connection amber"],
  ],
  ["WAL without limit", { maxSlotWalKeepMb: -1 }, {}, ["risks-disk source/wal-budget max_slot_wal_keep_size"]],
  [
    "WAL without limit, accepted",
    { maxSlotWalKeepMb: -1 },
    { acceptUnlimitedWalGb: 20 },
    ["risks-disk source/wal-budget max_slot_wal_keep_size amber"],
  ],
  [
    "less WAL than the outage needs",
    { maxSlotWalKeepMb: 10 },
    { outageBudgetMb: 100 },
    ["risks-disk source/wal-budget max_slot_wal_keep_size amber"],
  ],
  ["a missing table", { tables: [] }, {}, ["cannot-work source/table-missing public.events"]],
  ["a view", { tables: [{ ...table, kind: "v" }] }, {}, ["cannot-work source/table-kind public.events"]],
  ["a missing column", { tables: [{ ...table, columns: [column("id")] }] }, {}, ["cannot-work source/column-missing public.events.at"]],
  [
    "REPLICA IDENTITY FULL",
    { tables: [{ ...table, replicaIdentity: "f", identityColumns: [] }] },
    {},
    ["breaks-production-writes source/identity-full public.events"],
  ],
  [
    "REPLICA IDENTITY NOTHING",
    { tables: [{ ...table, replicaIdentity: "n", identityColumns: [] }] },
    {},
    ["breaks-production-writes source/identity-none public.events"],
  ],
  ["no primary key", { tables: [{ ...table, identityColumns: [] }] }, {}, ["breaks-production-writes source/identity-none public.events"]],
  [
    "no primary key, append only",
    { tables: [{ ...table, identityColumns: [] }], publications: [{ ...publication, name: "vitrine_append", publishes: "insert" }] },
    appendOnly,
    [],
  ],
  [
    "a key column that is not taken",
    { tables: [{ ...table, identityColumns: ["id", "at", "secret"] }] },
    {},
    ["breaks-production-writes source/identity-not-declared public.events"],
  ],
  [
    "a generated key column",
    { tables: [{ ...table, columns: [column("id", { generated: "s" }), column("at")] }] },
    {},
    ["breaks-production-writes source/identity-not-declared public.events"],
  ],
  [
    "an unlogged leaf",
    { tables: [{ ...table, leaves: [{ ...table.leaves[0]!, persistence: "u" }] }] },
    {},
    ["cannot-work source/unlogged public.events_1"],
  ],
  [
    "a foreign leaf",
    { tables: [{ ...table, leaves: [{ ...table.leaves[0]!, kind: "f" }] }] },
    {},
    ["cannot-work source/partition-foreign public.events_1"],
  ],
  ["row security without a policy", { tables: [{ ...table, rowSecurity: true }] }, {}, ["cannot-work source/row-security public.events"]],
  ["row security with a policy for the reader", { tables: [{ ...table, rowSecurity: true, policies: [policy] }] }, {}, []],
  [
    "row security with a policy that filters",
    { tables: [{ ...table, rowSecurity: true, policies: [{ ...policy, using: "(id > 1)" }] }] },
    {},
    ["cannot-work source/row-security public.events"],
  ],
  [
    "row security with a restrictive policy",
    { tables: [{ ...table, rowSecurity: true, policies: [policy, { ...policy, name: "q", permissive: false, roles: ["public"] }] }] },
    {},
    ["cannot-work source/row-security public.events"],
  ],
  ["no role, before apply", { role: undefined }, { stage: "plan" }, []],
  ["no role", { role: undefined }, {}, ["cannot-work source/role-missing reader"]],
  ["a role without REPLICATION", { role: { ...role, replication: false } }, {}, ["cannot-work source/role-no-replication reader"]],
  ["a superuser", { role: { ...role, superuser: true } }, {}, ["weakens-privacy source/role-too-strong reader"]],
  ["BYPASSRLS", { role: { ...role, bypassRls: true } }, {}, ["weakens-privacy source/role-too-strong reader"]],
  ["CREATEROLE", { role: { ...role, createRole: true } }, {}, ["weakens-privacy source/role-too-strong reader"]],
  ["the server's files", { role: { ...role, memberOf: ["pg_read_server_files"] } }, {}, ["weakens-privacy source/role-too-strong reader"]],
  ["other sessions' statements", { role: { ...role, memberOf: ["pg_monitor"] } }, {}, ["weakens-privacy source/role-too-strong reader"]],
  ["pg_read_all_data", { role: { ...role, memberOf: ["pg_read_all_data"] } }, {}, ["weakens-privacy source/role-too-strong reader"]],
  ["an owner", { tables: [{ ...table, owner: "reader" }] }, {}, ["weakens-privacy source/role-owns-table public.events"]],
  ["a missing grant", { role: { ...role, selects: [select("id")] } }, {}, ["cannot-work source/grant-missing public.events.at"]],
  ["a schema that may not be used", { role: { ...role, usage: [] } }, {}, ["cannot-work source/schema-usage-missing public"]],
  [
    "a grant too many",
    { role: { ...role, selects: [...role.selects, select("secret")] } },
    {},
    ["weakens-privacy source/grant-extra public.events.secret amber"],
  ],
  [
    "a column of a rule",
    { role: { ...role, selects: [...role.selects, select("secret")] } },
    { alsoReadable: ["public.events.secret"] },
    [],
  ],
  [
    "a right to write",
    { role: { ...role, writes: [{ schema: "public", table: "events", privilege: "INSERT" }] } },
    {},
    ["weakens-privacy source/role-writes public.events amber"],
  ],
  ["no publication", { publications: [] }, {}, ["cannot-work source/publication-differs vitrine"]],
  ["no publication, before apply", { publications: [] }, { stage: "plan" }, []],
  ["FOR ALL TABLES", { publications: [{ ...publication, allTables: true }] }, {}, ["cannot-work source/publication-differs vitrine"]],
  ["TABLES IN SCHEMA", { publications: [{ ...publication, schemas: ["public"] }] }, {}, ["cannot-work source/publication-differs vitrine"]],
  ["not by the root", { publications: [{ ...publication, viaRoot: false }] }, {}, ["cannot-work source/publication-differs vitrine"]],
  ["inserts only", { publications: [{ ...publication, publishes: "insert" }] }, {}, ["cannot-work source/publication-differs vitrine"]],
  [
    "another column list",
    { publications: [{ ...publication, tables: [{ ...publication.tables[0]!, columns: ["id"] }] }] },
    {},
    ["cannot-work source/publication-differs vitrine"],
  ],
  [
    "a row filter",
    { publications: [{ ...publication, tables: [{ ...publication.tables[0]!, filter: "(id > 1)" }] }] },
    {},
    ["cannot-work source/publication-differs vitrine"],
  ],
  [
    "one table more",
    {
      publications: [{ ...publication, tables: [...publication.tables, { schema: "public", table: "x", columns: [], filter: undefined }] }],
    },
    {},
    ["cannot-work source/publication-differs vitrine"],
  ],
  [
    "another publication of a mirrored table",
    { publications: [publication, { ...publication, name: "other" }] },
    {},
    ["weakens-privacy source/publication-other other amber"],
  ],
  [
    "another publication of all tables",
    { publications: [publication, { ...publication, name: "other", allTables: true, tables: [] }] },
    {},
    ["weakens-privacy source/publication-other other amber"],
  ],
];

test.each(cases)("%s", (_, changedCatalog, changedWish, found) => {
  const findings = preflight({ ...catalog, ...changedCatalog }, { ...wish, ...changedWish });
  expect(findings.map((one) => `${one.class} ${one.code} ${one.place}${one.blocking ? "" : " amber"}`)).toEqual(found);
  for (const one of findings) expect(one.remedy.length).toBeGreaterThan(0);
});

test.each([
  // On the table it would take every other column of everybody along, which production may live by.
  ["PUBLIC", [], 'REVOKE SELECT ("secret") ON "public"."events" FROM PUBLIC'],
  ["PUBLIC", ["PUBLIC"], 'REVOKE SELECT ON "public"."events" FROM PUBLIC'],
  ["reader", [], 'REVOKE SELECT ("secret") ON "public"."events" FROM "reader"'],
  ["reader", ["reader"], "vitrine apply"],
  ["analysts", [], 'REVOKE "analysts" FROM "reader"'],
])("a column readable through %s (on the whole table: %j): the command that ends it", (via, byTable, remedy) => {
  const [found] = preflight({ ...catalog, role: { ...role, selects: [...role.selects, { ...select("secret", [via]), byTable }] } }, wish);
  expect(found?.remedy).toBe(remedy);
});

test("what breaks production writes comes first", () => {
  const findings = preflight(
    { ...catalog, walLevel: "replica", maxSlotWalKeepMb: -1, tables: [{ ...table, replicaIdentity: "f", identityColumns: [] }] },
    wish,
  );
  expect(findings.map((one) => one.class)).toEqual(["breaks-production-writes", "cannot-work", "risks-disk"]);
});
