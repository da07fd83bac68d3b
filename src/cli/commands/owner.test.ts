import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openState } from "../state.ts";
import { putBack } from "./owner.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vitrine-restore-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open() {
  return openState({ folder: join(folder, "state"), now: () => 1, random: () => "0123456789abcdef" });
}

test("a backup comes back with its ledger, and what was there is kept beside it", () => {
  const file = join(folder, "backup");
  {
    using state = open();
    state.append("apply", { statements: 1 });
    state.backup(file);
    state.append("apply", { statements: 2 });
  }
  putBack(file, join(folder, "state"));
  using state = open();
  expect(state.ledger({ last: 9 }).map((entry) => entry.kind)).toEqual(["apply", "restore"]);
  expect(state.checkLedger()).toEqual([]);
  expect(existsSync(join(folder, "state", "state.sqlite.before-restore"))).toBe(true);
  expect(existsSync(join(folder, "state", "restoring"))).toBe(false);
});

test("a file that is no backup changes nothing", () => {
  const file = join(folder, "none");
  writeFileSync(file, "this is no database at all".repeat(400));
  open()[Symbol.dispose]();
  const before = readFileSync(join(folder, "state", "state.sqlite"));
  expect(() => putBack(file, join(folder, "state"))).toThrow(expect.objectContaining({ code: "cli/state-unreadable", place: file }));
  expect(readFileSync(join(folder, "state", "state.sqlite")).equals(before)).toBe(true);
  expect(existsSync(join(folder, "state", "restoring"))).toBe(false);
});
