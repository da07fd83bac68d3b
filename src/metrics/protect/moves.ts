/**
 * Moves: rows that could stand elsewhere without any number that is told being another. A move shifts rows between the corners of
 * a cube: along some dimensions and perhaps along time, with the sign changing at every edge, so that whatever adds up over one of
 * these axes stays as it is. Only nodes that tell all these axes apart see it; there, every corner must be withheld.
 */
import { assert } from "../../lib/assert.ts";
import type { Block, Node } from "./block.ts";
import { cellAt } from "./block.ts";

/** What rows of one kind may do, by node and cell. */
export interface Kind {
  /** Withheld cells (1), which may change. */
  readonly hidden: readonly Uint8Array[];
  /** How many rows can go, and come, for all that anybody knows. */
  readonly down: readonly Float64Array[];
  readonly up: readonly Float64Array[];
}

export type Slots = readonly [number] | readonly [number, number];

export interface Cube {
  readonly axes: readonly number[];
  /** A slot, and another one when time is an axis. */
  readonly slots: Slots;
  /** One value of every dimension; those that are neither axes nor in `fixed` are looked for. */
  readonly values: number[];
  /** By dimension that is an axis: the value at the other end. */
  readonly others: readonly number[];
}

/** Cells that a search may withhold on its way, and what that costs. */
export interface Allowance {
  /** Of nodes without free dimensions only, or of all. */
  readonly everywhere: boolean;
  /** By node, 1: what is told of it stays so. */
  readonly spared?: Uint8Array | undefined;
}

interface Layer {
  readonly nodes: readonly number[];
  /** Cells of the corners, node after node; the sign alternates by the number of edges walked. */
  readonly cells: Int32Array;
}

/** What all cubes with the same axes have in common, whatever their values: made once. */
interface Plan {
  /** Dimensions whose values are looked for, one after the other. */
  readonly free: readonly number[];
  /** By how many of them are known: the nodes that are then decided. None: nobody sees such a move. */
  readonly layers: readonly Layer[];
  readonly corners: number;
}

export interface Move {
  readonly kind: Kind;
  readonly cube: Cube;
  readonly fixed: readonly number[];
  readonly sign: 1 | -1;
  readonly wanted: number;
  readonly allowance?: Allowance | undefined;
  readonly seen?: ((node: number, cell: number) => void) | undefined;
}

export class Search {
  readonly #block: Block;
  readonly #plans = new Map<number, Plan>();
  /** Tries left; a search that has none left has found nothing more. */
  budget = 0;
  /** Changes to capacities that are to be taken back. */
  #undoArrays: Float64Array[] = [];
  #undoCells: number[] = [];
  #undoValues: number[] = [];

  constructor(block: Block) {
    this.#block = block;
    assert(block.sizes.length <= 12 && block.levels.length <= 6, "a block whose plans have numbers");
  }

  /**
   * How many rows (at most `wanted`) can be moved by the cube and its like with other values of the free dimensions; `sign` is that
   * of the corner at `values`. What is found is taken from the capacities until `restore`. `seen` is given each withheld or to be
   * withheld cell of a move that was found; without `allowance` only withheld ones may be in it.
   */
  run(move: Move): number {
    const plan = this.#planOf(move.cube, move.fixed);
    return plan.layers.length === 0 ? move.wanted : this.#descend(move, plan, 0, Infinity, move.wanted);
  }

