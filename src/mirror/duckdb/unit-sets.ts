/**
 * Bounded sets of protected units with the number of each unit's rows, in blocks of one typed array per size. A handle names a set:
 * `cold` no set is held; `empty` a set without members; from 0 on a block. A set that would pass `capacity` is given up.
 */
import { assert, must } from "../../lib/assert.ts";

export const cold = -1;
export const empty = -2;

export class UnitSets {
  readonly capacity: number;
  readonly #tiers: readonly Tier[];
  readonly #first: Tier;

  constructor(capacity: number) {
    this.capacity = capacity;
    const sizes = [...new Set([Math.min(4, capacity), Math.min(16, capacity), capacity])];
    this.#tiers = sizes.map((size) => new Tier(size));
    this.#first = must(this.#tiers[0], "tier");
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#tiers.reduce((sum, tier) => sum + tier.bytes, 0);
  }

  size(handle: number): number {
    return handle === empty ? 0 : this.#tierOf(handle).size(this.#blockOf(handle));
  }

  has(handle: number, unit: number): boolean {
    return handle >= 0 && this.#tierOf(handle).find(this.#blockOf(handle), unit) >= 0;
  }

  /** Adds `weight` rows (> 0) of a unit. Returns the set's new handle; `cold` when it is full. */
  add(handle: number, unit: number, weight: number): number {
    if (handle === empty) {
      const first = this.#first;
      const block = first.take();
      first.push(block, unit, weight);
      return this.#handle(0, block);
    }
    const index = handle % this.#tiers.length;
    const tier = this.#tierOf(handle);
    const block = this.#blockOf(handle);
    const at = tier.find(block, unit);
    if (at >= 0) {
      tier.change(block, at, weight);
      return handle;
    }
    if (tier.size(block) < tier.capacity) {
      tier.push(block, unit, weight);
      return handle;
    }
    const next = this.#tiers[index + 1];
    if (next === undefined) {
      tier.give(block);
      return cold;
    }
    const larger = next.take();
    const size = tier.size(block);
    for (let i = 0; i < size; i += 1) next.push(larger, tier.unitAt(block, i), tier.countAt(block, i));
    next.push(larger, unit, weight);
    tier.give(block);
    return this.#handle(index + 1, larger);
  }

  /** Takes `weight` rows of a unit away; undefined: the set does not hold so many, so something is wrong. */
  remove(handle: number, unit: number, weight: number): number | undefined {
    if (handle === empty) return undefined;
    const tier = this.#tierOf(handle);
    const block = this.#blockOf(handle);
    const at = tier.find(block, unit);
    if (at < 0) return undefined;
    const left = tier.change(block, at, -weight);
    if (left < 0) return undefined;
    if (left > 0) return handle;
    tier.removeAt(block, at);
    if (tier.size(block) > 0) return handle;
    tier.give(block);
    return empty;
  }

  free(handle: number): void {
    if (handle >= 0) this.#tierOf(handle).give(this.#blockOf(handle));
  }

  /** The i-th member of a set that is held, 0 <= i < size. */
  unitAt(handle: number, i: number): number {
    return this.#tierOf(handle).unitAt(this.#blockOf(handle), i);
  }

  /** Rows of the i-th member. */
  countAt(handle: number, i: number): number {
    return this.#tierOf(handle).countAt(this.#blockOf(handle), i);
  }

  /** Members of the union of two sets. */
  unionSize(a: number, b: number): number {
    let count = this.size(a);
    const others = this.size(b);
    if (a === empty || b === empty) return count + others;
    for (let i = 0; i < others; i += 1) if (!this.has(a, this.unitAt(b, i))) count += 1;
    return count;
  }

  #handle(tier: number, block: number): number {
    return block * this.#tiers.length + tier;
  }

  #tierOf(handle: number): Tier {
    assert(handle >= 0, "a set that is held");
    return must(this.#tiers[handle % this.#tiers.length], "tier");
  }

  #blockOf(handle: number): number {
    return Math.floor(handle / this.#tiers.length);
  }
}

/** Blocks of one capacity: size, then units, then counts. */
class Tier {
  readonly capacity: number;
  readonly #stride: number;
  #data: Int32Array;
  #blocks = 0;
  readonly #free: number[] = [];

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#stride = 1 + 2 * capacity;
    this.#data = new Int32Array(this.#stride * 16);
  }

  get bytes(): number {
    return (this.#blocks - this.#free.length) * this.#stride * 4;
  }

  take(): number {
    const block = this.#free.pop() ?? this.#blocks;
    if (block === this.#blocks) {
      this.#blocks += 1;
      if (this.#blocks * this.#stride > this.#data.length) {
        const data = new Int32Array(Math.ceil(this.#data.length * 1.5) + this.#stride);
        data.set(this.#data);
        this.#data = data;
      }
    }
    this.#data[block * this.#stride] = 0;
    return block;
  }

  give(block: number): void {
    this.#free.push(block);
  }

  size(block: number): number {
    return this.#data[block * this.#stride] as number; // eslint-disable-line -- inside
  }

  /** Place of a unit in its block, or -1. */
  find(block: number, unit: number): number {
    const base = block * this.#stride;
    const end = base + 1 + (this.#data[base] as number); // eslint-disable-line -- inside
    for (let at = base + 1; at < end; at += 1) if (this.#data[at] === unit) return at - base - 1;
    return -1;
  }

  push(block: number, unit: number, count: number): void {
    const base = block * this.#stride;
    const size = this.#data[base] as number; // eslint-disable-line -- inside
    this.#data[base + 1 + size] = unit;
    this.#data[base + 1 + this.capacity + size] = count;
    this.#data[base] = size + 1;
  }

  /** Returns the unit's new count. */
  change(block: number, at: number, weight: number): number {
    const place = block * this.#stride + 1 + this.capacity + at;
    const count = (this.#data[place] as number) + weight; // eslint-disable-line -- inside
    this.#data[place] = count;
    return count;
  }

  removeAt(block: number, at: number): void {
    const base = block * this.#stride;
    const last = (this.#data[base] as number) - 1; // eslint-disable-line -- inside
    this.#data[base + 1 + at] = this.#data[base + 1 + last] as number; // eslint-disable-line -- inside
    this.#data[base + 1 + this.capacity + at] = this.#data[base + 1 + this.capacity + last] as number; // eslint-disable-line -- inside
    this.#data[base] = last;
  }

  unitAt(block: number, i: number): number {
    return this.#data[block * this.#stride + 1 + i] as number; // eslint-disable-line -- inside
  }

  countAt(block: number, i: number): number {
    return this.#data[block * this.#stride + 1 + this.capacity + i] as number; // eslint-disable-line -- inside
  }
}
