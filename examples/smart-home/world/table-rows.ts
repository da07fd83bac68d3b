import type { CopyIn } from "./copy.ts";

/** A table's rows as they are made: `row` is called once for each index, in order, and writes one field per column. */
export interface TableRows {
  readonly table: string;
  readonly columns: readonly string[];
  readonly count: number;
  readonly row: (copy: CopyIn, index: number) => void;
}
