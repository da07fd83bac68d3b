import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Generation } from "../generations.ts";
import { openState } from "../state.ts";
import { AuditJournal } from "../server/audit-journal.ts";
import type { CommandContext } from "./command.ts";
import { backup, putBack } from "./owner.ts";

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

test("a backup has the notes that a killed server left beside the state", async () => {
  const file = join(folder, "backup");
  open()[Symbol.dispose]();
  const journal = await AuditJournal.open(join(folder, "state"));
  await journal.add(JSON.stringify({ at: 1, facts: { metric: "m" }, words: { reason: "just before" }, salt: "s" }));
  await journal.close();
  const context = {
    config: () => ({ stateFolder: join(folder, "state") }),
    positionals: [file],
    workingFolder: folder,
    json: true,
    terminal: { out: () => undefined },
  };
  expect(await backup.run(context as unknown as CommandContext)).toBe(0);
  mkdirSync(join(folder, "elsewhere"), { mode: 0o700 });
  putBack(file, join(folder, "elsewhere"));
  using state = openState({ folder: join(folder, "elsewhere"), now: () => 1, random: () => "0123456789abcdef" });
  expect(state.audit({ limit: 9, before: undefined })).toMatchObject([{ body: { reason: "just before" }, intact: true }]);
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

const generation = (number: number, role: Generation["role"]): Generation => ({
  number,
  role,
  slot: `vitrine_01234567_${number}`,
  reason: "first-start",
  createdAt: 1,
});

/** A backup of when there was generation 1; since then 3 took its place. */
function olderBackup(): string {
  const file = join(folder, "older");
  using state = open();
  state.setGenerations([generation(1, "serving")]);
  state.set("last-generation", "1");
  state.backup(file);
  state.setGenerations([generation(2, "retiring"), generation(3, "serving")]);
  state.set("last-generation", "3");
  return file;
}

test("an older backup does not make copies that are there forgotten, nor their slots, nor numbers be used again", () => {
  putBack(olderBackup(), join(folder, "state"));
  using state = open();
  expect(state.generations()).toEqual([generation(2, "retiring"), generation(3, "serving")]);
  expect(state.get("last-generation")).toBe("3");
});

test("where the state is damaged, copies that the backup does not know are given up with their slots", () => {
  const file = olderBackup();
  writeFileSync(join(folder, "state", "state.sqlite"), "this is no database at all".repeat(400));
  for (const number of [1, 3]) mkdirSync(join(folder, "state", "mirror", `gen-${number}`), { recursive: true });
  putBack(file, join(folder, "state"));
  using state = open();
  expect(state.generations()).toMatchObject([generation(1, "serving"), { number: 3, role: "retiring", slot: "vitrine_01234567_3" }]);
  expect(state.get("last-generation")).toBe("3");
});
