/**
 * The twelve questions of the design, asked of the running product, and two more kinds: each answer is what plain SQL on the source says,
 * before and after rows were changed, deleted, moved and put in late.
 */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createWorld } from "../../examples/smart-home/world.ts";
import type { Answer, AnswerCell } from "../../src/metrics/answer.ts";
import type { RunningProduct } from "../support/product.ts";
import { runProduct } from "../support/product.ts";

const declaration = readFileSync(new URL("../../examples/smart-home/vitrine.yaml", import.meta.url), "utf8");
const zone = "America/Los_Angeles";

let running: RunningProduct;

beforeAll(async () => {
  running = await runProduct({
    load: (url) => createWorld({ url, accounts: 500, attempts: 20_000, now: new Date(), seed: 5 }),
    declaration,
  });
  await running.untilProven("activations", "grain=month");
}, 120_000);

afterAll(async () => {
  await running[Symbol.asyncDispose]();
}, 60_000);

const local = (time: string): string => `(${time} AT TIME ZONE '${zone}')`;
/** Truncated as the policy says: minor versions; what is no version is `other`. */
const family = (column: string): string =>
  String.raw`CASE WHEN ${column} ~ '^\d{1,3}\.\d{1,3}\.\d{1,3}(\.\d{1,6})?$' THEN split_part(${column}, '.', 1) || '.' || split_part(${column}, '.', 2) ELSE 'other' END`;
const periods: Readonly<Record<string, string>> = { hour: 'YYYY-MM-DD"T"HH24', day: "YYYY-MM-DD", week: "YYYY-MM-DD", month: "YYYY-MM" };
const period = (grain: string, time: string): string =>
  grain === "all" ? "NULL" : `to_char(date_trunc('${grain}', ${local(time)}), '${periods[grain]}')`;
const within = (time: string): string => `${local(time)} >= $1::timestamp AND ${local(time)} < $2::timestamp`;
const attempts = "connection_attempts f JOIN devices d ON d.id = f.device_id JOIN accounts a ON a.id = d.account_id";
const devices = "devices d JOIN accounts a ON a.id = d.account_id";

/** `sql`: period, the values of `by` as a text array, count, hits, total; $1 and $2 bound the local time. */
interface Case {
  readonly name: string;
  readonly metric: string;
  readonly ask: string;
  readonly sql: string;
}

const counted = (grain: string, by: readonly string[], where = "true"): string =>
  `SELECT ${period(grain, "d.activated_at")} AS period, ARRAY[${by.join(", ")}]::text[] AS by, count(*) AS count, NULL AS hits, NULL AS total
   FROM ${devices} WHERE ${within("d.activated_at")} AND ${where} GROUP BY 1, 2`;
const rated = (grain: string, by: readonly string[], where = "true"): string =>
  `SELECT ${period(grain, "f.at")} AS period, ARRAY[${by.join(", ")}]::text[] AS by, count(*) AS count, count(*) FILTER (WHERE NOT f.ok) AS hits, NULL AS total
   FROM ${attempts} WHERE ${within("f.at")} AND ${where} GROUP BY 1, 2`;
const active = (grain: string, by: readonly string[]): string =>
  `SELECT ${period(grain, "f.at")} AS period, ARRAY[${by.join(", ")}]::text[] AS by, count(DISTINCT f.device_id) AS count, NULL AS hits, NULL AS total
   FROM ${attempts} WHERE ${within("f.at")} AND f.ok GROUP BY 1, 2`;
const shared = (by: readonly string[]): string =>
  `SELECT NULL AS period, ARRAY[${[...by, "firmware"].join(", ")}]::text[] AS by, sum(sum(n)) OVER (${by.length === 0 ? "" : `PARTITION BY ${by.join(", ")}`}) AS count, sum(n) AS hits, NULL AS total
   FROM (SELECT ${family("firmware")} AS firmware, model, count(*) AS n FROM devices GROUP BY 1, 2) t WHERE $1 < $2 GROUP BY ${[...by, "firmware"].join(", ")}`;
const retained = (grain: string, by: readonly string[]): string =>
  `SELECT ${period(grain, "d.activated_at")} AS period, ARRAY[${[...by, "n::text"].join(", ")}]::text[] AS by, count(*) AS count, count(*) FILTER (WHERE EXISTS (
     SELECT FROM connection_attempts f WHERE f.device_id = d.id AND f.ok AND ${local("f.at")}::date = ${local("d.activated_at")}::date + n)) AS hits, NULL AS total
   FROM ${devices} CROSS JOIN unnest(ARRAY[1, 7, 30]) n
   WHERE ${within("d.activated_at")}
     AND (date_trunc('${grain}', ${local("d.activated_at")}) + interval '1 ${grain}' - interval '1 day')::date + n < ${local("now()")}::date GROUP BY 1, 2`;

