/**
 * Cells of a checked question from the cuboids that the store holds in memory: no statement, and nothing waits for the store's writing.
 * What memory cannot tell (rows, kept history, a copy without the cells) is left to read-cells.ts, which is the same in SQL.
 */
import { calendarOf } from "../mirror/calendar.ts";
import type { CuboidSpec } from "../mirror/cuboid.ts";
import type { SqlRow } from "../mirror/mirror.ts";
import type { CellMeasure, CellsReading, CuboidReading } from "../mirror/reading.ts";
import type { Question } from "./answer.ts";
import { canonicalWhere, codeFilters, toCells, unseenNotes, unsafeSum } from "./cell-texts.ts";
import type { Column } from "./cell-texts.ts";
import type { CompiledMetric, CompiledMetrics } from "./compile.ts";
import type { Words } from "./dimension-values.ts";
import { textOf } from "./dimension-values.ts";
import { must } from "../lib/assert.ts";
import { planKept } from "./kept.ts";
import { bucketRange } from "./period.ts";
import type { CodedFilter } from "./plan-answer.ts";
import { byIndices, orderRows, planAnswer } from "./plan-answer.ts";
import { answerCellsMax, tooManyCells } from "./question.ts";
import type { Read } from "./read-cells.ts";
import { shareQuestions, shareRows } from "./share-rows.ts";

export interface HeldQuestion {
  readonly reading: CellsReading;
  readonly compiled: CompiledMetrics;
  readonly metric: CompiledMetric;
  readonly question: Question;
}

/** undefined: not from memory. Throws `metrics/too-many-cells`, `metrics/disguised-negation`. */
export function readHeld(asking: HeldQuestion): Read | undefined {
  const { reading, compiled, metric, question: asked } = asking;
  const { zone } = compiled;
  const filtered = heldFilterWords(reading, metric, asked);
  const question = { ...asked, where: canonicalWhere(metric, asked, filtered) };
  const named = { metric, question, words: filtered, zone };
  const coded = { ...asking, question, filters: codeFilters(named) };
  const read = metric.shareOf === undefined ? heldRows(coded) : heldShare(coded);
  // A sum that SQL may still add up exactly?
  if (read === undefined || unsafeSum(metric, read.rows)) return undefined;
  if (read.rows.length > answerCellsMax && question.limit === undefined) throw tooManyCells();
  const ordered = orderRows(read.rows, question);
  const rows = question.limit === undefined ? ordered : ordered.slice(0, question.limit);
  const cells = toCells({ rows, metric, question, columns: heldColumns({ ...asking, question }), zone });
  return { from: read.from, cells, asked: question, notes: [...read.notes, ...unseenNotes(named)], doubts: [] };
}

type Coded = HeldQuestion & { readonly filters: readonly CodedFilter[] };
type Rows = Pick<Read, "from" | "notes"> & { readonly rows: readonly SqlRow[] };

function heldShare(asking: Coded): Rows | undefined {
  const { parts, whole } = shareQuestions(asking);
  const partRows = heldRows({ ...asking, ...parts });
  const wholeRows = heldRows({ ...asking, ...whole });
  return partRows && wholeRows && { ...partRows, rows: shareRows(asking, partRows.rows, wholeRows.rows) };
}

function heldRows(asking: Coded): Rows | undefined {
  const { reading, compiled, metric, question } = asking;
  const plan = planAnswer(metric, question);
  if (plan.tag === "facts") return undefined;
  const { cuboid } = plan;
  const held = reading.cuboid(metric.name, cuboid.id);
  const { part, notes } = planKept({
    metric,
    question,
    plan,
    history: reading.status.history?.[metric.name],
    zone: compiled.zone,
  });
  if (held === undefined || part !== undefined) return undefined;
  const rows = addUp({ ...asking, held, cuboid });
  // Before the history, which is refused there?
  return rows.length === 0 && !hasBefore(held, cuboid, question, compiled.zone) ? undefined : { from: cuboid.id, rows, notes };
}

/** Words of the dimensions that are filtered by. */
export function heldFilterWords(reading: CellsReading, metric: CompiledMetric, { where }: Question): ReadonlyMap<string, Words> {
  const asked = metric.spec.dimensions.filter(({ name }) => Object.hasOwn(where, name));
  return new Map(asked.map(({ name, path }) => [name, reading.words(path)]));
}

/** Of the dimensions asked, in the order of `by`. */
export function heldColumns({ reading, compiled, metric, question }: HeldQuestion): readonly Column[] {
  return byIndices(metric, question).map((index, i) => {
    const dimension = must(metric.dimensions[index], "dimension");
    const words = reading.words(must(metric.spec.dimensions[index], "dimension").path);
    return { key: `d${i}`, name: dimension.name, text: textOf(dimension, words, compiled.zone) };
  });
}

