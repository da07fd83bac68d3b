/**
 * Names and shapes of what is in a store, for everyone who writes SQL against it (`metrics`, checks, tests). All identifiers
 * returned here are already quoted.
 *
 * Rows       `rows_<table>`: the columns of SafeTable under their own names, but: an entity's key column is replaced by `$ref`
 *            (INTEGER, dense), and a ref column holds the INTEGER `$ref` of the entity that it refers to.
 *            bool BOOLEAN, i32 INTEGER, i64 BIGINT (times 10^scale), f64 DOUBLE, minute INTEGER, code INTEGER, token UHUGEINT
 *            (its 16 bytes as they lie in memory). NULL is NULL, but for codes: `codes.null`.
 * Tokens     `tokens_<entity>`: `$ref`, `token`; also of entities that were only referred to so far (no row in `rows_<entity>`).
 * Words      `dictionary`: tbl, col, code, value.
 * Cells      `cells_<metric>__<cuboid>` (a table) and `delta_<metric>__<cuboid>` (a view of one table for all cuboids of a metric,
 *            so that a commit appends once): bucket, d0 … dn (see below), n, and signed columns that sum over both: use `cellsSql`.
 * Day sets   `days_<set>`, `day_changes_<set>`: duckdb/sets/stored-days.ts. Read from memory (reading.ts), not by SQL.
 * History    `history_<metric>`: closed periods whose rows the source has purged (history.ts): cuboid (its place in the kept history),
 *            bucket, d0 …, measures: use `historySql`. Nothing that follows the rows reads or writes it.
 *
 * A dimension's value is one integer in cells (`d0` …) and in `rowsSql`, whatever its kind: 0 the source has NULL (also: a ref on
 * the way is NULL), 1 the entity on the way is missing, 2 `other`; from 3 on a value: a dictionary code; bool 3 false, 4 true;
 * i32, i64, minute 3 + zigzag(value). `dimensionTextSql` and `decodeDimension` read it.
 */
import { assert, must } from "../lib/assert.ts";
import type { SafeColumn, SafeKind, SafeSchema, SafeTable } from "../policy/safe.ts";
import { codes } from "../policy/safe.ts";
import { calendarOf } from "./calendar.ts";
import type { CellDimension, CellsSpec, CuboidSpec, DaySetSpec, Grain, MemberSetSpec, MetricSpec, RowCondition } from "./cuboid.ts";

/** Version of this layout: a store of another one is refused, and its generation is built anew. */
export const storeVersion = 2;

