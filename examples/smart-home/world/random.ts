/**
 * Randomness from a seed, in two forms: a stream (`Random`) where rows are made in order, and a hash (`hash32`) where a fact
 * about row `index` must be known without its predecessors. The same seed gives the same world on every machine.
 */

/** 32 well-mixed bits of (seed, tag, index). `index` up to 2^32. */
export function hash32(seed: number, tag: number, index: number): number {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(tag + 0x7f4a7c15, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15) ^ index, 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  h = Math.imul(h ^ (h >>> 15) ^ Math.imul(index, 0x9e3779b1), 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A number in [0, 1) of (seed, tag, index). */
export function hashUnit(seed: number, tag: number, index: number): number {
  return hash32(seed, tag, index) / 4294967296;
}

/** A stream of random numbers (sfc32, 128 bits of state): fast, and good enough for a world that only has to look real. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number, tag: number) {
    this.#a = hash32(seed, tag, 1);
    this.#b = hash32(seed, tag, 2);
    this.#c = hash32(seed, tag, 3);
    for (let round = 0; round < 12; round++) this.bits();
  }

  /** 32 bits as an unsigned integer. */
  bits(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** A number in [0, 1). */
  unit(): number {
    return this.bits() / 4294967296;
  }

  /** An integer in [0, below). */
  below(below: number): number {
    return Math.floor(this.unit() * below);
  }

  /** True with this chance. */
  chance(chance: number): boolean {
    return this.unit() < chance;
  }

  /** One of the items; they must be at least one. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }
}

/** Weights as a running total that ends in 1, for `pickWeighted`. */
export function cumulative(weights: readonly number[]): Float64Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const out = new Float64Array(weights.length);
  let running = 0;
  weights.forEach((weight, index) => {
    running += weight / total;
    out[index] = running;
  });
  out[weights.length - 1] = 1;
  return out;
}

/** Index of the weight that `unit` (0 to 1) falls on. */
export function pickWeighted(running: Float64Array, unit: number): number {
  let index = 0;
  while (index < running.length - 1 && unit >= (running[index] as number)) index++;
  return index;
}

/**
 * A permutation of 0..size-1 as arithmetic: `member(index)` is true for exactly `count` of them, scattered, and costs no memory.
 * So that "24,000 of 2.4 M" is 24,000 and not about 24,000.
 */
export function exactSample(options: {
  readonly seed: number;
  readonly tag: number;
  readonly size: number;
  readonly count: number;
}): (index: number) => boolean {
  const { size, count } = options;
  const offset = hash32(options.seed, options.tag, 7) % Math.max(1, size);
  // Below 2^22, so that products stay below 2^53 for every size that a world is made in.
  let step = 1 + (hash32(options.seed, options.tag, 11) % Math.min(1 << 22, Math.max(1, size)));
  while (greatestCommonDivisor(step, size) !== 1) step++;
  return (index) => (index * step + offset) % size < count;
}

function greatestCommonDivisor(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}
