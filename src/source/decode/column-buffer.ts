/**
 * One column of the open batch: a typed array that values are written into straight from the wire (PostgreSQL's binary send
 * formats, big endian). No object and no string per value. `put` takes one value, `putMany` a run of rows in a loop of its own per
 * kind, `take` hands the first rows over and keeps the rest. Errors name the column and the length, never the value.
 */
import { VitrineError } from "../../model/error.ts";
import type { RawColumn } from "../raw.ts";
import type { TextReading } from "./text-values.ts";
import { readTextValue } from "./text-values.ts";

/** Where the fields of a run of rows lie: field `c` of row `r` at `starts[r * stride + c]`; a length of -1 is NULL. */
export interface FieldRun {
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  readonly stride: number;
  readonly count: number;
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
      throw new VitrineError("source/text-format", {
        message: "A value came in its text form, which is not read for this type.",
        place: this.name,
      });
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

/** Short runs by a loop (a native call costs more), long ones by the engine. */
export function copyBytes(from: Uint8Array, at: number, length: number, to: Uint8Array, start: number): void {
  if (length > 32) {
    to.set(from.subarray(at, at + length), start);
    return;
  }
  for (let i = 0; i < length; i += 1) to[start + i] = from[at + i]!;
}

export function int32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}
