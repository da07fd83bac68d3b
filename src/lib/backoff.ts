/** How long to wait before the next attempt: doubles from `firstMs` to `maxMs`, and spreads by a quarter so that many do not come at once. */
export function backoffMs(options: {
  /** 0 for the first wait. */
  readonly attempt: number;
  readonly firstMs: number;
  readonly maxMs: number;
  /** In [0, 1). */
  readonly random: () => number;
}): number {
  // 2 ** 30 is beyond any limit; more would overflow into Infinity times zero.
  const whole = Math.min(options.maxMs, options.firstMs * 2 ** Math.min(options.attempt, 30));
  return Math.round(whole * (0.75 + 0.25 * options.random()));
}
