/** 2 says that a store is readable: no command line that is wrong may end so. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const main = join(import.meta.dirname, "../../src/cli/main.ts");
const many = Array.from({ length: 70 }, () => "redis://127.0.0.1:1");

test.concurrent.each([
  [[], 1],
  [["check"], 1],
  [["check", "redis://127.0.0.1:1", "--no-such-option"], 1],
  [["check", "redis://127.0.0.1:1", "--limit"], 1],
  [["check", ...many], 1],
  [["chekc", "redis://127.0.0.1:1"], 1],
  [["check", "redis://:a-password@127.0.0.1:1"], 1],
  [["check", "redis://127.0.0.1:1"], 0],
] as const)("guard %j ends with %i", (args, code) => {
  const { status, stderr } = spawnSync(process.execPath, [main, "guard", ...args], { encoding: "utf8" });
  expect(status).toBe(code);
  expect(stderr).not.toContain("a-password");
});
