/**
 * What rows reach over one of their refs, worked out once per entity instead of once per row: entities with the same dimensions at
 * the ends of their paths, and a unit or none, form a group. A row then costs one look at its entity's group, where following
 * the paths costs one far place in memory per step. Holds for as long as no entity changes, so for a build.
 */
import type { MakeInts } from "./scratch.ts";
import { missingRef, noRef } from "./stored.ts";

/** Groups of rows whose ref is NULL, or whose entity is missing. */
const nullGroup = 0;
const missingGroup = 1;

export interface RefEnds {
  /** Ref column of the row. */
  readonly ref: string;
  /** Group by ref; refs beyond it are of missing entities. */
  readonly groups: Uint16Array | Int32Array;
  /** By dimension of the metric, where its path begins with this ref: its integer, by group. */
  readonly dims: readonly (Int32Array | undefined)[];
  /** Where the unit's path begins with this ref, and is the ref itself or one held by its entity. */
  readonly unit: UnitEnds | undefined;
}

interface UnitEnds {
  /** By group: noRef, missingRef, or 0 where there is one. */
  readonly states: Int32Array;
  /** Refs that the entity holds; undefined: the entity is the unit. Asked for anew each time: memory grows. */
  readonly held: () => Int32Array | undefined;
}

export class EndsBuilder {
  readonly #ref: string;
  #groups: Uint16Array | Int32Array;
  /** By group. */
  readonly #dims: number[][];
  readonly #units: number[];
  /** By parent (a group of fewer dimensions) and value: the group of one more. */
  readonly #pairs = new Pairs();
  readonly #groupOfLeaf: (number | undefined)[] = [];

  /** `marks`: integers of each dimension for a NULL ref and for a missing entity. */
  constructor(ref: string, size: number, marks: { readonly nulls: readonly number[]; readonly missing: readonly number[] }) {
    this.#ref = ref;
    this.#groups = new Uint16Array(size);
    this.#dims = marks.nulls.map((value, i) => [value, marks.missing[i] ?? 0]);
    this.#units = [noRef, missingRef];
  }

  /** Entities from ref `from` on. `dims[i]` undefined: not over this ref. */
  add(from: number, dims: readonly (Int32Array | undefined)[], unit: Int32Array | undefined): void {
    const count = (unit ?? dims.find((one) => one !== undefined))?.length ?? 0;
    const over = dims.filter((one) => one !== undefined);
    for (let row = 0; row < count; row += 1) {
      const state = unit === undefined ? 0 : Math.min(0, unit[row]!);
      let leaf = this.#pairs.idOf(0, -state);
      for (let i = 0; i < over.length; i += 1) leaf = this.#pairs.idOf(leaf, over[i]![row]!);
      const group = this.#groupOfLeaf[leaf] ?? this.#make(leaf, dims, row, state);
      this.#groups[from + row] = group;
    }
  }

  #make(leaf: number, dims: readonly (Int32Array | undefined)[], row: number, state: number): number {
    const group = this.#units.length;
    this.#groupOfLeaf[leaf] = group;
    this.#units.push(state);
    for (const [i, values] of dims.entries()) this.#dims[i]?.push(values?.[row] ?? 0);
    if (group === 0xffff && this.#groups instanceof Uint16Array) this.#groups = Int32Array.from(this.#groups);
    return group;
  }

  finish(unit: Pick<UnitEnds, "held"> | undefined, isOver: readonly boolean[]): RefEnds {
    return {
      ref: this.#ref,
      groups: this.#groups,
      dims: this.#dims.map((values, i) => (isOver[i] === true ? Int32Array.from(values) : undefined)),
      unit: unit === undefined ? undefined : { states: Int32Array.from(this.#units), held: unit.held },
    };
  }
}

/** Pairs of numbers as dense numbers from 1 on: small ones by place, others by a map. */
class Pairs {
  readonly #near: (Int32Array | undefined)[] = [];
  readonly #far = new Map<number, number>();
  #count = 0;

  idOf(a: number, b: number): number {
    if (a >= nearMax || b >= nearMax) return this.#farOf(a * 2 ** 27 + b);
    let row = this.#near[a];
    if (row === undefined) {
      row = new Int32Array(nearMax);
      this.#near[a] = row;
    }
    const known = row[b]!;
    if (known !== 0) return known;
    this.#count += 1;
    row[b] = this.#count;
    return this.#count;
  }

  #farOf(key: number): number {
    const known = this.#far.get(key);
    if (known !== undefined) return known;
    this.#count += 1;
    this.#far.set(key, this.#count);
    return this.#count;
  }
}

/** At most four bytes times its square. */
const nearMax = 1_024;

/** Group of each row. */
export function groupsOf(ends: RefEnds, refs: Int32Array, make: MakeInts): Int32Array {
  const { groups } = ends;
  const out = make(refs.length);
  for (let row = 0; row < refs.length; row += 1) {
    const ref = refs[row]!;
    out[row] = ref < 0 ? nullGroup : ref < groups.length ? groups[ref]! : missingGroup;
  }
  return out;
}

export function lookedUp(values: Int32Array, groups: Int32Array, make: MakeInts): Int32Array {
  const out = make(groups.length);
  for (let row = 0; row < groups.length; row += 1) out[row] = values[groups[row]!]!;
  return out;
}

/** Unit of each row: its ref, `noRef` where a ref is NULL, `missingRef` where an entity is missing. */
export function unitsOf(unit: UnitEnds, groups: Int32Array, refs: Int32Array, make: MakeInts): Int32Array {
  const { states } = unit;
  const held = unit.held();
  const out = make(groups.length);
  for (let row = 0; row < groups.length; row += 1) {
    const state = states[groups[row]!]!;
    if (state < 0) out[row] = state;
    else out[row] = held === undefined ? refs[row]! : held[refs[row]!]!;
  }
  return out;
}
