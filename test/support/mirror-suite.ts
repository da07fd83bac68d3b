// oxlint-disable max-lines -- one table of cases
/**
 * One suite for every implementation of the mirror's contract. Cases are plain data, so that a broken mirror can be shown to fail
 * them. Each compares what is observed with what the reference, given the same messages, says.
 */
import { must } from "../../src/lib/assert.ts";
import { deepStrictEqual, ok, rejects } from "node:assert/strict";
import type { Mirror } from "../../src/mirror/mirror.ts";
import type { Lsn } from "../../src/model/lsn.ts";
import { lsnFrom } from "../../src/model/lsn.ts";
import type { DownMessage, SafeRows } from "../../src/policy/safe.ts";
import { openMemorySubject } from "./memory-mirror.ts";
import type { OpenSubject, Subject } from "./mirror-world.ts";
import { worldSchema } from "./mirror-world.ts";
import { kept, SafeEncoder } from "./safe.ts";
import type { PlainOp, PlainRow } from "./safe.ts";

export interface SuiteCase {
  readonly name: string;
  readonly run: (open: OpenSubject) => Promise<void>;
}

export const hello: Extract<DownMessage, { tag: "hello" }> = {
  tag: "hello",
  schema: worldSchema,
  systemIdentifier: "1",
  timeline: 1,
  slot: "vitrine_test_1",
};
const lsn = (value: number): Lsn => lsnFrom(BigInt(value));

/** Feeds the same messages to a mirror and to the reference. */
export class Feed {
  readonly mirrors: Mirror[];
  readonly #encoders: SafeEncoder[];
  #lsn = 100;

  constructor(mirrors: readonly Mirror[]) {
    this.mirrors = [...mirrors];
    this.#encoders = mirrors.map(() => new SafeEncoder(worldSchema));
  }

  get position(): number {
    return this.#lsn;
  }

  async send(message: DownMessage): Promise<void> {
    for (const mirror of this.mirrors) await mirror.receive(message);
  }

