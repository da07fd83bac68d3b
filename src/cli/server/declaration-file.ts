/**
 * Each generation keeps the text of the vitrine.yaml that it was made under (0600, beside its store): so its answers go on while a
 * generation of another policy is built. A file of the same policy replaces it: its metrics and titles take effect at once.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDeclaration } from "../../policy/declaration.ts";
import type { Declaration } from "../../policy/declaration.ts";

export function declarationFor(folder: string, now: { readonly declaration: Declaration; readonly text: string }): Declaration {
  const file = join(folder, "vitrine.yaml");
  const kept = existsSync(file) ? parseDeclaration(readFileSync(file, "utf8"), file) : undefined;
  if (kept !== undefined && kept.policyHash !== now.declaration.policyHash) return kept;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(file, now.text, { mode: 0o600 });
  return now.declaration;
}
