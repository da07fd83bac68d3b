/** Which cells of counts are told to viewers: not those of too few units, nor those that would give these away. */
import type { Block } from "./block.ts";
import { complete } from "./complete.ts";
import type { Kind } from "./moves.ts";

const sparseShare = 0.6;

/** By node of the block, dense. */
export interface Counts {
  readonly rows: readonly Float64Array[];
  /** 1: at least k units stand behind the cell, certainly. */
  readonly enough: readonly Uint8Array[];
}

export interface Told {
  /** 1: the cell may be told. */
  readonly told: readonly Uint8Array[];
  /** Of the withheld cells with rows: those of too few units, and those that were withheld to protect them. */
  readonly small: number;
  readonly complementary: number;
  /** By node and cell: a table that fits all that is told. Each certificate is a change of it, by k + 1 rows at most in every cell. */
  readonly table: readonly Float64Array[];
}

/**
 * The same for every request: it depends on the cells alone. `beside` are cells that another block withheld with a certificate (1).
 * Empty cells are not told from withheld ones.
 */
export function protectCounts(options: {
  readonly block: Block;
  readonly counts: Counts;
  readonly k: number;
  readonly beside?: readonly Uint8Array[];
  /** Cells (1) that may have all their rows in another block. */
  readonly shared?: readonly Uint8Array[];
  /** So many rows a cell is known to have: that there are any at all is seen where withheld cells are counted and empty ones are not. */
  readonly least?: readonly Float64Array[];
  /** Only to show what is lost without it. */
  readonly isComplementary?: boolean;
}): Told {
  const { block, counts, k, beside, least } = options;
  const hidden = block.nodes.map((node, i) => {
    const cells = new Uint8Array(node.size);
    for (let cell = 0; cell < node.size; cell += 1) cells[cell] = counts.enough[i]![cell] === 1 && beside?.[i]?.[cell] !== 1 ? 0 : 1;
    return cells;
  });
  const small = countHidden(hidden, counts.rows);
  const kind: Kind = {
    hidden,
    down: counts.rows.map((rows, i) => rows.map((count, cell) => count - (least?.[i]?.[cell] ?? 0))),
    up: roomAbove(block, counts.rows),
  };
  if (options.isComplementary !== false) for (const [i, cells] of hidden.entries()) if (isSparse(cells, counts.rows[i]!)) cells.fill(1);
  if (options.isComplementary !== false) {
    const certified = block.nodes.map((node, i) => beside?.[i]?.slice() ?? new Uint8Array(node.size));
    const inUse = slotsInUse(block, counts.rows);
    complete({
      block,
      kinds: [kind],
      hidden,
      counts: counts.rows,
      certified,
      inUse,
      k,
      ...(options.shared === undefined ? {} : { shared: options.shared }),
    });
  }
  const all = countHidden(hidden, counts.rows);
  return {
    told: hidden.map((cells) => cells.map((one) => 1 - one)),
    small,
    complementary: all - small,
    table: kind.down.map((rows, i) => rows.map((count, cell) => count + (least?.[i]?.[cell] ?? 0))),
  };
}

/**
 * Of a split that is nearly all small groups nothing is told in this block: the few large cells in it would pin the small ones
 * between themselves and the totals, and cost far more than they tell.
 */
function isSparse(hidden: Uint8Array, rows: Float64Array): boolean {
  let used = 0;
  let withheld = 0;
  for (const [cell, count] of rows.entries()) {
    if (count === 0) continue;
    used += 1;
    withheld += hidden[cell]!;
  }
  return withheld > sparseShare * used;
}

function countHidden(hidden: readonly Uint8Array[], rows: readonly Float64Array[]): number {
  let count = 0;
  for (const [i, cells] of hidden.entries()) for (const [cell, one] of cells.entries()) if (one === 1 && rows[i]![cell]! > 0) count += 1;
  return count;
}

/** Slots in which there is a row at all. */
function slotsInUse(block: Block, rows: readonly Float64Array[]): Uint8Array {
  const slots = block.levels[0]!.length;
  const inUse = new Uint8Array(slots).fill(1);
  for (const [i, node] of block.nodes.entries()) {
    const used = new Set<number>();
    for (const [cell, count] of rows[i]!.entries()) if (count > 0) used.add(Math.floor(cell / node.stride));
    const map = block.levels[node.level]!;
    for (let slot = 0; slot < slots; slot += 1) if (!used.has(map[slot]!)) inUse[slot] = 0;
  }
  return inUse;
}

/**
 * How many rows more there could be: any number, but none where the values never occur together in the block. Who knows the
 * products knows that a lamp does not run a camera's firmware.
 */
function roomAbove(block: Block, rows: readonly Float64Array[]): readonly Float64Array[] {
  return block.nodes.map((node, i) => {
    const possible = new Uint8Array(node.stride);
    for (const [cell, count] of rows[i]!.entries()) if (count > 0) possible[cell % node.stride] = 1;
    return Float64Array.from({ length: node.size }, (_, cell) => (possible[cell % node.stride] === 1 ? Infinity : 0));
  });
}
