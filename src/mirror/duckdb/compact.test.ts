import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

test("the files are swapped by a server under Node's permissions, which refuse fsync", () => {
  const folder = mkdtempSync(join(tmpdir(), "vitrine-compact-"));
  try {
    const file = join(folder, "store.duckdb");
    writeFileSync(file, "old");
    writeFileSync(`${file}.fresh`, "new");
    const code = `import { swapFiles } from ${JSON.stringify(new URL("compact.ts", import.meta.url).href)}; swapFiles(${JSON.stringify(file)});`;
    const rights = ["--permission", "--allow-addons", "--allow-fs-read=*", `--allow-fs-write=${folder}`, "--no-warnings"];
    execFileSync(process.execPath, [...rights, "--input-type=module", "-e", code], { stdio: ["ignore", "ignore", "pipe"] });
    expect(readFileSync(file, "utf8")).toBe("new");
    expect(readdirSync(folder)).toEqual(["store.duckdb"]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
