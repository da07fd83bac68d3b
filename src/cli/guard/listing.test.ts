/** No alarm is no news only while somebody looks. */
import { expect, test } from "vitest";
import type { CommandContext } from "../commands/command.ts";
import type { State } from "../state.ts";
import type { Watching } from "../state/guard-rows.ts";
import { sayWhoWatches } from "./listing.ts";

const minute = 60_000;

test.each([
  ["somebody watches", { isWatching: true, sinceMs: -9 * minute, atMs: -1_000 }, /^$/],
  ["the watch was ended", { isWatching: false, sinceMs: -minute, atMs: -minute }, /^Nobody watches now, since \d{4}-/],
  ["the watch was killed", { isWatching: true, sinceMs: -9 * minute, atMs: -2 * minute }, /^Nobody watches now, since \d{4}-/],
  ["its last word is of a clock that was set back", { isWatching: true, sinceMs: 0, atMs: 60 * minute }, /^Nobody watches now/],
  ["nobody ever did", undefined, /^Nobody has watched yet/],
] as const)("a list says who watches: %s", (_what, said, expected) => {
  const now = Date.now();
  const watching: Watching | undefined = said && { isWatching: said.isWatching, since: now + said.sinceMs, at: now + said.atMs };
  let told = "";
  const terminal = { error: (text: string) => (told += text) } as unknown as CommandContext["terminal"];
  const state = { guard: { watching: () => watching } } as unknown as Pick<State, "guard">;
  sayWhoWatches({ terminal }, state);
  expect(told).toMatch(expected);
});
