/** Columns of booleans and integers. */
import { assert } from "../../lib/assert.ts";
import type { RawColumn } from "../raw.ts";
import type { FieldRun } from "./column-buffer.ts";
import { ColumnBuffer, int32 } from "./column-buffer.ts";
import type { TextReading } from "./text-values.ts";

assert(new Uint8Array(Uint32Array.of(1).buffer)[0] === 1, "a little-endian machine");

export class BoolBuffer extends ColumnBuffer {
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
      if (length === 1) {
        const byte = bytes[starts[i]!];
        data[row + r] = byte === 0 ? 0 : 1;
      } else if (length === -1) this.putNull(row + r);
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

export class Int32Buffer extends ColumnBuffer {
  #data: Int32Array | undefined;

  #open(): Int32Array {
    return (this.#data ??= new Int32Array(this.capacity));
  }

  put(bytes: Uint8Array, at: number, length: number, row: number): void {
    if (length === 4) this.#open()[row] = int32(bytes, at);
    else if (length === 2) this.#open()[row] = ((bytes[at]! << 24) >> 16) | bytes[at + 1]!;
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
export class Int64Buffer extends ColumnBuffer {
  readonly #unsigned32: boolean;
  #halves: Int32Array<ArrayBuffer> | undefined;

  constructor(name: string, capacity: number, unsigned32: boolean) {
    super(name, capacity);
    this.#unsigned32 = unsigned32;
  }

  #open(): Int32Array<ArrayBuffer> {
    return (this.#halves ??= new Int32Array(this.capacity * 2));
  }

  put(bytes: Uint8Array, at: number, length: number, row: number): void {
    const halves = this.#open();
    if (length === 8) {
      halves[row * 2] = int32(bytes, at + 4);
      halves[row * 2 + 1] = int32(bytes, at);
    } else if (length === 4 || length === 2) {
      const value = length === 4 ? int32(bytes, at) : ((bytes[at]! << 24) >> 16) | bytes[at + 1]!;
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
    return { tag: "i64", data: new BigInt64Array(halves.buffer, 0, count), ...this.takeMarks(count, rows) };
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
