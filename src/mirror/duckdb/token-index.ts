/**
 * Token (16 bytes) to dense ref, by open addressing in typed arrays: some 100 ns a look-up at millions, 22 to 27 bytes an entry. A slot
 * holds the ref and, in the bits that refs leave free, a part of the token's hash: another token in its place is known without a
 * look at its words, which are far away in memory.
 */
import { assert } from "../../lib/assert.ts";

/** Rows whose places in memory are asked for together. */
const passRows = 1_024;

export class TokenIndex {
  /** Four 32-bit words a token, by ref. */
  #words: Int32Array;
  /** ref + 1 in the low bits, above them the highest bits of the hash; 0 is free. */
  #slots: Int32Array;
  #mask: number;
  /** Of a slot: the bits of ref + 1. */
  #refMask: number;
  #count = 0;
  #used = 0;

  constructor(expected = 1_024) {
    const slots = slotsFor(expected);
    this.#slots = new Int32Array(slots);
    this.#mask = slots - 1;
    this.#refMask = slots - 1;
    this.#words = new Int32Array(Math.max(expected, 16) * 4);
  }

  /** One more than the largest ref. */
  get count(): number {
    return this.#count;
  }

  /** Ref of the token whose first word is `words[at]`; a new one when it is not known. */
  assign(words: Int32Array, at: number): number {
    const slot = this.#find(words, at);
    const found = this.#slots[slot] as number; // eslint-disable-line -- inside
    if (found !== 0) return (found & this.#refMask) - 1;
    const ref = this.#count;
    this.#place(ref, words, at, slot);
    return ref;
  }

  /**
   * Refs of many tokens at once, new ones where they are not known; rows that `skip` names stay 0. In passes over a few rows at a
   * time, so that the processor waits for many places in memory at once instead of one after the other, and finds them still near.
   */
  assignAll(words: Int32Array, rowCount: number, skip: ((row: number) => boolean) | undefined): Int32Array {
    const refs = new Int32Array(rowCount);
    for (let from = 0; from < rowCount; from += passRows) {
      const to = Math.min(rowCount, from + passRows);
      this.#reach(words, refs, from, to);
      this.#guess(words, refs, from, to);
      this.#doubt(words, refs, from, to);
      this.#confirm(words, refs, from, to, skip);
    }
    return refs;
  }

  /** What stands in the first place of each token. */
  #reach(words: Int32Array, refs: Int32Array, from: number, to: number): void {
    const slots = this.#slots;
    const mask = this.#mask;
    for (let row = from; row < to; row += 1)
      refs[row] = slots[hash(words[row * 4]!, words[row * 4 + 1]!, words[row * 4 + 2]!, words[row * 4 + 3]!) & mask]!;
  }

