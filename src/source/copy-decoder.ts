/**
 * Decodes `COPY … TO STDOUT (FORMAT binary)` into column buffers. Two passes over each piece of bytes: one finds where the fields
 * lie, then each column copies its own in a loop of one kind. Rows may be cut anywhere; only a cut-off row is ever copied twice.
 * (PostgreSQL manual, COPY, "Binary Format".)
 */
import { VitrineError } from "../model/error.ts";
import type { ColumnBuffer, FieldRun } from "./decode/column-buffer.ts";
import { createBuffer } from "./decode/create-buffer.ts";
import type { RawRows, SourceTable } from "./raw.ts";

/** `PGCOPY\n\377\r\n\0`, then 4 bytes of flags and 4 of the extension's length. */
const signature = Uint8Array.of(0x50, 0x47, 0x43, 0x4f, 0x50, 0x59, 0x0a, 0xff, 0x0d, 0x0a, 0x00);
const headerLength = 19;
const headerExtensionMax = 1 << 16;

const batchRows = 32_768;
/** A batch of wide rows ends earlier. */
const batchBytesMax = 8 << 20;
/** Rows between two column passes. */
const runRowsMax = 2048;
const rowBytesMaxDefault = 256 << 20;

export interface CopyDecoderOptions {
  readonly table: SourceTable;
  /** Called with each whole batch; the buffers are the receiver's. */
  readonly onBatch: (rows: RawRows) => void;
  /** Rows at the beginning that the receiver has already. */
  readonly skipRows?: number;
  readonly rowBytesMax?: number;
}

export class CopyDecoder {
  readonly #table: SourceTable;
  readonly #onBatch: (rows: RawRows) => void;
  readonly #columns: readonly ColumnBuffer[];
  readonly #width: number;
  readonly #rowBytesMax: number;
  readonly #starts: Int32Array;
  readonly #lengths: Int32Array;
  #state: "header" | "rows" | "done" = "header";
  #skip: number;
  /** Rows of the open batch whose columns are filled. */
  #rows = 0;
  #batchBytes = 0;
  /** The bytes in which the run's fields lie, and how many rows it has. */
  #bytes: Uint8Array | undefined;
  #run = 0;
  /** A row (or header) whose end is still to come. */
  #carry: Uint8Array | undefined;
  #carryLength = 0;
  /** No use in looking at the carried row again before it is this long. */
  #carryNeed = 0;

  constructor(options: CopyDecoderOptions) {
    this.#table = options.table;
    this.#onBatch = options.onBatch;
    this.#width = options.table.columns.length;
    this.#rowBytesMax = options.rowBytesMax ?? rowBytesMaxDefault;
    this.#skip = options.skipRows ?? 0;
    this.#columns = options.table.columns.map((column) => createBuffer(column, options.table.name, batchRows));
    this.#starts = new Int32Array(runRowsMax * this.#width);
    this.#lengths = new Int32Array(runRowsMax * this.#width);
  }

  /**
   * Takes bytes[start, end). They must stay as they are until `flush` is called or other bytes are pushed.
   * Throws source/protocol and source/row-too-large.
   */
  push(bytes: Uint8Array, start: number, end: number): void {
    if (this.#carryLength > 0) {
      this.#carryOn(bytes, start, end);
      return;
    }
    const stopped = this.#decode(bytes, start, end);
    if (stopped < end) this.#carryFrom(bytes, stopped, end);
  }

