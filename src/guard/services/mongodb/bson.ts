/**
 * BSON (bsonspec.org, version 1.1), as far as a verdict needs it. Reads a prefix as well as a whole document, and any bytes: what is cut off is
 * left out, what is none gives undefined. Of values that nobody asks for only the place is known.
 */
import { assert } from "../../../lib/assert.ts";

export type Value = number | string | boolean | Document | typeof passedOver;

/** Fields in their order; an array's are called 0, 1, 2. */
export type Document = readonly Field[];

interface Field {
  readonly name: string;
  readonly value: Value;
}

const passedOver = Symbol("a value of another type");
/** Deeper documents are passed over. */
const depthMax = 10;

/** undefined: no BSON. */
export function readDocument(bytes: Uint8Array): Document | undefined {
  return read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0);
}

function read(bytes: Buffer, depth: number): Document | undefined {
  if (bytes.length < 4) return [];
  const length = bytes.readInt32LE(0);
  if (length < 5) return undefined;
  const isCutOff = bytes.length < length;
  const end = isCutOff ? bytes.length : length - 1;
  if (!isCutOff && bytes[end] !== 0) return undefined;
  const fields: Field[] = [];
  let at = 4;
  while (at < end) {
    const type = bytes[at]!;
    const endOfName = bytes.indexOf(0, at + 1);
    if (endOfName === -1 || endOfName >= end) return isCutOff ? fields : undefined;
    const from = endOfName + 1;
    const size = sizeOf(type, bytes.subarray(from, end));
    if (size === "no BSON") return undefined;
    if (size === "cut off" || from + size > end) return isCutOff ? withLast(fields, bytes, { type, at, from, end, depth }) : undefined;
    const value = valueOf(type, bytes.subarray(from, from + size), depth);
    if (value === undefined) return undefined;
    fields.push({ name: bytes.toString("utf8", at + 1, endOfName), value });
    at = from + size;
  }
  return fields;
}

/** The document or array in which a prefix ends is there as far as it goes. */
function withLast(
  fields: readonly Field[],
  bytes: Buffer,
  place: { readonly type: number; readonly at: number; readonly from: number; readonly end: number; readonly depth: number },
): Document | undefined {
  const { type, at, from, end, depth } = place;
  if ((type !== 0x03 && type !== 0x04) || depth >= depthMax) return fields;
  const inner = read(bytes.subarray(from, end), depth + 1);
  return inner === undefined ? undefined : [...fields, { name: bytes.toString("utf8", at + 1, from - 1), value: inner }];
}

/** Of fixed size. */
const fixed: Readonly<Record<number, number>> = {
  0x01: 8,
  0x06: 0,
  0x07: 12,
  0x08: 1,
  0x09: 8,
  0x0a: 0,
  0x10: 4,
  0x11: 8,
  0x12: 8,
  0x13: 16,
  0x7f: 0,
  0xff: 0,
};
/** With a length in front: how much of the size it does not count. */
const counted: Readonly<Record<number, number>> = { 0x02: 4, 0x03: 0, 0x04: 0, 0x05: 5, 0x0c: 16, 0x0d: 4, 0x0e: 4, 0x0f: 0 };

function sizeOf(type: number, rest: Buffer): number | "cut off" | "no BSON" {
  const size = fixed[type];
  if (size !== undefined) return size;
  if (type === 0x0b) {
    const pattern = rest.indexOf(0);
    const options = pattern === -1 ? -1 : rest.indexOf(0, pattern + 1);
    return options === -1 ? "cut off" : options + 1;
  }
  const more = counted[type];
  if (more === undefined) return "no BSON";
  if (rest.length < 4) return "cut off";
  const length = rest.readInt32LE(0);
  return length < 0 ? "no BSON" : length + more;
}

/** undefined: no BSON. */
function valueOf(type: number, bytes: Buffer, depth: number): Value | undefined {
  switch (type) {
    case 0x01:
      return bytes.readDoubleLE(0);
    case 0x02:
      return bytes.length >= 5 && bytes.at(-1) === 0 ? bytes.toString("utf8", 4, bytes.length - 1) : undefined;
    case 0x03:
    case 0x04:
      return depth >= depthMax ? passedOver : bytes.length < 5 ? undefined : read(bytes, depth + 1);
    case 0x08:
      return bytes[0] === 1;
    case 0x10:
      return bytes.readInt32LE(0);
    case 0x12:
      return Number(bytes.readBigInt64LE(0));
    default:
      return passedOver;
  }
}

export function fieldOf(document: Document | undefined, name: string): Value | undefined {
  return document?.find((field) => field.name === name)?.value;
}

export function documentOf(value: Value | undefined): Document | undefined {
  return typeof value === "object" ? value : undefined;
}

export type Written = null | number | string | boolean | readonly Written[] | { readonly [name: string]: Written };

/** Whole numbers are 32 bits wide. No name may have a zero byte in it: what follows it would be another field. */
export function writeDocument(fields: Readonly<Record<string, Written>>): Buffer {
  const parts = Object.entries(fields).map(([name, value]) => {
    assert(!name.includes("\0"), "a name without a zero byte");
    const { type, bytes } = written(value);
    return Buffer.concat([Buffer.from([type]), Buffer.from(`${name}\0`, "utf8"), bytes]);
  });
  return sized(Buffer.concat([...parts, Buffer.alloc(1)]), 4);
}

function written(value: Written): { readonly type: number; readonly bytes: Buffer } {
  if (typeof value === "string") return { type: 0x02, bytes: sized(Buffer.from(`${value}\0`, "utf8"), 0) };
  if (value === null) return { type: 0x0a, bytes: Buffer.alloc(0) };
  if (typeof value === "boolean") return { type: 0x08, bytes: Buffer.from([value ? 1 : 0]) };
  if (isList(value)) return { type: 0x04, bytes: writeDocument(Object.fromEntries(value.entries())) };
  if (typeof value === "object") return { type: 0x03, bytes: writeDocument(value) };
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return { type: 0x10, bytes };
}

function isList(value: Written): value is readonly Written[] {
  return Array.isArray(value);
}

function sized(bytes: Buffer, more: number): Buffer {
  const front = Buffer.alloc(4);
  front.writeInt32LE(bytes.length + more);
  return Buffer.concat([front, bytes]);
}
