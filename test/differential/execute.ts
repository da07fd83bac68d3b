/** Runs sequences on the source. Errors of single steps are part of the game: they take back their savepoint. */
import type { SourceClient } from "../oracle/source.ts";
import type { Transaction } from "./operations.ts";

/** Runs one transaction; returns how many steps took effect, and how many failed. */
export async function executeTransaction(
  source: SourceClient,
  transaction: Transaction,
): Promise<{ readonly done: number; readonly failed: number }> {
  const counts = { done: 0, failed: 0 };
  await source.run("BEGIN");
  for (const step of transaction.steps) {
    try {
      await source.run(`SAVEPOINT s; ${step.sql}; ${step.end === "release" ? "RELEASE s" : "ROLLBACK TO s"}`);
      if (step.end === "release") counts.done += 1;
    } catch {
      await source.run("ROLLBACK TO s");
      counts.failed += 1;
    }
  }
  await source.run(transaction.end === "commit" ? "COMMIT" : "ROLLBACK");
  return transaction.end === "commit" ? counts : { done: 0, failed: counts.failed };
}
