/* oxlint-disable max-lines -- building, changing and settling share the cells' typed arrays, which nobody else may see */
/**
 * The cells of one cuboid in memory: exact counts, and for each class of protected units a lower and an upper bound of their
 * distinct number. A class is `none` (rows that do not hit; all rows of a count) or `hit`.
 *
 * Bounds are exact while a bounded set of the class's units is held. Without one, a unit that may have come adds one to the upper
 * bound, one that may have gone takes one from the lower; a cell whose bounds no longer decide "at least k" is recounted from rows.
 */
import { assert } from "../../lib/assert.ts";
import { VitrineError } from "../../model/error.ts";
import type { CuboidSpec, Grain, MetricSpec } from "../cuboid.ts";
import { Bitmaps } from "./bitmaps.ts";
import { cold, empty, UnitSets } from "./unit-sets.ts";

/** Upper bound that says nothing. */
const unbounded = 2 ** 30;
/** Build only: enough units were seen. */
const full = -3;
/** Build only: handles from here down name a bitmap. */
const firstBitmap = -10;
/** Build only: bits of a bitmap from which no more are looked for. */
const bitmapFull = 400;

/** A recount stops at so many units of a class: far more than k, so that departures do not soon ask for another. */
export const recountMax = 4_096;

const noneClass = 0;
const hitClass = 1;

export interface CellMeasures {
  n: number;
  hit: number;
  anyLow: number;
  anyHigh: number;
  hitLow: number;
  hitHigh: number;
  noneLow: number;
  noneHigh: number;
}

/** Names in CellMeasures and columns of layout.ts, in the order in which they are stored. */
export const measureOrder = ["n", "anyLow", "anyHigh", "hit", "hitLow", "hitHigh", "noneLow", "noneHigh"] as const;

export class Cells {
  readonly metric: MetricSpec;
  readonly cuboid: CuboidSpec;
  readonly ratio: boolean;
  readonly #k: number;
  readonly #stride: number;
  readonly sets: UnitSets;
  count = 0;
  #slots = new Int32Array(1_024);
  #mask = 1_023;
  #keys: Int32Array;
  #numbers: Float64Array;
  #handles: Int32Array;
  #marks: Uint8Array;
  readonly #bitmaps = new Bitmaps();
  /** Cells touched since the last `takeChanges`, with their measures before. */
  #touched: number[] = [];
  #before: number[] = [];
  /** Rows of the store's two tables of this cuboid. */
  storedBase = 0;
  storedDelta = 0;

  constructor(metric: MetricSpec, cuboid: CuboidSpec, k: number) {
    this.metric = metric;
    this.cuboid = cuboid;
    this.ratio = metric.hit !== undefined;
    this.#k = k;
    this.#stride = 1 + cuboid.dimensions.length;
    this.sets = new UnitSets(4 * k);
    this.#keys = new Int32Array(256 * this.#stride);
    this.#numbers = new Float64Array(256 * 8);
    this.#handles = new Int32Array(256 * 2);
    this.#marks = new Uint8Array(256);
  }

  bucketOf(cell: number): number {
    return this.#keys[cell * this.#stride] as number; // eslint-disable-line -- inside
  }

  /** i-th dimension (interned where wide). */
  dimOf(cell: number, i: number): number {
    return this.#keys[cell * this.#stride + 1 + i] as number; // eslint-disable-line -- inside
  }

  measure(cell: number, index: number): number {
    return this.#numbers[cell * 8 + index] as number; // eslint-disable-line -- inside
  }

  /** The cell of row `row`: made when it is new. `dims` are the cuboid's own, in its order. */
  find(bucket: number, dims: readonly Int32Array[], row: number): number {
    let hash = Math.imul(bucket, 0x9e3779b1);
    for (let i = 0; i < dims.length; i += 1) hash = Math.imul(hash ^ (dims[i] as Int32Array)[row]!, 0x85ebca6b) ^ (hash >>> 15); // eslint-disable-line -- inside
    let slot = (hash ^ (hash >>> 16)) & this.#mask;
    for (;;) {
      const entry = this.#slots[slot] as number; // eslint-disable-line -- masked
      if (entry === 0) return this.#make(slot, bucket, dims, row);
      const base = (entry - 1) * this.#stride;
      let same = this.#keys[base] === bucket;
      for (let i = 0; same && i < dims.length; i += 1) same = this.#keys[base + 1 + i] === (dims[i] as Int32Array)[row]; // eslint-disable-line -- inside
      if (same) return entry - 1;
      slot = (slot + 1) & this.#mask;
    }
  }

