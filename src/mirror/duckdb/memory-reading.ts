/** Entities and sets in memory as answers read them. */
import { must } from "../../lib/assert.ts";
import type { MirrorStatus } from "../mirror.ts";
import type { EntityReading, MemoryReading } from "../reading.ts";
import type { EntityMemory } from "./entities.ts";
import { followed, ints } from "./follow.ts";
import type { Memory } from "./memory.ts";

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
    dimension: (path) => memory.placesOf(entity, path),
    follow: (path) => followed(memory, entity, path),
    minutes: (column) => ints(entity, column),
  };
}
