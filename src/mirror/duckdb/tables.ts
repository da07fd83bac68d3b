/** The store's tables: made, emptied, appended to. */
import { must } from "../../lib/assert.ts";
import type { SafeSchema } from "../../policy/safe.ts";
import type { CellsSpec, MetricSpec } from "../cuboid.ts";
import { cellMeasures, cellsTable, deltaTable, dictionaryTable, dimensionType, refColumn, rowsColumn, rowsTable, sqlType, tokensTable } from "../layout.ts";
import type { Cells } from "./cells.ts";
import { measureOrder } from "./cells.ts";
import type { Column, Connection, Layout } from "./engine.ts";
import { vectorSize } from "./engine.ts";
import type { Memory } from "./memory.ts";
import type { MetricCells } from "./metric-cells.ts";
import type { Pacer } from "./pacer.ts";

/** Removes all tables but the control table. */
export async function dropTables(connection: Connection): Promise<void> {
  const tables = await connection.rows(`SELECT table_name FROM duckdb_tables() WHERE NOT temporary AND table_name <> 'control'`);
  for (const table of tables) await connection.run(`DROP TABLE "${String(table["table_name"]).replaceAll('"', '""')}"`);
}

export async function createTables(connection: Connection, schema: SafeSchema, cells: CellsSpec): Promise<void> {
  await connection.run(`CREATE TABLE ${dictionaryTable} (tbl VARCHAR, col VARCHAR, code INTEGER, value VARCHAR)`);
  for (const table of schema.tables) {
    const columns = table.columns.map((column) => `${rowsColumn(table, column.name)} ${sqlType(column, table)}`);
    await connection.run(`CREATE TABLE ${rowsTable(table.name)} (${columns.join(", ")})`);
    if (table.kind === "entity") await connection.run(`CREATE TABLE ${tokensTable(table.name)} (${refColumn} INTEGER, token UHUGEINT)`);
  }
  for (const metric of cells.metrics) await createCells(connection, metric);
}

export async function createCells(connection: Connection, metric: MetricSpec): Promise<void> {
  for (const cuboid of metric.cuboids) {
    const dims = cuboid.dimensions.map((index, i) => `d${i} ${dimensionType(must(metric.dimensions[index], "dimension").path.kind)}`);
    const columns = ["bucket INTEGER", ...dims, ...cellMeasures(metric).map((name) => `${name} BIGINT`)].join(", ");
    await connection.run(`CREATE TABLE ${cellsTable(metric.name, cuboid.id)} (${columns})`);
    await connection.run(`CREATE TABLE ${deltaTable(metric.name, cuboid.id)} (${columns})`);
  }
}

/** Unquotes an identifier of layout.ts for the appender, which takes bare names. */
function bare(quoted: string): string {
  return quoted.slice(1, -1).replaceAll('""', '"');
}

/** Removes the cells of a metric, also of one that is not declared any more. */
export async function dropCells(connection: Connection, metric: string): Promise<void> {
  const prefixes = [cellsTable(metric, ""), deltaTable(metric, "")].map(bare);
  const tables = await connection.rows("SELECT table_name FROM duckdb_tables() WHERE NOT temporary AND (starts_with(table_name, ?) OR starts_with(table_name, ?))", prefixes);
  for (const table of tables) await connection.run(`DROP TABLE "${String(table["table_name"]).replaceAll('"', '""')}"`);
}

/** Appends whole columns in slices, with pauses. */
export async function appendColumns(connection: Connection, into: { readonly table: string; readonly layouts: readonly Layout[]; readonly catalog?: string }, columns: readonly (Column | readonly string[])[], work: { readonly rowCount: number; readonly pacer: Pacer }): Promise<void> {
  if (work.rowCount === 0) return;
  const appender = await connection.appender(bare(into.table), into.layouts, into.catalog);
  for (let from = 0; from < work.rowCount; from += vectorSize) {
    appender.append(columns, from, Math.min(work.rowCount, from + vectorSize));
    await work.pacer.pause();
  }
  appender.close();
}

/** Writes tokens and words that the store does not have yet. */
export async function appendFresh(connection: Connection, memory: Memory, pacer: Pacer): Promise<void> {
  for (const [entity, index] of memory.tokens) {
    const from = memory.tokensStored.get(entity) ?? 0;
    const rowCount = index.count - from;
    const refs = Int32Array.from({ length: rowCount }, (_, i) => from + i);
    const tokens = { data: index.bytes(from, index.count), nulls: undefined };
    await appendColumns(connection, { table: tokensTable(entity), layouts: ["i32", "token"] }, [{ data: refs, nulls: undefined }, tokens], { rowCount, pacer });
    memory.tokensStored.set(entity, index.count);
  }
  const words = [...memory.words.values()].flatMap((one) => one.takeFresh());
  const columns = [words.map((word) => word.table), words.map((word) => word.column), { data: Int32Array.from(words, (word) => word.code), nulls: undefined }, words.map((word) => word.value)];
  await appendColumns(connection, { table: dictionaryTable, layouts: ["text", "text", "i32", "text"] }, columns, { rowCount: words.length, pacer });
}

