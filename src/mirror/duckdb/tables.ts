/** The store's tables: made, emptied, appended to. */
import { must } from "../../lib/assert.ts";
import type { SafeSchema } from "../../policy/safe.ts";
import type { CellsSpec, MetricSpec } from "../cuboid.ts";
import {
  cellMeasures,
  cellsTable,
  changesTable,
  deltaTable,
  dictionaryTable,
  dimensionType,
  id,
  refColumn,
  rowsColumn,
  rowsTable,
  sqlType,
  tokensTable,
} from "../layout.ts";
import type { Cells } from "./cells.ts";
import { measureOrder } from "./cells.ts";
import type { Column, Connection, Layout } from "./engine.ts";
import { vectorSize } from "./engine.ts";
import type { Memory } from "./memory.ts";
import type { MetricCells } from "./metric-cells.ts";
import type { Pacer } from "./pacer.ts";
import type { TokenIndex } from "./token-index.ts";

/** Removes all tables but the control table. */
export async function dropTables(connection: Connection): Promise<void> {
  const views = await connection.rows("SELECT view_name AS name FROM duckdb_views() WHERE NOT internal AND NOT temporary");
  for (const view of views) await connection.run(`DROP VIEW ${id(String(view["name"]))}`);
  const tables = await connection.rows("SELECT table_name AS name FROM duckdb_tables() WHERE NOT temporary AND table_name <> 'control'");
  for (const table of tables) await connection.run(`DROP TABLE ${id(String(table["name"]))}`);
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
  const measures = cellMeasures(metric).join(", ");
  const wide = [...metric.dimensions.map((_, i) => `d${i}`), ...cellMeasures(metric)].map((name) => `${name} BIGINT`).join(", ");
  await connection.run(`CREATE TABLE ${changesTable(metric.name)} (cuboid INTEGER, bucket INTEGER, ${wide})`);
  for (const [place, cuboid] of metric.cuboids.entries()) {
    const narrow = cuboid.dimensions
      .map((index, i) => `d${i}::${dimensionType(must(metric.dimensions[index], "dimension").path.kind)} AS d${i}, `)
      .join("");
    await connection.run(
      `CREATE VIEW ${deltaTable(metric.name, cuboid.id)} AS SELECT bucket, ${narrow}${measures} FROM ${changesTable(metric.name)} WHERE cuboid = ${place}`,
    );
    const dims = cuboid.dimensions.map((index, i) => `d${i} ${dimensionType(must(metric.dimensions[index], "dimension").path.kind)}`);
    const columns = ["bucket INTEGER", ...dims, ...cellMeasures(metric).map((name) => `${name} BIGINT`)].join(", ");
    await connection.run(`CREATE TABLE ${cellsTable(metric.name, cuboid.id)} (${columns})`);
  }
}

/** Unquotes an identifier of layout.ts for the appender, which takes bare names. */
function bare(quoted: string): string {
  return quoted.slice(1, -1).replaceAll('""', '"');
}

/** Removes the cells of a metric, also of one that is not declared any more: `cuboids` are those that were built. */
export async function dropCells(connection: Connection, metric: string, cuboids: readonly string[]): Promise<void> {
  for (const cuboid of cuboids) {
    await connection.run(`DROP VIEW IF EXISTS ${deltaTable(metric, cuboid)}`);
    await connection.run(`DROP TABLE IF EXISTS ${cellsTable(metric, cuboid)}`);
  }
  await connection.run(`DROP TABLE IF EXISTS ${changesTable(metric)}`);
}

/** Appends whole columns in slices, with pauses. */
export async function appendColumns(
  connection: Connection,
  into: { readonly table: string; readonly layouts: readonly Layout[]; readonly catalog?: string },
  columns: readonly (Column | readonly string[])[],
  work: { readonly rowCount: number; readonly pacer: Pacer },
): Promise<void> {
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
    if (index.count > from) await appendTokens(connection, { entity, index, from, pacer });
    memory.tokensStored.set(entity, index.count);
  }
  const words = [...memory.words.values()].flatMap((one) => one.takeFresh());
  const columns = [
    words.map((word) => word.table),
    words.map((word) => word.column),
    { data: Int32Array.from(words, (word) => word.code), nulls: undefined },
    words.map((word) => word.value),
  ];
  await appendColumns(connection, { table: dictionaryTable, layouts: ["text", "text", "i32", "text"] }, columns, {
    rowCount: words.length,
    pacer,
  });
}

