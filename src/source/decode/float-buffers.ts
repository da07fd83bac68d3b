/** Columns of floats and times. */
import type { RawColumn } from "../raw.ts";
import type { FieldRun } from "./column-buffer.ts";
import { ColumnBuffer, int32 } from "./column-buffer.ts";
import type { TextReading } from "./text-values.ts";

/** From 1970 to 2000, PostgreSQL's own beginning of time. */
const epochMicros = 946_684_800_000_000;
const microsPerDay = 86_400_000_000;
const two32 = 4_294_967_296;

/** Written as two 32-bit halves of the float's own bits (float8), or through a float32 (float4). */
export class FloatBuffer extends ColumnBuffer {
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
export class MicrosBuffer extends ColumnBuffer {
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
