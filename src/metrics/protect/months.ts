/** Which months a period lies in. Days are local dates, so no zone is needed. */
import type { CuboidSpec } from "../../mirror/cuboid.ts";

/** The months (since 1970-01; 0 without a time) that a period lies in: a week may lie in two. */
export function monthsOf({ grain }: Pick<CuboidSpec, "grain">, bucket: number): readonly number[] {
  if (grain === "all") return [0];
  if (grain === "month") return [bucket];
  const first = monthOf(bucket);
  const last = grain === "week" ? monthOf(bucket + 6) : first;
  return first === last ? [first] : [first, last];
}

/** The month of a local day (days since 1970-01-01). */
function monthOf(day: number): number {
  const date = new Date(day * 86_400_000);
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
}
