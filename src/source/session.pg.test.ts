import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { testSource } from "../../test/support/source.ts";
import { listUndeclaredColumns, probeColumns, probeOtherDecoding, probePhysicalReplication } from "./probes.ts";
import type { Source } from "./session.ts";
import { openSource } from "./session.ts";
import type { SourceAddress } from "./url.ts";

const at = (source: Source, change: Partial<SourceAddress>): Source =>
  openSource({ address: { ...source.address, ...change }, applicationName: "vitrine test", connectTimeoutMs: 700 });

async function free(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test("each way in which a log-in fails has its code, and no password or text of the server", async () => {
  await using setting = await testSource();
  const { source, database, role } = setting;
  const silent = createServer((socket) => socket.on("error", () => {}).resume());
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const port = (silent.address() as AddressInfo).port;
  const cases: readonly (readonly [Partial<SourceAddress>, string])[] = [
    [{ password: "wrong-password-canary" }, "source/wrong-password"],
    [{ password: undefined }, "source/wrong-password"],
    [{ user: "nobody-there", password: "wrong-password-canary" }, "source/wrong-password"],
    [{ database: "no-such-database" }, "source/no-such-database"],
    [{ port: await free() }, "source/port-refused"],
    [{ port }, "source/host-silent"],
    [{ host: "no-such-host.invalid" }, "source/host-unknown"],
    [{ tls: "verify-full" }, "source/no-tls"],
  ];
  for (const [change, code] of cases) {
    for (const open of [() => at(source, change).openSql(), () => at(source, change).openRaw("replication")]) {
      const error: unknown = await open().catch((one: unknown) => one);
      expect(error).toMatchObject({ code });
      expect(JSON.stringify(error) + String((error as Error).stack)).not.toMatch(/canary/);
    }
  }
  await database.query(`alter role ${role} connection limit 0`);
  await expect(source.openSql()).rejects.toMatchObject({ code: "source/too-many-connections" });
  await database.query(`alter role ${role} connection limit -1 noreplication`);
  await expect(source.openRaw("replication")).rejects.toMatchObject({ code: "source/role-no-replication" });
  await new Promise((resolve) => silent.close(resolve));
});

test("a failed statement keeps the SQLSTATE and nothing of what it quotes", async () => {
  await using setting = await testSource();
  await using sql = await setting.admin.openSql();
  for (const [statement, state] of [
    ["select 'canary'::int", "22P02"],
    ["insert into public.devices (id, model) values (1, 'canary'), (1, 'canary')", "23505"],
    ["do $$ begin raise exception 'canary' using detail = 'canary', hint = 'canary'; end $$", "P0001"],
  ] as const) {
    const error = await sql.query(statement).catch((one: unknown) => one);
    expect(error).toMatchObject({ code: "source/query-failed", origin: { code: state } });
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toMatch(/canary/);
    await using raw = await setting.admin.openRaw("sql");
    await expect(raw.query(statement)).rejects.toMatchObject({ code: "source/query-failed", origin: { code: state } });
  }
});

test("every undeclared column is refused by SELECT and COPY, until it is granted", async () => {
  await using setting = await testSource();
  const { source, database, role, tables } = setting;
  const declared = tables.map((table) => ({
    schema: table.schema,
    table: table.table,
    columns: table.columns.map((column) => column.name),
  }));
  const columns = await listUndeclaredColumns(source, declared);
  expect(columns.map((one) => `${one.table}.${one.column}`)).toEqual([
    "devices.nickname",
    "events.secret",
    ...["01", "02"].flatMap((month) => ["id", "at", "device_id", "ok", "note", "secret"].map((column) => `events_2026_${month}.${column}`)),
  ]);
  const outcomes = async () => (await probeColumns(source, columns)).filter((one) => one.select !== "refused" || one.copy !== "refused");
  expect(await outcomes()).toEqual([]);
  await database.query(`grant select (nickname) on devices to ${role}; grant select (secret) on events to public`);
  expect(await outcomes()).toEqual([
    { schema: "public", table: "devices", column: "nickname", select: "possible", copy: "possible" },
    { schema: "public", table: "events", column: "secret", select: "possible", copy: "possible" },
  ]);
});

test("another plugin can be used with a replication credential: said so, and nothing is left of the try", async () => {
  await using setting = await testSource();
  expect(await probeOtherDecoding(setting.source, setting.database.slot("probe"))).toBe("possible");
  await expect.poll(async () => setting.database.query("select from pg_replication_slots where database = current_database()")).toEqual([]);
});

test("physical replication is told as pg_hba.conf rules it", async () => {
  await using setting = await testSource();
  const rejecting = await setting.database.query(
    "select from pg_hba_file_rules where 'replication' = any (database) and auth_method = 'reject'",
  );
  expect(await probePhysicalReplication(setting.source)).toBe(rejecting.length > 0 ? "refused" : "possible");
});
