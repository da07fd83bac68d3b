/** Distinct, share and retention over hand-made sets, against plain counting. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { VitrineError } from "../../model/error.ts";
import { bitCount, hasBit } from "../../mirror/bits.ts";
import { walkBits } from "./bits.ts";
import { distinctCounter } from "./distinct.ts";
import { countRetention } from "./retention.ts";
import { countShare } from "./share.ts";
import type { DimensionReading } from "../../mirror/reading.ts";
import type { Split } from "./split.ts";

const bitsOf = (refs: readonly number[]): Uint32Array => {
  const words = new Uint32Array(Math.floor(Math.max(-1, ...refs) / 32) + 1);
  for (const ref of refs) words[ref >>> 5] = (words[ref >>> 5] ?? 0) | (1 << (ref & 31));
  return words;
};
const refCount = 330;
const dimensionOf = (integerOf: (ref: number) => number): DimensionReading => {
  const integers = Array.from({ length: refCount }, (_, ref) => integerOf(ref));
  const codes = [...new Set(integers)];
  return { codes, places: Uint16Array.from(integers, (code) => codes.indexOf(code)) };
};
const plain: Split = { dimensions: [], filters: [], count: refCount, unit: (ref) => ref, k: 3, groupsMax: 100 };
const countDistinct = (words: Uint32Array, split: Split) => distinctCounter(split)(words);
const refsOf = fc.uniqueArray(fc.integer({ min: 0, max: 300 }), { maxLength: 80 });

describe("bits", () => {
  test("are counted, found and walked in order", () => {
    fc.assert(
      fc.property(refsOf, (refs) => {
        const words = bitsOf(refs);
        const walked: number[] = [];
        walkBits(words, (ref) => walked.push(ref) > 0);
        expect(walked).toEqual(refs.toSorted((a, b) => a - b));
        expect(bitCount(words)).toBe(refs.length);
        expect(Array.from({ length: 330 }, (_, ref) => ref).filter((ref) => hasBit(words, ref))).toEqual(walked);
      }),
    );
    expect(bitCount(bitsOf([31, 63, 64]))).toBe(3);
  });
});

describe("distinct", () => {
  test("one number, and whether three units are behind it", () => {
    expect(countDistinct(bitsOf([]), plain)).toEqual([]);
    expect(countDistinct(bitsOf([0, 31, 32, 200]), plain)).toEqual([{ codes: [], count: 4, atLeastK: true }]);
    // Four devices of two households, one of nobody's.
    const unit = (ref: number) => [7, 7, 8, -1][ref] ?? -1;
    expect(countDistinct(bitsOf([0, 1, 2, 3]), { ...plain, unit })).toEqual([{ codes: [], count: 4, atLeastK: false }]);
  });

  test("by dimensions and with filters it is plain counting", () => {
    fc.assert(
      fc.property(refsOf, fc.integer({ min: 1, max: 5 }), fc.boolean(), (refs, k, far) => {
        const model = (ref: number) => (far ? 100_000 * (ref % 4) : ref % 4);
        const country = (ref: number) => ref % 3;
        const unit = (ref: number) => (ref % 11 === 0 ? -1 : Math.floor(ref / 7));
        const filters = [{ of: dimensionOf((ref) => ref % 2), codes: new Set([1]) }];
        // Three of so many values that not every combination has a number of its own.
        const dimensions = [model, country, ...(far ? [(ref: number) => ref, (ref: number) => -ref + refCount] : [])];
        const cells = countDistinct(bitsOf(refs), {
          dimensions: dimensions.map(dimensionOf),
          filters,
          count: refCount,
          unit,
          k,
          groupsMax: 1_000,
        });
        const expected = Map.groupBy(
          refs.filter((ref) => ref % 2 === 1),
          (ref) => dimensions.map((integerOf) => integerOf(ref)).join(" "),
        );
        const units = (list: readonly number[]) => new Set(list.map(unit).filter((one) => one >= 0)).size;
        expect(new Map(cells.map((cell) => [cell.codes.join(" "), [cell.count, cell.atLeastK]]))).toEqual(
          new Map([...expected].map(([key, list]) => [key, [list.length, units(list) >= k]])),
        );
      }),
    );
  });

  test("by one dimension it is plain counting, however many bits a word has", () => {
    const share = fc.integer({ min: 1, max: 99 });
    fc.assert(
      fc.property(share, fc.integer({ min: 1, max: 40 }), fc.infiniteStream(fc.nat(99)), (percent, k, numbers) => {
        const refs = Array.from({ length: refCount }, (_, ref) => ref).filter(() => (numbers.next().value ?? 0) < percent);
        const model = (ref: number) => ref % 5;
        const unit = (ref: number) => (ref < 200 ? Math.floor(ref / 3) : -1);
        const cells = countDistinct(bitsOf(refs), { ...plain, dimensions: [dimensionOf(model)], unit, k });
        const expected = Map.groupBy(refs, model);
        const units = (list: readonly number[]) => new Set(list.map(unit).filter((one) => one >= 0)).size;
        expect(new Map(cells.map((cell) => [cell.codes[0], [cell.count, cell.atLeastK]]))).toEqual(
          new Map([...expected].map(([key, list]) => [key, [list.length, units(list) >= k]])),
        );
      }),
    );
  });

  test("too many combinations are refused while they are counted", () => {
    const refused = () =>
      countDistinct(bitsOf(Array.from({ length: 20 }, (_, i) => i)), { ...plain, dimensions: [dimensionOf((ref) => ref)], groupsMax: 10 });
    expect(refused).toThrow(expect.objectContaining({ code: "metrics/too-many-cells" }));
    expect(refused).toThrow(VitrineError);
  });
});

describe("share", () => {
  test("members of those that are there", () => {
    const present = Uint8Array.of(1, 1, 0, 1, 1);
    const dimensions = [dimensionOf((ref) => (ref < 4 ? 3 : 5))];
    const cells = countShare(present, bitsOf([0, 2, 3]), { ...plain, k: 2, count: 5, dimensions });
    expect(cells).toEqual([
      { codes: [3], count: 3, hits: 2, atLeastK: true, hitsAtLeastK: true, missesAtLeastK: false },
      { codes: [5], count: 1, hits: 0, atLeastK: false, hitsAtLeastK: false, missesAtLeastK: false },
    ]);
  });

  test("an entity with several members of one unit counts once for it", () => {
    const present = new Uint8Array(6).fill(1);
    const cells = countShare(present, bitsOf([0, 1, 2]), { ...plain, k: 2, count: 6, unit: (ref) => (ref < 3 ? 9 : ref) });
    expect(cells).toEqual([{ codes: [], count: 6, hits: 3, atLeastK: true, hitsAtLeastK: false, missesAtLeastK: true }]);
  });
});

describe("retention", () => {
  // Days of 1,440 minutes from 0; a week is days 0 to 6.
  const calendar = {
    startOf: (day: number) => day * 1_440,
    dayOf: (minute: number) => Math.floor(minute / 1_440),
    bucketOf: (day: number) => Math.floor(day / 7) * 7,
    firstOf: (day: number) => Math.floor(day / 7) * 7,
    lastOf: (day: number) => Math.floor(day / 7) * 7 + 6,
  };
  const active = new Map([
    [1, bitsOf([0])],
    [2, bitsOf([0, 1])],
    [7, bitsOf([1])],
    [8, bitsOf([2, 4])],
  ]);
  const activeOn = (day: number) => active.get(day) ?? new Uint32Array(0);
  // Refs 0 and 1 on day 0, 2 on day 1, 3 without a time, 4 on day 1 but gone.
  const population = { present: Uint8Array.of(1, 1, 1, 1, 0), minutes: Int32Array.of(0, 30, 1_440, -0x8000_0000, 1_500) };
  const cohorts = { ...calendar, from: 0, to: 7, since: 1, today: 100, days: [1, 7] };

  test("a week's cohort: each entity by its own day", () => {
    expect(countRetention(population, cohorts, activeOn, { ...plain, k: 2 })).toEqual([
      { bucket: 0, day: 1, codes: [], count: 3, hits: 1, atLeastK: true, hitsAtLeastK: false, missesAtLeastK: true },
      { bucket: 0, day: 7, codes: [], count: 3, hits: 2, atLeastK: true, hitsAtLeastK: true, missesAtLeastK: false },
    ]);
  });

  test("by day, and only days that are over", () => {
    const daily = { ...cohorts, bucketOf: (day: number) => day, lastOf: (day: number) => day, today: 8 };
    const cells = countRetention(population, daily, activeOn, plain).map(({ bucket, day, count, hits }) => [bucket, day, count, hits]);
    expect(cells).toEqual([
      [0, 1, 2, 1],
      [0, 7, 2, 1],
      [1, 1, 1, 0],
    ]);
    expect(countRetention(population, { ...cohorts, today: 13 }, activeOn, plain).map((cell) => cell.day)).toEqual([1]);
  });

  test("before the first known day nobody is inactive", () => {
    const since = (day: number) => countRetention(population, { ...cohorts, since: day }, activeOn, plain).map((cell) => cell.day);
    expect([since(1), since(2), since(7), since(8)]).toEqual([[1, 7], [7], [7], []]);
  });

  test("cohorts outside of the range, and by a dimension", () => {
    const later = { ...cohorts, from: 1, bucketOf: (day: number) => day, lastOf: (day: number) => day };
    const cells = countRetention(population, later, activeOn, { ...plain, dimensions: [dimensionOf(() => 4)] });
    expect(cells.map(({ bucket, codes, day, count, hits }) => [bucket, codes, day, count, hits])).toEqual([
      [1, [4], 1, 1, 0],
      [1, [4], 7, 1, 1],
    ]);
    expect(countRetention(population, { ...cohorts, to: 0 }, activeOn, plain)).toEqual([]);
  });
});
