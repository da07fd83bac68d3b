import { expect, test } from "vitest";
import { MerkleLog } from "./merkle-log.ts";
import { consistencyProof, leafHash, rootHash, verifyConsistency } from "./merkle.ts";

const leaves = Array.from({ length: 70 }, (_, i) => leafHash(Buffer.from(`entry ${i}`)));

test("at every size it has the root of the tree that is built anew, and the proofs from every earlier one", () => {
  const log = new MerkleLog();
  expect(log.root()).toEqual(rootHash([]));
  for (const [i, leaf] of leaves.entries()) {
    log.append(leaf);
    const size = i + 1;
    expect(log.size).toBe(size);
    expect(log.root()).toEqual(rootHash(leaves.slice(0, size)));
    for (let from = 0; from <= size; from += 1) {
      expect(log.root(from)).toEqual(rootHash(leaves.slice(0, from)));
      expect(log.consistency(from)).toEqual(consistencyProof(leaves.slice(0, size), from));
    }
  }
  for (let size = 0; size <= 70; size += 1)
    for (let from = 0; from <= size; from += 1) expect(log.consistency(from, size)).toEqual(consistencyProof(leaves.slice(0, size), from));
});

test("its proofs are those that a verifier takes, and of another history are not", () => {
  const [log, other] = [new MerkleLog(), new MerkleLog()];
  for (const [i, leaf] of leaves.entries()) {
    log.append(leaf);
    other.append(i === 3 ? leafHash(Buffer.from("rewritten")) : leaf);
  }
  const claim = { firstSize: 41, firstRoot: log.root(41), size: 70 };
  expect(verifyConsistency({ ...claim, root: log.root(), proof: log.consistency(41) })).toBe(true);
  expect(verifyConsistency({ ...claim, root: other.root(), proof: other.consistency(41) })).toBe(false);
});
