/** Sets and entities in memory: at one committed position, exact, the same after a restart, and without what was deleted. */
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { openDuckdbSubject, removeFolders } from "../../test/support/duckdb-subject.ts";
import type { DuckdbSubject } from "../../test/support/duckdb-subject.ts";
import { account, attempt, device, Feed, hello, smallWorld } from "../../test/support/mirror-suite.ts";
import { worldCells } from "../../test/support/mirror-world.ts";
import type { PlainRow } from "../../test/support/safe.ts";
import { bitCount, eachBit, hasBit } from "./bits.ts";
import type { CellsSpec, ColumnPath } from "./cuboid.ts";
import { Engine } from "./duckdb/engine.ts";
import { KeptUnions } from "./kept-unions.ts";
import { RefCollector, RefSet } from "./ref-set.ts";
import type { MemoryReading } from "./reading.ts";

const opened: DuckdbSubject[] = [];
afterEach(async () => {
  for (const subject of opened.splice(0)) await subject.mirror[Symbol.asyncDispose]();
  removeFolders();
});

type World = Readonly<Record<string, readonly PlainRow[]>>;

async function loaded(world: World = smallWorld, cells: CellsSpec = worldCells): Promise<{ subject: DuckdbSubject; feed: Feed }> {
  // One byte: every change is applied at once, inside the open transaction.
  const subject = await openDuckdbSubject({ pendingBytesMax: 1, cells });
  opened.push(subject);
  const feed = new Feed([subject.mirror]);
  await feed.snapshot(world);
  return { subject, feed };
}

async function reopened(subject: DuckdbSubject, cells: CellsSpec = worldCells): Promise<DuckdbSubject> {
  await subject.mirror[Symbol.asyncDispose]();
  const again = await openDuckdbSubject({ pendingBytesMax: 1, cells }, subject.folder);
  opened.push(again);
  return again;
}

const day = Math.floor((26_000_000 - 300) / 1_440);
const country: ColumnPath = { refs: ["account_id"], table: "accounts", column: "country", kind: "code" };

/** All that answers can see, as plain data. */
function seen(reading: MemoryReading): object {
  const devices = reading.entity("devices");
  const { places, codes } = devices.dimension(country);
  const accountOf = devices.follow(["account_id"]);
  const refs = Array.from({ length: 9 }, (_, ref) => ref);
  return {
    lsn: reading.status.applied?.lsn,
    present: [...devices.present.subarray(0, 9)],
    countries: refs.map((ref) => (ref < devices.count ? codes[places[ref] ?? -1] : undefined)),
    accounts: refs.map((ref) => accountOf(ref)),
    activated: [...devices.minutes("activated_at").subarray(0, 9)],
    active: [...reading.daySet("active").union(day - 1, day + 3)],
    failing: [...reading.memberSet("failing").words()],
    span: reading.daySet("active").span,
  };
}

test("a read inside an open transaction sees the last commit, and nothing of what is being applied", async () => {
  const { subject, feed } = await loaded();
  const before = await subject.mirror.read(seen);
  await feed.changes("accounts", [{ tag: "update", row: account(1, "jp") }]);
  await feed.changes("devices", [
    { tag: "update", row: device(1, 3, "cam", { activated_at: 1 }) },
    { tag: "remove", key: 2 },
  ]);
  await feed.changes("attempts", [
    { tag: "remove", key: 3 },
    { tag: "insert", row: attempt(900, 20, { ok: false, at: 26_000_000 }) },
  ]);
  expect(await subject.mirror.read(seen)).toEqual(before);
  await feed.commit();
  const after = await subject.mirror.read(seen);
  for (const key of Object.keys(before)) if (key !== "span") expect(after[key as never], key).not.toEqual(before[key as never]);
  expect(await subject.mirror.checkCells()).toEqual([]);
});

