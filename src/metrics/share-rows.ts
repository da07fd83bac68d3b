/**
 * A share: the cells with the dimension that shares, each over the whole of its other dimensions. A filter on the dimension that shares
 * chooses among the parts and leaves the whole as it is.
 */
import type { SqlRow } from "../mirror/mirror.ts";
import type { Question } from "./answer.ts";
import type { CompiledMetric } from "./compile.ts";
import type { CodedFilter } from "./plan-answer.ts";

export interface AskedShare {
  readonly metric: CompiledMetric;
  readonly question: Question;
  readonly filters: readonly CodedFilter[];
}

interface Asked {
  readonly question: Question;
  readonly filters: readonly CodedFilter[];
}

/** The two questions that a share is made of. */
export function shareQuestions({ metric, question, filters }: AskedShare): { readonly parts: Asked; readonly whole: Asked } {
  const of = metric.shareOf;
  const other = filters.filter((filter) => filter.dimension !== placeOf(metric));
  const where = Object.fromEntries(Object.entries(question.where).filter(([name]) => name !== of));
  const { limit: _, ...unlimited } = { ...question, where };
  return {
    parts: { question: unlimited, filters: other },
    whole: { question: { ...unlimited, by: question.by.filter((name) => name !== of) }, filters: other },
  };
}

/** Of the rows of both, those of the share: n the whole, hit the part. */
export function shareRows(
  { metric, question, filters }: AskedShare,
  parts: readonly SqlRow[],
  whole: readonly SqlRow[],
): readonly SqlRow[] {
  const of = metric.shareOf ?? "";
  const wanted = filters.find((filter) => filter.dimension === placeOf(metric))?.codes;
  const at = question.by.flatMap((name, i) => (name === of ? [] : [`d${i}`]));
  const ofKey = `d${question.by.indexOf(of)}`;
  const wholes = new Map(whole.map((row) => [at.map((_, i) => String(row[`d${i}`])).join(), row]));
  const sure = new Map<string, number>();
  for (const row of parts) if (row["any_k"] === true) sure.set(keyOf(row, at), (sure.get(keyOf(row, at)) ?? 0) + 1);
  const rows = parts.flatMap((row): SqlRow[] => {
    const key = keyOf(row, at);
    const all = wholes.get(key);
    if (all === undefined || (wanted !== undefined && !wanted.includes(Number(row[ofKey])))) return [];
    const own = row["any_k"] ?? null;
    // One other part with at least k units has at least k that are not in this one; smaller ones together are not known.
    const others = (sure.get(key) ?? 0) - (own === true ? 1 : 0);
    return [{ ...row, n: all["n"] ?? 0, hit: row["n"] ?? 0, any_k: all["any_k"] ?? null, hit_k: own, none_k: others > 0 ? true : null }];
  });
  if (question.limit === undefined) return rows;
  return rows.toSorted((a, b) => Number(b["hit"]) - Number(a["hit"])).slice(0, question.limit);
}

function placeOf(metric: CompiledMetric): number {
  return metric.dimensions.findIndex((dimension) => dimension.name === metric.shareOf);
}

function keyOf(row: SqlRow, keys: readonly string[]): string {
  return keys.map((key) => String(row[key])).join();
}