  #make(slot: number, bucket: number, dims: readonly Int32Array[], row: number): number {
    const cell = this.count;
    if ((cell + 1) * 8 > this.#numbers.length) this.#grow();
    this.#keys[cell * this.#stride] = bucket;
    for (let i = 0; i < dims.length; i += 1) this.#keys[cell * this.#stride + 1 + i] = dims[i]![row]!;
    this.#handles[cell * 2] = empty;
    this.#handles[cell * 2 + 1] = empty;
    this.#slots[slot] = cell + 1;
    this.count += 1;
    if (this.count * 2 > this.#slots.length) this.#rehash();
    return cell;
  }

  #grow(): void {
    const larger = <T extends Int32Array | Float64Array | Uint8Array>(old: T, next: T): T => {
      next.set(old);
      return next;
    };
    this.#keys = larger(this.#keys, new Int32Array(this.#keys.length * 2));
    this.#numbers = larger(this.#numbers, new Float64Array(this.#numbers.length * 2));
    this.#handles = larger(this.#handles, new Int32Array(this.#handles.length * 2));
    this.#marks = larger(this.#marks, new Uint8Array(this.#marks.length * 2));
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    this.#mask = this.#slots.length - 1;
    for (let cell = 0; cell < this.count; cell += 1) {
      const base = cell * this.#stride;
      let hash = Math.imul(this.#keys[base]!, 0x9e3779b1);
      for (let i = 1; i < this.#stride; i += 1) hash = Math.imul(hash ^ this.#keys[base + i]!, 0x85ebca6b) ^ (hash >>> 15);
      let slot = (hash ^ (hash >>> 16)) & this.#mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = cell + 1;
    }
  }

  // Build: rows come once, nothing leaves.

  /** Counts one row while the cells are built; `unit` is negative for none. */
  build(cell: number, unit: number, isHit: boolean): void {
    this.#numbers[cell * 8]! += 1;
    if (isHit) this.#numbers[cell * 8 + 3]! += 1;
    if (unit < 0) return;
    const place = cell * 2 + (isHit ? hitClass : noneClass);
    const handle = this.#handles[place]!;
    if (handle === full) return;
    this.#buildUnit(place, handle, unit, 1);
  }

  #buildUnit(place: number, handle: number, unit: number, weight: number): void {
    if (handle === full) return;
    if (handle <= firstBitmap) {
      this.#setBit(place, handle, unit);
      return;
    }
    if (handle >= 0 && this.sets.size(handle) >= this.sets.capacity && !this.sets.has(handle, unit)) {
      // One more than a set holds, so there are at least so many, whatever bits they share; see `finish`.
      this.#setBit(place, this.#toBitmap(place, handle), unit);
      return;
    }
    this.#handles[place] = this.sets.add(handle, unit, weight);
  }

  /** Puts a bitmap in the place of a set. */
  #toBitmap(place: number, handle: number): number {
    const bitmap = firstBitmap - this.#bitmaps.make();
    const size = this.sets.size(handle);
    this.#handles[place] = bitmap;
    for (let i = 0; i < size; i += 1) this.#setBit(place, bitmap, this.sets.unitAt(handle, i));
    this.sets.free(handle);
    return bitmap;
  }

  #setBit(place: number, handle: number, unit: number): void {
    if (this.#bitmaps.add(firstBitmap - handle, unit) >= bitmapFull) this.#handles[place] = full;
  }

