/** Rows as `evaluate` wants them: from stored columns, or from entities in memory. */
import { must } from "../../lib/assert.ts";
import type { Column } from "./engine.ts";
import type { EntityMemory } from "./entities.ts";
import type { RowBatch } from "./evaluate.ts";
import type { TableInfo } from "./memory.ts";
import type { Numbers } from "./stored.ts";
import { numbersOf } from "./stored.ts";

/** All columns of a table, in its order. */
export function batchOf(info: TableInfo, columns: readonly Column[], rowCount: number): RowBatch {
  const known = new Map<string, Numbers>();
  return {
    rowCount,
    column(name) {
      let numbers = known.get(name);
      if (numbers === undefined) {
        const index = info.table.columns.findIndex((column) => column.name === name);
        numbers = numbersOf(info.table, must(info.table.columns[index], "column"), must(columns[index], "stored column"), rowCount);
        known.set(name, numbers);
      }
      return numbers;
    },
  };
}

/** Columns of a table by name (a scan of some of them). */
export function batchOfSome(info: TableInfo, names: readonly string[], columns: readonly Column[], rowCount: number): RowBatch {
  const all = info.table.columns.map((column) => {
    const index = names.indexOf(column.name);
    return index < 0 ? undefined : columns[index];
  });
  return batchOf(info, all as readonly Column[], rowCount); // eslint-disable-line -- only the named columns are read
}

/** Entities in memory, by ref: the values are copied, so they stay as they are now. */
export function batchOfEntities(entity: EntityMemory, refs: Int32Array): RowBatch {
  const known = new Map<string, Numbers>();
  return {
    rowCount: refs.length,
    column(name) {
      if (name === entity.table.key) return refs;
      let numbers = known.get(name);
      if (numbers === undefined) {
        const held = entity.column(name);
        numbers = held instanceof Int32Array ? new Int32Array(refs.length) : new Float64Array(refs.length);
        for (let row = 0; row < refs.length; row += 1) numbers[row] = held[refs[row]!]!;
        known.set(name, numbers);
      }
      return numbers;
    },
  };
}

/** Refs of all entities that are there, in slices. */
export function* presentRefs(entity: EntityMemory, count: number, slice: number): Generator<Int32Array> {
  const { present } = entity;
  for (let from = 0; from < count; from += slice) {
    const to = Math.min(count, from + slice);
    const refs = new Int32Array(to - from);
    let found = 0;
    for (let ref = from; ref < to; ref += 1) {
      refs[found] = ref;
      if (present[ref] === 1) found += 1;
    }
    if (found > 0) yield found === refs.length ? refs : refs.slice(0, found);
  }
}
