/** Raw columns out of plain values, as the decoders would make them; null is NULL. */
import type { RawColumn } from "../../src/source/raw.ts";

type Maybe<T> = readonly (T | null)[];

function nullsOf(values: readonly unknown[]): Uint8Array | undefined {
  return values.includes(null) ? Uint8Array.from(values, (value) => (value === null ? 1 : 0)) : undefined;
}

/** Rows of any bytes. */
export function rawBytes(values: Maybe<Uint8Array>): RawColumn {
  const offsets = new Int32Array(values.length + 1);
  for (const [row, value] of values.entries()) offsets[row + 1] = (offsets[row] ?? 0) + (value?.length ?? 0);
  const bytes = Buffer.concat(values.map((value) => value ?? new Uint8Array(0)));
  // A decoder's bytes rarely begin at 0 of their buffer.
  const shifted = new Uint8Array(bytes.length + 3).subarray(3);
  shifted.set(bytes);
  return { tag: "bytes", bytes: shifted, offsets, nulls: nullsOf(values), unchanged: undefined };
}

export function rawText(values: Maybe<string>): RawColumn {
  return rawBytes(values.map((value) => (value === null ? null : Buffer.from(value))));
}

export function rawBool(values: Maybe<boolean>): RawColumn {
  return { tag: "bool", data: Uint8Array.from(values, (value) => (value === true ? 1 : 0)), nulls: nullsOf(values), unchanged: undefined };
}

export function rawI32(values: Maybe<number>): RawColumn {
  return { tag: "i32", data: Int32Array.from(values, (value) => value ?? 0), nulls: nullsOf(values), unchanged: undefined };
}

export function rawI64(values: Maybe<bigint>): RawColumn {
  return { tag: "i64", data: BigInt64Array.from(values, (value) => value ?? 0n), nulls: nullsOf(values), unchanged: undefined };
}

export function rawF64(values: Maybe<number>): RawColumn {
  return { tag: "f64", data: Float64Array.from(values, (value) => value ?? 0), nulls: nullsOf(values), unchanged: undefined };
}

/** Microseconds since 1970. */
export function rawMicros(values: Maybe<number>): RawColumn {
  return { tag: "micros", data: Float64Array.from(values, (value) => value ?? 0), nulls: nullsOf(values), unchanged: undefined };
}

export function rawUuid(values: Maybe<string>): RawColumn {
  const data = Buffer.concat(values.map((value) => (value === null ? Buffer.alloc(16) : Buffer.from(value.replaceAll("-", ""), "hex"))));
  return { tag: "uuid", data: Uint8Array.from(data), nulls: nullsOf(values), unchanged: undefined };
}

/** numeric_send of a decimal text, or "NaN", "Infinity", "-Infinity". */
export function numericBytes(text: string): Uint8Array {
  const special: Record<string, number> = { NaN: 0xc000, Infinity: 0xd000, "-Infinity": 0xf000 };
  if (special[text] !== undefined) return words([0, 0, special[text], 0]);
  const [, sign = "", whole = "", , fraction = ""] = /^(-?)(\d*)(\.(\d*))?$/.exec(text) ?? [];
  const left = whole.padStart(Math.ceil(whole.length / 4) * 4, "0");
  const right = fraction.padEnd(Math.ceil(fraction.length / 4) * 4, "0");
  let weight = left.length / 4 - 1;
  const digits = (`${left}${right}`.match(/.{4}/g) ?? []).map(Number);
  while (digits[0] === 0) {
    digits.shift();
    weight -= 1;
  }
  while (digits.at(-1) === 0) digits.pop();
  return words([digits.length, digits.length === 0 ? 0 : weight, sign === "-" ? 0x4000 : 0, fraction.length, ...digits]);
}

function words(values: readonly number[]): Uint8Array {
  const out = Buffer.alloc(2 * values.length);
  for (const [index, value] of values.entries()) out.writeUInt16BE(value & 0xffff, 2 * index);
  return out;
}

/** The same column with rows marked as unchanged TOAST. */
export function withUnchanged(column: RawColumn, rows: readonly number[]): RawColumn {
  const count = column.tag === "bytes" ? column.offsets.length - 1 : column.data.length;
  return { ...column, unchanged: Uint8Array.from({ length: count }, (_, row) => (rows.includes(row) ? 1 : 0)) };
}
