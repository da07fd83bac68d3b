/**
 * A Merkle tree that grows (RFC 6962, section 2.1) and tells its root at any earlier size, and the proof from there to now, without hashing
 * its entries again: it keeps every complete subtree, 64 bytes an entry.
 */
import { assert } from "./assert.ts";
import type { Hash } from "./merkle.ts";
import { rootHash } from "./merkle.ts";

const hashSize = 32;

export class MerkleLog {
  /** By height: the hashes of the complete subtrees of 2^height leaves, one after another. */
  readonly #levels: { bytes: Buffer; count: number }[] = [];

  get size(): number {
    return this.#levels[0]?.count ?? 0;
  }

  append(leaf: Hash): void {
    this.#push(0, leaf);
    for (let height = 0; this.#count(height) % 2 === 0; height += 1) {
      const last = this.#count(height) - 1;
      this.#push(height + 1, nodeHash(this.#at(height, last - 1), this.#at(height, last)));
    }
  }

  /** Of the first `size` entries. */
  root(size = this.size): Hash {
    assert(size >= 0 && size <= this.size, "a size that it had");
    return size === 0 ? rootHash([]) : this.#rootOf(0, size);
  }

  /** PROOF(from, D[size]): the tree of the first `from` entries is the beginning of that of the first `size`. */
  consistency(from: number, size = this.size): readonly Hash[] {
    assert(from >= 0 && from <= size && size <= this.size, "sizes that it had");
    return from === 0 ? [] : this.#subproof(from, 0, size, true);
  }

  /** MTH(D[start:end]). `start` is a multiple of the largest power of two that is in the range. */
  #rootOf(start: number, end: number): Hash {
    const size = end - start;
    const height = Math.floor(Math.log2(size));
    const whole = 2 ** height;
    if (whole === size) return this.#at(height, start / whole);
    return nodeHash(this.#at(height, start / whole), this.#rootOf(start + whole, end));
  }

  #subproof(from: number, start: number, end: number, isWhole: boolean): readonly Hash[] {
    const size = end - start;
    if (from === size) return isWhole ? [] : [this.#rootOf(start, end)];
    const height = Math.floor(Math.log2(size));
    const split = 2 ** height === size ? size / 2 : 2 ** height;
    const middle = start + split;
    if (from <= split) return [...this.#subproof(from, start, middle, isWhole), this.#rootOf(middle, end)];
    return [...this.#subproof(from - split, middle, end, false), this.#rootOf(start, middle)];
  }

  #count(height: number): number {
    return this.#levels[height]?.count ?? 0;
  }

  #at(height: number, index: number): Hash {
    const level = this.#levels[height];
    assert(level !== undefined && index < level.count, "a complete subtree");
    return new Uint8Array(level.bytes.subarray(index * hashSize, (index + 1) * hashSize));
  }

  #push(height: number, hash: Hash): void {
    const level = this.#levels[height] ?? { bytes: Buffer.alloc(16 * hashSize), count: 0 };
    this.#levels[height] = level;
    if (level.count * hashSize === level.bytes.length) level.bytes = Buffer.concat([level.bytes], 2 * level.bytes.length);
    level.bytes.set(hash, level.count * hashSize);
    level.count += 1;
  }
}

/** Of two subtrees of one size: what a tree of two leaves is. */
function nodeHash(left: Hash, right: Hash): Hash {
  return rootHash([left, right]);
}
