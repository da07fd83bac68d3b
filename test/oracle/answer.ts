/** The answer to a Question by plain SQL: every cell, before anything is withheld. */
import type { MetricGrain } from "../../src/policy/declaration.ts";
import type { Question } from "../../src/metrics/answer.ts";
import { otherMark, unknownMark } from "./description.ts";
import type { OracleMetric, OracleWorld } from "./description.ts";
import { cellKey, cellsSql } from "./cells.ts";
import type { CellKey } from "./cells.ts";
import type { SourceClient } from "./source.ts";

export interface ExpectedCell {
  readonly period: string | undefined;
  readonly by: Readonly<Record<string, string | null>>;
  readonly count: number;
  readonly hits: number;
  readonly units: number;
  readonly unitsHit: number;
  readonly unitsNone: number;
}

/** Cells by key (period and dimension values in the question's order); `limit` and order are the product's business. */
export async function expectedAnswer(
  source: SourceClient,
  world: OracleWorld,
  question: Question,
): Promise<ReadonlyMap<CellKey, ExpectedCell>> {
  const metric = world.metrics.find((one) => one.name === question.metric);
  if (metric === undefined) throw new Error(`the oracle was not told of the metric ${question.metric}`);
  const sql = cellsSql(filtered(metric, question.where), {
    bucket: periodSql(question.grain, world.zone),
    dimensions: question.by,
    where: rangeSql(question, world.zone),
  });
  const rows = await source.rows(sql);
  return new Map(rows.map((row) => cell(row, question)));
}

function cell(row: Record<string, string | null>, question: Question): [CellKey, ExpectedCell] {
  const by = Object.fromEntries(question.by.map((name, index) => [name, shown(row[`d${index}`] ?? null)]));
  const period = question.grain === "all" ? undefined : String(row["bucket"]);
  const counts = {
    count: Number(row["count"]),
    hits: Number(row["hits"]),
    units: Number(row["units"]),
    unitsHit: Number(row["units_hit"]),
    unitsNone: Number(row["units_none"]),
  };
  return [
    answerKey(
      period,
      question.by.map((name) => by[name] ?? null),
    ),
    { period, by, ...counts },
  ];
}

export function answerKey(period: string | undefined, values: readonly (string | null)[]): CellKey {
  return cellKey(period ?? "", values);
}

/** Answers show the reserved words without their mark. */
function shown(value: string | null): string | null {
  return value === otherMark ? "other" : value === unknownMark ? "unknown" : value;
}

function filtered(metric: OracleMetric, where: Question["where"]): OracleMetric {
  const conditions = Object.entries(where).map(
    ([name, values]) => `ltrim((${metric.dimensions[name]})::text, chr(1)) IN (${values.map(literal).join(", ")})`,
  );
  return { ...metric, filter: [`(${metric.filter})`, ...conditions].join(" AND ") };
}

/** Local periods as the answer writes them. The week is named by its Monday. */
function periodSql(grain: MetricGrain | "all", zone: string): string {
  const local = `(at AT TIME ZONE '${zone}')`;
  switch (grain) {
    case "all":
      return "''::text";
    case "hour":
      // Two hours of the autumn night have one local name; the product's cells carry the same name twice, and so are added up here.
      return `to_char(${local}, 'YYYY-MM-DD"T"HH24')`;
    case "day":
      return `to_char(${local}, 'YYYY-MM-DD')`;
    case "week":
      return `to_char(date_trunc('week', ${local}), 'YYYY-MM-DD')`;
    case "month":
      return `to_char(${local}, 'YYYY-MM')`;
  }
}

function rangeSql(question: Question, zone: string): string {
  const bound = (text: string): string => literal(text.includes("T") ? `${text}:00:00` : text);
  return `(at AT TIME ZONE '${zone}') >= ${bound(question.from)}::timestamp AND (at AT TIME ZONE '${zone}') < ${bound(question.to)}::timestamp`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
