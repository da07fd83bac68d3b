/**
 * Reads a mirror's rows and cells into the oracle's normal form, by plain SQL against the documented layout of the store. Dimension
 * values and words are decoded here once more, from the layout's text, not by the product's functions.
 */
import { cellsSql, dictionaryTable, refColumn, rowsTable, tokensTable } from "../../src/mirror/layout.ts";
import type { MetricSpec } from "../../src/mirror/cuboid.ts";
import type { MirrorView, SqlRow } from "../../src/mirror/mirror.ts";
import type { SafeColumn, SafeSchema, SafeTable } from "../../src/policy/safe.ts";
import { cellKey } from "../oracle/cells.ts";
import type { CellKey, NormalCell } from "../oracle/cells.ts";
import { otherMark, unknownMark } from "../oracle/description.ts";
import type { NormalRow } from "../oracle/rows.ts";
import { decimal } from "./model-mirror.ts";

const firstValue = 3;

/** Words by table, column and code. */
export type Words = ReadonlyMap<string, string>;

export async function readWords(view: MirrorView): Promise<Words> {
  const rows = await view.all(`SELECT tbl, col, code, value FROM ${dictionaryTable}`);
  return new Map(rows.map((row) => [wordKey(String(row["tbl"]), String(row["col"]), Number(row["code"])), String(row["value"])]));
}

function wordKey(table: string, column: string, code: number): string {
  return `${table}\u0000${column}\u0000${code}`;
}

/** All rows of a table: tokens as 32 hex digits, everything else as the oracle writes it. */
export async function observedRows(
  view: MirrorView,
  { schema, table: name, words }: { readonly schema: SafeSchema; readonly table: string; readonly words: Words },
): Promise<readonly NormalRow[]> {
  const table = schema.tables.find((one) => one.name === name);
  if (table === undefined) throw new Error(`the mirror has no table ${name}`);
  const rows = await view.all(rowsSql(table));
  return rows.map((row) =>
    Object.fromEntries(
      table.columns.map((column, index) => [column.name, normal(row[`c${index}`] ?? null, { table: name, column, words })]),
    ),
  );
}

function rowsSql(table: SafeTable): string {
  const joins: string[] = [];
  const columns = table.columns.map((column, index) => {
    const isEntityKey = table.kind === "entity" && column.role === "key";
    if (!isEntityKey && column.role !== "ref") return `r."${column.name}"::VARCHAR AS c${index}`;
    const entity = isEntityKey ? table.name : String(column.refers);
    const ref = isEntityKey ? refColumn : `"${column.name}"`;
    joins.push(`LEFT JOIN ${tokensTable(entity)} t${index} ON t${index}.${refColumn} = r.${ref}`);
    // A ref without a token would be lost as NULL: show it as what it is not.
    return `CASE WHEN r.${ref} IS NULL THEN NULL ELSE coalesce(t${index}.token::VARCHAR, '-1') END AS c${index}`;
  });
  return `SELECT ${columns.join(", ")} FROM ${rowsTable(table.name)} r ${joins.join(" ")}`;
}

function normal(
  value: SqlRow[string],
  { table, column, words }: { readonly table: string; readonly column: SafeColumn; readonly words: Words },
): string | null {
  if (value === null) return null;
  const text = String(value);
  if (column.kind === "token") return text === "-1" ? "a reference without a token" : tokenHex(BigInt(text));
  if (column.kind === "code") return wordOf(Number(text), (code) => words.get(wordKey(table, column.name, code)));
  return column.scale > 0 ? decimal(BigInt(text), column.scale) : text;
}

/** The 16 bytes as they lie in memory: lowest first. */
function tokenHex(value: bigint): string {
  const highestFirst = Buffer.from(value.toString(16).padStart(32, "0"), "hex");
  return Buffer.from(highestFirst.toReversed()).toString("hex");
}

function wordOf(code: number, look: (code: number) => string | undefined): string | null {
  if (code === 0) return null;
  if (code === 1) return unknownMark;
  if (code === 2) return otherMark;
  return look(code) ?? `a code without a word (${code})`;
}

/** All cells of one cuboid. Bounds that do not decide a verdict are shown as a cell that is equal to none. */
export async function observedCells(
  view: MirrorView,
  { metric, cuboid, k, words }: { readonly metric: MetricSpec; readonly cuboid: string; readonly k: number; readonly words: Words },
): Promise<ReadonlyMap<CellKey, NormalCell>> {
  const spec = metric.cuboids.find((one) => one.id === cuboid);
  if (spec === undefined) throw new Error(`no cuboid ${cuboid}`);
  const rows = await view.all(`SELECT * FROM ${cellsSql(metric, cuboid)} c`);
  return new Map(
    rows.map((row) => {
      const values = spec.dimensions.map((dimension, index) => dimensionText(metric, { dimension, code: Number(row[`d${index}`]), words }));
      return [cellKey(String(row["bucket"]), values), observedCell(row, metric, k)];
    }),
  );
}

function observedCell(row: Readonly<Record<string, unknown>>, metric: MetricSpec, k: number): NormalCell {
  const isRatio = metric.hit !== undefined;
  const verdict = (name: string): boolean => decided(Number(row[`${name}_low`]), Number(row[`${name}_high`]), k);
  return {
    count: Number(row["n"]),
    hits: isRatio ? Number(row["hit"]) : 0,
    ...(metric.sum === undefined ? {} : { sum: String(row["total"]) }),
    any: verdict("any"),
    hit: isRatio && verdict("hit"),
    none: isRatio ? verdict("none") : verdict("any"),
  };
}

function decided(low: number, high: number, k: number): boolean {
  if (low >= k) return true;
  if (high < k) return false;
  throw new Error(`bounds ${low} and ${high} do not decide whether there are at least ${k} units`);
}

export function dimensionText(
  metric: MetricSpec,
  { dimension, code, words }: { readonly dimension: number; readonly code: number; readonly words: Words },
): string | null {
  const path = metric.dimensions[dimension]?.path;
  if (path === undefined) throw new Error("a cuboid without its dimension");
  return wordOf(code, () => {
    if (path.kind === "code") return words.get(wordKey(path.table, path.column, code));
    const rest = code - firstValue;
    if (path.kind === "bool") return rest === 0 ? "false" : "true";
    return String(rest % 2 === 0 ? rest / 2 : -(rest + 1) / 2);
  });
}
