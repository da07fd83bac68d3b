/** Entities and sets in memory as answers read them. */
import { assert, must } from "../../lib/assert.ts";
import { codes } from "../../policy/safe.ts";
import type { ColumnPath } from "../cuboid.ts";
import { encodeDimension } from "../layout.ts";
import type { MirrorStatus } from "../mirror.ts";
import type { EntityReading, MemoryReading } from "../reading.ts";
import type { EntityMemory } from "./entities.ts";
import type { Memory } from "./memory.ts";
import { missingRef, noRef, nullInt } from "./stored.ts";

export function readingOf(memory: Memory, status: MirrorStatus): MemoryReading {
  return {
    status,
    entity: (name) => entityReading(memory, must(memory.entities.get(name), "entity of the schema")),
    daySet: (name) => {
      const set = must(
        memory.daySets.find((one) => one.spec.name === name),
        "day set of the cells' specification",
      );
      return { span: set.span, union: (from, to) => set.union(from, to) };
    },
    memberSet: (name) =>
      must(
        memory.memberSets.find((one) => one.spec.name === name),
        "member set of the cells' specification",
      ),
  };
}

function entityReading(memory: Memory, entity: EntityMemory): EntityReading {
  return {
    count: must(memory.tokens.get(entity.table.name), "tokens").count,
    present: entity.present,
    dimension: (path) => dimensionOf(memory, entity, path),
    follow: (path) => followed(memory, entity, path),
    minutes: (column) => ints(entity, column),
  };
}

function ints(entity: EntityMemory, column: string): Int32Array {
  const held = entity.column(column);
  assert(held instanceof Int32Array, "a column of 32-bit integers");
  return held;
}

function followed(memory: Memory, entity: EntityMemory, path: readonly string[]): (ref: number) => number {
  const steps: { readonly held: Int32Array; readonly present: Uint8Array }[] = [];
  let at = entity;
  for (const name of path) {
    const held = ints(at, name);
    at = must(
      memory.entities.get(must(memory.info(at.table.name).table.columns.find((one) => one.name === name)?.refers, "entity referred to")),
      "entity",
    );
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

function dimensionOf(memory: Memory, entity: EntityMemory, path: ColumnPath): (ref: number) => number {
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
