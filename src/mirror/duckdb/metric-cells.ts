/**
 * All cuboids of one metric: built from rows once, then kept by signed changes. A cuboid that follows from a finer one is not built
 * from rows but from that one's cells. One that gets more cells than the limit while it is built is given up: how large it becomes is
 * known for certain only by building it.
 */
import { must } from "../../lib/assert.ts";
import type { Calendar } from "../calendar.ts";
import type { CellsSpec, CuboidSpec } from "../cuboid.ts";
import { Cells } from "./cells.ts";
import { sourcesOf } from "./derivation.ts";
import type { RefEnds } from "./ends.ts";
import type { Evaluated, MetricPlan, RowBatch } from "./evaluate.ts";
import type { Pacer } from "./pacer.ts";
import { newestBuckets, Recount } from "./recount.ts";
import type { MakeInts } from "./scratch.ts";
import { newInts, Scratch } from "./scratch.ts";

/** From here on the final number of cells is told from those so far; 1.5, because the first weeks may have more than the others. */
const projectFromCells = 20_000;
const projectFromDays = 3;
const projectedTimesMax = 1.5;

/** Minutes [from, to). */
export interface MinuteRange {
  readonly from: number;
  readonly to: number;
}

/** Every minute that a 32-bit column can hold, but for the mark of NULL. */
const allMinutes: MinuteRange = { from: -(2 ** 31) + 1, to: 2 ** 31 - 1 };

export class MetricCells {
  #plan: MetricPlan;
  #cuboids: Cells[];
  /** Entities on the paths of the metric. */
  readonly entities: ReadonlySet<string>;
  readonly #calendar: Calendar;
  readonly #k: number;
  readonly #cellsMax: number;
  /** By cuboid: index of the finer one that it is built from; undefined: from rows. */
  #sources: (number | undefined)[];
  /** Indices of cuboids that got too large in this build. */
  readonly #over = new Set<number>();
  #givenUp: readonly string[] = [];
  /** Minutes of the rows of this build so far. */
  #span = { from: Infinity, to: -Infinity };
  /** While cells are built. */
  #ends: ReadonlyMap<string, RefEnds> = new Map();
  #scratch = new Scratch();
  /** Set when the cells do not follow the rows any more (truncate, a great move): they are built anew before the commit. */
  stale = false;
  /** Rows of signed changes that were left when they were last summed. */
  summed = 0;

  constructor(plan: MetricPlan, spec: CellsSpec, calendar: Calendar, entities: ReadonlySet<string>) {
    this.#plan = plan;
    this.entities = entities;
    this.#calendar = calendar;
    this.#k = spec.k;
    this.#cellsMax = plan.spec.cellsMax ?? Infinity;
    this.#cuboids = plan.spec.cuboids.map((cuboid) => new Cells(plan.spec, cuboid, spec.k));
    this.#sources = sourcesOf(plan.spec.cuboids);
  }

  /** Its spec has the cuboids that are kept. */
  get plan(): MetricPlan {
    return this.#plan;
  }

  get cuboids(): readonly Cells[] {
    return this.#cuboids;
  }

  /** A sum that cannot be exact any more, for ever: it was beyond the whole numbers that a double holds. */
  get isSumTooLarge(): boolean {
    return this.cuboids.some((cells) => cells.isSumTooLarge);
  }

  get cellCount(): number {
    return this.cuboids.reduce((sum, cells) => sum + cells.count, 0);
  }

  /** `expected`: rows that are about to come. Until `finishBuild` no entity may change. */
  async startBuild(expected: number, pacer: Pacer): Promise<void> {
    // Looking at every entity once pays where the rows are about as many; of a filter's it is not known, but that they are fewer.
    const most = this.#plan.spec.filter.length === 0 ? expected * 2 : expected / 8;
    this.#ends = await this.#plan.ends(most, () => pacer.pause());
    this.#over.clear();
    this.#span = { from: Infinity, to: -Infinity };
    this.#sources = sourcesOf(this.#plan.spec.cuboids);
    for (const cells of this.cuboids) {
      cells.takeChanges();
      cells.clear();
    }
  }

