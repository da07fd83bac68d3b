/**
 * Which cells answer a question, and the SQL that reads them. The smallest cuboid that can takes it; where none can, the facts.
 * Values are bound or are integers of our own; names come from the schema and are quoted by mirror/layout.ts.
 */
import { assert, must } from "../lib/assert.ts";
import { calendarOf } from "../mirror/calendar.ts";
import type { CellsSpec, CuboidSpec, Grain } from "../mirror/cuboid.ts";
import { cellMeasures, cellsSql, historySql, rowsSql } from "../mirror/layout.ts";
import type { SqlRow } from "../mirror/mirror.ts";
import type { SafeSchema } from "../policy/safe.ts";
import type { Question } from "./answer.ts";
import { answerCellsMax } from "./question.ts";
import type { CompiledMetric } from "./compile.ts";
import { coarserOf } from "./estimate.ts";
import type { KeptPart } from "./kept.ts";
import { alignsWith, bucketRange, minuteRange } from "./period.ts";

export type AnswerPlan =
  | { readonly tag: "cuboid"; readonly cuboid: CuboidSpec }
  /** No cuboid answers; `nearest` is the id of the one that has most of what is asked, undefined when there is none at all. */
  | { readonly tag: "facts"; readonly nearest: string | undefined };

/** A filter with its values as the integers of the dimension (mirror/layout.ts). */
export interface CodedFilter {
  readonly dimension: number;
  readonly codes: readonly number[];
}

/** An SQL statement. Result: bucket, d0 … in the order of `by`, n, hit, and the verdicts any, hits, misses (true, false or NULL). */
export interface Statement {
  readonly sql: string;
  readonly values: readonly (string | number | boolean)[];
}

/**
 * Takes the smallest cuboid that has the dimensions asked, at the same grain if there is one (its verdicts "at least k units" are
 * then exact), else at a finer one.
 */
export function planAnswer(metric: CompiledMetric, question: Question): AnswerPlan {
  const needed = neededDimensions(metric, question);
  const able = metric.spec.cuboids.filter(
    (cuboid) => gives(cuboid.grain, question) && needed.every((index) => cuboid.dimensions.includes(index)),
  );
  const rank = (cuboid: CuboidSpec): readonly [number, number] => [
    cuboid.grain === question.grain ? 0 : 1,
    metric.estimates[cuboid.id] ?? Infinity,
  ];
  const best = able.toSorted((a, b) => compareRanks(rank(a), rank(b)))[0];
  return best === undefined ? { tag: "facts", nearest: nearestCuboid(metric, question, needed)?.id } : { tag: "cuboid", cuboid: best };
}

export function compareRanks(a: readonly [number, number], b: readonly [number, number]): number {
  // Infinity − Infinity is NaN, which sorts nothing.
  return a[0] - b[0] || (a[1] === b[1] ? 0 : a[1] - b[1]);
}

export function neededDimensions(metric: CompiledMetric, question: Question): readonly number[] {
  return metric.dimensions.flatMap(({ name }, index) => (question.by.includes(name) || Object.hasOwn(question.where, name) ? [index] : []));
}

/** Whether cells of a grain can be added up to the periods asked. */
export function gives(grain: Grain | "all", question: Question): boolean {
  if (grain === "all") return question.grain === "all";
  return question.grain === "all" ? alignsWith(question, grain) : coarserOf[grain].includes(question.grain);
}

/** Most dimensions in common, then the same grain, then the smallest. */
function nearestCuboid(metric: CompiledMetric, question: Question, needed: readonly number[]): CuboidSpec | undefined {
  const score = (cuboid: CuboidSpec): number =>
    cuboid.dimensions.filter((index) => needed.includes(index)).length * 2 + (cuboid.grain === question.grain ? 1 : 0);
  return metric.spec.cuboids.toSorted((a, b) => score(b) - score(a) || a.dimensions.length - b.dimensions.length)[0];
}

/**
 * Reads a cuboid's cells, added up to the periods and dimensions asked. Where each cell asked is one cell of the cuboid nothing is
 * added up, which takes half the time.
 */
export function cuboidStatement(options: {
  readonly metric: CompiledMetric;
  readonly cuboid: CuboidSpec;
  readonly question: Question;
  readonly filters: readonly CodedFilter[];
  readonly zone: string;
  readonly k: number;
  readonly kept?: KeptPart | undefined;
}): Statement {
  const { metric, cuboid, question, filters, zone, k, kept } = options;
  const range = cuboid.grain === "all" ? { from: 0, to: 1 } : bucketRange(question, cuboid.grain, zone);
  if (kept !== undefined) {
    const live = cellsPart({
      ...options,
      cells: cellsSql(metric.spec, cuboid.id),
      range: { ...range, from: Math.max(range.from, kept.before) },
    });
    return unionStatement({ metric, question, k, parts: [{ sql: live, values: [] }, keptPart({ ...options, kept })] });
  }
  const column = (dimension: number): string => `c.d${must(indexIn(cuboid.dimensions, dimension), "dimension of the cuboid")}`;
  const bucket = coarserBucket({ from: cuboid.grain, to: question.grain, range, zone });
  const keys = byIndices(metric, question).map((dimension, i) => `${column(dimension)} AS d${i}`);
  const where = [
    `c.bucket >= ${range.from}`,
    `c.bucket < ${range.to}`,
    ...filters.map((filter) => `${column(filter.dimension)} IN (${filter.codes.map(integer).join(", ")})`),
  ];
  const single = question.grain === cuboid.grain && cuboid.dimensions.every((index) => isSingle({ metric, question, filters, index }));
  const select = [`${bucket} AS bucket`, ...keys, ...(single ? ownMeasures(metric, k) : unionMeasures(metric, k))].join(", ");
  const group = single ? "" : ` GROUP BY ${[bucket, ...keys].map((_, i) => i + 1).join(", ")}`;
  return {
    sql: `SELECT ${select} FROM ${cellsSql(metric.spec, cuboid.id)} c WHERE ${where.join(" AND ")}${group} ${orderAndLimit(question)}`,
    values: [],
  };
}

