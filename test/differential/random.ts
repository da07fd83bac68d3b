/** Seeded randomness for sequences of operations: a seed replays a run to the letter. */
export interface Random {
  /** Whole number in [0, below). */
  below(below: number): number;
  /** True once in `of` times. */
  oneIn(of: number): boolean;
  pick<T>(from: readonly T[]): T;
}

/** Mulberry32 (32 bits of state, public domain): small, and good enough to choose operations. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    oneIn: (of) => below(of) === 0,
    pick: (from) => {
      const value = from[below(from.length)];
      if (value === undefined) throw new Error("nothing to pick from");
      return value;
    },
  };
}