  /** Ends the look at the bytes pushed last. */
  flush(): void {
    if (this.#run === 0) return;
    const bytes = this.#bytes;
    if (bytes === undefined) return;
    const run: FieldRun = { starts: this.#starts, lengths: this.#lengths, stride: this.#width, count: this.#run };
    const columns = this.#columns;
    for (let c = 0; c < columns.length; c += 1) columns[c]!.putMany(bytes, run, c, this.#rows);
    this.#rows += this.#run;
    this.#run = 0;
    this.#bytes = undefined;
    if (this.#rows >= batchRows || this.#batchBytes >= batchBytesMax) this.#emit();
  }

  /** The copy is over: hands over the last batch. Throws source/protocol when it ended in the middle. */
  finish(): void {
    this.flush();
    if (this.#state !== "done") throw this.#malformed("ended early");
    if (this.#rows > 0) this.#emit();
  }

  #emit(): void {
    const rowCount = this.#rows;
    this.#rows = 0;
    this.#batchBytes = 0;
    this.#onBatch({ table: this.#table, rowCount, columns: this.#columns.map((column) => column.take(rowCount, rowCount)) });
  }

  /** Whole rows of bytes[at, end); returns where the first cut-off one begins. */
  #decode(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    if (this.#state === "header") {
      const after = this.#readHeader(bytes, at, end);
      if (after === undefined) return at;
      at = after;
    }
    if (this.#bytes !== bytes) {
      this.flush();
      this.#bytes = bytes;
    }
    while (at < end) {
      if (this.#state === "done") throw this.#malformed("goes on after its end");
      const after = this.#readRow(bytes, at, end);
      if (after === 0) return at;
      at = after;
    }
    return at;
  }

  #readHeader(bytes: Uint8Array, at: number, end: number): number | undefined {
    this.#carryNeed = headerLength;
    if (end - at < headerLength) return undefined;
    if (!signature.every((byte, i) => bytes[at + i] === byte)) throw this.#malformed("has no signature");
    // Bits 16 to 31 are critical: what we do not know we must not read.
    if (bytes[at + 11] !== 0 || bytes[at + 12] !== 0) throw this.#malformed("has unknown flags");
    const extension = readInt32(bytes, at + 15);
    if (extension < 0 || extension > headerExtensionMax) throw this.#malformed("has a header that is too long");
    this.#carryNeed = headerLength + extension;
    if (end - at < this.#carryNeed) return undefined;
    this.#state = "rows";
    return at + headerLength + extension;
  }

  /** Notes the row's fields; returns its end, or 0 when it is cut off (then #carryNeed says how much is needed at least). */
  #readRow(bytes: Uint8Array, start: number, end: number): number {
    const width = this.#width;
    this.#carryNeed = 2;
    if (end - start < 2) return 0;
    const fields = (bytes[start]! << 8) | bytes[start + 1]!;
    if (fields !== width) {
      if (fields !== 0xffff) throw this.#malformed(`has a row of ${fields} columns where ${width} were asked for`);
      this.#state = "done";
      return start + 2;
    }
    const starts = this.#starts;
    const lengths = this.#lengths;
    let at = start + 2;
    for (let k = this.#run * width, last = k + width; k < last; k += 1) {
      if (at + 4 > end) return this.#cut(at + 4 - start);
      const length = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
      at += 4;
      starts[k] = at;
      lengths[k] = length;
      if (length > 0) {
        at += length;
        if (at > end) return this.#cut(at - start);
      } else if (length < -1) throw this.#malformed("has a field of negative length");
    }
    this.#rowRead(at - start);
    return at;
  }

  #cut(need: number): number {
    if (need > this.#rowBytesMax) {
      throw new VitrineError("source/row-too-large", {
        message: `A row is larger than ${this.#rowBytesMax} bytes.`,
        place: this.#table.name,
      });
    }
    this.#carryNeed = need;
    return 0;
  }

  #rowRead(rowBytes: number): void {
    if (this.#skip > 0) {
      this.#skip -= 1;
      return;
    }
    this.#run += 1;
    this.#batchBytes += rowBytes;
    if (this.#run === runRowsMax || this.#rows + this.#run === batchRows || this.#batchBytes >= batchBytesMax) {
      const bytes = this.#bytes;
      this.flush();
      this.#bytes = bytes;
    }
  }

  #carryFrom(bytes: Uint8Array, start: number, end: number): void {
    this.flush();
    const length = end - start;
    if (this.#carry === undefined || this.#carry.length < Math.max(length, this.#carryNeed)) {
      this.#carry = new Uint8Array(Math.max(1024, length, this.#carryNeed));
    }
    this.#carry.set(bytes.subarray(start, end));
    this.#carryLength = length;
  }

  /** Adds to the carried row just as much as it needs until it is whole, then goes on in place. */
  #carryOn(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    while (this.#carryLength > 0) {
      const more = Math.min(this.#carryNeed - this.#carryLength, end - at);
      this.#growCarry(this.#carryLength + more);
      const carry = this.#carry!;
      carry.set(bytes.subarray(at, at + more), this.#carryLength);
      at += more;
      this.#carryLength += more;
      if (this.#carryLength < this.#carryNeed) return;
      const stopped = this.#decode(carry, 0, this.#carryLength);
      if (stopped === this.#carryLength) this.#carryLength = 0;
      else if (stopped > 0) this.#carryLength -= this.#shiftCarry(stopped);
    }
    // The carry's bytes are about to be used again.
    this.flush();
    if (at < end) this.push(bytes, at, end);
  }

  #shiftCarry(count: number): number {
    this.flush();
    this.#carry!.copyWithin(0, count, this.#carryLength);
    return count;
  }

  #growCarry(length: number): void {
    const old = this.#carry!;
    if (length <= old.length) return;
    this.#carry = new Uint8Array(Math.max(length, old.length * 2));
    this.#carry.set(old.subarray(0, this.#carryLength));
  }

  #malformed(what: string): VitrineError {
    return new VitrineError("source/protocol", { message: `The binary copy ${what}.`, place: this.#table.name });
  }
}

function readInt32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}