/** Cells of a cuboid within buckets, at the grain and by the dimensions asked, with their bounds of units; not yet added up. */
function cellsPart(options: {
  readonly metric: CompiledMetric;
  readonly cuboid: CuboidSpec;
  readonly cells: string;
  readonly question: Question;
  readonly filters: readonly CodedFilter[];
  readonly zone: string;
  readonly range: { readonly from: number; readonly to: number };
}): string {
  const { metric, cuboid, cells, question, filters, zone, range } = options;
  const column = (dimension: number): string => `c.d${must(indexIn(cuboid.dimensions, dimension), "dimension of the cuboid")}`;
  const select = [
    `${coarserBucket({ from: cuboid.grain, to: question.grain, range, zone })} AS bucket`,
    ...byIndices(metric, question).map((dimension, i) => `${column(dimension)} AS d${i}`),
    ...cellMeasures(metric.spec).map((name) => `c.${name} AS ${name}`),
  ];
  const where = [
    `c.bucket >= ${integer(range.from)}`,
    `c.bucket < ${integer(range.to)}`,
    ...filters.map((filter) => `${column(filter.dimension)} IN (${filter.codes.map(integer).join(", ")})`),
  ];
  return `SELECT ${select.join(", ")} FROM ${cells} c WHERE ${where.join(" AND ")}`;
}

/** The part of an answer that is kept history. */
function keptPart(options: {
  readonly metric: CompiledMetric;
  readonly question: Question;
  readonly filters: readonly CodedFilter[];
  readonly zone: string;
  readonly kept: KeptPart;
}): Statement {
  const { metric, question, zone, kept } = options;
  const { cuboid, history, before } = kept;
  const { from, to } = bucketRange(question, cuboid.grain, zone);
  const cells = historySql(metric.spec, history.cuboids, cuboid.id);
  return { sql: cellsPart({ ...options, cuboid, cells, range: { from, to: Math.min(to, before) } }), values: [] };
}

/** Parts with the same columns, added up to the cells asked. */
function unionStatement(options: {
  readonly metric: CompiledMetric;
  readonly question: Question;
  readonly k: number;
  readonly parts: readonly Statement[];
}): Statement {
  const { metric, question, k, parts } = options;
  const keys = ["bucket", ...question.by.map((_, i) => `d${i}`)];
  const select = [...keys.map((name) => `c.${name} AS ${name}`), ...unionMeasures(metric, k)].join(", ");
  const union = parts.map((part) => part.sql).join(" UNION ALL ");
  return {
    sql: `SELECT ${select} FROM (${union}) c GROUP BY ${keys.map((_, i) => i + 1).join(", ")} ${orderAndLimit(question)}`,
    values: parts.flatMap((part) => part.values),
  };
}

/** Whether a dimension of the cuboid has one value in each cell asked. */
function isSingle(options: {
  readonly metric: CompiledMetric;
  readonly question: Question;
  readonly filters: readonly CodedFilter[];
  readonly index: number;
}): boolean {
  const { metric, question, filters, index } = options;
  return byIndices(metric, question).includes(index) || filters.some((filter) => filter.dimension === index && filter.codes.length === 1);
}

/** Column of a sum; the store gives it for such a metric alone. */
function totals(metric: CompiledMetric, column: string): readonly string[] {
  return metric.spec.sum === undefined ? [] : [`${column} AS total`];
}

function ownMeasures(metric: CompiledMetric, k: number): readonly string[] {
  const verdict = (units: string): string =>
    `CASE WHEN c.${units}_low >= ${integer(k)} THEN true WHEN c.${units}_high < ${integer(k)} THEN false END AS ${units}_k`;
  const count = ["c.n AS n", verdict("any"), ...totals(metric, "c.total")];
  return metric.kind === "ratio" ? [...count, "c.hit AS hit", verdict("hit"), verdict("none")] : count;
}

/**
 * Units of a union of cells: at least as many as in any one of them, at most as many as in all together. Between the two nothing
 * is known, and NULL says so.
 */
