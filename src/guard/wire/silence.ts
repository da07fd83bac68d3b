/**
 * How long the other side has been silent, as far as we could hear it. Time in which this process itself stood still (a busy machine, a paused
 * container) is not the other side's silence: a store would be called filtered that has answered at once. It is measured in parts, of
 * which a standstill takes one, however long it was.
 */
const parts = 4;

export class Silence implements Disposable {
  readonly #timer: NodeJS.Timeout;
  #left = parts;

  /** `tell` is called once, after `ms` in which nothing began it anew. */
  constructor(ms: number, tell: () => void) {
    this.#timer = setInterval(
      () => {
        this.#left -= 1;
        if (this.#left > 0) return;
        clearInterval(this.#timer);
        tell();
      },
      Math.ceil(ms / parts),
    );
  }

  /** Something was heard. */
  refresh(): void {
    this.#left = parts;
    this.#timer.refresh();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
