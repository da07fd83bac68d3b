import { beforeAll, expect, test } from "vitest";
import { freshDatabase } from "../../test/support/database.ts";
import type { TestDatabase } from "../../test/support/database.ts";
import { createWorld, WorldError, worldExists } from "./world.ts";
import type { WorldProgress, WorldSummary } from "./world.ts";
import { badFirmware } from "./world/catalogue.ts";

const now = new Date("2026-11-22T12:00:00Z");
const sizes = { accounts: 12_000, attempts: 120_000, seed: 1, now };
const progress: WorldProgress[] = [];
let database: TestDatabase;
let summary: WorldSummary;

beforeAll(async () => {
  database = await freshDatabase();
  summary = await createWorld({ url: database.url, ...sizes, onProgress: (told) => progress.push(told) });
  return () => database[Symbol.asyncDispose]();
});

async function one(sql: string): Promise<Record<string, unknown>> {
  const [row] = await database.query(sql);
  if (row === undefined) throw new Error("no row");
  return row;
}

test("the rows are as many as asked for and in proportion to the case", async () => {
  expect(summary.rows).toMatchObject({ accounts: 12_000, devices: 24_000, connection_attempts: 120_000 });
  expect(await one("select count(*)::int as n from connection_attempts")).toEqual({ n: 120_000 });
  // 24,000 of 2.4 M, all of them with a token; others had one once.
  expect(
    await one(
      "select count(*)::int as n, count(distinct account_id)::int as accounts from integrations where kind = 'alexa' and access_token is not null",
    ),
  ).toEqual({ n: 120, accounts: 120 });
  expect(
    await one("select count(*) > 0 as some, bool_and(access_token is null) as gone from integrations where unlinked_at is not null"),
  ).toEqual({ some: true, gone: true });
  // 140 of 2.4 M: one of them here (0.7).
  expect(await one("select count(distinct account_id)::int as n from scale_measurements")).toEqual({ n: 1 });
  expect(await one("select count(distinct account_id)::int as n from devices where model = 'SCALE-X'")).toEqual({ n: 1 });
});

test("24 % live in US Eastern time, nobody in China", async () => {
  const row = await one(
    "select 100.0 * count(*) filter (where time_zone = 'America/New_York') / count(*) as eastern, count(*) filter (where country = 'CN')::int as china from accounts",
  );
  expect(Number(row["eastern"])).toBeCloseTo(24, 0);
  expect(row["china"]).toBe(0);
});

test("ids follow time, and the history ends now", async () => {
  for (const [table, time] of [
    ["accounts", "created_at"],
    ["devices", "activated_at"],
    ["connection_attempts", "at"],
    ["camera_shares", "created_at"],
  ] as const) {
    const row = await one(
      `select count(*) filter (where earlier > ${time})::int as backwards, max(${time}) as last from (select ${time}, lag(${time}) over (order by id) as earlier from ${table}) as rows`,
    );
    expect({ table, backwards: row["backwards"] }).toEqual({ table, backwards: 0 });
    const last = row["last"] as Date;
    expect(last.getTime()).toBeLessThanOrEqual(now.getTime());
    expect(last.getTime()).toBeGreaterThan(now.getTime() - 2 * 86_400_000);
  }
  expect(
    await one("select count(*)::int as n from connection_attempts a join devices d on d.id = a.device_id where a.at < d.activated_at"),
  ).toEqual({ n: 0 });
  expect(
    await one(
      "select count(*)::int as n from devices d join accounts a on a.id = d.account_id where d.activated_at < a.created_at and d.model <> 'SCALE-X'",
    ),
  ).toMatchObject({ n: 0 });
});

test("models and devices per account are skewed", async () => {
  const models = await database.query("select model, count(*)::int as n from devices group by model order by n desc");
  expect(Number(models[0]?.["n"])).toBeGreaterThan(4 * Number(models[7]?.["n"]));
  const { most, none } = await one(
    "select max(n)::int as most, count(*) filter (where n = 0)::int as none from (select count(d.id) as n from accounts a left join devices d on d.account_id = a.id group by a.id) as per",
  );
  expect(most).toBeGreaterThan(12);
  expect(most).toBeLessThan(200);
  expect(none).toBeGreaterThan(600);
});

test("activations have a weekly rhythm and a peak at Christmas", async () => {
  const row = await one(`
    select count(*) filter (where extract(isodow from activated_at) in (6, 7)) / 2.0 / (count(*) filter (where extract(isodow from activated_at) < 6) / 5.0) as weekend,
      count(*) filter (where activated_at >= '2025-12-25' and activated_at < '2025-12-29') / 4.0 / (count(*) filter (where activated_at >= '2025-10-01' and activated_at < '2025-11-01') / 31.0) as christmas
    from devices`);
  expect(Number(row["weekend"])).toBeGreaterThan(1.3);
  expect(Number(row["christmas"])).toBeGreaterThan(2.5);
});