  /** Adds a built cell of a finer cuboid to one of this coarser one. */
  absorb(cell: number, finer: Cells, other: number): void {
    this.#numbers[cell * 8]! += finer.#numbers[other * 8]!;
    this.#numbers[cell * 8 + 3]! += finer.#numbers[other * 8 + 3]!;
    this.#absorbClass(cell * 2 + noneClass, finer, other * 2 + noneClass);
    this.#absorbClass(cell * 2 + hitClass, finer, other * 2 + hitClass);
  }

  #absorbClass(place: number, finer: Cells, other: number): void {
    if (this.#handles[place] === full) return;
    const theirs = finer.#handles[other]!;
    if (theirs === full) {
      this.sets.free(this.#handles[place]!);
      this.#handles[place] = full;
    } else if (theirs <= firstBitmap) this.#absorbBitmap(place, finer, theirs);
    else {
      const size = finer.sets.size(theirs);
      for (let i = 0; i < size; i += 1)
        this.#buildUnit(place, this.#handles[place]!, finer.sets.unitAt(theirs, i), finer.sets.countAt(theirs, i));
    }
  }

  #absorbBitmap(place: number, finer: Cells, theirs: number): void {
    let handle = this.#handles[place]!;
    if (handle > firstBitmap) handle = this.#toBitmap(place, handle);
    if (this.#bitmaps.unite(firstBitmap - handle, finer.#bitmaps, firstBitmap - theirs) >= bitmapFull) this.#handles[place] = full;
  }

  /** Ends the build: bounds from what was seen. Call after all cuboids that absorb this one have done so. */
  finish(): void {
    const more = this.sets.capacity + 1;
    for (let cell = 0; cell < this.count; cell += 1) {
      for (let cls = noneClass; cls <= hitClass; cls += 1) {
        const place = cell * 2 + cls;
        const handle = this.#handles[place]!;
        if (handle === full) this.#setBounds(cell, cls, bitmapFull, unbounded, cold);
        else if (handle <= firstBitmap)
          this.#setBounds(cell, cls, Math.max(more, this.#bitmaps.count(firstBitmap - handle)), unbounded, cold);
        else this.#setBounds(cell, cls, this.sets.size(handle), this.sets.size(handle), handle);
      }
      this.#setAny(cell, 0, unbounded);
    }
    this.#bitmaps.clear();
  }

  #setBounds(cell: number, cls: number, low: number, high: number, handle: number): void {
    const at = cell * 8 + (cls === hitClass ? 4 : 6);
    this.#numbers[at] = low;
    this.#numbers[at + 1] = high;
    this.#handles[cell * 2 + cls] = handle;
  }

