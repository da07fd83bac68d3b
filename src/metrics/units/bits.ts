/** Walks sets of refs (mirror/bits.ts) that may be left before their end. */

/** Calls `visit` with each ref of a set bit, rising, until it returns false. */
export function walkBits(words: Uint32Array, visit: (ref: number) => boolean): void {
  for (let i = 0; i < words.length; i++) {
    let word = words[i] ?? 0;
    while (word !== 0) {
      const low = word & -word;
      if (!visit((i << 5) + 31 - Math.clz32(low))) return;
      word ^= low;
    }
  }
}
