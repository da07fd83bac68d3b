/**
 * Shows 11, the second half: a slot past its limit, with Vitrine alive and with everything killed. What the source's disk holds before, at
 * the worst and afterwards, what `status` says, and that the copy comes back by itself and is what the source holds. The limit is 100 MB
 * here, 1 GB or more in earnest.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorld } from "../../examples/smart-home/world.ts";
import type { StatusReport } from "../../src/metrics/status-report.ts";
import { openSource } from "../oracle/source.ts";
import type { RunningProduct } from "../support/product.ts";
import { runProduct, until } from "../support/product.ts";

const declaration = readFileSync(new URL("../../examples/smart-home/vitrine.yaml", import.meta.url), "utf8");
const limitMb = 102;
const segmentMb = 16;
/** max_wal_size: what the server may keep for itself to write into again. */
const spareMb = 32;
const question = "grain=month&range=last+13+months";
const withinMs = 30_000;
/**
 * The slot's restart position stays before a transaction of which the log has a row. One that has a number alone holds it only until the
 * next note of what runs (each checkpoint writes one), and so now and then not at all.
 */
const leaveOpen = "BEGIN; INSERT INTO held VALUES (1)";

let running: RunningProduct;
const figures: string[] = [];

beforeAll(async () => {
  running = await runProduct({
    load: async (url) => {
      await createWorld({ url, accounts: 300, attempts: 6_000, now: new Date(), seed: 5 });
      await using source = await openSource(url);
      await source.run("CREATE TABLE filler (t text); ALTER TABLE filler ALTER t SET STORAGE PLAIN; CREATE TABLE held (n int)");
    },
    declaration,
    settings: { min_wal_size: "32MB", max_wal_size: `${spareMb}MB`, wal_keep_size: "0" },
    environment: { VITRINE_ACCEPT_UNLIMITED_WAL: "0.1" },
  });
  await running.untilProven("activations", question);
}, 120_000);

afterAll(async () => {
  process.stdout.write(`\n${figures.join("\n")}\n`);
  await running[Symbol.asyncDispose]();
}, 60_000);

/** So many MB of the source's log, of a table that is not ours. */
async function write(megabytes: number): Promise<void> {
  await running.source.run(`INSERT INTO filler SELECT repeat('x', 7900) FROM generate_series(1, ${megabytes * 128})`);
  await running.source.run("TRUNCATE filler");
}

/** MB in pg_wal after a checkpoint, which throws away what nobody needs. */
async function disk(): Promise<number> {
  await running.source.run("CHECKPOINT");
  const [row] = await running.source.rows("SELECT ceil(sum(size) / 1048576) AS mb FROM pg_ls_waldir()");
  return Number(row?.["mb"]);
}

/** MB in pg_wal once the source has thrown away what the slot held; that takes it a checkpoint or two. */
async function freed(): Promise<number> {
  return until("the source's disk free again", withinMs, async () => {
    const megabytes = await disk();
    return megabytes <= spareMb ? megabytes : undefined;
  });
}

async function slots(): Promise<readonly string[]> {
  const rows = await running.source.rows("SELECT slot_name, wal_status FROM pg_replication_slots WHERE NOT temporary ORDER BY 1");
  return rows.map((row) => `${row["slot_name"]?.replace(/^vitrine_[0-9a-f]{8}_/, "")} ${row["wal_status"]}`);
}

/** When the last new generation was seen to be proven. */
let backAt = 0;

async function untilBack(after: number): Promise<StatusReport> {
  const status = await until("another generation alone", 60_000, async () => {
    const seen = await running.status();
    return seen.serving !== undefined && seen.serving > after && seen.generations.length === 1 ? seen : undefined;
  });
  const answer = await running.untilProven("activations", question);
  backAt = performance.now();
  const [row] = await running.source.rows("SELECT count(*) AS n FROM devices WHERE activated_at > now() - interval '12 months'");
  const cells = answer.cells.reduce((sum, cell) => sum + cell.count, 0);
  expect(cells).toBeGreaterThanOrEqual(Number(row?.["n"]));
  expect((await running.product.command(["verify", "full"])).stdout).toContain("The copy is what the source says, at one position.");
  return status;
}

