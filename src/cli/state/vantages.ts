/** Vantages: who is enrolled, by the fingerprint of its key, and codes that are not spent yet, by their hash. */
import type { DatabaseSync } from "node:sqlite";
import { canonicalJson } from "../canonical-json.ts";
import type { Json } from "../canonical-json.ts";
import type { AlarmChange, GuardRecord } from "./guard-rows.ts";
import { writeAlarm, writeDeliveries } from "./guard.ts";
import { inTransaction, insertEntry } from "./ledger.ts";

export interface VantageRow {
  readonly name: string;
  /** SHA-256 of its public key, hexadecimal. */
  readonly fingerprint: string;
  readonly enrolledAt: number;
  /** Milliseconds since 1970; undefined: it was never heard of. */
  readonly seenAt: number | undefined;
  /** Since when it is lost and told to be so; undefined: it is not. */
  readonly lostSince: number | undefined;
}

export interface VantageAlarm {
  readonly vantage: string;
  readonly at: number;
  readonly lostSince: number | undefined;
  readonly entry: Json;
  readonly alarm: AlarmChange;
  readonly deliveries: GuardRecord["deliveries"];
}

/** Its alarms stand beside those of assets, under a name that no asset can have. */
export function alarmedAs(vantage: string): string {
  return `vantage:${vantage}`;
}

interface Enrolment {
  readonly hash: string;
  readonly name: string;
  readonly fingerprint: string;
  readonly at: number;
}

export interface VantageState {
  list(): readonly VantageRow[];
  /** The last code of a name is the only one. */
  addCode(code: { readonly hash: string; readonly name: string; readonly expiresAt: number; readonly at: number }): void;
  /** Spends the code. False: there is no such code of that name, it is too old or spent, or that name is enrolled. undefined: not now. */
  enrol(enrolment: Enrolment): boolean | undefined;
  /** With all that it saw. False: there is none of that name. */
  remove(name: string, at: number): boolean;
  heard(name: string, at: number): void;
  /** All of it or none. */
  record(alarm: VantageAlarm): void;
}

export function vantageState(database: DatabaseSync): VantageState {
  return {
    list: () => list(database),
    addCode: ({ hash, name, expiresAt, at }) => {
      inTransaction(database, () => {
        database.prepare("DELETE FROM guard_code WHERE name = ? OR expires_at <= ?").run(name, at);
        database.prepare("INSERT INTO guard_code (hash, name, expires_at) VALUES (?, ?, ?)").run(hash, name, expiresAt);
        insertEntry(database, { at, kind: "guard-vantage", body: { event: "code", vantage: name } });
      });
    },
    enrol: (enrolment) => isInvited(database, enrolment) && inTransaction(database, () => enrol(database, enrolment)),
    remove: (name, at) => inTransaction(database, () => remove(database, name, at)),
    heard: (name, at) => void database.prepare("UPDATE guard_vantage SET seen_at = ? WHERE name = ?").run(Math.round(at), name),
    record: (alarm) => {
      inTransaction(database, () => record(database, alarm));
    },
  };
}

/** Who asks may be any stranger: for one without a code nothing is locked, and nobody waits. */
function isInvited(database: DatabaseSync, { hash, name, at }: Enrolment): boolean {
  return database.prepare("SELECT 1 FROM guard_code WHERE hash = ? AND name = ? AND expires_at > ?").get(hash, name, at) !== undefined;
}

function enrol(database: DatabaseSync, { hash, name, fingerprint, at }: Enrolment): boolean {
  const spent = database.prepare("DELETE FROM guard_code WHERE hash = ? AND name = ? AND expires_at > ?").run(hash, name, at);
  const isTaken = database.prepare("SELECT 1 FROM guard_vantage WHERE name = ? OR fingerprint = ?").get(name, fingerprint);
  if (spent.changes !== 1 || isTaken !== undefined) return false;
  database.prepare("INSERT INTO guard_vantage (name, fingerprint, enrolled_at) VALUES (?, ?, ?)").run(name, fingerprint, at);
  insertEntry(database, { at, kind: "guard-vantage", body: { event: "enrolled", vantage: name, fingerprint } });
  return true;
}

function list(database: DatabaseSync): readonly VantageRow[] {
  return database
    .prepare("SELECT name, fingerprint, enrolled_at, seen_at, body FROM guard_vantage ORDER BY name")
    .all()
    .map((row) => {
      const { lostSince } = JSON.parse(String(row["body"])) as { readonly lostSince?: number }; // eslint-disable-line -- written here alone
      return {
        name: String(row["name"]),
        fingerprint: String(row["fingerprint"]),
        enrolledAt: Number(row["enrolled_at"]),
        seenAt: row["seen_at"] === null ? undefined : Number(row["seen_at"]),
        lostSince,
      };
    });
}

function remove(database: DatabaseSync, name: string, at: number): boolean {
  const done = database.prepare("DELETE FROM guard_vantage WHERE name = ?").run(name);
  const codes = database.prepare("DELETE FROM guard_code WHERE name = ?").run(name);
  if (done.changes === 0 && codes.changes === 0) return false;
  database.prepare("DELETE FROM guard_sight WHERE vantage = ?").run(name);
  insertEntry(database, { at, kind: "guard-vantage", body: { event: "removed", vantage: name } });
  return true;
}

function record(database: DatabaseSync, { vantage, at, lostSince, entry, alarm, deliveries }: VantageAlarm): void {
  const time = Math.round(at);
  const body = canonicalJson(lostSince === undefined ? {} : { lostSince: Math.round(lostSince) });
  database.prepare("UPDATE guard_vantage SET body = ? WHERE name = ?").run(body, vantage);
  writeAlarm(database, { asset: alarmedAs(vantage), at: time, ...alarm });
  insertEntry(database, { at: time, kind: "guard-vantage", body: entry });
  writeDeliveries(database, deliveries, time);
}
