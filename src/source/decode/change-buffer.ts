/** The open changes of one table: one row per change in every column, old keys beside them. Grows; hands over any number of first rows. */
import type { RawChanges, SourceTable } from "../raw.ts";
import type { ColumnBuffer } from "./column-buffer.ts";
import { createBuffer } from "./create-buffer.ts";

/** As in policy/safe.ts, which this stage may not import. */
export const changeOps = { insert: 1, update: 2, remove: 3, truncate: 4 } as const;
export type ChangeOp = (typeof changeOps)[keyof typeof changeOps];

const capacityMin = 64;

export class ChangeBuffer {
  readonly table: SourceTable;
  readonly columns: readonly ColumnBuffer[];
  /** Rows of whole transactions; those from there on belong to the open one. */
  committedRows = 0;
  #rows = 0;
  #ops: Uint8Array = new Uint8Array(capacityMin);
  #hasOldKey: Uint8Array = new Uint8Array(capacityMin);
  #oldColumns: readonly ColumnBuffer[] | undefined;
  #oldKeys = 0;
  #capacity = capacityMin;

  constructor(table: SourceTable) {
    this.table = table;
    this.columns = table.columns.map((column) => createBuffer(column, table.name, capacityMin));
  }

  get rows(): number {
    return this.#rows;
  }

  /** Opens the next row; returns its index. */
  add(op: ChangeOp): number {
    const row = this.#rows;
    if (row === this.#capacity) this.#grow();
    this.#ops[row] = op;
    this.#rows = row + 1;
    return row;
  }

  /** The columns for the old key of `row`. */
  addOldKey(row: number): readonly ColumnBuffer[] {
    this.#hasOldKey[row] = 1;
    this.#oldKeys += 1;
    const columns = (this.#oldColumns ??= this.table.columns.map((column) => createBuffer(column, this.table.name, this.#capacity)));
    for (const column of columns) column.reserve(row);
    return columns;
  }

  /** Hands over the first `count` rows. */
  take(count: number): RawChanges {
    const rows = this.#rows;
    const hasOldKey = this.#hasOldKey.subarray(0, count);
    const changes: RawChanges = {
      table: this.table,
      rowCount: count,
      ops: this.#ops.subarray(0, count),
      hasOldKey,
      oldColumns: this.#takeOld(hasOldKey, count, rows),
      columns: this.columns.map((column) => column.take(count, rows)),
    };
    this.#restart(count, rows);
    return changes;
  }

  #takeOld(hasOldKey: Uint8Array, count: number, rows: number): RawChanges["oldColumns"] {
    if (this.#oldColumns === undefined) return undefined;
    for (const column of this.#oldColumns) column.reserve(rows - 1);
    const taken = this.#oldColumns.map((column) => column.take(count, rows));
    let found = 0;
    for (const mark of hasOldKey) found += mark;
    this.#oldKeys -= found;
    if (this.#oldKeys === 0) this.#oldColumns = undefined;
    return found > 0 ? taken : undefined;
  }

  #restart(count: number, rows: number): void {
    const left = rows - count;
    // About as much room as the last time, so that one large transaction does not make every later batch large.
    if (left === 0) {
      this.#capacity = Math.max(capacityMin, Math.min(this.#capacity, 2 * count));
      for (const column of this.columns) column.shrink(this.#capacity);
      for (const column of this.#oldColumns ?? []) column.shrink(this.#capacity);
    }
    const ops = new Uint8Array(this.#capacity);
    const hasOldKey = new Uint8Array(this.#capacity);
    ops.set(this.#ops.subarray(count, rows));
    hasOldKey.set(this.#hasOldKey.subarray(count, rows));
    this.#ops = ops;
    this.#hasOldKey = hasOldKey;
    this.#rows = left;
    this.committedRows = Math.max(0, this.committedRows - count);
  }

  #grow(): void {
    const capacity = this.#capacity * 2;
    const ops = new Uint8Array(capacity);
    const hasOldKey = new Uint8Array(capacity);
    ops.set(this.#ops);
    hasOldKey.set(this.#hasOldKey);
    this.#ops = ops;
    this.#hasOldKey = hasOldKey;
    this.#capacity = capacity;
    for (const column of this.columns) column.reserve(capacity - 1);
  }
}
