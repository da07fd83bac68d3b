import { expect, test } from "vitest";
import { testSource } from "../../test/support/source.ts";
import { readCatalog } from "./catalog-read.ts";
import { preflight } from "./preflight.ts";
import { sourceColumn } from "./types.ts";

const columnsSql = `
create type mood as enum ('a', 'b');
create type pair as (a int, b int);
create domain positive as int check (value > 0);
create domain very_positive as positive check (value > 9);
create domain money_amount as numeric(12, 4);
create table kinds (id int primary key, enumeration mood, composite pair, domain very_positive, amount money_amount, list int[], span int4range, shape point, words tsvector,
  whole int8, inet inet, json json, time time, gone int, text varchar(10));
alter table kinds drop column gone`;

test("every column's type is decoded in a known way or refused by name", async () => {
  await using setting = await testSource();
  await setting.database.query(columnsSql);
  await using sql = await setting.source.openSql();
  const catalog = await readCatalog(sql, {
    tables: [
      { schema: "public", table: "kinds" },
      { schema: "public", table: "not there" },
    ],
    role: setting.role,
  });
  expect(catalog.tables).toHaveLength(1);
  const told = catalog.tables[0]?.columns.map((column) => {
    const known = sourceColumn(column);
    return `${column.name}: ${known.tag === "refused" ? known.reason : `${known.column.raw} ${known.column.form ?? ""} ${known.column.typeName}`}`;
  });
  expect(told).toEqual([
    "id: i32  integer",
    "enumeration: bytes text public.mood",
    "composite: type public.pair is a composite type, which is not read",
    "domain: i32  integer",
    "amount: bytes numeric numeric",
    "list: type integer[] is an array, which is not read",
    "span: type int4range is a range, which is not read",
    "shape: type point is not read",
    "words: type tsvector is not read",
    "whole: i64  bigint",
    "inet: bytes binary inet",
    "json: bytes text json",
    "time: bytes binary time without time zone",
    "text: bytes text character varying",
  ]);
  expect(catalog.tables[0]?.columns.find((column) => column.name === "amount")?.typmod).toBe((12 << 16) + 4 + 4);
});

test("preflight on a real catalog: nothing to say of what is right; a grant, a publication and an identity are said", async () => {
  await using setting = await testSource();
  const { database, role, tables } = setting;
  await using sql = await setting.source.openSql();
  const look = async () => {
    const catalog = await readCatalog(sql, { tables, role });
    const wished = tables.map((table) => ({
      name: table.name,
      schema: table.schema,
      table: table.table,
      columns: table.columns.map((column) => column.name),
      key: "id",
    }));
    const findings = preflight(
      { ...catalog, maxSlotWalKeepMb: 1024, slots: [] },
      {
        tables: wished,
        publication: "vitrine",
        appendPublication: "vitrine_append",
        role,
        ownSlots: [],
        acceptUnlimitedWalGb: undefined,
        stage: "start",
        connection: { pooled: false, loopback: true, tlsVerified: false },
      },
    );
    return findings.map((one) => `${one.code} ${one.place}`);
  };
  expect(await look()).toEqual([]);
  await database.query(
    `grant select (nickname) on devices to public; alter table devices replica identity full; alter publication vitrine drop table events; revoke select (ok) on events from ${role}`,
  );
  expect(await look()).toEqual([
    "source/identity-full public.devices",
    "source/grant-missing public.events.ok",
    "source/publication-differs vitrine",
    "source/grant-extra public.devices.nickname",
  ]);
});
