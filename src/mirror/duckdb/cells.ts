// oxlint-disable max-lines -- counts, sums, bounds and units of one cell change together: the steps are read together
/**
 * The cells of one cuboid in memory: exact counts, and for each class of protected units a lower and an upper bound of their
 * distinct number. A class is `none` (rows that do not hit; all rows of a count) or `hit`.
 *
 * Bounds are exact while the whole set of the class's units is held; of many units a sample is, whose size is the lower bound. Without
 * either, a unit that may have come adds one to the upper bound, one that may have gone takes one from the lower; a cell whose bounds
 * no longer decide "at least k" is recounted from rows.
 */
import { assert } from "../../lib/assert.ts";
import { VitrineError } from "../../model/error.ts";
import type { CuboidSpec, MetricSpec } from "../cuboid.ts";
import { BucketChanges } from "./bucket-changes.ts";
import { CellUndo } from "./cell-undo.ts";
import { CellKeys, resized } from "./cell-keys.ts";
import { cold, empty, UnitSets } from "./unit-sets.ts";

/** Upper bound that says nothing. */
const unbounded = 2 ** 30;
const noneClass = 0;
const hitClass = 1;

export interface CellMeasures {
  total: number;
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
export const measureOrder = ["n", "anyLow", "anyHigh", "hit", "hitLow", "hitHigh", "noneLow", "noneHigh", "total"] as const;
/** Place of the sum among them. */
const totalMeasure = 8;

export class Cells {
  readonly metric: MetricSpec;
  readonly cuboid: CuboidSpec;
  readonly ratio: boolean;
  readonly #k: number;
  readonly sets: UnitSets;
  count = 0;
  readonly #keys: CellKeys;
  /** Two a cell: rows, and rows that hit. */
  #counts: Float64Array;
  /** One a cell, of a sum; else empty. Whole numbers, exact until one is beyond what a double holds. */
  #sums: Float64Array;
  isSumTooLarge = false;
  /** Six a cell: lower and upper bound of all units, of those that hit, of those that do not. */
  #bounds: Int32Array;
  #handles: Int32Array;
  #marks: Uint8Array;
  /** Cells touched since the last `takeChanges`, with their measures before. */
  #touched: number[] = [];
  #before: number[] = [];
  readonly #undo = new CellUndo(measureOrder.length);
  /** Of committed cells. */
  readonly changes = new BucketChanges();
  /** Rows of the store's two tables of this cuboid. */
  storedBase = 0;
  storedDelta = 0;

  constructor(metric: MetricSpec, cuboid: CuboidSpec, k: number) {
    this.metric = metric;
    this.cuboid = cuboid;
    this.ratio = metric.hit !== undefined;
    this.#k = k;
    this.sets = new UnitSets(4 * k);
    this.#keys = new CellKeys(cuboid.dimensions.length);
    this.#counts = new Float64Array(256 * 2);
    this.#sums = new Float64Array(metric.sum === undefined ? 0 : 256);
    this.#bounds = new Int32Array(256 * 6);
    this.#handles = new Int32Array(256 * 2);
    this.#marks = new Uint8Array(256);
  }

  bucketOf(cell: number): number {
    return this.#keys.bucketOf(cell);
  }

  /** i-th dimension (interned where wide). */
  dimOf(cell: number, i: number): number {
    return this.#keys.dimOf(cell, i);
  }

  /** By its place in `measureOrder`. */
  measure(cell: number, index: number): number {
    if (index === 0) return this.#counts[cell * 2]!;
    if (index === totalMeasure) return this.#sums[cell] ?? 0;
    return index === 3 ? this.#counts[cell * 2 + 1]! : this.#bounds[cell * 6 + index - (index < 3 ? 1 : 2)]!;
  }

  /** The cell of row `row`: made when it is new. `dims` are the cuboid's own, in its order. */
  find(bucket: number, dims: readonly Int32Array[], row: number): number {
    const cell = this.#keys.find(bucket, dims, row);
    if (cell === this.count) this.#make(cell);
    return cell;
  }

  #make(cell: number): void {
    if ((cell + 1) * 2 > this.#handles.length) this.#resize(Math.ceil(cell * 1.5));
    this.#handles[cell * 2] = empty;
    this.#handles[cell * 2 + 1] = empty;
    this.count += 1;
  }

  /** Room for so many cells. */
  #resize(size: number): void {
    this.#keys.resize(size);
    this.#counts = resized(this.#counts, new Float64Array(size * 2));
    if (this.metric.sum !== undefined) this.#sums = resized(this.#sums, new Float64Array(size));
    this.#bounds = resized(this.#bounds, new Int32Array(size * 6));
    this.#handles = resized(this.#handles, new Int32Array(size * 2));
    this.#marks = resized(this.#marks, new Uint8Array(size));
  }

