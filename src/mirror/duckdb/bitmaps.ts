/** Small bitmaps of units, for the build: a set bit is at least one unit, so the number of bits is a lower bound of their number. */

/** Bits of one bitmap, in words. */
const words = 16;

export class Bitmaps {
  /** A count and its words, for each bitmap. */
  #data = new Int32Array(0);
  #used = 0;

  make(): number {
    const index = this.#used;
    this.#used += 1;
    if (this.#used * (words + 1) > this.#data.length) {
      const larger = new Int32Array(Math.max(1_024, this.#data.length * 2));
      larger.set(this.#data);
      this.#data = larger;
    }
    return index;
  }

  count(index: number): number {
    return this.#data[index * (words + 1)]!;
  }

  /** Returns the number of bits after it. */
  add(index: number, unit: number): number {
    const base = index * (words + 1);
    const bit = (Math.imul(unit, 0x9e3779b1) >>> 16) & (words * 32 - 1);
    const at = base + 1 + (bit >> 5);
    const old = this.#data[at]!;
    const next = old | (1 << (bit & 31));
    if (next !== old) {
      this.#data[at] = next;
      this.#data[base]! += 1;
    }
    return this.#data[base]!;
  }

  /** Takes in a bitmap of another store of bitmaps; returns the number of bits after it. */
  unite(index: number, others: Bitmaps, other: number): number {
    const mine = index * (words + 1);
    const from = other * (words + 1);
    let bits = 0;
    for (let i = 1; i <= words; i += 1) {
      const word = this.#data[mine + i]! | others.#data[from + i]!;
      this.#data[mine + i] = word;
      bits += popCount(word);
    }
    this.#data[mine] = bits;
    return bits;
  }

  clear(): void {
    this.#data = new Int32Array(0);
    this.#used = 0;
  }
}

function popCount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
