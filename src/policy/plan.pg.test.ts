import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TestDatabase } from "../../test/support/database.ts";
import { freshDatabase } from "../../test/support/database.ts";
import { readCatalog } from "../source/catalog-read.ts";
import type { Session } from "../source/session.ts";
import { openSource } from "../source/session.ts";
import { parseSourceUrl } from "../source/url.ts";
import { applyPlan, readDistinct, readPlanFacts, runDetach } from "./apply.ts";
import type { CompiledPolicy } from "./compile.ts";
import { compilePolicy, tablesNeeded, tablesOfInventory, valuesFromSql } from "./compile.ts";
import { parseDeclaration } from "./declaration.ts";
import { planDetach } from "./detach.ts";
import type { SourcePlan } from "./plan.ts";
import { planSource } from "./plan.ts";
import { readSizes } from "./sizes.ts";

const schemaSql = `
create schema shop;
create table shop.accounts (id bigint primary key, email text, country text);
create table shop.models (id int primary key, sku text, price numeric);
create table shop.devices (id bigint primary key, account_id bigint, model text, nickname text, "Odd ""name" bool);
create table shop.attempts (id bigint, at timestamptz, device_id bigint, ok bool, ip text, primary key (id, at)) partition by range (at);
create table shop.attempts_1 partition of shop.attempts for values from ('2026-01-01') to ('2026-02-01');
create table shop.shares (id bigint primary key, device_id bigint, created_at timestamptz, email text);
alter table shop.shares enable row level security;
create table shop.log (at timestamptz, device_id bigint, line text);
create table shop.secrets (id int primary key, secret text);
insert into shop.models values (1, 'CAM', 1), (2, 'BULB', 2), (3, 'CAM', 3), (4, null, 4);
`;

const declarationText = `
version: 1
zone: UTC
unit: accounts
entities:
  accounts: { table: shop.accounts, columns: { id: { take: token account }, email: { is: e-mail }, country: { take: keep, match: '[A-Z]{2}' } } }
  devices:
    table: shop.devices
    columns:
      id: { take: token device }
      account_id: { refers: accounts }
      model: { take: keep, values: from shop.models.sku }
      'Odd "name': { take: keep }
facts:
  attempts: { table: shop.attempts, key: { id: opaque }, time: at, columns: { device_id: { refers: devices }, ok: { take: keep } } }
  shares: { table: shop.shares, key: { id: opaque }, time: created_at, columns: { device_id: { refers: devices }, email: { take: present } } }
  log: { table: shop.log, append_only: true, time: at, columns: { device_id: { refers: devices } } }
`;
const declaration = parseDeclaration(declarationText, "vitrine.yaml");
const needed = tablesNeeded(declaration);

let database: TestDatabase;
let admin: Session;
let role: string;

beforeAll(async () => {
  database = await freshDatabase();
  await database.query(schemaSql);
  role = `reader_${database.name}`;
  admin = await openSource({ address: parseSourceUrl(database.url), applicationName: "vitrine test" }).openSql();
});

afterAll(async () => {
  await admin.close();
  await database.query(`drop owned by ${role}`).catch(() => undefined);
  await database.query(`drop role if exists ${role}`);
  await database[Symbol.asyncDispose]();
});

async function makePlan(): Promise<{ readonly plan: SourcePlan; readonly compiled: CompiledPolicy }> {
  const tables = needed.map((name) => ({ schema: name.split(".")[0] ?? "", table: name.split(".")[1] ?? "" }));
  const catalog = await readCatalog(admin, { tables, role });
  const compiled = compilePolicy(declaration, catalog);
  return {
    compiled,
    plan: planSource(compiled, catalog, { readerRole: role, facts: await readPlanFacts(admin, { readerRole: role, tables: needed }) }),
  };
}

async function apply(): Promise<readonly string[]> {
  const { plan } = await makePlan();
  await applyPlan(admin, plan, { readerRole: role, newPassword: false, random: randomBytes });
  return plan.statements.map((statement) => statement.sql);
}

/** What the role may SELECT, as the server decides it, system columns too. */
async function readable(): Promise<readonly string[]> {
  const rows = await database.query(
    `select c.relname || '.' || a.attname as name from pg_class c join pg_attribute a on a.attrelid = c.oid join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'shop' and c.relkind in ('r', 'p') and not a.attisdropped and has_column_privilege($1, c.oid, a.attnum, 'SELECT') order by 1`,
    [role],
  );
  return rows.map((row) => String(row["name"]));
}

