/** `bucket`: the range that a number is in, as a text. Infinities are in the outermost ranges; NaN is in none and becomes NULL. */
import { must, unreachable } from "../../lib/assert.ts";
import type { RawColumn } from "../../source/raw.ts";
import { bucketLabels } from "../declaration/stored-text.ts";
import type { Dictionary } from "./dictionary.ts";
import { numericToNumber } from "./numeric.ts";
import type { Rule, Tally } from "./rule.ts";

export function bucketRule(bounds: readonly number[], options: { readonly dictionary: Dictionary; readonly tally: Tally }): Rule {
  const labels = bucketLabels(bounds);
  const codeOf = new Int32Array(labels.length); // 0: not given out yet.
  const limits = Float64Array.from(bounds);
  return ({ column, rowCount, nulls }) => {
    const data = new Int32Array(rowCount);
    const read = reader(column);
    for (let row = 0; row < rowCount; row += 1) {
      if (nulls !== undefined && nulls[row] === 1) continue;
      const value = read(row);
      if (value === undefined || Number.isNaN(value)) {
        options.tally.degraded += 1; // Code 0 is NULL.
        continue;
      }
      const range = rangeOf(value, limits);
      codeOf[range] ||= options.dictionary.code(must(labels[range], "label of a range"));
      data[row] = codeOf[range] as number; // eslint-disable-line -- in range
    }
    return { data, nulls: undefined };
  };
}

function reader(column: RawColumn): (row: number) => number | undefined {
  switch (column.tag) {
    case "i32":
    case "f64":
      return (row) => column.data[row];
    case "i64":
      return (row) => Number(column.data[row]);
    case "bytes": {
      const { bytes, offsets } = column;
      return (row) => numericToNumber(bytes, { start: must(offsets[row], "offset"), end: must(offsets[row + 1], "offset") });
    }
    case "bool":
    case "micros":
    case "uuid":
      throw new Error(`bug: a bucket of a ${column.tag} column`);
    default:
      return unreachable(column);
  }
}

/** Number of bounds at or below the value. */
function rangeOf(value: number, bounds: Float64Array): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bounds[middle] as number) <= value) low = middle + 1; // eslint-disable-line -- in range
    else high = middle;
  }
  return low;
}
