/** Shows 10: somebody else's database, mirrored by the product: invoices per month by country are what plain SQL on the source says. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadChinook } from "../../examples/chinook/load.ts";
import { runProduct } from "../support/product.ts";
import type { RunningProduct } from "../support/product.ts";

const declaration = readFileSync(new URL("../../examples/chinook/vitrine.yaml", import.meta.url), "utf8");
const question = "grain=month&by=country&from=2000-01-01&to=2040-01-01";

let running: RunningProduct;

beforeAll(async () => {
  running = await runProduct({ load: (url) => loadChinook({ url }), declaration });
}, 120_000);

afterAll(async () => {
  await running[Symbol.asyncDispose]();
}, 60_000);

async function bySql(): Promise<readonly string[]> {
  const rows = await running.source.rows(
    `SELECT to_char(i.invoice_date, 'YYYY-MM') AS period, c.country, count(*) AS n
     FROM invoice i JOIN customer c USING (customer_id) GROUP BY 1, 2`,
  );
  return rows.map((row) => `${row["period"]} ${row["country"]} ${row["n"]}`).toSorted();
}

async function byProduct(): Promise<readonly string[]> {
  const { cells } = await running.untilProven("invoices", question);
  return cells.map((cell) => `${cell.period} ${cell.by["country"]} ${cell.count}`).toSorted();
}

test("invoices per month by country", async () => {
  const expected = await bySql();
  expect(expected.length).toBeGreaterThan(200);
  expect(await byProduct()).toEqual(expected);
});

test("they stay equal through new invoices, moved customers and removed ones", async () => {
  await running.source.run(`
    INSERT INTO invoice (invoice_id, customer_id, invoice_date, total) SELECT 100000 + customer_id, customer_id, '2026-02-03', 1 FROM customer;
    UPDATE customer SET country = 'Norway' WHERE country = 'Canada';
    UPDATE invoice SET invoice_date = invoice_date + interval '1 month' WHERE invoice_id % 7 = 0;
    DELETE FROM invoice_line WHERE invoice_id IN (SELECT invoice_id FROM invoice WHERE customer_id = 1);
    DELETE FROM invoice WHERE customer_id = 1`);
  const expected = await bySql();
  expect(await byProduct()).toEqual(expected);
});

test("what the policy does not name is refused to the reader", async () => {
  const verdicts = await running.proof();
  expect(verdicts.map((one) => `${one.name} ${one.verdict}`)).toEqual([
    "select-and-copy refused",
    "other-decoding possible",
    "physical-replication refused",
    "store clean",
  ]);
});
