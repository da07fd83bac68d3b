/** Numbers from a seed (mulberry32), for millions of cases that can each be had again. */
export interface Random {
  /** 0 … count − 1. */
  below(count: number): number;
  chance(share: number): boolean;
  oneOf<T>(all: readonly T[]): T;
  bytes(length: number): Buffer;
}

export function randomOf(seed: number): Random {
  // Neighbouring seeds shall not give neighbouring numbers.
  let state = Math.imul(seed ^ (seed >>> 16), 0x45d9f3b) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (count: number): number => Math.floor(next() * count);
  return {
    below,
    chance: (share) => next() < share,
    oneOf: (all) => all[below(all.length)] as (typeof all)[number],
    bytes(length) {
      const all = Buffer.allocUnsafe(length);
      for (let i = 0; i < length; i += 1) all[i] = below(256);
      return all;
    },
  };
}
