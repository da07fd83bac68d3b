/** Which periods are kept, by grain: all that begin at or before the last purged row and had ended before the purge. */
import type { Calendar } from "../calendar.ts";
import type { Grain } from "../cuboid.ts";
import type { KeptHistory } from "../history.ts";

const grains = ["hour", "day", "week", "month"] as const satisfies readonly Grain[];

export type Boundaries = Pick<KeptHistory, "before" | "partial">;

/**
 * `lost`: the last minute that was purged; `asOf`: the minute up to which the older generation knows the source; `earlier`: what it
 * had itself been given. A kept period stays kept, even where its rows come back. undefined: nothing is kept.
 */
export function boundariesOf(options: {
  readonly calendar: Calendar;
  readonly lost: number | undefined;
  readonly asOf: number;
  readonly earlier: Boundaries | undefined;
}): Boundaries | undefined {
  const { calendar, lost, asOf, earlier } = options;
  if (lost === undefined) return earlier === undefined ? undefined : { before: earlier.before, partial: earlier.partial };
  const parts = grains.map((grain) => ({ grain, ...boundaryOf({ calendar, grain, lost, asOf }, earlier) }));
  const of = <T>(value: (part: (typeof parts)[number]) => T): Record<Grain, T> =>
    Object.fromEntries(parts.map((part) => [part.grain, value(part)])) as Record<Grain, T>; // eslint-disable-line -- all grains are there
  return { before: of((part) => part.before), partial: of((part) => part.partial) };
}

function boundaryOf(
  at: { readonly calendar: Calendar; readonly grain: Grain; readonly lost: number; readonly asOf: number },
  earlier: Boundaries | undefined,
): { readonly before: number; readonly partial: readonly number[] } {
  const { calendar, grain, lost, asOf } = at;
  const bucket = calendar.bucketOf(grain, lost);
  const end = calendar.endOf(grain, bucket);
  const isClosed = end <= asOf;
  const before = Math.max(earlier?.before[grain] ?? -Infinity, isClosed ? calendar.bucketOf(grain, end) : bucket);
  const partial = new Set(earlier?.partial[grain] ?? []);
  if (!isClosed && bucket >= before) partial.add(bucket);
  return { before, partial: [...partial].toSorted((a, b) => a - b) };
}