/** The server stands still, as one whose disk does not answer. */
async function stuckServer(): Promise<{ goOn(): void }> {
  const [server] = await running.product.processes("server");
  const pid = server?.pid ?? expect.fail("no server");
  process.kill(pid, "SIGSTOP");
  return { goOn: () => void process.kill(pid, "SIGCONT") };
}

/** The reader's and the server's lines with this event, newest last. */
function logged(event: string): readonly Readonly<Record<string, unknown>>[] {
  const lines = readFileSync(join(running.product.folder, "product.log"), "utf8").split("\n");
  return lines.filter((line) => line.includes(`"event":"${event}"`)).map((line) => JSON.parse(line) as Record<string, unknown>);
}

const overLimit =
  /^The source kept \d+ MB of its log for the slot vitrine_[0-9a-f]{8}_\d+, more than our limit of 103 MB: the slot was dropped\.$/;

test(
  "alive, and the store stuck: the reader drops the slot without anybody's help, and another generation follows",
  { timeout: 150_000 },
  async () => {
    const before = await disk();
    const generation = (await running.status()).serving ?? 0;
    const stuck = await stuckServer();
    let held: number;
    let after: number;
    let droppedMs: number;
    try {
      await write(limitMb - 2 * segmentMb);
      await sleep(2_500);
      held = await disk();
      expect(held).toBeGreaterThan(limitMb - 2 * segmentMb);
      expect(await slots(), "below the limit it stays").toHaveLength(1);
      await write(3 * segmentMb);
      const passed = performance.now();
      await until("the slot dropped", withinMs, async () => ((await slots()).length === 0 ? true : undefined));
      droppedMs = Math.round(performance.now() - passed);
      after = await freed();
    } finally {
      stuck.goOn();
    }
    const back = await untilBack(generation);
    expect(back.serving).toBe(generation + 1);
    const failed = logged("reader-failed").at(-1);
    expect(failed).toMatchObject({ code: "source/slot-over-limit" });
    expect(failed?.["message"]).toMatch(overLimit);
    expect(logged("generation-unusable").at(-1)).toMatchObject({ generation, reason: "source/slot-over-limit" });
    expect((await running.product.command(["status"])).stdout).toMatch(
      new RegExp(`generation ${generation + 1} \\(serving\\).*; begun \\S+: source/slot-over-limit`),
    );
    figures.push(
      `alive, store stuck: pg_wal ${before} MB, ${held} MB below the limit, slot dropped ${droppedMs} ms after it was passed, then ${after} MB; back as generation ${back.serving}`,
    );
  },
);

test(
  "alive, and a transaction on the source holds the log: dropped, said, and begun anew when it has ended",
  { timeout: 150_000 },
  async () => {
    const before = await disk();
    const generation = (await running.status()).serving ?? 0;
    await using other = await openSource(running.adminUrl);
    await other.run(leaveOpen);
    // In the log: the status says it only until the reader of the next generation is there.
    const failures = logged("reader-failed").length;
    await write(limitMb + segmentMb);
    const said = await until("the slot dropped, and said", withinMs, async () => logged("reader-failed")[failures]);
    expect(said["code"]).toBe("source/slot-over-limit");
    expect(said["message"]).toMatch(overLimit);
    expect(said["remedy"]).toContain("a long transaction on the source");
    expect((await running.status()).serving, "answers go on from what there is").toBe(generation);
    const waits = await until("the new slot waits", withinMs, async () =>
      (await running.status()).readers.find((one) => one.state === "waiting"),
    );
    expect(waits.message).toMatch(/^The new slot waits for transactions that are running on the source: pids \d+\.$/);
    expect((await running.answer("activations", question)).state).not.toBe("building");
    const meanwhile = await disk();
    await other.run("COMMIT");
    const back = await untilBack(generation);
    const after = await freed();
    figures.push(
      `alive, a transaction left open: pg_wal ${before} MB, ${meanwhile} MB after the drop with the transaction still open, ${after} MB in the end; back as generation ${back.serving}`,
    );
  },
);

