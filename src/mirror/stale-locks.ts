/** Locks of stores whose process was killed, for a caller that knows by other means that nobody else has a store of this folder open. */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const lockName = "mirror.lock";

/** `folder` holds `gen-N/`; nothing to do where it is not there. */
export function removeStaleLocks(folder: string): void {
  for (const generation of generationsIn(folder)) rmSync(join(folder, generation, lockName), { force: true });
}

function generationsIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => /^gen-\d+$/.test(name));
  } catch {
    return [];
  }
}
