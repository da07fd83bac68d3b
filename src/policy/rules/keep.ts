/** `keep` and `opaque`: the value as it is. Texts go through their rule; numbers that the store cannot hold become NULL. */
import { unreachable } from "../../lib/assert.ts";
import type { TextRule } from "../declaration.ts";
import { ruleVerdict } from "../declaration/stored-text.ts";
import { numericToScaled } from "./numeric.ts";
import type { Rule, RuleInput, RuleOutput, Tally } from "./rule.ts";
import { nullsFor, rawAs } from "./rule.ts";
import type { TextMap } from "./text-codes.ts";

/** The text where the rule allows it. */
export function keepText(rule: TextRule, values: ReadonlySet<string> | undefined): TextMap {
  const verdict = ruleVerdict(rule, values);
  return (text) => (verdict(text) === "allowed" ? text : undefined);
}

/** bool, i32, i64, f64, uuid and (with its scale) numeric. */
export function keepRule(options: { readonly scale: number; readonly tally: Tally }): Rule {
  return (input) => {
    const { column, rowCount } = input;
    switch (column.tag) {
      case "bool":
      case "i32":
        return zeroed(column.data.slice(0, rowCount), input);
      case "i64":
        return zeroed(column.data.slice(0, rowCount), input);
      case "uuid":
        return keepUuid(column.data.slice(0, 16 * rowCount), input);
      case "f64":
        return keepFloat(column.data.slice(0, rowCount), input, options.tally);
      case "bytes":
        return keepNumeric(input, options);
      case "micros":
        throw new Error("bug: a time that is kept");
      default:
        return unreachable(column);
    }
  };
}

function zeroed(data: Uint8Array | Int32Array | BigInt64Array, { nulls, rowCount }: RuleInput): RuleOutput {
  if (nulls !== undefined) {
    for (let row = 0; row < rowCount; row += 1) {
      if (nulls[row] !== 1) continue;
      if (data instanceof BigInt64Array) data[row] = 0n;
      else data[row] = 0;
    }
  }
  return { data, nulls };
}

function keepUuid(data: Uint8Array, { nulls, rowCount }: RuleInput): RuleOutput {
  if (nulls !== undefined) for (let row = 0; row < rowCount; row += 1) if (nulls[row] === 1) data.fill(0, 16 * row, 16 * (row + 1));
  return { data, nulls };
}

function keepFloat(data: Float64Array, { nulls, rowCount }: RuleInput, tally: Tally): RuleOutput {
  let marked = nulls;
  for (let row = 0; row < rowCount; row += 1) {
    const isNull = nulls !== undefined && nulls[row] === 1;
    if (!isNull && Number.isFinite(data[row])) continue;
    data[row] = 0;
    if (isNull) continue;
    if (marked === nulls) marked = nullsFor(nulls, rowCount);
    (marked as Uint8Array)[row] = 1; // eslint-disable-line -- just made
    tally.degraded += 1;
  }
  return { data, nulls: marked };
}

function keepNumeric(
  { column, rowCount, nulls }: RuleInput,
  { scale, tally }: { readonly scale: number; readonly tally: Tally },
): RuleOutput {
  const { bytes, offsets } = rawAs(column, "bytes");
  const data = new BigInt64Array(rowCount);
  let marked = nulls;
  for (let row = 0; row < rowCount; row += 1) {
    if (nulls !== undefined && nulls[row] === 1) continue;
    const value = numericToScaled(bytes, { start: offsets[row] as number, end: offsets[row + 1] as number }, scale); // eslint-disable-line -- rowCount + 1 offsets
    if (value === undefined) {
      if (marked === nulls) marked = nullsFor(nulls, rowCount);
      (marked as Uint8Array)[row] = 1; // eslint-disable-line -- just made
      tally.degraded += 1;
    } else data[row] = value;
  }
  return { data, nulls: marked };
}
