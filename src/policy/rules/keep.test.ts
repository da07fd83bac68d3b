import fc from "fast-check";
import { expect, test } from "vitest";
import { numericBytes, rawBool, rawBytes, rawF64, rawI32, rawI64, rawUuid } from "../../../test/support/raw-columns.ts";
import { keepRule } from "./keep.ts";

test("numbers and booleans stay what they are, in fresh memory, zero under NULL", () => {
  const rule = keepRule({ scale: 0, tally: { other: 0, degraded: 0 } });
  const column = rawI32([4, null, -6]);
  const result = rule({ column: { ...column, data: Int32Array.of(4, 99, -6) } as typeof column, rowCount: 3, nulls: column.nulls });
  expect(result).toEqual({ data: Int32Array.of(4, 0, -6), nulls: Uint8Array.of(0, 1, 0) });
  expect(rule({ column: rawI64([2n ** 62n]), rowCount: 1, nulls: undefined }).data).toEqual(BigInt64Array.of(2n ** 62n));
  expect(rule({ column: rawBool([true, false]), rowCount: 2, nulls: undefined }).data).toEqual(Uint8Array.of(1, 0));
  expect(rule({ column: rawUuid(["00000000-0000-0000-0000-0000000000ff"]), rowCount: 1, nulls: undefined }).data.length).toBe(16);
});

test("a float that is none becomes NULL and is counted", () => {
  const tally = { other: 0, degraded: 0 };
  const column = rawF64([1.5, NaN, Infinity, null]);
  expect(keepRule({ scale: 0, tally })({ column, rowCount: 4, nulls: column.nulls })).toEqual({
    data: Float64Array.of(1.5, 0, 0, 0),
    nulls: Uint8Array.of(0, 1, 1, 1),
  });
  expect(tally.degraded).toBe(2);
});

test("numeric: the value times 10^scale, exactly", () => {
  const tally = { other: 0, degraded: 0 };
  const rule = keepRule({ scale: 2, tally });
  const texts = ["0", "0.01", "-0.99", "1", "10000", "99999999.99", "-1234567890123456.78", "0.10", "10000.0001"];
  const column = rawBytes(texts.map(numericBytes));
  expect([...rule({ column, rowCount: texts.length, nulls: undefined }).data]).toEqual([
    0n,
    1n,
    -99n,
    100n,
    1_000_000n,
    9_999_999_999n,
    -123_456_789_012_345_678n,
    10n,
    1_000_000n,
  ]);
  const bad = rawBytes(["NaN", "Infinity", "-Infinity", "99999999999999999999"].map(numericBytes));
  expect(rule({ column: bad, rowCount: 4, nulls: undefined }).nulls).toEqual(Uint8Array.of(1, 1, 1, 1));
  expect(tally.degraded).toBe(4);
});

test("numeric round-trips through its wire form at any scale", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 18n) + 1n, max: 10n ** 18n - 1n }), fc.integer({ min: 0, max: 18 }), (value, scale) => {
      const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, "0");
      const text = `${value < 0n ? "-" : ""}${digits.slice(0, digits.length - scale)}.${digits.slice(digits.length - scale)}`;
      const column = rawBytes([numericBytes(text)]);
      expect(keepRule({ scale, tally: { other: 0, degraded: 0 } })({ column, rowCount: 1, nulls: undefined }).data).toEqual(
        BigInt64Array.of(value),
      );
    }),
  );
});
