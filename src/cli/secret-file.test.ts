import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { requireWritableSecret, writeSecret } from "./secret-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vitrine-secret-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("half of a file that one of the same process number left is no reason not to write, nor is its mode kept", () => {
  const file = join(folder, "key");
  // In a container every process has the number of the one that was killed there.
  writeFileSync(`${file}.${process.pid}.new`, "half", { mode: 0o644 });
  writeSecret(file, "whole");
  expect([readFileSync(file, "utf8"), statSync(file).mode & 0o777, readdirSync(folder)]).toEqual(["whole", 0o600, ["key"]]);
  writeFileSync(`${file}.${process.pid}.new`, "half");
  requireWritableSecret(file);
  expect(readdirSync(folder)).toEqual(["key"]);
});

test("what cannot be written leaves nothing beside", () => {
  writeSecret(join(folder, "key"), "one");
  expect(() => writeSecret(folder, "text")).toThrow(expect.objectContaining({ code: "cli/credential-unwritable", place: folder }));
  expect(readdirSync(join(folder, "..")).filter((name) => name.startsWith(`${folder.split("/").at(-1)}.`))).toEqual([]);
});
