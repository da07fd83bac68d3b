/** The small world before and after a purge, and answers about it as sorted texts. */
import type { Question } from "../../src/metrics/answer.ts";
import type { World } from "./small-world.ts";
import { recompute } from "./small-world-oracle.ts";

/** All but the attempts before a time: what a source has left that dropped its oldest partitions. */
export function since(world: World, text: string): World {
  return { ...world, attempts: world.attempts.filter(({ minute }) => minute >= Date.parse(text) / 60_000) };
}

/** The same world, with its words met in another order. */
export function reversed({ accounts, devices, attempts }: World): World {
  return { accounts: accounts.toReversed(), devices: devices.toReversed(), attempts: attempts.toReversed() };
}

const known = new WeakMap<World, Map<string, ReturnType<typeof recompute>>>();

/** Plain counting, once for each world and question. */
export function expectedOf(of: World, asked: Question): ReturnType<typeof recompute> {
  const cache = known.get(of) ?? new Map<string, ReturnType<typeof recompute>>();
  known.set(of, cache);
  const key = JSON.stringify(asked);
  const cells = cache.get(key) ?? recompute(of, asked);
  cache.set(key, cells);
  return cells;
}

export const keyOf = (cell: { readonly period: string | undefined; readonly by: object }): string => JSON.stringify([cell.period, cell.by]);
export const counts = (
  cells: readonly { readonly period: string | undefined; readonly by: object; readonly count: number; readonly hits: number | undefined }[],
): readonly string[] => cells.map((cell) => `${keyOf(cell)} ${cell.count} ${cell.hits}`).toSorted();