  #planOf({ axes, slots }: Cube, fixed: readonly number[]): Plan {
    const slot = slots[0];
    const other = slots[1];
    const { levels } = this.#block;
    let apart = 0;
    for (let level = 0; level < levels.length; level += 1)
      if (other === undefined || levels[level]![slot] !== levels[level]![other]) apart |= 1 << level;
    const key = ((maskOf(axes) * 4_096 + maskOf(fixed)) * 64 + apart) * 2 + slots.length - 1;
    let plan = this.#plans.get(key);
    if (plan === undefined) {
      plan = this.#makePlan(axes, fixed, apart, 2 ** (axes.length + slots.length - 1));
      this.#plans.set(key, plan);
    }
    return plan;
  }

  /** `apart`: levels (bits) at which the cube's slots are of different periods. */
  #makePlan(axes: readonly number[], fixed: readonly number[], apart: number, corners: number): Plan {
    const { nodes, sizes } = this.#block;
    const dimensionsOf = (index: number): readonly number[] => nodes[index]!.dimensions;
    const affected = nodes.flatMap((node, index) =>
      axes.every((axis) => node.dimensions.includes(axis)) && ((apart >> node.level) & 1) === 1 ? [index] : [],
    );
    const known = new Set([...axes, ...fixed]);
    const free: number[] = [];
    const steps = [affected.filter((index) => dimensionsOf(index).every((dimension) => known.has(dimension)))];
    for (const dimension of sizes.keys()) {
      if (known.has(dimension) || !affected.some((index) => dimensionsOf(index).includes(dimension))) continue;
      known.add(dimension);
      free.push(dimension);
      steps.push(affected.filter((index) => dimensionsOf(index).includes(dimension) && dimensionsOf(index).every((one) => known.has(one))));
    }
    const layers = steps.map((own) => ({ nodes: own, cells: new Int32Array(own.length * corners) }));
    return { free, layers: affected.length === 0 ? [] : layers, corners };
  }

  #descend(move: Move, plan: Plan, depth: number, limitAbove: number, wanted: number): number {
    this.budget -= 1;
    if (this.budget < 0) return 0;
    const limit = Math.min(limitAbove, this.#capacity(move, plan, depth));
    if (limit <= 0) return 0;
    const dimension = plan.free[depth];
    if (dimension === undefined) {
      const amount = Math.min(limit, wanted);
      this.#take(move, plan, amount);
      return amount;
    }
    let found = 0;
    for (let value = 0; value < this.#block.sizes[dimension]! && found < wanted && found < limit; value += 1) {
      move.cube.values[dimension] = value;
      found += this.#descend(move, plan, depth + 1, limit - found, wanted - found);
      if (this.budget < 0) break;
    }
    return found;
  }

  /** The least of what the corners of a layer's nodes can give and take; 0 where a cell is told that would change. */
  #capacity({ kind, cube, sign, allowance }: Move, { layers, corners }: Plan, depth: number): number {
    const { nodes, cells } = layers[depth]!;
    const mayHide = allowance !== undefined && (allowance.everywhere || depth === 0);
    let least = Infinity;
    for (let i = 0; i < nodes.length; i += 1) {
      const index = nodes[i]!;
      const node = this.#block.nodes[index]!;
      const hidden = kind.hidden[index]!;
      const up = kind.up[index]!;
      const down = kind.down[index]!;
      const isSpared = allowance?.spared?.[index] === 1;
      for (let corner = 0; corner < corners; corner += 1) {
        const cell = this.#corner(node, cube, corner);
        cells[i * corners + corner] = cell;
        if (hidden[cell] === 0 && (!mayHide || isSpared)) return 0;
        const limit = (signOf(corner) * sign > 0 ? up : down)[cell]!;
        if (limit < least) least = limit;
        if (least <= 0) return 0;
      }
    }
    return least;
  }

  #corner(node: Node, cube: Cube, corner: number): number {
    const values = cube.values;
    let bits = corner;
    let slot = cube.slots[0];
    if (cube.slots.length === 2) {
      if ((bits & 1) === 1) slot = cube.slots[1];
      bits >>= 1;
    }
    let cell = cellAt(node, this.#block.levels[node.level]![slot]!, values);
    for (const axis of cube.axes) {
      if ((bits & 1) === 1) cell += node.strides[axis]! * (cube.others[axis]! - values[axis]!);
      bits >>= 1;
    }
    return cell;
  }

  #take({ kind, sign, seen }: Move, { layers, corners }: Plan, amount: number): void {
    for (const { nodes, cells } of layers) {
      for (const [i, index] of nodes.entries()) {
        for (let corner = 0; corner < corners; corner += 1) {
          const cell = cells[i * corners + corner]!;
          const isUp = signOf(corner) * sign > 0;
          this.#change((isUp ? kind.up : kind.down)[index]!, cell, -amount);
          this.#change((isUp ? kind.down : kind.up)[index]!, cell, amount);
          seen?.(index, cell);
        }
      }
    }
  }

  #change(array: Float64Array, cell: number, by: number): void {
    this.#undoArrays.push(array);
    this.#undoCells.push(cell);
    this.#undoValues.push(array[cell]!);
    array[cell]! += by;
  }

  /** What was taken stays so: the capacities are those of another table that all told numbers fit, too. */
  keep(): void {
    this.#undoArrays = [];
    this.#undoCells = [];
    this.#undoValues = [];
  }

  restore(): void {
    for (let last = this.#undoArrays.length - 1; last >= 0; last -= 1)
      this.#undoArrays[last]![this.#undoCells[last]!] = this.#undoValues[last]!;
    if (this.#undoArrays.length > 0) this.keep();
  }
}

function maskOf(dimensions: readonly number[]): number {
  let mask = 0;
  for (let i = 0; i < dimensions.length; i += 1) mask |= 1 << dimensions[i]!;
  return mask;
}

/** 1 where the number of edges that were walked to the corner is even. */
function signOf(corner: number): 1 | -1 {
  let bits = corner;
  bits ^= bits >> 8;
  bits ^= bits >> 4;
  bits ^= bits >> 2;
  bits ^= bits >> 1;
  return (bits & 1) === 0 ? 1 : -1;
}