/** Whether there is a cell before the end of what is asked: then the history does not begin after it. */
function hasBefore(held: CuboidReading, cuboid: CuboidSpec, question: Question, zone: string): boolean {
  if (cuboid.grain === "all") return true;
  const { to } = bucketRange(question, cuboid.grain, zone);
  for (let cell = 0; cell < held.count; cell += 1) if (held.bucketOf(cell) < to && held.measure(cell, "n") > 0) return true;
  return false;
}

type Found = Coded & { readonly held: CuboidReading; readonly cuboid: CuboidSpec };

/** The cells added up to the periods and dimensions asked; as a statement's rows, in no order. */
function addUp({ held, compiled, metric, question, cuboid, filters }: Found): readonly SqlRow[] {
  const { zone, k } = compiled;
  const range = cuboid.grain === "all" ? { from: 0, to: 1 } : bucketRange(question, cuboid.grain, zone);
  const coarser = coarserOf(cuboid.grain, question.grain, zone);
  const allowed = filters.map(({ dimension, codes }) => ({ place: cuboid.dimensions.indexOf(dimension), codes: new Set(codes) }));
  const keys = byIndices(metric, question).map((index) => cuboid.dimensions.indexOf(index));
  const found = new Map<number | string, Sum>();
  for (let cell = 0; cell < held.count; cell += 1) {
    const own = held.bucketOf(cell);
    if (own < range.from || own >= range.to || !allowed.every(({ place, codes }) => codes.has(held.dimOf(cell, place)))) continue;
    if (held.measure(cell, "n") === 0) continue;
    const bucket = coarser(own);
    const codes = keys.map((place) => held.dimOf(cell, place));
    const key = codes.length === 0 ? bucket : `${bucket},${codes.join()}`;
    let sum = found.get(key);
    if (sum === undefined) {
      sum = new Sum(bucket, codes);
      found.set(key, sum);
      if (found.size > answerCellsMax && question.limit === undefined) throw tooManyCells();
    }
    sum.add(held, cell, metric);
  }
  return [...found.values()].map((sum) => sum.row(metric, k));
}

/** Units of a union of cells: at least as many as in any one of them, at most as many as in all together. */
class Sum {
  readonly #bucket: number;
  readonly #codes: readonly number[];
  #n = 0;
  #hit = 0;
  #total = 0;
  readonly #low = { any: 0, hit: 0, none: 0 };
  readonly #high = { any: 0, hit: 0, none: 0 };

  constructor(bucket: number, codes: readonly number[]) {
    this.#bucket = bucket;
    this.#codes = codes;
  }

  add(held: CuboidReading, cell: number, metric: CompiledMetric): void {
    this.#n += held.measure(cell, "n");
    this.#bound("any", held, cell);
    if (metric.kind === "ratio") {
      this.#hit += held.measure(cell, "hit");
      this.#bound("hit", held, cell);
      this.#bound("none", held, cell);
    }
    if (metric.spec.sum === undefined) return;
    const total = this.#total + held.measure(cell, "total");
    this.#total = Number.isSafeInteger(total) ? total : Number.NaN;
  }

  #bound(units: "any" | "hit" | "none", held: CuboidReading, cell: number): void {
    this.#low[units] = Math.max(this.#low[units], held.measure(cell, `${units}_low` satisfies CellMeasure));
    this.#high[units] += held.measure(cell, `${units}_high` satisfies CellMeasure);
  }

  row(metric: CompiledMetric, k: number): SqlRow {
    const verdict = (units: "any" | "hit" | "none"): boolean | null =>
      this.#low[units] >= k ? true : this.#high[units] < k ? false : null;
    const row: Record<string, number | boolean | null> = { bucket: this.#bucket, n: this.#n, any_k: verdict("any") };
    for (const [i, code] of this.#codes.entries()) row[`d${i}`] = code;
    if (metric.spec.sum !== undefined) row["total"] = this.#total;
    if (metric.kind === "ratio") Object.assign(row, { hit: this.#hit, hit_k: verdict("hit"), none_k: verdict("none") });
    return row;
  }
}

/** The bucket of the grain asked, from that of a cuboid of the same or a finer grain. */
function coarserOf(from: CuboidSpec["grain"], to: Question["grain"], zone: string): (bucket: number) => number {
  if (to === "all") return () => 0;
  if (from === to || from === "all") return (bucket) => bucket;
  const calendar = calendarOf(zone);
  return from === "hour" ? (bucket) => calendar.bucketOf(to, bucket) : (bucket) => calendar.bucketOf(to, calendar.startOf(from, bucket));
}
