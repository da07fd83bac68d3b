/** Opens mirrors for tests: a new one with given cells, or the one that a stopped product left behind. */
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { openMirror } from "../../src/cli/server/open-mirror.ts";
import type { CellsSpec } from "../../src/mirror/cuboid.ts";
import type { Mirror } from "../../src/mirror/mirror.ts";
import type { SafeSchema, SourceSizes } from "../../src/policy/safe.ts";

const memoryMb = 256;

export async function openTestMirror({ folder, spec }: { readonly folder: string; readonly spec: CellsSpec }): Promise<Mirror> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return openMirror({ folder, generation: 1, memoryMb, cells: () => spec });
}

/** The one generation that a stopped product's state folder holds; a second one is an error of its own. */
export async function openLeftMirror(
  stateFolder: string,
  cells: (schema: SafeSchema, sizes: SourceSizes | undefined) => CellsSpec,
): Promise<Mirror> {
  const names = (await readdir(join(stateFolder, "mirror"))).filter((name) => name.startsWith("gen-"));
  const [name] = names;
  if (name === undefined || names.length !== 1) throw new Error(`the state folder holds ${names.length} generations: ${names.join(", ")}`);
  return openMirror({ folder: join(stateFolder, "mirror", name), generation: Number(name.slice("gen-".length)), memoryMb, cells });
}
