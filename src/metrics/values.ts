/** What the file itself says about the values that a column can have. */
import type { Treatment } from "../policy/declaration.ts";

/** All texts that a treatment lets pass, without the reserved ones; undefined: not a finite list in the file. */
export function declaredValues(treatment: Treatment | undefined): readonly string[] | undefined {
  if (treatment?.tag === "keep" && treatment.rule?.tag === "values") return treatment.rule.values;
  if (treatment?.tag === "lookup") return [...new Set(Object.values(treatment.table))];
  if (treatment?.tag === "constant") return [treatment.value];
  // What another rule makes of its input is known only where it runs; the mirror's dictionary then says which values there are.
  return undefined;
}
