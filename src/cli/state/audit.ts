/** The audit log in the state: facts and a commitment in the ledger, words of people beside it. */
import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { canonicalJson } from "../canonical-json.ts";
import type { Json } from "../canonical-json.ts";
import { inTransaction, insertEntry } from "./ledger.ts";

/** Words of people (who, why) beside the ledger, whose row holds a commitment to them and nothing personal. */
export interface AuditRow {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Of the ledger. */
  readonly facts: Readonly<Record<string, Json>>;
  /** erased: the ledger says so. missing: somebody took them away in another way. */
  readonly words: "kept" | "erased" | "missing";
  /** The words; undefined unless they are kept. */
  readonly body: Json | undefined;
  /** There are words, and they fit the commitment. */
  readonly intact: boolean;
}

export interface AuditNoteRow {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Go into the ledger. */
  readonly facts: Readonly<Record<string, Json>>;
  /** Go beside it. */
  readonly words: Json;
  /** Random, so that words cannot be guessed from their commitment; it also names the note. */
  readonly salt: string;
}

/** Newest first; `before`: only entries with a smaller id. */
export interface AuditWanted {
  readonly limit: number;
  readonly before: number | undefined;
}

const auditKind = "audit";
const erasedKind = "audit-erased";

export function appendAudit(database: DatabaseSync, notes: readonly AuditNoteRow[]): void {
  inTransaction(database, () => {
    const known = database.prepare("SELECT 1 FROM audit WHERE salt = ?");
    const insert = database.prepare("INSERT INTO audit (entry, salt, body) VALUES (?, ?, ?)");
    for (const { at, facts, words, salt } of notes) {
      if (known.get(salt) !== undefined) continue;
      const body = canonicalJson(words);
      const { id } = insertEntry(database, { at, kind: auditKind, body: { ...facts, commitment: commitmentTo(salt, body) } });
      insert.run(id, salt, body);
    }
  });
}

function commitmentTo(salt: string, body: string): string {
  return createHash("sha256").update(`${salt}\n${body}`, "utf8").digest("hex");
}

export function readAudit(database: DatabaseSync, { limit, before }: AuditWanted): readonly AuditRow[] {
  return database
    .prepare(
      `SELECT ledger.id, ledger.at, ledger.body AS facts, audit.salt, audit.body,
         EXISTS (SELECT 1 FROM ledger AS said WHERE said.kind = '${erasedKind}' AND said.body = '{"entry":' || ledger.id || '}') AS erased
       FROM ledger LEFT JOIN audit ON audit.entry = ledger.id
       WHERE ledger.kind = '${auditKind}' AND ledger.id < ?1 ORDER BY ledger.id DESC LIMIT ?2`,
    )
    .all(before ?? Number.MAX_SAFE_INTEGER, limit)
    .map((row) => {
      const facts = JSON.parse(String(row["facts"])) as AuditRow["facts"]; // eslint-disable-line -- written by appendAudit alone
      const entry = { id: Number(row["id"]), at: Number(row["at"]), facts };
      if (row["body"] === null) return { ...entry, words: row["erased"] === 1 ? "erased" : "missing", body: undefined, intact: false };
      const body = String(row["body"]);
      return {
        ...entry,
        words: "kept",
        body: JSON.parse(body) as Json, // eslint-disable-line -- as above
        intact: facts["commitment"] === commitmentTo(String(row["salt"]), body),
      };
    });
}

/** The salt goes as well: with it a guess at the words could be tested against the commitment. */
export function eraseAudit(database: DatabaseSync, id: number, at: number): boolean {
  return inTransaction(database, () => {
    if (database.prepare("SELECT 1 FROM audit WHERE entry = ?").get(id) === undefined) return false;
    insertEntry(database, { at, kind: erasedKind, body: { entry: id } });
    database.prepare("DELETE FROM audit WHERE entry = ?").run(id);
    return true;
  });
}
