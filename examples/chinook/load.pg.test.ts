import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseDeclaration } from "../../src/policy/declaration.ts";
import { freshDatabase } from "../../test/support/database.ts";
import { loadChinook } from "./load.ts";

test("Chinook is loaded whole, with its own characters", async () => {
  await using database = await freshDatabase();
  await loadChinook({ url: database.url });
  const [row] = await database.query(`
    select (select count(*)::int from invoice) as invoices, (select count(*)::int from customer) as customers, (select count(*)::int from track) as tracks,
      (select city from customer where customer_id = 1) as city`);
  expect(row).toEqual({ invoices: 412, customers: 59, tracks: 3503, city: "São José dos Campos" });
  await expect(loadChinook({ url: database.url })).rejects.toThrow("PostgreSQL refused a statement (42P07)");
});

test("its vitrine.yaml inventories every column of the tables that it names, and allows every country", async () => {
  await using database = await freshDatabase();
  await loadChinook({ url: database.url });
  const declaration = parseDeclaration(readFileSync(new URL("vitrine.yaml", import.meta.url), "utf8"), "examples/chinook/vitrine.yaml");
  for (const { schema, table, columns } of declaration.tables) {
    const found = await database.query(
      "select column_name as name from information_schema.columns where table_schema = $1 and table_name = $2 order by 1",
      [schema, table],
    );
    expect({ table, columns: new Set(columns.map(({ name }) => name)) }).toEqual({
      table,
      columns: new Set(found.map((row) => row["name"])),
    });
  }
  const take = declaration.tables.find(({ name }) => name === "customer")?.columns.find(({ name }) => name === "country")?.take;
  const allowed = take?.tag === "keep" && take.rule?.tag === "values" ? take.rule.values : [];
  const [row] = await database.query("select count(*)::int as others from customer where country <> all ($1)", [allowed]);
  expect(row).toEqual({ others: 0 });
});
