import { afterAll, afterEach, expect, test } from "vitest";
import { openDuckdbSubject, removeFolders } from "../../test/support/duckdb-subject.ts";
import type { Fault } from "../../test/support/memory-mirror.ts";
import { openMemorySubject } from "../../test/support/memory-mirror.ts";
import { mirrorSuite } from "../../test/support/mirror-suite.ts";
import type { OpenSubject, Subject } from "../../test/support/mirror-world.ts";

const opened: Subject[] = [];
const tracked =
  (open: OpenSubject): OpenSubject =>
  async (options) => {
    const subject = await open(options);
    const track = (one: Subject): Subject => {
      const again: Subject = { ...one, reopen: async () => track(await one.reopen()) };
      opened.push(again);
      return again;
    };
    return track(subject);
  };

afterEach(async () => {
  for (const subject of opened.splice(0)) await subject.mirror[Symbol.asyncDispose]();
  removeFolders();
});

for (const { name, run } of mirrorSuite) {
  test(`mirror suite, DuckDB: ${name}`, () => run(tracked(openDuckdbSubject)));
  test(`mirror suite, in memory: ${name}`, () => run(openMemorySubject));
}

// The property test applies slices one by one, too; here the cases in which it matters most.
const slicewise = mirrorSuite.filter(({ name }) => /truncate|swapped|account|comes back/.test(name));
for (const { name, run } of slicewise) {
  test(`mirror suite, DuckDB with every slice applied at once: ${name}`, () =>
    run(tracked((options) => openDuckdbSubject({ ...options, pendingBytesMax: 1 }))));
}

const faults: readonly [Fault, string][] = [
  ["reduce-by-key", "two keys swapped through a third, with a value that is kept"],
  ["kept-is-null", "a key changes and the kept value is that of the old key"],
  ["ack-early", "changes are not seen before their commit, and nothing is acknowledged"],
  ["half-batch", "inserts alone"],
  ["moves-forgotten", "a device changes its model and its facts move"],
];

test.each(faults)("the mirror suite fails on a mirror with the fault %s", async (fault, expected) => {
  const failed: string[] = [];
  for (const { name, run } of mirrorSuite) {
    try {
      await run((options) => openMemorySubject(options, fault));
    } catch {
      failed.push(name);
    }
  }
  expect(failed).toContain(expected);
});

afterAll(removeFolders);
