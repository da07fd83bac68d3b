/** Counting entities by combinations of dimension values: what distinct, share and retention have in common. Pure functions over refs. */
import { assert } from "../../lib/assert.ts";
import { VitrineError } from "../../model/error.ts";

/** Looks something up by ref. */
export type ByRef = (ref: number) => number;

/** How counted entities are told apart, which are left out, and who is protected. Integers of dimensions are those of mirror/layout.ts. */
export interface Split {
  readonly dimensions: readonly ByRef[];
  readonly filters: readonly { readonly of: ByRef; readonly codes: ReadonlySet<number> }[];
  /** The protected unit's ref; negative: none. */
  readonly unit: ByRef;
  readonly k: number;
  /** More combinations than this are refused: `metrics/too-many-cells`. */
  readonly groupsMax: number;
}

/** Whether all filters let an entity through. */
export function passes(filters: Split["filters"], ref: number): boolean {
  for (const { of, codes } of filters) if (!codes.has(of(ref))) return false;
  return true;
}

/** Codes up to here are looked up in an array; texts' codes are nearly always below it. */
const nearMax = 1 << 16;

/**
 * Gives a small number to each combination of integers, step by step: `child(child(root, a), b)`. The root is 0; numbers rise by one
 * with every new combination, inner ones included.
 */
export class Groups {
  static readonly root = 0;
  readonly #near: Int32Array[] = [new Int32Array(0)];
  readonly #far = new Map<number, Map<number, number>>();
  readonly #parents: number[] = [-1];
  readonly #codes: number[] = [0];
  readonly #max: number;

  /** Throws `metrics/too-many-cells` above `max` combinations. */
  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#parents.length;
  }

  child(parent: number, code: number): number {
    if (code < nearMax) {
      const table = this.#near[parent];
      const found = table === undefined || code >= table.length ? 0 : (table[code] ?? 0);
      return found === 0 ? this.#add(parent, code) : found;
    }
    return this.#far.get(parent)?.get(code) ?? this.#add(parent, code);
  }

  /** The integers that lead to a number, first to last. */
  codesOf(group: number): readonly number[] {
    const codes: number[] = [];
    for (let at = group; at > 0; at = this.#parents[at] ?? -1) codes.unshift(this.#codes[at] ?? 0);
    return codes;
  }

  #add(parent: number, code: number): number {
    assert(code >= 0, "a dimension's integer below 0");
    const group = this.#parents.length;
    if (group > this.#max) {
      throw new VitrineError("metrics/too-many-cells", { message: `The answer would have more than ${this.#max} cells.` });
    }
    this.#parents.push(parent);
    this.#codes.push(code);
    this.#near.push(new Int32Array(0));
    if (code >= nearMax) {
      const map = this.#far.get(parent) ?? new Map<number, number>();
      this.#far.set(parent, map.set(code, group));
      return group;
    }
    let table = this.#near[parent] ?? new Int32Array(0);
    if (code >= table.length) {
      const wider = new Int32Array(Math.min(nearMax, Math.max(16, 2 * (code + 1))));
      wider.set(table);
      table = wider;
      this.#near[parent] = table;
    }
    table[code] = group;
    return group;
  }
}

/** The group of an entity below `start`. */
export function groupOf(groups: Groups, start: number, dimensions: readonly ByRef[], ref: number): number {
  let group = start;
  for (const dimension of dimensions) group = groups.child(group, dimension(ref));
  return group;
}

/** Numbers by group that grow as groups come. */
export class Counts {
  #values = new Float64Array(16);

  add(index: number): void {
    if (index >= this.#values.length) {
      const wider = new Float64Array(Math.max(index + 1, this.#values.length * 2));
      wider.set(this.#values);
      this.#values = wider;
    }
    this.#values[index] = (this.#values[index] ?? 0) + 1;
  }

  at(index: number): number {
    return this.#values[index] ?? 0;
  }
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