test("a read waits for a transaction that cannot be taken back for a moment", async () => {
  const { subject, feed } = await loaded();
  await feed.changes("devices", [{ tag: "truncate" }]);
  const order: string[] = [];
  const reading = subject.mirror.read((one) => {
    order.push("read");
    return [...one.entity("devices").present];
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  order.push("commit");
  await feed.commit();
  expect(await reading).not.toContain(1);
  expect(order).toEqual(["commit", "read"]);
});

test("a reader that goes away in the middle leaves sets and entities as they were committed", async () => {
  const { subject, feed } = await loaded();
  const before = await subject.mirror.read(seen);
  await feed.changes("attempts", [{ tag: "truncate" }]);
  await feed.changes("devices", [{ tag: "remove", key: 2 }]);
  await subject.mirror.startFor(hello);
  expect(await subject.mirror.read(seen)).toEqual(before);
});

test("nothing can be read before the copy is loaded", async () => {
  const subject = await openDuckdbSubject();
  opened.push(subject);
  await expect(subject.mirror.read(seen)).rejects.toEqual(expect.objectContaining({ code: "mirror/not-loaded" }));
});

test("an answer that throws leaves memory as it was", async () => {
  const { subject, feed } = await loaded();
  await feed.changes("devices", [{ tag: "remove", key: 2 }]);
  const fail = (): never => {
    throw new Error("a question");
  };
  await expect(subject.mirror.read(fail)).rejects.toThrow("a question");
  await feed.commit();
  expect(await subject.mirror.checkCells()).toEqual([]);
});

/** As many devices on one day as pass every limit. */
const many = 9_000;
const crowd = {
  ...smallWorld,
  attempts: Array.from({ length: many }, (_, i) => attempt(i + 1, i, { at: 26_000_000 + (i % 2), note: "real" })),
};
const removal = (from: number, to: number): { tag: "remove"; key: number }[] =>
  Array.from({ length: to - from }, (_, i) => ({ tag: "remove", key: from + i }));

test.each([
  ["few leave", [1, 5]],
  ["more leave than are looked up one by one", [1, 6_000]],
  ["all leave", [1, many + 1]],
] as const)("a day of many: %s, also after a restart", async (_name, [from, to]) => {
  const { subject, feed } = await loaded(crowd);
  const count = (): Promise<number> => subject.mirror.read((one) => bitCount(one.daySet("active").union(day - 1, day + 2)));
  expect(await count()).toBe(many);
  await feed.changes("attempts", removal(from, to));
  await feed.commit();
  expect(await count()).toBe(many - (to - from));
  const others = Array.from({ length: 8_000 }, (_one, i) => attempt(many + 1 + i, many + i, { at: 26_000_000 }));
  await feed.changes(
    "attempts",
    others.map((row) => ({ tag: "insert", row })),
  );
  await feed.commit();
  const observed = await subject.observe();
  const again = await reopened(subject);
  expect(await again.observe()).toEqual(observed);
  expect(await again.mirror.checkCells()).toEqual([]);
});

async function tamper(subject: DuckdbSubject, statement: string): Promise<void> {
  const file = join(subject.folder, "gen-1", "mirror.duckdb");
  const engine = await Engine.open(file, { threads: 1, memoryLimit: "100MB", tempFolder: "", tempMax: "0KB", walMax: "16MB" });
  const connection = await engine.connect();
  await connection.run(statement);
  connection.close();
  engine.close();
}

test("invariant 4: a set that differs from the rows is found by recomputation", async () => {
  const { subject, feed } = await loaded();
  await feed.changes("attempts", [{ tag: "insert", row: attempt(900, 20, { at: 26_100_000 }) }]);
  await feed.commit();
  const observed = await subject.observe();
  await subject.mirror[Symbol.asyncDispose]();
  await tamper(subject, 'UPDATE rows_attempts SET "at" = 26200000 WHERE id = 900');
  const again = await reopened(subject);
  // It comes from its own words, not from the rows.
  expect((await again.observe()).sets).toEqual(observed.sets);
  expect((await again.mirror.checkCells()).filter((one) => one.cuboid === "days")).toEqual([
    { metric: "active", cuboid: "days", cells: 2, differing: 2 },
  ]);
});

test("compaction: no stored word keeps the bit of a deleted row", async () => {
  const { subject, feed } = await loaded();
  const bits = "SELECT bit_count(bits)::INTEGER AS n FROM days_active";
  const total = async (): Promise<number> => {
    const rows = await subject.mirror.view((view) => view.all(bits));
    return rows.reduce((sum, row) => sum + Number(row["n"]), 0);
  };
  const before = await total();
  const gone = smallWorld.attempts.filter((row) => row["device_id"] === 5).map((row) => Number(row["id"]));
  await feed.changes(
    "attempts",
    gone.map((key) => ({ tag: "remove", key })),
  );
  await feed.commit();
  expect(await total()).toBe(before);
  await subject.mirror.compact();
  expect(await total()).toBe(before - 1);
  expect(await subject.mirror.view((view) => view.all("SELECT * FROM day_changes_active"))).toEqual([]);
  expect(await subject.mirror.checkCells()).toEqual([]);
  const observed = await subject.observe();
  expect(await (await reopened(subject)).observe()).toEqual(observed);
});

test("another definition of a set is built anew from the rows, and one that is gone leaves no table", async () => {
  const { subject } = await loaded();
  const daySets = (worldCells.daySets ?? []).filter((set) => set.name === "active").map((set) => ({ ...set, filter: [], version: "2" }));
  const again = await reopened(subject, { ...worldCells, daySets });
  expect(await again.mirror.checkCells()).toEqual([]);
  await expect(again.mirror.view((view) => view.all("SELECT * FROM days_logged"))).rejects.toEqual(
    expect.objectContaining({ code: "mirror/store-failed" }),
  );
});

test("a sum beyond 2^53 is not rounded: its table is untrusted, also after a restart", async () => {
  const { subject, feed } = await loaded();
  const big = attempt(900, 1, { price: 2n ** 53n - 2n });
  await feed.changes("attempts", [{ tag: "insert", row: big }]);
  await feed.commit();
  const reasons = ({ mirror }: DuckdbSubject): string[] => mirror.status.untrusted.map(({ table, reason }) => `${table} ${reason}`);
  expect(reasons(subject)).toEqual(["attempts sum-too-large"]);
  expect(reasons(await reopened(subject))).toEqual(["attempts sum-too-large"]);
});

const refs = fc.array(fc.oneof(fc.nat(200), fc.nat(100_000)), { maxLength: 300 });

test("a set of refs is that of its members, as list and as bits, whatever comes and goes", () => {
  fc.assert(
    fc.property(refs, refs, refs, (first, come, go) => {
      const collector = new RefCollector();
      for (const ref of first) collector.add(ref);
      const set = collector.finish();
      const model = new Set(first);
      expect(RefSet.ofRefs(Int32Array.from(first)).words()).toEqual(RefSet.ofBits(set.words()).words());
      const added = [...new Set(come)].filter((ref) => !model.has(ref));
      const removed = [...new Set(go)].filter((ref) => model.has(ref));
      set.change(Int32Array.from(added), Int32Array.from(removed));
      for (const ref of added) model.add(ref);
      for (const ref of removed) model.delete(ref);
      const members: number[] = [];
      set.each((ref) => members.push(ref));
      expect(members).toEqual([...model].toSorted((a, b) => a - b));
      expect(set.count).toBe(model.size);
      expect(bitCount(set.words())).toBe(model.size);
      expect([...come, ...go].every((ref) => set.has(ref) === model.has(ref) && hasBit(set.words(), ref) === model.has(ref))).toBe(true);
    }),
  );
});

test("kept unions of weeks and months are those of their days, also after days change", () => {
  const changes = fc.array(fc.record({ day: fc.integer({ min: -5, max: 40 }), ref: fc.constantFrom(0, 31, 90), go: fc.boolean() }), {
    maxLength: 60,
  });
  const windows = fc.array(fc.tuple(fc.integer({ min: -10, max: 20 }), fc.nat(60)), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(fc.array(fc.tuple(changes, windows), { minLength: 1, maxLength: 4 }), (rounds) => {
      const days = new Map<number, RefSet>();
      const unions = new KeptUnions((one) => days.get(one));
      for (const [list, asked] of rounds) {
        for (const one of list) change(days, unions, one);
        for (const [from, length] of asked) {
          const truth = new Set<number>();
          for (let at = from; at < from + length; at += 1) days.get(at)?.each((ref) => truth.add(ref));
          const members: number[] = [];
          eachBit(unions.of(from, from + length), (ref) => members.push(ref));
          expect(members).toEqual([...truth].toSorted((a, b) => a - b));
        }
      }
    }),
  );
});

function change(days: Map<number, RefSet>, unions: KeptUnions, one: { day: number; ref: number; go: boolean }): void {
  const set = days.get(one.day) ?? new RefCollector().finish();
  days.set(one.day, set);
  const ref = Int32Array.of(one.ref);
  const none = new Int32Array(0);
  if (one.go === set.has(one.ref)) set.change(one.go ? none : ref, one.go ? ref : none);
  else return;
  if (one.go) unions.drop(one.day);
  else unions.add(one.day, ref);
}
