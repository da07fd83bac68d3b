import fc from "fast-check";
import { expect, test } from "vitest";
import type { CuboidSpec, MetricSpec } from "../cuboid.ts";
import { Cells } from "./cells.ts";
import { empty, UnitSets } from "./unit-sets.ts";

const change = fc.record({ unit: fc.integer({ min: 0, max: 60 }), weight: fc.integer({ min: 1, max: 3 }), isGone: fc.boolean() });

test("a set is whole or a sample; its size is at most the number of units, and its members are counted exactly", () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 300 }), fc.array(change, { maxLength: 100 }), (changes, others) => {
      const sets = new UnitSets(8);
      const truth = new Map<number, number>();
      let handle = empty;
      for (const { unit, weight, isGone } of changes) {
        const known = truth.get(unit) ?? 0;
        if (isGone && known < weight) continue;
        handle = (isGone ? sets.remove(handle, unit, weight) : sets.add(handle, unit, weight))!;
        truth.set(unit, known + (isGone ? -weight : weight));
        expectRight(sets, handle, truth);
      }
      const more = new UnitSets(8);
      let theirs = empty;
      for (const { unit, weight } of others) {
        theirs = more.add(theirs, unit, weight);
        truth.set(unit, (truth.get(unit) ?? 0) + weight);
      }
      handle = sets.unite(handle, more, theirs);
      expectRight(sets, handle, truth);
      const handles = Int32Array.of(handle);
      sets.compact(handles, 1);
      expectRight(sets, handles[0]!, truth);
    }),
  );
});

function expectRight(sets: UnitSets, handle: number, truth: ReadonlyMap<number, number>): void {
  const units = [...truth].filter(([, count]) => count > 0);
  const members = units.filter(([unit]) => sets.has(handle, unit));
  expect(members.length).toBe(sets.size(handle));
  if (sets.isWhole(handle)) expect(members.length).toBe(units.length);
  // All rows of a member can be taken away, and not one more.
  for (const [unit, count] of members) {
    expect(sets.remove(handle, unit, count + 1)).toBeUndefined();
    sets.add(handle, unit, count + 1);
  }
}

test("a sample of arrivals alone has at least half the capacity, whatever was united to it", () => {
  const all = new UnitSets(40);
  let handle = empty;
  for (let part = 0; part < 50; part += 1) {
    const some = new UnitSets(40);
    let set = empty;
    for (let i = 0; i < part * 7; i += 1) set = some.add(set, (part * 31 + i) % 500, 1);
    handle = all.unite(handle, some, set);
  }
  expect(all.isWhole(handle)).toBe(false);
  expect(all.size(handle)).toBeGreaterThanOrEqual(20);
});

test("removals from a cell of many units do not make it undecided", () => {
  const cuboid: CuboidSpec = { id: "month", grain: "month", dimensions: [] };
  const cells = new Cells({ name: "m", hit: undefined } as unknown as MetricSpec, cuboid, 10);
  const cell = cells.find(1, [], 0);
  for (let unit = 0; unit < 20_000; unit += 1) {
    cells.build(cell, unit, false);
    cells.build(cell, unit, false);
  }
  cells.finish();
  let recounts = 0;
  for (let unit = 0; unit < 20_000; unit += 1) {
    cells.weigh(cell, false, -1);
    cells.moveUnit({ cell, isHit: false, unit, weight: -1, other: 0 });
    recounts += cells.settle().length;
    cells.takeChanges();
  }
  expect(recounts).toBe(0);
});
