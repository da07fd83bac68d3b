/** What a session may read, by `information_schema`: tables, then their columns, in pages. */
import type { Column, Table } from "../../sql/columns.ts";
import { fieldName } from "../../sql/columns.ts";
import type { Rows, Talk } from "../../sql/talk.ts";
import { catalogTalk } from "../../sql/talk.ts";
import { bounded } from "./session.ts";

export interface MyColumn extends Column {
  /** Bytes that are no text. */
  readonly isBinary: boolean;
}

/** Of a name in any character set: 64 characters of up to 4 bytes. */
const nameMax = 256;
const inPage = 250;

/** Their records lie on this server, and each table's in itself: not those that lead elsewhere (FEDERATED, CONNECT, SPIDER), nor those of other tables (MERGE). */
const engines = "'InnoDB', 'MyISAM', 'Aria', 'MEMORY', 'ARCHIVE', 'CSV', 'ROCKSDB', 'TokuDB', 'ndbcluster', 'Columnstore'";

/** Of the database that the log-in named; of all but the server's own where it named none. What we planted is nobody's record. */
function here(table: string, isAll: boolean): string {
  const schema = isAll
    ? `${table}.table_schema NOT IN ('information_schema', 'performance_schema', 'mysql', 'sys')`
    : `${table}.table_schema = DATABASE()`;
  return `${schema} AND NOT (${table}.table_schema = 'vitrine' AND ${table}.table_name = 'canary')`;
}

export function catalog(dataSet: string): Talk<readonly MyColumn[]> {
  const isAll = dataSet === "";
  // As it stands in the server's log: a line.
  const page = (text: string, at: number): string => bounded(`${text.replaceAll(/\s+/g, " ")} LIMIT ${inPage} OFFSET ${at * inPage}`);
  const tables = `t.table_schema, t.table_name, t.table_rows,
(t.table_type IN ('BASE TABLE', 'SYSTEM VERSIONED') AND COALESCE(t.engine, '') IN (${engines})) AS is_countable
FROM information_schema.tables AS t WHERE ${here("t", isAll)} ORDER BY t.table_rows DESC, t.table_schema, t.table_name`;
  const columns = `c.table_schema, c.table_name, c.column_name, IF(c.column_type = 'tinyint(1)', 'boolean', c.data_type) AS type,
(c.extra LIKE 'VIRTUAL%') AS is_virtual
FROM information_schema.columns AS c WHERE ${here("c", isAll)} AND c.privileges LIKE '%select%'
ORDER BY c.table_schema, c.table_name, c.ordinal_position`;
  return catalogTalk<MyColumn>(
    { inPage, max: 4, query: (at) => page(tables, at) },
    { inPage, max: 16, query: (at) => page(columns, at) },
    columnsOf,
  );
}

/** undefined: rows that are none of ours. */
function columnsOf(tableRows: Rows, columnRows: Rows): readonly MyColumn[] | undefined {
  if (!tableRows.every(({ length }) => length === 4) || !columnRows.every(({ length }) => length === 5)) return undefined;
  const key = (row: Rows[number]): string => JSON.stringify([textOf(row[0]), textOf(row[1])]);
  const tables = new Map(tableRows.map((row) => [key(row), tableOf(row)]));
  return columnRows.flatMap((row) => {
    const table = tables.get(key(row));
    return table === undefined ? [] : [columnOf(row, table)];
  });
}

function tableOf(row: Rows[number]): Table {
  const [schema, name, estimate, isCountable] = row.map(textOf);
  const rows = Number(estimate === "" ? Number.NaN : estimate);
  return {
    schema: schema ?? "",
    name: name ?? "",
    estimate: Number.isSafeInteger(rows) && rows > 0 ? rows : undefined,
    isCountable: isCountable === "1" && isSayable(row[0]) && isSayable(row[1]),
  };
}

const texts = new Set(["char", "varchar", "tinytext", "text", "mediumtext", "longtext"]);
const binaries = new Set(["binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"]);

function columnOf(row: Rows[number], table: Table): MyColumn {
  const [, , column = "", type = "", isVirtual] = row.map(textOf);
  const isCountable = table.isCountable && isVirtual !== "1" && isSayable(row[2]);
  return {
    name: fieldName(table.schema, table.name, column),
    type,
    table,
    column,
    isText: texts.has(type),
    isBinary: binaries.has(type),
    ...(isCountable ? {} : { isUncountable: true as const }),
  };
}

/** NULL is an empty one. What is no UTF-8 is read as far as it is. */
function textOf(cell: Buffer | undefined): string {
  return cell?.toString("utf8") ?? "";
}

/** A name that cannot be said as it was heard is not asked for. */
function isSayable(cell: Buffer | undefined): boolean {
  if (cell === undefined || cell.length === 0 || cell.length > nameMax || cell.includes(0)) return false;
  return Buffer.from(cell.toString("utf8"), "utf8").equals(cell);
}
