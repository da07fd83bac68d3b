/**
 * Block ranges, the work units of a snapshot. A range of the root of a partitioned table applies to every partition, since each has
 * its own block numbers; the last range of a table is open, so that no row is left out whatever the size was when it was read.
 */
import type { SourceTable } from "../raw.ts";
import { id, qualified } from "../names.ts";

export interface BlockRange {
  readonly table: SourceTable;
  /** `ONLY`: an ordinary table without what inherits from it. */
  readonly only: boolean;
  readonly rowSecurity: boolean;
  readonly fromBlock: number;
  /** undefined: open. */
  readonly toBlock: number | undefined;
  /** Rows that were handed over already, when the range is taken again. COPY of a range under one snapshot keeps its order. */
  done: number;
  attempts: number;
}

export interface TableSize {
  readonly table: SourceTable;
  readonly partitioned: boolean;
  readonly rowSecurity: boolean;
  /** Of all partitions together. */
  readonly bytes: number;
  /** Of the largest partition. */
  readonly blocks: number;
  /** The role may read ctid. */
  readonly byBlocks: boolean;
}

export function cutRanges(size: TableSize, rangeBytes: number): BlockRange[] {
  const count = size.byBlocks ? Math.max(1, Math.min(size.blocks, Math.ceil(size.bytes / rangeBytes))) : 1;
  const step = Math.max(1, Math.ceil(size.blocks / count));
  const base = { table: size.table, only: !size.partitioned, rowSecurity: size.rowSecurity, done: 0, attempts: 0 };
  return Array.from({ length: count }, (_, i) => ({ ...base, fromBlock: i * step, toBlock: i === count - 1 ? undefined : (i + 1) * step }));
}

export function copyStatement(range: BlockRange): string {
  const columns = range.table.columns.map((column) => id(column.name)).join(", ");
  const conditions = [
    ...(range.fromBlock > 0 ? [`ctid >= '(${range.fromBlock},0)'::tid`] : []),
    ...(range.toBlock === undefined ? [] : [`ctid < '(${range.toBlock},0)'::tid`]),
  ];
  const where = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
  return `COPY (SELECT ${columns} FROM ${range.only ? "ONLY " : ""}${qualified(range.table)}${where}) TO STDOUT (FORMAT binary)`;
}
