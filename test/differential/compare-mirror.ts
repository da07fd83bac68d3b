/** Everything that one mirror holds against everything that the oracle says: a list of differences, empty when equal. */
import type { CellsSpec } from "../../src/mirror/cuboid.ts";
import type { Mirror, MirrorView } from "../../src/mirror/mirror.ts";
import type { SafeSchema } from "../../src/policy/safe.ts";
import { expectedCells } from "../oracle/cells.ts";
import type { CellKey, NormalCell } from "../oracle/cells.ts";
import { compareCells, compareRows } from "../oracle/compare.ts";
import type { OracleWorld } from "../oracle/description.ts";
import { expectedRows } from "../oracle/rows.ts";
import type { NormalRow } from "../oracle/rows.ts";
import type { SourceClient } from "../oracle/source.ts";
import { TokenPairs } from "../oracle/tokens.ts";
import { observedCells, observedRows, readWords } from "./observe.ts";
import type { Words } from "./observe.ts";

/** What the oracle says of a source at rest: read once, compared with several mirrors. */
export interface Expected {
  readonly rows: ReadonlyMap<string, readonly NormalRow[]>;
  /** By metric, grain and dimensions. */
  readonly cells: readonly {
    readonly metric: string;
    readonly grain: string;
    readonly dimensions: readonly string[];
    readonly cells: ReadonlyMap<CellKey, NormalCell>;
  }[];
}

/** Asks the oracle for all rows, and for all cells of the cuboids that the mirrors keep. */
export async function expectedAll(source: SourceClient, world: OracleWorld, spec: CellsSpec): Promise<Expected> {
  const rows = new Map<string, readonly NormalRow[]>();
  for (const table of world.tables) rows.set(table.name, await expectedRows(source, table));
  const cells: Expected["cells"][number][] = [];
  for (const { metric, grain, dimensions } of cuboidsOf(world, spec)) {
    cells.push({
      metric: metric.name,
      grain,
      dimensions,
      cells: await expectedCells(source, { metric, grain, dimensions, zone: world.zone, k: world.k }),
    });
  }
  return { rows, cells };
}

function cuboidsOf(
  world: OracleWorld,
  spec: CellsSpec,
): readonly {
  readonly metric: OracleWorld["metrics"][number];
  readonly grain: CellsSpec["metrics"][number]["cuboids"][number]["grain"];
  readonly dimensions: readonly string[];
}[] {
  return spec.metrics.flatMap((metric) => {
    const told = world.metrics.find((one) => one.name === metric.name);
    if (told === undefined) throw new Error(`the oracle was not told of the metric ${metric.name}`);
    return metric.cuboids.map((cuboid) => ({
      metric: told,
      grain: cuboid.grain,
      dimensions: cuboid.dimensions.map((index) => nameOf(metric.dimensions[index])),
    }));
  });
}

function nameOf(dimension: { readonly name: string } | undefined): string {
  if (dimension === undefined) throw new Error("a cuboid of a dimension that is not there");
  return dimension.name;
}

export interface Comparison {
  readonly expected: Expected;
  readonly world: OracleWorld;
  readonly spec: CellsSpec;
  /** Pairs that are known before; by default they are learned from the world's first table, whose key is opaque. */
  readonly pairs?: TokenPairs;
}

export async function compareMirror(mirror: Pick<Mirror, "schema" | "view">, comparison: Comparison): Promise<readonly string[]> {
  const { schema } = mirror;
  const { expected, world, spec } = comparison;
  const pairs = comparison.pairs ?? new TokenPairs();
  if (schema === undefined) return ["the mirror has no schema"];
  return mirror.view(async (view) => {
    const words = await readWords(view);
    return [
      ...(await rowDifferences(view, { expected, world, spec, schema, words, pairs })),
      ...(await cellDifferences(view, { expected, world, spec, words })),
    ];
  });
}

async function rowDifferences(
  view: MirrorView,
  {
    expected,
    world,
    schema,
    words,
    pairs,
  }: Comparison & { readonly schema: SafeSchema; readonly words: Words; readonly pairs: TokenPairs },
): Promise<readonly string[]> {
  // The order of world.tables matters: those that pair identifiers without a key come first.
  const differences: string[] = [];
  for (const table of world.tables) {
    const actual = await observedRows(view, { schema, table: table.name, words });
    differences.push(...compareRows(table, { expected: expected.rows.get(table.name) ?? [], actual, pairs }));
  }
  return differences;
}

async function cellDifferences(
  view: MirrorView,
  {
    expected,
    world,
    spec,
    words,
  }: { readonly expected: Expected; readonly world: OracleWorld; readonly spec: CellsSpec; readonly words: Words },
): Promise<readonly string[]> {
  const differences: string[] = [];
  let index = 0;
  for (const metric of spec.metrics) {
    for (const cuboid of metric.cuboids) {
      const want = expected.cells[index];
      index += 1;
      if (want?.metric !== metric.name) throw new Error("the cuboids of oracle and mirror are not in one order");
      differences.push(
        ...compareCells(
          `${metric.name} ${cuboid.id}`,
          want.cells,
          await observedCells(view, { metric, cuboid: cuboid.id, k: world.k, words }),
        ),
      );
    }
  }
  return differences;
}
