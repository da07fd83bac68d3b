/** The project's own text files, for the tests that hold its rules. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../..");

export interface TextFile {
  /** From the project's root, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** Files that match one of the patterns; what git ignores is left out. */
export function readTree(...patterns: readonly string[]): readonly TextFile[] {
  const paths = patterns.flatMap((pattern) =>
    globSync(pattern, { cwd: root, exclude: ["node_modules/**", "dist/**", ".vitrine/**", ".demo/**"] }),
  );
  return [...new Set(paths)].toSorted().map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}
