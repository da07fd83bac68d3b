/** Locks of stores whose process was killed, for a caller that knows by other means that nobody else has a store of this folder open. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { lockFile } from "./duckdb/lock.ts";
import { generationFolder, generationsIn } from "./generation-folders.ts";

/** `folder` holds `gen-N/`; nothing to do where it is not there. */
export function removeStaleLocks(folder: string): void {
  for (const number of generationsIn(folder)) rmSync(join(folder, generationFolder(number), lockFile), { force: true });
}
