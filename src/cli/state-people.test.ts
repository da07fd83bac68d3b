/** What the state keeps of people: tokens, sessions, the audit log. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openState } from "./state.ts";
import type { State } from "./state.ts";

let folder: string;
const open = (nowMs = 1000): State => openState({ folder, now: () => nowMs, random: () => "0123456789abcdef" });

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "vitrine-state-")), ".vitrine");
});
afterEach(() => rmSync(join(folder, ".."), { recursive: true, force: true }));

test("a session outlives a restart, and goes when it is ended or another one opens after it is over", () => {
  const session = (sha256: string, expiresAt: number) => ({
    sha256,
    name: "ann",
    subject: "248289",
    role: "analyst",
    createdAt: 1,
    expiresAt,
  });
  {
    using state = open();
    for (const one of [session("a", 2_000), session("b", 5_000), session("c", 9_000)]) state.addSession(one);
    state.endSession("b");
  }
  using state = open(3_000);
  expect(state.sessions().map(({ sha256 }) => sha256)).toEqual(["a", "c"]);
  state.addSession(session("d", 9_000));
  expect(state.sessions()).toEqual([session("c", 9_000), session("d", 9_000)]);
});

test("the audit log: newest first, by pages, and its words fit the ledger", () => {
  using state = open();
  for (const reason of ["first", "second", "third"])
    state.appendAudit([{ at: 1, facts: { metric: "m" }, words: { name: "ann", reason }, salt: reason }]);
  // What is given again after a crash is there once.
  state.appendAudit([{ at: 1, facts: { metric: "m" }, words: { name: "ann", reason: "third" }, salt: "third" }]);
  const reasons = (wanted: Parameters<State["audit"]>[0]) => state.audit(wanted).map(({ body }) => (body as { reason: string }).reason);
  expect(reasons({ limit: 2, before: undefined })).toEqual(["third", "second"]);
  expect(reasons({ limit: 2, before: state.audit({ limit: 2, before: undefined })[1]?.id })).toEqual(["first"]);
  expect(state.audit({ limit: 9, before: undefined }).map(({ intact }) => intact)).toEqual([true, true, true]);
  expect(JSON.stringify(state.ledger({ last: 9 }))).not.toMatch(/ann|first/);
  expect(state.checkLedger()).toEqual([]);
});

test("the audit log only grows, and words that were changed behind the triggers show", () => {
  using state = open();
  state.appendAudit([{ at: 1, facts: {}, words: { reason: "true" }, salt: "s" }]);
  const raw = new DatabaseSync(join(folder, "state.sqlite"));
  expect(() => raw.exec("UPDATE audit SET body = '{}'")).toThrow("the audit log only grows");
  expect(() => raw.exec("DELETE FROM audit")).toThrow("the ledger does not say that these words are erased");
  raw.exec(`DROP TRIGGER audit_no_update; UPDATE audit SET body = '{"reason":"false"}'`);
  raw.close();
  expect(state.audit({ limit: 1, before: undefined })[0]?.intact).toBe(false);
});

test("the words of one entry can be erased: the entry stays, and nothing that could test a guess at them", () => {
  using state = open();
  for (const reason of ["mallory was here", "kept"])
    state.appendAudit([{ at: 1, facts: { metric: "m" }, words: { name: "ann", reason }, salt: `salt of ${reason}` }]);
  const [, erased] = state.audit({ limit: 9, before: undefined });
  expect(state.eraseAudit(erased?.id ?? 0)).toBe(true);
  expect([state.eraseAudit(erased?.id ?? 0), state.eraseAudit(99)]).toEqual([false, false]);
  expect(state.audit({ limit: 9, before: undefined })).toMatchObject([
    { words: "kept", body: { reason: "kept" }, intact: true },
    { id: erased?.id, at: 1, facts: { metric: "m" }, words: "erased", body: undefined, intact: false },
  ]);
  expect(state.ledger({ kind: "audit-erased", last: 9 }).map(({ body }) => body)).toEqual([{ entry: erased?.id }]);
  expect(state.checkLedger()).toEqual([]);
  const bytes = readFileSync(join(folder, "state.sqlite"), "latin1");
  expect([bytes.includes("mallory"), bytes.includes("salt of kept")]).toEqual([false, true]);
});

test("words that were taken away behind the state do not take their entry with them", () => {
  using state = open();
  for (const salt of ["a", "b"]) state.appendAudit([{ at: 1, facts: { metric: "m" }, words: { reason: salt }, salt }]);
  const raw = new DatabaseSync(join(folder, "state.sqlite"));
  raw.exec("DROP TRIGGER audit_no_delete; DELETE FROM audit WHERE salt = 'a'");
  raw.close();
  expect(state.audit({ limit: 9, before: undefined }).map(({ words, intact }) => [words, intact])).toEqual([
    ["kept", true],
    ["missing", false],
  ]);
});

test("a state of before there were sessions is taken over: its tokens stay, without an end, and a copy lies beside it", () => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const old = new DatabaseSync(join(folder, "state.sqlite"));
  old.exec(`CREATE TABLE control (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    CREATE TABLE generation (number INTEGER PRIMARY KEY, role TEXT NOT NULL, slot TEXT NOT NULL, reason TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT;
    CREATE TABLE ledger (
      id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL
    ) STRICT;
    CREATE TABLE token (id TEXT PRIMARY KEY, hash TEXT NOT NULL, role TEXT NOT NULL, name TEXT NOT NULL, created_at INTEGER NOT NULL, revoked_at INTEGER) STRICT;
    INSERT INTO token VALUES ('t', 'h', 'viewer', 'grafana', 5, NULL);
    PRAGMA application_id = 1987342958; PRAGMA user_version = 1`);
  old.close();
  using state = open();
  expect(state.tokens()).toEqual([{ id: "t", hash: "h", role: "viewer", name: "grafana", createdAt: 5, expiresAt: undefined }]);
  state.addToken({ id: "u", hash: "i", role: "viewer", name: "new", createdAt: 6, expiresAt: 7 });
  expect(state.tokens()[1]?.expiresAt).toBe(7);
  expect(readdirSync(folder)).toContain("state.sqlite.v1.backup");
});