async function published(name: string): Promise<readonly string[]> {
  const rows = await database.query(
    "select tablename, attnames::text[] as columns from pg_publication_tables where pubname = $1 order by 1",
    [name],
  );
  return rows.map((row) => `${String(row["tablename"])}(${(row["columns"] as string[]).join(",")})`);
}

const declaredColumns = [
  "accounts.country",
  "accounts.ctid",
  "accounts.id",
  "attempts.at",
  "attempts.ctid",
  "attempts.device_id",
  "attempts.id",
  "attempts.ok",
  'devices.Odd "name',
  "devices.account_id",
  "devices.ctid",
  "devices.id",
  "devices.model",
  "log.at",
  "log.ctid",
  "log.device_id",
  "models.sku",
  "shares.created_at",
  "shares.ctid",
  "shares.device_id",
  "shares.email",
  "shares.id",
];

describe("plan and apply against a real server", () => {
  test("apply gives exactly the declared columns, and twice changes nothing", async () => {
    const first = await apply();
    expect(first[0]).toBe(`CREATE ROLE "${role}" LOGIN REPLICATION NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOINHERIT`);
    expect(first).toContain(`GRANT SELECT (ctid, "id", "account_id", "model", "Odd ""name") ON TABLE "shop"."devices" TO "${role}"`);
    expect(await readable()).toEqual(declaredColumns);
    expect(await published("vitrine")).toEqual([
      "accounts(id,country)",
      "attempts(id,at,device_id,ok)",
      'devices(id,account_id,model,Odd "name)',
      "shares(id,device_id,created_at,email)",
    ]);
    expect(await published("vitrine_append")).toEqual(["log(at,device_id)"]);
    expect(await database.query("select polname, pg_get_expr(polqual, polrelid) as q from pg_policy")).toEqual([
      { polname: "vitrine_reader_select", q: "true" },
    ]);
    expect(await apply()).toEqual([]);
  });

  test("production still writes: updates and deletes on every published table", async () => {
    await database.query("insert into shop.attempts values (1, '2026-01-05', 1, true, '1.2.3.4'), (2, '2026-01-06', 1, true, '1.2.3.4')");
    await database.query("update shop.attempts set ip = '5.6.7.8', ok = false where id = 1");
    await database.query("delete from shop.attempts where id = 2");
    await database.query("insert into shop.log values (now(), 1, 'x')");
    await database.query("update shop.log set line = 'y'");
    await database.query("delete from shop.log");
    await database.query(
      "insert into shop.devices values (1, 1, 'CAM', 'n', true); update shop.devices set nickname = 'm', id = 2; delete from shop.devices",
    );
  });

  test.each([
    ["a grant on one more column", () => `grant select (email) on shop.accounts to ${role}`],
    ["a grant on a whole table", () => `grant select on shop.accounts to ${role}`],
    ["a grant on a table that is not declared", () => `grant select on shop.secrets to ${role}`],
    ["a right to write", () => `grant insert, update (country) on shop.accounts to ${role}`],
    ["BYPASSRLS", () => `alter role ${role} bypassrls`],
    ["no LOGIN", () => `alter role ${role} nologin`],
    ["membership", () => `grant pg_read_all_data to ${role}`],
    ["a grant that is missing", () => `revoke select (country) on shop.accounts from ${role}`],
    ["ctid missing", () => `revoke select (ctid) on shop.attempts from ${role}`],
    ["USAGE missing", () => `revoke usage on schema shop from ${role}`],
    [
      "a column too many in the publication",
      () =>
        'alter publication vitrine set table shop.accounts (id, country, email), shop.devices (id, account_id, model, "Odd ""name"), shop.attempts (id, at, device_id, ok), shop.shares (id, device_id, created_at, email)',
    ],
    [
      "a table without its list",
      () =>
        'alter publication vitrine set table shop.accounts, shop.devices (id, account_id, model, "Odd ""name"), shop.attempts (id, at, device_id, ok), shop.shares (id, device_id, created_at, email)',
    ],
    ["a table too many", () => "alter publication vitrine add table shop.secrets"],
    ["a table missing", () => "alter publication vitrine drop table shop.shares"],
    ["the operations changed", () => "alter publication vitrine set (publish = 'insert')"],
    [
      "not through the root",
      () =>
        "alter publication vitrine set table shop.accounts (id, country); alter publication vitrine set (publish_via_partition_root = false)",
    ],
    [
      "a row filter",
      () =>
        'alter publication vitrine set table shop.accounts (id, country) where (id > 5), shop.devices (id, account_id, model, "Odd ""name"), shop.attempts (id, at, device_id, ok), shop.shares (id, device_id, created_at, email)',
    ],
    ["all tables", () => "drop publication vitrine; create publication vitrine for all tables with (publish_via_partition_root)"],
    ["the publication gone", () => "drop publication vitrine_append"],
    ["our policy changed", () => `alter policy vitrine_reader_select on shop.shares using (id > 5)`],
    ["our policy dropped", () => `drop policy vitrine_reader_select on shop.shares`],
  ])("%s: apply puts it right, and then changes nothing", async (_what, sql) => {
    await database.query(sql());
    const statements = await apply();
    expect(statements.length).toBeGreaterThan(0);
    expect(await readable()).toEqual(declaredColumns);
    expect(await published("vitrine")).toEqual([
      "accounts(id,country)",
      "attempts(id,at,device_id,ok)",
      'devices(id,account_id,model,Odd "name)',
      "shares(id,device_id,created_at,email)",
    ]);
    expect(
      await database.query("select rolsuper, rolbypassrls, rolcanlogin, rolreplication from pg_roles where rolname = $1", [role]),
    ).toEqual([{ rolsuper: false, rolbypassrls: false, rolcanlogin: true, rolreplication: true }]);
    expect(await apply()).toEqual([]);
  });

  test("what comes through PUBLIC is not taken away, but named with the command, which works", async () => {
    await database.query("grant select (email) on shop.accounts to public");
    const { plan } = await makePlan();
    expect(plan.statements).toEqual([]);
    const found = plan.findings.find((finding) => finding.what.includes("shop.accounts.email"));
    expect(found).toMatchObject({
      class: "privacy",
      what: "The reader can read shop.accounts.email (through PUBLIC), which the policy does not name.",
    });
    await database.query(found?.remedy ?? "");
    expect((await makePlan()).plan.findings.filter((finding) => finding.class === "privacy")).toEqual([]);
  });

  test("the password is a SCRAM verifier for the server, and logs in", async () => {
    const { plan } = await makePlan();
    const { password, ran } = await applyPlan(admin, plan, { readerRole: role, newPassword: true, random: randomBytes });
    expect(ran).toBe(1);
    const [row] = await database.query("select rolpassword from pg_authid where rolname = $1", [role]);
    expect(row?.["rolpassword"]).toMatch(/^SCRAM-SHA-256\$4096:/);
    const source = openSource({ address: parseSourceUrl(database.urlOf(role, password ?? "")), applicationName: "vitrine test" });
    await using session = await source.openSql();
    expect(await session.query("select country, id from shop.accounts")).toEqual([]);
    await expect(session.query("select email from shop.accounts")).rejects.toMatchObject({ name: "VitrineError" });
    const values = await session.query(valuesFromSql({ schema: "shop", table: "models", column: "sku" }));
    expect(values.map((one) => String(one["value"])).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(["BULB", "CAM"]);
  });

  test("a statement that fails leaves nothing behind and names itself, without the server's text", async () => {
    const plan: SourcePlan = {
      ...(await makePlan()).plan,
      statements: [
        { sql: "CREATE TABLE shop.half (id int)", why: "" },
        { sql: "SELECT 'anna@example.org'::int", why: "" },
      ],
    };
    await expect(applyPlan(admin, plan, { readerRole: role, newPassword: false, random: randomBytes })).rejects.toMatchObject({
      code: "policy/admin-failed",
    });
    expect(await database.query("select from pg_class where relname = 'half'")).toEqual([]);
  });

  test("statistics say how many values a column has", async () => {
    await database.query("insert into shop.accounts select i, 'e' || i, 'US' from generate_series(1, 500) i; analyze shop.accounts");
    const distinct = await readDistinct(admin, ["shop.accounts"]);
    expect(distinct.get("shop.accounts.country")).toBe(1);
    expect(distinct.get("shop.accounts.id")).toBe(500);
  });

  test("detach leaves nothing, and a second time has nothing to do", async () => {
    await database.query("select pg_create_logical_replication_slot($1, 'pgoutput')", [database.slot("vitrine_1")]);
    const tables = needed.map((name) => ({ schema: name.split(".")[0] ?? "", table: name.split(".")[1] ?? "" }));
    const options = { readerRole: role, slotPrefix: database.slot("vitrine_") };
    const { ran } = await runDetach(admin, planDetach(await readCatalog(admin, { tables, role }), options));
    expect(ran).toBe(7);
    expect(await database.query("select from pg_publication")).toEqual([]);
    expect(await database.query("select from pg_policy")).toEqual([]);
    expect(await database.query("select from pg_roles where rolname = $1", [role])).toEqual([]);
    expect(await database.query("select from pg_replication_slots where database = current_database()")).toEqual([]);
    expect(await database.query("select relname from pg_class where relacl::text like '%reader%'")).toEqual([]);
    const again = planDetach(await readCatalog(admin, { tables, role }), options);
    expect([...again.slots, ...again.statements]).toEqual([]);
  });
});

describe("the inventory alone", () => {
  const text = `${declarationText}stays:
  shop.models: { id: number, price: price, weight: not there }
  shop.gone: nothing
  shop.secrets: secrets of the shop
`;

  async function planned(yaml: string): Promise<SourcePlan> {
    const file = parseDeclaration(yaml, "vitrine.yaml");
    const tables = [...tablesNeeded(file), ...tablesOfInventory(file)].map((name) => ({
      schema: name.split(".")[0] ?? "",
      table: name.split(".")[1] ?? "",
    }));
    const catalog = await readCatalog(admin, { tables, role });
    return planSource(compilePolicy(file, catalog), catalog, {
      readerRole: role,
      facts: await readPlanFacts(admin, { readerRole: role, tables: needed }),
    });
  }

  test("plan says what its columns are, what of them is not in the file, and which names are wrong", async () => {
    const { stays, findings } = await planned(text);
    const of = (table: string): readonly string[] => stays.filter((one) => one.table === table).map((one) => `${one.column}: ${one.why}`);
    expect(of("shop.secrets")).toEqual(["*: secrets of the shop"]);
    expect(of("shop.models")).toEqual(["id: number", "sku: not in vitrine.yaml", "price: price"]);
    const wrong = findings.filter((one) => one.what.includes("under `stays`")).map((one) => one.what);
    expect(wrong).toEqual([
      "vitrine.yaml names shop.models.weight under `stays`, and the source has none.",
      "vitrine.yaml names shop.gone under `stays`, and the source has none.",
    ]);
  });

  test("nothing of it is granted or published", async () => {
    expect((await planned(text)).statements).toEqual((await planned(declarationText)).statements);
  });
});

test("sizes are numbers of rows, values and days, and no value", async () => {
  await database.query(`
    truncate shop.accounts, shop.attempts;
    insert into shop.accounts select n, 'someone', chr(65 + n % 5) || 'X' from generate_series(1, 500) n;
    insert into shop.attempts select n, '2026-01-10'::timestamptz + n * interval '1 minute', n, true, 'x' from generate_series(1, 900) n;
    create table shop.attempts_2 partition of shop.attempts for values from ('2026-02-01') to ('2026-03-01');
    create table shop.attempts_0 partition of shop.attempts default;
    analyze`);
  const { compiled } = await makePlan();
  const catalog = await readCatalog(admin, {
    tables: needed.map((name) => ({ schema: name.split(".")[0] ?? "", table: name.split(".")[1] ?? "" })),
    role,
  });
  const sizes = await readSizes(admin, compiled, catalog);
  expect(sizes.rows).toMatchObject({ accounts: 500, attempts: 900 });
  // Two different values are listed in shop.models.sku, five countries are there; each may be `other` as well.
  expect(sizes.distinct["devices"]?.["model"]).toBe(3);
  expect(sizes.distinct["accounts"]?.["country"]).toBe(6);
  expect(sizes.distinct["attempts"]?.["ok"]).toBe(2);
  // The partition of February is known to be empty, and the default one has no bounds.
  expect(sizes.days).toEqual({ attempts: 31 });
  expect(JSON.stringify(sizes)).not.toMatch(/CAM|someone|AX/);
});
