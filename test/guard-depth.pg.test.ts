/** What can be read of a PostgreSQL that lets somebody in: exact numbers of known tables, on the real servers. */
import { readFileSync } from "node:fs";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readableText } from "../src/guard/readable/readable.ts";
import type { OpenPostgres } from "./support/open-postgres.ts";
import { lookInto, numbersOf, openPostgres, planted, usersTable } from "./support/open-postgres.ts";

const limit = 120_000;

for (const release of [18, 15] as const)
  describe(`PostgreSQL ${release}`, () => {
    let store: OpenPostgres;
    beforeAll(async () => {
      store = await openPostgres(release, { log_statement: "all", log_min_messages: "log" });
      await store.run(usersTable);
    }, limit);
    afterAll(() => store?.[Symbol.asyncDispose]());

    /** In a database of its own. */
    const look = async (name: string, sql: string, more: Parameters<typeof lookInto>[1] = {}): Promise<ReturnType<typeof numbersOf>> => {
      await store.run(`create database ${name}`, "postgres");
      await store.run(sql, name);
      const [found] = await lookInto(store.server.port, { database: name, ...more });
      expect(found?.notCounted).toBeUndefined();
      return numbersOf(found);
    };

    test("each number is exact, persons too, and no value is told", async () => {
      const found = await lookInto(store.server.port, { person: "user_id" });
      expect(found.map(numbersOf)).toEqual([
        {
          records: "exact 1000",
          persons: "exact 1000",
          body_metric: "exact 140",
          integration_token: "exact 240",
          email: "exact 900",
          gender: "exact 1000",
          pseudonymous: "exact 1000",
        },
      ]);
      expect(JSON.stringify(found) + readableText(found).join("\n")).not.toMatch(/kitchen|users|user_id/);
    });

    test("what was asked can only read, and says who we are", () => {
      const log = readFileSync(store.server.logFile, "utf8");
      const asked = log.split("\n").filter((line) => /statement: /.test(line) && line.includes("FILTER"));
      expect(asked.length).toBeGreaterThan(0);
      expect(log).not.toContain("vitrine-guard: ERROR");
    });

    test("partitions are counted once, with their table, or alone where it may not be read; children of a table each for themselves", async () => {
      const sql = `
        create table events (user_id bigint, ip_address inet) partition by hash (user_id);
        create table events_0 partition of events for values with (modulus 2, remainder 0);
        create table events_1 partition of events for values with (modulus 2, remainder 1);
        insert into events select i % 50, '192.0.2.1' from generate_series(1, 400) as i;
        create table hidden (phone text) partition by list (phone);
        create table shown partition of hidden for values in ('${planted}');
        insert into hidden select '${planted}' from generate_series(1, 7);
        create table animals (imei text); create table cats (nickname text) inherits (animals);
        insert into animals values ('${planted}'); insert into cats values ('${planted}', '${planted}');
        grant select on events, events_0, events_1, shown, animals, cats to anybody;`;
      expect(await look("partitions", sql, { person: "events.user_id" })).toEqual({
        records: "exact 409",
        persons: "exact 50",
        phone_number: "exact 7",
        label: "exact 1",
        ip_address: "exact 400",
        device_id: "exact 2",
        pseudonymous: "exact 400",
      });
    });

    test("of what may not be read nothing is counted: tables, columns, rows, schemas", async () => {
      const sql = `
        create table secret (email text); insert into secret values ('${planted}');
        create table half (email text, phone text); insert into half select '${planted}', '${planted}' from generate_series(1, 5);
        grant select (phone) on half to anybody;
        create table owned (owner name, imei text); alter table owned enable row level security;
        create policy own on owned using (owner = current_user);
        insert into owned select case when i <= 3 then 'anybody' else 'other' end, '${planted}' from generate_series(1, 10) as i;
        grant select on owned to anybody;
        create schema closed; create table closed.people (email text); insert into closed.people values ('${planted}');
        grant select on closed.people to anybody;`;
      expect(await look("grants", sql)).toEqual({ records: "exact 8", phone_number: "exact 5", device_id: "exact 3" });
      expect(await look("nothing", "create table secret (email text)")).toEqual({ records: "exact 0" });
    });

    test("views and foreign tables are named and never asked; what a view's function does does not happen", async () => {
      const sql = `
        create function shout() returns text language plpgsql as $$ begin raise log 'the view was asked'; return '${planted}'; end $$;
        create view people as select shout() as email;
        create foreign data wrapper nowhere; create server elsewhere foreign data wrapper nowhere;
        create foreign table orders (iban text) server elsewhere;
        create table parts (imei text) partition by list (imei);
        create foreign table far partition of parts for values in ('far') server elsewhere;
        create materialized view kept as select '${planted}' as phone from generate_series(1, 3);
        grant select on people, orders, parts, kept to anybody;`;
      expect(await look("views", sql)).toEqual({
        records: "at-least 3",
        payment: "at-least 0",
        email: "at-least 0",
        phone_number: "exact 3",
        device_id: "at-least 0",
      });
      expect(readFileSync(store.server.logFile, "utf8")).not.toContain("LOG:  the view was asked");
    });

    test("types of the owner's own: a row, a domain, an enumeration, a type with an operator that shouts", async () => {
      const sql = `
        create type pair as (a text, b text); create domain mail as text check (value <> 'x'); create type sex as enum ('f', 'm');
        create function shout(a mail, b mail) returns boolean language plpgsql as $$ begin raise log 'the operator was asked'; return true; end $$;
        create operator <> (leftarg = mail, rightarg = mail, function = shout);
        create table users (home_address pair, email mail, gender sex, phone jsonb, ssid char(8));
        insert into users values (row(null, 'x'), '${planted}', 'f', '{}', ''), (null, '', null, null, null), (row(null, null), null, 'm', 'null', 'x');
        grant select on users to anybody;`;
      expect(await look("types", sql)).toEqual({
        records: "exact 3",
        ssid: "exact 1",
        street: "exact 2",
        email: "exact 1",
        phone_number: "exact 2",
        gender: "exact 2",
      });
      expect(readFileSync(store.server.logFile, "utf8")).not.toContain("LOG:  the operator was asked");
    });

    test("whatever tables and columns are called, each is asked for as one name", async () => {
      const names = [
        'x"; drop table canary; --',
        `x'; drop table canary; --`,
        "x\\'; select pg_sleep(9) --",
        "line\nbreak\r\n; commit; drop table canary",
        "𝒳😀\u202e\u0000".replace("\u0000", ""),
        '"',
        '""',
        "$$ $1 /* -- ",
        "a.b.c",
        "é".repeat(28),
      ];
      const own = (name: string): string => `"${name.replaceAll('"', '""')}"`;
      const tables = names.map((name) => {
        const table = `${own(name)}.${own(name)}`;
        const columns = [`${name.slice(0, 20)} email`, `${name.slice(0, 20)} phone`].map((one) => `${own(one)} text`);
        return `create schema ${own(name)}; create table ${table} (${columns.join(", ")});
          insert into ${table} select '${planted}', case when i < 3 then '${planted}' end from generate_series(1, 4) as i;
          grant usage on schema ${own(name)} to anybody; grant all on ${table} to anybody;`;
      });
      const sql = `create table canary (imei text); insert into canary values ('x'); alter table canary owner to anybody; ${tables.join("\n")}`;
      const records = names.length * 4 + 1;
      expect(await look("names", sql, { user: "anybody" })).toEqual({
        records: `exact ${records}`,
        email: `exact ${names.length * 4}`,
        phone_number: `exact ${names.length * 2}`,
        device_id: "exact 1",
      });
    });

    test("an encoding of the database in which bytes of a name mean other characters", async () => {
      for (const [name, encoding] of [
        ["latin", "LATIN1"],
        ["raw", "SQL_ASCII"],
      ])
        await store.run(`create database ${name} encoding '${encoding}' locale 'C' template template0`, "postgres");
      const sql = `create table "ÿ""é" ("é""phone" text, email text); insert into "ÿ""é" values ('${planted}', '${planted}'); grant select on "ÿ""é" to anybody;`;
      for (const database of ["latin", "raw"]) {
        await store.run(sql, database);
        expect((await lookInto(store.server.port, { database })).map(numbersOf)).toEqual([
          { records: "exact 1", email: "exact 1", phone_number: "exact 1" },
        ]);
      }
      // What is no text in any encoding that we speak: it is there, and cannot be asked for.
      await store.run(
        `set client_encoding = 'SQL_ASCII'; do $$ begin execute format('create table users (email text, %I text)', convert_from('\\xff'::bytea, 'SQL_ASCII') || ' phone'); end $$; insert into users values ('x', 'x'); grant select on users to anybody`,
        "raw",
      );
      expect((await lookInto(store.server.port, { database: "raw" })).map(numbersOf)).toEqual([
        { records: "exact 2", email: "exact 2", phone_number: "at-least 1" },
      ]);
    });

    test("a table that is locked, or too long for its time, holds up nothing: what is known is told as what it is", async () => {
      const sql = `
        create function slowly(i int) returns boolean language plpgsql as $$ begin if i > 120000 then perform pg_sleep(60); end if; return true; end $$;
        create table long (i int, email text); insert into long select i, '${planted}' from generate_series(1, 150000) as i;
        analyze long; alter table long enable row level security; create policy slow on long using (slowly(i));
        create table held (phone text); insert into held values ('${planted}');
        create table other (imei text); insert into other values ('${planted}');
        grant select on long, held, other to anybody;`;
      await store.run("create database slow", "postgres");
      await store.run(sql, "slow");
      const holder = new pg.Client(store.server.url.replace(/postgres$/, "slow"));
      await holder.connect();
      await holder.query("begin; lock table held in access exclusive mode");
      const [found] = await lookInto(store.server.port, { database: "slow" });
      expect(numbersOf(found)).toEqual({
        records: "at-least 100001",
        email: "at-least 100000",
        phone_number: "at-least 0",
        device_id: "exact 1",
      });
      await holder.query("rollback; drop table held");
      await holder.end();
      const [then] = await lookInto(store.server.port, { database: "slow" });
      expect(then?.records).toEqual({ kind: "about", value: 150001, low: 100001 });
    });

    test.runIf(release >= 18)("a virtual column is a formula: it is named, and not worked out", async () => {
      const sql = `create table users (a int, phone int generated always as (1 / a) virtual, email text generated always as ('${planted}') stored);
        insert into users values (0), (1); grant select on users to anybody;`;
      expect(await look("virtual", sql)).toEqual({ records: "exact 2", email: "exact 2", phone_number: "at-least 0" });
    });
  });
