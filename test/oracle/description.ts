/**
 * How a world is told to the oracle: by hand, as SQL over the source's own tables. It shares no code, no parser and no treatment with
 * the product, so that a fault of theirs cannot be a fault of both.
 *
 * Every column's `sql` gives text (or NULL) over the alias `t`, in the normal form that the tests compare:
 * NULL as null; a text that the rule refused as `otherMark`; a time as whole minutes since 1970 UTC; a boolean as `true` or `false`;
 * an identifier as its own text (the comparison pairs it with the mirror's token, one to one, within its space).
 */
import type { MetricGrain } from "../../src/policy/declaration.ts";

export const otherMark = "\u0001other";
export const unknownMark = "\u0001unknown";

/** The same marks as SQL literals. */
export const otherSql = "(chr(1) || 'other')";
export const unknownSql = "(chr(1) || 'unknown')";

export interface OracleColumn {
  readonly name: string;
  /** Set for identifiers: the name space in which source value and token correspond one to one. */
  readonly space?: string;
  readonly sql: string;
}

export interface OracleTable {
  /** Name in vitrine.yaml. */
  readonly name: string;
  /** What follows FROM; the alias `t` is added. */
  readonly from: string;
  /** Column that identifies a row; undefined: compared as a multiset. */
  readonly key: string | undefined;
  readonly columns: readonly OracleColumn[];
}

export interface OracleMetric {
  readonly name: string;
  /** FROM and joins; whatever is joined must not multiply rows. */
  readonly from: string;
  /** timestamptz: what is stored, after truncation. NULL: the row does not count. */
  readonly time: string;
  /** Boolean: rows that count at all. */
  readonly filter: string;
  /** Boolean: rows that hit; undefined for a count. */
  readonly hit: string | undefined;
  /** Whole number that a row adds; NULL adds nothing; undefined: no sum. */
  readonly sum?: string;
  /** Dimension name to text SQL, in the order of the declaration. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** The protected unit behind a row; NULL: none. */
  readonly unit: string;
  readonly grains: readonly MetricGrain[];
}

/** A number of different entities: of rows at a time (distinct), or of a population, each one row, of which some hit (share, retention). */
export interface OracleEntities {
  readonly name: string;
  /** FROM and joins; whatever is joined must not multiply rows. */
  readonly from: string;
  /** The entity that is counted; NULL: none. */
  readonly entity: string;
  /** timestamptz that places a row, or the cohort; undefined: the state now. */
  readonly time: string | undefined;
  readonly filter: string;
  /** Boolean: which of the population hit; `N` stands for the days of a retention, `D` for the cohort's local date. undefined: distinct. */
  readonly hit: string | undefined;
  /** Date from which it is known who was active: a period whose first date lies so many days before it has no number. */
  readonly knownFrom?: string;
  /** Date (as text) that is not over: a period whose last date lies fewer days before it has no number yet. */
  readonly knownUntil?: string;
  /** Of a retention. */
  readonly days: readonly number[];
  readonly dimensions: Readonly<Record<string, string>>;
  readonly unit: string;
}

export interface OracleWorld {
  readonly zone: string;
  readonly k: number;
  readonly tables: readonly OracleTable[];
  readonly metrics: readonly OracleMetric[];
  readonly entities?: readonly OracleEntities[];
}

/** Minutes since 1970 UTC of the start of the period that holds a timestamptz; NULL for ±infinity, which the store cannot hold. */
export function minuteSql(time: string, grain: "minute" | "hour" | "day" | "month", zone: string): string {
  return `floor(extract(epoch from ${truncatedSql(time, grain, zone)}) / 60)::bigint::text`;
}

/** A timestamptz cut to the start of its period in the zone; NULL for ±infinity. */
export function truncatedSql(time: string, grain: "minute" | "hour" | "day" | "month", zone: string): string {
  return `case when isfinite(${time}) then date_trunc('${grain}', ${time}, '${zone}') end`;
}

/** A text that may pass when it matches the (whole) pattern; else it is `other`. */
export function matchedSql(text: string, pattern: string, result = text): string {
  return `case when ${text} is null then null when ${text} ~ '^(?:${pattern})$' then ${result} else ${otherSql} end`;
}