  build(batch: RowBatch): void {
    this.#scratch.begin();
    const rows = this.#plan.evaluate(batch, { ends: this.#ends, scratch: this.#scratch });
    const buckets = new Buckets(rows, this.#calendar, this.#scratch.ints);
    this.cuboids.forEach((cells, c) => {
      if (this.#sources[c] !== undefined || this.#over.has(c)) return;
      const bucket = buckets.of(cells.cuboid.grain);
      const dims = dimsOf(rows, cells.cuboid);
      let cell = -1;
      for (let row = 0; row < rows.rowCount; row += 1) {
        // Rows come nearly in order of time: without dimensions the cell is mostly the last one.
        if (cell < 0 || dims.length > 0 || bucket[row] !== bucket[row - 1]) cell = cells.find(bucket[row]!, dims, row);
        cells.build(cell, rows.unit[row]!, rows.hit?.[row] === 1);
        if (rows.sum !== undefined) cells.addSum(cell, rows.sum[row]!);
      }
    });
    // Not before all have these rows: what was to follow from the one that is given up goes on from its cells.
    if (this.#cellsMax === Infinity) return;
    this.#widenSpan(rows);
    for (const [c, cells] of this.cuboids.entries()) if (!this.#over.has(c) && this.#isTooLarge(cells.count)) this.#giveUp(c);
  }

  #widenSpan({ minute, rowCount }: Evaluated): void {
    let { from, to } = this.#span;
    for (let row = 0; row < rowCount; row += 1) {
      const at = minute[row]!;
      if (at < from) from = at;
      if (at > to) to = at;
    }
    this.#span = { from, to };
  }

  /**
   * Larger than the limit, or so large for the time it spans that it is going to be by far: what cannot fit shall not fill the memory
   * first. Rows in no order span all of the time at once, so that they are never given up too early.
   */
  #isTooLarge(count: number): boolean {
    if (count > this.#cellsMax) return true;
    const days = (this.#span.to - this.#span.from) / 1_440;
    const expected = this.#plan.spec.days;
    if (expected === undefined || count < projectFromCells || days < projectFromDays) return false;
    return (count / days) * expected > this.#cellsMax * projectedTimesMax;
  }

  /** Cuboids that were to follow from this one take what it has, and are built from rows from here on. */
  #giveUp(c: number): void {
    const cells = must(this.#cuboids[c], "cuboid");
    for (const [other, source] of this.#sources.entries()) {
      if (source !== c) continue;
      this.#derive(must(this.#cuboids[other], "cuboid"), cells);
      this.#sources[other] = undefined;
    }
    this.#release(c);
  }

  #release(c: number): void {
    this.#over.add(c);
    this.#sources[c] = undefined;
    const cells = new Cells(this.#plan.spec, must(this.#cuboids[c], "cuboid").cuboid, this.#k);
    // Nobody is to take it for one without cells.
    cells.clear();
    this.#cuboids[c] = cells;
  }

  finishBuild(): void {
    // Indices in an order in which the finer one comes first.
    const order: number[] = [];
    const visit = (c: number): void => {
      if (order.includes(c)) return;
      const source = this.#sources[c];
      if (source !== undefined) visit(source);
      order.push(c);
    };
    this.cuboids.forEach((_, c) => visit(c));
    // As soon as nothing follows from it any more: what a build holds of a cuboid is more than what is kept.
    const end = (c: number): void => {
      if (must(this.cuboids[c], "cuboid").count > this.#cellsMax) this.#release(c);
      must(this.cuboids[c], "cuboid").finish();
    };
    const followers = this.cuboids.map((_, c) => this.#sources.filter((source) => source === c).length);
    for (const c of order) {
      const source = this.#sources[c];
      if (source !== undefined) {
        this.#derive(must(this.cuboids[c], "cuboid"), must(this.cuboids[source], "cuboid"));
        followers[source]! -= 1;
        if (followers[source] === 0) end(source);
      }
      if (followers[c] === 0) end(c);
    }
    this.#ends = new Map();
    this.#scratch = new Scratch();
    this.stale = false;
  }

  /** After `finishBuild`: leaves out what was given up. True when something was: the store's tables are then others. */
  dropGivenUp(): boolean {
    if (this.#over.size === 0) return false;
    const isKept = (_: unknown, c: number): boolean => !this.#over.has(c);
    const { spec } = this.#plan;
    this.#givenUp = [...this.#givenUp, ...[...this.#over].map((c) => must(spec.cuboids[c], "cuboid").id)];
    this.#plan = { ...this.#plan, spec: { ...spec, cuboids: spec.cuboids.filter(isKept) } };
    this.#cuboids = this.#cuboids.filter(isKept);
    this.#sources = sourcesOf(this.#plan.spec.cuboids);
    this.#over.clear();
    return true;
  }

  /** Ids of cuboids that were given up since the last call. */
  takeGivenUp(): readonly string[] {
    const ids = this.#givenUp;
    this.#givenUp = [];
    return ids;
  }

  #derive(coarse: Cells, fine: Cells): void {
    const coarseOf = this.coarseCell(coarse, fine);
    for (let other = 0; other < fine.count; other += 1) coarse.absorb(coarseOf(other), fine, other);
  }

  /** For a cell of `fine` the cell of `coarse` that it is a part of. */
  coarseCell(coarse: Cells, fine: Cells): (other: number) => number {
    const places = coarse.cuboid.dimensions.map((dimension) => fine.cuboid.dimensions.indexOf(dimension));
    const dims = places.map(() => new Int32Array(1));
    return (other) => {
      const bucket = coarser(this.#calendar, fine.cuboid.grain, coarse.cuboid.grain, fine.bucketOf(other));
      for (let i = 0; i < places.length; i += 1) dims[i]![0] = fine.dimOf(other, places[i]!);
      return coarse.find(bucket, dims, 0);
    };
  }

  /** The finer cuboid that this one follows from; undefined: from rows. */
  sourceOf(cells: Cells): Cells | undefined {
    const source = this.#sources[this.cuboids.indexOf(cells)];
    return source === undefined ? undefined : this.cuboids[source];
  }

  /** Takes rows out of the cells and puts rows in. */
  apply(removed: readonly Evaluated[], added: readonly Evaluated[]): void {
    const minus = removed
      .filter((rows) => rows.rowCount > 0)
      .map((rows) => ({ rows, sign: -1 as const, buckets: new Buckets(rows, this.#calendar) }));
    const plus = added
      .filter((rows) => rows.rowCount > 0)
      .map((rows) => ({ rows, sign: 1 as const, buckets: new Buckets(rows, this.#calendar) }));
    const work = [...minus, ...plus];
    if (work.length === 0) return;
    for (const cells of this.cuboids) {
      // Net rows by cell, class and unit: a row that stays where it is must not look like a unit that left.
      const nets = minus.length === 0 ? undefined : new Map<number, number>();
      for (const { rows, sign, buckets } of work) {
        const bucket = buckets.of(cells.cuboid.grain);
        const dims = dimsOf(rows, cells.cuboid);
        for (let row = 0; row < rows.rowCount; row += 1) {
          const cell = cells.find(bucket[row]!, dims, row);
          const isHit = rows.hit?.[row] === 1;
          cells.weigh(cell, isHit, sign);
          if (rows.sum !== undefined) cells.addSum(cell, sign * rows.sum[row]!);
          const unit = rows.unit[row]!;
          if (unit < 0) continue;
          if (nets === undefined) cells.moveUnit({ cell, isHit, unit, weight: 1, other: 0 });
          else {
            const key = netKey(cell, isHit, unit);
            nets.set(key, (nets.get(key) ?? 0) + sign);
          }
        }
      }
      if (nets !== undefined) applyNets(cells, nets);
    }
  }

  /** After `apply`: cells whose bounds do not decide, by cuboid. */
  settle(): ReadonlyMap<Cells, readonly number[]> {
    const undecided = new Map<Cells, readonly number[]>();
    for (const cells of this.cuboids) {
      const list = cells.settle();
      if (list.length > 0) undecided.set(cells, list);
    }
    return undecided;
  }

  /** Cells of the newest periods whose units are not known though they may be few, by cuboid. */
  coldNow(): ReadonlyMap<Cells, readonly number[]> {
    const found = new Map<Cells, readonly number[]>();
    for (const cells of this.cuboids) {
      const list = cells.coldIn(newestBuckets(cells));
      if (list.length > 0) found.set(cells, list);
    }
    return found;
  }

  /** Minutes whose rows can be in these cells, as few ranges as are apart. */
  rangesOf(undecided: ReadonlyMap<Cells, readonly number[]>): readonly MinuteRange[] {
    const ranges: MinuteRange[] = [];
    for (const [cells, list] of undecided) {
      const { grain } = cells.cuboid;
      if (grain === "all") return [allMinutes];
      for (const bucket of new Set(list.map((cell) => cells.bucketOf(cell))))
        ranges.push({ from: this.#calendar.startOf(grain, bucket), to: this.#calendar.endOf(grain, bucket) });
    }
    return mergedRanges(ranges);
  }

  /** Undecided cells, and all cells of their periods that may be small: the next change of one would ask for the same scan. */
  withPeriods(undecided: ReadonlyMap<Cells, readonly number[]>): ReadonlyMap<Cells, readonly number[]> {
    const cellsOf = (cells: Cells, some: readonly number[]): readonly number[] => [
      ...new Set([...some, ...cells.coldIn(new Set(some.map((cell) => cells.bucketOf(cell))))]),
    ];
    return new Map([...undecided].map(([cells, some]) => [cells, cellsOf(cells, some)]));
  }

  /** Recounts cells from all rows of their ranges, given in any batches. */
  recounter(lists: ReadonlyMap<Cells, readonly number[]>): { add(rows: Evaluated): void; finish(): void } {
    const targets = [...lists].map(([cells, list]) => new Recount(cells, list));
    const add = (rows: Evaluated): void => {
      const buckets = new Buckets(rows, this.#calendar);
      for (const target of targets) target.add(rows, buckets.of(target.cells.cuboid.grain), dimsOf(rows, target.cells.cuboid));
    };
    const finish = (): void => {
      for (const target of targets) target.finish();
    };
    return { add, finish };
  }
}

/** Cells and units in one number: 21 bits of cells, 1 of class, 31 of unit. */
function netKey(cell: number, isHit: boolean, unit: number): number {
  return (cell * 2 + (isHit ? 1 : 0)) * 2 ** 31 + unit;
}

function applyNets(cells: Cells, nets: ReadonlyMap<number, number>): void {
  // Departures first: they make room in bounded sets.
  for (const sign of [-1, 1]) {
    for (const [key, weight] of nets) {
      if (Math.sign(weight) !== sign) continue;
      const unit = key % 2 ** 31;
      const place = (key - unit) / 2 ** 31;
      const isHit = place % 2 === 1;
      const cell = (place - (isHit ? 1 : 0)) / 2;
      cells.moveUnit({ cell, isHit, unit, weight, other: nets.get(netKey(cell, !isHit, unit)) ?? 0 });
    }
  }
}

/** Buckets of rows by grain, each computed once. */
class Buckets {
  readonly #rows: Evaluated;
  readonly #calendar: Calendar;
  readonly #make: MakeInts;
  readonly #known = new Map<CuboidSpec["grain"], Int32Array>();

  constructor(rows: Evaluated, calendar: Calendar, make: MakeInts = newInts) {
    this.#rows = rows;
    this.#calendar = calendar;
    this.#make = make;
  }

  of(grain: CuboidSpec["grain"]): Int32Array {
    let buckets = this.#known.get(grain);
    if (buckets === undefined) {
      const { minute, rowCount } = this.#rows;
      buckets = this.#make(rowCount);
      // Rows come nearly in order of time, and times are truncated: the next one is mostly the same.
      let last: number | undefined;
      let bucket = 0;
      for (let row = 0; row < rowCount; row += 1) {
        const at = minute[row]!;
        if (at !== last) bucket = this.#calendar.bucketOf(grain, at);
        last = at;
        buckets[row] = bucket;
      }
      this.#known.set(grain, buckets);
    }
    return buckets;
  }
}

function dimsOf(rows: Evaluated, cuboid: CuboidSpec): readonly Int32Array[] {
  return cuboid.dimensions.map((dimension) => must(rows.dims[dimension], "dimension"));
}

function coarser(calendar: Calendar, from: CuboidSpec["grain"], to: CuboidSpec["grain"], bucket: number): number {
  if (from === to || from === "all") return bucket;
  return calendar.bucketOf(to, from === "hour" ? bucket : calendar.startOf(from, bucket));
}

function mergedRanges(ranges: readonly MinuteRange[]): readonly MinuteRange[] {
  const sorted = ranges.toSorted((a, b) => a.from - b.from);
  const merged: { from: number; to: number }[] = [];
  for (const range of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && range.from <= last.to) last.to = Math.max(last.to, range.to);
    else merged.push({ ...range });
  }
  return merged;
}
