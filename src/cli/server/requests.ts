/** Questions to a reader that are answered later, by number: proofs and verifications. Each has a limit in time. */
export class Requests<T> {
  readonly #waiting = new Map<number, { readonly resolve: (value: T | undefined) => void; readonly timer: NodeJS.Timeout }>();
  #last = 0;

  /** Sends with a new number; resolves with the answer, or undefined after `limitMs` or when nothing could be sent. */
  async ask(send: (request: number) => boolean, limitMs: number): Promise<T | undefined> {
    this.#last += 1;
    const request = this.#last;
    const { promise, resolve } = Promise.withResolvers<T | undefined>();
    const timer = setTimeout(() => this.answer(request, undefined), limitMs);
    this.#waiting.set(request, { resolve, timer });
    if (!send(request)) this.answer(request, undefined);
    return promise;
  }

  answer(request: number, value: T | undefined): void {
    const one = this.#waiting.get(request);
    if (one === undefined) return;
    clearTimeout(one.timer);
    this.#waiting.delete(request);
    one.resolve(value);
  }
}