  // Build: rows come once, nothing leaves.

  /** Counts one row while the cells are built; `unit` is negative for none. */
  build(cell: number, unit: number, isHit: boolean): void {
    this.#counts[cell * 2]! += 1;
    if (isHit) this.#counts[cell * 2 + 1]! += 1;
    if (unit < 0) return;
    const place = cell * 2 + (isHit ? hitClass : noneClass);
    this.#handles[place] = this.sets.add(this.#handles[place]!, unit, 1);
  }

  /** Adds a built cell of a finer cuboid to one of this coarser one. */
  absorb(cell: number, finer: Cells, other: number): void {
    for (let i = 0; i < 2; i += 1) {
      this.#counts[cell * 2 + i]! += finer.#counts[other * 2 + i]!;
      this.#handles[cell * 2 + i] = this.sets.unite(this.#handles[cell * 2 + i]!, finer.sets, finer.#handles[other * 2 + i]!);
    }
    if (this.metric.sum !== undefined) this.addSum(cell, finer.#sums[other]!);
  }

  /** Ends the build: bounds from what was seen. Call after all cuboids that absorb this one have done so. */
  finish(): void {
    for (let cell = 0; cell < this.count; cell += 1) {
      this.#boundBySet(cell, noneClass, this.#handles[cell * 2]!, unbounded);
      this.#boundBySet(cell, hitClass, this.#handles[cell * 2 + 1]!, unbounded);
      this.#setAny(cell, 0, unbounded);
    }
    this.#resize(Math.ceil(this.count * 1.05) + 16);
    // Hours are many, and an hour's rows are soon read again.
    if (this.cuboid.grain === "hour") this.coolOld(2 * this.#k);
  }

  #setBounds(cell: number, cls: number, low: number, high: number, handle: number): void {
    const at = cell * 6 + (cls === hitClass ? 2 : 4);
    this.#bounds[at] = low;
    this.#bounds[at + 1] = high;
    this.#handles[cell * 2 + cls] = handle;
  }

  /** `high`: what is known beside a sample. */
  #boundBySet(cell: number, cls: number, handle: number, high: number): void {
    const size = this.sets.size(handle);
    this.#setBounds(cell, cls, size, this.sets.isWhole(handle) ? size : high, handle);
  }

  /** Cells of these buckets of which a class is not followed. */
  coldIn(buckets: ReadonlySet<number>): readonly number[] {
    const found: number[] = [];
    for (let cell = 0; cell < this.count; cell += 1) if (buckets.has(this.bucketOf(cell)) && this.isCold(cell)) found.push(cell);
    return found;
  }

  /** Whether the cell has rows of which the units of a class are not followed. */
  isCold(cell: number): boolean {
    return this.#counts[cell * 2] !== 0 && !(this.isFollowed(cell, false) && this.isFollowed(cell, true));
  }

  // Streaming: signed changes, then `settle`.

  /** Changes counts of a cell by one row. */
  weigh(cell: number, isHit: boolean, sign: 1 | -1): void {
    this.touch(cell);
    this.#counts[cell * 2]! += sign;
    if (isHit) this.#counts[cell * 2 + 1]! += sign;
  }

  /** Adds to the sum of a cell that is weighed or built beside. */
  addSum(cell: number, addend: number): void {
    const sum = this.#sums[cell]! + addend;
    if (!Number.isSafeInteger(sum) || !Number.isSafeInteger(addend)) this.isSumTooLarge = true;
    this.#sums[cell] = sum;
  }

