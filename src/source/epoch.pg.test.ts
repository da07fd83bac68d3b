import { expect, test } from "vitest";
import { testSource } from "../../test/support/source.ts";
import { compareEpochs, formatEpoch, openEpochReader, parseEpoch } from "./epoch.ts";

const events = { schema: "public", table: "events" };

/** SQL that hurts, what is said of it, and the SQL that makes the epoch whole again (where there is one). */
const cases: readonly { readonly name: string; readonly sql: readonly string[]; readonly said: readonly string[] }[] = [
  { name: "nothing happens", sql: ["insert into devices (id) values (1)", "vacuum events", "analyze events"], said: [] },
  { name: "a partition is dropped", sql: ["drop table events_2026_01"], said: ["events partition-dropped rebuild"] },
  {
    name: "a partition is detached",
    sql: ["alter table events detach partition events_2026_01"],
    said: ["events partition-dropped rebuild"],
  },
  {
    name: "a partition is detached, changed and attached again",
    sql: [
      "alter table events detach partition events_2026_01",
      "insert into events_2026_01 values (1, '2026-01-05', 1, true)",
      "alter table events attach partition events_2026_01 for values from ('2026-01-01') to ('2026-02-01')",
    ],
    said: ["events partition-replaced rebuild"],
  },
  {
    name: "a filled table is attached",
    sql: [
      "create table filled (like events)",
      "insert into filled values (1, '2026-03-05', 1, true)",
      "alter table events attach partition filled for values from ('2026-03-01') to ('2026-04-01')",
    ],
    said: ["events partition-attached verify"],
  },
  { name: "a partition is truncated", sql: ["truncate events_2026_01"], said: ["events truncated-or-rewritten verify"] },
  { name: "a partition is rewritten", sql: ["vacuum full events_2026_01"], said: ["events truncated-or-rewritten verify"] },
  {
    name: "a partition is set unlogged",
    sql: ["alter table events_2026_01 set unlogged"],
    said: ['events unlogged ALTER TABLE "public"."events_2026_01" SET LOGGED'],
  },
  {
    name: "a table goes out of the publication and back",
    sql: [
      "alter publication vitrine drop table devices",
      "alter publication vitrine add table devices (id, model, activated_at, price, tags, at_day, token, size, born)",
    ],
    said: ["devices publication-changed rebuild"],
  },
  {
    name: "a table goes out of the publication",
    sql: ["alter publication vitrine drop table devices"],
    said: ["devices table-not-published vitrine apply"],
  },
  {
    name: "the publication is set to inserts and back",
    sql: [
      "alter publication vitrine set (publish = 'insert')",
      "alter publication vitrine set (publish = 'insert, update, delete, truncate')",
    ],
    said: ["devices publication-changed rebuild", "events publication-changed rebuild"],
  },
  {
    name: "the publication is set to inserts",
    sql: ["alter publication vitrine set (publish = 'insert')"],
    said: ["devices publication-changed vitrine apply", "events publication-changed vitrine apply"],
  },
  {
    name: "the publication is dropped",
    sql: ["drop publication vitrine"],
    said: ["devices table-not-published vitrine apply", "events table-not-published vitrine apply"],
  },
  {
    name: "a listed column is dropped with CASCADE",
    sql: ["alter table devices drop column model cascade"],
    said: [
      "devices table-not-published vitrine apply",
      "devices column-changed Mend vitrine.yaml, then: vitrine apply",
      "devices grant-missing vitrine apply",
    ],
  },
  { name: "an undeclared column comes", sql: ["alter table devices add column ssid text"], said: [] },
  {
    name: "a column is renamed",
    sql: ["alter table devices rename column model to kind"],
    said: [
      "devices column-changed Mend vitrine.yaml, then: vitrine apply",
      'devices grant-extra REVOKE SELECT ("kind") ON "public"."devices" FROM "ROLE"',
      "devices grant-missing vitrine apply",
    ],
  },
  {
    name: "a column gets another type",
    sql: [
      "alter publication vitrine drop table devices",
      "alter table devices alter column born type int8",
      "alter publication vitrine add table devices (id, model, activated_at, price, tags, at_day, token, size, born)",
    ],
    said: ["devices publication-changed rebuild", "devices column-changed rebuild", "devices truncated-or-rewritten verify"],
  },
  {
    name: "REPLICA IDENTITY FULL",
    sql: ["alter table devices replica identity full"],
    said: ['devices replica-identity-changed ALTER TABLE "public"."devices" REPLICA IDENTITY DEFAULT'],
  },
  {
    name: "row-level security is switched on",
    sql: ["alter table devices enable row level security"],
    said: ['devices row-security-on CREATE POLICY "ROLE" ON "public"."devices" FOR SELECT TO "ROLE" USING (true)'],
  },
  {
    name: "row-level security is switched on with a policy for the reader",
    sql: ["create policy p on devices for select to public using (true)", "alter table devices enable row level security"],
    said: ["devices row-security-on verify"],
  },
  {
    name: "a column is granted by hand",
    sql: ["grant select (nickname) on devices to ROLE"],
    said: ['devices grant-extra REVOKE SELECT ("nickname") ON "public"."devices" FROM "ROLE"'],
  },
  {
    name: "a column is granted to PUBLIC",
    sql: ["grant select (secret) on events to public"],
    said: ['events grant-extra REVOKE SELECT ("secret") ON "public"."events" FROM PUBLIC'],
  },
  {
    name: "another table is granted to PUBLIC",
    sql: ["create table tokens (t text)", "grant select on tokens to public"],
    said: ['public.tokens grant-extra REVOKE SELECT ON "public"."tokens" FROM PUBLIC'],
  },
  {
    name: "another table inherits from a declared one",
    sql: ["create table old_devices () inherits (devices)"],
    said: ['devices table-inherited ALTER TABLE "public"."old_devices" NO INHERIT "public"."devices"'],
  },
  {
    name: "another table comes into the publication",
    sql: ["create table tokens (t text primary key)", "alter publication vitrine add table tokens"],
    said: ["public.tokens publication-extra vitrine apply"],
  },
  {
    name: "two columns change their names with each other",
    sql: [
      "alter table devices rename column model to was_model",
      "alter table devices rename column nickname to model",
      "alter table devices rename column was_model to nickname",
    ],
    said: [
      "devices column-changed rebuild",
      'devices grant-extra REVOKE SELECT ("nickname") ON "public"."devices" FROM "ROLE"',
      "devices grant-missing vitrine apply",
    ],
  },
  {
    name: "the reader may make roles",
    sql: ["alter role ROLE createrole"],
    said: ['* role-changed ALTER ROLE "ROLE" NOCREATEROLE'],
  },
  {
    name: "a table is dropped",
    sql: ["drop table devices cascade"],
    said: [
      "devices table-missing Mend vitrine.yaml, then: vitrine apply",
      ...Array.from({ length: 10 }, () => "devices grant-missing vitrine apply"),
    ],
  },
];

