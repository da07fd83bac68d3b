/** `lookup`: a text, whole number or boolean by a table in the file; anything else is `other`. */
import { codes } from "../safe.ts";
import type { Dictionary } from "./dictionary.ts";
import type { Rule, Tally } from "./rule.ts";
import type { TextMap } from "./text-codes.ts";

type Table = Readonly<Record<string, string>>;

export function lookupText(table: Table): TextMap {
  const results = new Map(Object.entries(table));
  return (text) => results.get(text);
}

/** Numbers are looked up by their decimal text, booleans by `true` and `false`. */
export function lookupRule(table: Table, options: { readonly dictionary: Dictionary; readonly tally: Tally }): Rule {
  const map = lookupText(table);
  const known = new Map<number | bigint, number>();
  const codeOf = (value: number | bigint, text: string): number => {
    const result = map(text);
    if (result === undefined) return codes.other; // Not remembered: they may be many.
    const code = options.dictionary.code(result);
    known.set(value, code);
    return code;
  };
  return ({ column, rowCount, nulls }) => {
    if (column.tag !== "bool" && column.tag !== "i32" && column.tag !== "i64") throw new Error(`bug: a look-up of a ${column.tag} column`);
    const isBool = column.tag === "bool";
    const data = new Int32Array(rowCount);
    for (let row = 0; row < rowCount; row += 1) {
      if (nulls !== undefined && nulls[row] === 1) continue;
      const value = column.data[row] as number | bigint; // eslint-disable-line -- in range
      const code = known.get(value) ?? codeOf(value, isBool ? String(value === 1) : String(value));
      if (code === codes.other) options.tally.other += 1;
      data[row] = code;
    }
    return { data, nulls: undefined };
  };
}
