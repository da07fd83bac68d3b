import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openState, stateVersion } from "./state.ts";
import type { State } from "./state.ts";

let folder: string;
const open = (): State => openState({ folder, now: () => 1000, random: () => "0123456789abcdef" });
const codeOf = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return "nothing thrown";
};

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "vitrine-state-")), ".vitrine");
});
afterEach(() => rmSync(join(folder, ".."), { recursive: true, force: true }));

test("the folder and the file are their owner's alone", () => {
  using state = open();
  expect(state.installation).toBe("01234567");
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, "state.sqlite")).mode & 0o777).toBe(0o600);
});

test("the ledger only grows: UPDATE and DELETE are refused by the file itself", () => {
  using state = open();
  state.append("proof", { verdict: "clean" });
  const raw = new DatabaseSync(join(folder, "state.sqlite"));
  expect(() => raw.exec("UPDATE ledger SET kind = 'x'")).toThrow("the ledger only grows");
  expect(() => raw.exec("DELETE FROM ledger")).toThrow("the ledger only grows");
  raw.close();
});

test("the ledger's chain shows a row that was changed behind the triggers", () => {
  using state = open();
  for (const n of [1, 2, 3]) state.append("note", { n });
  expect(state.checkLedger()).toEqual([]);
  const raw = new DatabaseSync(join(folder, "state.sqlite"));
  raw.exec(`DROP TRIGGER ledger_no_update; UPDATE ledger SET body = '{"n":9}' WHERE id = 2`);
  raw.close();
  expect(state.checkLedger()).toEqual([2]);
});

test("what was written is there after opening again", () => {
  const generation = { number: 1, role: "serving", slot: "vitrine_01234567_1", reason: "first-start", createdAt: 5 } as const;
  {
    using state = open();
    state.setGenerations([generation]);
    state.append("a", { z: 1, b: [true, null] });
    state.append("b", {});
    state.addToken({ id: "t", hash: "00", role: "viewer", name: "n", createdAt: 1 });
  }
  using state = open();
  expect(state.generations()).toEqual([generation]);
  expect(state.ledger({ last: 5 }).map((row) => [row.kind, row.body])).toEqual([
    ["a", { b: [true, null], z: 1 }],
    ["b", {}],
  ]);
  expect(state.ledger({ kind: "b", last: 5 }).length).toBe(1);
  expect(state.revokeToken("t", 2)).toBe(true);
  expect(state.revokeToken("t", 2)).toBe(false);
  expect(state.tokens()).toEqual([]);
});

test("a state written by a newer Vitrine is refused, and left as it is", () => {
  open()[Symbol.dispose]();
  const raw = new DatabaseSync(join(folder, "state.sqlite"));
  raw.exec(`PRAGMA user_version = ${stateVersion + 1}`);
  raw.close();
  expect(codeOf(open)).toBe("cli/state-newer");
});

test("a file that is no state is refused", () => {
  open()[Symbol.dispose]();
  writeFileSync(join(folder, "state.sqlite"), "anna@example.org ".repeat(100));
  expect(codeOf(open)).toBe("cli/state-unreadable");
  rmSync(join(folder, "state.sqlite"));
  const raw = new DatabaseSync(join(folder, "state.sqlite"));
  raw.exec("PRAGMA user_version = 1; CREATE TABLE other (a)");
  raw.close();
  expect(codeOf(open)).toBe("cli/state-unreadable");
});

test("a folder that others may read is closed", () => {
  open()[Symbol.dispose]();
  chmodSync(folder, 0o755);
  open()[Symbol.dispose]();
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(readdirSync(folder)).toEqual(["state.sqlite"]);
});
