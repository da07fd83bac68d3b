/**
 * `kill -9` anywhere: starts the whole product on a small smart-home world under load, kills its processes at random and at every
 * named point, and compares with the oracle when all is quiet again.
 *
 *   node test/kill/kill.ts [--seed 1] [--random 50] [--points 5] [--accounts 500] [--attempts 50000] [--only point] [--short]
 *
 * Invariant 13: nothing lost, nothing doubled. Ends with 0 when every comparison was equal and every point was reached.
 */
import { parseArgs } from "node:util";
import { killAnywhere } from "./harness.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Math.floor(Math.random() * 1e6)) },
    random: { type: "string" },
    points: { type: "string" },
    accounts: { type: "string", default: "500" },
    attempts: { type: "string", default: "50000" },
    only: { type: "string" },
    short: { type: "boolean", default: false },
  },
});

const report = await killAnywhere({
  seed: Number(values.seed),
  randomKills: Number(values.random ?? (values.short ? 6 : 50)),
  killsPerPoint: Number(values.points ?? (values.short ? 0 : 5)),
  accounts: Number(values.accounts),
  attempts: Number(values.attempts),
  only: values.only,
  log: (line) => process.stdout.write(`${line}\n`),
});
for (const problem of report.problems) process.stdout.write(`PROBLEM ${problem}\n`);
process.stdout.write(`${report.summary}\n`);
process.exitCode = report.problems.length === 0 ? 0 : 1;
