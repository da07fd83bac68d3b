/**
 * Sets of protected units with the number of each unit's rows, bounded: a set of more than `capacity` units becomes a sample, which
 * holds exactly those units whose rank (a hash) is at most its limit. A sample stays exact under every change, so its size is for
 * ever a lower bound of all units: only departures of its own members can make it say too little.
 *
 * Blocks of one typed array per size. A handle names a set: `cold` none is held; `empty` one without members; from 0 on a block.
 */
import { assert, must } from "../../lib/assert.ts";

export const cold = -1;
export const empty = -2;

/** Limit of a set that holds all units. */
const unlimited = 0x7fff_ffff;

/** Handles hold the tier in their lowest bits. */
const tierBits = 2;
const tierMask = 3;

export class UnitSets {
  readonly capacity: number;
  readonly #tiers: readonly Tier[];
  readonly #first: Tier;
  /** Where samples are held. */
  readonly #sampleTier: number;
  /** Of a full set's units, while it becomes a sample. */
  readonly #ranks: Int32Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    const sample = Math.max(1, capacity >> 1);
    const sizes = [...new Set([Math.min(4, sample), sample, capacity])];
    this.#tiers = sizes.map((size) => new Tier(size));
    this.#first = must(this.#tiers[0], "tier");
    this.#sampleTier = sizes.indexOf(sample);
    this.#ranks = new Int32Array(capacity);
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#tiers.reduce((sum, tier) => sum + tier.bytes, 0);
  }

  /** Bytes of memory taken for them. */
  get reserved(): number {
    return this.#tiers.reduce((sum, tier) => sum + tier.reserved, 0);
  }

  size(handle: number): number {
    return handle === empty ? 0 : this.#tierOf(handle).size(handle >> tierBits);
  }

  /** Whether all units are in the set, so that its size is their number. */
  isWhole(handle: number): boolean {
    return handle === empty || (handle >= 0 && this.#tierOf(handle).limit(handle >> tierBits) === unlimited);
  }

  has(handle: number, unit: number): boolean {
    return handle >= 0 && this.#tierOf(handle).find(handle >> tierBits, unit) >= 0;
  }

  /** Adds `weight` rows (> 0) of a unit. Returns the set's new handle. */
  add(handle: number, unit: number, weight: number): number {
    if (handle === empty) {
      const first = this.#first;
      const block = first.take(unlimited);
      first.push(block, unit, weight);
      return block << tierBits;
    }
    const tier = this.#tierOf(handle);
    const block = handle >> tierBits;
    const limit = tier.limit(block);
    if (limit !== unlimited && rankOf(unit) > limit) return handle;
    const at = tier.find(block, unit);
    if (at >= 0) {
      tier.change(block, at, weight);
      return handle;
    }
    if (tier.size(block) < tier.capacity) {
      tier.push(block, unit, weight);
      return handle;
    }
    if (limit !== unlimited) {
      tier.displace(block, unit, weight);
      return handle;
    }
    const index = handle & tierMask;
    if (index + 1 < this.#tiers.length) {
      const larger = this.#move(handle, index + 1);
      this.#tierOf(larger).push(larger >> tierBits, unit, weight);
      return larger;
    }
    const sample = this.#sample(handle);
    return this.add(sample, unit, weight);
  }

  /** Takes `weight` rows of a unit away; undefined: the set does not hold so many, so something is wrong. */
  remove(handle: number, unit: number, weight: number): number | undefined {
    if (handle === empty) return undefined;
    const tier = this.#tierOf(handle);
    const block = handle >> tierBits;
    const limit = tier.limit(block);
    if (limit !== unlimited && rankOf(unit) > limit) return handle;
    const at = tier.find(block, unit);
    if (at < 0) return undefined;
    const left = tier.change(block, at, -weight);
    if (left < 0) return undefined;
    if (left > 0) return handle;
    tier.removeAt(block, at);
    if (limit !== unlimited || tier.size(block) > 0) return handle;
    tier.give(block);
    return empty;
  }

  /** Adds a set of another store of sets; what comes of it is a sample when one of them is. */
  unite(handle: number, others: UnitSets, theirs: number): number {
    if (theirs === empty) return handle;
    const tier = others.#tierOf(theirs);
    const block = theirs >> tierBits;
    const limit = tier.limit(block);
    let mine = limit === unlimited ? handle : this.#limited(handle, limit);
    for (let i = 0; i < tier.size(block); i += 1) mine = this.add(mine, tier.unitAt(block, i), tier.countAt(block, i));
    return mine;
  }

  free(handle: number): void {
    if (handle >= 0) this.#tierOf(handle).give(handle >> tierBits);
  }

  /** Members of the union of two sets. */
  unionSize(a: number, b: number): number {
    let count = this.size(a);
    const others = this.size(b);
    if (a === empty || b === empty) return count + others;
    const tier = this.#tierOf(b);
    for (let i = 0; i < others; i += 1) if (!this.has(a, tier.unitAt(b >> tierBits, i))) count += 1;
    return count;
  }

  /** Gives back the memory of sets that were freed: the sets get other handles, which are written in the place of the old ones. */
  compact(handles: Int32Array, count: number): void {
    const packed = this.#tiers.map((tier) => tier.packed());
    for (let i = 0; i < count; i += 1) {
      const handle = handles[i]!;
      if (handle >= 0) handles[i] = (must(packed[handle & tierMask], "tier").copy(handle >> tierBits) << tierBits) | (handle & tierMask);
    }
    for (const one of packed) one.finish();
  }

  /** The set in a block of another tier. */
  #move(handle: number, index: number): number {
    const tier = this.#tierOf(handle);
    const block = handle >> tierBits;
    const next = must(this.#tiers[index], "tier");
    const moved = next.take(tier.limit(block));
    for (let i = 0; i < tier.size(block); i += 1) next.push(moved, tier.unitAt(block, i), tier.countAt(block, i));
    tier.give(block);
    return (moved << tierBits) | index;
  }

  /** A full set as a sample: of the units with the smallest ranks. */
  #sample(handle: number): number {
    const tier = this.#tierOf(handle);
    const block = handle >> tierBits;
    const ranks = this.#ranks;
    for (let i = 0; i < ranks.length; i += 1) ranks[i] = rankOf(tier.unitAt(block, i));
    ranks.sort();
    return this.#limited(handle, must(ranks[must(this.#tiers[this.#sampleTier], "tier").capacity - 1], "rank"));
  }

  /** The set without the units of a greater rank. */
  #limited(handle: number, limit: number): number {
    const index = this.#sampleTier;
    if (handle === empty) return (must(this.#tiers[index], "tier").take(limit) << tierBits) | index;
    const tier = this.#tierOf(handle);
    tier.lower(handle >> tierBits, limit);
    const fits = tier.size(handle >> tierBits) <= must(this.#tiers[index], "tier").capacity;
    return (handle & tierMask) !== index && fits ? this.#move(handle, index) : handle;
  }

  #tierOf(handle: number): Tier {
    assert(handle >= 0, "a set that is held");
    return this.#tiers[handle & tierMask] as Tier; // eslint-disable-line -- our own handles
  }
}

