/** Which cells of counts are told to viewers: not those of too few units, nor those that would give these away. */
import type { Block } from "./block.ts";
import { Completer } from "./complete.ts";
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
  /** By node and cell: a table that fits all that is told. Each certificate is a change of it, by k + 1 rows at most in every cell. */
  readonly table: readonly Float64Array[];
}

export interface CountsOptions {
  readonly block: Block;
  readonly counts: Counts;
  readonly k: number;
  readonly beside?: readonly Uint8Array[];
  /** Cells (1) that may have all their rows in another block. */
  readonly shared?: readonly Uint8Array[];
  /** So many rows a cell is known to have: that there are any at all is seen where withheld cells are counted and empty ones are not. */
  readonly least?: readonly Float64Array[];
}

/**
 * The same for every request: it depends on the cells alone. `beside` are cells that another block withheld with a certificate (1).
 * Empty cells are not told from withheld ones.
 */
export function protectCounts(options: CountsOptions): Told {
  const protection = new CountsProtection(options);
  protection.settle();
  return { told: protection.told(), table: protection.table() };
}

/** Counts that are protected together with others: what is withheld of those is withheld here, too, until all have their certificates. */
export class CountsProtection {
  readonly #options: CountsOptions;
  readonly #kind: Kind;
  readonly #completer: Completer;
  readonly #hidden: readonly Uint8Array[];

  constructor(options: CountsOptions) {
    const { block, counts, k, beside, least } = options;
    this.#options = options;
    this.#hidden = block.nodes.map((node, i) => {
      const cells = new Uint8Array(node.size);
      for (let cell = 0; cell < node.size; cell += 1) cells[cell] = counts.enough[i]![cell] === 1 && beside?.[i]?.[cell] !== 1 ? 0 : 1;
      return cells;
    });
    this.#kind = {
      hidden: this.#hidden,
      down: counts.rows.map((rows, i) => rows.map((count, cell) => count - (least?.[i]?.[cell] ?? 0))),
      up: roomAbove(block, counts.rows),
    };
    this.#withholdSparse();
    this.#completer = new Completer({
      block,
      kinds: [this.#kind],
      hidden: this.#hidden,
      counts: counts.rows,
      certified: block.nodes.map((node, i) => beside?.[i]?.slice() ?? new Uint8Array(node.size)),
      inUse: slotsInUse(block, counts.rows),
      k,
      ...(options.shared === undefined ? {} : { shared: options.shared }),
    });
  }

  /** Withholds what gives withheld cells away. `told`: cells (0) are withheld that are so elsewhere. */
  settle(told: readonly Uint8Array[] = []): void {
    for (const [i, hidden] of this.#hidden.entries()) for (const [cell, one] of told[i]?.entries() ?? []) if (one === 0) hidden[cell] = 1;
    this.#withholdSparse();
    this.#completer.settle();
  }

  told(): readonly Uint8Array[] {
    return this.#hidden.map((cells) => cells.map((one) => 1 - one));
  }

  /** As `Told.table`. */
  table(): readonly Float64Array[] {
    return this.#kind.down.map((rows, i) => rows.map((count, cell) => count + (this.#options.least?.[i]?.[cell] ?? 0)));
  }

  #withholdSparse(): void {
    for (const [i, cells] of this.#hidden.entries()) if (isSparse(cells, this.#options.counts.rows[i]!)) cells.fill(1);
  }
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