/** Quotes an identifier. */
export function id(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export const refColumn = id("$ref");
export const dictionaryTable = id("dictionary");
export const controlTable = id("control");

export const rowsTable = (table: string): string => id(`rows_${table}`);
export const tokensTable = (entity: string): string => id(`tokens_${entity}`);
export const cellsTable = (metric: string, cuboid: string): string => id(`cells_${metric}__${cuboid}`);
export const deltaTable = (metric: string, cuboid: string): string => id(`delta_${metric}__${cuboid}`);

/** Column of `rows_<table>` that holds a column of SafeTable. */
export function rowsColumn(table: SafeTable, column: string): string {
  return table.kind === "entity" && column === table.key ? refColumn : id(column);
}

/** Signed changes of all cuboids of a metric: cuboid (its place in the metric), bucket, d0 …, measures. */
export const changesTable = (metric: string): string => id(`changes_${metric}`);

/** Cells of closed periods that stand though their rows were purged. */
export const historyTable = (metric: string): string => id(`history_${metric}`);

/** DuckDB type of a stored column. */
export function sqlType(column: SafeColumn, table: SafeTable): string {
  if (column.role === "ref" || (table.kind === "entity" && column.role === "key")) return "INTEGER";
  const types = {
    bool: "BOOLEAN",
    i32: "INTEGER",
    i64: "BIGINT",
    f64: "DOUBLE",
    minute: "INTEGER",
    code: "INTEGER",
    token: "UHUGEINT",
  } as const;
  return types[column.kind];
}

/** DuckDB type of a dimension's integer in cells. */
export function dimensionType(kind: SafeKind): "INTEGER" | "BIGINT" {
  return kind === "code" || kind === "bool" ? "INTEGER" : "BIGINT";
}

/**
 * Signed columns of a cell beside bucket and d0 …. `n` rows, `hit` rows that hit. For each class of protected units (`any`: with a
 * row, `hit`: with a row that hits, `none`: with a row that does not) a lower and an upper bound of their distinct number, which
 * sum like counts. After every commit the bounds decide: lower >= k, or upper < k. Metrics without `hit` keep `any` only. A sum has
 * `total`, too: exact whole numbers (of a numeric: times 10^scale), NULL adding nothing.
 */
export function cellMeasures(metric: MetricSpec): readonly string[] {
  const any = ["n", "any_low", "any_high"];
  const hit = metric.hit === undefined ? [] : ["hit", "hit_low", "hit_high", "none_low", "none_high"];
  return [...any, ...hit, ...(metric.sum === undefined ? [] : ["total"])];
}

/**
 * Subquery (in parentheses, without alias) of a cuboid's cells: bucket, d0 …, n, any_low, any_high and, for ratios, hit, hit_low,
 * hit_high, none_low, none_high; for sums total. Conditions on bucket and d0 … outside are pushed into it. "At least k units" of one cell is
 * `any_low >= k`; of a union of cells `max(any_low) >= k` suffices, else it is not known from them.
 */
export function cellsSql(metric: MetricSpec, cuboid: string): string {
  const spec = must(
    metric.cuboids.find((one) => one.id === cuboid),
    "cuboid",
  );
  const keys = ["bucket", ...spec.dimensions.map((_, i) => `d${i}`)].join(", ");
  const sums = cellMeasures(metric)
    .map((name) => `sum(${name})::BIGINT AS ${name}`)
    .join(", ");
  const both = `SELECT * FROM ${cellsTable(metric.name, cuboid)} UNION ALL SELECT * FROM ${deltaTable(metric.name, cuboid)}`;
  return `(SELECT ${keys}, ${sums} FROM (${both}) GROUP BY ${keys} HAVING sum(n) <> 0)`;
}

/**
 * Subquery (in parentheses, without alias) of a cuboid's kept cells, with the columns of `cellsSql`. `cuboids` are those of the kept
 * history.
 */
export function historySql(metric: MetricSpec, cuboids: readonly CuboidSpec[], cuboid: string): string {
  const place = cuboids.findIndex((one) => one.id === cuboid);
  const dimensions = must(cuboids[place], "kept cuboid").dimensions;
  const keys = dimensions.map((index, i) => `d${i}::${dimensionType(must(metric.dimensions[index], "dimension").path.kind)} AS d${i}`);
  return `(SELECT ${["bucket", ...keys, ...cellMeasures(metric)].join(", ")} FROM ${historyTable(metric.name)} WHERE cuboid = ${place})`;
}

/** Largest size of a whole number that is a dimension's value of its own; beyond it is `other`. */
const dimensionMax = 2 ** 50;

/** A dimension's value as its integer. `value` is a dictionary code, 0 or 1, or a number; undefined for NULL. */
export function encodeDimension(kind: SafeKind, value: number | undefined): number {
  if (value === undefined) return codes.null;
  if (kind === "code") return value;
  if (kind === "bool") return codes.first + value;
  if (Math.abs(value) > dimensionMax) return codes.other;
  return codes.first + (value >= 0 ? 2 * value : -2 * value - 1);
}

/** The integer of a whole number or bool back as text; undefined for 0, 1, 2 and for dictionary codes (which need the dictionary). */
export function decodeDimension(kind: SafeKind, code: number): string | undefined {
  if (code < codes.first || kind === "code") return undefined;
  const rest = code - codes.first;
  if (kind === "bool") return rest === 0 ? "false" : "true";
  return String(rest % 2 === 0 ? rest / 2 : -(rest + 1) / 2);
}

/**
 * SQL for the text of a dimension's integer: NULL, 'unknown', 'other', or the value. `code` is an SQL expression. For a dictionary
 * code it is a correlated look-up: use it on the few rows of a result, not on facts.
 */
export function dimensionTextSql(dimension: CellDimension, code: string): string {
  const { kind, table, column } = dimension.path;
  const special = `WHEN ${code} = ${codes.null} THEN NULL WHEN ${code} = ${codes.unknown} THEN 'unknown' WHEN ${code} = ${codes.other} THEN 'other'`;
  if (kind === "code") {
    const word = `(SELECT w.value FROM ${dictionaryTable} w WHERE w.tbl = ${text(table)} AND w.col = ${text(column)} AND w.code = ${code})`;
    return `(CASE ${special} ELSE ${word} END)`;
  }
  if (kind === "bool") return `(CASE ${special} WHEN ${code} = ${codes.first} THEN 'false' ELSE 'true' END)`;
  const rest = `(${code} - ${codes.first})`;
  return `(CASE ${special} WHEN ${rest} % 2 = 0 THEN (${rest} // 2)::VARCHAR ELSE (-(${rest} + 1) // 2)::VARCHAR END)`;
}

/** SQL and values that select `code, value` of a dimension's dictionary (kind `code` only). */
export function wordsSql(dimension: CellDimension): { readonly sql: string; readonly values: readonly string[] } {
  return {
    sql: `SELECT code, value FROM ${dictionaryTable} WHERE tbl = ? AND col = ? ORDER BY code`,
    values: [dimension.path.table, dimension.path.column],
  };
}

export interface RowsQuestion {
  readonly schema: SafeSchema;
  readonly cells: CellsSpec;
  readonly metric: MetricSpec;
  readonly grain: Grain | "all";
  /** Indices into metric.dimensions: become d0, d1 … in this order. */
  readonly dimensions: readonly number[];
  /** Minutes [from, to) that bound the rows. The narrower, the cheaper; needed for changes of the zone's offset. */
  readonly from: number;
  readonly to: number;
  /** Further conditions on dimensions (also ones that are not in `dimensions`): the integers allowed. */
  readonly filter?: readonly { readonly dimension: number; readonly codes: readonly number[] }[];
}

/**
 * The same cells computed from the rows: bucket, d0 …, n, any_units and, for ratios, hit, hit_units, none_units (exact distinct
 * numbers of protected units, BIGINT); for sums total (BIGINT, NULL where it is beyond that). `from` and `to` do not bound a metric without a time. Cells without rows are absent. No outer parentheses.
 */
export function rowsSql(question: RowsQuestion): { readonly sql: string; readonly values: readonly (string | number | boolean)[] } {
  const { schema, metric, from, to } = question;
  const table = tableOf(schema, metric.table);
  const values: (string | number | boolean)[] = [];
  const joins = new Joins(schema);
  const time = metric.time === undefined ? undefined : `f.${rowsColumn(table, metric.time)}`;
  assert(time !== undefined || question.grain === "all", "periods only with a time");
  const bucket = time === undefined ? "0" : calendarOf(question.cells.zone).bucketSql(question.grain, time, from, to);
  const hit = metric.hit === undefined ? undefined : conditionSql(table, metric.hit, values);
  const keys = question.dimensions.map((index, i) => `${dimensionSql(joins, table, must(metric.dimensions[index], "dimension"))} AS d${i}`);
  const unit = unitSql(joins, table, metric);
  const where = time === undefined ? [] : [`${time} >= ${Math.floor(from)}`, `${time} < ${Math.floor(to)}`];
  if (metric.filter.length > 0) where.push(conditionSql(table, metric.filter, values));
  for (const one of question.filter ?? []) {
    const dimension = must(metric.dimensions[one.dimension], "dimension");
    where.push(one.codes.length === 0 ? "false" : `${dimensionSql(joins, table, dimension)} IN (${one.codes.map(integer).join(", ")})`);
  }
  const hitColumn = hit === undefined ? "" : `, ${hit} AS is_hit`;
  const sumColumn = metric.sum === undefined ? "" : `, f.${rowsColumn(table, metric.sum)} AS addend`;
  const some = where.length === 0 ? "" : ` WHERE ${where.join(" AND ")}`;
  const inner = `SELECT ${[`${bucket} AS bucket`, ...keys, `${unit} AS unit`].join(", ")}${hitColumn}${sumColumn} FROM ${rowsTable(table.name)} f${joins.sql}${some}`;
  const group = ["bucket", ...keys.map((_, i) => `d${i}`)].join(", ");
  const { byUnit, byCell } = measuresSql(metric);
  const units = `SELECT ${group}, unit, ${byUnit.join(", ")} FROM (${inner}) GROUP BY ${group}, unit`;
  return { sql: `SELECT ${group}, ${byCell.join(", ")} FROM (${units}) GROUP BY ${group}`, values };
}

/** First by unit, then by cell: a plain aggregate can leave memory for the disk, several DISTINCT ones cannot. */
function measuresSql(metric: MetricSpec): { readonly byUnit: readonly string[]; readonly byCell: readonly string[] } {
  const byUnit = ["count(*) AS rows_"];
  const byCell = ["sum(rows_)::BIGINT AS n", "count(unit) AS any_units"];
  if (metric.hit !== undefined) {
    byUnit.push("count(*) FILTER (is_hit) AS hits");
    byCell.push("sum(hits)::BIGINT AS hit", "count(unit) FILTER (hits > 0) AS hit_units");
    byCell.push("count(unit) FILTER (rows_ > hits) AS none_units");
  }
  if (metric.sum !== undefined) {
    byUnit.push("coalesce(sum(addend), 0) AS addends");
    byCell.push("TRY_CAST(sum(addends) AS BIGINT) AS total");
  }
  return { byUnit, byCell };
}

/** The rows of a day set: SELECT of day, ref, each pair once, for minutes [from, to). */
export function daySetSql(question: {
  readonly schema: SafeSchema;
  readonly zone: string;
  readonly set: DaySetSpec;
  readonly from: number;
  readonly to: number;
}): { readonly sql: string; readonly values: readonly (string | number | boolean)[] } {
  const { set, from, to } = question;
  const table = tableOf(question.schema, set.table);
  const values: (string | number | boolean)[] = [];
  const time = `f.${rowsColumn(table, set.time)}`;
  const day = calendarOf(question.zone).bucketSql("day", time, from, to);
  const where = [`${time} >= ${Math.floor(from)}`, `${time} < ${Math.floor(to)}`, `f.${id(set.of)} IS NOT NULL`];
  if (set.filter.length > 0) where.push(conditionSql(table, set.filter, values));
  return {
    sql: `SELECT DISTINCT ${day} AS day, f.${id(set.of)} AS ref FROM ${rowsTable(set.table)} f WHERE ${where.join(" AND ")}`,
    values,
  };
}

/** The rows of a member set: SELECT of ref and n, its number of rows. */
export function memberSetSql({ schema, set }: { readonly schema: SafeSchema; readonly set: MemberSetSpec }): {
  readonly sql: string;
  readonly values: readonly (string | number | boolean)[];
} {
  const values: (string | number | boolean)[] = [];
  const condition = conditionSql(tableOf(schema, set.table), set.filter, values);
  const of = `f.${id(set.of)}`;
  return {
    sql: `SELECT ${of} AS ref, count(*) AS n FROM ${rowsTable(set.table)} f WHERE ${of} IS NOT NULL AND ${condition} GROUP BY ref`,
    values,
  };
}

/** Left joins to the entities on the paths, each path once. */
class Joins {
  readonly #schema: SafeSchema;
  readonly #aliases = new Map<string, string>();
  sql = "";

  constructor(schema: SafeSchema) {
    this.#schema = schema;
  }

  /** Alias of the entity's row reached by following `refs` from the table `f`; "f" for none. */
  alias(table: SafeTable, refs: readonly string[]): { readonly alias: string; readonly table: SafeTable } {
    const last = refs.at(-1);
    if (last === undefined) return { alias: "f", table };
    const before = this.alias(table, refs.slice(0, -1));
    const column = columnOf(before.table, last);
    const entity = tableOf(this.#schema, must(column.refers, "entity referred to"));
    const path = refs.join("/");
    let alias = this.#aliases.get(path);
    if (alias === undefined) {
      alias = `e${this.#aliases.size}`;
      this.#aliases.set(path, alias);
      this.sql += ` LEFT JOIN ${rowsTable(entity.name)} ${alias} ON ${alias}.${refColumn} = ${before.alias}.${id(last)}`;
    }
    return { alias, table: entity };
  }
}

function dimensionSql(joins: Joins, table: SafeTable, dimension: CellDimension): string {
  const { refs, column, kind } = dimension.path;
  const end = joins.alias(table, refs);
  const value = `${end.alias}.${rowsColumn(end.table, column)}`;
  const missing = refs.map((ref, i) => {
    const before = joins.alias(table, refs.slice(0, i));
    const after = joins.alias(table, refs.slice(0, i + 1));
    return `WHEN ${before.alias}.${id(ref)} IS NULL THEN ${codes.null} WHEN ${after.alias}.${refColumn} IS NULL THEN ${codes.unknown}`;
  });
  return `(CASE WHEN false THEN ${codes.null} ${missing.join(" ")} ${encodedSql(kind, value)} END)`;
}

/** Rest of a CASE that gives the integer of a stored value: the SQL twin of `encodeDimension`. */
function encodedSql(kind: SafeKind, value: string): string {
  assert(kind !== "token" && kind !== "f64", "a dimension of this kind");
  if (kind === "code") return `ELSE ${value}`;
  if (kind === "bool") return `WHEN ${value} IS NULL THEN ${codes.null} WHEN ${value} THEN ${codes.first + 1} ELSE ${codes.first}`;
  const wide = `${value}::BIGINT`;
  return `WHEN ${value} IS NULL THEN ${codes.null} WHEN abs(${value}::HUGEINT) > ${dimensionMax} THEN ${codes.other} WHEN ${value} >= 0 THEN ${codes.first} + 2 * ${wide} ELSE ${codes.first} - 2 * ${wide} - 1`;
}

/** `$ref` of the protected unit, NULL where it is missing: a unit that is only referred to is missing, too. */
function unitSql(joins: Joins, table: SafeTable, metric: MetricSpec): string {
  return `${joins.alias(table, metric.unitPath).alias}.${refColumn}`;
}

function conditionSql(table: SafeTable, condition: RowCondition, values: (string | number | boolean)[]): string {
  const parts = condition.map((one) => {
    const column = columnOf(table, one.column);
    const name = `f.${rowsColumn(table, one.column)}`;
    const marks = one.values.map(() => "?").join(", ");
    if (one.values.length === 0) return "false";
    if (column.kind !== "code") {
      values.push(...one.values);
      return `coalesce(${name} IN (${marks}), false)`;
    }
    values.push(table.name, one.column, ...one.values);
    return `${name} IN (SELECT code FROM ${dictionaryTable} WHERE tbl = ? AND col = ? AND value IN (${marks}))`;
  });
  return parts.length === 0 ? "true" : `(${parts.join(" AND ")})`;
}

function tableOf(schema: SafeSchema, name: string): SafeTable {
  return must(
    schema.tables.find((table) => table.name === name),
    "table",
  );
}

function columnOf(table: SafeTable, name: string): SafeColumn {
  return must(
    table.columns.find((column) => column.name === name),
    "column",
  );
}

function integer(value: number): string {
  assert(Number.isSafeInteger(value), "a code that is no integer");
  return String(value);
}

/** A name of the schema as an SQL literal. Values are bound instead. */
function text(name: string): string {
  return `'${name.replaceAll("'", "''")}'`;
}