function unionMeasures(metric: CompiledMetric, k: number): readonly string[] {
  const verdict = (units: string): string =>
    `CASE WHEN max(c.${units}_low) >= ${integer(k)} THEN true WHEN sum(c.${units}_high) < ${integer(k)} THEN false END AS ${units}_k`;
  const count = ["sum(c.n)::BIGINT AS n", verdict("any"), ...totals(metric, "TRY_CAST(sum(c.total) AS BIGINT)")];
  return metric.kind === "ratio" ? [...count, "sum(c.hit)::BIGINT AS hit", verdict("hit"), verdict("none")] : count;
}

/** Computes the same from the rows, exactly; what is kept history, from its cells. */
export function factsStatement(options: {
  readonly metric: CompiledMetric;
  readonly question: Question;
  readonly filters: readonly CodedFilter[];
  readonly schema: SafeSchema;
  readonly cells: CellsSpec;
  readonly kept?: KeptPart | undefined;
}): Statement {
  const { metric, question, filters, schema, cells, kept } = options;
  const dimensions = byIndices(metric, question);
  const range = minuteRange(question, cells.zone);
  const since = kept === undefined ? range.from : calendarOf(cells.zone).startOf(kept.cuboid.grain, kept.before);
  const rows = rowsSql({
    schema,
    cells,
    metric: metric.spec,
    grain: question.grain,
    dimensions,
    filter: filters,
    from: Math.min(Math.max(range.from, since), range.to),
    to: range.to,
  });
  if (kept !== undefined) {
    const exact = cellMeasures(metric.spec).map((name) => `${name.replace(/_(low|high)$/, "_units")} AS ${name}`);
    const columns = ["bucket", ...dimensions.map((_, i) => `d${i}`), ...exact].join(", ");
    const live = { sql: `SELECT ${columns} FROM (${rows.sql})`, values: rows.values };
    return unionStatement({ metric, question, k: cells.k, parts: [live, keptPart({ ...options, zone: cells.zone, kept })] });
  }
  const k = integer(cells.k);
  const measures = ["n", `any_units >= ${k} AS any_k`];
  measures.push(...totals(metric, "total"));
  if (metric.kind === "ratio") measures.push("hit", `hit_units >= ${k} AS hit_k`, `none_units >= ${k} AS none_k`);
  const select = ["bucket", ...dimensions.map((_, i) => `d${i}`), ...measures].join(", ");
  return { sql: `SELECT ${select} FROM (${rows.sql}) ${orderAndLimit(question)}`, values: rows.values };
}

/** Indices of the dimensions asked, in the order of `question.by`. */
export function byIndices(metric: CompiledMetric, question: Question): readonly number[] {
  return question.by.map((name) =>
    must(
      indexIn(
        metric.dimensions.map((dimension) => dimension.name),
        name,
      ),
      "dimension of a checked question",
    ),
  );
}

/**
 * Only a question with a limit is put in order by SQL, since the first must be known; the others are by `orderRows`, which is
 * cheaper for the few thousand rows that there can be. One row more than the limit of answers shows that there are more.
 */
function orderAndLimit(question: Question): string {
  if (question.limit === undefined) return `LIMIT ${integer(answerCellsMax + 1)}`;
  const keys = ["bucket", "n DESC", ...question.by.map((_, i) => `d${i}`)];
  return `ORDER BY ${keys.join(", ")} LIMIT ${integer(question.limit)}`;
}

/** Periods in order, in each the largest cells first, equal ones by their values' codes. */
export function orderRows(rows: readonly SqlRow[], question: Question): readonly SqlRow[] {
  const number = (row: SqlRow, name: string): number => Number(row[name]);
  const keys = question.by.map((_, i) => `d${i}`);
  return rows.toSorted((a, b) => {
    const first = number(a, "bucket") - number(b, "bucket") || number(b, "n") - number(a, "n");
    return first !== 0 ? first : keys.reduce((order, key) => order || number(a, key) - number(b, key), 0);
  });
}

/** SQL for the bucket of the grain asked, from that of a cuboid of the same or a finer grain. */
function coarserBucket(options: {
  readonly from: CuboidSpec["grain"];
  readonly to: Question["grain"];
  readonly range: { readonly from: number; readonly to: number };
  readonly zone: string;
}): string {
  const { from, to, range, zone } = options;
  if (to === "all") return "0";
  if (from === to) return "c.bucket";
  if (from === "hour") return calendarOf(zone).bucketSql(to, "c.bucket", range.from, range.to);
  assert(from === "day" && (to === "week" || to === "month"), "a grain that is not coarser");
  // Days since 1970-01-01, a Thursday: a question begins in 1970 at the earliest, so none is below 0 by more than its week.
  if (to === "week") return "(((c.bucket + 3) // 7) * 7 - 3)";
  return "((year(DATE '1970-01-01' + c.bucket::INTEGER) - 1970) * 12 + month(DATE '1970-01-01' + c.bucket::INTEGER) - 1)::INTEGER";
}

function indexIn<T>(list: readonly T[], item: T): number | undefined {
  const index = list.indexOf(item);
  return index === -1 ? undefined : index;
}

function integer(value: number): string {
  assert(Number.isSafeInteger(value), "a number in SQL that is no integer");
  return String(value);
}