  touch(cell: number): void {
    if (this.#marks[cell] === 1) return;
    this.#marks[cell] = 1;
    this.#touched.push(cell);
    for (let i = 0; i < measureOrder.length; i += 1) this.#before.push(this.measure(cell, i));
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
    const at = cell * 6 + (move.isHit ? 2 : 4);
    const handle = this.#handles[cell * 2 + cls]!;
    if (weight > 0) this.#bounds[at + 1] = Math.min(unbounded, this.#bounds[at + 1]! + 1);
    else this.#bounds[at] = Math.max(0, this.#bounds[at]! - 1);
    if (handle !== cold) {
      const next = weight > 0 ? this.sets.add(handle, unit, weight) : this.sets.remove(handle, unit, -weight);
      if (next === undefined) throw corrupt(this, "units");
      this.#boundBySet(cell, cls, next, this.#bounds[at + 1]!);
    }
    // A unit that has rows left or won in the other class is still, or was already, behind the cell.
    if (weight > 0 && move.other >= 0) this.#bounds[cell * 6 + 1] = Math.min(unbounded, this.#bounds[cell * 6 + 1]! + 1);
    if (weight < 0 && move.other <= 0) this.#bounds[cell * 6] = Math.max(0, this.#bounds[cell * 6]! - 1);
  }

  /** Since the last `takeChanges`. */
  get isTouched(): boolean {
    return this.#touched.length > 0;
  }

  /** Cells whose bounds do not decide. */
  undecided(): readonly number[] {
    const found: number[] = [];
    for (let cell = 0; cell < this.count; cell += 1) if (!this.#decides(cell)) found.push(cell);
    return found;
  }

  /** Tightens the bounds of all touched cells; returns those that do not decide. Throws when a weight is below 0. */
  settle(): readonly number[] {
    const undecided: number[] = [];
    for (const cell of this.#touched) {
      const n = this.#counts[cell * 2]!;
      const hit = this.#counts[cell * 2 + 1]!;
      if (n < 0 || hit < 0 || hit > n) throw corrupt(this, "rows");
      this.#clamp(cell, noneClass, n - hit);
      this.#clamp(cell, hitClass, hit);
      this.#setAny(cell, this.#bounds[cell * 6]!, Math.min(n, this.#bounds[cell * 6 + 1]!));
      if (!this.#decides(cell)) undecided.push(cell);
    }
    return undecided;
  }

  #clamp(cell: number, cls: number, rowCount: number): void {
    const handle = this.#handles[cell * 2 + cls]!;
    if (this.sets.isWhole(handle)) return;
    const at = cell * 6 + (cls === hitClass ? 2 : 4);
    if (rowCount === 0) {
      this.sets.free(handle);
      this.#setBounds(cell, cls, 0, 0, empty);
    } else this.#bounds[at + 1] = Math.min(this.#bounds[at + 1]!, rowCount);
  }

  #setAny(cell: number, low: number, high: number): void {
    const at = cell * 6;
    const hit = this.#handles[cell * 2 + hitClass]!;
    const none = this.#handles[cell * 2 + noneClass]!;
    if (this.sets.isWhole(hit) && this.sets.isWhole(none)) {
      const size = this.sets.unionSize(none, hit);
      this.#bounds[at] = size;
      this.#bounds[at + 1] = size;
      return;
    }
    // Members of two sets that are held are all behind the cell.
    const seen = hit === cold || none === cold ? 0 : this.sets.unionSize(none, hit);
    this.#bounds[at] = Math.max(low, seen, this.#bounds[at + 2]!, this.#bounds[at + 4]!);
    this.#bounds[at + 1] = Math.min(high, this.#bounds[at + 3]! + this.#bounds[at + 5]!);
  }

  #decides(cell: number): boolean {
    const pairs = this.ratio ? [0, 2, 4] : [0];
    return pairs.every((i) => this.#bounds[cell * 6 + i]! >= this.#k || this.#bounds[cell * 6 + i + 1]! < this.#k);
  }

  /** Whether the units of a class are held: all, or a sample that shows enough of them. */
  isFollowed(cell: number, isHit: boolean): boolean {
    const handle = this.#handles[cell * 2 + (isHit ? hitClass : noneClass)]!;
    return handle !== cold && (this.sets.isWhole(handle) || this.sets.size(handle) >= this.#k);
  }

  /** Sets a recounted cell: the units of each class; undefined: that class was followed. */
  recount(cell: number, none: number | undefined, hit: number | undefined): void {
    // Bounds that decide stay as they are stored: nothing is to be written. The next change makes them as narrow as the sets.
    const isBounded = this.#marks[cell] === 0 && this.#decides(cell);
    if (!isBounded) this.touch(cell);
    if (none !== undefined) this.#recountClass(cell, noneClass, none, isBounded);
    if (hit !== undefined) this.#recountClass(cell, hitClass, hit, isBounded);
    if (isBounded) return;
    this.#setAny(cell, 0, unbounded);
    assert(this.#decides(cell), "a recounted cell that decides");
  }

  #recountClass(cell: number, cls: number, handle: number, isBounded: boolean): void {
    this.sets.free(this.#handles[cell * 2 + cls]!);
    if (isBounded) this.#handles[cell * 2 + cls] = handle;
    else this.#boundBySet(cell, cls, handle, unbounded);
  }

  /**
   * Takes the units of a cell from the finer cells that it is made of, all of them in `others`. False, and nothing is changed, where
   * one of theirs is not held or what comes of them shows too few.
   */
  recountFrom(cell: number, finer: Cells, others: readonly number[]): boolean {
    const none = this.isFollowed(cell, false) ? undefined : this.#unionOf(finer, others, noneClass);
    const hit = this.isFollowed(cell, true) ? undefined : this.#unionOf(finer, others, hitClass);
    if (none !== cold && hit !== cold) {
      this.recount(cell, none, hit);
      return true;
    }
    for (const handle of [none, hit]) if (handle !== undefined) this.sets.free(handle);
    return false;
  }

  /** `cold` where it cannot be had. */
  #unionOf(finer: Cells, others: readonly number[], cls: number): number {
    let union = empty;
    for (const other of others) {
      const theirs = finer.#handles[other * 2 + cls]!;
      if (theirs === cold) {
        this.sets.free(union);
        return cold;
      }
      union = this.sets.unite(union, finer.sets, theirs);
    }
    if (this.sets.isWhole(union) || this.sets.size(union) >= this.#k) return union;
    this.sets.free(union);
    return cold;
  }

  /** What changed since the last call: cells and the signed changes of their measures (as many each as `measureOrder` names). */
  takeChanges(): { readonly list: readonly number[]; readonly changes: Float64Array } {
    const list: number[] = [];
    const changes: number[] = [];
    this.#touched.forEach((cell, i) => {
      this.#marks[cell] = 0;
      const change = measureOrder.map((_, m) => this.measure(cell, m) - this.#before[i * measureOrder.length + m]!);
      if (change.every((one) => one === 0)) return;
      list.push(cell);
      changes.push(...change);
    });
    this.#undo.take(this.#touched, this.#before);
    this.#touched = [];
    this.#before = [];
    return { list, changes: Float64Array.from(changes) };
  }

  /** What was taken is committed. */
  commit(): void {
    const changed = this.#undo.commit();
    if (changed === undefined) this.changes.note(undefined);
    else if (changed.length > 0) this.changes.note(new Set(changed.map((cell) => this.bucketOf(cell))));
  }

  /** The cells as they were committed last; undefined while they are built anew. Nothing of it may be kept beyond the turn. */
  committed(): { readonly count: number; measure(cell: number, index: number): number } | undefined {
    const before = this.#undo.before(this.#touched, this.#before);
    return before && { count: this.count, measure: (cell, index) => before(cell, index) ?? this.measure(cell, index) };
  }

  /** Puts in a stored cell, without sets. */
  restore(bucket: number, dims: readonly Int32Array[], row: number, measures: CellMeasures): void {
    const cell = this.find(bucket, dims, row);
    this.#counts[cell * 2] = measures.n;
    this.#counts[cell * 2 + 1] = measures.hit;
    if (this.metric.sum !== undefined) this.#sums[cell] = measures.total;
    const { anyLow, anyHigh, hitLow, hitHigh, noneLow, noneHigh } = measures;
    this.#bounds.set([anyLow, anyHigh, hitLow, hitHigh, noneLow, noneHigh], cell * 6);
    this.#handles[cell * 2] = measures.noneHigh === 0 ? empty : cold;
    this.#handles[cell * 2 + 1] = measures.hitHigh === 0 ? empty : cold;
  }

  /** Gives up the sets of all but the newest periods, those of at least `units` units; their bounds stay, exact as they are now. */
  coolOld(units: number): void {
    const periods: Record<CuboidSpec["grain"], number> = { hour: 48 * 60, day: 3, week: 7, month: 1, all: 0 };
    let newest = -Infinity;
    for (let cell = 0; cell < this.count; cell += 1) newest = Math.max(newest, this.bucketOf(cell));
    const bucket = newest - periods[this.cuboid.grain];
    for (let place = 0; place < this.count * 2; place += 1) {
      const handle = this.#handles[place]!;
      if (handle < 0 || this.bucketOf(place >> 1) >= bucket || this.sets.size(handle) < units) continue;
      this.sets.free(handle);
      this.#handles[place] = cold;
    }
    if (this.sets.reserved > this.sets.bytes * 2) this.sets.compact(this.#handles, this.count * 2);
  }

  /** Empties everything: the cells are built anew. */
  clear(): void {
    assert(this.#touched.length === 0, "no changes while cells are built anew");
    this.#undo.forget();
    for (let place = 0; place < this.count * 2; place += 1) this.sets.free(this.#handles[place]!);
    this.#keys.clear();
    this.#counts.fill(0);
    this.#sums.fill(0);
    this.#bounds.fill(0);
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
