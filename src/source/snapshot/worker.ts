/** One connection that reads ranges under the exported snapshot. */
import { literal, qualified, id } from "../names.ts";
import { CopyDecoder } from "../copy-decoder.ts";
import type { RawRows, SourceTable } from "../raw.ts";
import type { Source } from "../session.ts";
import type { RawConnection } from "../wire/raw-connection.ts";
import { endless } from "./holder.ts";
import type { BlockRange } from "./ranges.ts";
import { copyStatement } from "./ranges.ts";

export interface WorkerOptions {
  readonly source: Source;
  readonly version: number;
  readonly snapshotName: string;
  readonly lockTimeoutMs: number;
}

/**
 * Settings that make the order of a copy the same each time (so that a range can be taken again) and row security an error. The
 * planner must not choose a parallel or a synchronised scan.
 */
const steady = {
  row_security: "off",
  synchronize_seqscans: "off",
  max_parallel_workers_per_gather: "0",
  enable_tidscan: "on",
  jit: "off",
} as const;

export async function openWorker(options: WorkerOptions): Promise<RawConnection> {
  const raw = await options.source.openRaw("sql", { ...endless(options.version), ...steady, lock_timeout: String(options.lockTimeoutMs) });
  try {
    await raw.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    await raw.query(`SET TRANSACTION SNAPSHOT ${literal(options.snapshotName)}`);
    return raw;
  } catch (error) {
    raw.destroy();
    throw error;
  }
}

/**
 * Takes the lock of each table and its partitions, so that nothing is truncated or rewritten while it is read: with LIMIT 0 the
 * planner opens all of them and no row is read (WHERE false would leave the partitions out).
 */
export async function lockTables(
  raw: RawConnection,
  tables: readonly { readonly table: SourceTable; readonly rowSecurity: boolean }[],
): Promise<void> {
  for (const { table, rowSecurity } of tables) {
    await setRowSecurity(raw, rowSecurity);
    await raw.query(`SELECT ${table.columns.map((column) => id(column.name)).join(", ")} FROM ${qualified(table)} LIMIT 0`);
  }
}

/** Copies one range; batches that were handed over before are left out. */
export async function copyRange(raw: RawConnection, range: BlockRange, onBatch: (rows: RawRows) => void): Promise<void> {
  await setRowSecurity(raw, range.rowSecurity);
  const decoder = new CopyDecoder({
    table: range.table,
    skipRows: range.done,
    onBatch(rows) {
      range.done += rows.rowCount;
      onBatch(rows);
    },
  });
  await raw.copyOut(copyStatement(range), {
    data: (bytes, start, end) => decoder.push(bytes, start, end),
    chunkEnd: () => decoder.flush(),
  });
  decoder.finish();
}

async function setRowSecurity(raw: RawConnection, on: boolean): Promise<void> {
  await raw.query(`SET LOCAL row_security = ${on ? "on" : "off"}`);
}
