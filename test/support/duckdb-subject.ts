/** The real store as a subject of the mirror's suite: observed by SQL against the documented layout. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/lib/clock.ts";
import { eachBit } from "../../src/mirror/bits.ts";
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
    observe: async () => {
      const seen = await mirror.view((view) => observe(view, mirror.schema, cells));
      return { ...seen, sets: await observeSets(mirror, cells) };
    },
    mismatches: async () => (await mirror.checkCells()).length,
    async reopen() {
      await mirror[Symbol.asyncDispose]();
      return openDuckdbSubject(options, at);
    },
  };
}

/** Members by the numbers that their tokens stand for. */
async function observeSets(mirror: DuckdbMirror, cells: CellsSpec): Promise<Observed["sets"]> {
  const names = new Map<string, Map<number, number>>();
  for (const table of mirror.schema?.tables ?? []) {
    if (table.kind !== "entity") continue;
    const rows = await mirror.view((view) =>
      view.all(`SELECT ${refColumn} AS ref, (token >> 96)::BIGINT AS number FROM ${tokensTable(table.name)}`),
    );
    names.set(table.name, new Map(rows.map((row) => [Number(row["ref"]), Number(row["number"])])));
  }
  const numbers = (table: string, of: string, words: Uint32Array): number[] => {
    const refers = mirror.schema?.tables.find((one) => one.name === table)?.columns.find((one) => one.name === of)?.refers;
    const found: number[] = [];
    eachBit(words, (ref) => found.push(names.get(String(refers))?.get(ref) ?? Number.NaN));
    return found.toSorted((a, b) => a - b);
  };
  return mirror.read((reading) => {
    const sets: Record<string, Record<string, number[]>> = {};
    for (const { name, table, of } of cells.daySets ?? []) {
      const days: Record<string, number[]> = {};
      const set = reading.daySet(name);
      const { span } = set;
      for (let day = span?.from ?? 0; day <= (span?.to ?? -1); day += 1) {
        const members = numbers(table, of, set.union(day, day + 1));
        if (members.length > 0) days[day] = members;
      }
      sets[name] = days;
    }
    for (const { name, table, of } of cells.memberSets ?? []) {
      const members = numbers(table, of, reading.memberSet(name).words());
      sets[name] = members.length > 0 ? { all: members } : {};
    }
    return sets;
  });
}

async function observe(view: MirrorView, schema: SafeSchema | undefined, cells: CellsSpec): Promise<Omit<Observed, "sets">> {
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
  const sum = metric.sum === undefined ? "" : ", c.total";
  const sql = `SELECT concat_ws('|', ${["c.bucket", ...dims].join(", ")}) AS name, c.n, c.any_low >= ${cells.k} AS any_k${ratio}${sum} FROM ${cellsSql(metric, cuboidId)} c`;
  const rows = await view.all(sql);
  const entries = rows.map((row): [string, string] => {
    const any = `${row["n"]} any:${row["any_k"]}${metric.sum === undefined ? "" : ` sum:${row["total"]}`}`;
    return [String(row["name"]), metric.hit === undefined ? any : `${any} ${row["hit"]} hit:${row["hit_k"]} none:${row["none_k"]}`];
  });
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
