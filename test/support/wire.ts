/** Bytes as PostgreSQL sends them, made the plain way, for tests of the decoders: binary COPY and pgoutput. */
import fc from "fast-check";
import type { RawColumn, SourceColumn, SourceTable } from "../../src/source/raw.ts";
import { valueAt } from "./source.ts";

const column = (name: string, typeOid: number, raw: SourceColumn["raw"]): SourceColumn => ({
  name,
  typeOid,
  typeName: name,
  raw,
  ...(raw === "bytes" ? { form: "text" } : {}),
});

/** One column of each kind. */
export const table: SourceTable = {
  name: "things",
  schema: "public",
  table: "things",
  appendOnly: false,
  columns: [
    column("flag", 16, "bool"),
    column("small", 23, "i32"),
    column("id", 20, "i64"),
    column("ratio", 701, "f64"),
    column("at", 1184, "micros"),
    column("key", 2950, "uuid"),
    column("note", 25, "bytes"),
  ],
};

/** Values in the order of the table's columns; `at` in microseconds since 1970, `key` as hex. */
export type WireRow = readonly [boolean | null, number | null, bigint | null, number | null, number | null, string | null, string | null];

const anyRow = fc.tuple(
  fc.option(fc.boolean()),
  fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
  fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  fc.option(fc.double({ noNaN: true })),
  fc.option(fc.oneof(fc.integer({ min: -(2 ** 50), max: 2 ** 50 }), fc.constantFrom(Infinity, -Infinity))),
  fc.option(fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString("hex"))),
  fc.option(fc.oneof(fc.string({ maxLength: 10 }), fc.constant("canary"), fc.string({ minLength: 40, maxLength: 90 }))),
);

export const rowArbitrary: fc.Arbitrary<WireRow> = anyRow;

/** What the decoders must give, as `valueAt` tells it: by row. */
export function columnsOf(rows: readonly WireRow[]): (string | null)[][] {
  return rows.map((row) =>
    row.map((value, i) =>
      value === null ? null : i === 6 ? Buffer.from(String(value)).toString("hex") : String(Object.is(value, -0) ? 0 : value),
    ),
  );
}

export function textsOf(columns: readonly RawColumn[], rowCount: number): string[][] {
  return Array.from({ length: rowCount }, (_, row) => columns.map((one) => valueAt(one, row) as string));
}

const epochMicros = 946_684_800_000_000n;

function encodeValue(value: WireRow[number], index: number): Buffer | null {
  if (value === null) return null;
  const bytes = Buffer.alloc(8);
  switch (index) {
    case 0:
      return Buffer.of(value === true ? 1 : 0);
    case 1:
      bytes.writeInt32BE(value as number);
      return bytes.subarray(0, 4);
    case 2:
      bytes.writeBigInt64BE(value as bigint);
      return bytes;
    case 3:
      bytes.writeDoubleBE(value as number);
      return bytes;
    case 4:
      bytes.writeBigInt64BE(value === Infinity ? 2n ** 63n - 1n : value === -Infinity ? -(2n ** 63n) : BigInt(value) - epochMicros);
      return bytes;
    case 5:
      return Buffer.from(value as string, "hex");
    default:
      return Buffer.from(value as string);
  }
}

export function encodeCopy(rows: readonly WireRow[]): Uint8Array {
  const parts: Buffer[] = [Buffer.from("PGCOPY\n\xff\r\n\0", "latin1"), Buffer.alloc(8)];
  for (const row of rows) {
    parts.push(int16(row.length));
    row.forEach((value, i) => {
      const bytes = encodeValue(value, i);
      parts.push(int32(bytes?.length ?? -1), bytes ?? Buffer.alloc(0));
    });
  }
  parts.push(int16(-1));
  return new Uint8Array(Buffer.concat(parts));
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

/** Messages of pgoutput, protocol version 1. */
export const message = {
  begin: (lsn: bigint): Buffer => Buffer.concat([Buffer.from("B"), int64(lsn), int64(0n), int32(7)]),
  /** `end`: the position after the commit record. */
  commit: (lsn: bigint, end: bigint, at = 1_000_000n): Buffer =>
    Buffer.concat([Buffer.from("C"), Buffer.of(0), int64(lsn), int64(end), int64(at)]),
  relation(oid: number, of: SourceTable = table, identity = "d"): Buffer {
    const columns = of.columns.map((one) =>
      Buffer.concat([Buffer.of(one.name === "id" ? 1 : 0), Buffer.from(`${one.name}\0`), int32(one.typeOid), int32(-1)]),
    );
    return Buffer.concat([
      Buffer.from("R"),
      int32(oid),
      Buffer.from(`${of.schema}\0${of.table}\0${identity}`),
      int16(columns.length),
      ...columns,
    ]);
  },
  insert: (oid: number, row: WireRow): Buffer => Buffer.concat([Buffer.from("I"), int32(oid), Buffer.from("N"), tuple(row)]),
  update: (oid: number, row: WireRow, oldId?: bigint, unchangedNote = false): Buffer =>
    Buffer.concat([
      Buffer.from("U"),
      int32(oid),
      ...(oldId === undefined ? [] : [Buffer.from("K"), tuple([null, null, oldId, null, null, null, null])]),
      Buffer.from("N"),
      tuple(row, unchangedNote),
    ]),
  remove: (oid: number, id: bigint): Buffer =>
    Buffer.concat([Buffer.from("D"), int32(oid), Buffer.from("K"), tuple([null, null, id, null, null, null, null])]),
  truncate: (...oids: number[]): Buffer => Buffer.concat([Buffer.from("T"), int32(oids.length), Buffer.of(0), ...oids.map(int32)]),
  logical: (prefix: string, content: string, transactional = true): Buffer =>
    Buffer.concat([
      Buffer.from("M"),
      Buffer.of(transactional ? 1 : 0),
      int64(1n),
      Buffer.from(`${prefix}\0`),
      int32(content.length),
      Buffer.from(content),
    ]),
  /** An insert with every value in its text form. */
  insertText: (oid: number, values: readonly string[]): Buffer =>
    Buffer.concat([
      Buffer.from("I"),
      int32(oid),
      Buffer.from("N"),
      int16(values.length),
      ...values.flatMap((value) => [Buffer.from("t"), int32(value.length), Buffer.from(value)]),
    ]),
};

function tuple(row: WireRow, unchangedNote = false): Buffer {
  const values = row.flatMap((value, i) => {
    if (i === 6 && unchangedNote) return [Buffer.from("u")];
    const bytes = encodeValue(value, i);
    return bytes === null ? [Buffer.from("n")] : [Buffer.from("b"), int32(bytes.length), bytes];
  });
  return Buffer.concat([int16(row.length), ...values]);
}