test("one firmware made it worse for a week and was rolled back", async () => {
  const from = `now_at - interval '${badFirmware.fromDaysAgo} days'`;
  const until = `now_at - interval '${badFirmware.untilDaysAgo} days'`;
  const row = await one(`
    select
      100.0 * count(*) filter (where not ok and a.at < ${from}) / count(*) filter (where a.at < ${from}) as before,
      100.0 * count(*) filter (where not ok and a.at between ${from} and ${until}) / count(*) filter (where a.at between ${from} and ${until}) as during,
      100.0 * count(*) filter (where not ok and a.at > ${until} + interval '1 day') / count(*) filter (where a.at > ${until} + interval '1 day') as after,
      count(*) filter (where a.firmware = '${badFirmware.version}' and a.at > ${until} + interval '1 day')::int as late
    from connection_attempts a join devices d on d.id = a.device_id, (values ('${now.toISOString()}'::timestamptz)) as clock (now_at)
    where d.model = '${badFirmware.sku}'`);
  expect(Number(row["during"])).toBeGreaterThan(1.6 * Number(row["before"]));
  expect(Number(row["during"])).toBeGreaterThan(1.6 * Number(row["after"]));
  expect(row["late"]).toBe(0);
});

test("failures depend on model and hour", async () => {
  const models = await one(
    "select avg((not ok)::int) filter (where model = 'CAM-1') / avg((not ok)::int) filter (where model = 'PLUG-1') as ratio from connection_attempts a join devices d on d.id = device_id",
  );
  expect(Number(models["ratio"])).toBeGreaterThan(1.8);
  // 20 h in the US East is 1 UTC, 4 h is 9.
  const hours = await one(
    "select avg((not ok)::int) filter (where extract(hour from at at time zone 'UTC') = 1) / avg((not ok)::int) filter (where extract(hour from at at time zone 'UTC') = 9) as ratio from connection_attempts",
  );
  expect(Number(hours["ratio"])).toBeGreaterThan(1.1);
});

test("what makes mirroring hard is there", async () => {
  const partitions = await database.query(
    "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'connection_attempts'::regclass order by 1",
  );
  expect(partitions.map((row) => row["name"])).toEqual(
    ["05", "06", "07", "08", "09", "10", "11", "12"].map((month) => `connection_attempts_2026_${month}`),
  );
  expect(
    await one(
      "select pg_get_constraintdef(oid) as key from pg_constraint where conrelid = 'connection_attempts'::regclass and contype = 'p'",
    ),
  ).toEqual({ key: "PRIMARY KEY (id, at)" });
  expect(await one("select count(*)::int as n from pg_index where indrelid = 'app_log'::regclass")).toEqual({ n: 0 });
  expect(
    await one(
      "select relrowsecurity as on, (select bool_and(polpermissive) from pg_policy where polrelid = c.oid) as permissive from pg_class c where relname = 'camera_shares'",
    ),
  ).toEqual({ on: true, permissive: true });
  expect(
    await one("select count(*) > 10 as keys, bool_and(convalidated and condeferred) as all from pg_constraint where contype = 'f'"),
  ).toEqual({ keys: true, all: true });
  // Out of line, not merely long.
  for (const table of ["devices", "accounts"]) {
    expect(await one(`select pg_relation_size(reltoastrelid) > 100000 as toasted from pg_class where oid = '${table}'::regclass`)).toEqual({
      toasted: true,
    });
  }
  expect(
    await one(
      "select count(*)::int as strays from devices where firmware !~ '^\\d+\\.\\d+\\.\\d+(\\.\\d+)?$' and firmware not like 'dev build of %@%'",
    ),
  ).toEqual({ strays: 0 });
});

test("sequences go on after the last row", async () => {
  await database.query("insert into connection_attempts (device_id, at, duration_ms, ok, firmware) values (1, $1, 1, true, '1.0.0')", [
    now,
  ]);
  expect(await one("select max(id)::int as id from connection_attempts")).toEqual({ id: 120_001 });
  await database.query("delete from connection_attempts where id = 120001");
});

test("progress is told, to the end", () => {
  expect(progress.at(-1)).toMatchObject({ phase: "done", secondsLeft: 0 });
  expect(progress.filter(({ phase }) => phase === "keys").at(-1)).toMatchObject({ done: 36, total: 37 });
});

test("a second world in the same database is refused and changes nothing", async () => {
  expect(await worldExists({ url: database.url })).toBe(true);
  const refused = await createWorld({ url: database.url, ...sizes }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(WorldError);
  expect(refused).toMatchObject({
    code: "42710",
    message: "The database holds a world (or tables of its names) already: give an empty one.",
  });
  expect(await one("select count(*)::int as n from accounts")).toEqual({ n: 12_000 });
});

test("a server that does not answer is named by its code", async () => {
  await expect(createWorld({ url: "postgres://nobody@127.0.0.1:1/none", ...sizes })).rejects.toMatchObject({
    name: "WorldError",
    code: "ECONNREFUSED",
  });
});
