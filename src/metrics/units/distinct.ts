/** Distinct entities of a set of refs, by dimensions of the entity. */
import { bitCount } from "../../mirror/bits.ts";
import { countGroups, walkBits } from "./bits.ts";
import type { Grouping } from "./grouping.ts";
import { groupingOf, tooManyGroups } from "./grouping.ts";
import type { Split } from "./split.ts";
import { Units } from "./split.ts";

export interface DistinctCell {
  /** The integers of the dimensions. */
  readonly codes: readonly number[];
  readonly count: number;
  /** At least k protected units are behind it: exact. */
  readonly atLeastK: boolean;
}

/** Counts refs of set bits, for one set after the other. Without dimensions and filters only words are counted. */
export function distinctCounter(split: Split): (words: Uint32Array) => readonly DistinctCell[] {
  if (split.dimensions.length === 0 && split.filters.length === 0) return (words) => whole(words, split);
  const grouping = groupingOf(split);
  return (words) => byGroup(words, grouping, split);
}

function byGroup(words: Uint32Array, grouping: Grouping, split: Split): readonly DistinctCell[] {
  const counts = countGroups(words, grouping.groups, grouping.size);
  const hasK = groupsWithK(words, { grouping, counts, split });
  const cells: DistinctCell[] = [];
  for (let group = 0; group < counts.length; group++) {
    const count = counts[group] ?? 0;
    const codes = count === 0 ? undefined : grouping.codesOf(group);
    if (codes === undefined) continue;
    cells.push({ codes, count, atLeastK: hasK(group) });
    if (cells.length > split.groupsMax) throw tooManyGroups(split.groupsMax);
  }
  return cells;
}

/** Walks until it is known of each group whether k units are behind it: mostly not far. */
function groupsWithK(
  words: Uint32Array,
  { grouping, counts, split }: { readonly grouping: Grouping; readonly counts: Uint32Array; readonly split: Split },
): (group: number) => boolean {
  const { groups } = grouping;
  const units = new Units(split.k);
  /** Members that are still to come; 0: nothing more has to be known. */
  const left = counts.map((count, group) => (count < split.k || grouping.codesOf(group) === undefined ? 0 : count));
  let open = left.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
  if (open > 0)
    walkBits(words, (ref) => {
      const group = groups[ref] ?? 0;
      const before = left[group] ?? 0;
      if (before === 0) return true;
      units.add(group, split.unit, ref);
      left[group] = units.atLeastK(group) ? 0 : before - 1;
      if (left[group] === 0) open -= 1;
      return open > 0;
    });
  return (group) => units.atLeastK(group);
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
