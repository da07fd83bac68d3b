import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Searcher } from "./search.ts";

const needle = { name: "accounts.email", value: "Canary.Email.7f3a91@example.org" };
const { value } = needle;

function hidden(bytes: Buffer | string): Buffer {
  return Buffer.concat([Buffer.alloc(100, 7), Buffer.from(bytes as string), Buffer.alloc(100, 9)]);
}

const disguises: readonly (readonly [string, Buffer | string])[] = [
  ["plain", value],
  ["lower case", value.toLowerCase()],
  ["upper case", value.toUpperCase()],
  ["URL-encoded", encodeURIComponent(value)],
  ["UTF-16", Buffer.from(value, "utf16le")],
  ["hex", Buffer.from(value).toString("hex")],
  ["HEX", Buffer.from(value).toString("hex").toUpperCase()],
  ["base64", Buffer.from(value).toString("base64")],
  ["base64 inside a larger text", Buffer.from(`x ${value} y`).toString("base64")],
  ["base64 inside another text", Buffer.from(`${value}!`).toString("base64")],
  ["base64url one byte on", Buffer.from(`?${value}`).toString("base64url")],
  ["a piece of 20", value.slice(0, 20)],
  ["a piece in the middle", value.slice(5, 26)],
  ["MD5", createHash("md5").update(value).digest()],
  ["MD5 in hex", createHash("md5").update(value).digest("hex")],
  ["SHA-256", createHash("sha256").update(value).digest()],
  ["SHA-256 in hex", createHash("sha256").update(value).digest("hex")],
  ["SHA-256 in base64", createHash("sha256").update(value).digest("base64")],
];
test.each(disguises)("a value is found as %s", (_form, bytes) => {
  expect(new Searcher([needle]).search(hidden(bytes), "here")).not.toEqual([]);
});

test("another value is not found", () => {
  expect(new Searcher([needle]).search(hidden("somebody.else@example.org and Canary alone"), "here")).toEqual([]);
});

test("a value across the border of two reads is found, with its file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "vitrine-canary-"));
  try {
    const path = join(folder, "store.duckdb");
    await writeFile(path, Buffer.concat([Buffer.alloc((4 << 20) - 10, 1), Buffer.from(value), Buffer.alloc(50, 2)]));
    const finds = await new Searcher([needle]).searchFiles(folder);
    expect(finds).toContainEqual({ name: "accounts.email", form: "plain", where: path });
  } finally {
    await rm(folder, { recursive: true });
  }
});
