/** Which rows' dimensions or units change because an entity on their path does: found in memory, before memory is changed. */
import { must } from "../../lib/assert.ts";
import type { MetricSpec } from "../cuboid.ts";
import type { EntityMemory } from "./entities.ts";
import type { Memory } from "./memory.ts";

/** By entity: refs that change (all existed before this batch), each with the names of its changed columns; `presence` when it comes or goes. */
export type EntityChanges = ReadonlyMap<string, ReadonlyMap<number, { readonly presence: boolean; readonly columns: ReadonlySet<string> }>>;

/**
 * For a metric: by the first ref column of its table, refs whose rows move. Follows each path backwards: entities whose ref column
 * points to one that changes are affected, too.
 */
export function movedRefs(memory: Memory, spec: MetricSpec, changes: EntityChanges): ReadonlyMap<string, ReadonlySet<number>> {
  const moved = new Map<string, Set<number>>();
  const paths = [
    { refs: spec.unitPath, column: undefined },
    ...spec.dimensions.map(({ path }) => ({ refs: path.refs, column: path.column })),
  ];
  for (const { refs, column } of paths) {
    const first = refs[0];
    if (first === undefined) continue;
    const affected = affectedAtFirst(memory, spec.table, { refs, column }, changes);
    if (affected.size === 0) continue;
    const known = moved.get(first) ?? new Set<number>();
    for (const ref of affected) known.add(ref);
    moved.set(first, known);
  }
  return moved;
}

function affectedAtFirst(
  memory: Memory,
  table: string,
  path: { readonly refs: readonly string[]; readonly column: string | undefined },
  changes: EntityChanges,
): ReadonlySet<number> {
  const entities: EntityMemory[] = [];
  let at = table;
  for (const ref of path.refs) {
    at = must(memory.info(at).table.columns.find((one) => one.name === ref)?.refers, "entity referred to");
    entities.push(must(memory.entities.get(at), "entity"));
  }
  let affected: ReadonlySet<number> = new Set();
  for (let i = path.refs.length - 1; i >= 0; i -= 1) {
    const entity = must(entities[i], "entity");
    const here = new Set<number>();
    // What the next step, or the dimension, reads of this entity.
    const next = path.refs[i + 1];
    const read = next ?? path.column;
    for (const [ref, change] of changes.get(entity.table.name) ?? [])
      if (change.presence || (read !== undefined && change.columns.has(read))) here.add(ref);
    if (affected.size > 0 && next !== undefined) for (const ref of holdersOf(entity, next, affected)) here.add(ref);
    affected = here;
  }
  return affected;
}

/** Entities that are there whose ref column holds one of `targets`. */
export function holdersOf(entity: EntityMemory, column: string, targets: ReadonlySet<number>): readonly number[] {
  const held = entity.column(column);
  const { present } = entity;
  const holders: number[] = [];
  if (targets.size === 1) {
    const target = [...targets][0];
    for (let ref = 0; ref < held.length; ref += 1) if (held[ref] === target && present[ref] === 1) holders.push(ref);
    return holders;
  }
  let largest = 0;
  for (const target of targets) largest = Math.max(largest, target);
  const marks = new Uint8Array(largest + 1);
  for (const target of targets) marks[target] = 1;
  for (let ref = 0; ref < held.length; ref += 1) if (marks[held[ref]!] === 1 && present[ref] === 1) holders.push(ref);
  return holders;
}
