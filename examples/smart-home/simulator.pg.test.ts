import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, expect, test, vi } from "vitest";
import { freshDatabase, sharedServerUrl, templateDatabase } from "../../test/support/database.ts";
import type { TestDatabase } from "../../test/support/database.ts";
import { simulate } from "./simulator.ts";
import { createWorld } from "./world.ts";

const now = new Date("2026-11-22T12:00:00Z");
const clock = (): number => now.getTime();
const fast = 1_000_000;
let template: string;

beforeAll(async () => {
  template = await templateDatabase("smart_home_simulator", async (client) => {
    const url = new URL(sharedServerUrl());
    url.pathname = `/${String(client.database)}`;
    await createWorld({ url: url.href, accounts: 2_000, attempts: 20_000, seed: 5, now });
  });
});

const tables = [
  "accounts",
  "homes",
  "devices",
  "camera_shares",
  "sessions",
  "api_tokens",
  "integrations",
  "scale_measurements",
  "payment_methods",
  "connection_attempts",
  "app_log",
];

/** One hash over all rows of all tables. */
async function contentOf(database: TestDatabase): Promise<string> {
  const hashes: string[] = [];
  for (const table of tables) {
    const [row] = await database.query(`select md5(string_agg(row::text, chr(10) order by row::text)) as hash from ${table} as row`);
    hashes.push(`${table} ${String(row?.["hash"])}`);
  }
  return hashes.join("\n");
}

async function contentAfter(seed: number): Promise<string> {
  await using database = await freshDatabase({ template });
  await using simulator = await simulate({ url: database.url, ratePerSecond: fast, bulkScale: 0.1, seed, clock, transactionsMax: 150 });
  await simulator.finished;
  return await contentOf(database);
}

test("the same seed makes the same transactions, another seed others", async () => {
  const first = await contentAfter(3);
  expect(await contentAfter(3)).toBe(first);
  expect(await contentAfter(4)).not.toBe(first);
});

test("the same seed starts again on the world that it has changed", async () => {
  await using database = await freshDatabase({ template });
  for (let start = 0; start < 3; start += 1) {
    await using simulator = await simulate({ url: database.url, ratePerSecond: fast, bulkScale: 0.1, seed: 3, clock, transactionsMax: 60 });
    await simulator.finished;
  }
});

test("everything happens, and the database stays whole", async () => {
  await using database = await freshDatabase({ template });
  await using simulator = await simulate({
    url: database.url,
    ratePerSecond: fast,
    bulkScale: 0.1,
    seed: 11,
    clock,
    transactionsMax: 1_500,
  });
  await simulator.finished;
  const { byAction, transactions, changes } = simulator.stats;
  expect(transactions).toBe(1_500);
  expect(changes).toBeGreaterThan(5_000);
  expect(Object.keys(byAction).toSorted()).toEqual(everyAction.toSorted());
  // Foreign keys are checked at commit; nothing that refers is left alone, and nobody is left in between two ids.
  const [row] = await database.query(`
    select (select count(*)::int from connection_attempts a where not exists (select from devices d where d.id = a.device_id)) as attempts,
      (select count(*)::int from devices d where not exists (select from accounts a where a.id = d.account_id)) as devices,
      (select count(*)::int from devices where id < 0) as between,
      (select count(*)::int from accounts) as accounts`);
  expect(row).toMatchObject({ attempts: 0, devices: 0, between: 0 });
  expect(row?.["accounts"]).not.toBe(2_000);
});

const everyAction = [
  "attempts",
  "late attempts",
  "corrected attempts",
  "moved attempts",
  "renumbered attempts",
  "deleted attempts",
  "savepoint",
  "rolled back",
  "short-lived attempt",
  "activation",
  "renames",
  "firmware updates",
  "model correction",
  "change of owner",
  "swap of device ids",
  "diagnostic report",
  "camera share",
  "share revoked",
  "sign-up",
  "log-in",
  "log-out",
  "old sessions removed",
  "link",
  "unlinking",
  "api token",
  "preferences",
  "move to another country",
  "scale measurement",
  "payment method",
  "log lines",
  "account deletion",
  "account number changed",
];

async function partitions(database: TestDatabase): Promise<readonly unknown[]> {
  const rows = await database.query(
    "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'connection_attempts'::regclass order by 1",
  );
  return rows.map((row) => row["name"]);
}

test("a month is dropped only on request, and never the current one", async () => {
  await using database = await freshDatabase({ template });
  await using simulator = await simulate({ url: database.url, ratePerSecond: 200, clock });
  const before = await partitions(database);
  expect(await simulator.dropOldestMonth()).toBe("connection_attempts_2026_05");
  expect(await partitions(database)).toEqual(before.slice(1));
  for (let month = 6; month <= 10; month++)
    expect(await simulator.dropOldestMonth()).toBe(`connection_attempts_2026_${String(month).padStart(2, "0")}`);
  expect(await simulator.dropOldestMonth()).toBeUndefined();
  // It goes on: nothing is dated into a month that is gone.
  await sleep(500);
  await simulator.stop();
  expect(simulator.stats.transactions).toBeGreaterThan(3);
});

test("the coming months' partitions are made before a row needs them", async () => {
  await using database = await freshDatabase({ template });
  let time = now.getTime();
  await using simulator = await simulate({ url: database.url, ratePerSecond: 500, clock: () => time });
  expect(await simulator.createNextMonth()).toBe("connection_attempts_2027_01");
  // The clock strikes the new year: February is made without being asked for.
  time = Date.UTC(2027, 0, 1, 0, 0, 1);
  await vi.waitFor(async () => expect(await partitions(database)).toContain("connection_attempts_2027_02"), { timeout: 10_000 });
  await vi.waitFor(
    async () =>
      expect(
        (await database.query("select count(*)::int as n from connection_attempts where at >= '2026-12-31'"))[0]?.["n"],
      ).toBeGreaterThan(0),
    {
      timeout: 10_000,
    },
  );
});

test("it keeps its rate, and stops when it is told to", async () => {
  await using database = await freshDatabase({ template });
  const end = new AbortController();
  await using simulator = await simulate({ url: database.url, ratePerSecond: 1_000, clock, signal: end.signal });
  await sleep(3_000);
  end.abort();
  await simulator.finished;
  const { changes } = simulator.stats;
  expect(changes).toBeGreaterThan(2_000);
  expect(changes).toBeLessThan(5_000);
  await expect(simulator.dropOldestMonth()).rejects.toThrow("the simulation has ended");
});

test("a database without a world is refused by PostgreSQL's code, without its text", async () => {
  await using database = await freshDatabase();
  await expect(simulate({ url: database.url, ratePerSecond: 1, clock })).rejects.toMatchObject({
    name: "WorldError",
    code: "42P01",
    message: "PostgreSQL refused a statement (42P01).",
  });
});
