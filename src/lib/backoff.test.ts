import fc from "fast-check";
import { expect, test } from "vitest";
import { backoffMs } from "./backoff.ts";

test("waits double up to the limit", () => {
  const waits = [0, 1, 2, 3, 4].map((attempt) => backoffMs({ attempt, firstMs: 100, maxMs: 500, random: () => 1 }));
  expect(waits).toEqual([100, 200, 400, 500, 500]);
});

test("no wait is longer than the limit or shorter than three quarters of its step", () => {
  fc.assert(
    fc.property(fc.nat(1e6), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempt, random) => {
      const wait = backoffMs({ attempt, firstMs: 100, maxMs: 30_000, random: () => random });
      expect(wait).toBeGreaterThanOrEqual(75);
      expect(wait).toBeLessThanOrEqual(30_000);
    }),
  );
});
