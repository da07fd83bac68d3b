import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { openDuckdbSubject, removeFolders } from "../../../test/support/duckdb-subject.ts";
import { attempt, device, Feed, smallWorld } from "../../../test/support/mirror-suite.ts";
import { must } from "../../lib/assert.ts";
import type { DuckdbMirror } from "../duckdb.ts";
import { cellMeasures, cellsSql } from "../layout.ts";
import type { CellMeasure } from "../reading.ts";

afterEach(removeFolders);

type Dump = readonly string[];

/** undefined: memory cannot tell now. */
function dumpMemory(mirror: DuckdbMirror): Dump | undefined {
  const reading = mirror.cellsNow();
  const dump: string[] = [];
  for (const metric of mirror.cells?.metrics ?? []) {
    const measures = cellMeasures(metric) as readonly CellMeasure[];
    for (const { id, dimensions } of metric.cuboids) {
      const cuboid = reading?.cuboid(metric.name, id);
      if (cuboid === undefined) return undefined;
      for (let cell = 0; cell < cuboid.count; cell += 1) {
        if (cuboid.measure(cell, "n") === 0) continue;
        const keys = [cuboid.bucketOf(cell), ...dimensions.map((_, i) => cuboid.dimOf(cell, i))];
        dump.push([metric.name, id, ...keys, ...measures.map((name) => cuboid.measure(cell, name))].join());
      }
    }
  }
  return dump.toSorted();
}

/** By metric, cuboid and bucket: its cells, and the number that is the same as long as they are. */
function changesOf(mirror: DuckdbMirror): ReadonlyMap<string, { readonly at: number; readonly cells: string }> {
  const found = new Map<string, { at: number; cells: string }>();
  const reading = mirror.cellsNow();
  for (const metric of mirror.cells?.metrics ?? []) {
    for (const { id, dimensions } of metric.cuboids) {
      const cuboid = reading?.cuboid(metric.name, id);
      for (let cell = 0; cell < (cuboid?.count ?? 0); cell += 1) {
        const bucket = must(cuboid, "cuboid").bucketOf(cell);
        const key = `${metric.name} ${id} ${bucket}`;
        const one = found.get(key) ?? { at: must(cuboid, "cuboid").changedAt(bucket), cells: "" };
        const numbers = (cellMeasures(metric) as readonly CellMeasure[]).map((name) => must(cuboid, "cuboid").measure(cell, name));
        if (numbers[0] !== 0) one.cells += [...dimensions.map((_, i) => cuboid?.dimOf(cell, i)), ...numbers, ""].join();
        found.set(key, one);
      }
    }
  }
  return found;
}

async function dumpStore(mirror: DuckdbMirror): Promise<{ readonly lsn: unknown; readonly dump: Dump }> {
  return mirror.view(async (view) => {
    const dump: string[] = [];
    for (const metric of mirror.cells?.metrics ?? [])
      for (const { id, dimensions } of metric.cuboids) {
        const names = ["bucket", ...dimensions.map((_, i) => `d${i}`), ...cellMeasures(metric)];
        for (const row of await view.all(`SELECT * FROM ${cellsSql(metric, id)}`))
          dump.push([metric.name, id, ...names.map((name) => String(row[name]))].join());
      }
    return { lsn: view.status.applied?.lsn, dump: dump.toSorted() };
  });
}

test("cells in memory are the committed ones at every moment of a transaction, also while it is written", { timeout: 60_000 }, async () => {
  // Every message is applied at once, inside the open transaction.
  const { mirror } = await openDuckdbSubject({ pendingBytesMax: 1 });
  const feed = new Feed([mirror]);
  await feed.snapshot(smallWorld);
  const keys = smallWorld.attempts.length;
  let looks = 0;
  let kept = 0;
  let changes = changesOf(mirror);
  for (let batch = 0; batch < 12; batch += 1) {
    const before = await dumpStore(mirror);
    const seen = new Map<unknown, Set<string>>();
    const look = (): void => {
      const dump = dumpMemory(mirror);
      if (dump === undefined) return;
      looks += 1;
      const lsn = mirror.cellsNow()?.status.applied?.lsn;
      seen.set(lsn, (seen.get(lsn) ?? new Set()).add(dump.join("\n")));
    };
    look();
    for (let i = 0; i < 5; i += 1) {
      await feed.changes("attempts", [
        { tag: "insert", row: attempt(1_000 + batch * 5 + i, i % 3, { ok: i % 2 === 0, at: 26_000_000 + batch * 97 }) },
        ...(batch * 5 + i < keys ? [{ tag: "remove" as const, key: smallWorld.attempts[batch * 5 + i]!["id"] as number }] : []),
      ]);
      look();
    }
    await feed.changes("devices", [{ tag: "update", row: device(1, batch % 2, batch % 3 === 0 ? "bulb" : "cam") }]);
    look();
    const committing = feed.commit();
    let over: unknown;
    while (over === undefined) {
      over = await Promise.race([committing.then(() => "over"), nextTurn()]);
      look();
    }
    const after = await dumpStore(mirror);
    look();
    for (const { lsn, dump } of [before, after]) expect([...(seen.get(lsn) ?? [])]).toEqual([dump.join("\n")]);
    expect(new Set(seen.keys())).toEqual(new Set([before.lsn, after.lsn]));
    const now = changesOf(mirror);
    for (const [key, { at, cells }] of now) {
      const earlier = changes.get(key);
      // What is the same number is the same cells; a new number may be of the same.
      if (earlier?.at !== at) continue;
      kept += 1;
      expect([key, cells]).toEqual([key, earlier.cells]);
    }
    changes = now;
  }
  expect(looks).toBeGreaterThan(100);
  expect(kept).toBeGreaterThan(10);
  await mirror[Symbol.asyncDispose]();
});
