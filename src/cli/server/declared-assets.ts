/** The assets that the file declares now: it changes while we run, and the watch begins anew with it. */
import { statSync } from "node:fs";
import type { Asset } from "../../guard/asset.ts";
import { declaredIn } from "../guard/declared.ts";

/** `before`: what it said when we began; what cannot be read leaves all as it is, as it does for the watch. */
export function declaredAssets(configFile: string, before: readonly Asset[]): () => readonly Asset[] {
  let known = before;
  let seen: string | undefined;
  return () => {
    try {
      const { mtimeMs, size, ino } = statSync(configFile);
      const now = `${mtimeMs} ${size} ${ino}`;
      if (now === seen) return known;
      seen = now;
      known = declaredIn(configFile).assets;
    } catch {
      // Half written, or wrong: it is looked at again when it has changed.
    }
    return known;
  };
}
