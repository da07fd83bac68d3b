/** Wakes a sleeping watch of one asset: a watched file has changed, another vantage has seen something. */
export class Nudges {
  readonly #waiting = new Map<string, () => void>();
  /** Came while nobody slept: the next sleep is none. */
  readonly #early = new Set<string>();

  nudge(asset: string): void {
    const wake = this.#waiting.get(asset);
    if (wake === undefined) this.#early.add(asset);
    else wake();
  }

  /** Sleeps until the time is over, the asset is nudged, or the signal says so. */
  async sleep(asset: string, sleeping: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    if (this.#early.delete(asset)) return;
    const woken = new AbortController();
    this.#waiting.set(asset, () => woken.abort());
    await sleeping(AbortSignal.any([signal, woken.signal]));
    this.#waiting.delete(asset);
  }
}
