/** Closes a run with what a person needs: how many tests met a real PostgreSQL, the invariants' tests, and one line of totals. */
import type { Reporter, TestCase, TestModule } from "vitest/node";

interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

export default class ClosingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const cases = modules.flatMap((module) => [...module.children.allTests()]);
    // A file that did not load has no tests, but it failed; so did whatever was thrown outside of a test.
    const broken = modules.filter(
      (module) => module.state() === "failed" && module.children.allTests("failed").next().done === true,
    ).length;
    const totals = count(cases);
    const againstPostgres = count(cases.filter((test) => test.project.name === "pg"));
    const lines = [
      ...invariants(cases),
      "",
      `against a real PostgreSQL: ${againstPostgres.passed + againstPostgres.failed} tests`,
      closing({ ...totals, failed: totals.failed + broken + unhandled.length }),
    ];
    process.stdout.write(`${lines.join("\n")}\n`);
  }
}

function count(cases: readonly TestCase[]): Totals {
  const totals: Totals = { passed: 0, failed: 0, skipped: 0 };
  for (const test of cases) {
    const { state } = test.result();
    if (state !== "pending") totals[state] += 1;
  }
  return totals;
}

/** Tests are named "invariant N: …" after design; a number without a test is a gap that the list shows. */
function invariants(cases: readonly TestCase[]): readonly string[] {
  const named = cases.flatMap((test) => {
    const number = /\binvariant (\d+):/.exec(test.fullName)?.[1];
    return number === undefined
      ? []
      : [{ number: Number(number), line: `  ${test.result().state.padEnd(8)}${test.fullName.slice(test.fullName.indexOf("invariant "))}` }];
  });
  if (named.length === 0) return [];
  return ["", "the invariants' tests:", ...named.toSorted((a, b) => a.number - b.number).map((test) => test.line)];
}

function closing(totals: Totals): string {
  return `${totals.passed} passed, ${totals.failed} failed${totals.skipped > 0 ? `, ${totals.skipped} skipped` : ""}`;
}
