/** The word that is printed proves the store in which it is planted; its hash alone is kept. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Asset } from "../../../guard/asset.ts";
import { isConfirmed } from "../../../guard/readable/inspect.ts";
import { proofOf } from "../../../guard/readable/planted.ts";
import { targetOf } from "../../../guard/target.ts";
import type { State } from "../../state.ts";
import { openState } from "../../state.ts";
import { plantsOf } from "./planting.ts";

let folder: string;
let state: State;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vitrine-planting-"));
  state = openState({ folder, now: () => 1, random: () => "0123456789abcdef" });
});
afterEach(() => {
  state[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

const asset = (...urls: readonly string[]): Asset => ({
  name: "cache",
  owner: "platform",
  targets: urls.map(targetOf),
  profile: "fast",
  expectedAt: () => "auth-required",
});
const wordIn = (script: readonly string[] | undefined): string => /vitrine-[0-9a-f]{32}/.exec(script?.join("\n") ?? "")?.[0] ?? "none";
const isOurs = (target: string, word: string): boolean =>
  isConfirmed(
    [{ kind: "planted", value: proofOf(word) ?? "" }],
    state.guard.identities("cache").filter((one) => one.target === target),
  );

test("the word of an asset proves each of its nodes, and no other asset", () => {
  const [a, b] = plantsOf(asset("redis://a", "redis://b"), state).map(({ script }) => wordIn(script));
  const other = wordIn(plantsOf({ ...asset("redis://a"), name: "other" }, state)[0]?.script);
  expect([isOurs("redis://a:6379", a ?? ""), isOurs("redis://b:6379", a ?? ""), b]).toEqual([true, true, a]);
  expect([isOurs("redis://a:6379", other), other === a]).toEqual([false, false]);
  const kept = readdirSync(folder).map((name) => readFileSync(join(folder, name), "latin1"));
  for (const word of [a, other]) expect(kept.join("\n")).not.toContain(word?.slice("vitrine-".length));
});

test("a script that is printed and not run takes nothing away; the last one that was printed counts too", () => {
  const words = [1, 2, 3].map(() => wordIn(plantsOf(asset("redis://a"), state)[0]?.script));
  expect(words.map((word) => isOurs("redis://a:6379", word))).toEqual([true, false, true]);
});

test("after an opening what others may have read is believed no more, when the owner says so", () => {
  const words = [1, 2].map(() => wordIn(plantsOf(asset("redis://a"), state)[0]?.script));
  const anew = wordIn(plantsOf(asset("redis://a"), state, { isAnew: true })[0]?.script);
  expect([...words, anew].map((word) => isOurs("redis://a:6379", word))).toEqual([false, false, true]);
});

test("where it proves nothing, nothing is recorded", () => {
  const [plant] = plantsOf(asset("memcached://a"), state);
  expect([plant?.script?.length, state.guard.identities("cache")]).toEqual([1, []]);
});
