/** Which texts the store may hold in a treated column: the proof of the store asks this for every text in its dictionaries. */
import { must, unreachable } from "../../lib/assert.ts";
import type { TextRule, Treatment } from "../declaration.ts";
import { compilePattern } from "./pattern.ts";

/** `unknown`: the rule is a list that only the source knows (`values: from …`) and the server does not. */
export type TextVerdict = "allowed" | "refused" | "unknown";

/** A test for the texts that a treatment can make. `values`: the list of a `values: from` rule, where it is known. */
export function storedTextAllowed(treatment: Treatment, values?: ReadonlySet<string>): (text: string) => TextVerdict {
  switch (treatment.tag) {
    case "keep":
      return treatment.rule === undefined ? () => "refused" : ruleVerdict(treatment.rule, values);
    case "version":
      return (text) => yes(versionFamily.test(text) && text.split(".").length <= treatment.parts);
    case "bucket": {
      const labels = new Set(bucketLabels(treatment.bounds));
      return (text) => yes(labels.has(text));
    }
    case "prefix": {
      const verdict = ruleVerdict(treatment.rule, values);
      return (text) => (Array.from(text).length <= treatment.length ? verdict(text) : "refused");
    }
    case "lookup": {
      const results = new Set(Object.values(treatment.table));
      return (text) => yes(results.has(text));
    }
    case "constant":
      return (text) => yes(text === treatment.value);
    case "opaque":
    case "token":
    case "truncate":
    case "present":
      return () => "refused";
    default:
      return unreachable(treatment);
  }
}

/** Leading numbers of a dotted version. */
export const versionFamily = /^\d{1,9}(?:\.\d{1,9}){0,2}$/;

/** One label for each range, in ascending order: one more than there are bounds. */
export function bucketLabels(bounds: readonly number[]): readonly string[] {
  return [...bounds, undefined].map((bound, i) => {
    const low = bounds[i - 1];
    if (low === undefined) return `< ${must(bound, "first bound")}`;
    return bound === undefined ? `>= ${low}` : `${low} to < ${bound}`;
  });
}

function yes(allowed: boolean): TextVerdict {
  return allowed ? "allowed" : "refused";
}

/** The rule as a test; used by the reader (with `values`) and by the proof. */
export function ruleVerdict(rule: TextRule, values?: ReadonlySet<string>): (text: string) => TextVerdict {
  switch (rule.tag) {
    case "values": {
      const list = new Set(rule.values);
      return (text) => yes(list.has(text));
    }
    case "values-from":
      return values === undefined ? () => "unknown" : (text) => yes(values.has(text));
    case "match": {
      const pattern = compilePattern(rule.pattern);
      if ("reason" in pattern) return () => "refused";
      return (text) => yes(text.length <= 2 * rule.lengthMax && Array.from(text).length <= rule.lengthMax && pattern.test(text));
    }
    default:
      return unreachable(rule);
  }
}
