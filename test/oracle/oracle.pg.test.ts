/** The oracle itself against cases worked out by hand: it is what everything else is held to. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { oracleWorld, worldSql } from "../differential/world.ts";
import { freshDatabase } from "../support/database.ts";
import type { TestDatabase } from "../support/database.ts";
import { answerKey, expectedAnswer } from "./answer.ts";
import { cellKey, expectedCells } from "./cells.ts";
import { otherMark, unknownMark } from "./description.ts";
import { expectedRows } from "./rows.ts";
import { openSource } from "./source.ts";
import type { SourceClient } from "./source.ts";

const zone = "America/Los_Angeles";
const world = oracleWorld(zone);
let database: TestDatabase;
let source: SourceClient;

beforeAll(async () => {
  database = await freshDatabase();
  source = await openSource(database.url);
  await source.run(worldSql);
  await source.run(`
    INSERT INTO accounts VALUES
      (1, 'a@example.org', 'US', 'f', '2026-03-08 09:00Z', repeat('ab', 2000)),
      (2, 'b@example.org', 'XX', 'p', 'infinity', ''),
      (3, 'c@example.org', NULL, 'x', NULL, NULL);
    INSERT INTO devices VALUES
      (10, 1, 'CAM1', '4.9.1', '2026-03-08 10:15Z', true, repeat('x', 3000), 'S-1', 'bed'),
      (11, 2, 'cam?', 'bad', '2026-11-01 08:30Z', true, NULL, NULL, NULL),
      (12, 99, 'CAM1', NULL, '2026-11-01 09:30Z', NULL, '', 'S-1', NULL);
    INSERT INTO attempts VALUES
      (100, '2026-03-08 09:59:59Z', 10, false, '4.9.1', 5, NULL),
      (101, '2026-03-08 10:00:00Z', 10, true, '4.9.2', 5, NULL),
      (102, '2026-03-08 10:30:00Z', 11, false, '4.9.1', 5, NULL),
      (103, '2026-03-08 10:30:00Z', 12, NULL, 'x', 5, NULL),
      (104, '2026-03-08 10:30:00Z', 77, true, NULL, 5, NULL);
    INSERT INTO shares VALUES (gen_random_uuid(), 1, '2026-11-01 06:59:59Z', 'view', 'NaN', 'd@example.org')`);
}, 120_000);

afterAll(async () => {
  await source?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

async function rowsOf(name: string): Promise<readonly Readonly<Record<string, string | null>>[]> {
  const table = world.tables.find((one) => one.name === name);
  return table === undefined ? [] : (await expectedRows(source, table)).toSorted((a, b) => Number(a["id"]) - Number(b["id"]));
}

test("rows of an entity: values by rule, times cut to the local day, what minutes cannot hold is NULL", async () => {
  // 8 March 2026, 01:00 in Los Angeles; its midnight is 08:00 UTC.
  const midnight = String(Date.UTC(2026, 2, 8, 8) / 60_000);
  expect(await rowsOf("accounts")).toEqual([
    { id: "1", country: "US", plan: "free", created_at: midnight, bio: "ab" },
    { id: "2", country: otherMark, plan: "paid", created_at: null, bio: otherMark },
    { id: "3", country: null, plan: otherMark, created_at: null, bio: null },
  ]);
});

test("rows: versions by family, a large text as there or not, NaN as NULL", async () => {
  const rows = await rowsOf("devices");
  expect(rows.map((row) => [row["model"], row["firmware"], row["manual"], row["active"]])).toEqual([
    ["CAM1", "4.9", "true", "true"],
    [otherMark, otherMark, "false", "true"],
    ["CAM1", null, "true", null],
  ]);
  // Both 01:30 of the autumn night, an hour apart, keep their hour.
  expect(rows[1]?.["activated_at"]).toBe(String(Date.UTC(2026, 10, 1, 8) / 60_000));
  expect(rows[2]?.["activated_at"]).toBe(String(Date.UTC(2026, 10, 1, 9) / 60_000));
  expect((await rowsOf("shares")).map((row) => row["price"])).toEqual([null]);
});

describe("cells of failure_rate", () => {
  const cellsOf = async (
    grain: "hour" | "day" | "week" | "month",
    dimensions: readonly string[],
    k = 2,
  ): Promise<Readonly<Record<string, unknown>>> => {
    const metric = world.metrics.find((one) => one.name === "failure_rate");
    return metric === undefined ? {} : Object.fromEntries(await expectedCells(source, { metric, grain, dimensions, zone, k }));
  };

  test("hours around the spring change: 09:59 UTC is in the hour before 10:00 UTC", async () => {
    expect(await cellsOf("hour", [])).toEqual({
      [cellKey(Date.UTC(2026, 2, 8, 9) / 60_000, [])]: { count: 1, hits: 1, any: false, hit: false, none: false },
      // Units are accounts 1 and 2; device 12's account and device 77 are missing.
      [cellKey(Date.UTC(2026, 2, 8, 10) / 60_000, [])]: { count: 4, hits: 1, any: true, hit: false, none: false },
    });
  });

  test("a unit on both sides counts on both by k = 1", async () => {
    const [first] = Object.values(await cellsOf("day", [], 1));
    expect(first).toEqual({ count: 5, hits: 2, any: true, hit: true, none: true });
    expect(await cellsOf("day", ["firmware"], 1)).toMatchObject({
      [cellKey(20_520, ["4.9"])]: { count: 3, hits: 2, any: true, hit: true, none: true },
    });
  });

  test("two hops: the country of a missing entity is unknown, a refused one other", async () => {
    expect(await cellsOf("day", ["country"])).toEqual({
      [cellKey(20_520, ["US"])]: { count: 2, hits: 1, any: false, hit: false, none: false },
      [cellKey(20_520, [otherMark])]: { count: 1, hits: 1, any: false, hit: false, none: false },
      [cellKey(20_520, [unknownMark])]: { count: 2, hits: 0, any: false, hit: false, none: false },
    });
  });

  test("a week is named by its Monday, a month by its number", async () => {
    // 8 March 2026 is a Sunday; its Monday is 2 March.
    expect(Object.keys(await cellsOf("week", []))).toEqual([cellKey(Date.UTC(2026, 2, 2) / 86_400_000, [])]);
    expect(Object.keys(await cellsOf("month", []))).toEqual([cellKey(56 * 12 + 2, [])]);
  });
});

test("a row that the filter leaves out is in no cell", async () => {
  const metric = world.metrics.find((one) => one.name === "activations");
  if (metric === undefined) throw new Error("no such metric");
  const cells = await expectedCells(source, { metric, grain: "day", dimensions: ["country"], zone, k: 1 });
  expect([...cells.keys()].toSorted()).toEqual([cellKey(20_520, ["US"]), cellKey(Date.UTC(2026, 10, 1) / 86_400_000, [otherMark])]);
});

test("the answer to a question: whole local periods, values of a dimension, units", async () => {
  const question = {
    metric: "failure_rate",
    grain: "day",
    from: "2026-03-01",
    to: "2026-03-09",
    by: ["model"],
    where: { country: ["US", "unknown"] },
  } as const;
  expect(Object.fromEntries(await expectedAnswer(source, world, question))).toEqual({
    [answerKey("2026-03-08", ["CAM1"])]: {
      period: "2026-03-08",
      by: { model: "CAM1" },
      count: 3,
      hits: 1,
      units: 1,
      unitsHit: 1,
      unitsNone: 1,
    },
    [answerKey("2026-03-08", ["unknown"])]: {
      period: "2026-03-08",
      by: { model: "unknown" },
      count: 1,
      hits: 0,
      units: 0,
      unitsHit: 0,
      unitsNone: 0,
    },
  });
  expect(await expectedAnswer(source, world, { ...question, to: "2026-03-08" })).toEqual(new Map());
});
