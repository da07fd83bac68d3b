/** `constant`: the same text in every row. Nothing is read from the source for it. */
import type { SafeValues } from "../safe.ts";
import type { Dictionary } from "./dictionary.ts";

export function constantColumn(value: string, dictionary: Dictionary): (rowCount: number) => SafeValues {
  return (rowCount) => ({ data: new Int32Array(rowCount).fill(dictionary.code(value)), nulls: undefined, unchanged: undefined });
}
