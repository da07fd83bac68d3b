/**
 * Which cells of a ratio are told: those with enough units that hit and enough that do not. Rows that hit and rows that do not are
 * two counts; what is withheld of one is withheld of both, until both have their certificates.
 */
import { must } from "../../lib/assert.ts";
import type { Block } from "./block.ts";
import { protectCounts } from "./counts.ts";

export function protectRatio(options: {
  readonly block: Block;
  readonly k: number;
  readonly earlier: readonly Uint8Array[];
  readonly shared: readonly Uint8Array[];
  readonly rows: readonly Float64Array[];
  readonly hits: readonly Float64Array[];
  readonly enough: readonly Uint8Array[];
  readonly enoughHits: readonly Uint8Array[];
  readonly enoughMisses: readonly Uint8Array[];
}): readonly Uint8Array[] {
  const { block, k, earlier, shared, rows, hits, enough, enoughHits, enoughMisses } = options;
  const misses = rows.map((cells, i) => cells.map((count, cell) => count - must(hits[i]?.[cell], "hits")));
  // What another month withheld of a shared week has its certificates there, and here again.
  let told: readonly Uint8Array[] = enough.map((cells, i) =>
    cells.map((one, cell) => one & enoughHits[i]![cell]! & enoughMisses[i]![cell]! & (earlier[i]![cell] === 1 ? 0 : 1)),
  );
  for (let before = -1, now = toldCount(told); before !== now; now = toldCount(told)) {
    before = now;
    for (const kind of [hits, misses]) told = protectCounts({ block, k, shared, counts: { rows: kind, enough: told } }).told;
  }
  return told;
}

function toldCount(told: readonly Uint8Array[]): number {
  return told.reduce((sum, cells) => sum + cells.reduce((own, one) => own + one, 0), 0);
}