test.each(cases)("$name", async ({ sql, said }) => {
  await using setting = await testSource();
  await using session = await setting.source.openSql();
  const reader = await openEpochReader(session, { tables: setting.tables, publications: setting.publications });
  const before = await reader.read();
  for (const one of sql) await setting.database.query(one.replaceAll("ROLE", setting.role));
  const differences = compareEpochs(before, await reader.read());
  const found = differences.map((one) => `${one.table} ${one.reason} ${one.mend.tag === "command" ? one.mend.command : one.mend.tag}`);
  expect(found.map((one) => one.replaceAll(setting.role, "ROLE"))).toEqual(said);
});

test("a grant through a role names the role and the membership", async () => {
  await using setting = await testSource();
  const { database, role } = setting;
  await using session = await setting.source.openSql();
  const reader = await openEpochReader(session, { tables: setting.tables, publications: setting.publications });
  const before = await reader.read();
  const group = `${role}_group`;
  await database.query(`create role ${group}; grant select (nickname) on devices to ${group}; grant ${group} to ${role}`);
  try {
    const differences = compareEpochs(before, await reader.read());
    expect(differences.map((one) => ({ reason: one.reason, concerns: one.concerns, mend: one.mend }))).toEqual([
      { reason: "role-changed", concerns: "privacy", mend: { tag: "command", command: `REVOKE "${group}" FROM "${role}"` } },
      {
        reason: "grant-extra",
        concerns: "privacy",
        mend: { tag: "command", command: `REVOKE "${group}" FROM "${role}"` },
      },
    ]);
  } finally {
    await database.query(`drop owned by ${group}; drop role ${group}`);
  }
});

test.each(["the type itself", "a domain over it"])("an enum's label is renamed, which no row and no stream says: %s", async (of) => {
  await using setting = await testSource();
  const { database } = setting;
  await database.query("create type outcome as enum ('ok', 'failed'); create domain result as outcome");
  await database.query("alter publication vitrine drop table devices; alter table devices drop column model");
  await database.query(`alter table devices add column model ${of === "the type itself" ? "outcome" : "result"}`);
  await using session = await setting.source.openSql();
  const reader = await openEpochReader(session, { tables: setting.tables, publications: setting.publications });
  const before = await reader.read();
  expect(formatEpoch(before)).not.toContain("failed");
  const said = async () => compareEpochs(before, await reader.read()).map((one) => `${one.table} ${one.reason} ${one.mend.tag}`);
  await database.query("alter type outcome add value 'late' before 'failed'");
  expect(await said()).toEqual([]);
  await database.query("alter type outcome rename value 'failed' to 'refused'");
  expect(await said()).toEqual(["devices column-changed rebuild"]);
});

test("a heartbeat reads, emits and leaves no open transaction; its epoch survives being stored", async () => {
  await using setting = await testSource();
  await using session = await setting.source.openSql();
  const reader = await openEpochReader(session, { tables: setting.tables, publications: setting.publications });
  const { epoch, at } = await reader.beat("abc-1");
  expect(Math.abs(at / 1000 - Date.now())).toBeLessThan(5_000);
  expect(parseEpoch(formatEpoch(epoch))).toEqual(epoch);
  expect(formatEpoch(await reader.read())).toBe(formatEpoch(epoch));
  expect(await setting.database.query("select state from pg_stat_activity where pid = $1", [session.processId])).toEqual([
    { state: "idle" },
  ]);
  expect(epoch.tables.find((one) => one.name === events.table)?.leaves.map((leaf) => leaf.table)).toEqual([
    "events_2026_01",
    "events_2026_02",
  ]);
});

test("the role may lack pg_control_system(): the identifier of the replication connection stands in", async () => {
  await using setting = await testSource();
  const { database } = setting;
  await database.query("revoke execute on function pg_control_system() from public");
  await using session = await setting.source.openSql();
  const reader = await openEpochReader(session, { tables: setting.tables, publications: setting.publications, systemIdentifier: "4711" });
  expect((await reader.read()).systemIdentifier).toBe("4711");
});
