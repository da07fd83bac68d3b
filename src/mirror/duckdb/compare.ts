/**
 * Rows read from the source again against the store at one position. Both sides become (bucket, rows, sum of row hashes): a multiset
 * checksum that does not depend on order. A fact's bucket is the UTC day of its first time column, everything else is one of 64.
 * `counts` compares numbers of rows, `full` checksums, `sample` asks of each row that came whether the store has it.
 */
import { must } from "../../lib/assert.ts";
import type { SafeRows } from "../../policy/safe.ts";
import { codes } from "../../policy/safe.ts";
import { id, rowsColumn, rowsTable } from "../layout.ts";
import type { Column, Connection } from "./engine.ts";
import { storedRows } from "./load.ts";
import type { Memory, TableInfo } from "./memory.ts";
import type { Pacer } from "./pacer.ts";
import { appendColumns } from "./tables.ts";

export type CompareMode = "counts" | "sample" | "full";

/** Per table. `differing`: buckets (sample: rows) that are not the same. */
export interface CompareResult {
  readonly table: string;
  readonly sourceRows: number;
  readonly mirrorRows: number;
  readonly differing: number;
}

export interface Comparison extends AsyncDisposable {
  rows(message: SafeRows): Promise<void>;
  /** Ends it. */
  finish(): Promise<readonly CompareResult[]>;
}

/** Rows staged before they are summed. */
const stagedMax = 500_000;

interface Side {
  readonly rows: Map<number, number>;
  readonly sums: Map<number, bigint>;
}

export function compareRows(options: {
  readonly connection: Connection;
  readonly memory: Memory;
  readonly pacer: Pacer;
  readonly mode: CompareMode;
  readonly tables: readonly string[];
}): Comparison {
  const { connection, memory, pacer, mode, tables } = options;
  const staged = new Map<string, number>();
  const source = new Map<string, Side>();
  const unmatched = new Map<string, number>();

  const drain = async (info: TableInfo): Promise<void> => {
    const { name } = info.table;
    if ((staged.get(name) ?? 0) === 0) return;
    if (mode === "sample") unmatched.set(name, (unmatched.get(name) ?? 0) + (await missingRows(connection, info)));
    addTo(sideOf(source, name), await sumsOf(connection, info, stageName(name)));
    await connection.run(`DELETE FROM temp.${id(stageName(name))}`);
    staged.set(name, 0);
  };

  const rows = async (message: SafeRows): Promise<void> => {
    const info = memory.info(message.table);
    const { name } = info.table;
    const columns: readonly Column[] = storedRows({ memory }, message);
    if (!staged.has(name)) await connection.run(`CREATE TEMP TABLE ${id(stageName(name))} AS SELECT * FROM ${rowsTable(name)} LIMIT 0`);
    await appendColumns(connection, { table: id(stageName(name)), layouts: info.layouts, catalog: "temp" }, columns, {
      rowCount: message.rowCount,
      pacer,
    });
    staged.set(name, (staged.get(name) ?? 0) + message.rowCount);
    if ((staged.get(name) ?? 0) >= stagedMax) await drain(info);
  };

  const finish = async (): Promise<readonly CompareResult[]> => {
    const results: CompareResult[] = [];
    for (const name of tables) {
      const info = memory.info(name);
      await drain(info);
      const mine: Side = { rows: new Map(), sums: new Map() };
      addTo(mine, await sumsOf(connection, info, undefined));
      const theirs = sideOf(source, name);
      const differing = mode === "sample" ? (unmatched.get(name) ?? 0) : differingBuckets(mine, theirs, mode === "full");
      results.push({ table: name, sourceRows: total(theirs), mirrorRows: total(mine), differing });
    }
    return results;
  };

  const dispose = async (): Promise<void> => {
    await connection.run("ROLLBACK");
    connection.close();
  };
  return { rows, finish, [Symbol.asyncDispose]: dispose };
}

function stageName(table: string): string {
  return `compare_${table}`;
}

function sideOf(sides: Map<string, Side>, table: string): Side {
  const side = sides.get(table) ?? { rows: new Map<number, number>(), sums: new Map<number, bigint>() };
  sides.set(table, side);
  return side;
}

type Sum = { readonly bucket: number; readonly rows: number; readonly sum: bigint };

async function sumsOf(connection: Connection, info: TableInfo, stage: string | undefined): Promise<readonly Sum[]> {
  const from = stage === undefined ? rowsTable(info.table.name) : `temp.${id(stage)}`;
  const names = info.table.columns.map((column) => rowsColumn(info.table, column.name));
  const time = info.table.columns.find((column) => column.kind === "minute");
  const bucket =
    info.table.kind === "fact" && time !== undefined
      ? `coalesce(${id(time.name)} // 1440, ${codes.null})`
      : `(hash(${names[Math.max(0, info.keyIndex)]}) % 64)::INTEGER`;
  const rows = await connection.rows(
    `SELECT ${bucket} AS bucket, count(*) AS n, sum(hash(${names.join(", ")})::HUGEINT)::VARCHAR AS total FROM ${from} GROUP BY bucket`,
  );
  return rows.map((row) => ({ bucket: Number(row["bucket"]), rows: Number(row["n"]), sum: BigInt(String(row["total"])) }));
}

/** Rows that came and that the store does not have just so. */
async function missingRows(connection: Connection, info: TableInfo): Promise<number> {
  const names = info.table.columns.map((column) => rowsColumn(info.table, column.name)).join(", ");
  const rows = await connection.rows(
    `SELECT count(*) AS n FROM (SELECT ${names} FROM temp.${id(stageName(info.table.name))} EXCEPT ALL SELECT ${names} FROM ${rowsTable(info.table.name)})`,
  );
  return Number(rows[0]?.["n"]);
}

function addTo(side: Side, sums: readonly Sum[]): void {
  for (const { bucket, rows, sum } of sums) {
    side.rows.set(bucket, (side.rows.get(bucket) ?? 0) + rows);
    side.sums.set(bucket, (side.sums.get(bucket) ?? 0n) + sum);
  }
}

function differingBuckets(mine: Side, theirs: Side, withSums: boolean): number {
  let differing = 0;
  for (const bucket of new Set([...mine.rows.keys(), ...theirs.rows.keys()])) {
    const sameCount = (mine.rows.get(bucket) ?? 0) === (theirs.rows.get(bucket) ?? 0);
    const sameSum = !withSums || (mine.sums.get(bucket) ?? 0n) === (theirs.sums.get(bucket) ?? 0n);
    if (!sameCount || !sameSum) differing += 1;
  }
  return differing;
}

function total(side: Side): number {
  let sum = 0;
  for (const count of side.rows.values()) sum += must(count, "count");
  return sum;
}
