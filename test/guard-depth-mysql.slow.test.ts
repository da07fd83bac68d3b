/** What can be read of a MariaDB (of Debian) and a MySQL (5.5, of its maker) that let somebody in: exact numbers of known tables. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readableText } from "../src/guard/readable/readable.ts";
import type { OpenMysql } from "./support/open-mysql.ts";
import { lookInto, openMysql, usersTable } from "./support/open-mysql.ts";
import { numbersOf, planted } from "./support/open-postgres.ts";
import { needsMariadb, needsMysql55 } from "./support/servers/mysql.ts";
import { mustBeThere } from "./support/servers/need.ts";

const servers = [
  { kind: "MariaDB", needs: [needsMariadb] },
  { kind: "MySQL", needs: [needsMariadb, ...needsMysql55] },
] as const;

for (const { kind, needs } of servers)
  describe.skipIf(!mustBeThere && needs.some((need) => !need.isThere()))(
    `${kind} (${needs.map(({ command }) => command).join("; ")})`,
    () => {
      let store: OpenMysql;
      beforeAll(async () => {
        for (const need of needs) if (!need.isThere()) await need.install();
        store = await openMysql(kind);
        await store.run(`use metrics; ${usersTable} drop table people;`);
      }, 120_000);
      afterAll(() => store?.[Symbol.asyncDispose]());

      const look = async (name: string, sql: string, more: Parameters<typeof lookInto>[1] = {}): Promise<ReturnType<typeof numbersOf>> => {
        await store.run(`create database ${name}; grant all on ${name}.* to 'openuser'@'%'; use ${name}; ${sql}`);
        const [found] = await lookInto(store, { database: name, ...more });
        expect(found?.notCounted).toBeUndefined();
        return numbersOf(found);
      };

      test("each number is as it is, persons too, and no value is told", { timeout: 60_000 }, async () => {
        const found = await lookInto(store, { person: "users.user_id" });
        expect(found.map(numbersOf)).toEqual([
          {
            records: "exact 1000",
            persons: kind === "MySQL" ? "at-least 1000" : "exact 1000",
            body_metric: "exact 140",
            integration_token: "exact 240",
            email: "exact 900",
            gender: "exact 1000",
            pseudonymous: "exact 1000",
          },
        ]);
        expect(JSON.stringify(found) + readableText(found).join("\n")).not.toMatch(/kitchen|users|user_id/);
      });

      test("whatever tables and columns are called, each is asked for as one name", { timeout: 60_000 }, async () => {
        const names = [
          "x`; drop table canary; --",
          "x'; drop table canary; -- '",
          "x\\",
          "line\nbreak\r\n--",
          "`",
          "``",
          '"',
          "/* */ # -- ?",
          "a.b/c",
          "é".repeat(40),
          "表\u005c能",
        ];
        const own = (name: string): string => `\`${name.replaceAll("`", "``")}\``;
        const tables = names.map((name) => {
          const columns = [`${name.slice(0, 30)} email`, `${name.slice(0, 30)} phone`].map((one) => `${own(one)} varchar(99)`);
          return `create table ${own(name)} (${columns.join(", ")}); insert into ${own(name)} values ('${planted}', null), ('${planted}', ''), ('${planted}', 'x');`;
        });
        expect(
          await look("hostile", `create table canary (imei varchar(9)); insert into canary values ('x'); ${tables.join("\n")}`),
        ).toEqual({
          records: `exact ${names.length * 3 + 1}`,
          email: `exact ${names.length * 3}`,
          phone_number: `exact ${names.length}`,
          device_id: "exact 1",
        });
      });

      test(
        "of what may not be read nothing is counted; views are named and never asked; all databases, where none is declared",
        {
          timeout: 60_000,
        },
        async () => {
          await store.run(`create database other; use other;
        create table secret (email varchar(99)); insert into secret values ('${planted}');
        create table half (email varchar(99), phone varchar(99)); insert into half values ('${planted}', '${planted}');
        create table users (imei varchar(99), time_zone datetime, birthday datetime) engine = MyISAM; insert into users values ('${planted}', now(), now());
        create view people as select email as ssid from secret;
        grant usage on *.* to 'few'@'%' identified by ''; grant select (phone) on other.half to 'few'@'%'; grant insert on other.secret to 'few'@'%';
        grant select on other.users to 'few'@'%'; grant select on other.people to 'few'@'%'; grant select on vitrine.canary to 'few'@'%'`);
          for (const database of ["other", ""])
            expect((await lookInto(store, { database, user: "few" })).map(numbersOf)).toEqual([
              { records: "at-least 2", ssid: "at-least 0", phone_number: "exact 1", date_of_birth: "exact 1", device_id: "exact 1" },
            ]);
          const [first] = await lookInto(store, { database: "nosuch,other", user: "few" });
          expect(first).toMatchObject({ dataSet: "nosuch", notCounted: "closed" });
        },
      );

      test("persons are told apart byte by byte, in any type, over tables", { timeout: 60_000 }, async () => {
        const sql = `create table a (user_id varchar(20) character set latin1); insert into a values ('x'), ('X'), ('é'), ('');
        create table b (user_id varchar(20) character set utf8mb4); insert into b values ('é'), ('y');`;
        expect((await look("persons", sql, { person: "user_id" }))["persons"]).toBe(kind === "MySQL" ? "at-least 4" : "exact 4");
      });

      test("another server, or one that says nothing of itself, is asked for nothing more", async () => {
        const before = readFileSync(store.server.queries, "latin1").length;
        const recorded = [{ kind: "planted", value: "0".repeat(64) }];
        expect(await lookInto(store, { recorded })).toMatchObject([{ notCounted: "identity-not-confirmed" }]);
        expect(await lookInto(store, { recorded, user: "everywhere" })).toMatchObject([{ notCounted: "identity-not-confirmed" }]);
        expect(await lookInto(store, { recorded: [{ kind: "server-uuid", value: "x" }] })).toMatchObject([
          { notCounted: "identity-not-confirmed" },
        ]);
        await new Promise((resolve) => setTimeout(resolve, 500));
        expect(readFileSync(store.server.queries, "latin1").slice(before)).not.toMatch(/information_schema|COUNT/);
      });

      test.runIf(kind === "MariaDB")(
        "a table that is locked holds up nothing, one of an engine that leads elsewhere is not asked",
        { timeout: 60_000 },
        async () => {
          const sql = `create table held (phone varchar(99)); insert into held values ('${planted}'); create table other (imei varchar(99)); insert into other values ('${planted}');
        create table a (email varchar(99)) engine = MyISAM; create table b (email varchar(99)) engine = MyISAM; insert into a values ('${planted}');
        create table both_of_them (email varchar(99)) engine = MERGE union = (a, b);`;
          await store.run(`create database locked; grant all on locked.* to 'openuser'@'%'; use locked; ${sql}`);
          const held = store.run("use locked; lock tables held write; select sleep(6);");
          await expect.poll(() => readFileSync(store.server.queries, "latin1"), { timeout: 20_000 }).toContain("select sleep(6)");
          const found = await lookInto(store, { database: "locked" });
          expect(found.map(numbersOf)).toEqual([
            { records: "at-least 2", email: "at-least 1", phone_number: "at-least 0", device_id: "exact 1" },
          ]);
          await held;
        },
      );
    },
  );
