/** Of the entities that are there, those that are members: by dimensions of the entity. */
import { hasBit } from "../../mirror/bits.ts";
import { groupingOf, tooManyGroups } from "./grouping.ts";
import type { Split } from "./split.ts";
import { Units } from "./split.ts";

export interface ShareCell {
  readonly codes: readonly number[];
  /** Entities, and those of them that are members. */
  readonly count: number;
  readonly hits: number;
  /** At least k units have an entity; have a member; have one that is none. Exact. */
  readonly atLeastK: boolean;
  readonly hitsAtLeastK: boolean;
  readonly missesAtLeastK: boolean;
}

/** `present`: by ref, 1 where the entity is there. A member that is not there counts nowhere. */
export function countShare(present: Uint8Array, members: Uint32Array, split: Split): readonly ShareCell[] {
  const grouping = groupingOf(split);
  const { groups } = grouping;
  const counts = new Uint32Array(grouping.size);
  const hits = new Uint32Array(grouping.size);
  const [any, hit, none] = [new Units(split.k), new Units(split.k), new Units(split.k)];
  for (let ref = 0; ref < split.count; ref++) {
    if (present[ref] !== 1) continue;
    const group = groups[ref] ?? 0;
    const isMember = hasBit(members, ref);
    counts[group] = (counts[group] ?? 0) + 1;
    if (isMember) hits[group] = (hits[group] ?? 0) + 1;
    any.add(group, split.unit, ref);
    (isMember ? hit : none).add(group, split.unit, ref);
  }
  const cells: ShareCell[] = [];
  for (let group = 0; group < grouping.size; group++) {
    const count = counts[group] ?? 0;
    const codes = count === 0 ? undefined : grouping.codesOf(group);
    if (codes === undefined) continue;
    const verdicts = { atLeastK: any.atLeastK(group), hitsAtLeastK: hit.atLeastK(group), missesAtLeastK: none.atLeastK(group) };
    cells.push({ codes, count, hits: hits[group] ?? 0, ...verdicts });
    if (cells.length > split.groupsMax) throw tooManyGroups(split.groupsMax);
  }
  return cells;
}
