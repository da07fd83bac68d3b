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
  readonly channel: string;
  readonly body: Json;
  readonly tries: number;
}

export interface GuardState {
  /** All of it or none: an alarm that is in the ledger is one that will be sent. */
  record(record: GuardRecord): void;
  assets(): readonly GuardAssetRow[];
  /** Not delivered, and to be tried at or before `at`; the oldest first. */
  due(at: number): readonly DueDelivery[];
  delivered(id: string, at: number): void;
  postponed(id: string, nextAt: number): void;
  waiting(): number;
}

export function guardState(database: DatabaseSync): GuardState {
  return {
    record: (record) => {
      inTransaction(database, () => write(database, record));
    },
    assets: () =>
      database
        .prepare("SELECT name, seen, at, state FROM guard_asset ORDER BY name")
        .all()
        .map((row) => ({ asset: String(row["name"]), seen: String(row["seen"]), at: Number(row["at"]), state: jsonOf(row["state"]) })),
    due: (at) =>
      database
        .prepare(
          "SELECT id, channel, body, tries FROM guard_delivery WHERE done_at IS NULL AND next_at <= ? ORDER BY created_at, id LIMIT 100",
        )
        .all(at)
        .map((row) => ({ id: String(row["id"]), channel: String(row["channel"]), body: jsonOf(row["body"]), tries: Number(row["tries"]) })),
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
    waiting: () => Number(database.prepare("SELECT count(*) AS n FROM guard_delivery WHERE done_at IS NULL").get()?.["n"]),
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
