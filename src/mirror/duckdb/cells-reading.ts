/** Committed cells in memory as answers read them: without a statement, at the position of the last commit. */
import { must } from "../../lib/assert.ts";
import type { MirrorStatus } from "../mirror.ts";
import type { CellMeasure, CellsReading, CuboidReading } from "../reading.ts";
import type { Memory } from "./memory.ts";

/** Places in `measureOrder` of cells.ts. */
const places: Readonly<Record<CellMeasure, number>> = {
  n: 0,
  any_low: 1,
  any_high: 2,
  hit: 3,
  hit_low: 4,
  hit_high: 5,
  none_low: 6,
  none_high: 7,
  total: 8,
};

export function cellsReadingOf(memory: Memory, status: MirrorStatus): CellsReading {
  return {
    status,
    cuboid: (metric, id) => cuboidReading(memory, metric, id),
    words: ({ table, column, kind }) =>
      kind === "code" ? must(memory.words.get(table), "words of a table").column(column).texts : new Map(),
  };
}

function cuboidReading(memory: Memory, name: string, id: string): CuboidReading | undefined {
  const metric = memory.metrics.find((one) => one.plan.spec.name === name);
  const cells = metric?.cuboids.find((one) => one.cuboid.id === id);
  // Cells that do not follow the rows any more are built anew before the commit.
  if (metric === undefined || cells === undefined || metric.stale) return undefined;
  const committed = cells.committed();
  if (committed === undefined) return undefined;
  const interned = cells.cuboid.dimensions.map((index) => metric.plan.interned[index]);
  return {
    count: committed.count,
    bucketOf: (cell) => cells.bucketOf(cell),
    dimOf: (cell, i) => {
      const value = cells.dimOf(cell, i);
      return interned[i]?.values[value] ?? value;
    },
    changed: cells.changes.last,
    changedAt: (bucket) => cells.changes.at(bucket),
    measure: (cell, measure) => committed.measure(cell, places[measure]),
  };
}
