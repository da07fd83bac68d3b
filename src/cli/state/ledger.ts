/** Writing to the ledger: each entry's hash follows from the one before. */
import type { DatabaseSync } from "node:sqlite";
import { canonicalJson, ledgerHash } from "../canonical-json.ts";
import type { Json } from "../canonical-json.ts";

export interface LedgerEntry {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly kind: string;
  readonly body: Json;
  readonly hash: string;
}

interface NewEntry {
  readonly at: number;
  readonly kind: string;
  readonly body: Json;
}

export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const done = work();
    database.exec("COMMIT");
    return done;
  } catch (error) {
    // A full disk has ended it already.
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

/** Inside a transaction. */
export function insertEntry(database: DatabaseSync, entry: NewEntry): LedgerEntry {
  const previous = String(database.prepare("SELECT hash FROM ledger ORDER BY id DESC LIMIT 1").get()?.["hash"] ?? "");
  const body = canonicalJson(entry.body);
  const hash = ledgerHash({ previous, at: entry.at, kind: entry.kind, body });
  const done = database
    .prepare("INSERT INTO ledger (at, kind, body, previous, hash) VALUES (?, ?, ?, ?, ?)")
    .run(entry.at, entry.kind, body, previous, hash);
  return { id: Number(done.lastInsertRowid), ...entry, hash };
}