  /** Cells of these buckets of which a class is not followed though it may be small. */
  coldIn(buckets: ReadonlySet<number>): readonly number[] {
    const found: number[] = [];
    for (let cell = 0; cell < this.count; cell += 1) {
      if (!buckets.has(this.bucketOf(cell)) || this.#numbers[cell * 8] === 0) continue;
      if (this.mayBeSmall(cell, false) || this.mayBeSmall(cell, true)) found.push(cell);
    }
    return found;
  }

  /** Buckets of the newest periods. */
  newest(): ReadonlySet<number> {
    const periods: Record<Grain, number> = { hour: 24 * 60, day: 1, week: 0, month: 0 };
    let newest = -Infinity;
    for (let cell = 0; cell < this.count; cell += 1) newest = Math.max(newest, this.bucketOf(cell));
    const buckets = new Set<number>();
    for (let cell = 0; cell < this.count; cell += 1)
      if (this.bucketOf(cell) >= newest - periods[this.cuboid.grain]) buckets.add(this.bucketOf(cell));
    return buckets;
  }

  // Streaming: signed changes, then `settle`.

  /** Changes counts of a cell by one row. */
  weigh(cell: number, isHit: boolean, sign: 1 | -1): void {
    this.touch(cell);
    this.#numbers[cell * 8]! += sign;
    if (isHit) this.#numbers[cell * 8 + 3]! += sign;
  }

  touch(cell: number): void {
    if (this.#marks[cell] === 1) return;
    this.#marks[cell] = 1;
    this.#touched.push(cell);
    for (let i = 0; i < 8; i += 1) this.#before.push(this.#numbers[cell * 8 + i]!);
  }

  /** A unit's rows of a class in a cell change by `weight` (net over the batch); `other` is the change in the other class. */
  moveUnit(move: {
    readonly cell: number;
    readonly isHit: boolean;
    readonly unit: number;
    readonly weight: number;
    readonly other: number;
  }): void {
    const { cell, unit, weight } = move;
    const cls = move.isHit ? hitClass : noneClass;
    const place = cell * 2 + cls;
    const at = cell * 8 + (move.isHit ? 4 : 6);
    const handle = this.#handles[place]!;
    if (handle === cold) {
      if (weight > 0) this.#numbers[at + 1] = Math.min(unbounded, this.#numbers[at + 1]! + 1);
      else this.#numbers[at] = Math.max(0, this.#numbers[at]! - 1);
    } else this.#moveTracked({ place, at, handle, unit, weight });
    // A unit that has rows left or won in the other class is still, or was already, behind the cell.
    if (weight > 0 && move.other >= 0) this.#numbers[cell * 8 + 2] = Math.min(unbounded, this.#numbers[cell * 8 + 2]! + 1);
    if (weight < 0 && move.other <= 0) this.#numbers[cell * 8 + 1] = Math.max(0, this.#numbers[cell * 8 + 1]! - 1);
  }

  #moveTracked(move: {
    readonly place: number;
    readonly at: number;
    readonly handle: number;
    readonly unit: number;
    readonly weight: number;
  }): void {
    const { place, at, handle, unit, weight } = move;
    const next = weight > 0 ? this.sets.add(handle, unit, weight) : this.sets.remove(handle, unit, -weight);
    if (next === undefined) throw corrupt(this, "units");
    this.#handles[place] = next;
    // A full set plus one more unit: that many are certain.
    const size = next === cold ? this.sets.capacity + 1 : this.sets.size(next);
    this.#numbers[at] = size;
    this.#numbers[at + 1] = next === cold ? unbounded : size;
  }

  /** Tightens the bounds of all touched cells; returns those that do not decide. Throws when a weight is below 0. */
  settle(): readonly number[] {
    const undecided: number[] = [];
    for (const cell of this.#touched) {
      const n = this.#numbers[cell * 8]!;
      const hit = this.#numbers[cell * 8 + 3]!;
      if (n < 0 || hit < 0 || hit > n) throw corrupt(this, "rows");
      this.#clamp(cell, noneClass, n - hit);
      this.#clamp(cell, hitClass, hit);
      this.#setAny(cell, this.#numbers[cell * 8 + 1]!, Math.min(n, this.#numbers[cell * 8 + 2]!));
      if (!this.#decides(cell)) undecided.push(cell);
    }
    return undecided;
  }

  #clamp(cell: number, cls: number, rowCount: number): void {
    const place = cell * 2 + cls;
    const at = cell * 8 + (cls === hitClass ? 4 : 6);
    if (this.#handles[place] !== cold) return;
    if (rowCount === 0) this.#setBounds(cell, cls, 0, 0, empty);
    else this.#numbers[at + 1] = Math.min(this.#numbers[at + 1]!, rowCount);
  }

  #setAny(cell: number, low: number, high: number): void {
    const at = cell * 8;
    const hit = this.#handles[cell * 2 + hitClass]!;
    const none = this.#handles[cell * 2 + noneClass]!;
    if (hit !== cold && none !== cold) {
      const size = this.sets.unionSize(none, hit);
      this.#numbers[at + 1] = size;
      this.#numbers[at + 2] = size;
      return;
    }
    this.#numbers[at + 1] = Math.max(low, this.#numbers[at + 4]!, this.#numbers[at + 6]!);
    this.#numbers[at + 2] = Math.min(high, this.#numbers[at + 5]! + this.#numbers[at + 7]!);
  }

  #decides(cell: number): boolean {
    const at = cell * 8;
    const pairs = this.ratio ? [1, 4, 6] : [1];
    return pairs.every((i) => this.#numbers[at + i]! >= this.#k || this.#numbers[at + i + 1]! < this.#k);
  }

