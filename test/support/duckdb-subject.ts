/** The real store as a subject of the mirror's suite: observed by SQL against the documented layout. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/lib/clock.ts";
import type { CellsSpec, MetricSpec } from "../../src/mirror/cuboid.ts";
import type { DuckdbMirror } from "../../src/mirror/duckdb.ts";
import { defaultLimits, openDuckdbMirror } from "../../src/mirror/duckdb.ts";
import { cellsSql, dictionaryTable, dimensionTextSql, id, refColumn, rowsTable, tokensTable } from "../../src/mirror/layout.ts";
import type { MirrorView } from "../../src/mirror/mirror.ts";
import type { SafeSchema, SafeTable } from "../../src/policy/safe.ts";
import type { Observed, Subject, SubjectOptions } from "./mirror-world.ts";
import { worldCells } from "./mirror-world.ts";
import { textOf } from "./memory-mirror.ts";

export interface DuckdbSubject extends Subject {
  readonly mirror: DuckdbMirror;
  readonly folder: string;
}

const folders = new Set<string>();

/** Removes what the subjects of a test left. */
export function removeFolders(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  folders.clear();
}

export async function openDuckdbSubject(options?: SubjectOptions, folder?: string): Promise<DuckdbSubject> {
  const cells = options?.cells ?? worldCells;
  const at = folder ?? mkdtempSync(join(tmpdir(), "vitrine-mirror-"));
  folders.add(at);
  const limits = {
    ...defaultLimits,
    tempFolder: join(at, "temp"),
    ...(options?.pendingBytesMax === undefined ? {} : { pendingBytesMax: options.pendingBytesMax }),
    ...(options?.idleWalBytes === undefined ? {} : { idleWalBytes: options.idleWalBytes }),
  };
  const mirror = await openDuckdbMirror({ folder: join(at, "gen-1"), generation: 1, cells, limits, clock: systemClock });
  return {
    mirror,
    folder: at,
    observe: () => mirror.view((view) => observe(view, mirror.schema, cells)),
    mismatches: async () => (await mirror.checkCells()).length,
    async reopen() {
      await mirror[Symbol.asyncDispose]();
      return openDuckdbSubject(options, at);
    },
  };
}

async function observe(view: MirrorView, schema: SafeSchema | undefined, cells: CellsSpec): Promise<Observed> {
  const rows: Record<string, string[]> = {};
  for (const table of schema?.tables ?? []) rows[table.name] = await observeRows(view, table);
  const observedCells: Record<string, Record<string, string>> = {};
  for (const metric of cells.metrics)
    for (const cuboid of metric.cuboids) observedCells[`${metric.name}/${cuboid.id}`] = await observeCells(view, cells, metric, cuboid.id);
  return { rows, cells: observedCells };
}

async function observeRows(view: MirrorView, table: SafeTable): Promise<string[]> {
  const columns = table.columns.map((column) => {
    // The number that a test's token stands for is its last four bytes, the highest of the little-endian number.
    const number = (token: string): string => `(CASE WHEN ${token} IS NULL THEN NULL ELSE (${token} >> 96)::BIGINT END)`;
    if (table.kind === "entity" && column.role === "key")
      return `${number(`(SELECT t.token FROM ${tokensTable(table.name)} t WHERE t.${refColumn} = r.${refColumn})`)} AS ${id(column.name)}`;
    if (column.role === "ref")
      return `${number(`(SELECT t.token FROM ${tokensTable(String(column.refers))} t WHERE t.${refColumn} = r.${id(column.name)})`)} AS ${id(column.name)}`;
    if (column.kind !== "code") return `r.${id(column.name)}`;
    const word = `(SELECT w.value FROM ${dictionaryTable} w WHERE w.tbl = '${table.name}' AND w.col = '${column.name}' AND w.code = r.${id(column.name)})`;
    return `(CASE r.${id(column.name)} WHEN 0 THEN NULL WHEN 2 THEN 'other' ELSE ${word} END) AS ${id(column.name)}`;
  });
  const rows = await view.all(`SELECT ${columns.join(", ")} FROM ${rowsTable(table.name)} r`);
  return rows.map((row) => textOf(row)).toSorted();
}

async function observeCells(view: MirrorView, cells: CellsSpec, metric: MetricSpec, cuboidId: string): Promise<Record<string, string>> {
  const cuboid = metric.cuboids.find((one) => one.id === cuboidId);
  const dims = (cuboid?.dimensions ?? []).map((index, i) => {
    const dimension = metric.dimensions[index];
    return dimension === undefined ? "''" : `coalesce(${dimensionTextSql(dimension, `c.d${i}`)}, 'null')`;
  });
  const ratio = metric.hit === undefined ? "" : `, c.hit, c.hit_low >= ${cells.k} AS hit_k, c.none_low >= ${cells.k} AS none_k`;
  const sql = `SELECT concat_ws('|', ${["c.bucket", ...dims].join(", ")}) AS name, c.n, c.any_low >= ${cells.k} AS any_k${ratio} FROM ${cellsSql(metric, cuboidId)} c`;
  const rows = await view.all(sql);
  const entries = rows.map((row): [string, string] => {
    const any = `${row["n"]} any:${row["any_k"]}`;
    return [String(row["name"]), metric.hit === undefined ? any : `${any} ${row["hit"]} hit:${row["hit_k"]} none:${row["none_k"]}`];
  });
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
