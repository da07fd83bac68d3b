/** The whole product over a small world: what `query` says is what plain SQL on the source says; it goes on after every kind of end. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorld } from "../examples/smart-home/world.ts";
import type { Answer } from "../src/metrics/answer.ts";
import type { StatusReport } from "../src/metrics/status-report.ts";
import { setUpProduct } from "./kill/product.ts";
import type { Product } from "./kill/product.ts";
import { openSource } from "./oracle/source.ts";
import type { SourceClient } from "./oracle/source.ts";
import { startPostgres } from "./support/postgres.ts";
import type { PostgresServer } from "./support/postgres.ts";

const zone = "America/Los_Angeles";
// Of its own: the reader's role and its password belong to a whole server.
let database: PostgresServer;
let source: SourceClient;
let product: Product;

const declaration = readFileSync(new URL("../examples/smart-home/vitrine.yaml", import.meta.url), "utf8");

beforeAll(async () => {
  database = await startPostgres();
  await createWorld({ url: database.url, accounts: 500, attempts: 20_000, now: new Date(), seed: 7 });
  source = await openSource(database.url);
  product = await setUpProduct({ adminUrl: database.url, declaration });
  await product.start();
  await untilReady();
}, 120_000);

afterAll(async () => {
  await product.stop();
  await product.command(["detach"], { VITRINE_ADMIN_URL: database.url });
  await product[Symbol.asyncDispose]();
  await source[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
}, 60_000);

async function json<T>(...args: string[]): Promise<T> {
  const { stdout, stderr, code } = await product.command([...args, "--json"]);
  if (stdout === "") throw new Error(`vitrine ${args.join(" ")} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

async function untilReady(): Promise<StatusReport> {
  for (let waited = 0; waited < 60_000; waited += 200) {
    const { stdout } = await product.command(["status", "--json"]);
    const status = stdout === "" ? undefined : (JSON.parse(stdout) as StatusReport);
    const shown = status?.generations.find((one) => one.generation === status.serving);
    if (status !== undefined && shown?.phase === "ready" && shown.proven !== undefined && (shown.lagMs ?? Infinity) < 5_000) return status;
    await sleep(200);
  }
  throw new Error(`not ready: ${(await product.command(["status"])).stdout}`);
}

/** All is in the copy that the source held when this was called. */
async function untilCaughtUp(): Promise<void> {
  const now = Date.now();
  for (let waited = 0; waited < 30_000; waited += 200) {
    const status = await json<StatusReport>("status");
    const shown = status.generations.find((one) => one.generation === status.serving);
    if (shown?.proven !== undefined && Date.parse(shown.proven.at) > now) return;
    await sleep(200);
  }
  throw new Error("the copy did not catch up");
}

/** Activations by local day, from the source and from the copy. */
async function compareActivations(): Promise<number> {
  await untilCaughtUp();
  const answer = await json<Answer>("query", "activations", "--grain", "month", "--by", "model", "--range", "last 400 days");
  const rows = await source.rows(
    `SELECT to_char(date_trunc('month', d.activated_at AT TIME ZONE '${zone}'), 'YYYY-MM') AS period, d.model, count(*)::int AS n
     FROM devices d GROUP BY 1, 2 ORDER BY 1, 2`,
  );
  const from = answer.cells[0]?.period ?? "";
  const expected = rows
    .filter((row) => String(row["period"]) >= from)
    .map((row) => `${String(row["period"])} ${String(row["model"])} ${String(row["n"])}`);
  const got = answer.cells.map((cell) => `${cell.period ?? ""} ${cell.by["model"] ?? ""} ${cell.count}`).toSorted();
  expect(got).toEqual(expected.toSorted());
  return answer.cells.reduce((sum, cell) => sum + cell.count, 0);
}

test("what query says is what plain SQL on the source says", async () => {
  expect(await compareActivations()).toBeGreaterThan(100);
});

test("a commit on the source is in the answer", async () => {
  const before = await compareActivations();
  await source.rows("UPDATE devices SET activated_at = now() WHERE id IN (SELECT id FROM devices ORDER BY id LIMIT 3)");
  await source.rows("DELETE FROM connection_attempts WHERE device_id = (SELECT min(id) FROM devices)");
  expect(await compareActivations()).toBeGreaterThanOrEqual(before);
});

test("a second run on the same state is refused, and the first goes on", async () => {
  const { code, stderr } = await product.command(["run"]);
  expect(stderr).toContain("cli/already-running");
  expect(code).toBe(3);
});

test("prove shows four verdicts, none red, and the ledger holds together", async () => {
  const { verdicts } = await json<{ verdicts: { name: string; verdict: string; level: string; checked: number }[] }>("prove");
  expect(verdicts.map((one) => `${one.name} ${one.verdict}`)).toEqual([
    "select-and-copy refused",
    "other-decoding possible",
    "physical-replication refused",
    "store clean",
  ]);
});

test("killed and started again it goes on without a new snapshot, and the children end with their supervisor", async () => {
  await product.kill("supervisor");
  await product.untilGone(6_000);
  await source.rows("UPDATE devices SET activated_at = now() - interval '40 days' WHERE id = (SELECT max(id) FROM devices)");
  await product.start();
  const status = await untilReady();
  expect(status.generations.map((one) => one.generation)).toEqual([1]);
  await compareActivations();
});

test("killed server and reader come back by themselves", async () => {
  await product.kill("reader");
  await compareActivations();
  await product.kill("server");
  await untilReady();
  await compareActivations();
});

test("a tightened policy is another generation: built beside, switched to, the old one and its slot are gone", async () => {
  await product.stop();
  const file = join(product.folder, "vitrine.yaml");
  const tightened = declaration
    .replace("created_at:    { is: time of sign-up, take: truncate day }", "created_at:    { is: time of sign-up, take: truncate month }")
    .replace(
      "at: created_at\n    by: [country, time_zone]\n    grain: [day, week, month]",
      "at: created_at\n    by: [country, time_zone]\n    grain: [month]",
    );
  expect(tightened).not.toBe(declaration);
  writeFileSync(file, tightened);
  await product.command(["apply"], { VITRINE_ADMIN_URL: database.url });
  await product.start();
  for (let waited = 0; waited < 30_000; waited += 200) {
    const status = await untilReady();
    if (status.serving === 2 && status.generations.length === 1) break;
    await sleep(200);
  }
  await compareActivations();
  expect(readdirSync(join(product.stateFolder, "mirror"))).toEqual(["gen-2"]);
  const slots = await source.rows("SELECT slot_name FROM pg_replication_slots WHERE database = current_database() AND NOT temporary");
  expect(slots.map((row) => String(row["slot_name"]).replace(/^vitrine_[0-9a-f]{8}_/, ""))).toEqual(["2"]);
}, 90_000);