/** All 32-bit integers in another order: no two units have one rank. */
function rankOf(unit: number): number {
  let mixed = Math.imul(unit ^ (unit >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** Blocks of one capacity: size and limit, then units, then counts. */
class Tier {
  readonly capacity: number;
  readonly #stride: number;
  #data: Int32Array;
  #blocks = 0;
  #free: number[] = [];

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#stride = 2 + 2 * capacity;
    this.#data = new Int32Array(this.#stride * 16);
  }

  get bytes(): number {
    return (this.#blocks - this.#free.length) * this.#stride * 4;
  }

  get reserved(): number {
    return this.#data.byteLength;
  }

  take(limit: number): number {
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
    this.#data[block * this.#stride + 1] = limit;
    return block;
  }

  give(block: number): void {
    this.#free.push(block);
  }

  size(block: number): number {
    return this.#data[block * this.#stride] as number; // eslint-disable-line -- inside
  }

  limit(block: number): number {
    return this.#data[block * this.#stride + 1] as number; // eslint-disable-line -- inside
  }

  /** Place of a unit in its block, or -1. */
  find(block: number, unit: number): number {
    const base = block * this.#stride + 2;
    const end = base + (this.#data[base - 2] as number); // eslint-disable-line -- inside
    for (let at = base; at < end; at += 1) if (this.#data[at] === unit) return at - base;
    return -1;
  }

  push(block: number, unit: number, count: number): void {
    const base = block * this.#stride;
    const size = this.#data[base] as number; // eslint-disable-line -- inside
    this.#data[base + 2 + size] = unit;
    this.#data[base + 2 + this.capacity + size] = count;
    this.#data[base] = size + 1;
  }

  /** Puts a unit in the place of the member with the greatest rank, which the full sample holds no more. */
  displace(block: number, unit: number, count: number): void {
    const base = block * this.#stride + 2;
    let last = 0;
    let greatest = rankOf(this.#data[base] as number); // eslint-disable-line -- inside
    for (let at = 1; at < this.capacity; at += 1) {
      const rank = rankOf(this.#data[base + at] as number); // eslint-disable-line -- inside
      if (rank < greatest) continue;
      greatest = rank;
      last = at;
    }
    const rank = rankOf(unit);
    if (rank < greatest) {
      this.#data[base + last] = unit;
      this.#data[base + this.capacity + last] = count;
    }
    this.#data[base - 1] = Math.max(rank, greatest) - 1;
  }

  /** Makes the limit smaller. */
  lower(block: number, limit: number): void {
    const base = block * this.#stride;
    if (limit >= this.#data[base + 1]!) return;
    this.#data[base + 1] = limit;
    for (let at = this.size(block) - 1; at >= 0; at -= 1) if (rankOf(this.unitAt(block, at)) > limit) this.removeAt(block, at);
  }

  /** Returns the unit's new count. */
  change(block: number, at: number, weight: number): number {
    const place = block * this.#stride + 2 + this.capacity + at;
    const count = (this.#data[place] as number) + weight; // eslint-disable-line -- inside
    this.#data[place] = count;
    return count;
  }

  removeAt(block: number, at: number): void {
    const base = block * this.#stride;
    const last = (this.#data[base] as number) - 1; // eslint-disable-line -- inside
    this.#data[base + 2 + at] = this.#data[base + 2 + last] as number; // eslint-disable-line -- inside
    this.#data[base + 2 + this.capacity + at] = this.#data[base + 2 + this.capacity + last] as number; // eslint-disable-line -- inside
    this.#data[base] = last;
  }

  unitAt(block: number, i: number): number {
    return this.#data[block * this.#stride + 2 + i] as number; // eslint-disable-line -- inside
  }

  countAt(block: number, i: number): number {
    return this.#data[block * this.#stride + 2 + this.capacity + i] as number; // eslint-disable-line -- inside
  }

  /** Copies blocks one by one into an array of their size, which then takes the place of this one's. */
  packed(): { copy(block: number): number; finish(): void } {
    const stride = this.#stride;
    const data = new Int32Array((this.#blocks - this.#free.length + 16) * stride);
    let count = 0;
    return {
      copy: (block) => {
        data.set(this.#data.subarray(block * stride, (block + 1) * stride), count * stride);
        count += 1;
        return count - 1;
      },
      finish: () => {
        this.#data = data;
        this.#blocks = count;
        this.#free = [];
      },
    };
  }
}
