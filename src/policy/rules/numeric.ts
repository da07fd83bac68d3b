/**
 * PostgreSQL's numeric on the wire (numeric_send): int16 digit count, weight, sign, display scale, then base-10000 digits. Digit i
 * counts 10000^(weight − i).
 */
interface Span {
  readonly start: number;
  readonly end: number;
}

const negative = 0x4000;
const positive = 0x0000;
const int64Max = 2n ** 63n - 1n;
/** 10000^5 is more than 64 bits hold, whatever the scale. */
const weightMax = 4;
/** More than any double needs to be the nearest one. */
const groupsMax = 200;

/** The value times 10^scale, cut after that place; undefined for NaN, infinities and what 64 bits do not hold. */
export function numericToScaled(bytes: Uint8Array, span: Span, scale: number): bigint | undefined {
  const head = readHead(bytes, span);
  if (head === undefined) return undefined;
  const { weight, sign } = head;
  if (weight > weightMax) return head.count === 0 ? 0n : undefined;
  // A numeric may have 32,767 digits of four; those behind the place at which it is cut are not looked at.
  const count = Math.max(0, Math.min(head.count, weight + 1 + Math.ceil(scale / 4)));
  let value = 0n;
  for (let i = 0; i < count; i += 1) value = value * 10_000n + BigInt(int16(bytes, span.start + 8 + 2 * i));
  const exponent = 4 * (weight - count + 1) + scale;
  if (value === 0n) return 0n;
  value = exponent >= 0 ? value * 10n ** BigInt(exponent) : value / 10n ** BigInt(-exponent);
  if (value > int64Max) return undefined;
  return sign === negative ? -value : value;
}

/** The nearest number, enough to say which range it is in; undefined for NaN; infinities are infinities. */
export function numericToNumber(bytes: Uint8Array, span: Span): number | undefined {
  const head = readHead(bytes, span);
  if (head === undefined) {
    const sign = int16(bytes, span.start + 4) & 0xffff;
    return sign === 0xd000 ? Infinity : sign === 0xf000 ? -Infinity : undefined;
  }
  const { weight, sign } = head;
  const count = Math.min(head.count, groupsMax);
  let text = "";
  for (let i = 0; i < count; i += 1) text += String(int16(bytes, span.start + 8 + 2 * i)).padStart(4, "0");
  // Through text, so that 0.1 is 0.1 and a bound compares exactly.
  const value = Number(`${text === "" ? "0" : text}e${4 * (weight - count + 1)}`);
  return sign === negative ? -value : value;
}

function readHead(bytes: Uint8Array, { start, end }: Span): { count: number; weight: number; sign: number } | undefined {
  const count = int16(bytes, start);
  const sign = int16(bytes, start + 4) & 0xffff;
  if (end - start < 8 + 2 * count) throw new Error("bug: a numeric that is too short");
  if (sign !== positive && sign !== negative) return undefined;
  return { count, weight: int16(bytes, start + 2), sign };
}

function int16(bytes: Uint8Array, at: number): number {
  return (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16)) >> 16;
}
