import fc from "fast-check";
import highsLoader from "highs";
import { expect, test } from "vitest";
import { sequenceOf } from "../../lib/sequence.ts";
import type { Block } from "./block.ts";
import { makeBlock } from "./block.ts";
import { protectCounts } from "./counts.ts";

// The package is CommonJS whose only export is this function; its types name it as a default.
const highs = await (highsLoader as unknown as typeof highsLoader.default)();
const k = 10;

interface World {
  readonly block: Block;
  readonly rows: readonly Float64Array[];
  /** Of every combination of slot and values: what an attacker must find out. */
  readonly joint: Float64Array;
  readonly cellsOf: readonly (readonly number[])[];
}

/** A world of one row a unit, from a seed. `shape`: which sets of dimensions are told at which levels. */
function makeWorld(seed: number, sizes: readonly number[], levels: readonly Int32Array[], sets: readonly (readonly number[])[]): World {
  const nodes = sets.flatMap((dimensions) => levels.map((_, level) => ({ dimensions, level })));
  const block = makeBlock({ sizes, levels, nodes });
  const random = sequenceOf(seed);
  const slots = levels[0]!.length;
  const weights = sizes.map((size) => Array.from({ length: size }, () => random() ** 3 * 3));
  const combinations = sizes.reduce((product, size) => product * size, 1);
  const joint = new Float64Array(slots * combinations);
  const values = (combination: number): number[] => {
    const list: number[] = [];
    let rest = combination;
    for (const size of sizes.toReversed()) {
      list.unshift(rest % size);
      rest = Math.floor(rest / size);
    }
    return list;
  };
  const scale = random() * 12;
  const cellsOf: number[][] = [];
  for (let at = 0; at < joint.length; at += 1) {
    const combination = values(at % combinations);
    const slot = Math.floor(at / combinations);
    const mean = combination.reduce((product, value, dimension) => product * weights[dimension]![value]!, scale);
    joint[at] = random() < 0.25 ? 0 : Math.floor(mean * random() * 2);
    cellsOf.push(
      block.nodes.map((node) => {
        const period = levels[node.level]![slot]!;
        return node.dimensions.reduce((cell, dimension) => cell + node.strides[dimension]! * combination[dimension]!, period * node.stride);
      }),
    );
  }
  const rows = block.nodes.map((node) => new Float64Array(node.size));
  for (const [at, count] of joint.entries()) for (const [i, cell] of cellsOf[at]!.entries()) rows[i]![cell]! += count;
  return { block, rows, joint, cellsOf };
}

/** Withheld cells with rows that linear programming bounds to k or less, and how many withheld ones there are. */
function audit(world: World, told: readonly Uint8Array[]): { readonly found: number; readonly withheld: number } {
  const { block, rows, joint, cellsOf } = world;
  const sums = block.nodes.map((node) => Array.from({ length: node.size }, (): string[] => []));
  for (const at of joint.keys()) for (const [i, cell] of cellsOf[at]!.entries()) sums[i]![cell]!.push(`x${at}`);
  const constraints = block.nodes.flatMap((node, i) =>
    Array.from({ length: node.size }, (_, cell) => cell)
      .filter((cell) => told[i]![cell] === 1)
      .map((cell) => `${sums[i]![cell]!.join(" + ")} = ${rows[i]![cell]}`),
  );
  let found = 0;
  let withheld = 0;
  for (const [i, node] of block.nodes.entries()) {
    for (let cell = 0; cell < node.size; cell += 1) {
      if (told[i]![cell] === 1 || rows[i]![cell] === 0) continue;
      withheld += 1;
      const [least, most] = ["Minimize", "Maximize"].map((way) => {
        const solution = highs.solve(`${way}\n obj: ${sums[i]![cell]!.join(" + ")}\nSubject To\n ${constraints.join("\n ")}\nEnd`);
        return solution.Status === "Optimal" ? solution.ObjectiveValue : way === "Minimize" ? 0 : Infinity;
      });
      if (most! - least! <= k + 1e-6) found += 1;
    }
  }
  return { found, withheld };
}

