/**
 * One column of the open batch: a typed array that values are written into straight from the wire (PostgreSQL's binary send
 * formats, big endian). No object and no string per value. `put` takes one value, `putMany` a run of rows in a loop of its own per
 * kind, `take` hands the first rows over and keeps the rest. Errors name the column and the length, never the value.
 */
import { assert, unreachable } from "../../lib/assert.ts";
import { VitrineError } from "../../model/error.ts";
import type { RawColumn, SourceColumn } from "../raw.ts";
import type { TextReading } from "./text-values.ts";
import { readTextValue } from "./text-values.ts";

/** Where the fields of a run of rows lie: field `c` of row `r` at `starts[r * stride + c]`; a length of -1 is NULL. */
export interface FieldRun {
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  readonly stride: number;
  readonly count: number;
}

/** Seconds from 1970 to 2000, PostgreSQL's own beginning of time, in microseconds. */
const epochMicros = 946_684_800_000_000;
const microsPerDay = 86_400_000_000;
const two32 = 4_294_967_296;

assert(new Uint8Array(Uint32Array.of(1).buffer)[0] === 1, "a big-endian machine");

/** The buffer for a column, with room for `capacity` rows to begin with. */
export function columnBuffer(column: SourceColumn, place: string, capacity: number): ColumnBuffer {
  const name = `${place}.${column.name}`;
  switch (column.raw) {
    case "bool":
      return new BoolBuffer(name, capacity);
    case "i32":
      return new Int32Buffer(name, capacity);
    case "i64":
      return new Int64Buffer(name, capacity, column.typeName === "oid");
    case "f64":
      return new FloatBuffer(name, capacity);
    case "micros":
      return new MicrosBuffer(name, capacity);
    case "uuid":
      return new UuidBuffer(name, capacity);
    case "bytes":
      return new BytesBuffer(name, capacity, column.form === "text");
    default:
      return unreachable(column.raw);
  }
}

export abstract class ColumnBuffer {
  readonly name: string;
  protected capacity: number;
  protected nulls: Uint8Array | undefined;
  protected unchanged: Uint8Array | undefined;

  constructor(name: string, capacity: number) {
    this.name = name;
    this.capacity = capacity;
  }

  /** Writes one value at `row`; rows between the last one written and this stay zero. */
  abstract put(bytes: Uint8Array, at: number, length: number, row: number): void;
  /** Writes field `field` of each row of the run at rows `row`, `row + 1`, … */
  abstract putMany(bytes: Uint8Array, run: FieldRun, field: number, row: number): void;
  /** Hands over the first `count` of `rows` rows; the others move to the front of a new buffer. */
  abstract take(count: number, rows: number): RawColumn;
  protected abstract grow(capacity: number): void;
  protected abstract putReading(reading: TextReading, row: number): boolean;

  putNull(row: number): void {
    this.nulls ??= new Uint8Array(this.capacity);
    this.nulls[row] = 1;
  }

  putUnchanged(row: number): void {
    this.unchanged ??= new Uint8Array(this.capacity);
    this.unchanged[row] = 1;
  }

  /** A value in PostgreSQL's text form: only pgoutput sends one, for types without a binary form. */
  putText(bytes: Uint8Array, at: number, length: number, row: number): void {
    const reading = readTextValue(bytes, at, length);
    if (reading === undefined || !this.putReading(reading, row)) {
      throw new VitrineError("source/text-format", { message: "A value came in its text form, which is not read for this type.", place: this.name });
    }
  }

  /** Makes room for row `row`. */
  reserve(row: number): void {
    if (row < this.capacity) return;
    const capacity = Math.max(64, this.capacity * 2, row + 1);
    this.nulls = widen(this.nulls, capacity);
    this.unchanged = widen(this.unchanged, capacity);
    this.grow(capacity);
    this.capacity = capacity;
  }

  /** The room to begin with after everything was taken. */
  shrink(capacity: number): void {
    this.capacity = capacity;
  }

