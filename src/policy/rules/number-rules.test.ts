import { expect, test } from "vitest";
import { numericBytes, rawBool, rawBytes, rawF64, rawI32, rawI64, rawText } from "../../../test/support/raw-columns.ts";
import type { RawColumn } from "../../source/raw.ts";
import { bucketLabels } from "../declaration/stored-text.ts";
import { codes } from "../safe.ts";
import { bucketRule } from "./bucket.ts";
import { constantColumn } from "./constant.ts";
import { Dictionary } from "./dictionary.ts";
import { lookupRule } from "./lookup.ts";
import { numericToNumber, numericToScaled } from "./numeric.ts";
import { presentRule } from "./present.ts";
import type { Rule } from "./rule.ts";

function texts(
  make: (options: { dictionary: Dictionary; tally: { other: number; degraded: number } }) => Rule,
  column: RawColumn,
  rowCount: number,
): { readonly got: readonly (string | null)[]; readonly tally: { other: number; degraded: number } } {
  const dictionary = new Dictionary("c");
  const tally = { other: 0, degraded: 0 };
  const { data } = make({ dictionary, tally })({ column, rowCount, nulls: column.nulls });
  const values = dictionary.takeGrowth()?.values ?? [];
  return {
    got: [...data].map((code) =>
      Number(code) === codes.null ? null : Number(code) === codes.other ? "other" : (values[Number(code) - codes.first] ?? "?"),
    ),
    tally,
  };
}

test("bucket: the range that holds the number, its lower bound included", () => {
  expect(bucketLabels([10, 20.5])).toEqual(["< 10", "10 to < 20.5", ">= 20.5"]);
  const make = (options: Parameters<typeof bucketRule>[1]): Rule => bucketRule([10, 20.5], options);
  expect(texts(make, rawI32([9, 10, 20, 21, null]), 5).got).toEqual(["< 10", "10 to < 20.5", "10 to < 20.5", ">= 20.5", null]);
  expect(texts(make, rawI64([-(2n ** 60n), 10n]), 2).got).toEqual(["< 10", "10 to < 20.5"]);
  expect(texts(make, rawBytes(["9.99", "20.5", "NaN", "Infinity", "-Infinity", "20.4999"].map(numericBytes)), 6)).toEqual({
    got: ["< 10", ">= 20.5", null, ">= 20.5", "< 10", "10 to < 20.5"],
    tally: { other: 0, degraded: 1 },
  });
  expect(texts(make, rawF64([NaN, Infinity]), 2)).toEqual({ got: [null, ">= 20.5"], tally: { other: 0, degraded: 1 } });
});

test("lookup of numbers and booleans", () => {
  expect(texts((options) => lookupRule({ "1": "new", "-2": "old" }, options), rawI32([1, -2, 3, null, 3]), 5)).toEqual({
    got: ["new", "old", "other", null, "other"],
    tally: { other: 2, degraded: 0 },
  });
  expect(texts((options) => lookupRule({ true: "yes" }, options), rawBool([true, false]), 2).got).toEqual(["yes", "other"]);
  expect(texts((options) => lookupRule({ "9007199254740993": "big" }, options), rawI64([9007199254740993n]), 1).got).toEqual(["big"]);
});

test("present: there or not, and nothing of the value", () => {
  const column = rawText(["secret", null, ""]);
  expect(presentRule({ column, rowCount: 3, nulls: column.nulls })).toEqual({ data: Uint8Array.of(1, 0, 1), nulls: undefined });
});

test("constant: the same text in every row", () => {
  const dictionary = new Dictionary("c");
  expect(constantColumn("here", dictionary)(3).data).toEqual(Int32Array.of(3, 3, 3));
  expect(dictionary.takeGrowth()?.values).toEqual(["here"]);
});

test("a numeric as long as PostgreSQL has them is no longer looked at than a short one", () => {
  const cases = [
    [`1.${"9".repeat(16_000)}`, 199n, 2],
    [`-0.00${"9".repeat(16_000)}`, 0n, -0.01],
    [`0.0019${"9".repeat(15_000)}`, 0n, 0.002],
    ["9".repeat(100_000), undefined, Infinity],
    [`92233720368547758.07${"9".repeat(16_000)}`, 2n ** 63n - 1n, Number(2n ** 63n) / 100],
    ["92233720368547758.08", undefined, Number(2n ** 63n) / 100],
  ] as const;
  for (const [text, scaled, number] of cases) {
    const bytes = numericBytes(text);
    const span = { start: 0, end: bytes.length };
    const begun = performance.now();
    for (let i = 0; i < 200; i += 1) numericToScaled(bytes, span, 2);
    expect([numericToScaled(bytes, span, 2), numericToNumber(bytes, span)]).toEqual([scaled, number]);
    expect(performance.now() - begun).toBeLessThan(5_000);
  }
});
