import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./support/tree.ts";

// vitest transforms more TypeScript than Node strips, so the real thing is started once.
test("the source runs on Node as it is", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "src/cli/main.ts"), "--help"], { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  expect(stdout).toContain("vitrine COMMAND");
});

test("bin/vitrine.js runs the source in a clone", () => {
  const { status, stdout } = spawnSync(process.execPath, [join(root, "bin/vitrine.js"), "query", "--help"], { encoding: "utf8" });
  expect(status).toBe(0);
  expect(stdout).toContain("vitrine query");
});
