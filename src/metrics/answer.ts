/** The question and the envelope of every answer: CLI, API, dashboard and exports read these and nothing else. */
import type { MetricGrain } from "../policy/declaration.ts";

/** Closed grammar: metric × dimension set × IN filters × grain × whole periods. */
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
}

/** One cell of an answer. */
export interface AnswerCell {
  /** Local ISO period: `2026-11-22T14` (hour), `2026-11-22` (day; week: its Monday), `2026-11` (month); absent for grain all. */
  readonly period: string | undefined;
  /** By dimension name; null where the source has NULL, "unknown" where the entity is missing, "other" where the rule refused. */
  readonly by: Readonly<Record<string, string | null>>;
  readonly count: number;
  /** Ratio: rows that hit. */
  readonly hits: number | undefined;
  /** Ratio: hits / count. */
  readonly value: number;
  /** At least k protected units stand behind it; undefined: not known for this cell (it is then to be treated as no). */
  readonly atLeastK: boolean | undefined;
  /** Ratio: at least k units have a row that hit; undefined as above, and for a count. */
  readonly hitsAtLeastK?: boolean | undefined;
  /** Ratio: at least k units have rows, but none that hit; undefined as above, and for a count. */
  readonly missesAtLeastK?: boolean | undefined;
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
  readonly kind: "count" | "ratio";
  readonly question: Question;
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
  /** Cuboid id, or `facts`. */
  readonly from: string;
  readonly cells: readonly AnswerCell[];
  readonly cellsWithheld: number;
}
