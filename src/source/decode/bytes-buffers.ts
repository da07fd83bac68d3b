/** Columns of bytes: 16 a row, or as many as there are. */
import type { RawColumn } from "../raw.ts";
import type { FieldRun } from "./column-buffer.ts";
import { ColumnBuffer, copyBytes } from "./column-buffer.ts";

export class UuidBuffer extends ColumnBuffer {
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
export class BytesBuffer extends ColumnBuffer {
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
    const column: RawColumn = {
      tag: "bytes",
      bytes: bytes.subarray(0, cut),
      offsets: offsets.subarray(0, count + 1),
      ...this.takeMarks(count, rows),
    };
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
