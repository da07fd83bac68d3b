import { expect, test } from "vitest";
import type { TestSource } from "../../test/support/source.ts";
import { expectEqualToSource, mark, nextEvent, PlainCopy, readUntil, testSource } from "../../test/support/source.ts";
import type { Lsn } from "../model/lsn.ts";
import { lsnFrom } from "../model/lsn.ts";
import type { RawEvent } from "./raw.ts";
import type { Stream } from "./stream.ts";
import { openStream } from "./stream.ts";

const fillSql = `
insert into devices select g, case when g % 7 > 0 then 'model ' || g % 5 end, '2026-01-01'::timestamptz + g * interval '1 hour', g * 1.25, jsonb_build_object('a', g), 'nickname', '2026-01-01'::date + g, md5(g::text)::uuid, g / 3.0, g from generate_series(1, 100) g;
insert into events select g, '2026-01-01'::timestamptz + g * interval '10 minutes', g % 100, g % 10 > 0, case when g % 50 = 0 then repeat(md5(g::text), 200) else 'note' end, 'secret' from generate_series(1, 5000) g`;

const open = async (setting: TestSource, from: Lsn, more: Partial<Parameters<typeof openStream>[0]> = {}): Promise<Stream> =>
  openStream({
    source: setting.source,
    slot: setting.slot,
    publications: setting.publications,
    tables: setting.tables,
    from,
    nowMs: Date.now,
    ...more,
  });

async function copyNow(setting: TestSource): Promise<{ copy: PlainCopy; lsn: Lsn }> {
  const copy = new PlainCopy(setting.tables);
  await using snapshot = await setting.openSnapshot({ rangeBytes: 65_536 });
  for await (const event of snapshot.events()) if (event.tag === "rows") copy.rows(event.rows);
  return { copy, lsn: snapshot.lsn };
}

function applyTo(copy: PlainCopy): (event: RawEvent) => void {
  return (event) => {
    if (event.tag === "changes") copy.changes(event.changes);
    else if (event.tag === "relation-changed") throw new Error(event.message);
  };
}

test("snapshot and stream together are the source: partitions, TOAST, key changes and swaps, truncate", async () => {
  await using setting = await testSource();
  const { database } = setting;
  await database.query(fillSql);
  const { copy, lsn } = await copyNow(setting);
  await expectEqualToSource(copy, database);

  await using stream = await open(setting, lsn);
  await database.query("update devices set model = null, price = 'NaN' where id < 10");
  await database.query("update events set ok = not ok where id % 50 = 0"); // TOAST unchanged
  await database.query("update events set id = id + 100000 where id % 50 = 0"); // key change with unchanged TOAST
  await database.query(
    "begin; update devices set id = -1 where id = 1; update devices set id = 1 where id = 2; update devices set id = 2 where id = -1; commit",
  );
  await database.query("update events set at = at + interval '1 month' where id between 10 and 20"); // moves to another partition
  await database.query("delete from events where id between 30 and 40; insert into events values (30, '2026-02-02', 1, true, '', 's')");
  await database.query("begin; insert into devices (id) values (777); rollback");
  await database.query("insert into devices (id, activated_at, at_day) values (888, 'infinity', '-infinity')");
  await database.query("delete from devices where id = 888");
  await mark(database, "first");
  const apply = applyTo(copy);
  await readUntil(stream, "first", apply);
  await expectEqualToSource(copy, database);

  await database.query("truncate events; insert into events values (1, '2026-01-05', 1, true, 'after', 's')");
  await mark(database, "second");
  await readUntil(stream, "second", apply);
  await expectEqualToSource(copy, database);
});

test("any size of slices gives the same rows", async () => {
  await using setting = await testSource();
  const { database } = setting;
  const { lsn } = await copyNow(setting);
  await database.query(fillSql);
  await database.query("update events set id = id + 100000 where id % 3 = 0; delete from events where id % 5 = 0");
  await mark(database, "end");
  for (const sliceBytesMax of [1, 5_000, 100_000_000]) {
    const copy = new PlainCopy(setting.tables);
    await using stream = await open(setting, lsn, { sliceBytesMax });
    for (;;) {
      const event = await nextEvent(stream);
      if (event.tag === "heartbeat") break;
      applyTo(copy)(event); // nothing is acknowledged, so that the next round gets it again
    }
    await expectEqualToSource(copy, database);
  }
});

test("a restart goes on after the acknowledged commit, and skips what the store has beyond it", async () => {
  await using setting = await testSource();
  const { database } = setting;
  const { lsn } = await copyNow(setting);
  await database.query("insert into devices (id) values (1)");
  await mark(database, "a");
  let position: Lsn;
  let at: number | undefined;
  {
    await using stream = await open(setting, lsn);
    // As if the process died after the store's commit and before the acknowledgement.
    let event = await nextEvent(stream);
    while (event.tag !== "heartbeat") {
      if (event.tag === "commit") ({ at } = event);
      event = await nextEvent(stream);
    }
    position = event.lsn;
  }
  await database.query("insert into devices (id) values (2)");
  await mark(database, "b");
  // What comes again has a commit at our position, but not of that time: another history of the same cluster.
  await using other = await open(setting, position, { fromAt: (at ?? 0) + 1 });
  await expect(readUntil(other, "b", () => undefined)).rejects.toMatchObject({ code: "source/rewound" });
  await other[Symbol.asyncDispose]();
  const copy = new PlainCopy(setting.tables);
  await using stream = await open(setting, position, { fromAt: at });
  await readUntil(stream, "b", applyTo(copy));
  expect([...copy.tables.get("devices")!.keys()]).toEqual(["2"]);
});