async function appendTokens(
  connection: Connection,
  work: { readonly entity: string; readonly index: TokenIndex; readonly from: number; readonly pacer: Pacer },
): Promise<void> {
  const { index, from } = work;
  const appender = await connection.appender(bare(tokensTable(work.entity)), ["i32", "token"]);
  const refs = new Int32Array(vectorSize);
  for (let at = from; at < index.count; at += vectorSize) {
    const rowCount = Math.min(vectorSize, index.count - at);
    for (let i = 0; i < rowCount; i += 1) refs[i] = at + i;
    const tokens = { data: index.bytes(at, at + rowCount), nulls: undefined };
    appender.append([{ data: refs, nulls: undefined }, tokens], 0, rowCount);
    await work.pacer.pause();
  }
  appender.close();
}

/** Layouts of a cells table. */
export function cellLayouts(metric: MetricSpec, cells: Cells): readonly Layout[] {
  const dims = cells.cuboid.dimensions.map((index): Layout =>
    dimensionType(must(metric.dimensions[index], "dimension").path.kind) === "INTEGER" ? "i32" : "i64",
  );
  return ["i32", ...dims, ...cellMeasures(metric).map((): Layout => "i64")];
}

/** Places in `measureOrder` of the measures that a metric stores, in the order of its columns. */
export function storedMeasures(metric: MetricSpec): readonly number[] {
  const names = new Set(cellMeasures(metric));
  return measureOrder.flatMap((name, i) => (names.has(columnOfMeasure(name)) ? [i] : []));
}

function columnOfMeasure(name: (typeof measureOrder)[number]): string {
  return name.replace(/[LH]/, (letter) => `_${letter.toLowerCase()}`);
}

/** Appends cells with the measures that `valueOf` gives. */
async function appendCells(
  connection: Connection,
  metric: MetricCells,
  work: {
    readonly cells: Cells;
    readonly table: string;
    readonly list: readonly number[];
    readonly valueOf: (i: number, measure: number) => number;
    readonly pacer: Pacer;
  },
): Promise<void> {
  const { cells } = work;
  const spec = metric.plan.spec;
  const layouts = cellLayouts(spec, cells);
  for (let from = 0; from < work.list.length; from += cellSlice) {
    const list = work.list.slice(from, from + cellSlice);
    const dims = cells.cuboid.dimensions.map((index, d): Column => {
      const interned = metric.plan.interned[index];
      if (interned === undefined) return { data: Int32Array.from(list, (cell) => cells.dimOf(cell, d)), nulls: undefined };
      return wideColumn(list.length, (i) => must(interned.values[cells.dimOf(list[i]!, d)], "dimension"));
    });
    const measures = storedMeasures(spec).map((measure) => wideColumn(list.length, (i) => work.valueOf(from + i, measure)));
    const columns = [{ data: Int32Array.from(list, (cell) => cells.bucketOf(cell)), nulls: undefined }, ...dims, ...measures];
    await appendColumns(connection, { table: work.table, layouts }, columns, { rowCount: list.length, pacer: work.pacer });
  }
}

/** Cells whose columns are made at a time. */
const cellSlice = 16 * vectorSize;

/** A BIGINT column of safe integers, written as two halves: no bigint is made. */
export function wideColumn(rowCount: number, valueOf: (i: number) => number): Column {
  const halves = new Int32Array(rowCount * 2);
  for (let i = 0; i < rowCount; i += 1) {
    const value = valueOf(i);
    halves[i * 2] = value;
    halves[i * 2 + 1] = Math.floor(value / 2 ** 32);
  }
  return { data: new BigInt64Array(halves.buffer), nulls: undefined };
}

/** Replaces the stored cells of a metric by those in memory. */
export async function writeAllCells(connection: Connection, metric: MetricCells, pacer: Pacer): Promise<void> {
  const { name } = metric.plan.spec;
  await connection.run(`DELETE FROM ${changesTable(name)}`);
  for (const cells of metric.cuboids) {
    cells.takeChanges();
    await connection.run(`DELETE FROM ${cellsTable(name, cells.cuboid.id)}`);
    const list = Array.from({ length: cells.count }, (_, cell) => cell).filter((cell) => cells.measure(cell, 0) !== 0);
    list.sort((a, b) => cells.bucketOf(a) - cells.bucketOf(b));
    await appendCells(connection, metric, {
      cells,
      table: cellsTable(name, cells.cuboid.id),
      list,
      valueOf: (i, measure) => cells.measure(list[i]!, measure),
      pacer,
    });
    cells.storedBase = list.length;
    cells.storedDelta = 0;
  }
}

