/** A bounded hand-over between producers that are told to stop and go, and one consumer that pulls. */
export class HandOver<T> implements AsyncIterable<T> {
  readonly #max: number;
  readonly #onFull: (full: boolean) => void;
  #items: T[] = [];
  #full = false;
  #end: { readonly error: Error | undefined } | undefined;
  #wake: (() => void) | undefined;

  constructor(options: { readonly max: number; readonly onFull: (full: boolean) => void }) {
    this.#max = options.max;
    this.#onFull = options.onFull;
  }

  get isFull(): boolean {
    return this.#full;
  }

  push(item: T): void {
    this.#items.push(item);
    if (!this.#full && this.#items.length >= this.#max) {
      this.#full = true;
      this.#onFull(true);
    }
    this.#signal();
  }

  /** No more items; with an error the consumer gets it at once, and not what still waits. */
  end(error?: Error): void {
    this.#end ??= { error };
    if (error) this.#items = [];
    this.#signal();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    for (;;) {
      const item = this.#items.shift();
      if (item !== undefined) {
        this.#drained();
        yield item;
        continue;
      }
      if (this.#end?.error) throw this.#end.error;
      if (this.#end) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #drained(): void {
    if (!this.#full || this.#items.length > this.#max / 2) return;
    this.#full = false;
    this.#onFull(false);
  }

  #signal(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
