import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { openDuckdbSubject, removeFolders } from "../../test/support/duckdb-subject.ts";
import type { DuckdbSubject } from "../../test/support/duckdb-subject.ts";
import { worldCells, worldSchema } from "../../test/support/mirror-world.ts";
import type { SubjectOptions } from "../../test/support/mirror-world.ts";
import { account, attempt, Feed, hello, smallWorld } from "../../test/support/mirror-suite.ts";
import { SafeEncoder, tokenOf } from "../../test/support/safe.ts";
import { systemClock } from "../lib/clock.ts";
import { lsnFrom } from "../model/lsn.ts";
import { defaultLimits, openDuckdbMirror } from "./duckdb.ts";
import { Engine } from "./duckdb/engine.ts";

const opened: DuckdbSubject[] = [];
afterEach(async () => {
  for (const subject of opened.splice(0)) await subject.mirror[Symbol.asyncDispose]();
  removeFolders();
});

async function loaded(options?: SubjectOptions): Promise<{ subject: DuckdbSubject; feed: Feed; file: string }> {
  const subject = await openDuckdbSubject(options);
  opened.push(subject);
  const feed = new Feed([subject.mirror]);
  await feed.snapshot(smallWorld);
  return { subject, feed, file: join(subject.folder, "gen-1", "mirror.duckdb") };
}

const openAt = (folder: string, rest: object = {}): ReturnType<typeof openDuckdbMirror> =>
  openDuckdbMirror({
    folder: join(folder, "gen-1"),
    generation: 1,
    cells: worldCells,
    limits: { ...defaultLimits, tempFolder: join(folder, "temp") },
    clock: systemClock,
    ...rest,
  });

const code = (expected: string): unknown => expect.objectContaining({ code: expected });

/** Changes the store by SQL behind the mirror's back, while it is closed. */
async function tamper(file: string, ...statements: readonly string[]): Promise<void> {
  const engine = await Engine.open(file, { threads: 1, memoryLimit: "100MB", tempFolder: "", tempMax: "0KB", walMax: "16MB" });
  const connection = await engine.connect();
  for (const statement of statements) await connection.run(statement);
  connection.close();
  engine.close();
}

test("a second opening of one store in this process is refused", async () => {
  const { subject } = await loaded();
  await expect(openAt(subject.folder)).rejects.toEqual(code("mirror/locked"));
});

test("a lock of a process that lives is respected, one of a dead process taken over", async () => {
  const { subject } = await loaded();
  await subject.mirror[Symbol.asyncDispose]();
  const lock = join(subject.folder, "gen-1", "mirror.lock");
  // Process 1 lives as long as the machine; its start time is not known here, so the id alone decides.
  writeFileSync(lock, JSON.stringify({ pid: 1, started: "" }));
  await expect(openAt(subject.folder)).rejects.toEqual(code("mirror/locked"));
  writeFileSync(lock, JSON.stringify({ pid: 2 ** 22 + 1, started: "1" }));
  const again = await openAt(subject.folder);
  expect(again.status.phase).toBe("ready");
  await again[Symbol.asyncDispose]();
  expect(existsSync(lock)).toBe(false);
});

