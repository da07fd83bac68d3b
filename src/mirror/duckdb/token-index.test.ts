import { expect, test } from "vitest";
import { TokenIndex } from "./token-index.ts";

/** Words of the tokens of `ids`; many share words, so that their places are the same. */
const wordsOf = (ids: readonly number[]): Int32Array => Int32Array.from(ids.flatMap((id) => [id & 3, id >> 2, 0, id % 7]));

test("tokens keep their refs through every growth, known and new ones in one call", () => {
  const index = new TokenIndex();
  const refs = new Map<number, number>();
  for (let round = 0; round < 40; round += 1) {
    const ids = Array.from({ length: 700 }, (_, i) => (round * 311 + i * 13) % 20_000);
    const given = index.assignAll(wordsOf(ids), ids.length, (row) => row % 97 === 5);
    for (const [row, id] of ids.entries()) {
      if (row % 97 === 5) expect(given[row]).toBe(0);
      else expect(given[row]).toBe(refs.get(id) ?? given[row]);
      if (row % 97 !== 5) refs.set(id, given[row]!);
    }
  }
  expect(new Set(refs.values()).size).toBe(refs.size);
  expect(index.count).toBe(refs.size);
  for (const [id, ref] of refs) expect(index.find(wordsOf([id]), 0)).toBe(ref);
  expect(index.find(wordsOf([20_001]), 0)).toBeUndefined();
});

test("refs with gaps wider than the table are restored", () => {
  const index = new TokenIndex();
  for (let i = 0; i < 900; i += 1) index.restore(i * 1_000, wordsOf([i]), 0);
  for (let i = 0; i < 900; i += 1) expect(index.find(wordsOf([i]), 0)).toBe(i * 1_000);
  expect(index.assign(wordsOf([900]), 0)).toBe(899_001);
  expect(index.used).toBe(901);
});
