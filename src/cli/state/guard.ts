/** What the guard goes on from after a restart: each asset's state, and the alarms that are still to be delivered. */
import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { canonicalJson } from "../canonical-json.ts";
import type { Json } from "../canonical-json.ts";
import type { AlarmChange, AlarmRow, GuardRecord, GuardState, SightRow, Watching } from "./guard-rows.ts";
import { inTransaction, insertEntry } from "./ledger.ts";

/** It is said every 15 s. */
export const watchingMs = 45_000;
/** As long as the supervisor counts ends. */
const steadyMs = 60_000;

/** A message that was refused so often is passed by the next ones of its alarm: a receiver that never takes it must still hear the end. */
const triesBeforePassed = 30;

/** Between two tries of a delivery. */
export const longestWaitMs = 60_000;

const watchingName = "guard-watching";

const verdictsOfAll = `SELECT id, at, kind, body FROM ledger
   WHERE kind IN ('guard-watch', 'guard-verdict') AND at >= ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3`;
/** Each by its own index (state.ts). */
export const verdictsOfOne = `SELECT id, at, kind, body FROM ledger WHERE kind = 'guard-watch' AND at >= ?1 AND id < ?2
   UNION ALL
   SELECT id, at, kind, body FROM ledger WHERE kind = 'guard-verdict' AND json_extract(body, '$.asset') = ?4 AND at >= ?1 AND id < ?2
   ORDER BY id DESC LIMIT ?3`;

export function guardState(database: DatabaseSync): GuardState {
  return { ...sightsOf(database), ...depthOf(database), ...outboxOf(database), ...answersOf(database), ...watchOf(database) };
}

function sightsOf(database: DatabaseSync): Pick<GuardState, "record" | "forget" | "checked" | "assets" | "sights" | "alarms"> {
  return {
    forget: (asset) => {
      inTransaction(database, () => {
        database.prepare("DELETE FROM guard_asset WHERE name = ?").run(asset);
        database.prepare("DELETE FROM guard_sight WHERE asset = ?").run(asset);
      });
    },
    record: (record) => {
      inTransaction(database, () => write(database, record));
    },
    checked: (sights) => {
      inTransaction(database, () => {
        const ofAsset = database.prepare("UPDATE guard_asset SET at = max(at, ?) WHERE name = ?");
        const ofSight = database.prepare("UPDATE guard_sight SET at = ? WHERE asset = ? AND vantage = ?");
        for (const { asset, vantage, at } of sights) {
          ofAsset.run(Math.round(at), asset);
          ofSight.run(Math.round(at), asset, vantage);
        }
      });
    },
    assets: () =>
      database
        .prepare("SELECT name, seen, at, state FROM guard_asset ORDER BY name")
        .all()
        .map((row) => ({ asset: String(row["name"]), seen: String(row["seen"]), at: Number(row["at"]), state: jsonOf(row["state"]) })),
    sights: () =>
      database
        .prepare("SELECT asset, vantage, seen, judged, at, since, body FROM guard_sight ORDER BY asset, vantage")
        .all()
        .map((row) => ({
          asset: String(row["asset"]),
          vantage: String(row["vantage"]),
          seen: String(row["seen"]),
          judged: String(row["judged"]),
          at: Number(row["at"]),
          since: Number(row["since"]),
          body: jsonOf(row["body"]),
        })),
    alarms: ({ limit, openOnly }) =>
      database
        .prepare("SELECT * FROM guard_alarm WHERE NOT ?1 OR over_at IS NULL ORDER BY since DESC, id LIMIT ?2")
        .all(openOnly ? 1 : 0, limit)
        .map(alarmOf),
  };
}

