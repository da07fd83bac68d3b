/**
 * The Merkle tree of RFC 6962, section 2.1 (the algorithms that verify are those of RFC 9162, section 2.1): who holds a root of 32 bytes can
 * be shown that an entry stands in the log, and that a later log only grew. SHA-256; trees of any size; a malformed proof is
 * false, never an exception.
 */
import { createHash } from "node:crypto";
import { assert, must } from "./assert.ts";

/** SHA-256: 32 bytes. */
export type Hash = Uint8Array;

const hashSize = 32;
const leafPrefix = Uint8Array.of(0);
const nodePrefix = Uint8Array.of(1);

function sha256(...parts: readonly Uint8Array[]): Hash {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}

/** Of an entry's bytes: SHA-256(0x00 || entry). */
export function leafHash(entry: Uint8Array): Hash {
  return sha256(leafPrefix, entry);
}

function nodeHash(left: Hash, right: Hash): Hash {
  return sha256(nodePrefix, left, right);
}

/** Of the leaf hashes of all entries, in their order; of none it is SHA-256 of nothing. */
export function rootHash(leaves: readonly Hash[]): Hash {
  const tree = new Tree();
  for (const leaf of leaves) tree.append(leaf);
  return tree.root();
}

/** A tree that grows: its complete subtrees, the largest first, which is all that later roots need. */
export class Tree {
  readonly #complete: Hash[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  append(leaf: Hash): void {
    let node = leaf;
    // Each trailing one of the size is a subtree that this leaf completes with another of its size.
    for (let rest = this.#size; rest % 2 === 1; rest = Math.floor(rest / 2)) node = nodeHash(must(this.#complete.pop(), "subtree"), node);
    this.#complete.push(node);
    this.#size += 1;
  }

  root(): Hash {
    return this.#complete.length === 0 ? sha256() : this.#complete.reduceRight((right, left) => nodeHash(left, right));
  }
}

/** PATH(index, D[leaves]): the hashes beside the way from the leaf up, the lowest first. */
export function inclusionProof(leaves: readonly Hash[], index: number): readonly Hash[] {
  assert(Number.isSafeInteger(index) && index >= 0 && index < leaves.length, "a leaf of the tree");
  if (leaves.length === 1) return [];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split ? [...inclusionProof(left, index), rootHash(right)] : [...inclusionProof(right, index - split), rootHash(left)];
}

/** PROOF(size, D[leaves]): shows that the tree of the first `size` leaves is the beginning of this one; of nothing there is nothing to show. */
export function consistencyProof(leaves: readonly Hash[], size: number): readonly Hash[] {
  assert(Number.isSafeInteger(size) && size >= 0 && size <= leaves.length, "a size up to the tree's");
  return size === 0 ? [] : subproof(leaves, size, false);
}

function subproof(leaves: readonly Hash[], size: number, isInside: boolean): readonly Hash[] {
  if (size === leaves.length) return isInside ? [rootHash(leaves)] : [];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return size <= split ? [...subproof(left, size, isInside), rootHash(right)] : [...subproof(right, size - split, true), rootHash(left)];
}

/** The largest power of two below `size`. */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** Does the leaf stand at `index` of the tree of that size and root? */
export function verifyInclusion(claim: {
  readonly leaf: Hash;
  readonly index: number;
  readonly size: number;
  readonly proof: readonly Hash[];
  readonly root: Hash;
}): boolean {
  const { leaf, index, size, proof, root } = claim;
  if (!isCount(index) || !isCount(size) || index >= size || ![leaf, root, ...proof].every(isHash)) return false;
  let node = leaf;
  const reached = climb(index, size - 1, proof, (beside, isLeft) => {
    node = isLeft ? nodeHash(beside, node) : nodeHash(node, beside);
  });
  return reached && isEqual(node, root);
}

/** Is the tree of `firstSize` and `firstRoot` the beginning of the one of `size` and `root`? */
export function verifyConsistency(claim: {
  readonly firstSize: number;
  readonly firstRoot: Hash;
  readonly size: number;
  readonly root: Hash;
  readonly proof: readonly Hash[];
}): boolean {
  const { firstSize, firstRoot, size, root, proof } = claim;
  if (!isCount(firstSize) || !isCount(size) || firstSize > size || ![firstRoot, root, ...proof].every(isHash)) return false;
  if (firstSize === 0 || firstSize === size)
    return proof.length === 0 && isRootOf(firstSize, firstRoot) && (size > firstSize || isEqual(firstRoot, root));
  const [start, ...others] = isPowerOfTwo(firstSize) ? [firstRoot, ...proof] : proof;
  if (start === undefined) return false;
  let [at, last] = [firstSize - 1, size - 1];
  while (at % 2 === 1) [at, last] = [half(at), half(last)];
  let [first, second] = [start, start];
  const reached = climb(at, last, others, (beside, isLeft) => {
    if (isLeft) first = nodeHash(beside, first);
    second = isLeft ? nodeHash(beside, second) : nodeHash(second, beside);
  });
  return reached && isEqual(first, firstRoot) && isEqual(second, root);
}

/** Of a tree of nothing the root is known. */
function isRootOf(size: number, root: Hash): boolean {
  return size > 0 || isEqual(root, sha256());
}

/**
 * Up from node `at` of a level whose last node is `last`, with one hash of the proof a level that has one beside the way. False: the proof is
 * too long or too short to end at the root.
 */
function climb(at: number, last: number, proof: readonly Hash[], take: (beside: Hash, isLeft: boolean) => void): boolean {
  for (const beside of proof) {
    if (last === 0) return false;
    const isLeft = at % 2 === 1 || at === last;
    take(beside, isLeft);
    // Where there is nothing to the right the way goes up without a hash.
    if (isLeft) while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    [at, last] = [half(at), half(last)];
  }
  return last === 0;
}

const half = (count: number): number => Math.floor(count / 2);

function isPowerOfTwo(size: number): boolean {
  return Number.isInteger(Math.log2(size));
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isHash(value: unknown): value is Hash {
  return value instanceof Uint8Array && value.length === hashSize;
}

function isEqual(one: Hash, other: Hash): boolean {
  return Buffer.compare(one, other) === 0;
}
