/** From an entity to what it refers to, in memory. */
import { assert, must } from "../../lib/assert.ts";
import { codes } from "../../policy/safe.ts";
import type { ColumnPath } from "../cuboid.ts";
import { encodeDimension } from "../layout.ts";
import type { EntityMemory } from "./entities.ts";
import { missingRef, noRef, nullInt } from "./stored.ts";

export interface Entities {
  readonly entities: ReadonlyMap<string, EntityMemory>;
}

export function ints(entity: EntityMemory, column: string): Int32Array {
  const held = entity.column(column);
  assert(held instanceof Int32Array, "a column of 32-bit integers");
  return held;
}

/** The entity that a ref column leads to. */
export function referred({ entities }: Entities, from: EntityMemory, column: string): EntityMemory {
  const refers = must(from.table.columns.find((one) => one.name === column)?.refers, "entity referred to");
  return must(entities.get(refers), "entity");
}

/** By ref: where a path of refs ends; negative where there is nothing (`noRef`) or what is referred to is missing. */
export function followed(memory: Entities, entity: EntityMemory, path: readonly string[]): (ref: number) => number {
  const steps: { readonly held: Int32Array; readonly present: Uint8Array }[] = [];
  let at = entity;
  for (const name of path) {
    const held = ints(at, name);
    at = referred(memory, at, name);
    steps.push({ held, present: at.present });
  }
  const { present } = entity;
  return (ref) => {
    let here = present[ref] === 1 ? ref : missingRef;
    for (let i = 0; i < steps.length && here >= 0; i += 1) {
      const step = steps[i]!;
      const next = step.held[here]!;
      here = next < 0 ? noRef : step.present[next] === 1 ? next : missingRef;
    }
    return here;
  };
}

/** By ref: a dimension's integer. Good until the entities change or grow. */
export function dimensionOf(memory: Entities, entity: EntityMemory, path: ColumnPath): (ref: number) => number {
  const end = followed(memory, entity, path.refs);
  const held = must(memory.entities.get(path.table), "entity").column(path.column);
  const { kind } = path;
  return (ref) => {
    const at = end(ref);
    if (at < 0) return at === noRef ? codes.null : codes.unknown;
    const value = held[at]!;
    return kind === "code" ? value : encodeDimension(kind, value === nullInt || Number.isNaN(value) ? undefined : value);
  };
}
