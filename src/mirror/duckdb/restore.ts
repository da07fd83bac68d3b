/** After a restart: memory from the store's tables. */
import { must } from "../../lib/assert.ts";
import type { SafeSchema } from "../../policy/safe.ts";
import type { CellsSpec } from "../cuboid.ts";
import { cellMeasures, cellsSql, dictionaryTable, refColumn, rowsColumn, rowsTable, tokensTable } from "../layout.ts";
import { layoutsOf, putEntities } from "./apply.ts";
import type { CellMeasures, Cells } from "./cells.ts";
import { measureOrder } from "./cells.ts";
import type { Column, Connection } from "./engine.ts";
import { Memory } from "./memory.ts";
import type { TableInfo } from "./memory.ts";
import type { MetricCells } from "./metric-cells.ts";
import type { Pacer } from "./pacer.ts";
import { cellLayouts, storedMeasures } from "./tables.ts";
import { wordsOf } from "./token-index.ts";

export async function restoreMemory(connection: Connection, schema: SafeSchema, cells: CellsSpec, pacer: Pacer): Promise<Memory> {
  const memory = new Memory(schema, cells);
  await restoreWords(connection, memory);
  for (const entity of memory.tokens.keys()) await restoreTokens(connection, memory, entity, pacer);
  memory.growEntities();
  for (const info of memory.tables.values()) {
    const counted = await connection.rows(`SELECT count(*) AS n FROM ${rowsTable(info.table.name)}`);
    memory.rows.set(info.table.name, Number(counted[0]?.["n"]));
    if (info.table.kind === "entity") await restoreEntities(connection, memory, info, pacer);
    else await restoreKeyMax(connection, memory, info);
  }
  return memory;
}

async function restoreWords(connection: Connection, memory: Memory): Promise<void> {
  const rows = await connection.rows(`SELECT tbl, col, code, value FROM ${dictionaryTable} ORDER BY tbl, col, code`);
  for (const row of rows)
    must(memory.words.get(String(row["tbl"])), "words")
      .column(String(row["col"]))
      .restore(Number(row["code"]), String(row["value"]));
}

export async function restoreTokens(connection: Connection, memory: Memory, entity: string, pacer: Pacer): Promise<void> {
  const index = must(memory.tokens.get(entity), "tokens");
  const table = tokensTable(entity);
  index.clear();
  const counted = await connection.rows(`SELECT coalesce(max(${refColumn}), -1) + 1 AS n FROM ${table}`);
  const count = Number(counted[0]?.["n"]);
  // A little room at once: the next one that comes would have all copied, with both in memory for a while.
  const room = Math.ceil(count * 1.02);
  index.reserve(room);
  must(memory.entities.get(entity), "entity").grow(room);
  await connection.scan(
    { sql: `SELECT ${refColumn}, token FROM ${table}`, layouts: ["i32", "token"] },
    async ([refs, tokens], rowCount) => {
      const words = wordsOf(must(tokens, "tokens").data as Uint8Array); // eslint-disable-line -- layout token
      const list = must(refs, "refs").data as Int32Array; // eslint-disable-line -- layout i32
      for (let row = 0; row < rowCount; row += 1) index.restore(list[row]!, words, row * 4);
      await pacer.pause();
    },
  );
  memory.tokensStored.set(entity, index.count);
}

async function restoreEntities(connection: Connection, memory: Memory, info: TableInfo, pacer: Pacer): Promise<void> {
  const entity = must(memory.entities.get(info.table.name), "entity");
  const names = [must(info.table.key, "key"), ...entity.columns];
  const sql = `SELECT ${names.map((name) => rowsColumn(info.table, name)).join(", ")} FROM ${rowsTable(info.table.name)}`;
  await connection.scan({ sql, layouts: layoutsOf(info, names) }, async (columns, rowCount) => {
    const all = info.table.columns.map((column) => columns[names.indexOf(column.name)]);
    putEntities(memory, info, all as readonly Column[], rowCount); // eslint-disable-line -- only the named columns are read
    await pacer.pause();
  });
}

export async function restoreKeyMax(connection: Connection, memory: Memory, info: TableInfo): Promise<void> {
  const layout = info.layouts[info.keyIndex];
  if (layout !== "i32" && layout !== "i64") return;
  const rows = await connection.rows(
    `SELECT max(${rowsColumn(info.table, must(info.table.key, "key"))})::VARCHAR AS k FROM ${rowsTable(info.table.name)}`,
  );
  const largest = rows[0]?.["k"];
  if (typeof largest !== "string") return;
  memory.keyMax.set(info.table.name, Number.isSafeInteger(Number(largest)) ? Number(largest) : BigInt(largest));
}

/** Cells of one metric from its tables. */
export async function restoreCells(connection: Connection, metric: MetricCells, pacer: Pacer): Promise<void> {
  const { spec } = metric.plan;
  for (const cells of metric.cuboids) {
    const keys = ["bucket", ...cells.cuboid.dimensions.map((_, i) => `d${i}`)];
    const sql = `SELECT ${[...keys, ...cellMeasures(spec)].join(", ")} FROM ${cellsSql(spec, cells.cuboid.id)}`;
    await connection.scan({ sql, layouts: cellLayouts(spec, cells), whole: true }, async (columns, rowCount) => {
      restoreBatch(metric, cells, columns, rowCount);
      await pacer.pause();
    });
    cells.storedBase = cells.count;
    // As many as to have them summed with the next change: how many rows of changes there are was not kept.
    cells.storedDelta = cells.count;
  }
}

function restoreBatch(metric: MetricCells, cells: Cells, columns: readonly Column[], rowCount: number): void {
  const { spec } = metric.plan;
  const buckets = must(columns[0], "bucket").data as Int32Array; // eslint-disable-line -- layout i32
  const dims = cells.cuboid.dimensions.map((index, i) => {
    const data = must(columns[1 + i], "dimension").data as Int32Array; // eslint-disable-line -- INTEGER or BIGINT
    const interned = metric.plan.interned[index];
    return interned === undefined ? data : Int32Array.from({ length: rowCount }, (_, row) => interned.idOf(Number(data[row])));
  });
  const stored = storedMeasures(spec);
  const measures: CellMeasures = { total: 0, n: 0, hit: 0, anyLow: 0, anyHigh: 0, hitLow: 0, hitHigh: 0, noneLow: 0, noneHigh: 0 };
  for (let row = 0; row < rowCount; row += 1) {
    stored.forEach((measure, m) => {
      measures[measureOrder[measure]!] = Number(columns[1 + dims.length + m]?.data[row]);
    });
    if (spec.hit === undefined) Object.assign(measures, { noneLow: measures.anyLow, noneHigh: measures.anyHigh });
    cells.restore(buckets[row]!, dims, row, measures);
  }
}
