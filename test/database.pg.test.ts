import pg from "pg";
import { expect, test } from "vitest";
import { freshDatabase, templateDatabase } from "./support/database.ts";

test("a fresh database is a copy of its template", async () => {
  const template = await templateDatabase("numbers", async (client) => {
    await client.query("create table numbers as select n from generate_series(1, 3) as n");
  });
  await using database = await freshDatabase({ template });
  await using other = await freshDatabase({ template });
  await database.query("insert into numbers values (4)");
  expect(await database.query("select count(*)::int as n from numbers")).toEqual([{ n: 4 }]);
  expect(await other.query("select count(*)::int as n from numbers")).toEqual([{ n: 3 }]);
});

test("a slot left behind fails the test and is removed", async () => {
  const database = await freshDatabase();
  await database.query("select pg_create_logical_replication_slot($1, 'pgoutput')", [database.slot()]);
  await expect(database[Symbol.asyncDispose]()).rejects.toThrow(`slot ${database.slot()}`);
  await using other = await freshDatabase();
  expect(await other.query("select slot_name from pg_replication_slots where slot_name = $1", [database.slot()])).toEqual([]);
});

test("a connection left behind fails the test", async () => {
  const database = await freshDatabase();
  const client = new pg.Client({ connectionString: database.url, application_name: "forgotten" });
  client.on("error", () => {});
  await client.connect();
  await expect(database[Symbol.asyncDispose]()).rejects.toThrow("forgotten");
});