/** Appends what changed in the cells since the last time: all cuboids by one append, for each costs as much as its rows. */
export async function writeCellChanges(connection: Connection, metric: MetricCells, pacer: Pacer): Promise<void> {
  const { spec, interned } = metric.plan;
  const parts = metric.cuboids.map((cells) => ({ cells, ...cells.takeChanges() }));
  const rowCount = parts.reduce((sum, part) => sum + part.list.length, 0);
  if (rowCount === 0) return;
  const measures = storedMeasures(spec);
  const cuboid = new Int32Array(rowCount);
  const bucket = new Int32Array(rowCount);
  const dims = spec.dimensions.map(() => new Float64Array(rowCount));
  const values = measures.map(() => new Float64Array(rowCount));
  let row = 0;
  for (const [place, { cells, list, changes }] of parts.entries()) {
    for (const [i, cell] of list.entries()) {
      cuboid[row] = place;
      bucket[row] = cells.bucketOf(cell);
      cells.cuboid.dimensions.forEach((index, d) => {
        const value = cells.dimOf(cell, d);
        dims[d]![row] = interned[index]?.values[value] ?? value;
      });
      measures.forEach((measure, m) => {
        values[m]![row] = changes[i * measureOrder.length + measure]!;
      });
      row += 1;
    }
    cells.storedDelta += list.length;
  }
  const wide = [...dims, ...values].map((numbers) => wideColumn(rowCount, (i) => numbers[i]!));
  const layouts: Layout[] = ["i32", "i32", ...wide.map((): Layout => "i64")];
  await appendColumns(
    connection,
    { table: changesTable(spec.name), layouts },
    [{ data: cuboid, nulls: undefined }, { data: bucket, nulls: undefined }, ...wide],
    { rowCount, pacer },
  );
}

/** Rows of a metric's signed changes from which they are summed. */
const deltaRowsMax = 40_000;
/** Summed changes of a cuboid from which they go into its cells: at least so many, and so large a share of its cells. */
const foldRowsMin = 5_000;
const foldShareMin = 0.25;

/** Keeps the signed changes few, in the open transaction: sums them; where a cuboid's are still many, sums them into its cells. */
export async function mergeDeltas(connection: Connection, metric: MetricCells, all?: "all"): Promise<void> {
  const stored = metric.cuboids.reduce((sum, cells) => sum + cells.storedDelta, 0);
  if (stored === 0 || (all === undefined && stored <= Math.max(deltaRowsMax, metric.summed * 2))) return;
  await sumChanges(connection, metric);
  for (const [place, cells] of metric.cuboids.entries()) {
    if (cells.storedDelta === 0 || (all === undefined && cells.storedDelta <= Math.max(foldRowsMin, cells.storedBase * foldShareMin)))
      continue;
    await fold(connection, metric, { place, cells });
  }
  metric.summed = metric.cuboids.reduce((sum, cells) => sum + cells.storedDelta, 0);
}

async function sumChanges(connection: Connection, metric: MetricCells): Promise<void> {
  const { spec } = metric.plan;
  const changes = changesTable(spec.name);
  const measures = cellMeasures(spec);
  const keys = ["cuboid", "bucket", ...spec.dimensions.map((_, i) => `d${i}`)].join(", ");
  const some = measures.map((name) => `sum(${name}) <> 0`).join(" OR ");
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE summed AS SELECT ${keys}, ${sumsOf(measures)} FROM ${changes} GROUP BY ${keys} HAVING ${some}`,
  );
  await connection.run(`DELETE FROM ${changes}`);
  await connection.run(`INSERT INTO ${changes} SELECT * FROM temp.summed`);
  const counted = await connection.rows(`SELECT cuboid, count(*) AS n FROM temp.summed GROUP BY cuboid`);
  const counts = new Map(counted.map((row) => [Number(row["cuboid"]), Number(row["n"])]));
  for (const [place, cells] of metric.cuboids.entries()) cells.storedDelta = counts.get(place) ?? 0;
}

async function fold(connection: Connection, metric: MetricCells, one: { readonly place: number; readonly cells: Cells }): Promise<void> {
  const { spec } = metric.plan;
  const { place, cells } = one;
  const delta = deltaTable(spec.name, cells.cuboid.id);
  const base = cellsTable(spec.name, cells.cuboid.id);
  const keys = ["bucket", ...cells.cuboid.dimensions.map((_, i) => `d${i}`)].join(", ");
  const both = `SELECT * FROM ${base} UNION ALL SELECT * FROM ${delta}`;
  await connection.run(
    `CREATE OR REPLACE TABLE ${base} AS SELECT ${keys}, ${sumsOf(cellMeasures(spec))} FROM (${both}) GROUP BY ${keys} HAVING sum(n) <> 0 ORDER BY bucket`,
  );
  await connection.run(`DELETE FROM ${changesTable(spec.name)} WHERE cuboid = ${place}`);
  cells.storedBase = await countRows(connection, base);
  cells.storedDelta = 0;
}

function sumsOf(measures: readonly string[]): string {
  return measures.map((name) => `sum(${name})::BIGINT AS ${name}`).join(", ");
}

async function countRows(connection: Connection, table: string): Promise<number> {
  const rows = await connection.rows(`SELECT count(*) AS n FROM ${table}`);
  return Number(rows[0]?.["n"]);
}
