/** Who is to hear of something when it happens, at most so many at a time. */
export class Listeners<T> {
  readonly #all = new Set<(event: T) => void>();
  readonly #most: number;

  constructor(most = 64) {
    this.#most = most;
  }

  /** undefined: there are too many already. The returned function ends it. */
  add(listener: (event: T) => void): (() => void) | undefined {
    if (this.#all.size >= this.#most) return undefined;
    this.#all.add(listener);
    return () => void this.#all.delete(listener);
  }

  tell(event: T): void {
    for (const listener of this.#all) listener(event);
  }
}
