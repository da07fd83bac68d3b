/**
 * An answer as a table of typed columns, for CSV and Parquet. The columns `state`, `class`, `k`, `suppressed` and `proven_at` are always there
 * and in every row, so that a number that was copied out of the file still says how true it is.
 */
import type { Answer, AnswerCell, BoundedCell } from "../../../metrics/answer.ts";

/** integer: a whole number that a double holds; time: an instant in milliseconds since 1970. Null: there is none. */
export type Column =
  | { readonly name: string; readonly type: "text"; readonly values: readonly (string | null)[] }
  | { readonly name: string; readonly type: "integer" | "number" | "time"; readonly values: readonly (number | null)[] };

const ownNames = new Set([
  "period",
  "period_start",
  "count",
  "hits",
  "sum",
  "value",
  "below",
  "above",
  "period_before",
  "value_before",
  "state",
  "class",
  "k",
  "suppressed",
  "proven_at",
]);

/**
 * Where nothing is shown but something is withheld, or the answer is not to be relied on, one row without numbers says so: an empty table
 * means that there is nothing. `zone`: of the metric. `suppressed`: how many cells of
 * this answer are withheld.
 */
export function tableOf(answer: Answer, zone: string): readonly Column[] {
  const { cells, bounds = [], cellsWithheld } = answer;
  const all: readonly Row[] = [...cells, ...bounds];
  const rows: readonly (Row | undefined)[] = all.length === 0 && (cellsWithheld > 0 || answer.state !== "ready") ? [undefined] : all;
  const numbers = (name: string, type: "integer" | "number", of: (cell: Row) => number | undefined): Column => ({
    name,
    type,
    values: rows.map((cell) => (cell === undefined ? null : finite(of(cell)))),
  });
  const hasMeasure = (of: (cell: AnswerCell) => unknown): boolean => cells.some((cell) => of(cell) !== undefined);
  return [
    { name: "period", type: "text", values: rows.map((cell) => cell?.period ?? null) },
    { name: "period_start", type: "time", values: rows.map((cell) => startOf(cell?.period, zone)) },
    ...dimensionsOf(answer).map((name): Column => ({
      name: ownNames.has(name) ? `by_${name}` : name,
      type: "text",
      values: rows.map((cell) => cell?.by[name] ?? null),
    })),
    numbers("count", "integer", (cell) => cell.count),
    ...(hasMeasure((cell) => cell.hits) ? [numbers("hits", "integer", (cell) => cell.hits)] : []),
    ...(hasMeasure((cell) => cell.sum) ? [numbers("sum", "number", (cell) => cell.sum)] : []),
    numbers("value", "number", (cell) => cell.value),
    ...(bounds.length === 0 ? [] : [numbers("below", "number", (cell) => cell.below), numbers("above", "number", (cell) => cell.above)]),
    ...(answer.compared === undefined
      ? []
      : [
          { name: "period_before", type: "text", values: rows.map((cell) => cell?.before?.period ?? null) } satisfies Column,
          numbers("value_before", "number", (cell) => cell.before?.value),
        ]),
    { name: "state", type: "text", values: rows.map(() => answer.state) },
    { name: "class", type: "text", values: rows.map(() => answer.class) },
    { name: "k", type: "integer", values: rows.map(() => answer.k) },
    { name: "suppressed", type: "integer", values: rows.map(() => cellsWithheld) },
    { name: "proven_at", type: "time", values: rows.map(() => (answer.proven === undefined ? null : Date.parse(answer.proven.at))) },
  ];
}

/** A cell, or one that is told in coarse steps only. */
type Row = Partial<AnswerCell> & Pick<BoundedCell, "period" | "by" | "below" | "above">;

/** Those that were asked for; a retention has one more, the day. */
function dimensionsOf({ question, cells }: Answer): readonly string[] {
  return [...new Set([...question.by, ...cells.flatMap((cell) => Object.keys(cell.by))])];
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

/** A period's name as the instant of its beginning. */
function startOf(period: string | undefined, zone: string): number | null {
  const [, month, day = "-01", hour = "T00", offset = ""] = /^(\d{4}-\d\d)(-\d\d)?(T\d\d)?(.*)$/.exec(period ?? "") ?? [];
  if (month === undefined) return null;
  const local = `${month}${day}${hour}:00:00`;
  // An hour that stands twice in the night of the change names its offset.
  if (offset !== "") return Temporal.Instant.from(`${local}${offset}`).epochMilliseconds;
  return Temporal.PlainDateTime.from(local).toZonedDateTime(zone).epochMilliseconds;
}