  /** The marks of the first `count` rows; the rest moves to the front. */
  protected takeMarks(count: number, rows: number): { readonly nulls: Uint8Array | undefined; readonly unchanged: Uint8Array | undefined } {
    const marks = { nulls: this.nulls?.subarray(0, count), unchanged: this.unchanged?.subarray(0, count) };
    this.nulls = rest(this.nulls, count, rows, this.capacity);
    this.unchanged = rest(this.unchanged, count, rows, this.capacity);
    return marks;
  }

  protected wrongLength(length: number): VitrineError {
    return new VitrineError("source/protocol", { message: `A value has ${length} bytes, which its type cannot have.`, place: this.name });
  }
}

function widen(marks: Uint8Array | undefined, capacity: number): Uint8Array | undefined {
  if (marks === undefined) return undefined;
  const wide = new Uint8Array(capacity);
  wide.set(marks);
  return wide;
}

function rest(marks: Uint8Array | undefined, count: number, rows: number, capacity: number): Uint8Array | undefined {
  if (marks === undefined || count === rows) return undefined;
  const next = new Uint8Array(capacity);
  next.set(marks.subarray(count, rows));
  return next;
}

class BoolBuffer extends ColumnBuffer {
  #data: Uint8Array | undefined;

  #open(): Uint8Array {
    return (this.#data ??= new Uint8Array(this.capacity));
  }

  put(bytes: Uint8Array, at: number, length: number, row: number): void {
    if (length !== 1) throw this.wrongLength(length);
    this.#open()[row] = bytes[at] === 0 ? 0 : 1;
  }

  putMany(bytes: Uint8Array, run: FieldRun, field: number, row: number): void {
    const { starts, lengths, stride, count } = run;
    const data = this.#open();
    for (let r = 0, i = field; r < count; r += 1, i += stride) {
      const length = lengths[i]!;
      if (length === 1) data[row + r] = bytes[starts[i]!]! === 0 ? 0 : 1;
      else if (length === -1) this.putNull(row + r);
      else throw this.wrongLength(length);
    }
  }

  take(count: number, rows: number): RawColumn {
    const data = this.#open();
    this.#data = undefined;
    if (count < rows) this.#open().set(data.subarray(count, rows));
    return { tag: "bool", data: data.subarray(0, count), ...this.takeMarks(count, rows) };
  }

  protected grow(capacity: number): void {
    const data = new Uint8Array(capacity);
    if (this.#data) data.set(this.#data);
    this.#data = data;
  }

  protected putReading(reading: TextReading, row: number): boolean {
    if (reading.bool === undefined) return false;
    this.#open()[row] = reading.bool ? 1 : 0;
    return true;
  }
}

class Int32Buffer extends ColumnBuffer {
  #data: Int32Array | undefined;

  #open(): Int32Array {
    return (this.#data ??= new Int32Array(this.capacity));
  }

  put(bytes: Uint8Array, at: number, length: number, row: number): void {
    if (length === 4) this.#open()[row] = int32(bytes, at);
    else if (length === 2) this.#open()[row] = (bytes[at]! << 24 >> 16) | bytes[at + 1]!;
    else throw this.wrongLength(length);
  }

  putMany(bytes: Uint8Array, run: FieldRun, field: number, row: number): void {
    const { starts, lengths, stride, count } = run;
    const data = this.#open();
    for (let r = 0, i = field; r < count; r += 1, i += stride) {
      const length = lengths[i]!;
      const at = starts[i]!;
      if (length === 4) data[row + r] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
      else if (length === -1) this.putNull(row + r);
      else this.put(bytes, at, length, row + r);
    }
  }

  take(count: number, rows: number): RawColumn {
    const data = this.#open();
    this.#data = undefined;
    if (count < rows) this.#open().set(data.subarray(count, rows));
    return { tag: "i32", data: data.subarray(0, count), ...this.takeMarks(count, rows) };
  }

  protected grow(capacity: number): void {
    const data = new Int32Array(capacity);
    if (this.#data) data.set(this.#data);
    this.#data = data;
  }

  protected putReading(reading: TextReading, row: number): boolean {
    if (reading.integer === undefined || BigInt.asIntN(32, reading.integer) !== reading.integer) return false;
    this.#open()[row] = Number(reading.integer);
    return true;
  }
}

/** Written as two 32-bit halves, so that no bigint is made. */
class Int64Buffer extends ColumnBuffer {
  readonly #unsigned32: boolean;
  #halves: Int32Array | undefined;