const cases: readonly Case[] = [
  { name: "1 activations per day, 365 days", metric: "activations", ask: "grain=day&range=last 365 days", sql: counted("day", []) },
  { name: "2 per week by model", metric: "activations", ask: "grain=week&by=model&range=last 52 weeks", sql: counted("week", ["d.model"]) },
  {
    name: "3 per month by country",
    metric: "activations",
    ask: "grain=month&by=country&range=last 12 months",
    sql: counted("month", ["a.country"]),
  },
  {
    name: "4 failure rate per hour, 48 hours",
    metric: "failed_connection_rate",
    ask: "grain=hour&range=last 48 hours",
    sql: rated("hour", []),
  },
  {
    name: "5 per day by model, 30 days",
    metric: "failed_connection_rate",
    ask: "grain=day&by=model&range=last 30 days",
    sql: rated("day", ["d.model"]),
  },
  {
    name: "6 per day by firmware, 90 days",
    metric: "failed_connection_rate",
    ask: "grain=day&by=firmware&range=last 90 days",
    sql: rated("day", [family("f.firmware")]),
  },
  {
    name: "7 per week by model and firmware, 12 weeks",
    metric: "failed_connection_rate",
    ask: "grain=week&by=model,firmware&range=last 12 weeks",
    sql: rated("week", ["d.model", family("f.firmware")]),
  },
  {
    name: "9 one model in one country, daily, 180 days",
    metric: "failed_connection_rate",
    ask: "grain=day&where.model=CAM-2&where.country=US&range=last 180 days",
    sql: rated("day", [], "d.model = 'CAM-2' AND a.country = 'US'"),
  },
  {
    name: "10 active devices, one number over 90 days",
    metric: "active_devices",
    ask: "grain=all&range=last 90 days",
    sql: active("all", []),
  },
  { name: "10 by model", metric: "active_devices", ask: "grain=all&by=model&range=last 90 days", sql: active("all", ["d.model"]) },
  { name: "10 per day", metric: "active_devices", ask: "grain=day&range=last 30 days", sql: active("day", []) },
  {
    name: "10 per week by model and country",
    metric: "active_devices",
    ask: "grain=week&by=model,country&range=last 12 weeks",
    sql: active("week", ["d.model", "a.country"]),
  },
  { name: "10 per month", metric: "active_devices", ask: "grain=month&range=last 6 months", sql: active("month", []) },
  { name: "11 share of the fleet by firmware", metric: "fleet_by_firmware", ask: "", sql: shared([]) },
  { name: "11 by model", metric: "fleet_by_firmware", ask: "by=model", sql: shared(["model"]) },
  { name: "12 retention, 12 cohorts", metric: "retention", ask: "grain=week&range=last 12 weeks", sql: retained("week", []) },
  { name: "12 by day and model", metric: "retention", ask: "grain=day&by=model&range=last 60 days", sql: retained("day", ["d.model"]) },
  {
    name: "sum: time spent connecting by country",
    metric: "connection_time",
    ask: "grain=week&by=country&range=last 8 weeks",
    sql: `SELECT ${period("week", "f.at")} AS period, ARRAY[a.country]::text[] AS by, count(*) AS count, NULL AS hits, sum(f.duration_ms) AS total
      FROM ${attempts} WHERE ${within("f.at")} GROUP BY 1, 2`,
  },
  {
    name: "share: accounts with an assistant",
    metric: "assistant_link",
    ask: "by=country",
    sql: `SELECT NULL AS period, ARRAY[a.country]::text[] AS by, count(*) AS count, count(*) FILTER (WHERE EXISTS (
      SELECT FROM integrations i WHERE i.account_id = a.id AND i.access_token IS NOT NULL)) AS hits, NULL AS total
      FROM accounts a WHERE $1 < $2 GROUP BY 2`,
  },
];

const byTexts = (answer: Answer, cell: AnswerCell): readonly (string | null)[] => answer.question.by.map((name) => cell.by[name] ?? null);
const lineOf = (parts: readonly unknown[]): string => JSON.stringify(parts);

async function expectEqual({ metric, ask, sql }: Case): Promise<number> {
  const answer = await running.answer(metric, ask.replaceAll(" ", "+"));
  expect([answer.state, answer.cellsWithheld]).toEqual(["ready", 0]);
  const { from, to } = answer.question;
  const time = (text: string): string => (text.includes("T") ? `${text}:00` : text);
  const rows = await running.source.rows(`SELECT period, to_json(by)::text AS by, count, hits, total FROM (${sql}) q`, [
    time(from),
    time(to),
  ]);
  const expected = rows.map((row) =>
    lineOf([
      row["period"],
      JSON.parse(row["by"] ?? "[]"),
      Number(row["count"]),
      row["hits"] === null ? null : Number(row["hits"]),
      row["total"] === null ? null : Number(row["total"]),
    ]),
  );
  const got = answer.cells.map((cell) =>
    lineOf([cell.period ?? null, byTexts(answer, cell), cell.count, cell.hits ?? null, cell.sum ?? null]),
  );
  expect(got.toSorted()).toEqual(expected.toSorted());
  return got.length;
}

