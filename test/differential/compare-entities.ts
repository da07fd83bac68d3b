/** Distinct numbers, shares and retentions: what the product counts from memory against the oracle's SQL, for random windows. */
import type { CompiledMetric, CompiledMetrics } from "../../src/metrics/compile.ts";
import { memoryRows } from "../../src/metrics/read-memory.ts";
import type { Mirror, SqlRow } from "../../src/mirror/mirror.ts";
import { cellKey } from "../oracle/cells.ts";
import type { CellKey, NormalCell } from "../oracle/cells.ts";
import { compareCells } from "../oracle/compare.ts";
import type { OracleEntities, OracleWorld } from "../oracle/description.ts";
import { expectedEntities } from "../oracle/entities.ts";
import type { EntityQuestion } from "../oracle/entities.ts";
import type { SourceClient } from "../oracle/source.ts";
import { subsets } from "../oracle/cells.ts";
import { dimensionText, readWords } from "./observe.ts";
import type { Words } from "./observe.ts";
import type { Random } from "./random.ts";

export type ExpectedEntities = readonly { readonly asked: EntityQuestion; readonly cells: ReadonlyMap<CellKey, NormalCell> }[];

/** Every day of every sequence's instants is in the past. */
const nowMicros = Date.UTC(2100, 0, 1) * 1_000;
/** Holds all instants of a sequence but those at the world's ends. */
const mostDays = { from: "2026-02-01", to: "2026-12-07" };

/** For each metric every day, week and month of a year by some dimensions, and single numbers over random windows. */
function questionsOf({ name, dimensions, time }: OracleEntities, random: Random): readonly EntityQuestion[] {
  const by = (): readonly string[] => random.pick(subsets(Object.keys(dimensions)));
  if (time === undefined) return subsets(Object.keys(dimensions)).map((one) => ({ name, grain: "all", ...mostDays, by: one }));
  const periods = (["day", "week", "month"] as const).map((grain): EntityQuestion => {
    const range = grain === "week" ? { from: "2026-01-26", to: "2026-12-07" } : { from: "2026-02-01", to: "2026-12-01" };
    return { name, grain, ...range, by: by() };
  });
  const windows = Array.from({ length: 3 }, (): EntityQuestion => {
    const from = Date.UTC(2026, 1, 1) + random.below(300) * 86_400_000;
    const to = from + (1 + random.below(120)) * 86_400_000;
    return { name, grain: "all", from: dateText(from), to: dateText(to), by: by() };
  });
  return [...periods, ...windows, { name, grain: "all", from: "1969-12-01", to: "2032-01-01", by: [] }];
}

function dateText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

export async function askOracle(source: SourceClient, world: OracleWorld, random: Random): Promise<ExpectedEntities> {
  const expected: { asked: EntityQuestion; cells: ReadonlyMap<CellKey, NormalCell> }[] = [];
  for (const told of world.entities ?? [])
    for (const asked of questionsOf(told, random))
      expected.push({ asked, cells: await expectedEntities(source, { told, asked, zone: world.zone, k: world.k }) });
  return expected;
}

export async function compareEntities(
  mirror: Pick<Mirror, "view" | "read">,
  { expected, compiled }: { readonly expected: ExpectedEntities; readonly compiled: CompiledMetrics },
): Promise<readonly string[]> {
  const words = await mirror.view(readWords);
  return mirror.read((reading) =>
    expected.flatMap(({ asked, cells }) => {
      const metric = compiled.metrics.find((one) => one.name === asked.name);
      if (metric === undefined) throw new Error(`no metric ${asked.name}`);
      const question = { metric: asked.name, grain: asked.grain, from: asked.from, to: asked.to, by: asked.by, where: {} };
      const rows = answered(() => memoryRows(reading, { compiled, metric, question, filters: [], now: nowMicros }));
      const actual = new Map(rows.map((row) => [keyOf(row, { metric, asked, words }), cellOf(row, metric)]));
      return compareCells(`${asked.name} ${asked.grain} ${asked.from} ${asked.to} by ${asked.by.join(", ")}`, cells, actual);
    }),
  );
}

/** A window before everything is refused: it has no cells. */
function answered(work: () => readonly SqlRow[]): readonly SqlRow[] {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "metrics/before-history") return [];
    throw error;
  }
}

function keyOf(row: SqlRow, at: { readonly metric: CompiledMetric; readonly asked: EntityQuestion; readonly words: Words }): CellKey {
  const { metric, asked, words } = at;
  const values = asked.by.map((name, i) => {
    const dimension = metric.spec.dimensions.findIndex((one) => one.name === name);
    return dimensionText(metric.spec, { dimension, code: Number(row[`d${i}`]), words });
  });
  return cellKey(String(row["bucket"]), row["day"] === undefined ? values : [...values, String(row["day"])]);
}

function cellOf(row: SqlRow, { memory }: CompiledMetric): NormalCell {
  const isDistinct = memory?.tag === "distinct";
  const any = row["any_k"] === true;
  return {
    count: Number(row["n"]),
    hits: isDistinct ? 0 : Number(row["hit"]),
    any,
    hit: !isDistinct && row["hit_k"] === true,
    none: isDistinct ? any : row["none_k"] === true,
  };
}
