/** Writes the kept history: cells of closed periods, in a table of their own for each metric. */
import { must } from "../../lib/assert.ts";
import type { MetricSpec } from "../cuboid.ts";
import type { HistoryWriter, KeptHistory } from "../history.ts";
import { cellMeasures, historyTable, id } from "../layout.ts";
import type { Column, Connection, Layout } from "./engine.ts";
import type { Memory } from "./memory.ts";
import type { Pacer } from "./pacer.ts";
import { appendColumns, wideColumn } from "./tables.ts";

const incoming = id("history_incoming");

/** Removes what is kept of a metric, in the open transaction. */
export async function dropHistory(connection: Connection, metric: string): Promise<void> {
  await connection.run(`DROP TABLE IF EXISTS ${historyTable(metric)}`);
}

export class DuckdbHistory implements HistoryWriter {
  readonly #connection: Connection;
  readonly #memory: Memory;
  readonly #pacer: Pacer;
  readonly #written: Record<string, KeptHistory> = {};
  #metric: MetricSpec | undefined;

  constructor(context: { readonly connection: Connection; readonly memory: Memory; readonly pacer: Pacer }) {
    this.#connection = context.connection;
    this.#memory = context.memory;
    this.#pacer = context.pacer;
  }

  codeOf(table: string, column: string, text: string): number {
    return must(this.#memory.words.get(table), "words").codeOf(column, text);
  }

  async begin(metric: MetricSpec, kept: KeptHistory): Promise<void> {
    await this.#endMetric();
    this.#metric = metric;
    this.#written[metric.name] = kept;
    const columns = keysOf(metric).map((name) => `${name} ${name === "cuboid" || name === "bucket" ? "INTEGER" : "BIGINT"}`);
    const measures = cellMeasures(metric).map((name) => `${name} BIGINT`);
    await this.#connection.run(`CREATE OR REPLACE TEMP TABLE ${incoming} (${[...columns, ...measures].join(", ")})`);
  }

  async append(place: number, cells: readonly (readonly number[])[]): Promise<void> {
    const metric = must(this.#metric, "metric that was begun");
    const rowCount = cells.length;
    const width = metric.dimensions.length;
    const measures = cellMeasures(metric).length;
    const used = must(cells[0], "cell").length - 1 - measures;
    // A cuboid has some of the metric's dimensions; the columns of the others stay 0.
    const places = [
      ...Array.from({ length: width }, (_, i) => (i < used ? 1 + i : -1)),
      ...Array.from({ length: measures }, (_, i) => 1 + used + i),
    ];
    const wide = places.map((at) => wideColumn(rowCount, (row) => (at < 0 ? 0 : must(cells[row]?.[at], "value"))));
    const narrow: Column[] = [new Int32Array(rowCount).fill(place), Int32Array.from(cells, (cell) => must(cell[0], "bucket"))].map(
      (data) => ({ data, nulls: undefined }),
    );
    const layouts: Layout[] = [...narrow.map((): Layout => "i32"), ...wide.map((): Layout => "i64")];
    await appendColumns(this.#connection, { table: incoming, layouts, catalog: "temp" }, [...narrow, ...wide], {
      rowCount,
      pacer: this.#pacer,
    });
  }

  /** What was written, by metric. */
  async end(): Promise<Readonly<Record<string, KeptHistory>>> {
    await this.#endMetric();
    return this.#written;
  }

  /** Texts that have become `other` can make two cells one: at least as many units as in the one, at most as many as in both. */
  async #endMetric(): Promise<void> {
    const metric = this.#metric;
    if (metric === undefined) return;
    this.#metric = undefined;
    const keys = keysOf(metric).join(", ");
    const measures = cellMeasures(metric).map((name) => `${name.endsWith("_low") ? "max" : "sum"}(${name})::BIGINT AS ${name}`);
    await this.#connection.run(
      `CREATE TABLE ${historyTable(metric.name)} AS SELECT ${keys}, ${measures.join(", ")} FROM temp.${incoming} GROUP BY ${keys} ORDER BY cuboid, bucket`,
    );
    await this.#connection.run(`DROP TABLE temp.${incoming}`);
  }
}

function keysOf(metric: MetricSpec): readonly string[] {
  return ["cuboid", "bucket", ...metric.dimensions.map((_, i) => `d${i}`)];
}
