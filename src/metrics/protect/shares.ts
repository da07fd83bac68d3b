/** A share to viewers: of told parts of told wholes. Both are counts of one table, so nothing is in it that these do not tell. */
import type { SqlRow } from "../../mirror/mirror.ts";
import type { ViewerRows } from "./answers.ts";
import { viewerRows } from "./answers.ts";

/** Rows with n (the whole) and hit (the part). A part whose whole is not told stands among the bounded ones, with hit alone. */
export function viewerShares(options: Parameters<typeof viewerRows>[0]): ViewerRows {
  const { metric, question, filters } = options;
  const of = metric.shareOf ?? "";
  const index = metric.dimensions.findIndex((dimension) => dimension.name === of);
  const by = question.by.filter((name) => name !== of);
  const where = Object.fromEntries(Object.entries(question.where).filter(([name]) => name !== of));
  const parts = viewerRows(options);
  const whole = viewerRows({
    ...options,
    question: { ...question, by, where },
    filters: filters.filter(({ dimension }) => dimension !== index),
  });
  const keyOf = (row: SqlRow, names: readonly string[]): string => names.map((name) => row[name]).join();
  const wholes = new Map(
    whole.rows.map((row) => [
      keyOf(
        row,
        by.map((_, i) => `d${i}`),
      ),
      row["n"] ?? 0,
    ]),
  );
  const others = question.by.flatMap((name, i) => (name === of ? [] : [`d${i}`]));
  const rows = parts.rows.flatMap((row): SqlRow[] => {
    const n = wholes.get(keyOf(row, others));
    return n === undefined ? [] : [{ ...row, n, hit: row["n"] ?? 0 }];
  });
  const alone = parts.rows.filter((row) => !wholes.has(keyOf(row, others))).map(({ n, ...row }): SqlRow => ({ ...row, hit: n ?? 0 }));
  return { ...parts, rows, bounded: alone };
}