test("a slot that is ahead of the store is refused", async () => {
  await using setting = await testSource();
  const { lsn } = await copyNow(setting);
  await expect(open(setting, lsnFrom(lsn - 1n))).rejects.toMatchObject({ code: "source/slot-ahead" });
  await using stream = await open(setting, lsn);
  await expect(open(setting, lsn)).rejects.toMatchObject({ code: "source/slot-in-use" });
  expect(stream.timeline).toBe(1);
});

test("a slot that is gone, and one of another plugin, are refused", async () => {
  await using setting = await testSource();
  await expect(open(setting, lsnFrom(1n))).rejects.toMatchObject({ code: "source/slot-missing" });
  await setting.database.query("select pg_create_logical_replication_slot($1, 'test_decoding')", [setting.slot]);
  await expect(open(setting, lsnFrom(1n << 62n))).rejects.toMatchObject({ code: "source/slot-foreign" });
});

test("only what was acknowledged is confirmed at the server, and nothing else", async () => {
  await using setting = await testSource();
  const { database } = setting;
  const { lsn } = await copyNow(setting);
  const confirmed = async () => {
    const [row] = await database.query(
      "select confirmed_flush_lsn = $1::pg_lsn as begun, confirmed_flush_lsn >= $2::pg_lsn as moved from pg_replication_slots where slot_name = $3",
      [format(lsn), format(position), setting.slot],
    );
    return row;
  };
  let position = lsn;
  await using stream = await open(setting, lsn);
  await database.query("insert into devices select g from generate_series(1, 1000) g");
  await mark(database, "n");
  let event = await nextEvent(stream);
  while (event.tag !== "heartbeat") event = await nextEvent(stream);
  position = event.lsn;
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await confirmed()).toEqual({ begun: true, moved: false });
  stream.acknowledge(position);
  await expect.poll(confirmed).toEqual({ begun: false, moved: true });
});

test("nobody pulls: memory stays bounded, and keepalives go on beside a paused socket", async () => {
  await using setting = await testSource();
  const { database } = setting;
  await database.query(`alter role ${setting.role} set wal_sender_timeout = '1500ms'`);
  const { lsn } = await copyNow(setting);
  await database.query("insert into events select g, '2026-01-02', g, true, repeat('x', 1000), 's' from generate_series(1, 40000) g");
  await mark(database, "end");
  await using stream = await open(setting, lsn, { queueBytesMax: 2 << 20 });
  await new Promise((resolve) => setTimeout(resolve, 4500));
  expect(stream.queuedBytes()).toBeGreaterThan(1 << 20);
  expect(stream.queuedBytes()).toBeLessThan(3 << 20);
  const copy = new PlainCopy(setting.tables);
  await readUntil(stream, "end", applyTo(copy));
  expect(copy.tables.get("events")!.size).toBe(40_000);
});

test("a quiet source's position moves on with idle events", async () => {
  await using setting = await testSource();
  const { database } = setting;
  const { lsn } = await copyNow(setting);
  await using stream = await open(setting, lsn);
  // WAL of which nothing is published.
  await database.query("create table other as select g from generate_series(1, 10000) g");
  const event = await nextEvent(stream);
  expect(event).toMatchObject({ tag: "idle" });
  expect("lsn" in event && event.lsn > lsn).toBe(true);
});

test("the server ends the connection: an error with a code, which may be tried again", async () => {
  await using setting = await testSource();
  const { lsn } = await copyNow(setting);
  await using stream = await open(setting, lsn);
  // On a busy machine the server's first word that nothing happens comes before its end.
  const end = (async (): Promise<never> => {
    for (;;) await nextEvent(stream);
  })().catch((error: unknown) => error);
  await setting.database.query("select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = $1", [setting.slot]);
  expect(await end).toMatchObject({ code: "source/connection-lost" });
});

test("a published table that is not declared is said once by name, and its rows are not decoded", async () => {
  await using setting = await testSource();
  const { database } = setting;
  await database.query("create table stray (id int primary key, secret text)");
  const { lsn } = await copyNow(setting);
  await database.query("alter publication vitrine add table stray (id)");
  await database.query("insert into stray values (1, 's'), (2, 's')");
  await mark(database, "end");
  await using stream = await open(setting, lsn);
  const seen: RawEvent[] = [];
  await readUntil(stream, "end", (event) => seen.push(event));
  expect(seen.filter((event) => event.tag === "changes")).toEqual([]);
  expect(seen.filter((event) => event.tag === "relation-changed").map((event) => event.message)).toEqual([
    "public.stray is published, but not declared; its rows are dropped unread.",
  ]);
});

test("a declared column that was renamed is said by name and its rows are not decoded", async () => {
  await using setting = await testSource();
  const { database } = setting;
  const { lsn } = await copyNow(setting);
  await database.query("alter table devices rename column model to kind; insert into devices (id) values (5)");
  await mark(database, "end");
  await using stream = await open(setting, lsn);
  const seen: RawEvent[] = [];
  await readUntil(stream, "end", (event) => seen.push(event));
  expect(seen.filter((event) => event.tag === "changes")).toEqual([]);
  expect(seen.filter((event) => event.tag === "relation-changed").map((event) => event.message)).toEqual([
    "devices publishes column kind, which is not declared; it is dropped unread.",
    "devices column model is no longer published.",
  ]);
});

function format(lsn: Lsn): string {
  return `${(lsn >> 32n).toString(16)}/${(lsn & 0xffffffffn).toString(16)}`;
}
