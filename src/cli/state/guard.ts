/** What the guard goes on from after a restart: each asset's state, and the alarms that are still to be delivered. */
import type { DatabaseSync } from "node:sqlite";
import { canonicalJson } from "../canonical-json.ts";
import type { Json } from "../canonical-json.ts";
import { inTransaction, insertEntry } from "./ledger.ts";

export interface GuardRecord {
  readonly asset: string;
  readonly seen: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly state: Json;
  /** Of the ledger. */
  readonly entries: readonly { readonly kind: string; readonly body: Json }[];
  readonly deliveries: readonly { readonly id: string; readonly channel: string; readonly body: Json }[];
}

export interface GuardAssetRow {
  readonly asset: string;
  readonly seen: string;
  readonly at: number;
  readonly state: Json;
}

export interface DueDelivery {
  readonly id: string;
  readonly body: Json;
  readonly tries: number;
}

export interface GuardState {
  /** All of it or none: an alarm that is in the ledger is one that will be sent. */
  record(record: GuardRecord): void;
  /** When assets were checked the last time, by name: milliseconds since 1970. */
  checked(at: ReadonlyMap<string, number>): void;
  assets(): readonly GuardAssetRow[];
  /** Of that way out: not delivered, and to be tried at or before `at`; the oldest first. */
  due(channel: string, at: number): readonly DueDelivery[];
  delivered(id: string, at: number): void;
  postponed(id: string, nextAt: number): void;
  /** Ways out that have something to deliver. */
  waiting(): readonly string[];
}

export function guardState(database: DatabaseSync): GuardState {
  return {
    record: (record) => {
      inTransaction(database, () => write(database, record));
    },
    checked: (at) => {
      inTransaction(database, () => {
        const update = database.prepare("UPDATE guard_asset SET at = ? WHERE name = ?");
        for (const [name, time] of at) update.run(Math.round(time), name);
      });
    },
    assets: () =>
      database
        .prepare("SELECT name, seen, at, state FROM guard_asset ORDER BY name")
        .all()
        .map((row) => ({ asset: String(row["name"]), seen: String(row["seen"]), at: Number(row["at"]), state: jsonOf(row["state"]) })),
    due: (channel, at) =>
      database
        .prepare(
          "SELECT id, body, tries FROM guard_delivery WHERE done_at IS NULL AND channel = ? AND next_at <= ? ORDER BY created_at, id LIMIT 100",
        )
        .all(channel, at)
        .map((row) => ({ id: String(row["id"]), body: jsonOf(row["body"]), tries: Number(row["tries"]) })),
    delivered: (id, at) => {
      inTransaction(database, () => {
        const done = database
          .prepare("UPDATE guard_delivery SET done_at = ?, tries = tries + 1 WHERE id = ? AND done_at IS NULL")
          .run(at, id);
        if (done.changes === 1) insertEntry(database, { at, kind: "guard-delivered", body: { message: id } });
      });
    },
    postponed: (id, nextAt) => {
      database.prepare("UPDATE guard_delivery SET next_at = ?, tries = tries + 1 WHERE id = ?").run(Math.round(nextAt), id);
    },
    waiting: () =>
      database
        .prepare("SELECT DISTINCT channel FROM guard_delivery WHERE done_at IS NULL ORDER BY channel")
        .all()
        .map((row) => String(row["channel"])),
  };
}

function write(database: DatabaseSync, { asset, seen, at, state, entries, deliveries }: GuardRecord): void {
  const time = Math.round(at);
  database
    .prepare(
      `INSERT INTO guard_asset (name, seen, at, state) VALUES (?, ?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET seen = excluded.seen, at = excluded.at, state = excluded.state`,
    )
    .run(asset, seen, time, canonicalJson(state));
  for (const { kind, body } of entries) insertEntry(database, { at: time, kind, body });
  const insert = database.prepare(
    "INSERT INTO guard_delivery (id, channel, body, created_at, next_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
  );
  for (const { id, channel, body } of deliveries) insert.run(id, channel, canonicalJson(body), time, time);
}

function jsonOf(text: unknown): Json {
  return JSON.parse(String(text)) as Json; // eslint-disable-line -- written here alone
}
