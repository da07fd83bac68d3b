import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { AuditJournal } from "./audit-journal.ts";

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

test("it is written under Node's permissions, which the server has", () => {
  const code = `import { AuditJournal } from ${JSON.stringify(new URL("audit-journal.ts", import.meta.url).href)};
    const journal = await AuditJournal.open(${JSON.stringify(folder)}); await journal.add("one");`;
  const rights = ["--permission", "--allow-fs-read=*", `--allow-fs-write=${folder}`, "--no-warnings"];
  execFileSync(process.execPath, [...rights, "--input-type=module", "-e", code], { stdio: ["ignore", "ignore", "pipe"] });
  expect(readFileSync(file(), "latin1")).toContain("one\n");
});
