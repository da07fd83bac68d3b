/** Units of some cells of one cuboid, counted from rows: what bounds do not decide any more. */
import type { Cells } from "./cells.ts";
import type { Evaluated } from "./evaluate.ts";
import type { Grain } from "../cuboid.ts";
import { empty } from "./unit-sets.ts";

interface Asked {
  readonly cell: number;
  /** Sets of the classes that are counted; undefined: followed already. */
  none: number | undefined;
  hit: number | undefined;
}

export class Recount {
  readonly cells: Cells;
  readonly #buckets: ReadonlySet<number>;
  readonly #list: readonly Asked[];
  /** By cell: one more than its place in the list; 0 where it is not asked for. */
  readonly #places: Int32Array;

  constructor(cells: Cells, list: readonly number[]) {
    this.cells = cells;
    this.#buckets = new Set(list.map((cell) => cells.bucketOf(cell)));
    this.#places = new Int32Array(cells.count);
    for (const [i, cell] of list.entries()) this.#places[cell] = i + 1;
    const wanted = (cell: number, isHit: boolean): number | undefined => (cells.isFollowed(cell, isHit) ? undefined : empty);
    this.#list = list.map((cell) => ({ cell, none: wanted(cell, false), hit: wanted(cell, true) }));
  }

  /** `bucket` and `dims` are those of the cuboid. */
  add(rows: Evaluated, bucket: Int32Array, dims: readonly Int32Array[]): void {
    const { sets } = this.cells;
    let last: number | undefined;
    let isAsked = false;
    for (let row = 0; row < rows.rowCount; row += 1) {
      // Rows come nearly in order of time: most are of a period that was looked at just before, and of one that is not asked for.
      const at = bucket[row]!;
      if (at !== last) isAsked = this.#buckets.has(at);
      last = at;
      const unit = rows.unit[row]!;
      if (!isAsked || unit < 0) continue;
      const asked = this.#list[(this.#places[this.cells.find(at, dims, row)] ?? 0) - 1];
      if (asked === undefined) continue;
      if (rows.hit?.[row] === 1) asked.hit = asked.hit === undefined ? undefined : sets.add(asked.hit, unit, 1);
      else asked.none = asked.none === undefined ? undefined : sets.add(asked.none, unit, 1);
    }
  }

  finish(): void {
    for (const { cell, none, hit } of this.#list) this.cells.recount(cell, none, hit);
  }
}

const newestPeriods: Record<Grain | "all", number> = { hour: 24 * 60, day: 1, week: 0, month: 0, all: 0 };

/** Buckets of the newest periods, which the next changes are going to be of. */
export function newestBuckets(cells: Cells): ReadonlySet<number> {
  let newest = -Infinity;
  for (let cell = 0; cell < cells.count; cell += 1) newest = Math.max(newest, cells.bucketOf(cell));
  const buckets = new Set<number>();
  for (let cell = 0; cell < cells.count; cell += 1)
    if (cells.bucketOf(cell) >= newest - newestPeriods[cells.cuboid.grain]) buckets.add(cells.bucketOf(cell));
  return buckets;
}
