/** Of the entities whose time is in a period, those that were active so many days later. */
import { hasBit } from "../../mirror/bits.ts";
import type { Grouping } from "./grouping.ts";
import { groupingOf, tooManyGroups } from "./grouping.ts";
import type { ShareCell } from "./share.ts";
import type { Split } from "./split.ts";
import { Units } from "./split.ts";

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
  const tally = new Tally(split, days);
  const first = cohorts.startOf(from);
  const end = cohorts.startOf(to);
  const plans = new Map<number, DayPlan>();
  const planOf = (day: number): DayPlan => {
    const known = plans.get(day);
    if (known !== undefined) return known;
    const isKnown = (after: number): boolean => cohorts.firstOf(day) + after >= since && cohorts.lastOf(day) + after < today;
    const active = days.map((after) => (isKnown(after) ? activeOn(day + after) : undefined));
    const plan = { period: tally.periodOf(cohorts.bucketOf(day)), active };
    plans.set(day, plan);
    return plan;
  };
  let lastMinute = Number.NaN;
  let plan: DayPlan | undefined;
  for (let ref = 0; ref < split.count; ref++) {
    const minute = population.minutes[ref] ?? end;
    if (minute < first || minute >= end || population.present[ref] !== 1) continue;
    // Times of entities are truncated to days: the next one is often the same.
    if (minute !== lastMinute || plan === undefined) {
      plan = planOf(cohorts.dayOf(minute));
      lastMinute = minute;
    }
    tally.add(plan, ref);
  }
  return tally.cells();
}

interface DayPlan {
  readonly period: Period;
  /** For each of the days, who was active; undefined: it is not over, or before anything is known. */
  readonly active: readonly (Uint32Array | undefined)[];
}

interface Period {
  readonly bucket: number;
  /** By group: the number of this period and group together; 0: nobody yet. */
  readonly numbers: Int32Array;
}

/** Counts by period, combination and day: index = number × days + place of the day. */
class Tally {
  readonly #split: Split;
  readonly #days: readonly number[];
  readonly #grouping: Grouping;
  readonly #periods = new Map<number, Period>();
  /** By number. */
  readonly #found: { readonly bucket: number; readonly group: number }[] = [{ bucket: 0, group: 0 }];
  readonly #counts = new Counts();
  readonly #hits = new Counts();
  readonly #any: Units;
  readonly #hit: Units;
  readonly #none: Units;

  constructor(split: Split, days: readonly number[]) {
    this.#split = split;
    this.#days = days;
    this.#grouping = groupingOf(split);
    this.#any = new Units(split.k);
    this.#hit = new Units(split.k);
    this.#none = new Units(split.k);
  }

  periodOf(bucket: number): Period {
    const period = this.#periods.get(bucket) ?? { bucket, numbers: new Int32Array(this.#grouping.size) };
    this.#periods.set(bucket, period);
    return period;
  }

  add({ period, active }: DayPlan, ref: number): void {
    const group = this.#grouping.groups[ref] ?? 0;
    const number = period.numbers[group] || this.#begin(period, group);
    const { unit } = this.#split;
    for (let i = 0; i < active.length; i++) {
      const words = active[i];
      if (words === undefined) continue;
      const index = number * active.length + i;
      this.#counts.add(index);
      this.#any.add(index, unit, ref);
      if (hasBit(words, ref)) {
        this.#hits.add(index);
        this.#hit.add(index, unit, ref);
      } else this.#none.add(index, unit, ref);
    }
  }

  #begin({ bucket, numbers }: Period, group: number): number {
    const number = this.#found.push({ bucket, group }) - 1;
    if (number > this.#split.groupsMax) throw tooManyGroups(this.#split.groupsMax);
    numbers[group] = number;
    return number;
  }

  cells(): readonly RetentionCell[] {
    return this.#found.flatMap(({ bucket, group }, number) => {
      const codes = number === 0 ? undefined : this.#grouping.codesOf(group);
      if (codes === undefined) return [];
      return this.#days.flatMap((day, i) => {
        const index = number * this.#days.length + i;
        const count = this.#counts.at(index);
        if (count === 0) return [];
        return {
          bucket,
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

/** Numbers by index that grow as indices come. */
class Counts {
  #values = new Float64Array(16);

  add(index: number): void {
    if (index >= this.#values.length) {
      const wider = new Float64Array(Math.max(index + 1, this.#values.length * 2));
      wider.set(this.#values);
      this.#values = wider;
    }
    this.#values[index] = (this.#values[index] ?? 0) + 1;
  }

  at(index: number): number {
    return this.#values[index] ?? 0;
  }
}