/** Question 8: the ten countries with the largest rate, each with its rate of the thirty days before. */
async function expectTopTen(): Promise<void> {
  const answer = await running.answer("failed_connection_rate", "grain=all&by=country&top=10&compare=previous&range=last+30+days");
  const rates = async (from: string, to: string) => {
    const rows = await running.source.rows(`SELECT by[1] AS country, count, hits FROM (${rated("all", ["a.country"])}) q`, [from, to]);
    return rows.map((row) => ({
      country: String(row["country"]),
      count: Number(row["count"]),
      value: Number(row["hits"]) / Number(row["count"]),
    }));
  };
  const now = await rates(answer.question.from, answer.question.to);
  const before = new Map((await rates(answer.compared?.from ?? "", answer.compared?.to ?? "")).map((one) => [one.country, one.value]));
  expect(answer.compared?.to).toBe(answer.question.from);
  const top = now.toSorted((a, b) => b.value - a.value || b.count - a.count || (a.country < b.country ? -1 : 1)).slice(0, 10);
  expect(top.length).toBe(10);
  expect(answer.cells.map((cell) => [cell.by["country"], cell.value, cell.before?.value])).toEqual(
    top.map(({ country, value }) => [country, value, before.get(country)]),
  );
}

/** Kinds in memory with an earlier range beside, and the largest few of the whole range. */
async function expectComparedInMemory(): Promise<void> {
  const answer = await running.answer("active_devices", "grain=week&by=model&top=3&compare=2+weeks+before&range=last+4+weeks");
  const counts = async (grain: string, range: { readonly from: string; readonly to: string }) => {
    const rows = await running.source.rows(`SELECT period, by[1] AS model, count FROM (${active(grain, ["d.model"])}) q`, [
      range.from,
      range.to,
    ]);
    return rows.map((row) => ({ period: row["period"], model: String(row["model"]), count: Number(row["count"]) }));
  };
  const totals = (await counts("all", answer.question)).toSorted((a, b) => b.count - a.count || (a.model < b.model ? -1 : 1));
  const models = totals.slice(0, 3).map((one) => one.model);
  const compared = must(answer.compared);
  const earlier = await counts("week", compared);
  const later = (text: string | null | undefined): string => new Date(Date.parse(text ?? "") + 14 * 86_400_000).toISOString().slice(0, 10);
  const now = await counts("week", answer.question);
  const before = new Map(earlier.map(({ period: at, model, count }) => [`${later(at)} ${model}`, count]));
  // A cell of the week that has only begun may have had a value before and have none yet.
  const none = earlier
    .map(({ period: at, model }) => ({ period: later(at), model, count: 0 }))
    .filter((one) => !now.some(({ period: at, model }) => at === one.period && model === one.model));
  const expected = [...now, ...none]
    .filter((one) => models.includes(one.model))
    .map(({ period: at, model, count }) => lineOf([at, model, count, before.get(`${at} ${model}`) ?? null]));
  expect(expected.length).toBeGreaterThan(5);
  const got = answer.cells.map((cell) => lineOf([cell.period, cell.by["model"], cell.count, cell.before?.count ?? null]));
  expect(got.toSorted()).toEqual(expected.toSorted());
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("the earlier range is missing");
  return value;
}

describe("as loaded", () => {
  test.each(cases)("$name", async (one) => {
    expect(await expectEqual(one)).toBeGreaterThan(0);
  });
  test("8 top 10 countries, 30 days against the 30 before", expectTopTen);
  test("10 the three largest models by week, against two weeks before", expectComparedInMemory);
});

describe("after changes", () => {
  beforeAll(async () => {
    const { source } = running;
    await source.run("DELETE FROM connection_attempts WHERE id % 7 = 0");
    await source.run("UPDATE connection_attempts SET ok = NOT ok, duration_ms = duration_ms + 1000000 WHERE id % 11 = 0");
    // Late, and moved to another day and another device.
    await source.run(
      "UPDATE connection_attempts SET at = at - interval '3 days' WHERE id % 13 = 0 AND at > now() - interval '20 days' AND at < now() - interval '4 days'",
    );
    await source.run("UPDATE connection_attempts SET device_id = (SELECT min(id) FROM devices) WHERE id % 17 = 0");
    await source.run("UPDATE devices SET firmware = '9.9.1', model = (SELECT min(sku) FROM device_models) WHERE id % 5 = 0");
    await source.run("UPDATE devices SET activated_at = activated_at - interval '1 day' WHERE id % 9 = 0");
    await source.run("DELETE FROM integrations WHERE id % 2 = 0");
    await source.run("UPDATE integrations SET access_token = NULL WHERE id % 3 = 0");
    await source.run("DELETE FROM accounts WHERE id % 10 = 0");
    await source.run("UPDATE accounts SET country = 'EG' WHERE id % 6 = 0");
    await running.untilProven("activations", "grain=month");
  }, 60_000);

  test.each(cases)("$name", async (one) => {
    await expectEqual(one);
  });
  test("8 top 10 countries, 30 days against the 30 before", expectTopTen);
  test("10 the three largest models by week, against two weeks before", expectComparedInMemory);
});
