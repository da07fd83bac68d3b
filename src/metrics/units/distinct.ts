/** Distinct entities of a set of refs, by dimensions of the entity. */
import { bitCount } from "../../mirror/bits.ts";
import { walkBits } from "./bits.ts";
import type { Split } from "./split.ts";
import { Counts, groupOf, Groups, passes, Units } from "./split.ts";

export interface DistinctCell {
  /** The integers of the dimensions. */
  readonly codes: readonly number[];
  readonly count: number;
  /** At least k protected units are behind it: exact. */
  readonly atLeastK: boolean;
}

/** Counts the refs of set bits. Without dimensions and filters only words are counted, and bits walked until k units were seen. */
export function countDistinct(words: Uint32Array, split: Split): readonly DistinctCell[] {
  if (split.dimensions.length === 0 && split.filters.length === 0) return whole(words, split);
  const groups = new Groups(split.groupsMax);
  const counts = new Counts();
  const units = new Units(split.k);
  const seen: number[] = [];
  walkBits(words, (ref) => {
    if (!passes(split.filters, ref)) return true;
    const group = groupOf(groups, Groups.root, split.dimensions, ref);
    if (counts.at(group) === 0) seen.push(group);
    counts.add(group);
    units.add(group, split.unit, ref);
    return true;
  });
  return seen.map((group) => ({ codes: groups.codesOf(group), count: counts.at(group), atLeastK: units.atLeastK(group) }));
}

function whole(words: Uint32Array, split: Split): readonly DistinctCell[] {
  const count = bitCount(words);
  if (count === 0) return [];
  const units = new Units(split.k);
  walkBits(words, (ref) => {
    units.add(0, split.unit, ref);
    return !units.atLeastK(0);
  });
  return [{ codes: [], count, atLeastK: units.atLeastK(0) }];
}
