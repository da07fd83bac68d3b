/**
 * Invariant 4, equal at a position: random sequences of operations on a real PostgreSQL, through the real stages, in batches cut in
 * three ways; then rows, every cell of every cuboid and its verdicts are held against plain SQL on the source.
 *
 * DIFF_SEED replays a run (the seed is printed); DIFF_RUNS says how many sequences (default 200).
 */
import { expect, test } from "vitest";
import { askOracle } from "./compare-entities.ts";
import { expectedAll } from "./compare-mirror.ts";
import { observedRows, readWords } from "./observe.ts";
import { clearing } from "./operations.ts";
import type { Transaction } from "./operations.ts";
import { seeded } from "./random.ts";
import { describeFailure, openStage, sequenceOf } from "./run.ts";
import type { Failure, Stage } from "./run.ts";
import { freshDatabase } from "../support/database.ts";
import { integerToken, textToken, uuidToken } from "../oracle/tokens.ts";

const seed = Number(process.env["DIFF_SEED"] ?? Math.floor(Math.random() * 1_000_000));
const runs = Number(process.env["DIFF_RUNS"] ?? 200);
/** Zones with summer time, with half hours, with a change of half an hour, and without anything. */
const zones = ["America/Los_Angeles", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"] as const;
const perZone = Math.ceil(runs / zones.length);

process.stdout.write(`differential: seed ${seed}, ${perZone * zones.length} sequences (DIFF_SEED and DIFF_RUNS change that)\n`);

/** Two of the four worlds keep one half of the cuboids, two the other: the time goes into keeping them. */
async function withStage<T>(zone: string, work: (stage: Stage) => Promise<T>, before: readonly Transaction[] = []): Promise<T> {
  await using database = await freshDatabase();
  await using stage = await openStage({
    url: database.url,
    slot: database.slot(),
    zone,
    before,
    cuboids: (index) => index % 2 === zones.findIndex((one) => one === zone) % 2,
  });
  return await work(stage);
}

test.each(zones)("random sequences: mirror equals oracle, whatever the batches (%s)", { timeout: 30 * 60_000 }, async (zone) => {
  const first = zones.indexOf(zone) * perZone;
  // The first sequence, but for its census, is what the snapshot finds.
  const { sequence: before } = sequenceOf(seed, first);
  await withStage(
    zone,
    async (stage) => {
      for (let index = first; index < first + perZone; index += 1) {
        const { sequence, random } = sequenceOf(seed, index);
        const failure = await stage.run([clearing(random), ...sequence.transactions], random);
        if (failure !== undefined) throw new Error(await explained(failure, { zone, index }));
      }
    },
    before.transactions.slice(0, -1),
  );
});

/** Looks for the shortest prefix of the sequence that fails on a world of its own. */
async function explained(failure: Failure, { zone, index }: { readonly zone: string; readonly index: number }): Promise<string> {
  const { transactions } = sequenceOf(seed, index).sequence;
  const census = transactions.at(-1);
  const rest = transactions.slice(0, -1);
  if (census === undefined) throw new Error("a sequence without a census");
  const failsWith = async (count: number): Promise<Failure | undefined> =>
    withStage(zone, async (stage) => stage.run([...rest.slice(0, count), census], seeded(seed)));
  for (let count = 1; count <= rest.length; count += 1) {
    const shorter = await failsWith(count);
    if (shorter !== undefined) return describeFailure(shorter, { seed, index, transactions: rest.slice(0, count) });
  }
  return `${describeFailure(failure, { seed, index, transactions })}\n(alone on a fresh world it does not fail: what ran before matters)`;
}

test("the token of every kind of identifier is what its documentation says, recomputed by the oracle", async () => {
  await withStage("UTC", async (stage) => {
    const { sequence, random } = sequenceOf(7, 0);
    const filling = [...sequence.transactions.slice(0, 1), ...sequence.transactions.slice(-1)];
    expect(await stage.run(filling, random)).toBeUndefined();
    const mirror = stage.mirrors.get("each");
    const schema = mirror?.schema;
    if (mirror === undefined || schema === undefined) throw new Error("no mirror");
    const rows = await mirror.view(async (view) => observedRows(view, { schema, table: "census", words: await readWords(view) }));
    const devices = await mirror.view(async (view) => observedRows(view, { schema, table: "devices", words: await readWords(view) }));
    const secretOf = (space: string): Uint8Array => stage.recorder.keys.get(space)?.secret ?? new Uint8Array(32);
    const [row] = await stage.source.rows("SELECT id, account_id, device_id, share_id FROM census ORDER BY id LIMIT 1");
    const held = rows.find((one) => one["id"] === row?.["id"]);
    expect(held?.["account_id"]).toBe(integerToken(secretOf("account"), "account", BigInt(row?.["account_id"] ?? 0)));
    expect(held?.["device_id"]).toBe(integerToken(secretOf("device"), "device", BigInt(row?.["device_id"] ?? 0)));
    expect(held?.["share_id"]).toBe(uuidToken(secretOf("share"), row?.["share_id"] ?? ""));
    const serials = await stage.source.rows("SELECT DISTINCT serial FROM devices WHERE serial IS NOT NULL");
    expect(serials.length).toBeGreaterThan(0);
    expect(new Set(devices.map((one) => one["serial"]).filter((one) => one !== null))).toEqual(
      new Set(serials.map((one) => textToken(secretOf("serial"), one["serial"] ?? ""))),
    );
  });
});

test("the sequences reach what they are for", { timeout: 300_000 }, async () => {
  await withStage("America/Los_Angeles", async (stage) => {
    const verdicts = { any: 0, hit: 0, none: 0, cells: 0 };
    const entities = new Map<string, { cells: number; several: number; hits: number }>();
    for (let index = 0; index < 8; index += 1) {
      const { sequence, random } = sequenceOf(11, index);
      expect(await stage.run([clearing(random), ...sequence.transactions], random)).toBeUndefined();
      const { cells } = await expectedAll(stage.source, stage.world, stage.spec);
      for (const { asked, cells: found } of await askOracle(stage.source, stage.world, random)) {
        const sum = entities.get(asked.name) ?? { cells: 0, several: 0, hits: 0 };
        entities.set(asked.name, sum);
        for (const cell of found.values()) {
          sum.cells += 1;
          sum.several += cell.count > 1 ? 1 : 0;
          sum.hits += cell.hits > 0 ? 1 : 0;
        }
      }
      for (const cell of cells.flatMap((one) => [...one.cells.values()])) {
        verdicts.cells += 1;
        for (const name of ["any", "hit", "none"] as const) verdicts[name] += cell[name] ? 1 : 0;
      }
    }
    for (const name of ["active_devices", "working_devices", "logged_accounts", "sharers", "retention"]) {
      const { cells, several, hits } = entities.get(name) ?? { cells: 0, several: 0, hits: 0 };
      expect(cells, name).toBeGreaterThan(20);
      expect(several, name).toBeGreaterThan(5);
      if (name === "sharers" || name === "retention") expect(hits, name).toBeGreaterThan(2);
    }
    expect(verdicts.cells).toBeGreaterThan(1_000);
    for (const name of ["any", "hit", "none"] as const) expect(verdicts[name], name).toBeGreaterThan(20);
  });
});