  constructor(name: string, capacity: number, unsigned32: boolean) {
    super(name, capacity);
    this.#unsigned32 = unsigned32;
  }

  #open(): Int32Array {
    return (this.#halves ??= new Int32Array(this.capacity * 2));
  }

  put(bytes: Uint8Array, at: number, length: number, row: number): void {
    const halves = this.#open();
    if (length === 8) {
      halves[row * 2] = int32(bytes, at + 4);
      halves[row * 2 + 1] = int32(bytes, at);
    } else if (length === 4 || length === 2) {
      const value = length === 4 ? int32(bytes, at) : (bytes[at]! << 24 >> 16) | bytes[at + 1]!;
      halves[row * 2] = value;
      halves[row * 2 + 1] = this.#unsigned32 ? 0 : value >> 31;
    } else throw this.wrongLength(length);
  }

  putMany(bytes: Uint8Array, run: FieldRun, field: number, row: number): void {
    const { starts, lengths, stride, count } = run;
    const halves = this.#open();
    for (let r = 0, i = field, h = row * 2; r < count; r += 1, i += stride, h += 2) {
      const length = lengths[i]!;
      const at = starts[i]!;
      if (length === 8) {
        halves[h + 1] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
        halves[h] = (bytes[at + 4]! << 24) | (bytes[at + 5]! << 16) | (bytes[at + 6]! << 8) | bytes[at + 7]!;
      } else if (length === -1) this.putNull(row + r);
      else this.put(bytes, at, length, row + r);
    }
  }

  take(count: number, rows: number): RawColumn {
    const halves = this.#open();
    this.#halves = undefined;
    if (count < rows) this.#open().set(halves.subarray(count * 2, rows * 2));
    return { tag: "i64", data: new BigInt64Array(halves.buffer as ArrayBuffer, 0, count), ...this.takeMarks(count, rows) };
  }

  protected grow(capacity: number): void {
    const halves = new Int32Array(capacity * 2);
    if (this.#halves) halves.set(this.#halves);
    this.#halves = halves;
  }

  protected putReading(reading: TextReading, row: number): boolean {
    if (reading.integer === undefined || BigInt.asIntN(64, reading.integer) !== reading.integer) return false;
    const halves = this.#open();
    halves[row * 2] = Number(BigInt.asIntN(32, reading.integer));
    halves[row * 2 + 1] = Number(reading.integer >> 32n);
    return true;
  }
}

/** Written as two 32-bit halves of the float's own bits (float8), or through a float32 (float4). */
class FloatBuffer extends ColumnBuffer {
  #data: Float64Array | undefined;
  #halves: Int32Array = new Int32Array(0);

  #open(): Float64Array {
    if (this.#data === undefined) {
      this.#data = new Float64Array(this.capacity);
      this.#halves = new Int32Array(this.#data.buffer);
    }
    return this.#data;
  }

  put(bytes: Uint8Array, at: number, length: number, row: number): void {
    const data = this.#open();
    if (length === 8) {
      this.#halves[row * 2 + 1] = int32(bytes, at);
      this.#halves[row * 2] = int32(bytes, at + 4);
    } else if (length === 4) {
      float32Bits[0] = int32(bytes, at);
      data[row] = float32Value[0]!;
    } else throw this.wrongLength(length);
  }

  putMany(bytes: Uint8Array, run: FieldRun, field: number, row: number): void {
    const { starts, lengths, stride, count } = run;
    this.#open();
    for (let r = 0, i = field; r < count; r += 1, i += stride) {
      const length = lengths[i]!;
      if (length === -1) this.putNull(row + r);
      else this.put(bytes, starts[i]!, length, row + r);
    }
  }

  take(count: number, rows: number): RawColumn {
    const data = this.#open();
    this.#data = undefined;
    if (count < rows) this.#open().set(data.subarray(count, rows));
    return { tag: "f64", data: data.subarray(0, count), ...this.takeMarks(count, rows) };
  }

