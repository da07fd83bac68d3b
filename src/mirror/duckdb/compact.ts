/** Rewrites a store into a new file, so that bytes of deleted rows are gone, and swaps the files so that a crash leaves one of them whole. */
import { closeSync, constants, existsSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { assert } from "../../lib/assert.ts";
import { controlTable, id, refColumn, rowsTable, tokensTable } from "../layout.ts";
import type { Connection } from "./engine.ts";
import type { Memory } from "./memory.ts";

/** Writes the live rows into `file`, with `control` as its control row. */
export async function compactInto(connection: Connection, file: string, control: string): Promise<void> {
  for (const left of [file, `${file}.wal`]) rmSync(left, { force: true });
  await connection.run(`ATTACH '${file.replaceAll("'", "''")}' AS fresh`);
  try {
    const current = await connection.rows("SELECT current_database() AS name");
    await connection.run(`COPY FROM DATABASE ${id(String(current[0]?.["name"]))} TO fresh`);
    await connection.run(`UPDATE fresh.${controlTable} SET state = ?`, [control]);
    await connection.run("CHECKPOINT fresh");
    await connection.run("DETACH fresh");
  } catch (error) {
    // Else a disk that is full stays full, and the next attempt finds the name taken.
    await connection.run("DETACH DATABASE IF EXISTS fresh").catch(() => undefined);
    for (const left of [file, `${file}.wal`]) rmSync(left, { force: true });
    throw error;
  }
}

/**
 * Deletes tokens of entities that are not there and that no row refers to, in the open transaction. Returns the entities concerned,
 * whose tokens must then be read again.
 */
export async function dropUnusedTokens(connection: Connection, memory: Memory): Promise<readonly string[]> {
  const dropped: string[] = [];
  for (const [entity, index] of memory.tokens) {
    if (index.used === (memory.rows.get(entity) ?? 0)) continue;
    const holders = [{ table: entity, column: refColumn }];
    for (const { table } of memory.tables.values())
      for (const column of table.columns)
        if (column.role === "ref" && column.refers === entity) holders.push({ table: table.name, column: id(column.name) });
    const kept = holders.map(({ table, column }) => `NOT EXISTS (SELECT 1 FROM ${rowsTable(table)} r WHERE r.${column} = t.${refColumn})`);
    await connection.run(`DELETE FROM ${tokensTable(entity)} t WHERE ${kept.join(" AND ")}`);
    dropped.push(entity);
  }
  return dropped;
}

/** The new file takes the old one's place. The old one was closed, so its log was written into it and is gone. */
export function swapFiles(file: string): void {
  assert(!existsSync(`${file}.wal`) && !existsSync(`${file}.fresh.wal`), "no log beside a closed store");
  renameSync(`${file}.fresh`, file);
  // Node's permissions, under which the server runs, refuse fsync. A file that is made here afterwards and written with O_SYNC takes
  // the new name to the disk with it, on file systems that keep their changes in order (ext4, XFS).
  const mark = `${file}.swapped`;
  const { O_CREAT, O_WRONLY, O_SYNC, O_TRUNC } = constants;
  const opened = openSync(mark, O_CREAT | O_WRONLY | O_SYNC | O_TRUNC, 0o600);
  writeSync(opened, "1");
  closeSync(opened);
  rmSync(mark);
}
