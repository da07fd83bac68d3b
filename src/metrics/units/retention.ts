/** Of the entities whose time is in a period, those that were active so many days later. */
import { must } from "../../lib/assert.ts";
import { hasBit } from "../../mirror/bits.ts";
import type { ShareCell } from "./share.ts";
import type { Split } from "./split.ts";
import { Counts, groupOf, Groups, passes, Units } from "./split.ts";

export interface Cohorts {
  /** Local days (since 1970-01-01) [from, to) of the cohorts. */
  readonly from: number;
  readonly to: number;
  /** Minute (UTC, since 1970) at which a local day begins. */
  readonly startOf: (day: number) => number;
  /** The local day of a minute. */
  readonly dayOf: (minute: number) => number;
  /** The period of a local day. */
  readonly bucketOf: (day: number) => number;
  /** The day that must be over, by so many days, before a cohort's number is told: its period's last one. */
  readonly lastOf: (day: number) => number;
  /** The day of its period that must have been seen: its first one. */
  readonly firstOf: (day: number) => number;
  /** First local day of which anybody's activity is known: before it nobody counts as inactive. */
  readonly since: number;
  /** First local day that is not over. */
  readonly today: number;
  /** After how many days. */
  readonly days: readonly number[];
}

export interface Population {
  readonly present: Uint8Array;
  readonly count: number;
  /** By ref: the minute that places it; a negative extreme for NULL. */
  readonly minutes: Int32Array;
}

export interface RetentionCell extends ShareCell {
  readonly bucket: number;
  /** After how many days. */
  readonly day: number;
}

/** `activeOn`: who was active on a local day. Periods that are too young for one of the days, or older than what is known, have no cell for it. */
export function countRetention(
  population: Population,
  cohorts: Cohorts,
  activeOn: (day: number) => Uint32Array,
  split: Split,
): readonly RetentionCell[] {
  const { from, to, days, since, today } = cohorts;
  if (from >= to) return [];
  const tally = new Tally(split);
  const first = cohorts.startOf(from);
  const end = cohorts.startOf(to);
  const plans = new Map<number, DayPlan>();
  const planOf = (day: number): DayPlan => {
    const known = plans.get(day);
    if (known !== undefined) return known;
    const isKnown = (after: number): boolean => cohorts.firstOf(day) + after >= since && cohorts.lastOf(day) + after < today;
    const active = days.map((after) => (isKnown(after) ? activeOn(day + after) : undefined));
    const plan = { bucket: cohorts.bucketOf(day), active };
    plans.set(day, plan);
    return plan;
  };
  let lastMinute = Number.NaN;
  let plan: DayPlan | undefined;
  for (let ref = 0; ref < population.count; ref++) {
    const minute = population.minutes[ref] ?? end;
    if (minute < first || minute >= end || population.present[ref] !== 1) continue;
    // Times of entities are truncated to days: the next one is often the same.
    if (minute !== lastMinute || plan === undefined) {
      plan = planOf(cohorts.dayOf(minute));
      lastMinute = minute;
    }
    if (passes(split.filters, ref)) tally.add(plan, ref);
  }
  return tally.cells(days);
}

interface DayPlan {
  readonly bucket: number;
  /** For each of the days, who was active; undefined: it is not over, or before anything is known. */
  readonly active: readonly (Uint32Array | undefined)[];
}

/** Counts by period, combination and day: index = group × days + place of the day. */
class Tally {
  readonly #split: Split;
  readonly #groups: Groups;
  readonly #buckets = new Map<number, number>();
  readonly #bucketList: number[] = [];
  readonly #seen = new Set<number>();
  readonly #counts = new Counts();
  readonly #hits = new Counts();
  readonly #any: Units;
  readonly #hit: Units;
  readonly #none: Units;

  constructor(split: Split) {
    this.#split = split;
    this.#groups = new Groups(split.groupsMax);
    this.#any = new Units(split.k);
    this.#hit = new Units(split.k);
    this.#none = new Units(split.k);
  }

  add({ bucket, active }: DayPlan, ref: number): void {
    const { dimensions, unit } = this.#split;
    const group = groupOf(this.#groups, this.#groups.child(Groups.root, this.#placeOf(bucket)), dimensions, ref);
    this.#seen.add(group);
    for (let i = 0; i < active.length; i++) {
      const words = active[i];
      if (words === undefined) continue;
      const index = group * active.length + i;
      this.#counts.add(index);
      this.#any.add(index, unit, ref);
      if (hasBit(words, ref)) {
        this.#hits.add(index);
        this.#hit.add(index, unit, ref);
      } else this.#none.add(index, unit, ref);
    }
  }

  /** Buckets may be large or negative: combinations are made of their places. */
  #placeOf(bucket: number): number {
    const known = this.#buckets.get(bucket);
    if (known !== undefined) return known;
    const place = this.#bucketList.push(bucket) - 1;
    this.#buckets.set(bucket, place);
    return place;
  }

  cells(days: readonly number[]): readonly RetentionCell[] {
    return [...this.#seen].flatMap((group) => {
      const [place = 0, ...codes] = this.#groups.codesOf(group);
      return days.flatMap((day, i) => {
        const index = group * days.length + i;
        const count = this.#counts.at(index);
        if (count === 0) return [];
        return {
          bucket: must(this.#bucketList[place], "bucket"),
          day,
          codes,
          count,
          hits: this.#hits.at(index),
          atLeastK: this.#any.atLeastK(index),
          hitsAtLeastK: this.#hit.atLeastK(index),
          missesAtLeastK: this.#none.atLeastK(index),
        };
      });
    });
  }
}
