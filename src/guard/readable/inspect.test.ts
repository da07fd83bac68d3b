/** Whose store it is, before anything is asked of it. */
import { expect, test } from "vitest";
import type { Identity } from "./inspect.ts";
import { isConfirmed } from "./inspect.ts";

const cluster = (value: string): Identity => ({ kind: "cluster-uuid", value });
const planted = (value: string): Identity => ({ kind: "planted", value });
const next = (value: string): Identity => ({ kind: "planted-next", value });
const key = (value: string): Identity => ({ kind: "tls-key", value });

test.each([
  ["the recorded cluster", [cluster("ours")], [cluster("ours")], true],
  ["the recorded cluster, its key renewed", [cluster("ours"), key("new")], [cluster("ours"), key("old")], true],
  ["a key alone, where nothing else was recorded", [cluster("any"), key("ours")], [key("ours")], true],
  ["the key, of a store that does not say which it is", [key("ours")], [cluster("ours"), key("ours")], true],
  ["another node of the same asset", [cluster("b")], [cluster("a"), cluster("b")], true],
  ["a stranger's cluster", [cluster("theirs")], [cluster("ours")], false],
  ["a stranger's cluster behind our own proxy's key", [cluster("theirs"), key("ours")], [cluster("ours"), key("ours")], false],
  [
    "the stronger of two proofs, where the weaker was copied",
    [cluster("theirs"), planted("ours")],
    [planted("ours"), cluster("ours")],
    false,
  ],
  ["the weaker, where the stronger was not recorded", [cluster("new"), planted("ours")], [planted("ours")], true],
  ["what was planted before", [planted("first")], [planted("first"), next("second")], true],
  ["what was printed after it, and planted", [planted("second")], [planted("first"), next("second")], true],
  ["the key, of a store that has lost what was planted", [key("ours")], [planted("first"), key("ours")], true],
  ["another planted word", [planted("third"), key("ours")], [planted("first"), key("ours")], false],
  ["nothing that was recorded", [cluster("ours")], [], false],
  ["nothing that it proves", [], [cluster("ours"), key("ours")], false],
] as const)("%s", (_who, proven, recorded, isOurs) => {
  expect(isConfirmed(proven, recorded)).toBe(isOurs);
});
