/**
 * Control state and ledger: `.vitrine/state.sqlite`, 0600 in a folder of 0700. What stands here is durable (the mirror can be built
 * again, this cannot): which generations there are, the ledger, the hashes of bearer tokens. Never a credential, key or value.
 */
import { chmodSync, copyFileSync, existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { VitrineError } from "../model/error.ts";
import { ledgerHash } from "./canonical-json.ts";
import type { Json } from "./canonical-json.ts";
import type { Generation, GenerationRole } from "./generations.ts";
import type { AuditNoteRow, AuditRow, AuditWanted } from "./state/audit.ts";
import { appendAudit, eraseAudit, readAudit } from "./state/audit.ts";
import type { GuardState } from "./state/guard-rows.ts";
import { guardState } from "./state/guard.ts";
import type { VantageState } from "./state/vantages.ts";
import { vantageState } from "./state/vantages.ts";
import type { LedgerEntry } from "./state/ledger.ts";
import { inTransaction, insertEntry } from "./state/ledger.ts";

const applicationId = 0x76_74_72_6e; // "vtrn"

/** One entry a version: user_version n means that the first n were run. Append only. */
const migrations: readonly string[] = [
  `CREATE TABLE control (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
   CREATE TABLE generation (number INTEGER PRIMARY KEY, role TEXT NOT NULL, slot TEXT NOT NULL, reason TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT;
   CREATE TABLE ledger (
     id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL
   ) STRICT;
   CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;
   CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;
   CREATE TABLE token (id TEXT PRIMARY KEY, hash TEXT NOT NULL, role TEXT NOT NULL, name TEXT NOT NULL, created_at INTEGER NOT NULL, revoked_at INTEGER) STRICT;`,
  `ALTER TABLE token ADD COLUMN expires_at INTEGER;
   CREATE TABLE session (hash TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL) STRICT;
   CREATE TABLE audit (
     entry INTEGER PRIMARY KEY REFERENCES ledger (id), salt TEXT NOT NULL, body TEXT NOT NULL
   ) STRICT;
   CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
   CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;`,
  // Words of people can be erased, one entry at a time and with an entry of the ledger that says so.
  `ALTER TABLE session ADD COLUMN subject TEXT;
   CREATE UNIQUE INDEX audit_salt ON audit (salt);
   DROP TRIGGER audit_no_delete;
   CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
     WHEN NOT EXISTS (SELECT 1 FROM ledger WHERE kind = 'audit-erased' AND body = '{"entry":' || OLD.entry || '}')
     BEGIN SELECT RAISE(ABORT, 'the ledger does not say that these words are erased'); END;`,
  `CREATE TABLE guard_asset (name TEXT PRIMARY KEY, seen TEXT NOT NULL, at INTEGER NOT NULL, state TEXT NOT NULL) STRICT;
   CREATE TABLE guard_delivery (
     id TEXT PRIMARY KEY, channel TEXT NOT NULL, body TEXT NOT NULL, created_at INTEGER NOT NULL, next_at INTEGER NOT NULL,
     tries INTEGER NOT NULL DEFAULT 0, done_at INTEGER
   ) STRICT;`,
  `CREATE TABLE guard_sight (
     asset TEXT NOT NULL, vantage TEXT NOT NULL, seen TEXT NOT NULL, judged TEXT NOT NULL, at INTEGER NOT NULL, since INTEGER NOT NULL,
     body TEXT NOT NULL, PRIMARY KEY (asset, vantage)
   ) STRICT;
   CREATE TABLE guard_alarm (
     id TEXT PRIMARY KEY, asset TEXT NOT NULL, event TEXT NOT NULL, severity TEXT NOT NULL, since INTEGER NOT NULL, told_at INTEGER NOT NULL,
     over_at INTEGER, flaps INTEGER NOT NULL DEFAULT 0, acknowledged_at INTEGER, acknowledged_by TEXT, step INTEGER NOT NULL DEFAULT 0,
     next_at INTEGER, body TEXT NOT NULL, readable TEXT
   ) STRICT;
   CREATE INDEX guard_alarm_open ON guard_alarm (since) WHERE over_at IS NULL;
   CREATE TABLE guard_identity (
     asset TEXT NOT NULL, target TEXT NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL, recorded_at INTEGER NOT NULL,
     PRIMARY KEY (asset, target, kind)
   ) STRICT;
   CREATE TABLE guard_vantage (
     name TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, enrolled_at INTEGER NOT NULL, seen_at INTEGER, body TEXT NOT NULL DEFAULT '{}'
   ) STRICT;
   ALTER TABLE guard_delivery ADD COLUMN alarm TEXT GENERATED ALWAYS AS (json_extract(body, '$.alarm')) VIRTUAL;
   CREATE INDEX guard_delivery_alarm ON guard_delivery (alarm);
   CREATE TABLE guard_code (hash TEXT PRIMARY KEY, name TEXT NOT NULL, expires_at INTEGER NOT NULL) STRICT;`,
  // What was seen of one store, among years of all that was: the timeline of a page.
  `CREATE INDEX ledger_guard_watch ON ledger (id) WHERE kind = 'guard-watch';
   CREATE INDEX ledger_guard_verdict ON ledger (json_extract(body, '$.asset'), id) WHERE kind = 'guard-verdict';`,
];

export const stateVersion = migrations.length;

/** So long one process waits for another's transaction. */
const busyMs = 5_000;
/** SQLITE_BUSY. */
const busyCode = 5;

/** Name in the control table: the highest number of a generation that there ever was. */
export const lastGeneration = "last-generation";

export interface TokenRow {
  readonly id: string;
  /** SHA-256 of the token, hexadecimal. */
  readonly hash: string;
  readonly role: string;
  readonly name: string;
  readonly createdAt: number;
  /** Milliseconds since 1970; undefined: made without an end. */
  readonly expiresAt?: number | undefined;
}

/** One that is open, or was: those that are over are dropped when the next one opens. */
export interface SessionRow {
  /** SHA-256 of the cookie's value, hexadecimal. */
  readonly sha256: string;
  readonly name: string;
  /** Who it is at the issuer of the log-in; undefined: the session is of a printed link. */
  readonly subject: string | undefined;
  readonly role: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface State extends Disposable {
  readonly folder: string;
  /** Eight hexadecimal digits that name this installation in slots. */
  readonly installation: string;
  generations(): readonly Generation[];
  /** Replaces the list of generations: the one row of control that a switch is. */
  setGenerations(generations: readonly Generation[]): void;
  get(name: string): string | undefined;
  set(name: string, value: string): void;
  append(kind: string, body: Json): LedgerEntry;
  ledger(options: { readonly kind?: string; readonly last: number }): readonly LedgerEntry[];
  /** All of it, or what follows an entry; the oldest first. */
  entries(after?: number): Iterable<LedgerEntry>;
  /** Ids of rows whose hash does not follow from what stands before; empty: the ledger is whole. */
  checkLedger(): readonly number[];
  addToken(token: TokenRow): void;
  revokeToken(id: string, at: number): boolean;
  tokens(): readonly TokenRow[];
  addSession(session: SessionRow): void;
  endSession(sha256: string): void;
  sessions(): readonly SessionRow[];
  /** All of them or none, durable when this returns. One whose salt is there already is not written again. */
  appendAudit(notes: readonly AuditNoteRow[]): void;
  audit(wanted: AuditWanted): readonly AuditRow[];
  /** The entry stays, its words are gone from the file; the ledger says so. False: there is no entry of that id with words. */
  eraseAudit(id: number): boolean;
  backup(file: string): void;
  /** Another number when another process has changed something (PRAGMA data_version); undefined: one is writing just now. Never waits. */
  changes(): number | undefined;
  readonly guard: GuardState;
  readonly vantages: VantageState;
}

/** Makes the folder if it is missing. Throws cli/state-foreign when it is not the caller's alone. */
export function openStateFolder(folder: string): void {
  // Whoever may not see the folder, but files in it, was started by one who has looked at it.
  const { permission } = process;
  if (permission !== undefined && !permission.has("fs.read", folder)) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stat = statSync(folder);
  if (!stat.isDirectory() || (process.getuid !== undefined && stat.uid !== process.getuid()))
    throw new VitrineError("cli/state-foreign", { message: "The state folder is not owned by this user.", place: folder });
  if ((stat.mode & 0o077) !== 0) chmodSync(folder, 0o700);
}

/** `now` in milliseconds; `random` gives the installation its name when the state is new. */
export function openState(options: { readonly folder: string; readonly now: () => number; readonly random: () => string }): State {
  openStateFolder(options.folder);
  const file = join(options.folder, "state.sqlite");
  const fresh = !existsSync(file);
  const database = openDatabase(file);
  try {
    migrate({ database, file, fresh });
  } catch (error) {
    database.close();
    throw error;
  }
  return stateOver({ database, ...options });
}

function openDatabase(file: string): DatabaseSync {
  try {
    const database = new DatabaseSync(file, { timeout: busyMs });
    database.exec("PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON");
    chmodSync(file, 0o600);
    return database;
  } catch {
    throw new VitrineError("cli/state-unreadable", { message: "The state file cannot be opened.", place: file });
  }
}

/** It is asked a few times a second in the thread that keeps the mirror: whoever writes is not waited for, but asked again. */
function changesIn(database: DatabaseSync): number | undefined {
  database.exec("PRAGMA busy_timeout = 0");
  try {
    return Number(database.prepare("PRAGMA data_version").get()?.["data_version"]);
  } catch (error) {
    if (error instanceof Error && "errcode" in error && error.errcode === busyCode) return undefined;
    throw error;
  } finally {
    database.exec(`PRAGMA busy_timeout = ${busyMs}`);
  }
}

function migrate({ database, file, fresh }: { readonly database: DatabaseSync; readonly file: string; readonly fresh: boolean }): void {
  const version = pragma(database, "user_version", file);
  const application = pragma(database, "application_id", file);
  if (application !== applicationId && !(application === 0 && version === 0))
    throw new VitrineError("cli/state-unreadable", { message: "The state file is not one of Vitrine's.", place: file });
  if (version > stateVersion)
    throw new VitrineError("cli/state-newer", {
      message: `The state has version ${version}; this Vitrine knows up to ${stateVersion}.`,
      place: file,
    });
  if (version === stateVersion) return;
  if (!fresh && version > 0) backupBeside(file, version);
  database.exec("BEGIN IMMEDIATE");
  // Server and watch begin together: whoever came first has done it.
  const now = pragma(database, "user_version", file);
  for (const step of migrations.slice(now)) database.exec(step);
  database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${stateVersion}; COMMIT`);
}

/** The old version stays readable by the old program: migration is forward only. */
function backupBeside(file: string, version: number): void {
  const copy = `${file}.v${version}.backup`;
  copyFileSync(file, copy);
  chmodSync(copy, 0o600);
}

function pragma(database: DatabaseSync, name: string, file: string): number {
  try {
    return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
  } catch {
    throw new VitrineError("cli/state-unreadable", { message: "The state file is damaged or is not a database.", place: file });
  }
}

interface Opened {
  readonly database: DatabaseSync;
  readonly folder: string;
  readonly now: () => number;
  readonly random: () => string;
}

function stateOver({ database, folder, now, random }: Opened): State {
  const get = (name: string): string | undefined =>
    database.prepare("SELECT value FROM control WHERE name = ?").get(name)?.["value"]?.toString();
  const set = (name: string, value: string): void => {
    database
      .prepare("INSERT INTO control (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value")
      .run(name, value);
  };
  database.prepare("INSERT OR IGNORE INTO control (name, value) VALUES ('installation', ?)").run(random().slice(0, 8));
  return {
    folder,
    installation: get("installation") ?? "",
    get,
    set,
    generations: () => readGenerations(database),
    setGenerations: (generations) => writeGenerations(database, generations),
    append: (kind, body) => appendLedger(database, { at: now(), kind, body }),
    ledger: (wanted) => readLedger(database, wanted),
    entries: (after = 0) => entriesOf(database, after),
    checkLedger: () => checkLedger(database),
    addToken: (token) => {
      database
        .prepare("INSERT INTO token (id, hash, role, name, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)")
        .run(token.id, token.hash, token.role, token.name, token.createdAt, token.expiresAt ?? null);
    },
    revokeToken: (id, at) =>
      database.prepare("UPDATE token SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL").run(at, id).changes === 1,
    tokens: () => readTokens(database),
    addSession: (session) => addSession(database, session, now()),
    endSession: (sha256) => void database.prepare("DELETE FROM session WHERE hash = ?").run(sha256),
    sessions: () => readSessions(database),
    appendAudit: (notes) => appendAudit(database, notes),
    audit: (wanted) => readAudit(database, wanted),
    eraseAudit: (id) => eraseAudit(database, id, now()),
    backup: (file) => {
      // The owner's alone from its first byte on, also where the server may not change a file's mode.
      const mask = process.umask(0o177);
      try {
        database.prepare("VACUUM INTO ?").run(file);
      } finally {
        process.umask(mask);
      }
    },
    changes: () => changesIn(database),
    guard: guardState(database),
    vantages: vantageState(database),
    [Symbol.dispose]: () => database.close(),
  };
}

function readGenerations(database: DatabaseSync): readonly Generation[] {
  return database
    .prepare("SELECT number, role, slot, reason, created_at FROM generation ORDER BY number")
    .all()
    .map((row) => ({
      number: Number(row["number"]),
      role: String(row["role"]) as GenerationRole, // eslint-disable-line -- written by writeGenerations alone
      slot: String(row["slot"]),
      reason: String(row["reason"]),
      createdAt: Number(row["created_at"]),
    }));
}

function writeGenerations(database: DatabaseSync, generations: readonly Generation[]): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    database.exec("DELETE FROM generation");
    const insert = database.prepare("INSERT INTO generation (number, role, slot, reason, created_at) VALUES (?, ?, ?, ?, ?)");
    for (const one of generations) insert.run(one.number, one.role, one.slot, one.reason, one.createdAt);
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}

function appendLedger(database: DatabaseSync, entry: { readonly at: number; readonly kind: string; readonly body: Json }): LedgerEntry {
  return inTransaction(database, () => insertEntry(database, entry));
}

function readLedger(database: DatabaseSync, wanted: { readonly kind?: string; readonly last: number }): readonly LedgerEntry[] {
  return database
    .prepare("SELECT id, at, kind, body, hash FROM ledger WHERE ?1 = '' OR kind = ?1 ORDER BY id DESC LIMIT ?2")
    .all(wanted.kind ?? "", wanted.last)
    .toReversed()
    .map(entryOf);
}

function* entriesOf(database: DatabaseSync, after: number): Generator<LedgerEntry> {
  const select = database.prepare("SELECT id, at, kind, body, hash FROM ledger WHERE id > ? ORDER BY id");
  for (const row of select.iterate(after)) yield entryOf(row);
}

function entryOf(row: Readonly<Record<string, unknown>>): LedgerEntry {
  return {
    id: Number(row["id"]),
    at: Number(row["at"]),
    kind: String(row["kind"]),
    body: JSON.parse(String(row["body"])) as Json, // eslint-disable-line -- written by appendLedger alone
    hash: String(row["hash"]),
  };
}

function checkLedger(database: DatabaseSync): readonly number[] {
  const wrong: number[] = [];
  let previous = "";
  for (const row of database.prepare("SELECT id, at, kind, body, previous, hash FROM ledger ORDER BY id").iterate()) {
    const expected = ledgerHash({ previous, at: Number(row["at"]), kind: String(row["kind"]), body: String(row["body"]) });
    if (row["previous"] !== previous || row["hash"] !== expected) wrong.push(Number(row["id"]));
    previous = String(row["hash"]);
  }
  return wrong;
}

function readTokens(database: DatabaseSync): readonly TokenRow[] {
  return database
    .prepare("SELECT id, hash, role, name, created_at, expires_at FROM token WHERE revoked_at IS NULL ORDER BY created_at")
    .all()
    .map((row) => ({
      id: String(row["id"]),
      hash: String(row["hash"]),
      role: String(row["role"]),
      name: String(row["name"]),
      createdAt: Number(row["created_at"]),
      expiresAt: row["expires_at"] === null ? undefined : Number(row["expires_at"]),
    }));
}

function addSession(database: DatabaseSync, session: SessionRow, now: number): void {
  database.prepare("DELETE FROM session WHERE expires_at <= ?").run(now);
  database
    .prepare("INSERT INTO session (hash, name, subject, role, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)")
    .run(session.sha256, session.name, session.subject ?? null, session.role, session.createdAt, session.expiresAt);
}

function readSessions(database: DatabaseSync): readonly SessionRow[] {
  return database
    .prepare("SELECT hash, name, subject, role, created_at, expires_at FROM session ORDER BY created_at")
    .all()
    .map((row) => ({
      sha256: String(row["hash"]),
      name: String(row["name"]),
      subject: row["subject"] === null ? undefined : String(row["subject"]),
      role: String(row["role"]),
      createdAt: Number(row["created_at"]),
      expiresAt: Number(row["expires_at"]),
    }));
}