  protected grow(capacity: number): void {
    const old = this.#data;
    this.#data = new Float64Array(capacity);
    this.#halves = new Int32Array(this.#data.buffer);
    if (old) this.#data.set(old);
  }

  protected putReading(reading: TextReading, row: number): boolean {
    if (reading.float === undefined) return false;
    this.#open()[row] = reading.float;
    return true;
  }
}

const float32Bits = new Int32Array(1);
const float32Value = new Float32Array(float32Bits.buffer);

/** Timestamps (8 bytes, microseconds since 2000) and dates (4 bytes, days since 2000); the extremes mean infinity. */
class MicrosBuffer extends ColumnBuffer {
  #data: Float64Array | undefined;

  #open(): Float64Array {
    return (this.#data ??= new Float64Array(this.capacity));
  }

  put(bytes: Uint8Array, at: number, length: number, row: number): void {
    if (length === 8) this.#open()[row] = timestampMicros(int32(bytes, at), int32(bytes, at + 4) >>> 0);
    else if (length === 4) this.#open()[row] = dateMicros(int32(bytes, at));
    else throw this.wrongLength(length);
  }

  putMany(bytes: Uint8Array, run: FieldRun, field: number, row: number): void {
    const { starts, lengths, stride, count } = run;
    const data = this.#open();
    for (let r = 0, i = field; r < count; r += 1, i += stride) {
      const length = lengths[i]!;
      const at = starts[i]!;
      if (length === 8) {
        const high = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
        const low = ((bytes[at + 4]! << 24) | (bytes[at + 5]! << 16) | (bytes[at + 6]! << 8) | bytes[at + 7]!) >>> 0;
        data[row + r] = timestampMicros(high, low);
      } else if (length === -1) this.putNull(row + r);
      else this.put(bytes, at, length, row + r);
    }
  }

  take(count: number, rows: number): RawColumn {
    const data = this.#open();
    this.#data = undefined;
    if (count < rows) this.#open().set(data.subarray(count, rows));
    return { tag: "micros", data: data.subarray(0, count), ...this.takeMarks(count, rows) };
  }

  protected grow(capacity: number): void {
    const data = new Float64Array(capacity);
    if (this.#data) data.set(this.#data);
    this.#data = data;
  }

  // The text form depends on DateStyle; the server always has a binary one for these types.
  protected putReading(): boolean {
    return false;
  }
}

function timestampMicros(high: number, low: number): number {
  if (high === 0x7fffffff && low === 0xffffffff) return Infinity;
  if (high === -0x80000000 && low === 0) return -Infinity;
  return high * two32 + low + epochMicros;
}

function dateMicros(days: number): number {
  if (days === 0x7fffffff) return Infinity;
  if (days === -0x80000000) return -Infinity;
  return days * microsPerDay + epochMicros;
}

class UuidBuffer extends ColumnBuffer {
  #data: Uint8Array | undefined;

  #open(): Uint8Array {
    return (this.#data ??= new Uint8Array(this.capacity * 16));
  }

