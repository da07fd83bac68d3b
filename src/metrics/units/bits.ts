/** Sets of refs as bits: ref & 31 of word ref >>> 5. */

/** How many bits are set. */
export function countBits(words: Uint32Array): number {
  let count = 0;
  for (let i = 0; i < words.length; i++) {
    let word = words[i] ?? 0;
    if (word === 0) continue;
    word -= (word >>> 1) & 0x5555_5555;
    word = (word & 0x3333_3333) + ((word >>> 2) & 0x3333_3333);
    count += Math.imul((word + (word >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
  }
  return count;
}

export function hasBit(words: Uint32Array, ref: number): boolean {
  return (((words[ref >>> 5] ?? 0) >>> (ref & 31)) & 1) === 1;
}

/** Calls `visit` with each ref of a set bit, rising, until it returns false. */
export function eachBit(words: Uint32Array, visit: (ref: number) => boolean): void {
  for (let i = 0; i < words.length; i++) {
    let word = words[i] ?? 0;
    while (word !== 0) {
      const low = word & -word;
      if (!visit((i << 5) + 31 - Math.clz32(low))) return;
      word ^= low;
    }
  }
}
