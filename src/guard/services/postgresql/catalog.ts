/** What a session may read, by the catalog: tables, then their columns, in pages that each fit in one answer. */
import type { Column, Table } from "../../sql/columns.ts";
import { fieldName } from "../../sql/columns.ts";
import type { Rows } from "../../sql/talk.ts";
import { catalogTalk } from "../../sql/talk.ts";

export interface PgTable extends Table {
  /** Its partitions are counted with it; of any other the tables that inherit from it count for themselves. */
  readonly isPartitioned: boolean;
}

export interface PgColumn extends Column<PgTable> {
  /** Of a type of the server's own: its text is the server's, too. */
  readonly isOfServer: boolean;
}

/** Of names of 63 bytes each so many rows fit in an answer. */
const [tablesInPage, columnsInPage] = [280, 350];
/** Of a name in a server that was built for longer ones. */
const nameMax = 255;

/** What we planted is nobody's record. Who is a member of a partitioned table that can be read is counted there; a view that an extension brings holds nobody's records. */
const readable = `FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm', 'v', 'f') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
AND NOT (n.nspname = 'vitrine' AND c.relname = 'canary')
AND has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT')
AND NOT (c.relispartition AND EXISTS (SELECT FROM pg_partition_ancestors(c.oid) AS a JOIN pg_class AS p ON p.oid = a.relid
  WHERE p.oid <> c.oid AND has_schema_privilege(p.relnamespace, 'USAGE') AND has_any_column_privilege(p.oid, 'SELECT')))
AND NOT (c.relkind = 'v' AND EXISTS (SELECT FROM pg_depend AS d
  WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'))`;

/** The largest first: if there are too many, of the others nothing is known. A partition may lie on another server. */
const tablesPage = (page: number): string => `SELECT c.oid, n.nspname, c.relname, c.relkind, c.reltuples,
c.relkind IN ('r', 'm') OR c.relkind = 'p' AND NOT EXISTS (SELECT FROM pg_partition_tree(c.oid) AS t
  JOIN pg_class AS m ON m.oid = t.relid WHERE m.relkind NOT IN ('r', 'p'))
${readable} ORDER BY c.reltuples DESC, c.oid LIMIT ${tablesInPage} OFFSET ${page * tablesInPage}`;

/** A domain is what it is made of; of other types than the server's own nothing is called. A virtual column is a formula that may fail. */
const columnsPage = (page: number): string => `SELECT x.attrelid, x.attname, CASE WHEN b.oid < 16384 THEN b.typname ELSE '' END,
b.oid IN (25, 1042, 1043), x.attgenerated = 'v', b.oid < 16384 AND b.typtype = 'b'
FROM (SELECT c.reltuples, a.* ${readable.replace("WHERE", "JOIN pg_attribute AS a ON a.attrelid = c.oid\nWHERE")}
  AND a.attnum > 0 AND NOT a.attisdropped AND has_column_privilege(c.oid, a.attnum, 'SELECT')) AS x
JOIN pg_type AS y ON y.oid = x.atttypid JOIN pg_type AS b ON b.oid = CASE WHEN y.typtype = 'd' THEN y.typbasetype ELSE y.oid END
ORDER BY x.reltuples DESC, x.attrelid, x.attnum LIMIT ${columnsInPage} OFFSET ${page * columnsInPage}`;

/** As it stands in the server's log: a line. */
const oneLine = (query: string): string => query.replaceAll(/\s+/g, " ");

export const catalog = catalogTalk<PgColumn>(
  { inPage: tablesInPage, max: 4, query: (page) => oneLine(tablesPage(page)) },
  { inPage: columnsInPage, max: 16, query: (page) => oneLine(columnsPage(page)) },
  columnsOf,
);

/** undefined: rows that are none of ours. */
function columnsOf(tableRows: Rows, columnRows: Rows): readonly PgColumn[] | undefined {
  const isOurs = [...tableRows, ...columnRows].every(({ length }) => length === 6);
  const tables = new Map(tableRows.map((row) => [textOf(row[0]) ?? "", tableOf(row)]));
  if (!isOurs) return undefined;
  return columnRows.flatMap((row) => {
    const table = tables.get(textOf(row[0]) ?? "");
    return table === undefined ? [] : [columnOf(row, table)];
  });
}

function tableOf(row: Rows[number]): PgTable {
  const [, schema, name, kind, estimate, isCountable] = row.map(textOf);
  return {
    schema: schema ?? "",
    name: name ?? "",
    isPartitioned: kind === "p",
    isCountable: isCountable === "t" && isSayable(row[1]) && isSayable(row[2]),
    estimate: estimateOf(estimate),
  };
}

function columnOf(row: Rows[number], table: PgTable): PgColumn {
  const [, column = "", type = "", isText, isVirtual, isOfServer] = row.map(textOf);
  const isCountable = table.isCountable && isVirtual !== "t" && isSayable(row[1]);
  return {
    name: fieldName(table.schema, table.name, column),
    type,
    table,
    column,
    isText: isText === "t",
    isOfServer: isOfServer === "t",
    ...(isCountable ? {} : { isUncountable: true as const }),
  };
}

/** -1, and before PostgreSQL 14 also 0: nobody has looked yet. */
function estimateOf(text: string | undefined): number | undefined {
  const value = Math.round(Number(text));
  return Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

/** undefined: NULL. What is no UTF-8 is read as far as it is. */
function textOf(cell: Buffer | undefined): string | undefined {
  return cell?.toString("utf8");
}

/** A name that cannot be said as it was heard is not asked for. */
function isSayable(cell: Buffer | undefined): boolean {
  if (cell === undefined || cell.length === 0 || cell.length > nameMax || cell.includes(0)) return false;
  return Buffer.from(cell.toString("utf8"), "utf8").equals(cell);
}
