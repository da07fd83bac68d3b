/** `truncate minute | hour | day | month`: microseconds → the minute at which the period begins in the file's zone. */
import type { TimeGrain } from "../declaration.ts";
import type { Rule, RuleInput, RuleOutput, Tally } from "./rule.ts";
import { nullsFor, rawAs } from "./rule.ts";
import type { Zone } from "./zone.ts";

export interface TruncateOptions {
  readonly to: TimeGrain;
  readonly zone: Zone;
  /** timestamp and date: wall time of the zone; false: timestamptz, an instant. */
  readonly wall: boolean;
  readonly tally: Tally;
}

const minuteMicros = 60_000_000;
const minuteMax = 2 ** 31 - 1;

export function truncateRule({ to, zone, wall, tally }: TruncateOptions): Rule {
  const asIs = to === "minute" && !wall;
  const period = wall
    ? (minute: number): number => zone.truncate(zone.instantOfWall(minute), to)
    : (minute: number): number => zone.truncate(minute, to);
  return (input) => apply(input, asIs ? undefined : period, tally);
}

function apply({ column, rowCount, nulls }: RuleInput, period: ((minute: number) => number) | undefined, tally: Tally): RuleOutput {
  const micros = rawAs(column, "micros").data;
  const data = new Int32Array(rowCount);
  let marked = nulls;
  for (let row = 0; row < rowCount; row += 1) {
    if (nulls !== undefined && nulls[row] === 1) continue;
    const minute = minuteOf(micros[row] as number); // eslint-disable-line -- in range
    const result = period === undefined || !Number.isFinite(minute) ? minute : period(minute);
    if (result <= minuteMax && result >= -minuteMax) data[row] = result;
    else {
      // Infinity, or a time that 32 bits of minutes do not reach.
      if (marked === nulls) marked = nullsFor(nulls, rowCount);
      (marked as Uint8Array)[row] = 1; // eslint-disable-line -- just made
      tally.degraded += 1;
    }
  }
  return { data, nulls: marked };
}

/** Floor of micros / 60 s, exact: the quotient alone may round up far from 1970. */
function minuteOf(micros: number): number {
  const minute = Math.floor(micros / minuteMicros);
  return micros < minute * minuteMicros ? minute - 1 : minute;
}
