/** Against the recursive definitions of RFC 6962 themselves, and the roots that Certificate Transparency's own tests name. */
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Hash } from "./merkle.ts";
import { Tree, consistencyProof, inclusionProof, leafHash, rootHash, verifyConsistency, verifyInclusion } from "./merkle.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const entries = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"].map((text) =>
  Uint8Array.from(Buffer.from(text, "hex")),
);
const roots = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

/** MTH of RFC 6962, 2.1, over entries: written down as it stands there. */
function mth(data: readonly Uint8Array[]): Hash {
  const sha = (...parts: readonly Uint8Array[]): Hash => new Uint8Array(createHash("sha256").update(Buffer.concat(parts)).digest());
  const [only] = data;
  if (only === undefined) return sha();
  if (data.length === 1) return sha(Uint8Array.of(0), only);
  const k = 2 ** (Math.ceil(Math.log2(data.length)) - 1);
  return sha(Uint8Array.of(1), mth(data.slice(0, k)), mth(data.slice(k)));
}

const some = (count: number): readonly Uint8Array[] => Array.from({ length: count }, (_, i) => Uint8Array.of(i & 0xff, i >> 8));

test("the known roots", () => {
  const leaves = entries.map(leafHash);
  expect(roots.map((_, size) => hex(rootHash(leaves.slice(0, size))))).toEqual(roots);
});

test("a growing tree has the root of the definition at every size", () => {
  const tree = new Tree();
  const data = some(130);
  for (const [size, entry] of data.entries()) {
    expect([tree.size, hex(tree.root())]).toEqual([size, hex(mth(data.slice(0, size)))]);
    tree.append(leafHash(entry));
  }
});

const sizes = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 65];
const changed = (hash: Hash, bit: number): Hash => hash.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));

describe("inclusion", () => {
  test("every leaf of every size is proven, at its own place alone", () => {
    for (const size of sizes) {
      const leaves = some(size).map(leafHash);
      const root = mth(some(size));
      for (const [index, leaf] of leaves.entries()) {
        const proof = inclusionProof(leaves, index);
        expect(verifyInclusion({ leaf, index, size, proof, root })).toBe(true);
        for (let other = 0; other <= size; other += 1)
          if (other !== index) expect(verifyInclusion({ leaf, index: other, size, proof, root })).toBe(false);
      }
    }
  });

  test("whatever is changed is found", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(), fc.nat(), fc.integer({ min: 0, max: 255 }), (size, at, what, bit) => {
        const leaves = some(size).map(leafHash);
        const index = at % size;
        const good = { leaf: leaves[index] ?? root0, index, size, proof: inclusionProof(leaves, index), root: rootHash(leaves) };
        const place = good.proof.length === 0 ? 0 : what % good.proof.length;
        const faults = [
          { ...good, leaf: changed(good.leaf, bit) },
          { ...good, root: changed(good.root, bit) },
          { ...good, proof: [...good.proof, good.leaf] },
          { ...good, size: index },
          { ...good, index: -1 },
          { ...good, index: 0.5 },
          { ...good, size: Number.NaN },
          { ...good, leaf: good.leaf.slice(1) },
          ...(good.proof.length === 0
            ? []
            : [
                { ...good, proof: good.proof.slice(1) },
                { ...good, proof: good.proof.slice(0, -1) },
                { ...good, proof: good.proof.map((hash, i) => (i === place ? changed(hash, bit) : hash)) },
              ]),
        ];
        expect(verifyInclusion(good)).toBe(true);
        for (const fault of faults) expect(verifyInclusion(fault)).toBe(false);
      }),
    );
  });
});

describe("consistency", () => {
  test("every beginning of every size is proven, and with no other root", () => {
    for (const size of sizes) {
      const leaves = some(size).map(leafHash);
      const root = mth(some(size));
      for (let firstSize = 0; firstSize <= size; firstSize += 1) {
        const proof = consistencyProof(leaves, firstSize);
        const good = { firstSize, firstRoot: mth(some(firstSize)), size, root, proof };
        expect(verifyConsistency(good)).toBe(true);
        const rewritten = mth(some(firstSize).map((entry, i) => (i === 0 ? Uint8Array.of(99) : entry)));
        if (firstSize > 0) expect(verifyConsistency({ ...good, firstRoot: rewritten })).toBe(false);
        for (let other = 0; other <= size + 1; other += 1)
          if (other !== firstSize) expect(verifyConsistency({ ...good, firstSize: other })).toBe(false);
      }
    }
  });

  test("whatever is changed is found", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 70 }), fc.nat(), fc.nat(), fc.integer({ min: 0, max: 255 }), (size, at, what, bit) => {
        const leaves = some(size).map(leafHash);
        const firstSize = 1 + (at % (size - 1));
        const good = {
          firstSize,
          firstRoot: rootHash(leaves.slice(0, firstSize)),
          size,
          root: rootHash(leaves),
          proof: consistencyProof(leaves, firstSize),
        };
        const place = what % good.proof.length;
        const faults = [
          { ...good, firstRoot: changed(good.firstRoot, bit) },
          { ...good, root: changed(good.root, bit) },
          { ...good, proof: good.proof.slice(1) },
          { ...good, proof: good.proof.slice(0, -1) },
          { ...good, proof: [...good.proof, good.root] },
          { ...good, proof: good.proof.map((hash, i) => (i === place ? changed(hash, bit) : hash)) },
          { ...good, proof: [] },
          { ...good, size: firstSize },
          { ...good, firstSize: size },
          { ...good, firstSize: -1 },
          { ...good, size: Number.POSITIVE_INFINITY },
        ];
        expect(verifyConsistency(good)).toBe(true);
        for (const fault of faults) expect(verifyConsistency(fault)).toBe(false);
      }),
    );
  });

  test("nothing is the beginning of everything, with its own root and no proof", () => {
    const root = mth(some(5));
    const good = { firstSize: 0, firstRoot: mth([]), size: 5, root, proof: [] };
    expect(verifyConsistency(good)).toBe(true);
    expect(verifyConsistency({ ...good, firstRoot: root })).toBe(false);
    expect(verifyConsistency({ ...good, proof: [root] })).toBe(false);
  });
});

const root0 = mth([]);
