import { expect, test } from "vitest";
import type { TestSource } from "../../test/support/source.ts";
import { expectEqualToSource, PlainCopy, testSource } from "../../test/support/source.ts";
import type { Snapshot, SnapshotStatus } from "./snapshot.ts";

const fillSql = `
insert into devices select g, case when g % 7 > 0 then 'model ' || g % 5 end, '2026-01-01'::timestamptz + g * interval '1 hour', g * 1.25, jsonb_build_object('a', g), 'nickname', '2026-01-01'::date + g, md5(g::text)::uuid, g / 3.0, g from generate_series(1, 100) g;
insert into events select g, '2026-01-01'::timestamptz + g * interval '1 minute', g % 100, g % 10 > 0, case when g % 50 = 0 then repeat(md5(g::text), 50) else 'note' end, 'secret' from generate_series(1, 80000) g`;

async function readAll(
  snapshot: Snapshot,
  setting: TestSource,
  onRows: (rows: number) => Promise<void> = async () => {},
): Promise<{ copy: PlainCopy; done: string[] }> {
  const copy = new PlainCopy(setting.tables);
  const done: string[] = [];
  for await (const event of snapshot.events()) {
    if (event.tag === "table-done") done.push(`${event.table} ${event.rowCount}`);
    else {
      copy.rows(event.rows);
      await onRows(event.rows.rowCount);
    }
  }
  return { copy, done };
}

test.each([
  { connections: 1, rangeBytes: 1 << 30 },
  { connections: 3, rangeBytes: 65_536 },
])("all rows once, with $connections connections and ranges of $rangeBytes bytes", async (options) => {
  await using setting = await testSource();
  await setting.database.query(fillSql);
  await using snapshot = await setting.openSnapshot(options);
  await setting.database.query("delete from devices where id < 50; insert into events values (-1, '2026-01-01', 1, true)"); // after it
  const { copy, done } = await readAll(snapshot, setting);
  expect(done.toSorted()).toEqual(["devices 100", "events 80000"]);
  expect(copy.tables.get("devices")?.size).toBe(100);
  await setting.database.query(
    "insert into devices select g, case when g % 7 > 0 then 'model ' || g % 5 end, '2026-01-01'::timestamptz + g * interval '1 hour', g * 1.25, jsonb_build_object('a', g), 'nickname', '2026-01-01'::date + g, md5(g::text)::uuid, g / 3.0, g from generate_series(1, 49) g; delete from events where id = -1",
  );
  await expectEqualToSource(copy, setting.database);
});

test("without a grant on ctid the table is one range", async () => {
  await using setting = await testSource();
  await setting.database.query(fillSql);
  await setting.database.query(`revoke select (ctid) on events from ${setting.role}`);
  const ranges = new Set<number>();
  await using snapshot = await setting.openSnapshot({
    rangeBytes: 65_536,
    onStatus: (status) => status.tag === "progress" && status.table === "events" && ranges.add(status.ranges),
  });
  const { copy } = await readAll(snapshot, setting);
  expect([...ranges]).toEqual([1]);
  await expectEqualToSource(copy, setting.database);
});

test("a failed connection's range is read again, without a row twice", async () => {
  await using setting = await testSource();
  await setting.database.query(fillSql);
  // More than the sockets hold, so that the server is not done before the consumer is.
  await setting.database.query(
    "insert into events select g, '2026-02-02', g, true, repeat('x', 200) from generate_series(100000, 300000) g",
  );
  const statuses: SnapshotStatus[] = [];
  await using snapshot = await setting.openSnapshot({ connections: 1, onStatus: (status) => statuses.push(status) });
  let killed = false;
  const { copy } = await readAll(snapshot, setting, async () => {
    if (killed || copyRows() < 32_768) return;
    killed = true;
    await setting.database.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'COPY%'",
    );
  });
  function copyRows(): number {
    return statuses.reduce((most, one) => (one.tag === "progress" && one.table === "events" ? Math.max(most, one.rows) : most), 0);
  }
  expect(statuses.filter((one) => one.tag === "retry")).toEqual([{ tag: "retry", table: "events", code: "source/connection-lost" }]);
  await expectEqualToSource(copy, setting.database);
});

