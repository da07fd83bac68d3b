/**
 * A block of cells that add up: some slots of time (the finest periods), dimensions with their values, and nodes: which sets of
 * dimensions are told at which level of time. Cells of a node are sums of cells of every finer node. Arrays are dense.
 */
import { must } from "../../lib/assert.ts";

export interface Block {
  /** Values of each dimension. */
  readonly sizes: readonly number[];
  /** By level of time: the period of each slot, from 0. Levels need not nest (weeks and months). Without a time: one level, one slot. */
  readonly levels: readonly Int32Array[];
  readonly nodes: readonly Node[];
}

export interface Node {
  readonly dimensions: readonly number[];
  readonly level: number;
  /** By dimension of the block: how far apart two neighbouring values are; 0 for a dimension that the node does not have. */
  readonly strides: readonly number[];
  readonly stride: number;
  /** Cells, empty ones included. */
  readonly size: number;
}

export function makeBlock(options: {
  readonly sizes: readonly number[];
  readonly levels: readonly Int32Array[];
  readonly nodes: readonly { readonly dimensions: readonly number[]; readonly level: number }[];
}): Block {
  const { sizes, levels } = options;
  const periods = levels.map((level) => level.reduce((most, period) => Math.max(most, period), -1) + 1);
  const nodes = options.nodes.map(({ dimensions, level }) => {
    const strides = sizes.map(() => 0);
    let stride = 1;
    for (const dimension of dimensions.toReversed()) {
      strides[dimension] = stride;
      stride *= must(sizes[dimension], "dimension");
    }
    return { dimensions, level, strides, stride, size: stride * must(periods[level], "level") };
  });
  return { sizes, levels, nodes };
}

/** The cell of a node in a period; `values` has one of every dimension of the block, those that the node lacks are not looked at. */
export function cellAt(node: Node, period: number, values: readonly number[]): number {
  let cell = period * node.stride;
  for (const dimension of node.dimensions) cell += node.strides[dimension]! * values[dimension]!;
  return cell;
}

export function periodOf(node: Node, cell: number): number {
  return Math.floor(cell / node.stride);
}

/** The value of a dimension that the node has. */
export function valueOf(block: Block, node: Node, cell: number, dimension: number): number {
  return Math.floor(cell / node.strides[dimension]!) % block.sizes[dimension]!;
}
