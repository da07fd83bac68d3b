/** The question and the envelope of every answer: CLI, API, dashboard and exports read these and nothing else. */
import type { MetricFormat, MetricGrain, MetricKind } from "../policy/declaration.ts";

/** Closed grammar: metric × dimension set × IN filters × grain × whole periods, with an earlier period beside and the top few. */
export interface Question {
  readonly metric: string;
  readonly grain: MetricGrain | "all";
  /** Local dates `YYYY-MM-DD` in the declared zone: from (inclusive) and to (exclusive). For grain hour also `YYYY-MM-DDTHH`. */
  readonly from: string;
  readonly to: string;
  readonly by: readonly string[];
  readonly where: Readonly<Record<string, readonly string[]>>;
  /** Keep the `limit` first cells of the order; undefined: all (at most 10,000). */
  readonly limit?: number;
  /** Keep the `top` combinations of values with the largest value over the whole range. */
  readonly top?: number;
  /** An earlier range beside it: `previous` (as many periods just before), or `<n> <unit>s before`. */
  readonly compare?: string;
}

/** The numbers of one cell. */
export interface CellNumbers {
  /** Rows; distinct: entities; share and retention: entities that could (the denominator). */
  readonly count: number;
  /** Ratio: rows that hit. Share and retention: entities that do (the numerator). */
  readonly hits: number | undefined;
  /** Sum: the exact sum. */
  readonly sum?: number | undefined;
  /** Count and distinct: count. Sum: sum. Else hits / count. */
  readonly value: number;
  /** At least k protected units stand behind it; undefined: not known for this cell (it is then to be treated as no). */
  readonly atLeastK: boolean | undefined;
  /** Ratio: at least k units have a row that hit; undefined as above, and for a count. */
  readonly hitsAtLeastK?: boolean | undefined;
  /** Ratio: at least k units have rows that do not hit; undefined as above, and for a count. */
  readonly missesAtLeastK?: boolean | undefined;
}

/**
 * A cell of a ratio that has no numbers, for too few units stand behind one of its sides: only that its value is below or above a coarse
 * step (a part of 1; one of the two is there). Or one of a share, whose part is told and whose whole is not.
 */
export interface BoundedCell {
  readonly period: string | undefined;
  readonly by: Readonly<Record<string, string | null>>;
  readonly below?: number;
  readonly above?: number;
  /** Share: the part, whose whole is not told. */
  readonly hits?: number;
}

/** One cell of an answer. */
export interface AnswerCell extends CellNumbers {
  /** Local ISO period: `2026-11-22T14` (hour), `2026-11-22` (day; week: its Monday), `2026-11` (month); absent for grain all. */
  readonly period: string | undefined;
  /**
   * By dimension name; null where the source has NULL, "unknown" where the entity is missing, "other" where the rule refused. Of a
   * retention also `day`: after how many days.
   */
  readonly by: Readonly<Record<string, string | null>>;
  /** With `compare`: the same cell of the earlier range, with its period; absent where there was none. */
  readonly before?: CellNumbers & { readonly period: string | undefined };
}

/** A stable word, a public sentence and what mends it; names and counts only. */
export interface Reason {
  readonly reason: string;
  readonly message: string;
  readonly remedy: string;
}

export interface Answer {
  readonly metric: string;
  readonly title: string;
  readonly kind: MetricKind;
  /** The word behind its numbers; empty: none. */
  readonly unit: string;
  readonly owner: string;
  readonly format: MetricFormat;
  readonly question: Question;
  /** With `compare`: the earlier range. */
  readonly compared?: { readonly from: string; readonly to: string };
  readonly state: "building" | "ready" | "untrusted" | "stale";
  /** Why it is not `ready`, with what mends it. */
  readonly reasons: readonly Reason[];
  /** What else a reader of the numbers should know (a degraded column), whatever the state. */
  readonly notes: readonly Reason[];
  readonly class: "live";
  readonly k: number;
  readonly applied: { readonly lsn: string; readonly at: string } | undefined;
  readonly proven: { readonly lsn: string; readonly at: string } | undefined;
  /** now − proven.at; undefined while nothing is proven. */
  readonly lagMs: number | undefined;
  readonly definitionVersion: string;
  readonly generation: number;
  /** Cuboid id, `facts` (rows), or `memory` (entities and sets of them). */
  readonly from: string;
  readonly cells: readonly AnswerCell[];
  /** Beside the cells; only where there are any. */
  readonly bounds?: readonly BoundedCell[];
  /** Cells of which nothing is told; in `notes` stands why. */
  readonly cellsWithheld: number;
}
