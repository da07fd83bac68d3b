/** Binds the mirror's opener to this server's limits and metrics. */
import { join } from "node:path";
import { systemClock } from "../../lib/clock.ts";
import type { CellsSpec } from "../../mirror/cuboid.ts";
import type { DuckdbMirror } from "../../mirror/duckdb.ts";
import { defaultLimits, openDuckdbMirror } from "../../mirror/duckdb.ts";
import type { SafeSchema, SourceSizes } from "../../policy/safe.ts";

export interface OpenMirrorOptions {
  readonly folder: string;
  readonly generation: number;
  /** Throws mirror/store-missing rather than make a new store. */
  readonly mustExist?: boolean;
  readonly memoryMb: number;
  readonly cells: (schema: SafeSchema, sizes: SourceSizes | undefined) => CellsSpec;
}

export async function openMirror(options: OpenMirrorOptions): Promise<DuckdbMirror> {
  const { folder, generation, mustExist = false, cells, memoryMb } = options;
  return openDuckdbMirror({
    folder,
    generation,
    mustExist,
    cells,
    clock: systemClock,
    limits: { ...defaultLimits, memoryLimit: `${memoryMb}MB`, tempFolder: join(folder, "temporary") },
  });
}
