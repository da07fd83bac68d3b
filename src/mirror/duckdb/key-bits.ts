/** Whether a whole-number key came twice: one bit a key, in pages made on demand. Dense keys (a sequence) cost an eighth of a byte. */
import type { Column } from "./engine.ts";

const pageBits = 65_536;
/** 64 MB of pages; keys scattered wider than that are checked by the database. */
const pagesMax = 8_192;

export class KeyBits {
  readonly #pages = new Map<number, Uint32Array>();
  #lastPage = -1;
  #last: Uint32Array = new Uint32Array(0);
  duplicate = false;
  /** Too scattered: nothing is known. */
  overflowed = false;

  add(column: Column, rowCount: number): void {
    if (this.overflowed) return;
    const { data } = column;
    const wide = data instanceof BigInt64Array;
    const words = wide ? new Int32Array(data.buffer, data.byteOffset, data.length * 2) : (data as Int32Array); // eslint-disable-line -- i32 or i64
    for (let row = 0; row < rowCount; row += 1) {
      const low = (wide ? words[row * 2] : words[row])!;
      const high = wide ? words[row * 2 + 1]! : low >> 31;
      this.#mark(high * pageBits + (low >>> 16), low & 0xffff);
    }
  }

  #mark(page: number, bit: number): void {
    if (page !== this.#lastPage) {
      const known = this.#pages.get(page) ?? new Uint32Array(pageBits / 32);
      this.#pages.set(page, known);
      this.#last = known;
      this.#lastPage = page;
      if (this.#pages.size > pagesMax) this.overflowed = true;
    }
    const mask = 1 << (bit & 31);
    const word = this.#last[bit >> 5]!;
    if ((word & mask) !== 0) this.duplicate = true;
    this.#last[bit >> 5] = word | mask;
  }
}
