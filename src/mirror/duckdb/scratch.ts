/** Arrays for one evaluation after the other: made once, so that a build of millions of rows leaves nothing to be collected. */

export type MakeInts = (length: number) => Int32Array;

export const newInts: MakeInts = (length) => new Int32Array(length);

export class Scratch {
  readonly #arrays: Int32Array[] = [];
  #next = 0;

  /** What was given out so far is given out again. */
  begin(): void {
    this.#next = 0;
  }

  /** Not emptied. */
  readonly ints: MakeInts = (length) => {
    let array = this.#arrays[this.#next];
    if (array === undefined || array.length < length) {
      array = new Int32Array(length);
      this.#arrays[this.#next] = array;
    }
    this.#next += 1;
    return array.length === length ? array : array.subarray(0, length);
  };
}
