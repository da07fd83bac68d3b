import { expect, test } from "vitest";
import { nearestWord } from "./nearest.ts";

const known = ["activations", "failed_connections", "US", "GB"];

test.each([
  ["acivations", "activations"],
  ["failed_conections", "failed_connections"],
  ["us", "US"],
  ["FR", undefined],
  ["", undefined],
  ["a".repeat(5_000), undefined],
])("the word nearest to %s", (word, expected) => {
  expect(nearestWord(word, known)).toBe(expected);
});
