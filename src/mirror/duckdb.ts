/** Opens the mirror's store in DuckDB: one file in one folder, one process, one thread. */
import type { Clock } from "../lib/clock.ts";
import type { SafeSchema, SourceSizes } from "../policy/safe.ts";
import type { CellsSpec } from "./cuboid.ts";
import { DuckdbMirror } from "./duckdb/store.ts";

export interface MirrorLimits {
  /** In DuckDB's notation, e.g. "400MB": buffers of the database, not of this process. */
  readonly memoryLimit: string;
  readonly threads: number;
  /** Folder for what does not fit into memory; made with mode 0700. */
  readonly tempFolder: string;
  readonly tempMax: string;
  /** Write-ahead log from which a commit checkpoints by itself, e.g. "512MB"; smaller logs are checkpointed when idle. */
  readonly walMax: string;
  /** Size of that log in bytes from which it is checkpointed when idle; from eight times that on new answers wait for it. */
  readonly idleWalBytes: number;
  /** Bytes of changes that are held before they are applied inside the open transaction. */
  readonly pendingBytesMax: number;
  /** Views open at one time. */
  readonly viewsMax: number;
}

export const defaultLimits: Omit<MirrorLimits, "tempFolder"> = {
  memoryLimit: "400MB",
  threads: 1,
  tempMax: "4GB",
  walMax: "512MB",
  idleWalBytes: 32 << 20,
  pendingBytesMax: 16 << 20,
  viewsMax: 4,
};

export interface OpenDuckdbMirror {
  /** Folder of this generation; made with mode 0700. */
  readonly folder: string;
  readonly generation: number;
  /** What cells to keep; schema and sizes are known once a reader has said hello. */
  readonly cells: CellsSpec | ((schema: SafeSchema, sizes: SourceSizes | undefined) => CellsSpec);
  readonly limits: MirrorLimits;
  readonly clock: Clock;
  /** A store is expected: mirror/store-missing instead of a new one. */
  readonly mustExist?: boolean;
}

export type { CellMismatch, DuckdbMirror, Comparison, CompareResult } from "./duckdb/store.ts";

/**
 * Throws VitrineError mirror/locked, mirror/store-missing, mirror/store-damaged, mirror/store-version, mirror/disk-full. A store whose
 * snapshot was cut off opens as `empty`.
 */
export async function openDuckdbMirror(options: OpenDuckdbMirror): Promise<DuckdbMirror> {
  return DuckdbMirror.open(options);
}
