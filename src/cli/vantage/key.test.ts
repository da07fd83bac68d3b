import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ownKey } from "./key.ts";

test("a key that cannot be read is not made anew: the other side would take us for a stranger", () => {
  const folder = mkdtempSync(join(tmpdir(), "vitrine-key-"));
  const file = join(folder, "vantage.key");
  mkdirSync(file, { mode: 0o700 });
  expect(() => ownKey(file)).toThrow(expect.objectContaining({ code: "guard/vantage-key", place: file }));
  rmSync(folder, { recursive: true });
});
