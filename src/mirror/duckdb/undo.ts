/** What entities were before the open transaction changed them, so that answers can be given from the committed ones. */
import type { Numbers } from "./stored.ts";

/** Refs that one transaction changes up to which they can be taken back for a moment. */
const refsMax = 50_000;

export class Undo {
  readonly #places = new Map<number, number>();
  readonly #refs: number[] = [];
  readonly #present: number[] = [];
  readonly #values: number[] = [];
  isTooLarge = false;

  /** Keeps what a ref has now, unless it is kept already. */
  note(ref: number, present: Uint8Array, columns: readonly Numbers[]): void {
    if (this.isTooLarge || this.#places.has(ref)) return;
    if (this.#refs.length === refsMax) {
      this.giveUp();
      return;
    }
    this.#places.set(ref, this.#refs.length);
    this.#refs.push(ref);
    this.#present.push(present[ref] ?? 0);
    for (const column of columns) this.#values.push(column[ref]!);
  }

  /** Everything changes: nothing can be taken back before the commit. */
  giveUp(): void {
    this.isTooLarge = true;
    this.#places.clear();
  }

  /** Refs that are there and were not, or the other way round, or have another value in the column of place `at`. */
  changed(present: Uint8Array, columns: readonly Numbers[], at: number): readonly number[] {
    const column = columns[at]!;
    return this.#refs.filter(
      (ref, i) => present[ref] !== this.#present[i] || !Object.is(column[ref], this.#values[i * columns.length + at]),
    );
  }

  /** Exchanges what is kept with what there is: once to take the changes back, once more to make them again. */
  swap(present: Uint8Array, columns: readonly Numbers[]): void {
    for (const [i, ref] of this.#refs.entries()) {
      const here = present[ref]!;
      present[ref] = this.#present[i]!;
      this.#present[i] = here;
      for (const [c, column] of columns.entries()) {
        const at = i * columns.length + c;
        const value = column[ref]!;
        column[ref] = this.#values[at]!;
        this.#values[at] = value;
      }
    }
  }
}