  /** Ref + 1 of the first token with the same part of the hash; 0 where there is none. */
  #guess(words: Int32Array, refs: Int32Array, from: number, to: number): void {
    const slots = this.#slots;
    const mask = this.#mask;
    const refMask = this.#refMask;
    for (let row = from; row < to; row += 1) {
      const mixed = hash(words[row * 4]!, words[row * 4 + 1]!, words[row * 4 + 2]!, words[row * 4 + 3]!);
      let entry = refs[row]!;
      for (let slot = mixed & mask; entry !== 0 && ((entry ^ mixed) & ~refMask) !== 0;) {
        slot = (slot + 1) & mask;
        entry = slots[slot]!;
      }
      refs[row] = entry & refMask;
    }
  }

  /** 0 where the first word is another one; the other words are near then. */
  #doubt(words: Int32Array, refs: Int32Array, from: number, to: number): void {
    const stored = this.#words;
    for (let row = from; row < to; row += 1) {
      const guess = refs[row]!;
      refs[row] = guess !== 0 && stored[guess * 4 - 4] === words[row * 4] ? guess : 0;
    }
  }

  #confirm(words: Int32Array, refs: Int32Array, from: number, to: number, skip: ((row: number) => boolean) | undefined): void {
    for (let row = from; row < to; row += 1) {
      const base = (refs[row]! - 1) * 4;
      const at = row * 4;
      const stored = this.#words;
      if (skip?.(row) === true) refs[row] = 0;
      else if (
        base >= 0 &&
        stored[base] === words[at] &&
        stored[base + 1] === words[at + 1] &&
        stored[base + 2] === words[at + 2] &&
        stored[base + 3] === words[at + 3]
      )
        refs[row]! -= 1;
      else refs[row] = this.assign(words, at);
    }
  }

  /** Ref of a known token; undefined otherwise. */
  find(words: Int32Array, at: number): number | undefined {
    const found = this.#slots[this.#find(words, at)] as number; // eslint-disable-line -- inside
    return found === 0 ? undefined : (found & this.#refMask) - 1;
  }

  /** Puts in a stored token with its ref; refs may have gaps. */
  restore(ref: number, words: Int32Array, at: number): void {
    const slot = this.#find(words, at);
    assert(this.#slots[slot] === 0, "a token twice in the store");
    this.#place(ref, words, at, slot);
  }

  /** Tokens held; fewer than `count` where refs have gaps. */
  get used(): number {
    return this.#used;
  }

  /** Forgets all tokens, but gives out no ref again. */
  clear(): void {
    this.#slots.fill(0);
    this.#used = 0;
  }

  /** Makes room once, before many are put in. */
  reserve(count: number): void {
    if (slotsFor(count) > this.#slots.length) this.#rehash(slotsFor(count));
    if (count * 4 > this.#words.length) this.#growWords(count);
  }

  /** The tokens [from, to) as bytes, 16 each. */
  bytes(from: number, to: number): Uint8Array {
    return new Uint8Array(this.#words.buffer, from * 16, (to - from) * 16);
  }

  #place(ref: number, words: Int32Array, at: number, slot: number): void {
    if (ref * 4 + 4 > this.#words.length) this.#growWords(ref + 1);
    for (let i = 0; i < 4; i += 1) this.#words[ref * 4 + i] = words[at + i] as number; // eslint-disable-line -- inside
    this.#count = Math.max(this.#count, ref + 1);
    this.#used += 1;
    if (this.#used * 4 > this.#slots.length * 3) this.#rehash(this.#slots.length * 2, ref);
    // Refs with gaps: more of them than slots.
    else if (ref + 1 > this.#refMask) this.#rehash(this.#slots.length, ref);
    else this.#slots[slot] = (ref + 1) | (hash(words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!) & ~this.#refMask);
  }

  #find(words: Int32Array, at: number): number {
    const a = words[at] as number; // eslint-disable-line -- four words are there
    const b = words[at + 1] as number; // eslint-disable-line
    const c = words[at + 2] as number; // eslint-disable-line
    const d = words[at + 3] as number; // eslint-disable-line
    const stored = this.#words;
    const refMask = this.#refMask;
    const mixed = hash(a, b, c, d);
    let slot = mixed & this.#mask;
    for (;;) {
      const entry = this.#slots[slot] as number; // eslint-disable-line -- masked
      if (entry === 0) return slot;
      if (((entry ^ mixed) & ~refMask) === 0) {
        const base = ((entry & refMask) - 1) * 4;
        if (stored[base] === a && stored[base + 1] === b && stored[base + 2] === c && stored[base + 3] === d) return slot;
      }
      slot = (slot + 1) & this.#mask;
    }
  }

  #growWords(count: number): void {
    const words = new Int32Array(Math.max(count * 4, Math.floor(this.#words.length * 1.5)));
    words.set(this.#words);
    this.#words = words;
  }

  /** `fresh`: a ref whose words are there, but which is in no slot yet. */
  #rehash(slots: number, fresh?: number): void {
    const old = this.#slots;
    const oldMask = this.#refMask;
    this.#slots = new Int32Array(slots);
    this.#mask = slots - 1;
    this.#refMask = Math.max(slots, slotsFor(this.#count)) - 1;
    for (const entry of old) if (entry !== 0) this.#putBack(entry & oldMask);
    if (fresh !== undefined) this.#putBack(fresh + 1);
  }

  #putBack(entry: number): void {
    const words = this.#words;
    const base = (entry - 1) * 4;
    const mixed = hash(words[base]!, words[base + 1]!, words[base + 2]!, words[base + 3]!);
    let slot = mixed & this.#mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
    this.#slots[slot] = entry | (mixed & ~this.#refMask);
  }
}

/** Tokens are pseudorandom, but an opaque UUID of version 7 is not: mix all of it. */
function hash(a: number, b: number, c: number, d: number): number {
  let mixed = Math.imul(a ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35) ^ d, 0x9e3779b1);
  mixed ^= mixed >>> 15;
  return mixed;
}

function slotsFor(count: number): number {
  // Up to three quarters are taken: a place that another token has costs little, for its hash stands there.
  let slots = 1_024;
  while (slots * 3 < count * 4) slots *= 2;
  return slots;
}

/** A token column's bytes as 32-bit words, copied only when they are not aligned. */
export function wordsOf(bytes: Uint8Array): Int32Array {
  if (bytes.byteOffset % 4 === 0) return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2);
  return new Int32Array(bytes.slice().buffer, 0, bytes.byteLength >> 2);
}
