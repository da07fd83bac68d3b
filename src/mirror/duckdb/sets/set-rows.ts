/** Which rows of a table a set is made of, and the ref of each. */
import { assert, must } from "../../../lib/assert.ts";
import { rowsColumn, rowsTable } from "../../layout.ts";
import type { RowCondition } from "../../cuboid.ts";
import type { ApplyContext } from "../apply.ts";
import { layoutsOf } from "../apply.ts";
import { batchOfSome } from "../batches.ts";
import type { RowBatch, Test } from "../evaluate.ts";
import { keptRows, testOf } from "../evaluate.ts";
import type { TableInfo } from "../memory.ts";
import type { Words } from "../words.ts";

/** What a day set and a member set have in common. */
export interface SetSource {
  readonly name: string;
  readonly table: string;
  readonly time?: string;
  readonly filter: RowCondition;
  readonly of: string;
}

export class SetRows {
  readonly source: SetSource;
  readonly #info: TableInfo;
  readonly #tests: readonly Test[];
  readonly #columns: readonly string[];

  constructor(source: SetSource, info: TableInfo, words: Words) {
    this.source = source;
    this.#info = info;
    this.#tests = source.filter.map((one) => testOf(info.table, one, words));
    const time = source.time === undefined ? [] : [source.time];
    this.#columns = [...new Set([source.of, ...time, ...source.filter.map((one) => one.column)])];
    assert(info.table.columns.find((one) => one.name === source.of)?.role === "ref", "a set of a ref column");
  }

  /** Calls `take` for every row that counts; `minute` is 0 without a time. */
  each(batch: RowBatch, take: (ref: number, minute: number) => void): void {
    const { of, time } = this.source;
    const keep = keptRows(batch, time, this.#tests);
    const refs = batch.column(of);
    const minutes = time === undefined ? undefined : batch.column(time);
    const count = keep?.length ?? batch.rowCount;
    for (let i = 0; i < count; i += 1) {
      const row = keep === undefined ? i : keep[i]!;
      const ref = refs[row] as number; // eslint-disable-line -- inside
      if (ref >= 0) take(ref, minutes === undefined ? 0 : (minutes[row] as number)); // eslint-disable-line -- inside
    }
  }

  /** Gives the stored rows for which `where` (SQL over the alias f) holds, the open transaction's included. */
  async scan(
    { connection, pacer }: Pick<ApplyContext, "connection" | "pacer">,
    where: string,
    take: (batch: RowBatch) => void,
  ): Promise<void> {
    const names = this.#columns;
    const sql = `SELECT ${names.map((name) => this.sql(name)).join(", ")} FROM ${rowsTable(this.source.table)} f WHERE ${where}`;
    await connection.scan({ sql, layouts: layoutsOf(this.#info, names) }, async (columns, rowCount) => {
      take(batchOfSome(this.#info, names, columns, rowCount));
      await pacer.pause();
    });
  }

  /** A column in the SQL of `scan`. */
  sql(column: string): string {
    return `f.${rowsColumn(this.#info.table, column)}`;
  }

  get time(): string {
    return this.sql(must(this.source.time, "time of a day set"));
  }
}
