/** Of the entities that are there, those that are members: by dimensions of the entity. */
import { hasBit } from "../../mirror/bits.ts";
import type { Split } from "./split.ts";
import { Counts, groupOf, Groups, passes, Units } from "./split.ts";

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
export function countShare(
  population: { readonly present: Uint8Array; readonly count: number },
  members: Uint32Array,
  split: Split,
): readonly ShareCell[] {
  const groups = new Groups(split.groupsMax);
  const counts = new Counts();
  const hits = new Counts();
  const any = new Units(split.k);
  const hit = new Units(split.k);
  const none = new Units(split.k);
  const seen: number[] = [];
  for (let ref = 0; ref < population.count; ref++) {
    if (population.present[ref] !== 1 || !passes(split.filters, ref)) continue;
    const group = groupOf(groups, Groups.root, split.dimensions, ref);
    if (counts.at(group) === 0) seen.push(group);
    counts.add(group);
    any.add(group, split.unit, ref);
    if (hasBit(members, ref)) {
      hits.add(group);
      hit.add(group, split.unit, ref);
    } else none.add(group, split.unit, ref);
  }
  return seen.map((group) => ({
    codes: groups.codesOf(group),
    count: counts.at(group),
    hits: hits.at(group),
    atLeastK: any.atLeastK(group),
    hitsAtLeastK: hit.atLeastK(group),
    missesAtLeastK: none.atLeastK(group),
  }));
}