/** Layouts of a cells table. */
export function cellLayouts(metric: MetricSpec, cells: Cells): readonly Layout[] {
  const dims = cells.cuboid.dimensions.map((index): Layout => (dimensionType(must(metric.dimensions[index], "dimension").path.kind) === "INTEGER" ? "i32" : "i64"));
  return ["i32", ...dims, ...cellMeasures(metric).map((): Layout => "i64")];
}

/** Places in `measureOrder` of the measures that a metric stores, in the order of its columns. */
export function storedMeasures(metric: MetricSpec): readonly number[] {
  return metric.hit === undefined ? [0, 1, 2] : measureOrder.map((_, i) => i);
}

/** Appends cells with the measures that `valueOf` gives. */
async function appendCells(connection: Connection, metric: MetricCells, work: { readonly cells: Cells; readonly table: string; readonly list: readonly number[]; readonly valueOf: (i: number, measure: number) => number; readonly pacer: Pacer }): Promise<void> {
  const { cells, list } = work;
  const spec = metric.plan.spec;
  const dims = cells.cuboid.dimensions.map((index, d): Column => {
    const interned = metric.plan.interned[index];
    if (interned === undefined) return { data: Int32Array.from(list, (cell) => cells.dimOf(cell, d)), nulls: undefined };
    return { data: BigInt64Array.from(list, (cell) => BigInt(must(interned.values[cells.dimOf(cell, d)], "dimension"))), nulls: undefined };
  });
  const measures = storedMeasures(spec).map((measure): Column => ({ data: BigInt64Array.from(list, (_, i) => BigInt(work.valueOf(i, measure))), nulls: undefined }));
  const columns = [{ data: Int32Array.from(list, (cell) => cells.bucketOf(cell)), nulls: undefined }, ...dims, ...measures];
  await appendColumns(connection, { table: work.table, layouts: cellLayouts(spec, cells) }, columns, { rowCount: list.length, pacer: work.pacer });
}

/** Replaces the stored cells of a metric by those in memory. */
export async function writeAllCells(connection: Connection, metric: MetricCells, pacer: Pacer): Promise<void> {
  const { name } = metric.plan.spec;
  for (const cells of metric.cuboids) {
    cells.takeChanges();
    await connection.run(`DELETE FROM ${deltaTable(name, cells.cuboid.id)}`);
    await connection.run(`DELETE FROM ${cellsTable(name, cells.cuboid.id)}`);
    const list = Array.from({ length: cells.count }, (_, cell) => cell).filter((cell) => cells.measure(cell, 0) !== 0);
    list.sort((a, b) => cells.bucketOf(a) - cells.bucketOf(b));
    await appendCells(connection, metric, { cells, table: cellsTable(name, cells.cuboid.id), list, valueOf: (i, measure) => cells.measure(list[i]!, measure), pacer });
    cells.storedBase = list.length;
    cells.storedDelta = 0;
  }
}

/** Appends what changed in the cells since the last time. */
export async function writeCellChanges(connection: Connection, metric: MetricCells, pacer: Pacer): Promise<void> {
  for (const cells of metric.cuboids) {
    const { cells: list, changes } = cells.takeChanges();
    const table = deltaTable(metric.plan.spec.name, cells.cuboid.id);
    await appendCells(connection, metric, { cells, table, list, valueOf: (i, measure) => changes[i * 8 + measure]!, pacer });
    cells.storedDelta += list.length;
  }
}

/** Rows of signed changes from which they are summed among themselves, and the share of the cells from which into the cells. */
const deltaRowsMax = 20_000;
const deltaShareMax = 0.25;

/** Keeps the signed changes few: sums them, or all cells, in the open transaction. */
export async function mergeDeltas(connection: Connection, metric: MetricCells, all?: "all"): Promise<void> {
  for (const cells of metric.cuboids) {
    if (all === undefined && cells.storedDelta <= Math.max(deltaRowsMax, cells.storedBase * deltaShareMax)) continue;
    const spec = metric.plan.spec;
    const delta = deltaTable(spec.name, cells.cuboid.id);
    const base = cellsTable(spec.name, cells.cuboid.id);
    const keys = ["bucket", ...cells.cuboid.dimensions.map((_, i) => `d${i}`)].join(", ");
    const measures = cellMeasures(spec);
    const sums = measures.map((name) => `sum(${name})::BIGINT AS ${name}`).join(", ");
    await connection.run(`CREATE OR REPLACE TABLE ${delta} AS SELECT ${keys}, ${sums} FROM ${delta} GROUP BY ${keys} HAVING ${measures.map((name) => `sum(${name}) <> 0`).join(" OR ")}`);
    cells.storedDelta = await countRows(connection, delta);
    if (all === undefined && cells.storedDelta <= Math.max(deltaRowsMax / 2, (cells.storedBase * deltaShareMax) / 2)) continue;
    await connection.run(`CREATE OR REPLACE TABLE ${base} AS SELECT ${keys}, ${sums} FROM (SELECT * FROM ${base} UNION ALL SELECT * FROM ${delta}) GROUP BY ${keys} HAVING sum(n) <> 0 ORDER BY bucket`);
    await connection.run(`DELETE FROM ${delta}`);
    cells.storedBase = await countRows(connection, base);
    cells.storedDelta = 0;
  }
}

async function countRows(connection: Connection, table: string): Promise<number> {
  const rows = await connection.rows(`SELECT count(*) AS n FROM ${table}`);
  return Number(rows[0]?.["n"]);
}