  put(bytes: Uint8Array, at: number, length: number, row: number): void {
    if (length !== 16) throw this.wrongLength(length);
    copyBytes(bytes, at, 16, this.#open(), row * 16);
  }

  putMany(bytes: Uint8Array, run: FieldRun, field: number, row: number): void {
    const { starts, lengths, stride, count } = run;
    const data = this.#open();
    for (let r = 0, i = field; r < count; r += 1, i += stride) {
      const length = lengths[i]!;
      if (length === 16) copyBytes(bytes, starts[i]!, 16, data, (row + r) * 16);
      else if (length === -1) this.putNull(row + r);
      else throw this.wrongLength(length);
    }
  }

  take(count: number, rows: number): RawColumn {
    const data = this.#open();
    this.#data = undefined;
    if (count < rows) this.#open().set(data.subarray(count * 16, rows * 16));
    return { tag: "uuid", data: data.subarray(0, count * 16), ...this.takeMarks(count, rows) };
  }

  protected grow(capacity: number): void {
    const data = new Uint8Array(capacity * 16);
    if (this.#data) data.set(this.#data);
    this.#data = data;
  }

  protected putReading(): boolean {
    return false;
  }
}

/** Values one after the other; `#filled` rows have their end written into the offsets. */
class BytesBuffer extends ColumnBuffer {
  readonly #isText: boolean;
  #bytes: Uint8Array | undefined;
  #offsets: Int32Array | undefined;
  #filled = 0;
  #length = 0;
  /** Bytes of the batch before, to begin with about the right room. */
  #expected = 1024;

  constructor(name: string, capacity: number, isText: boolean) {
    super(name, capacity);
    this.#isText = isText;
  }

  #open(): void {
    this.#bytes ??= new Uint8Array(this.#expected);
    this.#offsets ??= new Int32Array(this.capacity + 1);
  }

  /** Rows before `row` that nothing was written for are empty. */
  #fillTo(row: number): void {
    const offsets = this.#offsets!;
    for (let r = this.#filled; r < row; r += 1) offsets[r + 1] = this.#length;
    this.#filled = row;
  }

  #room(more: number): Uint8Array {
    const old = this.#bytes!;
    if (this.#length + more <= old.length) return old;
    const bytes = new Uint8Array(Math.max(this.#length + more, old.length * 2));
    bytes.set(old.subarray(0, this.#length));
    this.#bytes = bytes;
    return bytes;
  }

  put(bytes: Uint8Array, at: number, length: number, row: number): void {
    this.#open();
    if (row > this.#filled) this.#fillTo(row);
    copyBytes(bytes, at, length, this.#room(length), this.#length);
    this.#length += length;
    this.#offsets![row + 1] = this.#length;
    this.#filled = row + 1;
  }

  putMany(bytes: Uint8Array, run: FieldRun, field: number, row: number): void {
    const { starts, lengths, stride, count } = run;
    this.#open();
    this.#fillTo(row);
    let total = 0;
    for (let r = 0, i = field; r < count; r += 1, i += stride) if (lengths[i]! > 0) total += lengths[i]!;
    const target = this.#room(total);
    const offsets = this.#offsets!;
    let end = this.#length;
    for (let r = 0, i = field; r < count; r += 1, i += stride) {
      const length = lengths[i]!;
      if (length > 0) {
        copyBytes(bytes, starts[i]!, length, target, end);
        end += length;
      } else if (length < 0) this.putNull(row + r);
      offsets[row + r + 1] = end;
    }
    this.#length = end;
    this.#filled = row + count;
  }

  take(count: number, rows: number): RawColumn {
    this.#open();
    this.#fillTo(rows);
    const bytes = this.#bytes!;
    const offsets = this.#offsets!;
    const cut = offsets[count]!;
    const column: RawColumn = { tag: "bytes", bytes: bytes.subarray(0, cut), offsets: offsets.subarray(0, count + 1), ...this.takeMarks(count, rows) };
    this.#expected = Math.max(1024, cut + (cut >> 3));
    this.#bytes = undefined;
    this.#offsets = undefined;
    const left = this.#length - cut;
    this.#length = 0;
    this.#filled = 0;
    if (count < rows) {
      this.#open();
      this.#room(left).set(bytes.subarray(cut, cut + left));
      this.#length = left;
      for (let r = 0; r < rows - count; r += 1) this.#offsets![r + 1] = offsets[count + r + 1]! - cut;
      this.#filled = rows - count;
    }
    return column;
  }

  protected grow(capacity: number): void {
    const offsets = new Int32Array(capacity + 1);
    if (this.#offsets) offsets.set(this.#offsets.subarray(0, this.#filled + 1));
    this.#offsets = offsets;
  }

  override putText(bytes: Uint8Array, at: number, length: number, row: number): void {
    // Only for these is the text form the binary form.
    if (this.#isText) this.put(bytes, at, length, row);
    else super.putText(bytes, at, 0, row);
  }

  protected putReading(): boolean {
    return false;
  }
}

/** Short runs by a loop (a native call costs more), long ones by the engine. */
function copyBytes(from: Uint8Array, at: number, length: number, to: Uint8Array, start: number): void {
  if (length > 32) {
    to.set(from.subarray(at, at + length), start);
    return;
  }
  for (let i = 0; i < length; i += 1) to[start + i] = from[at + i]!;
}

function int32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}
