/**
 * Invariant 2, raw never rests: with a recognisable value in every column, none that the policy keeps back is in the store's bytes, its
 * write-ahead log, temporary files, logs or answers, in any of the forms of search.ts: after the snapshot, the stream, forced errors
 * and crashes. The search is shown to find what is there, and to turn red under a policy that is broken on purpose.
 */
import { appendFile, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createWorld } from "../../examples/smart-home/world.ts";
import { untilCaughtUp } from "../kill/compare-answers.ts";
import { setUpProduct } from "../kill/product.ts";
import type { Product } from "../kill/product.ts";
import { openSource } from "../oracle/source.ts";
import type { SourceClient } from "../oracle/source.ts";
import { freshDatabase } from "../support/database.ts";
import { startPostgres } from "../support/postgres.ts";
import { declaredSku, insertSql, needlesOf, plants } from "./plants.ts";
import { Searcher } from "./search.ts";
import type { Find } from "./search.ts";

const caughtUpMs = 60_000;
const before = plants("before");
const during = plants("during");
const declarationFile = new URL("../../examples/smart-home/vitrine.yaml", import.meta.url);

async function makeWorld(url: string): Promise<SourceClient> {
  await createWorld({ url, accounts: 100, attempts: 2_000, seed: 1, now: new Date() });
  const source = await openSource(url);
  await source.run(insertSql(before));
  return source;
}

async function ready(product: Product, source: SourceClient): Promise<void> {
  const waiting = await untilCaughtUp(product, source, caughtUpMs);
  if (waiting !== undefined)
    throw new Error(`not caught up: ${waiting}\n${(await readFile(join(product.folder, "product.log"), "utf8")).slice(-3_000)}`);
}

/** What it wrote: state, logs, answers, temporary files. Not the secrets, nor the file that a person wrote. */
async function searchProduct(product: Product, searcher: Searcher): Promise<readonly Find[]> {
  const finds = [...(await searcher.searchFiles(product.stateFolder)), ...(await searcher.searchFiles(join(product.folder, "tmp")))];
  for (const name of ["product.log", "answers.log"]) finds.push(...(await searcher.searchFile(join(product.folder, name))));
  return finds;
}

async function start(url: string, declaration: string): Promise<Product> {
  const product = await setUpProduct({ adminUrl: url, declaration });
  await mkdir(join(product.folder, "tmp"), { recursive: true });
  await product.start({ TMPDIR: join(product.folder, "tmp") });
  return product;
}

/** Everything that may be asked, so that whatever an answer could show is in answers.log. */
async function askEverything(product: Product): Promise<void> {
  for (const path of ["/v1/status", "/v1/proof", "/v1/metrics", "/metrics", "/v1/openapi.json"]) await product.get(path);
  for (const by of ["model", "country", "firmware", "model,firmware"])
    await product.get(`/v1/metrics/failed_connection_rate?grain=month&range=${encodeURIComponent("last 3 months")}&by=${by}`);
  for (const [metric, by] of [
    ["activations", "model"],
    ["sign_ups", "time_zone"],
    ["log_ins", "platform"],
    ["failed_connections", "reason"],
  ]) {
    await product.get(`/v1/metrics/${metric}?grain=month&range=${encodeURIComponent("last 3 months")}&by=${by}`);
  }
  for (const command of [["status"], ["status", "--json"], ["prove", "--json"], ["verify", "full"], ["plan"]])
    await product.command(command);
}

