/** `prefix N`: the first N characters (not bytes), where the rule allows them. */
import type { TextRule } from "../declaration.ts";
import { ruleVerdict } from "../declaration/stored-text.ts";
import type { TextMap } from "./text-codes.ts";

export function prefixText(length: number, rule: TextRule, values: ReadonlySet<string> | undefined): TextMap {
  const verdict = ruleVerdict(rule, values);
  return (text) => {
    // A character is at most two UTF-16 units: no need to take a long text apart.
    const prefix = Array.from(text.slice(0, 2 * length))
      .slice(0, length)
      .join("");
    return verdict(prefix) === "allowed" ? prefix : undefined;
  };
}