test("files are for their owner only", async () => {
  const { subject, file } = await loaded();
  expect(statSync(join(subject.folder, "gen-1")).mode & 0o777).toBe(0o700);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("a store that is missing where one is expected", async () => {
  const { subject, file } = await loaded();
  await subject.mirror[Symbol.asyncDispose]();
  rmSync(file);
  await expect(openAt(subject.folder, { mustExist: true })).rejects.toEqual(code("mirror/store-missing"));
});

test("a truncated store", async () => {
  const { subject, file } = await loaded();
  await subject.mirror[Symbol.asyncDispose]();
  truncateSync(file, 5_000);
  await expect(openAt(subject.folder)).rejects.toEqual(code("mirror/store-damaged"));
  expect(existsSync(join(subject.folder, "gen-1", "mirror.lock"))).toBe(false);
});

test("a store whose header was overwritten", async () => {
  const { subject, file } = await loaded();
  await subject.mirror[Symbol.asyncDispose]();
  const handle = openSync(file, "r+");
  writeSync(handle, Buffer.alloc(4_096, 7), 0, 4_096, 0);
  closeSync(handle);
  await expect(openAt(subject.folder)).rejects.toEqual(code("mirror/store-damaged"));
});

test("a store of another version", async () => {
  const { subject, file } = await loaded();
  await subject.mirror[Symbol.asyncDispose]();
  await tamper(file, "UPDATE control SET version = 99");
  await expect(openAt(subject.folder)).rejects.toEqual(code("mirror/store-version"));
});

test("a snapshot that was cut off opens as empty", async () => {
  const subject = await openDuckdbSubject();
  await subject.mirror.startFor(hello);
  await subject.mirror.receive({ tag: "snapshot-begin", lsn: lsnFrom(1n), at: 1, estimates: { accounts: 6 } });
  await subject.mirror.receive(new SafeEncoder(worldSchema).rows("accounts", smallWorld.accounts));
  expect(subject.mirror.status.phase).toBe("loading");
  expect(subject.mirror.status.loading[0]).toEqual({ table: "accounts", rows: 6, estimate: 6, done: false });
  const again = await subject.reopen();
  opened.push(again as DuckdbSubject);
  expect(again.mirror.status.phase).toBe("empty");
  expect(await again.mirror.startFor(hello)).toEqual({ tag: "start", from: { tag: "snapshot" } });
});

test("invariant 4: a cell changed behind the mirror's back is found by recomputation", async () => {
  const { subject, file } = await loaded();
  expect(await subject.mirror.checkCells()).toEqual([]);
  await subject.mirror[Symbol.asyncDispose]();
  await tamper(
    file,
    "UPDATE cells_failures__hour SET n = n + 1 WHERE bucket = (SELECT min(bucket) FROM cells_failures__hour)",
    "UPDATE cells_activations__day SET any_low = 5, any_high = 5",
  );
  const again = await openAt(subject.folder);
  expect((await again.checkCells()).map(({ metric, cuboid }) => `${metric}/${cuboid}`)).toEqual(["failures/hour", "activations/day"]);
  await again[Symbol.asyncDispose]();
});

test("a cell that would count fewer than no rows stops the mirror", async () => {
  const { subject, file } = await loaded();
  await subject.mirror[Symbol.asyncDispose]();
  await tamper(
    file,
    "UPDATE cells_failures__month SET n = 0, hit = 0, any_low = 0, any_high = 0, hit_low = 0, hit_high = 0, none_low = 0, none_high = 0",
  );
  const again = await openAt(subject.folder);
  await again.startFor(hello);
  await again.receive(
    new SafeEncoder(worldSchema).changes("attempts", [
      { tag: "remove", key: 6 },
      { tag: "remove", key: 5 },
    ]),
  );
  await expect(again.receive({ tag: "commit", lsn: lsnFrom(200n), at: 200, transactions: 1, changes: 2 })).rejects.toEqual(
    code("mirror/cells-corrupt"),
  );
  await again[Symbol.asyncDispose]();
});

test("another definition of a metric is built anew from the mirror's rows", async () => {
  const { subject } = await loaded();
  await subject.mirror[Symbol.asyncDispose]();
  const metrics = worldCells.metrics
    .filter((metric) => metric.name !== "lines")
    .map((metric) => (metric.name === "failures" ? { ...metric, version: "2", filter: [] } : metric));
  const again = await openAt(subject.folder, { cells: { ...worldCells, metrics } });
  expect(await again.checkCells()).toEqual([]);
  const rows = await again.view((view) => view.all("SELECT sum(n)::INTEGER AS n FROM cells_failures__month"));
  expect(rows).toEqual([{ n: 60 }]);
  await expect(again.view((view) => view.all("SELECT * FROM cells_lines__day__level"))).rejects.toEqual(code("mirror/store-failed"));
  await again[Symbol.asyncDispose]();
});

test("a key that comes twice makes its table untrusted", async () => {
  const subject = await openDuckdbSubject();
  opened.push(subject);
  const feed = new Feed([subject.mirror]);
  await feed.snapshot({ ...smallWorld, attempts: [...smallWorld.attempts, attempt(3, 1)] });
  expect(subject.mirror.status.untrusted.map(({ table, reason }) => ({ table, reason }))).toEqual([
    { table: "attempts", reason: "key-not-unique" },
  ]);
});

test.each([
  ["attempts", "key-not-unique", { tag: "insert", row: attempt(7, 1) }],
  ["accounts", "key-not-unique", { tag: "insert", row: account(2, "us") }],
  ["attempts", "row-missing", { tag: "update", row: attempt(999, 1) }],
  ["attempts", "row-missing", { tag: "remove", key: 999 }],
] as const)("a change of %s that cannot be so marks it %s", async (table, reason, op) => {
  const { subject, feed } = await loaded();
  await feed.changes(table, [op]);
  await feed.commit();
  expect(subject.mirror.status.untrusted.map((one) => `${one.table} ${one.reason}`)).toEqual([`${table} ${reason}`]);
  expect(await subject.mirror.checkCells()).toEqual([]);
});

test("compaction removes the bytes of a deleted account's token, and answers go on", async () => {
  const { subject, feed, file } = await loaded();
  const { mirror } = subject;
  const token = Buffer.from(tokenOf(5));
  await feed.changes("devices", [{ tag: "remove", key: 5 }]);
  await feed.changes(
    "attempts",
    smallWorld.attempts.filter((row) => row["device_id"] === 5).map((row) => ({ tag: "remove", key: Number(row["id"]) })),
  );
  await feed.changes("accounts", [{ tag: "remove", key: 5 }]);
  await feed.commit();
  expect(mirror.status.erasure.logicalSince).toBe(feed.position);
  const held = async (): Promise<boolean> => {
    await mirror.idle();
    return [file, `${file}.wal`].some((one) => existsSync(one) && readFileSync(one).includes(token));
  };
  // The positive control: the bytes are there before.
  expect(await held()).toBe(true);
  const before = await subject.observe();
  const answers = Array.from({ length: 8 }, () => subject.observe());
  await mirror.compact();
  for (const answer of await Promise.all(answers)) expect(answer).toEqual(before);
  expect(await subject.observe()).toEqual(before);
  expect(await held()).toBe(false);
  expect(mirror.status.erasure.logicalSince).toBeUndefined();
  expect(mirror.status.erasure.physicalAt).toBeGreaterThan(0);
  // The account comes again: its token has another ref now, and everything still follows.
  await feed.changes("accounts", [{ tag: "insert", row: account(5, "fr") }]);
  await feed.changes("devices", [{ tag: "update", row: { ...smallWorld.devices[1]!, account_id: 5 } }]);
  await feed.commit();
  expect(await mirror.checkCells()).toEqual([]);
});

test("invariant 3: a copy of the files taken inside a transaction, as a crash leaves them, is at the last commit", async () => {
  const subject = await openDuckdbSubject({ pendingBytesMax: 1 });
  opened.push(subject);
  const feed = new Feed([subject.mirror]);
  await feed.snapshot(smallWorld);
  await feed.changes("attempts", [{ tag: "remove", key: 1 }]);
  await feed.commit();
  const committed = await subject.observe();
  const { applied } = subject.mirror.status;
  await feed.changes("attempts", [
    { tag: "remove", key: 2 },
    { tag: "insert", row: attempt(900, 1) },
  ]);
  await feed.changes("accounts", [{ tag: "update", row: account(1, "jp") }]);
  // Everything is written but the commit.
  expect(subject.mirror.status.applying).toEqual({ changes: 3 });
  const copy = mkdtempSync(join(tmpdir(), "vitrine-crash-"));
  mkdirSync(join(copy, "gen-1"));
  for (const name of ["mirror.duckdb", "mirror.duckdb.wal"])
    if (existsSync(join(subject.folder, "gen-1", name))) copyFileSync(join(subject.folder, "gen-1", name), join(copy, "gen-1", name));
  const crashed = await openDuckdbSubject(undefined, copy);
  opened.push(crashed);
  expect(await crashed.observe()).toEqual(committed);
  expect(crashed.mirror.status.applied).toEqual(applied);
  expect(await crashed.mirror.checkCells()).toEqual([]);
  await feed.commit();
  expect(await subject.observe()).not.toEqual(committed);
});

test("invariant 3: a view sees one position, whatever is applied meanwhile", async () => {
  const { subject, feed } = await loaded();
  await subject.mirror.view(async (view) => {
    const before = await view.all("SELECT count(*)::INTEGER AS n FROM rows_attempts");
    const { applied } = view.status;
    await feed.changes("attempts", [{ tag: "remove", key: 1 }]);
    await feed.commit();
    expect(await view.all("SELECT count(*)::INTEGER AS n FROM rows_attempts")).toEqual(before);
    expect(view.status.applied).toEqual(applied);
  });
  expect(await subject.mirror.view(async (view) => view.status.applied?.lsn)).toBe(lsnFrom(BigInt(feed.position)));
});

test("a statement beyond its limit is interrupted, and the pool goes on", async () => {
  const { subject } = await loaded();
  await expect(
    subject.mirror.view((view) =>
      view.all("SELECT count(*) FROM range(100000) a, range(100000) b WHERE a.range % 7 = b.range % 5", [], 50),
    ),
  ).rejects.toEqual(code("mirror/interrupted"));
  for (let i = 0; i < 6; i += 1) expect(await subject.mirror.view((view) => view.all("SELECT 1 AS one"))).toEqual([{ one: 1 }]);
});

test("an error of the store quotes nothing", async () => {
  const { subject } = await loaded();
  await expect(subject.mirror.view((view) => view.all("SELECT 'anna@example.org'::INTEGER"))).rejects.toThrow(
    /^The store failed: could not run a query \((Conversion|Invalid Input)\)\.$/,
  );
});

test.each(["counts", "full", "sample"] as const)(
  "verification by %s finds a row that is missing, and changes applied meanwhile do not matter",
  async (mode) => {
    const { subject, feed } = await loaded();
    const { mirror } = subject;
    const compare = async (rows: typeof smallWorld.attempts): Promise<number | undefined> => {
      await using comparison = await mirror.compareRows(mode, ["attempts"]);
      await feed.changes("attempts", [{ tag: "remove", key: 30 }]);
      await feed.commit();
      await mirror.compareWith(comparison, feed.rows("attempts", rows));
      const [result] = await comparison.finish();
      await feed.changes("attempts", [{ tag: "insert", row: attempt(30, 30 % 11) }]);
      await feed.commit();
      return result?.differing;
    };
    expect(await compare(smallWorld.attempts)).toBe(0);
    const more = [...smallWorld.attempts, attempt(500, 1, { at: 20_000_000 })];
    expect(await compare(more)).toBe(1);
  },
);

test("the log cannot be written into the file while something is read: it is tried again, and nothing fails", async () => {
  const idleWalBytes = 2_000;
  const { subject, feed, file } = await loaded({ idleWalBytes });
  const { mirror } = subject;
  const logBytes = (): number => statSync(`${file}.wal`, { throwIfNoEntry: false })?.size ?? 0;
  const change = async (): Promise<void> => {
    await feed.changes("attempts", [{ tag: "remove", key: 30 }]);
    await feed.commit();
    await feed.changes("attempts", [{ tag: "insert", row: attempt(30, 30 % 11) }]);
    await feed.commit();
    expect(logBytes()).toBeGreaterThan(idleWalBytes);
  };
  await mirror.idle();
  const comparison = await mirror.compareRows("counts", ["attempts"]);
  await change();
  await mirror.idle();
  expect(logBytes()).toBeGreaterThan(idleWalBytes);
  await comparison[Symbol.asyncDispose]();
  await mirror.idle();
  expect(logBytes()).toBe(0);
  await mirror.view(async (view) => {
    await view.all("SELECT count(*) FROM rows_attempts");
    await change();
    // From eight times the size on it would wait for this view.
    expect(logBytes()).toBeLessThan(8 * idleWalBytes);
    await mirror.idle();
    expect(logBytes()).toBeGreaterThan(idleWalBytes);
  });
  await mirror.idle();
  expect(logBytes()).toBe(0);
  expect(await mirror.checkCells()).toEqual([]);
});

test("a compaction waits for the end of a comparison, which reads the file that goes", async () => {
  const { subject, feed, file } = await loaded();
  const { mirror } = subject;
  const comparison = await mirror.compareRows("full", ["attempts"]);
  await feed.changes("attempts", [{ tag: "remove", key: 30 }]);
  await feed.commit();
  let isDone = false;
  const compaction = mirror.compact().then(() => {
    isDone = true;
  });
  await mirror.compareWith(comparison, feed.rows("attempts", smallWorld.attempts));
  const [result] = await comparison.finish();
  expect(result?.differing).toBe(0);
  expect(isDone).toBe(false);
  await comparison[Symbol.asyncDispose]();
  await compaction;
  expect(existsSync(`${file}.fresh`)).toBe(false);
  expect(await mirror.checkCells()).toEqual([]);
});
