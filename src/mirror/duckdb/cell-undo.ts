/** What the cells of one cuboid were before the open transaction changed them, so that answers can be given from the committed ones. */

/** Cells, and the measures of each as they were. */
interface Taken {
  readonly cells: readonly number[];
  readonly before: readonly number[];
}

export class CellUndo {
  readonly #measures: number;
  #taken: Taken[] = [];
  /** Built anew in the open transaction: what was committed is gone. */
  #isForgotten = false;

  /** `measures`: numbers a cell. */
  constructor(measures: number) {
    this.#measures = measures;
  }

  /** These changes go to the store with the open transaction. The arrays are kept. */
  take(cells: readonly number[], before: readonly number[]): void {
    if (cells.length > 0) this.#taken.push({ cells, before });
  }

  /** Returns the cells that were changed, some twice; undefined: all may be others. */
  commit(): readonly number[] | undefined {
    const changed = this.#isForgotten ? undefined : this.#taken.flatMap(({ cells }) => cells);
    this.#taken = [];
    this.#isForgotten = false;
    return changed;
  }

  /** Until the commit there is no way back. */
  forget(): void {
    this.#taken = [];
    this.#isForgotten = true;
  }

  /** By cell and measure what was committed, undefined where that is what there is. The changes given are not taken yet. */
  before(cells: readonly number[], before: readonly number[]): ((cell: number, index: number) => number | undefined) | undefined {
    if (this.#isForgotten) return undefined;
    const places = new Map<number, readonly [readonly number[], number]>();
    for (const one of [...this.#taken, { cells, before }]) {
      // Of a cell that changed twice the first is what was committed.
      for (const [i, cell] of one.cells.entries()) if (!places.has(cell)) places.set(cell, [one.before, i * this.#measures]);
    }
    if (places.size === 0) return () => undefined;
    return (cell, index) => {
      const place = places.get(cell);
      return place === undefined ? undefined : place[0][place[1] + index];
    };
  }
}
