/** Walks sets of refs (mirror/bits.ts). */

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

/** Bits of a word from which all 32 refs are looked at: a branch that is guessed wrong takes longer than the ones that are not there. */
const denseBits = 14;

/** How many refs of set bits are in each group, by ref in `groups`, which are below `size`. */
export function countGroups(words: Uint32Array, groups: Uint16Array | Int32Array, size: number): Uint32Array {
  const counts = new Uint32Array(size);
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as number; // eslint-disable-line -- inside
    if (word === 0) continue;
    const first = i << 5;
    if (first + 32 <= groups.length && ones(word) >= denseBits) countAll(word, { first, groups, counts });
    else countSome(word, { first, groups, counts });
  }
  return counts;
}

interface Counting {
  /** The ref of the word's lowest bit. */
  readonly first: number;
  readonly groups: Uint16Array | Int32Array;
  readonly counts: Uint32Array;
}

function countAll(word: number, { first, groups, counts }: Counting): void {
  for (let bit = 0; bit < 32; bit++) {
    const group = groups[first + bit] as number; // eslint-disable-line -- inside
    counts[group] = (counts[group] as number) + ((word >>> bit) & 1); // eslint-disable-line -- below size
  }
}

function countSome(word: number, { first, groups, counts }: Counting): void {
  for (let rest = word; rest !== 0; rest &= rest - 1) {
    const group = groups[first + 31 - Math.clz32(rest & -rest)] as number; // eslint-disable-line -- inside
    counts[group] = (counts[group] as number) + 1; // eslint-disable-line -- below size
  }
}

function ones(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555_5555);
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
