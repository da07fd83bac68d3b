/** What every rule is made of. A rule treats a whole column at once; its file holds nothing but that. */
import type { RawColumn } from "../../source/raw.ts";
import type { SafeValues } from "../safe.ts";

/** Rows with 1 in `nulls` have no value: NULL, unchanged, or an operation without one. What stands in the raw column there means nothing. */
export interface RuleInput {
  readonly column: RawColumn;
  readonly rowCount: number;
  readonly nulls: Uint8Array | undefined;
}

/** `data` is fresh memory, zero under nulls. */
export type RuleOutput = Pick<SafeValues, "data" | "nulls">;

export type Rule = (input: RuleInput) => RuleOutput;

/** Counts of a column's troubles; rules add to it. */
export interface Tally {
  other: number;
  degraded: number;
}

/** Narrows a raw column to the layout that compile chose; anything else is a bug between decoder and compile. */
export function rawAs<Tag extends RawColumn["tag"]>(column: RawColumn, tag: Tag): Extract<RawColumn, { tag: Tag }> {
  if (column.tag !== tag) throw new Error(`bug: a column of ${column.tag} where ${tag} was declared`);
  return column as Extract<RawColumn, { tag: Tag }>; // eslint-disable-line -- checked above
}

/** A copy of `nulls` in which more rows can be marked. */
export function nullsFor(nulls: Uint8Array | undefined, rowCount: number): Uint8Array {
  return nulls === undefined ? new Uint8Array(rowCount) : nulls.slice(0, rowCount);
}