function depthOf(database: DatabaseSync): Pick<GuardState, "recordReadable" | "tell" | "identities" | "setIdentities"> {
  return {
    recordReadable: ({ at, entries, deliveries, alarm, readable }) => {
      inTransaction(database, () => {
        database.prepare("UPDATE guard_alarm SET readable = ? WHERE id = ?").run(canonicalJson(readable), alarm);
        writeNews(database, { at: Math.round(at), entries, deliveries });
      });
    },
    tell: ({ at, entries, deliveries, alarm, change }) => {
      inTransaction(database, () => {
        if (change !== undefined) writeAlarm(database, { at: Math.round(at), ...change });
        if (alarm !== undefined)
          database
            .prepare("UPDATE guard_alarm SET step = ifnull(?, step), next_at = ? WHERE id = ?")
            .run(alarm.step ?? null, Math.round(alarm.nextAt), alarm.id);
        writeNews(database, { at: Math.round(at), entries, deliveries });
      });
    },
    identities: (asset) =>
      database
        .prepare("SELECT asset, target, kind, value FROM guard_identity WHERE asset = ? ORDER BY target, kind")
        .all(asset)
        .map((row) => ({
          asset: String(row["asset"]),
          target: String(row["target"]),
          kind: String(row["kind"]),
          value: String(row["value"]),
        })),
    setIdentities: (rows, at, body) => {
      inTransaction(database, () => {
        // What was not asked for this time stays: a cluster's id is told to its own login alone.
        const clear = database.prepare("DELETE FROM guard_identity WHERE asset = ? AND target = ? AND kind = ?");
        const insert = database.prepare(
          "INSERT INTO guard_identity (asset, target, kind, value, recorded_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        );
        for (const { asset, target, kind } of rows) clear.run(asset, target, kind);
        for (const { asset, target, kind, value } of rows) insert.run(asset, target, kind, value, Math.round(at));
        insertEntry(database, { at: Math.round(at), kind: "guard-identity", body });
      });
    },
  };
}

function outboxOf(database: DatabaseSync): Pick<GuardState, "due" | "delivered" | "postponed" | "drop" | "waiting"> {
  return {
    // In the order in which they were kept, of each alarm one after the other: an end never comes before its beginning. A clock that was set
    // back keeps nothing waiting.
    due: (channel, at) =>
      database
        .prepare(
          `SELECT id, body, tries FROM guard_delivery AS one
           WHERE done_at IS NULL AND channel = ?1 AND (next_at <= ?2 OR next_at > ?2 + ${longestWaitMs}) AND NOT EXISTS (
             SELECT 1 FROM guard_delivery AS before
             WHERE before.alarm = one.alarm AND before.channel = one.channel AND before.done_at IS NULL AND before.rowid < one.rowid
               AND before.tries < ${triesBeforePassed}
           ) ORDER BY rowid LIMIT 100`,
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
    drop: ({ channel, before, at }) => {
      inTransaction(database, () => {
        const { changes } = database
          .prepare("DELETE FROM guard_delivery WHERE done_at IS NULL AND channel = ? AND created_at < ?")
          .run(channel, before);
        if (changes > 0) insertEntry(database, { at, kind: "guard-dropped", body: { channel, messages: Number(changes) } });
      });
    },
    waiting: () =>
      database
        .prepare("SELECT DISTINCT channel FROM guard_delivery WHERE done_at IS NULL ORDER BY channel")
        .all()
        .map((row) => String(row["channel"])),
  };
}

function answersOf(
  database: DatabaseSync,
): Pick<GuardState, "alarm" | "verdicts" | "deliveries" | "acknowledge" | "failing" | "waitingCount"> {
  return {
    alarm: (id) => database.prepare("SELECT * FROM guard_alarm WHERE id = ?").all(id).map(alarmOf)[0],
    verdicts: ({ asset, from, before = Number.MAX_SAFE_INTEGER, limit }) =>
      database
        .prepare(asset === undefined ? verdictsOfAll : verdictsOfOne)
        .all(from, before, limit, ...(asset === undefined ? [] : [asset]))
        .map((row) => ({ id: Number(row["id"]), at: Number(row["at"]), kind: String(row["kind"]), body: jsonOf(row["body"]) })),
    deliveries: (alarms) =>
      database
        .prepare(
          `SELECT alarm, channel, sum(done_at IS NULL) AS waiting, max(tries) AS tries, max(done_at) AS at FROM guard_delivery
           WHERE alarm IN (SELECT value FROM json_each(?)) GROUP BY alarm, channel ORDER BY alarm, channel`,
        )
        .all(JSON.stringify(alarms))
        .map((row) => ({
          alarm: String(row["alarm"]),
          channel: String(row["channel"]),
          waiting: Number(row["waiting"]),
          tries: Number(row["tries"]),
          at: row["at"] === null ? undefined : Number(row["at"]),
        })),
    acknowledge: (alarm, { name, role }, at) =>
      inTransaction(database, () => {
        const done = database
          .prepare(
            "UPDATE guard_alarm SET acknowledged_at = ?1, acknowledged_by = ?2, next_at = NULL WHERE id = ?3 AND acknowledged_at IS NULL",
          )
          .run(Math.round(at), name, alarm);
        if (done.changes === 1) insertEntry(database, { at: Math.round(at), kind: "guard-acknowledged", body: { alarm, role } });
        return done.changes === 1;
      }),
    failing: () =>
      new Map(
        database
          .prepare("SELECT channel, min(created_at) AS since FROM guard_delivery WHERE done_at IS NULL AND tries > 0 GROUP BY channel")
          .all()
          .map((row) => [String(row["channel"]), Number(row["since"])]),
      ),
    waitingCount: () =>
      new Map(
        database
          .prepare("SELECT channel, count(*) AS waiting FROM guard_delivery WHERE done_at IS NULL GROUP BY channel ORDER BY channel")
          .all()
          .map((row) => [String(row["channel"]), Number(row["waiting"])]),
      ),
  };
}

function watchOf(database: DatabaseSync): Pick<GuardState, "setWatching" | "setFailing" | "watching"> {
  return {
    setWatching: (isWatching, at) => {
      const before = readWatching(database);
      // A gap in which nobody said anything is one in which nobody watched.
      const goesOn = before?.isWatching === isWatching && (!isWatching || at - before.at <= watchingMs);
      const since = goesOn ? before.since : at;
      // Only a watch that has gone on for a while is one again; one that ends in order fails no more.
      const isSteady = !isWatching || (goesOn && at - since >= steadyMs);
      const { failing } = before ?? {};
      writeWatching(database, { isWatching, since, at, ...(failing === undefined || isSteady ? {} : { failing }) });
    },
    setFailing: (failing, at) => {
      const before = readWatching(database);
      if (failing === undefined) {
        if (before?.failing === undefined) return;
        const { failing: _, ...rest } = before;
        writeWatching(database, rest);
        return;
      }
      const since = before === undefined || before.isWatching ? at : before.since;
      writeWatching(database, { isWatching: false, since, at, failing: { ...failing, since: before?.failing?.since ?? at } });
    },
    watching: () => readWatching(database),
  };
}

function writeWatching(database: DatabaseSync, now: Watching): void {
  database
    .prepare("INSERT INTO control (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value")
    .run(watchingName, JSON.stringify(now));
}

function readWatching(database: DatabaseSync): Watching | undefined {
  const value = database.prepare("SELECT value FROM control WHERE name = ?").get(watchingName)?.["value"];
  return value === undefined ? undefined : (JSON.parse(String(value)) as Watching); // eslint-disable-line -- written here alone
}

function write(database: DatabaseSync, record: GuardRecord): void {
  const { asset, seen, at, state, entries, deliveries } = record;
  const time = Math.round(at);
  database
    .prepare(
      `INSERT INTO guard_asset (name, seen, at, state) VALUES (?, ?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET seen = excluded.seen, at = excluded.at, state = excluded.state`,
    )
    .run(asset, seen, time, canonicalJson(state));
  writeSight(database, { asset, at: time, ...record.sight });
  for (const change of record.alarms) writeAlarm(database, { asset, at: time, ...change });
  writeNews(database, { at: time, entries, deliveries });
}

function writeNews(database: DatabaseSync, { at, entries, deliveries }: Pick<GuardRecord, "at" | "entries" | "deliveries">): void {
  for (const { kind, body } of entries) insertEntry(database, { at, kind, body });
  writeDeliveries(database, deliveries, at);
}

export function writeDeliveries(database: DatabaseSync, deliveries: GuardRecord["deliveries"], time: number): void {
  const insert = database.prepare(
    "INSERT INTO guard_delivery (id, channel, body, created_at, next_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
  );
  for (const { id, channel, body } of deliveries) insert.run(id, channel, canonicalJson(body), time, time);
}

function writeSight(database: DatabaseSync, { asset, vantage, seen, judged, at, body }: Omit<SightRow, "since">): void {
  database
    .prepare(
      `INSERT INTO guard_sight (asset, vantage, seen, judged, at, since, body) VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6)
       ON CONFLICT (asset, vantage) DO UPDATE SET since = iif(seen = excluded.seen, since, excluded.since), seen = excluded.seen,
         judged = excluded.judged, at = excluded.at, body = excluded.body`,
    )
    .run(asset, vantage, seen, judged, at, canonicalJson(body));
}

export function writeAlarm(database: DatabaseSync, change: AlarmChange & { readonly asset: string; readonly at: number }): void {
  const { id, asset, event, severity, since, at, isOver, flaps, body } = change;
  database
    .prepare(
      `INSERT INTO guard_alarm (id, asset, event, severity, since, told_at, over_at, flaps, body)
         VALUES (?1, ?2, ?3, ifnull(?4, 'page'), ?5, ?6, iif(?7, ?6, NULL), ifnull(?8, 0), ifnull(?9, '{}'))
       ON CONFLICT (id) DO UPDATE SET asset = ?2, event = ?3, severity = iif(?7, severity, ifnull(?4, severity)), told_at = ?6, over_at = iif(?7, ?6, over_at),
         flaps = ifnull(?8, flaps), body = ifnull(?9, body)`,
    )
    .run(
      id,
      asset,
      event,
      severity ?? null,
      Math.round(since),
      at,
      isOver ? 1 : 0,
      flaps ?? null,
      body === undefined ? null : canonicalJson(body),
    );
}

function alarmOf(row: Readonly<Record<string, SQLOutputValue>>): AlarmRow {
  return {
    id: String(row["id"]),
    asset: String(row["asset"]),
    event: String(row["event"]),
    severity: String(row["severity"]),
    since: Number(row["since"]),
    toldAt: Number(row["told_at"]),
    overAt: row["over_at"] === null ? undefined : Number(row["over_at"]),
    flaps: Number(row["flaps"]),
    acknowledgedAt: row["acknowledged_at"] === null ? undefined : Number(row["acknowledged_at"]),
    acknowledgedBy: row["acknowledged_by"]?.toString(),
    step: Number(row["step"]),
    nextAt: row["next_at"] === null ? undefined : Number(row["next_at"]),
    body: jsonOf(row["body"]),
    readable: row["readable"] === null ? undefined : jsonOf(row["readable"]),
  };
}

function jsonOf(text: unknown): Json {
  return JSON.parse(String(text)) as Json; // eslint-disable-line -- written here alone
}
