/**
 * Answers to viewers, made of told cells alone: what is derived (several values, longer ranges, comparisons, the largest) is
 * withheld as soon as one of its cells is, so it gives nothing that the cells do not.
 */
import { must } from "../../lib/assert.ts";
import type { Mirror, MirrorStatus, SqlRow } from "../../mirror/mirror.ts";
import { VitrineError } from "../../model/error.ts";
import type { Micros } from "../../policy/safe.ts";
import type { Question } from "../answer.ts";
import type { CompiledMetric, CompiledMetrics } from "../compile.ts";
import { alignsWith, bucketRange } from "../period.ts";
import type { CodedFilter } from "../plan-answer.ts";
import { byIndices, neededDimensions } from "../plan-answer.ts";
import type { Published, PublishedNode } from "./published.ts";
import { publish, splitsForViewers } from "./published.ts";

/** What was published this long ago is looked at again before it is told. */
const ageMaxMicros = 5_000_000;

interface Kept {
  readonly made: Promise<Published>;
  readonly at: Micros;
  last: Published | undefined;
}

const keptByMirror = new WeakMap<Mirror, Map<string, Kept>>();

/** The published cells of a metric, kept between answers; waits while they are made. */
export async function publishedOf(mirror: Mirror, compiled: CompiledMetrics, metric: CompiledMetric, now: Micros): Promise<Published> {
  const kept = keptByMirror.get(mirror) ?? new Map<string, Kept>();
  keptByMirror.set(mirror, kept);
  const key = JSON.stringify([compiled.policyHash, metric.name, metric.version, compiled.k, metric.spec.cuboids.map(({ id }) => id)]);
  const found = kept.get(key);
  const isCurrent = found?.last !== undefined && found.last.status.applied?.lsn === mirror.status.applied?.lsn;
  if (found !== undefined && (found.last === undefined || isCurrent || now - found.at < ageMaxMicros)) return found.made;
  const one: Kept = { at: now, last: undefined, made: mirror.view((view) => publish({ view, compiled, metric, last: found?.last })) };
  kept.set(key, one);
  try {
    const published = await one.made;
    one.last = published;
    return published;
  } catch (error) {
    kept.delete(key);
    throw error;
  }
}

export interface ViewerRows {
  readonly status: MirrorStatus;
  readonly from: string;
  readonly rows: readonly SqlRow[];
  readonly withheld: number;
}

/** Rows as a cuboid's statement gives them, of told cells alone. Throws `metrics/no-answer` for a split that viewers do not have. */
export function viewerRows(options: {
  readonly published: Published;
  readonly compiled: CompiledMetrics;
  readonly metric: CompiledMetric;
  readonly question: Question;
  readonly filters: readonly CodedFilter[];
}): ViewerRows {
  const { published, compiled, metric, question, filters } = options;
  const node = nodeFor(published, metric, question);
  const { cuboid } = node;
  const { grain } = cuboid;
  const range = grain === "all" ? { from: 0, to: 1 } : bucketRange(question, grain, compiled.zone);
  const by = byIndices(metric, question).map((dimension) => `d${cuboid.dimensions.indexOf(dimension)}`);
  const chosen = (row: SqlRow): boolean =>
    Number(row["bucket"]) >= range.from &&
    Number(row["bucket"]) < range.to &&
    filters.every(({ dimension, codes }) => codes.includes(Number(row[`d${cuboid.dimensions.indexOf(dimension)}`])));
  const keyOf = (row: SqlRow): string => [question.grain === "all" ? 0 : row["bucket"], ...by.map((name) => row[name])].join();
  const withheld = new Set(node.withheld.filter(chosen).map(keyOf));
  const sums = new Map<string, Record<string, number | boolean>>();
  for (const row of node.told) {
    if (!chosen(row)) continue;
    const key = keyOf(row);
    if (withheld.has(key)) continue;
    const sum = sums.get(key) ?? {
      bucket: question.grain === "all" ? 0 : Number(row["bucket"]),
      ...Object.fromEntries(by.map((name, i) => [`d${i}`, Number(row[name])])),
      any_k: true,
      hit_k: true,
      none_k: true,
    };
    for (const name of ["n", "hit", "total"]) if (row[name] !== undefined) sum[name] = Number(sum[name] ?? 0) + Number(row[name]);
    sums.set(key, sum);
  }
  return { status: published.status, from: cuboid.id, rows: [...sums.values()], withheld: withheld.size };
}

function nodeFor(published: Published, metric: CompiledMetric, question: Question): PublishedNode {
  const needed = neededDimensions(metric, question);
  const order = ["month", "week", "day"];
  const able = published.nodes.filter(
    ({ cuboid: { dimensions, grain } }) =>
      dimensions.length === needed.length &&
      needed.every((dimension) => dimensions.includes(dimension)) &&
      (grain === question.grain || (question.grain === "all" && grain !== "hour" && grain !== "all" && alignsWith(question, grain))),
  );
  const found = able.toSorted((a, b) => order.indexOf(a.cuboid.grain) - order.indexOf(b.cuboid.grain))[0];
  if (found !== undefined) return found;
  const splits = splitsForViewers(metric).map(({ id }) => id.split("__"));
  const shown = splits
    .slice(0, 12)
    .map(([grain, ...names]) => `${must(grain, "grain")}${names.length === 0 ? "" : ` by ${names.join(", ")}`}`);
  throw new VitrineError("metrics/no-answer", {
    message: `Viewers do not have this split, for nearly all of it would be small groups. There is: ${shown.join("; ")}.`,
    remedy: "Ask for one of these, or as an analyst with a reason.",
  });
}
