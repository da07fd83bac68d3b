/** Counting entities by combinations of dimension values: what distinct, share and retention have in common. Pure functions over refs. */
import type { DimensionReading } from "../../mirror/reading.ts";

/** Looks something up by ref. */
export type ByRef = (ref: number) => number;

/** How counted entities are told apart, which are left out, and who is protected. Integers of dimensions are those of mirror/layout.ts. */
export interface Split {
  readonly dimensions: readonly DimensionReading[];
  readonly filters: readonly { readonly of: DimensionReading; readonly codes: ReadonlySet<number> }[];
  /** Refs given out. */
  readonly count: number;
  /** The protected unit's ref; negative: none. */
  readonly unit: ByRef;
  readonly k: number;
  /** More combinations than this are refused: `metrics/too-many-cells`. */
  readonly groupsMax: number;
}

/** By group, the first k distinct units: exactly whether there are at least k, and no more than that. */
export class Units {
  readonly #k: number;
  #known = new Uint16Array(16);
  #refs: Int32Array;

  constructor(k: number) {
    this.#k = k;
    this.#refs = new Int32Array(16 * k);
  }

  /** `unit` is asked for only while it is not known that there are k. */
  add(group: number, unit: ByRef, ref: number): void {
    if (group >= this.#known.length) this.#widen(group);
    const known = this.#known[group] ?? 0;
    if (known >= this.#k) return;
    const found = unit(ref);
    if (found < 0) return;
    const start = group * this.#k;
    for (let i = start; i < start + known; i++) if (this.#refs[i] === found) return;
    this.#refs[start + known] = found;
    this.#known[group] = known + 1;
  }

  atLeastK(group: number): boolean {
    return (this.#known[group] ?? 0) >= this.#k;
  }

  #widen(group: number): void {
    const length = Math.max(group + 1, this.#known.length * 2);
    const known = new Uint16Array(length);
    known.set(this.#known);
    this.#known = known;
    const refs = new Int32Array(length * this.#k);
    refs.set(this.#refs);
    this.#refs = refs;
  }
}
