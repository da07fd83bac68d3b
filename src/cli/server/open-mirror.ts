/** Binds the mirror's opener to this server's limits and metrics. */
import type { Mirror } from "../../mirror/mirror.ts";
import type { CellsSpec } from "../../mirror/cuboid.ts";
import type { SafeSchema } from "../../policy/safe.ts";

export interface OpenMirrorOptions {
  readonly folder: string;
  readonly generation: number;
  readonly memoryMb: number;
  readonly cells: (schema: SafeSchema) => CellsSpec;
}

export async function openMirror(options: OpenMirrorOptions): Promise<Mirror> {
  throw new Error(`bug: not built yet ${options.folder}`);
}
