/**
 * A column of texts → dictionary codes, without a string per row: an open hash over the bytes says which code a text has; the
 * rule is asked once for each distinct text. The hash is bounded and is emptied when it is full, so raw texts do not pile up.
 */
import { codes } from "../safe.ts";
import type { Dictionary } from "./dictionary.ts";
import type { Rule, RuleInput, RuleOutput, Tally } from "./rule.ts";
import { rawAs } from "./rule.ts";

/** What a text becomes; undefined: `other`. */
export type TextMap = (text: string) => string | undefined;

export interface TextCodesOptions {
  readonly map: TextMap;
  readonly dictionary: Dictionary;
  readonly tally: Tally;
  /** char(n): trailing blanks are dropped first. */
  readonly padded: boolean;
}

const entriesMax = 1 << 16;
const slotsMask = 2 * entriesMax - 1;
const arenaBytes = 4 << 20;
/** Longer texts are asked about each time: they are rare, and no rule lets many pass. */
const cachedLengthMax = 512;
const blank = 32;

export function textCodes(options: TextCodesOptions): Rule {
  const cache = new ByteCache();
  const ask = (bytes: Uint8Array, start: number, end: number): number => {
    const mapped = options.map(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString());
    return mapped === undefined ? codes.other : options.dictionary.code(mapped);
  };
  return (input) => apply(input, { cache, ask, padded: options.padded, tally: options.tally });
}

interface Work {
  readonly cache: ByteCache;
  readonly ask: (bytes: Uint8Array, start: number, end: number) => number;
  readonly padded: boolean;
  readonly tally: Tally;
}

function apply({ column, rowCount, nulls }: RuleInput, { cache, ask, padded, tally }: Work): RuleOutput {
  const { bytes, offsets } = rawAs(column, "bytes");
  const data = new Int32Array(rowCount);
  let other = 0;
  for (let row = 0; row < rowCount; row += 1) {
    if (nulls !== undefined && nulls[row] === 1) continue;
    const start = offsets[row] as number; // eslint-disable-line -- rowCount + 1 offsets
    let end = offsets[row + 1] as number; // eslint-disable-line -- rowCount + 1 offsets
    if (padded) while (end > start && bytes[end - 1] === blank) end -= 1;
    const code = cache.find(bytes, start, end) ?? cache.put(bytes, start, end, ask(bytes, start, end));
    if (code === codes.other) other += 1;
    data[row] = code;
  }
  tally.other += other;
  return { data, nulls: undefined };
}

/** Bytes → number, bounded. `put` must follow a `find` of the same bytes that found nothing. */
class ByteCache {
  #slots = new Int32Array(slotsMask + 1);
  #hashes = new Int32Array(entriesMax + 1);
  #starts = new Int32Array(entriesMax + 1);
  #lengths = new Int32Array(entriesMax + 1);
  #values = new Int32Array(entriesMax + 1);
  #arena = new Uint8Array(64 << 10);
  #used = 0;
  #count = 0;
  #slot = 0;
  #hash = 0;

  find(bytes: Uint8Array, start: number, end: number): number | undefined {
    const length = end - start;
    let hash = length;
    for (let i = start; i < end; i += 1) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193); // eslint-disable-line -- in range
    hash ^= hash >>> 15;
    let slot = hash & slotsMask;
    for (;;) {
      const entry = this.#slots[slot] as number; // eslint-disable-line -- masked
      if (entry === 0) break;
      if (this.#hashes[entry] === hash && this.#lengths[entry] === length && this.#same(entry, bytes, start, length))
        return this.#values[entry];
      slot = (slot + 1) & slotsMask;
    }
    this.#slot = slot;
    this.#hash = hash;
    return undefined;
  }

  #same(entry: number, bytes: Uint8Array, start: number, length: number): boolean {
    const arena = this.#arena;
    const from = this.#starts[entry] as number; // eslint-disable-line -- an entry
    for (let i = 0; i < length; i += 1) if (arena[from + i] !== bytes[start + i]) return false;
    return true;
  }

  put(bytes: Uint8Array, start: number, end: number, value: number): number {
    const length = end - start;
    if (length > cachedLengthMax) return value;
    if (this.#count >= entriesMax || this.#used + length > arenaBytes) {
      // The slot that find saw is of the old table; this text comes in at its next look-up.
      this.#slots.fill(0);
      this.#arena.fill(0);
      this.#count = 0;
      this.#used = 0;
      return value;
    }
    if (this.#used + length > this.#arena.length) {
      const larger = new Uint8Array(Math.min(arenaBytes, Math.max(2 * this.#arena.length, this.#used + length)));
      larger.set(this.#arena);
      this.#arena = larger;
    }
    this.#count += 1;
    const entry = this.#count;
    this.#arena.set(bytes.subarray(start, end), this.#used);
    this.#starts[entry] = this.#used;
    this.#lengths[entry] = length;
    this.#hashes[entry] = this.#hash;
    this.#values[entry] = value;
    this.#slots[this.#slot] = entry;
    this.#used += length;
    return value;
  }
}
