import { expect, test } from "vitest";
import type { Epoch } from "./epoch.ts";
import { acceptVerified, compareEpochs, formatEpoch, parseEpoch, withoutUndeclared } from "./epoch.ts";

const epoch: Epoch = {
  version: 1,
  systemIdentifier: "1",
  timeline: 1,
  database: { name: "shop", oid: 5 },
  role: { name: "r", superuser: false, bypassRls: false, replication: true, memberOf: [], grants: [] },
  publications: [],
  tables: [],
};

test.each([
  ["another cluster", { ...epoch, systemIdentifier: "2", timeline: 9 }, ["* system-replaced rebuild data"]],
  ["another database", { ...epoch, database: { name: "shop", oid: 6 } }, ["* system-replaced rebuild data"]],
  ["a standby took over", { ...epoch, timeline: 2 }, ["* timeline-changed rebuild data"]],
  ["the role became superuser", { ...epoch, role: { ...epoch.role, superuser: true } }, ["* role-changed command privacy"]],
  ["the role sees past row security", { ...epoch, role: { ...epoch.role, bypassRls: true } }, ["* role-changed command privacy"]],
  ["nothing", epoch, []],
])("%s", (_, now, said) => {
  expect(compareEpochs(epoch, now).map((one) => `${one.table} ${one.reason} ${one.mend.tag} ${one.concerns}`)).toEqual(said);
});

test("the stored text does not depend on the order of keys", () => {
  const turned = Object.fromEntries(Object.entries(epoch).toReversed()) as Epoch;
  expect(formatEpoch(turned)).toBe(formatEpoch(epoch));
});

test.each(["", "{", "{}", "null", JSON.stringify({ ...epoch, version: 2 })])("what is no epoch is none: %s", (text) => {
  expect(parseEpoch(text)).toBeUndefined();
});

const leaf: Epoch["tables"][number]["leaves"][number] = {
  schema: "public",
  table: "events_1",
  oid: 11,
  relfilenode: 11,
  kind: "r",
  persistence: "p",
  inheritsXmin: "1",
  detaching: false,
};
const events: Epoch["tables"][number] = {
  name: "events",
  schema: "public",
  table: "events",
  oid: 10,
  kind: "p",
  persistence: "p",
  relfilenode: 0,
  replicaIdentity: "d",
  identityColumns: ["id"],
  rowSecurity: false,
  policies: [],
  columns: [],
  members: [{ publication: "vitrine", oid: 20, columns: [1], filtered: false }],
  leaves: [leaf, { ...leaf, table: "events_2", oid: 12, relfilenode: 12 }],
};
const devices = { ...events, name: "devices", table: "devices", oid: 30, leaves: [] };
const vitrine = { name: "vitrine", oid: 2, xmin: "1", allTables: false, viaRoot: true, publishes: "insert,update,delete,truncate" };
const stored: Epoch = { ...epoch, publications: [vitrine], tables: [events, devices] };
const rewritten = { ...events, leaves: [{ ...leaf, relfilenode: 99 }, ...events.leaves.slice(1)] };
const email = { schema: "public", table: "events", column: "email", privilege: "SELECT", via: "PUBLIC" };

test.each([
  ["a rewritten leaf is accepted", [rewritten], []],
  ["only of the tables that were compared", [rewritten, { ...devices, relfilenode: 5 }], ["devices truncated-or-rewritten"]],
  [
    "not with a leaf that is unlogged now",
    [{ ...rewritten, leaves: rewritten.leaves.map((one) => ({ ...one, persistence: "u" })) }],
    ["events unlogged", "events unlogged"],
  ],
  ["not when it is published no longer", [{ ...rewritten, members: [] }], ["events table-not-published", "events truncated-or-rewritten"]],
])("after a verification of events: %s", (_, tables, left) => {
  const names = new Set(tables.map((table) => table.name));
  const now: Epoch = { ...stored, tables: stored.tables.map((table) => tables.find((one) => one.name === table.name) ?? table) };
  const accepted = acceptVerified(stored, { ...now, tables: now.tables.filter((table) => names.has(table.name)) }, ["events"]);
  expect(compareEpochs(accepted, now).map((one) => `${one.table} ${one.reason}`)).toEqual(left);
});

test("a verification accepts no grant, and nothing of another cluster", () => {
  const granted = { ...stored, role: { ...stored.role, grants: [email] }, tables: [rewritten] };
  expect(acceptVerified(stored, granted, []).role.grants).toEqual([]);
  expect(acceptVerified(stored, { ...granted, timeline: 2 }, []).tables[0]).toBe(events);
});

test("a grant that the policy does not make on a declared table is no part of what a new copy takes for right", () => {
  const declared = { ...email, column: "model", via: "r" };
  const kept = [declared, { ...declared, column: "ctid" }, { ...email, table: "elsewhere" }];
  const open = [email, { ...email, column: null }, { ...declared, privilege: "UPDATE" }];
  const all = { ...stored, role: { ...stored.role, grants: [...kept, ...open] } };
  expect(withoutUndeclared(all, [{ schema: "public", table: "events", columns: ["model"] }]).role.grants).toEqual(kept);
});
