/**
 * Which cells of a ratio are told: those with enough units that hit and enough that do not. Rows that hit and rows that do not are
 * two counts; what is withheld of one is withheld of both, until both have their certificates.
 */
import { must } from "../../lib/assert.ts";
import type { Block } from "./block.ts";
import { CountsProtection } from "./counts.ts";

/** Steps in which a ratio is told that may not be told exactly. */
const steps = [0.25, 0.5, 0.75] as const;

export interface ToldRatio {
  /** 1: the cell may be told. */
  readonly told: readonly Uint8Array[];
  /** x > 0: the ratio is below x; x < 0: it is above 1 + x; 0: nothing is told. */
  readonly bounds: readonly Float64Array[];
}

export function protectRatio(options: {
  readonly block: Block;
  readonly k: number;
  /** So many nodes, the first, have both sides; the others are of rows that hit alone. */
  readonly wholes: number;
  /** Cells (1) that another block withheld, with a certificate. */
  readonly beside: readonly Uint8Array[];
  readonly shared: readonly Uint8Array[];
  /** As of `CountsOptions`, of rows on either side. */
  readonly least: readonly Float64Array[];
  readonly rows: readonly Float64Array[];
  readonly hits: readonly Float64Array[];
  readonly enough: readonly Uint8Array[];
  readonly enoughHits: readonly Uint8Array[];
  readonly enoughMisses: readonly Uint8Array[];
}): ToldRatio {
  const { block, k, wholes, beside, shared, least, rows, hits, enough, enoughHits, enoughMisses } = options;
  const misses = rows.map((cells, i) => cells.map((count, cell) => count - must(hits[i]?.[cell], "hits")));
  // What another month withheld of a shared week has its certificates there, and here again.
  let told: readonly Uint8Array[] = enough.map((cells, i) =>
    cells.map((one, cell) => one & enoughHits[i]![cell]! & enoughMisses[i]![cell]! & (beside[i]![cell] === 1 ? 0 : 1)),
  );
  const sides = [
    { kind: hits, other: misses, nodes: block.nodes.length },
    { kind: misses, other: hits, nodes: wholes },
  ].map(({ kind, other, nodes }) => {
    // The other side stays as it is: what it lacks of the rows that are known is on this one.
    const rest = least.slice(0, nodes).map((cells, i) => cells.map((one, cell) => Math.max(0, one - (i < wholes ? other[i]![cell]! : 0))));
    return new CountsProtection({
      block: { ...block, nodes: block.nodes.slice(0, nodes) },
      k,
      shared: shared.slice(0, nodes),
      counts: { rows: kind.slice(0, nodes), enough: told.slice(0, nodes) },
      least: rest,
    });
  });
  for (let before = -1, now = toldCount(told); before !== now; now = toldCount(told)) {
    before = now;
    for (const side of sides) {
      side.settle(told);
      const own = side.told();
      told = [...own, ...told.slice(own.length)];
    }
  }
  const tables = sides.map((side) => side.table());
  const [otherHits = hits, otherMisses = misses] = tables;
  const bounds = told.map((cells, i) =>
    Float64Array.from(cells, (one, cell) => {
      if (i >= wholes || one === 1 || enough[i]![cell] === 0 || shared[i]![cell] === 1) return 0;
      // Certificates of hits leave the misses as they are, and the other way round: a bound has to hold in all of these tables.
      const pairs = [
        [otherHits[i]![cell]!, misses[i]![cell]!],
        [hits[i]![cell]!, otherMisses[i]![cell]!],
      ] as const;
      return boundOf(pairs, k);
    }),
  );
  return { told, bounds };
}

/** The tightest bound that holds however a certificate changes one of the two by up to k + 1 rows; 0: there is none. */
function boundOf(pairs: readonly (readonly [hits: number, misses: number])[], k: number): number {
  const holds = (test: (hits: number, misses: number) => boolean): boolean =>
    pairs.every(([hits, misses]) =>
      [-1, 1].every((sign) => test(Math.max(0, hits + sign * (k + 1)), misses) && test(hits, Math.max(0, misses + sign * (k + 1)))),
    );
  // Who reads a bound knows that at least k units stand behind it, and so k rows.
  if (!holds((hits, misses) => hits + misses >= k)) return 0;
  const below = steps.find((step) => holds((hits, misses) => hits < step * (hits + misses)));
  if (below !== undefined && below <= 0.5) return below;
  const above = steps.toReversed().find((step) => holds((hits, misses) => hits > step * (hits + misses)));
  return above === undefined ? (below ?? 0) : above - 1;
}

function toldCount(told: readonly Uint8Array[]): number {
  return told.reduce((sum, cells) => sum + cells.reduce((own, one) => own + one, 0), 0);
}