test("the end of the connection that holds the snapshot is the end of the snapshot", async () => {
  await using setting = await testSource();
  await setting.database.query(fillSql);
  await using snapshot = await setting.openSnapshot({ connections: 1 });
  await setting.database.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and backend_type = 'walsender'",
  );
  await expect(readAll(snapshot, setting)).rejects.toMatchObject({ code: "source/snapshot-ended" });
});

test("nobody pulls: no more than a few batches wait", async () => {
  await using setting = await testSource();
  await setting.database.query(fillSql);
  await setting.database.query("insert into events select g, '2026-02-02', g, true, 'note' from generate_series(100000, 400000) g");
  let rows = 0;
  await using snapshot = await setting.openSnapshot({
    connections: 1,
    onStatus: (status) => (rows = status.tag === "progress" ? status.rows : rows),
  });
  const events = snapshot.events()[Symbol.asyncIterator]();
  await events.next();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(rows).toBeLessThan(5 * 32_768);
});

test("a slot that waits for a running transaction says for which, and gives up in time", async () => {
  await using setting = await testSource();
  const writer = await setting.database.client();
  await writer.query("begin; insert into devices (id) values (1)");
  const { rows } = await writer.query<{ pid: number }>("select pg_backend_pid() as pid");
  const statuses: SnapshotStatus[] = [];
  const opening = setting.openSnapshot({ slotTimeoutMs: 2_500, onStatus: (status) => statuses.push(status) });
  await expect(opening).rejects.toMatchObject({
    code: "source/slot-blocked",
    message: expect.stringContaining(`process ids ${rows[0]?.pid}`) as string,
  });
  expect(statuses).toContainEqual({ tag: "blocked", pids: [rows[0]?.pid] });
  await writer.query("rollback");
  expect(await setting.database.query("select slot_name from pg_replication_slots where database = current_database()")).toEqual([]);
});

test("a partition truncated while the slot is being made is noticed", async () => {
  await using setting = await testSource();
  await setting.database.query(fillSql);
  const writer = await setting.database.client();
  await writer.query("begin; insert into devices (id) values (1000)");
  const opening = setting.openSnapshot({
    onStatus(status) {
      if (status.tag === "blocked") void writer.query("truncate events_2026_02; commit").catch(() => {});
    },
  });
  await expect(opening).rejects.toMatchObject({ code: "source/catalog-changed", place: "events" });
});

test("row-level security is an error and not an empty table; with a policy for the reader it is read", async () => {
  await using setting = await testSource();
  const { database, role } = setting;
  await database.query(fillSql);
  await database.query("alter table devices enable row level security");
  await expect(setting.openSnapshot()).rejects.toMatchObject({ code: "source/row-security", place: "public.devices" });
  await database.query(`create policy everything on devices for select to ${role} using (true)`);
  await using snapshot = await setting.openSnapshot({ rowSecurityTables: new Set(["devices"]) });
  const { copy } = await readAll(snapshot, setting);
  expect(copy.tables.get("devices")?.size).toBe(100);
});

test("a missing grant is said with the table", async () => {
  await using setting = await testSource();
  await setting.database.query(`revoke select (model) on devices from ${setting.role}`);
  await expect(setting.openSnapshot()).rejects.toMatchObject({ code: "source/permission-denied", place: "public.devices" });
});

test("a slot of that name which is not ours is neither used nor dropped", async () => {
  await using setting = await testSource();
  await setting.database.query("select pg_create_logical_replication_slot($1, 'test_decoding')", [setting.slot]);
  await expect(setting.openSnapshot()).rejects.toMatchObject({ code: "source/slot-foreign" });
  expect(await setting.database.query("select plugin from pg_replication_slots where slot_name = $1", [setting.slot])).toEqual([
    { plugin: "test_decoding" },
  ]);
});

test("a temporary slot goes with the snapshot, and SQL can be asked at its position", async () => {
  await using setting = await testSource();
  await setting.database.query(fillSql);
  {
    await using snapshot = await setting.openSnapshot({ temporary: true, replaceSlot: false });
    await setting.database.query("delete from devices");
    await using sql = await snapshot.openSql();
    expect(await sql.query("select count(id)::int4 as n from public.devices")).toEqual([{ n: 100 }]);
  }
  const left = async () => setting.database.query("select slot_name from pg_replication_slots where database = current_database()");
  await expect.poll(left).toEqual([]);
});
