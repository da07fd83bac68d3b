/** Invariant 13, kill it anywhere: the short form of kill.ts (a few kills in turn; the full one is a script with a seed). */
import { expect, test } from "vitest";
import { killAnywhere } from "./harness.ts";

test("reader, server and supervisor killed in turn: nothing lost, nothing doubled", { timeout: 5 * 60_000 }, async () => {
  const seed = Number(process.env["KILL_SEED"] ?? 1);
  const lines: string[] = [];
  const report = await killAnywhere({
    seed,
    randomKills: 6,
    killsPerPoint: 0,
    accounts: 200,
    attempts: 5_000,
    only: undefined,
    log: (line) => lines.push(line),
  });
  expect(report.problems, lines.join("\n")).toEqual([]);
});
