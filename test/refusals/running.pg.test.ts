/**
 * What becomes of a running Vitrine when its source changes under it: what `status` and the log say, exactly; that answers go on or say
 * that they are not to be trusted; and that the copy is the source's again once it is mended, by itself or by the remedy.
 *
 * Elsewhere: partitions, a table out of the publication and back, row-level security, privileges (test/shows/, test/differential/
 * partitions.pg.test.ts, src/source/epoch.pg.test.ts); slots of others (src/source/stream.pg.test.ts, src/source/snapshot.pg.test.ts);
 * reader, server and supervisor killed (test/kill/, test/end-to-end.pg.test.ts); a large transaction (store.pg.test.ts).
 */
import { cpSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { PostgresServer } from "../support/postgres.ts";
import { startPostgres } from "../support/postgres.ts";
import { administer, schemaSql, serverFolder } from "./small-world.ts";
import type { Seen, Watched } from "./watched.ts";
import { watch } from "./watched.ts";

/** Small, so that a slot is soon past its limit. */
const settings = { max_slot_wal_keep_size: "32MB", max_wal_size: "32MB", min_wal_size: "32MB", wal_keep_size: "0" };

const folder = serverFolder();
let server: PostgresServer;
let watched: Watched;

beforeAll(async () => {
  server = await startPostgres({ folder, settings, volatile: true });
  await administer(server.url, schemaSql);
  watched = await watch(server.url);
  await watched.product.start();
  await watched.untilReady();
}, 120_000);

afterAll(async () => {
  await watched.product.stop();
  await watched[Symbol.asyncDispose]();
  await server.stop();
  for (const one of [folder, `${folder}-old`]) rmSync(one, { recursive: true, force: true });
}, 60_000);

/** Each begins with what the one before has mended. */
let isBroken = false;
beforeEach(({ skip }) => skip(isBroken, "the case before it was not mended"));
afterEach(({ task }) => {
  isBroken ||= task.result?.state === "fail";
});

const sql = async (...statements: readonly string[]): Promise<unknown> => administer(server.url, ...statements);
const newSnapshot = "A new snapshot is made as a new generation.";

function has(untrusted: Seen["untrusted"], reason: string): boolean {
  return untrusted.some((one) => one[1] === reason);
}

async function restart(how: () => void = () => undefined): Promise<void> {
  const { port } = server;
  await server.stop();
  how();
  server = await startPostgres({ folder, settings, volatile: true, port });
}

test("a value outside the rule becomes `other` and is counted, and the value is nowhere", async () => {
  await sql("UPDATE devices SET model = 'canary@example.org' WHERE id = 1");
  const status = await watched.until("the count", ({ shown }) => shown.trouble.length > 0);
  expect(status.shown.trouble).toEqual([{ table: "devices", column: "model", other: 1, degraded: 0 }]);
  await watched.untilReady({ other: 1 });
  expect(readFileSync(join(watched.product.folder, "product.log"), "utf8")).not.toContain("canary");
  await sql("UPDATE devices SET model = 'cam' WHERE id = 1");
  await watched.untilReady();
});

test("a column that is added stays in the source, and nothing else happens", async () => {
  await sql("ALTER TABLE devices ADD COLUMN ssid text", "UPDATE devices SET ssid = 'canary' WHERE id < 9");
  const { shown } = await watched.untilReady();
  expect([shown.generation, shown.untrusted]).toEqual([1, []]);
});

test("a column renamed: named, and the next generation says what the file lacks; renamed back, it goes on", async () => {
  await sql("ALTER TABLE devices RENAME model TO kind", "UPDATE devices SET nickname = 'x' WHERE id < 5");
  const said = await watched.until(
    "the refusal",
    ({ readers, untrusted }) => readers.some((one) => one.code === "policy/column-missing") && has(untrusted, "column-changed"),
  );
  expect(said.untrusted).toContainEqual([
    "devices",
    "column-changed",
    "The column public.devices.model was renamed or dropped.",
    "Mend vitrine.yaml, then: vitrine apply",
  ]);
  expect(said.readers.find((one) => one.code === "policy/column-missing")).toMatchObject({
    state: "refused",
    message: `public.devices has no column \`model\`. (${watched.product.folder}/vitrine.yaml:16:7)`,
    remedy: "Known here: `id`, `account_id`, `kind`, `activated_at`, `nickname`, `ssid`.",
  });
  expect(await watched.state()).toBe("untrusted");
  await sql("ALTER TABLE devices RENAME kind TO model");
  await watched.untilReady();
});

test("a column retyped so that its treatment no longer fits", async () => {
  const published = "ALTER PUBLICATION vitrine ADD TABLE attempts (id, at, device_id, ok)";
  await sql(
    `BEGIN; ALTER PUBLICATION vitrine DROP TABLE attempts; ALTER TABLE attempts ALTER ok TYPE text USING ok::text; ${published}; COMMIT`,
  );
  const said = await watched.until(
    "the refusal",
    ({ readers, untrusted }) => readers.some((one) => one.code?.startsWith("policy/") === true) && has(untrusted, "column-changed"),
  );
  expect(said.untrusted).toContainEqual([
    "attempts",
    "column-changed",
    "The column public.attempts.ok has another type.",
    "None needed: the copy is being built anew.",
  ]);
  expect(said.readers.find((one) => one.code?.startsWith("policy/"))).toMatchObject({
    state: "refused",
    code: "policy/text-needs-rule",
    message: `public.attempts.ok is text and is kept without a rule: anything could pass. (${watched.product.folder}/vitrine.yaml:26:7)`,
    remedy: "Add `values: [...]`, `values: from table.column` or `match: 'pattern'`.",
  });
  await sql(
    `BEGIN; ALTER PUBLICATION vitrine DROP TABLE attempts; ALTER TABLE attempts ALTER ok TYPE boolean USING ok::boolean; ${published}; COMMIT`,
  );
  await watched.untilReady();
});

test("a column dropped with its place in the publication, and DROP TABLE … CASCADE: mended by others and `vitrine apply`", async () => {
  await sql("ALTER TABLE devices DROP COLUMN model CASCADE", "UPDATE devices SET nickname = 'y' WHERE id < 5");
  const column = await watched.until("the break", ({ untrusted }) => has(untrusted, "table-not-published"));
  expect(column.untrusted).toEqual([
    [
      "devices",
      "table-not-published",
      "The table public.devices is no longer in the publication vitrine: its changes do not arrive.",
      "vitrine apply",
    ],
    ["devices", "column-changed", "The column public.devices.model was renamed or dropped.", "Mend vitrine.yaml, then: vitrine apply"],
    ["devices", "grant-missing", "The role vitrine_reader may no longer SELECT public.devices.model.", "vitrine apply"],
  ]);
  await sql("DROP TABLE attempts CASCADE");
  const gone = await watched.until("the break", ({ untrusted }) => has(untrusted, "table-missing"));
  expect(gone.untrusted).toContainEqual([
    "attempts",
    "table-missing",
    "The table public.attempts is gone or renamed.",
    "Mend vitrine.yaml, then: vitrine apply",
  ]);
  await sql("ALTER TABLE devices ADD COLUMN model text", "UPDATE devices SET model = 'bulb'");
  await sql(
    "CREATE TABLE attempts (id bigint, at timestamptz, device_id bigint, ok boolean, note text, PRIMARY KEY (id, at))",
    "INSERT INTO attempts VALUES (1, now(), 1, true, '')",
  );
  await watched.apply(server.url);
  await watched.untilReady();
});

test("a declared key that is not unique: untrusted, until the second row is gone and the copy was verified", async () => {
  await sql("INSERT INTO attempts VALUES (1, '2026-01-01', 1, true, '')");
  const said = await watched.until("the fault", ({ untrusted }) => untrusted.length > 0);
  expect(said.untrusted).toEqual([
    [
      "attempts",
      "key-not-unique",
      "The declared key is not unique: two rows of the source have the same one.",
      "Declare a key in vitrine.yaml that names one row, then `vitrine apply`; or take the second row out of the source, then `vitrine verify`.",
    ],
  ]);
  await sql("DELETE FROM attempts WHERE at = '2026-01-01'");
  const { stdout } = await watched.product.command(["verify"]);
  expect(stdout).toContain("Different: attempts. The copy is being built anew.");
  await watched.untilReady();
});

test("the slot dropped: another generation, and answers go on", async () => {
  const { shown } = await watched.untilReady();
  await sql(`DO $$ BEGIN LOOP
    BEGIN PERFORM pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT temporary; EXIT;
    EXCEPTION WHEN object_in_use THEN PERFORM pg_terminate_backend(active_pid) FROM pg_replication_slots; PERFORM pg_sleep(0.01); END;
  END LOOP; END $$`);
  const slot = watched.slot(shown.generation);
  const failed = await watched.untilLogged("reader-failed", "source/slot-missing");
  expect(failed).toEqual({
    code: "source/slot-missing",
    place: slot,
    message: `The replication slot ${slot} is gone.`,
    remedy: newSnapshot,
  });
  const after = await watched.untilReady();
  expect(after.shown.generation).toBe(shown.generation + 1);
  expect(watched.gapMs()).toBeLessThan(3_000);
});

test("the source restarted, and away: said, tried again, and nothing is copied anew", async () => {
  const before = await watched.untilReady();
  const { port } = server;
  await server.stop();
  const away = await watched.until("the refusal", ({ readers }) => readers.some((one) => one.code === "source/port-refused"));
  expect(away.readers).toMatchObject([
    {
      state: "connecting",
      message: `Nobody listens at this port. (127.0.0.1:${port})`,
      remedy: "Check the port; is PostgreSQL running, and does it listen on that address (listen_addresses)?",
    },
  ]);
  await sleep(2_000);
  expect(watched.gapMs()).toBeLessThan(3_000);
  rmSync(`${folder}-old`, { recursive: true, force: true });
  cpSync(join(folder, "data"), `${folder}-old`, { recursive: true });
  server = await startPostgres({ folder, settings, volatile: true, port });
  await sql("UPDATE devices SET activated_at = now() - interval '3 days' WHERE id < 20");
  const after = await watched.untilReady();
  expect(after.shown.generation).toBe(before.shown.generation);
});

test("an older copy in the source's place: its log ends before our position, and another generation is built", async () => {
  await sql("INSERT INTO attempts SELECT n, now(), 1, true, '' FROM generate_series(2000001, 2002000) n");
  await watched.untilReady();
  await restart(() => {
    rmSync(join(folder, "data"), { recursive: true });
    cpSync(`${folder}-old`, join(folder, "data"), { recursive: true });
  });
  await sql("INSERT INTO attempts VALUES (3000001, now(), 1, true, '')");
  const { place, message, remedy } = await watched.untilLogged("reader-failed", "source/rewound");
  expect(place).toMatch(/^[0-9A-F]+\/[0-9A-F]+$/);
  expect(message.replaceAll(/[0-9A-F]+\/[0-9A-F]+/g, "LSN")).toBe(
    "The source's log ends at LSN, before the position LSN of the copy: an older copy of the source was put in its place.",
  );
  expect(remedy).toBe(newSnapshot);
  await watched.untilReady();
});

test("an older copy in the source's place that has been written past our position: another generation", async () => {
  await restart(() => {
    rmSync(`${folder}-old`, { recursive: true, force: true });
    cpSync(join(folder, "data"), `${folder}-old`, { recursive: true });
  });
  await sql("DELETE FROM attempts WHERE id > 2000000");
  await watched.untilReady();
  await watched.product.stop();
  const [before] = (await sql("SELECT pg_current_wal_lsn() AS lsn")) as { readonly lsn: string }[];
  // The same cluster, timeline and slot; only what was committed is another thing.
  await restart(() => {
    rmSync(join(folder, "data"), { recursive: true });
    cpSync(`${folder}-old`, join(folder, "data"), { recursive: true });
  });
  let isPast = false;
  for (let id = 4_000_001; !isPast; id += 1_000) {
    await sql(`INSERT INTO attempts SELECT n, now(), 1, true, repeat('x', 200) FROM generate_series(${id}, ${id + 999}) n`);
    const [row] = (await sql(`SELECT pg_current_wal_lsn() > '${before?.lsn}'::pg_lsn AS past`)) as { readonly past: boolean }[];
    isPast = row?.past === true;
  }
  await watched.product.start();
  const { message, remedy } = await watched.untilLogged("reader-failed", "source/rewound");
  expect(message.replaceAll(/[0-9A-F]+\/[0-9A-F]+/g, "LSN")).toBe(
    "The source's log does not have the transaction at LSN that the copy ends with: an older copy of the source was put in its place, and has been written to.",
  );
  expect(remedy).toBe(newSnapshot);
  await watched.untilReady();
});

test("a slot past its limit, and one that is ahead: another generation", async () => {
  const { shown } = await watched.untilReady();
  await watched.product.stop();
  await sql("CREATE TABLE IF NOT EXISTS filler (t text)");
  for (let i = 0; i < 6; i += 1)
    await sql(
      "INSERT INTO filler SELECT repeat(md5(n::text), 100) FROM generate_series(1, 4000) n",
      "SELECT pg_switch_wal()",
      "CHECKPOINT",
    );
  await watched.product.start();
  const slot = watched.slot(shown.generation);
  expect(await watched.untilLogged("reader-failed", "source/slot-lost")).toEqual({
    code: "source/slot-lost",
    place: slot,
    message: `The server has thrown away the WAL that the slot ${slot} needs.`,
    remedy: "A new snapshot is made as a new generation; give the slot more room.",
  });
  const next = await watched.untilReady();
  await watched.product.stop();
  await sql(
    "UPDATE devices SET model = 'cam' WHERE id < 100",
    "SELECT pg_replication_slot_advance(slot_name, pg_current_wal_lsn()) FROM pg_replication_slots",
  );
  await watched.product.start();
  const ahead = watched.slot(next.shown.generation);
  expect(await watched.untilLogged("reader-failed", "source/slot-ahead")).toEqual({
    code: "source/slot-ahead",
    place: ahead,
    message: `The slot ${ahead} is ahead of the copy; the changes in between are gone.`,
    remedy: newSnapshot,
  });
  await watched.untilReady();
});

test("a slot of our name that is not ours: left alone, and another generation", async () => {
  const { shown } = await watched.untilReady();
  await watched.product.stop();
  const slot = watched.slot(shown.generation);
  await sql(`SELECT pg_drop_replication_slot('${slot}')`, `SELECT pg_create_physical_replication_slot('${slot}')`);
  await watched.product.start();
  expect((await watched.untilLogged("slot-left", "source/slot-foreign")).message).toBe(
    `The slot ${slot} is of another plugin or database; Vitrine does not touch it.`,
  );
  // Not tried again for ever: the generation is over, and its bytes with it.
  await watched.untilReady();
  await sql(`SELECT pg_drop_replication_slot('${slot}')`);
});

test("another table put into our publication: named with the command, and doubts no number", async () => {
  await watched.untilReady();
  await sql("CREATE TABLE IF NOT EXISTS secrets (secret text PRIMARY KEY)", "ALTER PUBLICATION vitrine ADD TABLE secrets");
  const seen = await watched.until("the table in status", ({ untrusted }) => untrusted.length > 0);
  expect(seen.untrusted).toEqual([
    [
      "public.secrets",
      "publication-extra",
      "The publication vitrine publishes public.secrets, which the policy does not name.",
      "vitrine apply",
    ],
  ]);
  expect(await watched.state()).toBe("ready");
  await watched.apply(server.url);
  await watched.untilReady();
});

test("another cluster in the source's place: refused without its role, copied anew with it", async () => {
  await restart(() => rmSync(join(folder, "data"), { recursive: true }));
  await sql(schemaSql, "DELETE FROM attempts WHERE id > 500");
  const said = await watched.until("the refusal", ({ readers }) => readers.some((one) => one.code === "source/wrong-password"));
  expect(said.readers).toMatchObject([
    { state: "refused", remedy: "Set the right one in PGPASSFILE or the environment; `vitrine apply` makes a new one for the reader." },
  ]);
  await watched.apply(server.url);
  await watched.untilReady();
});
