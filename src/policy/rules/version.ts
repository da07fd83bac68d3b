/** `truncate major | minor | patch`: the first one to three numbers of a dotted version that `match` allows. */
import type { TextRule } from "../declaration.ts";
import { ruleVerdict, versionFamily } from "../declaration/stored-text.ts";
import type { TextMap } from "./text-codes.ts";

export function versionText(parts: 1 | 2 | 3, rule: TextRule): TextMap {
  const verdict = ruleVerdict(rule);
  return (text) => {
    if (verdict(text) !== "allowed") return undefined;
    const family = text.split(".").slice(0, parts).join(".");
    // A pattern may allow letters; a family is numbers only.
    return versionFamily.test(family) ? family : undefined;
  };
}
