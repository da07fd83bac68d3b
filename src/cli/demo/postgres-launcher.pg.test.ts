import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { chmod, mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, expect, test } from "vitest";
import { nativeOf } from "../../../test/support/postgres.ts";
import { VitrineError } from "../../model/error.ts";
import { startPostgres } from "./postgres-launcher.ts";

const scratch = mkdtempSync(join(tmpdir(), "vitrine-launcher-"));
await chmod(scratch, 0o755);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = (await client.query({ text: sql, rowMode: "array" })) as { rows: unknown[][] };
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}

test("a temporary server decodes logically and leaves nothing behind", async () => {
  const server = await startPostgres();
  expect(await ask(server.url, "show wal_level")).toBe("logical");
  expect(await ask(server.url, "show max_replication_slots")).toBe("50");
  await server.stop();
  expect(server.isRunning()).toBe(false);
  expect(existsSync(server.dataDir)).toBe(false);
  expect(() => process.kill(server.pid, 0)).toThrow("ESRCH");
});

test("physical replication is rejected, logical is let in, a wrong password is not", async () => {
  await using server = await startPostgres();
  const physical = new pg.Client({ connectionString: server.url, replication: "true" } as pg.ClientConfig);
  await expect(physical.connect()).rejects.toMatchObject({ code: "28000" });
  const logical = new pg.Client({ connectionString: server.url, replication: "database" } as pg.ClientConfig);
  await logical.connect();
  await logical.end();
  const wrong = new URL(server.url);
  wrong.password = "wrong";
  await expect(ask(wrong.href, "select 1")).rejects.toMatchObject({ code: "28P01" });
});

test("a kept server keeps data, password and port, also after a crash", async () => {
  const folder = join(scratch, "kept");
  const first = await startPostgres({ folder });
  await ask(first.url, "create table kept as select 7 as n");
  await first.stop("immediate");
  await using second = await startPostgres({ folder });
  expect(second.url).toBe(first.url);
  expect(await ask(second.url, "select n from kept")).toBe(7);
});

test("a second launcher on the same folder is refused and the first goes on", async () => {
  const folder = join(scratch, "twice");
  await using first = await startPostgres({ folder });
  await expect(startPostgres({ folder })).rejects.toSatisfy(
    (error) => error instanceof VitrineError && error.code === "cli/postgres-in-use",
  );
  expect(await ask(first.url, "select 1")).toBe(1);
});

test("when the launcher's process is killed, the server ends; and the folder can be used again at once", async () => {
  const folder = join(scratch, "killed");
  const script = `
    import { startPostgres } from ${JSON.stringify(join(import.meta.dirname, "postgres-launcher.ts"))};
    const server = await startPostgres({ folder: ${JSON.stringify(folder)} });
    process.stdout.write(server.pid + "\\n");
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  const pid = await new Promise<number>((resolve) => child.stdout.once("data", (data: Buffer) => resolve(Number(data.toString()))));
  child.kill("SIGKILL");
  await using again = await startPostgres({ folder });
  expect(again.pid).not.toBe(pid);
  expect(() => process.kill(pid, 0)).toThrow("ESRCH");
});

test("a replication client that does not answer holds the stop for 10 s at most", async () => {
  const server = await startPostgres();
  await ask(server.url, "select pg_create_logical_replication_slot('silent', 'pgoutput')");
  await ask(server.url, "create publication everything for all tables");
  const silent = new pg.Client({ connectionString: server.url, replication: "database" } as pg.ClientConfig);
  silent.on("error", () => {});
  await silent.connect();
  // CopyBoth never ends, so the promise is not awaited; it fails when the server goes.
  silent.query("START_REPLICATION SLOT silent LOGICAL 0/0 (proto_version '1', publication_names 'everything')").catch(() => {});
  await sleep(300);
  const start = Date.now();
  await server.stop();
  expect(Date.now() - start).toBeLessThan(15_000);
});

test("a folder that the server's account cannot enter works too", { skip: process.getuid?.() !== 0 }, async () => {
  const closed = join(scratch, "closed");
  await mkdir(closed, { mode: 0o700 });
  const folder = join(closed, "postgres");
  const first = await startPostgres({ folder });
  await ask(first.url, "create table kept as select 8 as n");
  await first.stop();
  const second = await startPostgres({ folder });
  expect(await ask(second.url, "select n from kept")).toBe(8);
  expect(second.dataDir.startsWith(closed)).toBe(false);
  await second.stop();
  // Opened meanwhile: the data is still where it was made.
  await chmod(closed, 0o711);
  const third = await startPostgres({ folder });
  expect(await ask(third.url, "select n from kept")).toBe(8);
  await third.stop();
  await rm(join(second.dataDir, ".."), { recursive: true });
});

test("a folder that can be passed and not looked into holds the data itself", { skip: process.getuid?.() !== 0 }, async () => {
  const passed = join(scratch, "passed");
  await mkdir(passed);
  await chmod(passed, 0o711);
  await using server = await startPostgres({ folder: join(passed, "postgres") });
  expect(await ask(server.url, "select 9")).toBe(9);
  expect(server.dataDir.startsWith(passed)).toBe(true);
});

test("other versions run, too", { timeout: 180_000 }, async () => {
  const natives = await Promise.all(([14, "15.1", 15] as const).map((version) => nativeOf(version)));
  const versions: unknown[] = [];
  for (const native of natives) {
    await using server = await startPostgres({ native });
    versions.push(await ask(server.url, "show server_version_num"));
  }
  expect(versions).toEqual([expect.stringMatching(/^14/), "150001", expect.stringMatching(/^1500(1[0-9])/)]);
});

test("a server that cannot start says so with its log's last line", async () => {
  await expect(startPostgres({ settings: { shared_buffers: "nonsense" } })).rejects.toMatchObject({
    code: "cli/postgres-failed",
    message: expect.stringContaining("shared_buffers") as unknown,
  });
});

test("a port that is taken is refused when it was wished", async () => {
  await using first = await startPostgres();
  await expect(startPostgres({ port: first.port })).rejects.toMatchObject({ code: "cli/postgres-failed" });
});
