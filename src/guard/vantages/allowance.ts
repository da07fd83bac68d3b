/** How much one that is not trusted may say: so much at once, and then as much as comes back with time. */
export class Allowance {
  readonly #max: number;
  readonly #everyMs: number;
  #left: number;
  #atMs: number;

  /** One comes back each `everyMs`. `nowMs`: of a clock that only goes forward. */
  constructor({ max, everyMs }: { readonly max: number; readonly everyMs: number }, nowMs: number) {
    this.#max = max;
    this.#everyMs = everyMs;
    this.#left = max;
    this.#atMs = nowMs;
  }

  /** False: it is used up. */
  take(nowMs: number): boolean {
    this.#left = Math.min(this.#max, this.#left + (nowMs - this.#atMs) / this.#everyMs);
    this.#atMs = nowMs;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