  /** Whether a class is not followed though it may have no more units than can be. */
  mayBeSmall(cell: number, isHit: boolean): boolean {
    const low = this.#numbers[cell * 8 + (isHit ? 4 : 6)]!;
    return this.#handles[cell * 2 + (isHit ? hitClass : noneClass)] === cold && low <= this.sets.capacity;
  }

  /**
   * Sets a recounted cell: rows by unit of each class; undefined: of that class more than is followed was known before. A class with
   * `recountMax` units or more was not counted to the end.
   */
  recount(cell: number, none: ReadonlyMap<number, number> | undefined, hit: ReadonlyMap<number, number> | undefined): void {
    this.touch(cell);
    if (none !== undefined) this.#recountClass(cell, noneClass, none);
    if (hit !== undefined) this.#recountClass(cell, hitClass, hit);
    this.#setAny(cell, 0, unbounded);
    assert(this.#decides(cell), "a recounted cell that decides");
  }

  #recountClass(cell: number, cls: number, units: ReadonlyMap<number, number>): void {
    const more = units.size >= recountMax;
    let handle = more ? cold : empty;
    for (const [unit, rowCount] of units) {
      if (handle === cold) break;
      handle = this.sets.add(handle, unit, rowCount);
    }
    this.#setBounds(cell, cls, units.size, more ? unbounded : units.size, handle);
  }

  /** What changed since the last call: cells and the signed changes of their measures (8 each, order of `measureOrder`). */
  takeChanges(): { readonly list: readonly number[]; readonly changes: Float64Array } {
    const list: number[] = [];
    const changes: number[] = [];
    this.#touched.forEach((cell, i) => {
      this.#marks[cell] = 0;
      const change = Array.from({ length: 8 }, (_, m) => this.#numbers[cell * 8 + m]! - this.#before[i * 8 + m]!);
      if (change.every((one) => one === 0)) return;
      list.push(cell);
      changes.push(...change);
    });
    this.#touched = [];
    this.#before = [];
    return { list, changes: Float64Array.from(changes) };
  }

  /** Puts in a stored cell, without sets. */
  restore(bucket: number, dims: readonly Int32Array[], row: number, measures: CellMeasures): void {
    const cell = this.find(bucket, dims, row);
    const at = cell * 8;
    measureOrder.forEach((name, i) => {
      this.#numbers[at + i] = measures[name];
    });
    this.#handles[cell * 2] = measures.noneHigh === 0 ? empty : cold;
    this.#handles[cell * 2 + 1] = measures.hitHigh === 0 ? empty : cold;
  }

  /** Gives up the sets of all but the newest periods, those of at least `units` units; their bounds stay, exact as they are now. */
  coolOld(units: number): void {
    const periods: Record<Grain, number> = { hour: 48 * 60, day: 3, week: 7, month: 1 };
    let newest = -Infinity;
    for (let cell = 0; cell < this.count; cell += 1) newest = Math.max(newest, this.bucketOf(cell));
    const bucket = newest - periods[this.cuboid.grain];
    for (let place = 0; place < this.count * 2; place += 1) {
      const handle = this.#handles[place]!;
      if (handle < 0 || this.bucketOf(place >> 1) >= bucket || this.sets.size(handle) < units) continue;
      this.sets.free(handle);
      this.#handles[place] = cold;
    }
  }

  /** Empties everything: the cells are built anew. */
  clear(): void {
    assert(this.#touched.length === 0, "no changes while cells are built anew");
    for (let place = 0; place < this.count * 2; place += 1) this.sets.free(this.#handles[place]!);
    this.#slots.fill(0);
    this.#numbers.fill(0);
    this.#marks.fill(0);
    this.count = 0;
  }
}

function corrupt(cells: Cells, what: string): VitrineError {
  return new VitrineError("mirror/cells-corrupt", {
    message: `A cell of ${cells.metric.name} (${cells.cuboid.id}) would count fewer than no ${what}.`,
    place: cells.metric.name,
  });
}