function protect(world: World, isComplementary: boolean): { readonly told: readonly Uint8Array[] } {
  const enough = world.rows.map((cells) => Uint8Array.from(cells, (count) => (count >= k ? 1 : 0)));
  return isComplementary ? protectCounts({ block: world.block, counts: { rows: world.rows, enough }, k }) : { told: enough };
}

const sixDays = [Int32Array.of(0, 1, 2, 3, 4, 5), Int32Array.of(0, 0, 0, 1, 1, 1), Int32Array.of(0, 0, 1, 1, 1, 1)];
const shapes: readonly (readonly [string, readonly number[], readonly Int32Array[], readonly (readonly number[])[]])[] = [
  ["one dimension, days in weeks and months", [4], sixDays, [[], [0]]],
  ["two dimensions, days in weeks and months", [3, 3], sixDays, [[], [0], [1], [0, 1]]],
  ["three dimensions, no time", [3, 3, 3], [Int32Array.of(0)], [[], [0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]]],
  ["two pairs of three dimensions, two days", [3, 2, 3], [Int32Array.of(0, 1), Int32Array.of(0, 0)], [[], [0], [1], [2], [0, 1], [0, 2]]],
];

test.for(shapes)("no withheld cell can be worked out: %s", { timeout: 60_000 }, ([, sizes, levels, sets]) => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => {
      const world = makeWorld(seed, sizes, levels, sets);
      expect(audit(world, protect(world, true).told).found).toBe(0);
    }),
    { numRuns: 10 },
  );
});

/** Totals of enough rows that are not told, of all of these. */
function totalsWithheld(seeds: number): readonly [withheld: number, all: number] {
  let [withheld, all] = [0, 0];
  for (let seed = 0; seed < seeds; seed += 1) {
    const world = makeWorld(seed, [8, 8], sixDays, [[], [0], [1]]);
    const { told } = protect(world, true);
    for (const [i, { dimensions }] of world.block.nodes.entries()) {
      if (dimensions.length > 0) continue;
      for (const [cell, count] of world.rows[i]!.entries()) {
        if (count < k) continue;
        all += 1;
        withheld += 1 - told[i]![cell]!;
      }
    }
  }
  return [withheld, all];
}

test("totals are withheld last", () => {
  const [withheld, all] = totalsWithheld(100);
  expect(all).toBeGreaterThan(300);
  // Without that it would be 57.
  expect(withheld).toBeLessThan(all / 20);
});

test("without complementary suppression many are", () => {
  let found = 0;
  for (let seed = 0; seed < 5; seed += 1) {
    const world = makeWorld(seed, [3, 3], sixDays, [[], [0], [1], [0, 1]]);
    found += audit(world, protect(world, false).told).found;
  }
  expect(found).toBeGreaterThan(20);
}, 60_000);

test("a cell that is known to have rows cannot be emptied: a certificate that would is none", () => {
  const block = makeBlock({
    sizes: [2, 2],
    levels: [Int32Array.of(0)],
    nodes: [[], [0], [1], [0, 1]].map((dimensions) => ({ dimensions, level: 0 })),
  });
  // The first cell of the four is one of 0 to 11, for the others of its row and column can give it 6; or one of 1 to 10.
  const rows = [[117], [11, 106], [11, 106], [5, 6, 6, 100]].map((counts) => Float64Array.from(counts));
  const enough = rows.map((cells) => Uint8Array.from(cells, (count) => (count >= k ? 1 : 0)));
  const margins = (told: readonly Uint8Array[]): readonly number[] => told.slice(0, 3).flatMap((cells) => [...cells]);
  expect(margins(protectCounts({ block, counts: { rows, enough }, k }).told)).toEqual([1, 1, 1, 1, 1]);
  const least = rows.map((cells) => cells.map(() => 1));
  expect(margins(protectCounts({ block, counts: { rows, enough }, k, least }).told)).not.toEqual([1, 1, 1, 1, 1]);
});