test("a copy that cannot be finished within the limit: dropped too, and not begun again at once", { timeout: 150_000 }, async () => {
  const generation = (await running.status()).serving ?? 0;
  await using other = await openSource(running.adminUrl);
  await other.run(leaveOpen);
  await write(limitMb + segmentMb);
  await until("the new slot waits", withinMs, async () => (await running.status()).readers.find((one) => one.state === "waiting"));
  await write(limitMb + segmentMb);
  await until("the new slot dropped", withinMs, async () => ((await slots()).length === 0 ? true : undefined));
  await other.run("COMMIT");
  await sleep(7_000);
  const begun = logged("generation-unusable").map((line) => line["generation"]);
  expect(begun.slice(-2)).toEqual([generation, generation + 1]);
  expect(await slots(), "nothing holds the source's log meanwhile").toEqual([]);
  expect((await running.status()).serving, "answers go on").toBe(generation);
  // A person who has seen to the cause does not wait for the ten minutes.
  await running.product.stop();
  await running.product.start();
  expect((await untilBack(generation)).serving).toBe(generation + 2);
});

async function killAll(): Promise<void> {
  for (const role of ["supervisor", "server", "reader"] as const) await running.product.kill(role);
  await running.product.untilGone(10_000);
}

test(
  "killed, and the source has no limit of its own: its disk fills, and is free again soon after the start",
  { timeout: 150_000 },
  async () => {
    const before = await disk();
    const generation = (await running.status()).serving ?? 0;
    await killAll();
    await write(3 * limitMb);
    const held = await disk();
    // Without us nothing holds but max_slot_wal_keep_size: what `plan` says.
    expect(held).toBeGreaterThan(3 * limitMb);
    expect(await slots()).toEqual([`${generation} extended`]);
    await running.product.start();
    const started = performance.now();
    const back = await untilBack(generation);
    const backMs = Math.round(backAt - started);
    const after = await freed();
    expect(logged("generation-unusable").at(-1)).toMatchObject({ generation, reason: "source/slot-over-limit" });
    figures.push(
      `killed, no limit at the source: pg_wal ${before} MB, ${held} MB, ${after} MB after the start; back as generation ${back.serving} ${backMs} ms after it`,
    );
  },
);

test(
  "killed, and the source's own limit: the slot is lost, the disk is not, and a new generation is built by itself",
  { timeout: 150_000 },
  async () => {
    await running.source.run("ALTER SYSTEM SET max_slot_wal_keep_size = '64MB'");
    await running.source.run("SELECT pg_reload_conf()");
    const before = await disk();
    const generation = (await running.status()).serving ?? 0;
    await killAll();
    await write(3 * limitMb);
    const held = await disk();
    expect(await slots()).toEqual([`${generation} lost`]);
    expect(held).toBeLessThanOrEqual(64 + 4 * segmentMb);
    await running.product.start();
    const started = performance.now();
    const back = await untilBack(generation);
    const backMs = Math.round(backAt - started);
    expect(logged("generation-unusable").at(-1)).toMatchObject({ generation, reason: "source/slot-lost" });
    expect(await slots(), "the lost slot is gone, too").toEqual([`${back.serving} reserved`]);
    figures.push(
      `killed, max_slot_wal_keep_size = 64MB: pg_wal ${before} MB, ${held} MB with the slot lost, ${await disk()} MB in the end; back as generation ${back.serving} ${backMs} ms after the start`,
    );
  },
);