/** What makes components fail while rows with canaries are in their hands. */
async function forceErrors(product: Product, source: SourceClient): Promise<void> {
  const account = during["accounts"]?.["id"]?.sql;
  const attempt = during["connection_attempts"]?.["id"]?.sql;
  // The plain way first, so that the stream has brought these rows before anything fails.
  await source.run(insertSql(during));
  await ready(product, source);
  const statements = [
    `UPDATE accounts SET email = email || '.changed', country = country || '.changed' WHERE id = ${account}`,
    `UPDATE connection_attempts SET reason = reason || '.changed' WHERE id = ${attempt}`,
    `UPDATE accounts SET id = id + 1 WHERE id = ${account}`,
    // A second row under the mirror's key, which only the source's longer key allows.
    `INSERT INTO connection_attempts SELECT id, device_id, at - interval '1 hour', duration_ms, ok, firmware, reason, ip FROM connection_attempts WHERE id = ${attempt}`,
    // A type that the declaration does not fit: the stream's next row of that table is refused.
    `ALTER TABLE sessions ALTER COLUMN platform TYPE varchar(200)`,
    `UPDATE sessions SET user_agent = user_agent || 'x'`,
    `DELETE FROM connection_attempts WHERE id = ${attempt}`,
    `GRANT SELECT (email) ON accounts TO vitrine_reader`,
  ];
  for (const statement of statements) {
    // One of them may be refused by the source; the others go on.
    await source.run(statement).catch(async () => source.run("ROLLBACK"));
    await product.get("/v1/status");
  }
  for (const role of ["reader", "server", "reader", "supervisor"] as const) {
    await product.kill(role);
    await new Promise((resolve) => setTimeout(resolve, 700));
    await askEverything(product);
  }
  await product.command(["query", "failed_connection_rate", "--where", `country=${during["accounts"]?.["country"]?.needle?.value ?? ""}`]);
}

test("raw never rests: no canary in store, write-ahead log, temporary files, logs or answers", { timeout: 5 * 60_000 }, async () => {
  // Of its own: the reader's role and its password belong to a whole server.
  await using database = await startPostgres();
  await using source = await makeWorld(database.url);
  await using product = await start(database.url, await readFile(declarationFile, "utf8"));
  const searcher = new Searcher([...needlesOf(before), ...needlesOf(during)]);
  const positive = new Searcher([{ name: "device_models.sku", value: declaredSku }]);

  await ready(product, source);
  await askEverything(product);
  expect(await searchProduct(product, searcher), "after the snapshot").toEqual([]);

  await forceErrors(product, source);
  await product.kill("server");
  expect(await searchProduct(product, searcher), "after stream, errors and a crash").toEqual([]);

  if (product.isRunning()) await product.stop();
  expect(await searchProduct(product, searcher), "after the end").toEqual([]);
  // Positive controls: what is declared is there to be found, and so is what is planted in the store's own folder.
  expect((await searchProduct(product, positive)).map((find) => find.name)).toContain("device_models.sku");
  const [planted] = needlesOf(before);
  await appendFile(join(product.stateFolder, "planted.bin"), Buffer.concat([Buffer.alloc(99), Buffer.from(planted?.value ?? "")]));
  expect(await searchProduct(product, searcher)).toContainEqual({
    name: planted?.name,
    form: "plain",
    where: join(product.stateFolder, "planted.bin"),
  });
  expect(searcher.filesSearched).toBeGreaterThan(5);
});

test("red under a policy that is broken on purpose: e-mail kept by a rule that lets everything pass", { timeout: 3 * 60_000 }, async () => {
  await using database = await startPostgres();
  await using source = await makeWorld(database.url);
  const text = await readFile(declarationFile, "utf8");
  const broken = text.replace(
    /^( +)email: +\{ is: e-mail address \}$/m,
    "$1email: { is: e-mail address, take: keep, match: '[A-Za-z0-9.@_-]{1,64}' }",
  );
  expect(broken).not.toBe(text);
  await using product = await start(database.url, broken);
  await ready(product, source);
  const finds = await searchProduct(product, new Searcher(needlesOf(before)));
  expect(new Set(finds.map((find) => find.name))).toEqual(new Set(["accounts.email"]));
});

test("every column of the schema has its plant", async () => {
  await using database = await freshDatabase();
  await using source = await makeWorld(database.url);
  const columns = await source.rows(`SELECT table_name || '.' || column_name AS name FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name NOT LIKE 'connection\\_attempts\\_%' ORDER BY 1`);
  const planted = Object.entries(before).flatMap(([table, row]) => Object.keys(row).map((column) => `${table}.${column}`));
  expect(new Set(planted)).toEqual(new Set(columns.map((row) => row["name"])));
  for (const [table, row] of Object.entries(before)) {
    const key = row["id"]?.sql;
    if (key !== undefined) expect(await source.rows(`SELECT 1 FROM ${table} WHERE id = ${key}`), table).toHaveLength(1);
  }
});