  async snapshot(tables: Readonly<Record<string, readonly PlainRow[]>>): Promise<void> {
    for (const mirror of this.mirrors) deepStrictEqual(await mirror.startFor(hello), { tag: "start", from: { tag: "snapshot" } });
    await this.send({ tag: "snapshot-begin", lsn: lsn(100), at: 100, estimates: {} });
    for (const [table, rows] of Object.entries(tables)) {
      for (const [i, mirror] of this.mirrors.entries()) if (rows.length > 0) await mirror.receive(this.#encoders[i]!.rows(table, rows));
      await this.send({ tag: "table-done", table, rowCount: rows.length });
    }
    await this.send({ tag: "snapshot-end", lsn: lsn(100), epoch: "first" });
  }

  async changes(table: string, list: readonly PlainOp[]): Promise<void> {
    for (const [i, mirror] of this.mirrors.entries()) await mirror.receive(this.#encoders[i]!.changes(table, list));
  }

  async commit(): Promise<void> {
    this.#lsn += 10;
    for (const mirror of this.mirrors)
      deepStrictEqual(await mirror.receive({ tag: "commit", lsn: lsn(this.#lsn), at: this.#lsn, transactions: 1, changes: 1 }), {
        ack: lsn(this.#lsn),
      });
  }

  /** Rows as the reader of the first mirror would send them now. */
  rows(table: string, rows: readonly PlainRow[]): SafeRows {
    return this.#encoders[0]!.rows(table, rows);
  }

  /** A mirror was opened again, or a reader connected anew: codes of the pipe start afresh. */
  reconnect(i: number, mirror: Mirror): void {
    this.mirrors[i] = mirror;
    this.#encoders[i] = new SafeEncoder(worldSchema);
  }
}

export const account = (id: number, country: string | null = "us"): PlainRow => ({ id, country });
export const device = (id: number, accountId: number | null, model: string | null = "cam", rest: PlainRow = {}): PlainRow => ({
  id,
  account_id: accountId,
  model,
  activated_at: 26_000_000 + id,
  slots: id % 3,
  blurb: `large ${id}`,
  ...rest,
});
export const attempt = (id: number, deviceId: number | null, rest: PlainRow = {}): PlainRow => ({
  id,
  device_id: deviceId,
  at: 26_000_000 + id * 7,
  ok: id % 3 !== 0,
  retries: id % 2,
  price: id * 100,
  load: id / 4,
  note: "real",
  ...rest,
});
const line = (id: number): PlainRow => ({ at: 26_000_000 + id, device_id: id % 4, level: id % 2 === 0 ? "info" : null });
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

export const smallWorld = {
  accounts: range(0, 6).map((id) => account(id, ["us", "de", null][id % 3] ?? null)),
  devices: range(0, 9).map((id) => device(id, id % 7, id % 2 === 0 ? "cam" : "bulb")),
  attempts: range(1, 61).map((id) => attempt(id, id % 11)),
  log: range(0, 5).map(line),
};

async function begin(open: OpenSubject): Promise<{ subject: Subject; reference: Subject; feed: Feed; same: () => Promise<void> }> {
  const subject = await open();
  const reference = await openMemorySubject();
  const feed = new Feed([subject.mirror, reference.mirror]);
  await feed.snapshot(smallWorld);
  const same = async (): Promise<void> => {
    deepStrictEqual(await subject.observe(), await reference.observe());
    deepStrictEqual(await subject.mismatches(), 0);
    deepStrictEqual(subject.mirror.status.rows, reference.mirror.status.rows);
  };
  return { subject, reference, feed, same };
}

/** A case that sends changes in one batch and compares. */
function batch(name: string, changes: Readonly<Record<string, readonly PlainOp[]>>): SuiteCase {
  return {
    name,
    async run(open) {
      const { feed, same } = await begin(open);
      for (const [table, list] of Object.entries(changes)) await feed.changes(table, list);
      await feed.commit();
      await same();
    },
  };
}

export const mirrorSuite: readonly SuiteCase[] = [
  {
    name: "a snapshot's rows and cells",
    async run(open) {
      const { subject, reference, same } = await begin(open);
      await same();
      deepStrictEqual(subject.mirror.status.phase, "ready");
      deepStrictEqual(subject.mirror.status.applied, reference.mirror.status.applied);
    },
  },
  {
    name: "facts that arrive before their entities in the snapshot",
    async run(open) {
      const subject = await open();
      const reference = await openMemorySubject();
      const feed = new Feed([subject.mirror, reference.mirror]);
      await feed.snapshot({
        attempts: smallWorld.attempts,
        log: smallWorld.log,
        devices: smallWorld.devices,
        accounts: smallWorld.accounts,
      });
      deepStrictEqual(await subject.observe(), await reference.observe());
    },
  },
  batch("inserts alone", { attempts: range(61, 90).map((id) => ({ tag: "insert", row: attempt(id, id % 12) })) }),
  batch("update, delete, insert again under the same key", {
    attempts: [
      { tag: "update", row: attempt(5, 2, { ok: null, note: "other" }) },
      { tag: "remove", key: 6 },
      { tag: "insert", row: attempt(6, 1, { at: null }) },
      { tag: "remove", key: 7 },
      { tag: "insert", row: attempt(70, 3) },
      { tag: "update", row: attempt(70, 4, { note: kept }) },
      { tag: "insert", row: attempt(71, 3) },
      { tag: "remove", key: 71 },
    ],
  }),
  batch("two keys swapped through a third, with a value that is kept", {
    attempts: [
      { tag: "update", row: attempt(-1, 1, { note: kept }), old: 1 },
      { tag: "update", row: attempt(1, 2, { note: kept, price: 7 }), old: 2 },
      { tag: "update", row: attempt(2, 1, { note: kept }), old: -1 },
    ],
  }),
  batch("a key changes and the kept value is that of the old key", {
    attempts: [
      { tag: "update", row: attempt(200, 3, { note: kept }), old: 9 },
      { tag: "remove", key: 10 },
    ],
  }),
  batch("truncate in the middle", {
    attempts: [
      { tag: "insert", row: attempt(100, 1) },
      { tag: "update", row: attempt(4, 1) },
      { tag: "truncate" },
      { tag: "insert", row: attempt(4, 2) },
      { tag: "insert", row: attempt(101, 2) },
    ],
  }),
  batch("truncate of an entity leaves its facts unknown", { accounts: [{ tag: "truncate" }, { tag: "insert", row: account(2, "fr") }] }),
  batch("a table without a key", {
    log: [
      { tag: "insert", row: line(50) },
      { tag: "insert", row: line(50) },
    ],
  }),
  batch("truncate of a table without a key", {
    log: [{ tag: "insert", row: line(50) }, { tag: "truncate" }, { tag: "insert", row: line(51) }],
  }),
  batch("a device changes its model and its facts move", { devices: [{ tag: "update", row: device(2, 2, "scale", { blurb: kept }) }] }),
  batch("a device changes its account", {
    devices: [{ tag: "update", row: device(3, 5, "bulb") }],
    attempts: [
      { tag: "insert", row: attempt(99, 3) },
      { tag: "remove", key: 3 },
    ],
  }),
  batch("an account changes its country, two hops away", {
    accounts: [{ tag: "update", row: account(1, "jp") }],
    attempts: [{ tag: "update", row: attempt(12, 1) }],
  }),
  batch("an entity is deleted and comes again", {
    devices: [
      { tag: "remove", key: 4 },
      { tag: "insert", row: device(4, 1, "plug") },
      { tag: "remove", key: 5 },
    ],
  }),
  batch("an entity arrives after its facts", {
    devices: [
      { tag: "insert", row: device(9, 6, "late") },
      { tag: "insert", row: device(10, 1, "late") },
    ],
    accounts: [{ tag: "insert", row: account(6, "late") }],
  }),
  batch("an entity changes its key, and its facts follow later", {
    devices: [{ tag: "update", row: device(50, 1, "cam", { blurb: kept }), old: 0 }],
    attempts: [{ tag: "update", row: attempt(11, 50) }],
  }),
  batch("an account is deleted with its devices and facts", {
    attempts: range(1, 61)
      .filter((id) => id % 11 === 2)
      .map((id) => ({ tag: "remove", key: id })),
    devices: [{ tag: "remove", key: 2 }],
    accounts: [{ tag: "remove", key: 2 }],
  }),
  {
    // Sets of units hold 4k = 8: exactly so many, each more than once, and one more.
    name: "cells of exactly as many units as are followed, and of one more",
    async run(open) {
      const subject = await open();
      const reference = await openMemorySubject();
      const feed = new Feed([subject.mirror, reference.mirror]);
      const same = async (): Promise<void> => {
        deepStrictEqual(await subject.observe(), await reference.observe());
        deepStrictEqual(await subject.mismatches(), 0);
      };
      const ids = range(0, 9);
      const hour = (from: number, unit: number, at: number, rest: PlainRow = {}): PlainRow =>
        attempt(from, unit, { at, ok: true, ...rest });
      const full = range(0, 24).map((i) => hour(i + 1, i % 8, 26_000_000));
      const over = range(0, 27).map((i) => hour(i + 101, i % 9, 26_100_000));
      await feed.snapshot({
        accounts: ids.map((id) => account(id)),
        devices: ids.map((id) => device(id, id)),
        attempts: [...full, ...over],
        log: [],
      });
      await same();
      for (const step of range(0, 4)) {
        await feed.changes("attempts", [
          ...range(0, 6).map((i): PlainOp => ({ tag: "remove", key: step * 6 + i + 1 })),
          ...range(0, 6).map((i): PlainOp => ({ tag: "update", row: hour(101 + step * 6 + i, i, 26_100_000, { ok: false }) })),
          ...ids.map((unit): PlainOp => ({ tag: "insert", row: hour(1_000 + step * 10 + unit, unit, 26_200_000) })),
        ]);
        await feed.commit();
        await same();
      }
    },
  },
  {
    name: "many batches, one after the other",
    async run(open) {
      const { feed, same } = await begin(open);
      for (const id of range(0, 20)) {
        await feed.changes("attempts", [
          { tag: "update", row: attempt(id + 1, (id * 5) % 11, { ok: id % 2 === 0 }) },
          { tag: "insert", row: attempt(300 + id, id % 9) },
        ]);
        await feed.changes("devices", [
          { tag: "update", row: device(id % 9, (id * 3) % 7, ["cam", "bulb", "scale"][id % 3], { blurb: kept }) },
        ]);
        await feed.commit();
        if (id % 5 === 4) await same();
      }
    },
  },
  {
    name: "changes are not seen before their commit, and nothing is acknowledged",
    async run(open) {
      const { subject, feed } = await begin(open);
      const before = await subject.observe();
      deepStrictEqual(
        await subject.mirror.receive(new SafeEncoder(worldSchema).changes("attempts", [{ tag: "remove", key: 1 }])),
        undefined,
      );
      deepStrictEqual(await subject.observe(), before);
      await feed.commit();
      ok(JSON.stringify(await subject.observe()) !== JSON.stringify(before));
    },
  },
  {
    name: "a value kept of a row that is not there is an error, never NULL",
    async run(open) {
      const { subject } = await begin(open);
      const send = async (): Promise<void> => {
        await subject.mirror.receive(
          new SafeEncoder(worldSchema).changes("attempts", [{ tag: "update", row: attempt(999, 1, { note: kept }) }]),
        );
        await subject.mirror.receive({ tag: "commit", lsn: lsn(900), at: 900, transactions: 1, changes: 1 });
      };
      await rejects(send, (error: { code?: string }) => error.code === "mirror/unchanged-missing");
    },
  },
  {
    name: "proven only when its position is applied",
    async run(open) {
      const { subject } = await begin(open);
      await subject.mirror.receive({ tag: "proven", lsn: lsn(105), at: 7, epoch: "second" });
      deepStrictEqual(subject.mirror.status.proven, undefined);
      await subject.mirror.receive({ tag: "commit", lsn: lsn(106), at: 106, transactions: 0, changes: 0 });
      deepStrictEqual(subject.mirror.status.proven, { lsn: lsn(105), at: 7 });
      await subject.mirror.receive({ tag: "proven", lsn: lsn(106), at: 8, epoch: "third" });
      deepStrictEqual(subject.mirror.status.proven, { lsn: lsn(106), at: 8 });
      deepStrictEqual(await subject.mirror.startFor(hello), {
        tag: "start",
        from: { tag: "stream", lsn: lsn(106), at: 106, epoch: "third" },
      });
    },
  },
  {
    name: "an epoch that broke is untrusted since the last proof, until it is right again",
    async run(open) {
      const { subject } = await begin(open);
      await subject.mirror.receive({ tag: "proven", lsn: lsn(100), at: 5, epoch: "second" });
      await subject.mirror.receive({
        tag: "epoch-broken",
        breaks: [{ table: "attempts", reason: "partition-dropped", message: "A partition was dropped.", mend: { tag: "rebuild" } }],
      });
      deepStrictEqual(
        subject.mirror.status.untrusted.map(({ table, reason, since }) => ({ table, reason, since })),
        [{ table: "attempts", reason: "partition-dropped", since: 5 }],
      );
      await subject.mirror.receive({ tag: "epoch-broken", breaks: [] });
      deepStrictEqual(subject.mirror.status.untrusted, []);
    },
  },
  {
    name: "a reader that comes back in the middle of a batch starts after the last commit",
    async run(open) {
      const { subject, reference, feed, same } = await begin(open);
      await feed.changes("attempts", [{ tag: "remove", key: 1 }]);
      await feed.changes("devices", [{ tag: "update", row: device(2, 2, "scale") }]);
      for (const [i, one] of [subject, reference].entries()) {
        const { at } = must(one.mirror.status.applied, "applied position");
        deepStrictEqual(await one.mirror.startFor(hello), { tag: "start", from: { tag: "stream", lsn: lsn(100), at, epoch: "first" } });
        feed.reconnect(i, one.mirror);
      }
      await same();
      await feed.changes("attempts", [{ tag: "remove", key: 2 }]);
      await feed.commit();
      await same();
    },
  },
  {
    name: "opened again it is where it was, and goes on",
    async run(open) {
      const { subject, reference, feed } = await begin(open);
      await feed.changes("devices", [{ tag: "insert", row: device(20, 3, "new model") }]);
      await feed.changes("attempts", [{ tag: "insert", row: attempt(80, 20, { note: "other-note" }) }]);
      await feed.commit();
      const again = await subject.reopen();
      deepStrictEqual(await again.observe(), await reference.observe());
      deepStrictEqual(again.mirror.status.applied, reference.mirror.status.applied);
      deepStrictEqual(await again.mirror.startFor(hello), {
        tag: "start",
        from: { tag: "stream", lsn: lsn(feed.position), at: must(again.mirror.status.applied, "applied position").at, epoch: "first" },
      });
      feed.reconnect(0, again.mirror);
      await feed.changes("attempts", [
        ...range(1, 40).map((id): PlainOp => ({ tag: "remove", key: id })),
        { tag: "insert", row: attempt(81, 20) },
      ]);
      await feed.changes("accounts", [{ tag: "update", row: account(3, "new country") }]);
      await feed.commit();
      deepStrictEqual(await again.observe(), await reference.observe());
      deepStrictEqual(await again.mismatches(), 0);
    },
  },
  {
    name: "another schema is refused",
    async run(open) {
      const { subject } = await begin(open);
      await rejects(
        subject.mirror.startFor({ ...hello, schema: { ...worldSchema, policyHash: "another" } }),
        (error: { code?: string }) => error.code === "mirror/schema-changed",
      );
    },
  },
];
