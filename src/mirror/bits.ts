/** Sets of refs as bits: ref & 31 of word ref >>> 5. Words beyond an array's end are 0. */

/** Number of bits set. */
export function bitCount(words: Uint32Array): number {
  let count = 0;
  for (let i = 0; i < words.length; i += 1) {
    let word = words[i] as number; // eslint-disable-line -- inside
    if (word === 0) continue;
    word -= (word >>> 1) & 0x5555_5555;
    word = (word & 0x3333_3333) + ((word >>> 2) & 0x3333_3333);
    count += Math.imul((word + (word >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
  }
  return count;
}

/** Calls `take` for every bit that is set, in order. */
export function eachBit(words: Uint32Array, take: (ref: number) => void): void {
  for (let i = 0; i < words.length; i += 1) {
    let word = words[i] as number; // eslint-disable-line -- inside
    while (word !== 0) {
      take(i * 32 + 31 - Math.clz32(word & -word));
      word &= word - 1;
    }
  }
}

export function hasBit(words: Uint32Array, ref: number): boolean {
  return ((words[ref >>> 5] ?? 0) & (1 << (ref & 31))) !== 0;
}
