import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { State } from "../state.ts";
import type { AuditNoteRow } from "../state/audit.ts";
import { openState } from "../state.ts";
import { AuditJournal } from "./audit-journal.ts";
import { settleAudit } from "./audit-log.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "vitrine-journal-"))));
const opened: AuditJournal[] = [];
afterEach(async () => {
  for (const journal of opened.splice(0)) await journal.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(): Promise<AuditJournal> {
  const journal = await AuditJournal.open(folder);
  opened.push(journal);
  return journal;
}

const file = (): string => join(folder, "audit.journal");

async function linesOf(journal: AuditJournal): Promise<readonly string[]> {
  const seen: string[] = [];
  await journal.empty((lines) => void seen.push(...lines));
  return seen;
}

test("what a killed process had noted is there for the next one, once, in order", async () => {
  const killed = await open();
  await Promise.all(["one", "two", "three"].map(async (line) => killed.add(line)));
  const next = await open();
  expect(await linesOf(next)).toEqual(["one", "two", "three"]);
  expect(await linesOf(next)).toEqual([]);
  await next.add("four");
  expect(await linesOf(await open())).toEqual(["four"]);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
});

test("what has gone into the ledger is overwritten, also where the file is longer than usual", async () => {
  const journal = await open();
  await journal.add(`mallory ${"x".repeat(400_000)}`);
  await journal.add("eve");
  await journal.empty(() => undefined);
  await journal.add("next");
  expect(readFileSync(file(), "latin1").replaceAll("\0", "")).toBe("next\n");
});

test("lines stay where they could not be kept elsewhere", async () => {
  const journal = await open();
  await journal.add("one");
  await expect(
    journal.empty(() => {
      throw new Error("the ledger is full");
    }),
  ).rejects.toThrow("the ledger is full");
  await journal.add("two");
  expect(await linesOf(await open())).toEqual(["one", "two"]);
});

test("a line that was cut off was told to nobody, and is no part of the next one", async () => {
  writeFileSync(file(), "one\n");
  appendFileSync(file(), "half of a line that is longer than the ne");
  const journal = await open();
  expect(await linesOf(journal)).toEqual(["one"]);
  await journal.add("two");
  expect(await linesOf(await open())).toEqual(["two"]);
});

describe("a loss of power", () => {
  const note = (number: number): string =>
    JSON.stringify({
      at: 1,
      facts: { metric: "m" },
      words: { reason: `${number} ${"x".repeat(300)}` },
      salt: String(number).padStart(8, "0"),
    });
  const notes = Array.from({ length: 15 }, (_none, number) => note(number));
  const sector = 512;

  function openFolder(): State {
    return openState({ folder, now: () => 1, random: () => "0123456789abcdef" });
  }

  test("while the file was overwritten: every start goes on from there, and no note is missing or there twice", async () => {
    const text = Buffer.from(notes.map((line) => `${line}\n`).join(""));
    using state = openFolder();
    // The ledger has them: only then does the overwriting begin. Sectors reach the disk in any order.
    state.appendAudit(notes.map((line) => JSON.parse(line) as AuditNoteRow));
    const sectors = Math.ceil(text.length / sector);
    const torn = [
      Array.from({ length: 8 }, (_none, index) => index),
      Array.from({ length: sectors - 3 }, (_none, index) => index + 3),
      Array.from({ length: sectors }, (_none, index) => index).filter((index) => index % 3 === 0),
      Array.from({ length: sectors - 1 }, (_none, index) => index),
    ];
    for (const zeroed of torn) {
      const held = Buffer.from(text);
      for (const index of zeroed) held.fill(0, index * sector, Math.min(held.length, (index + 1) * sector));
      writeFileSync(file(), held);
      const journal = await open();
      await settleAudit(journal, state);
      const fresh = note(100 + zeroed.length);
      await journal.add(fresh);
      await settleAudit(await open(), state);
    }
    expect(state.audit({ limit: 99, before: undefined })).toHaveLength(notes.length + new Set(torn.map(({ length }) => length)).size);
    expect(state.ledger({ kind: "audit-damaged", last: 9 })).toEqual([]);
    expect(state.checkLedger()).toEqual([]);
  });

  test("while a line was written: those before it are there, and the next one is whole", async () => {
    const [first = "", second = "", third = ""] = notes;
    for (const [from, to] of [
      [0, 100],
      [100, 200],
      [200, second.length + 1],
    ] as const) {
      const torn = Buffer.from(`${second}\n`);
      torn.fill(0, from, to);
      writeFileSync(file(), Buffer.concat([Buffer.from(`${first}\n`), torn, Buffer.alloc(1000)]));
      const journal = await open();
      await journal.add(third);
      expect(await linesOf(await open())).toEqual([first, third]);
      expect(await linesOf(journal)).toEqual([first, third]);
    }
  });

  test("a line that is no note keeps nobody from starting, and stands in the ledger as damaged", async () => {
    writeFileSync(file(), `${notes[0]}\n{"at":1,"facts"\nnull\n${notes[1]}\n`);
    using state = openFolder();
    await settleAudit(await open(), state);
    expect(state.audit({ limit: 9, before: undefined })).toHaveLength(2);
    expect(state.ledger({ kind: "audit-damaged", last: 9 }).map(({ body }) => body)).toEqual([{ lines: 2 }]);
  });
});

test("it is written under Node's permissions, which the server has", () => {
  const code = `import { AuditJournal } from ${JSON.stringify(new URL("audit-journal.ts", import.meta.url).href)};
    const journal = await AuditJournal.open(${JSON.stringify(folder)}); await journal.add("one");`;
  const rights = ["--permission", "--allow-fs-read=*", `--allow-fs-write=${folder}`, "--no-warnings"];
  execFileSync(process.execPath, [...rights, "--input-type=module", "-e", code], { stdio: ["ignore", "ignore", "pipe"] });
  expect(readFileSync(file(), "latin1")).toContain("one\n");
});
