/**
 * Moves: rows that could stand elsewhere without any number that is told being another. A move shifts rows between the corners of
 * a cube: along some dimensions and perhaps along time, with the sign changing at every edge, so that whatever adds up over one of
 * these axes stays as it is. Only nodes that tell all these axes apart see it; there, every corner must be withheld.
 */
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
}

interface Layer {
  /** Cells of the corners, node after node; the sign alternates by the number of edges walked. */
  readonly cells: Int32Array;
  readonly nodes: readonly number[];
  corners: number;
}

export class Search {
  readonly #block: Block;
  readonly #supersets = new Map<number, readonly number[]>();
  /** Tries left; a search that has none left has found nothing more. */
  budget = 0;
  /** Changes to capacities that are to be taken back. */
  readonly #undo: { array: Float64Array; cell: number; by: number }[] = [];

  constructor(block: Block) {
    this.#block = block;
  }

  /** Nodes that have all of the dimensions. */
  nodesWith(axes: readonly number[]): readonly number[] {
    const mask = axes.reduce((bits, axis) => bits | (1 << axis), 0);
    let found = this.#supersets.get(mask);
    if (found === undefined) {
      found = this.#block.nodes.flatMap((node, i) => (axes.every((axis) => node.dimensions.includes(axis)) ? [i] : []));
      this.#supersets.set(mask, found);
    }
    return found;
  }

  /**
   * How many rows (at most `wanted`) can be moved by the cube and its like with other values of the free dimensions; `sign` is that
   * of the corner at `values`. What is found is taken from the capacities until `restore`. `seen` is given each withheld or to be
   * withheld cell of a move that was found; without `allowance` only withheld ones may be in it.
   */
  run(options: {
    readonly kind: Kind;
    readonly cube: Cube;
    readonly fixed: readonly number[];
    readonly sign: 1 | -1;
    readonly wanted: number;
    readonly allowance?: Allowance;
    readonly seen?: (node: number, cell: number) => void;
  }): number {
    const { cube, fixed, wanted } = options;
    const [slot, other] = cube.slots;
    const levels = this.#block.levels;
    const affected = this.nodesWith(cube.axes).filter((index) => {
      const map = levels[this.#block.nodes[index]!.level]!;
      return other === undefined || map[slot] !== map[other];
    });
    if (affected.length === 0) return wanted;
    const known = new Set([...cube.axes, ...fixed]);
    const free: number[] = [];
    const steps: number[][] = [affected.filter((index) => this.#block.nodes[index]!.dimensions.every((dimension) => known.has(dimension)))];
    for (const [dimension] of this.#block.sizes.entries()) {
      if (known.has(dimension) || !affected.some((index) => this.#block.nodes[index]!.dimensions.includes(dimension))) continue;
      known.add(dimension);
      free.push(dimension);
      steps.push(
        affected.filter((index) => {
          const { dimensions } = this.#block.nodes[index]!;
          return dimensions.includes(dimension) && dimensions.every((one) => known.has(one));
        }),
      );
    }
    const layers = steps.map((nodes) => this.#layer(nodes, cube));
    return this.#descend({ ...options, free, layers, depth: 0, limit: Infinity, wanted });
  }

  #layer(nodes: readonly number[], cube: Cube): Layer {
    const corners = 2 ** (cube.axes.length + (cube.slots.length - 1));
    return { nodes, corners, cells: new Int32Array(nodes.length * corners) };
  }

  #descend(
    options: Parameters<Search["run"]>[0] & {
      readonly free: readonly number[];
      readonly layers: readonly Layer[];
      readonly depth: number;
      readonly limit: number;
    },
  ): number {
    const { layers, depth, free, cube, wanted } = options;
    const layer = layers[depth]!;
    this.budget -= 1;
    if (this.budget < 0) return 0;
    const limit = Math.min(options.limit, this.#capacity(options, layer));
    if (limit <= 0) return 0;
    if (depth === free.length) {
      const amount = Math.min(limit, wanted);
      this.#take(options, amount);
      return amount;
    }
    const dimension = free[depth]!;
    let found = 0;
    for (let value = 0; value < this.#block.sizes[dimension]! && found < wanted && found < limit; value += 1) {
      cube.values[dimension] = value;
      found += this.#descend({ ...options, depth: depth + 1, limit: limit - found, wanted: wanted - found });
      if (this.budget < 0) break;
    }
    return found;
  }

  /** The least of what the corners of a layer's nodes can give and take; 0 where a cell is told that would change. */
  #capacity(options: Parameters<Search["run"]>[0] & { readonly depth: number }, layer: Layer): number {
    const { kind, cube, sign, allowance, depth } = options;
    let least = Infinity;
    for (const [i, index] of layer.nodes.entries()) {
      const hidden = kind.hidden[index]!;
      const mayHide = allowance !== undefined && (allowance.everywhere || depth === 0);
      for (let corner = 0; corner < layer.corners; corner += 1) {
        const cell = this.#corner(this.#block.nodes[index]!, cube, corner);
        layer.cells[i * layer.corners + corner] = cell;
        if (hidden[cell] === 0 && !mayHide) return 0;
        const limit = (signOf(corner) * sign > 0 ? kind.up : kind.down)[index]![cell]!;
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

  #take(options: Parameters<Search["run"]>[0] & { readonly layers: readonly Layer[] }, amount: number): void {
    const { kind, sign, seen } = options;
    for (const layer of options.layers) {
      for (const [i, index] of layer.nodes.entries()) {
        for (let corner = 0; corner < layer.corners; corner += 1) {
          const cell = layer.cells[i * layer.corners + corner]!;
          const isUp = signOf(corner) * sign > 0;
          this.#change((isUp ? kind.up : kind.down)[index]!, cell, -amount);
          this.#change((isUp ? kind.down : kind.up)[index]!, cell, amount);
          seen?.(index, cell);
        }
      }
    }
  }

  #change(array: Float64Array, cell: number, by: number): void {
    this.#undo.push({ array, cell, by: array[cell]! });
    array[cell]! += by;
  }

  /** What was taken stays so: the capacities are those of another table that all told numbers fit, too. */
  keep(): void {
    this.#undo.length = 0;
  }

  restore(): void {
    for (let last = this.#undo.pop(); last !== undefined; last = this.#undo.pop()) last.array[last.cell] = last.by;
  }
}

function signOf(corner: number): 1 | -1 {
  let bits = corner;
  let sign: 1 | -1 = 1;
  while (bits > 0) {
    if ((bits & 1) === 1) sign = sign === 1 ? -1 : 1;
    bits >>= 1;
  }
  return sign;
}
