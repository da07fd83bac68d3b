/** What one store keeps in memory beside its tables: tokens, words, entities' columns, cells. */
import { must } from "../../lib/assert.ts";
import type { SafeSchema, SafeTable } from "../../policy/safe.ts";
import { calendarOf } from "../calendar.ts";
import type { CellsSpec, ColumnPath } from "../cuboid.ts";
import { DimensionPlaces } from "./dimension-places.ts";
import type { Layout } from "./engine.ts";
import { EntityMemory, neededColumns } from "./entities.ts";
import { planOf } from "./evaluate.ts";
import { MetricCells } from "./metric-cells.ts";
import { DaySet } from "./sets/day-set.ts";
import { MemberSet } from "./sets/member-set.ts";
import { SetRows } from "./sets/set-rows.ts";
import type { SetSource } from "./sets/set-rows.ts";
import { layoutOf } from "./stored.ts";
import { TokenIndex } from "./token-index.ts";
import { Words } from "./words.ts";

/** One table with what is often asked of it. */
export interface TableInfo {
  readonly table: SafeTable;
  readonly layouts: readonly Layout[];
  /** Place of the key column; -1 without one. */
  readonly keyIndex: number;
}

export class Memory {
  readonly schema: SafeSchema;
  readonly #cells: CellsSpec;
  readonly tables: ReadonlyMap<string, TableInfo>;
  readonly tokens: ReadonlyMap<string, TokenIndex>;
  readonly words: ReadonlyMap<string, Words>;
  readonly entities: ReadonlyMap<string, EntityMemory>;
  readonly metrics: readonly MetricCells[];
  readonly daySets: readonly DaySet[];
  readonly memberSets: readonly MemberSet[];
  /** By entity: tokens below this ref are in the store. */
  readonly tokensStored = new Map<string, number>();
  /** By table: rows in the store, the open transaction's included. */
  readonly rows = new Map<string, number>();
  /** By entity and path: dimensions that were asked for. */
  readonly #places = new Map<string, DimensionPlaces>();
  /** By fact table with a whole-number key: the largest key so far; undefined value: no row yet. */
  readonly keyMax = new Map<string, number | bigint | undefined>();

  constructor(schema: SafeSchema, cells: CellsSpec) {
    this.schema = schema;
    this.#cells = cells;
    this.tables = new Map(schema.tables.map((table) => [table.name, infoOf(table)]));
    const entities = schema.tables.filter((table) => table.kind === "entity");
    this.tokens = new Map(entities.map((table) => [table.name, new TokenIndex()]));
    this.words = new Map(schema.tables.map((table) => [table.name, new Words(table.name)]));
    this.entities = new Map(entities.map((table) => [table.name, new EntityMemory(table, neededColumns(schema, cells, table.name))]));
    const calendar = calendarOf(cells.zone);
    this.metrics = cells.metrics.map(
      (metric) =>
        new MetricCells(
          planOf(metric, { schema, entities: this.entities, words: this.words }),
          cells,
          calendar,
          entitiesOf(schema, metric),
        ),
    );
    const rowsOf = (source: SetSource): SetRows =>
      new SetRows(source, this.info(source.table), must(this.words.get(source.table), "words"));
    this.daySets = (cells.daySets ?? []).map((spec) => new DaySet(spec, rowsOf(spec), calendar));
    this.memberSets = (cells.memberSets ?? []).map((spec) => new MemberSet(spec, rowsOf(spec)));
    for (const table of schema.tables) this.rows.set(table.name, 0);
    for (const table of entities) this.tokensStored.set(table.name, 0);
  }

  /** With the cuboids that are kept. */
  get cells(): CellsSpec {
    return { ...this.#cells, metrics: this.metrics.map((metric) => metric.plan.spec) };
  }

  info(table: string): TableInfo {
    return must(this.tables.get(table), "table of the schema");
  }

  get sets(): readonly (DaySet | MemberSet)[] {
    return [...this.daySets, ...this.memberSets];
  }

  /** From here on what entities were can be seen until `commit`. */
  begin(): void {
    for (const entity of this.entities.values()) entity.begin();
  }

  /** What the open transaction changed is what answers see from here on. */
  commit(): void {
    for (const places of this.#places.values()) places.follow();
    for (const entity of this.entities.values()) entity.commit();
    for (const set of this.sets) set.commit();
    for (const metric of this.metrics) for (const cells of metric.cuboids) cells.commit();
  }

  /** A dimension of an entity, which must be as it was committed. */
  placesOf(entity: EntityMemory, path: ColumnPath): DimensionPlaces {
    const key = JSON.stringify([entity.table.name, path]);
    const countOf = (name: string): number => must(this.tokens.get(name), "tokens").count;
    const places = this.#places.get(key) ?? new DimensionPlaces(this, { entity, path, countOf });
    this.#places.set(key, places);
    return places.read();
  }

  /** Whether entities can be seen as they were committed. */
  get canSwap(): boolean {
    return [...this.entities.values()].every((entity) => entity.canSwap);
  }

  /** Entities to what was committed, and back. */
  swap(): void {
    for (const entity of this.entities.values()) entity.swap();
  }

  /** Room in memory for all refs that were given out. */
  growEntities(): void {
    for (const [name, entity] of this.entities) entity.grow(must(this.tokens.get(name), "tokens").count);
  }

  addRows(table: string, count: number): void {
    this.rows.set(table, (this.rows.get(table) ?? 0) + count);
  }
}

function infoOf(table: SafeTable): TableInfo {
  return {
    table,
    layouts: table.columns.map((column) => layoutOf(table, column)),
    keyIndex: table.key === undefined ? -1 : table.columns.findIndex((column) => column.name === table.key),
  };
}

/** Entities whose rows decide what a metric's rows count for. */
function entitiesOf(schema: SafeSchema, metric: MetricCells["plan"]["spec"]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const path of [metric.unitPath, ...metric.dimensions.map((one) => one.path.refs)]) {
    let at = metric.table;
    for (const ref of path) {
      at = must(schema.tables.find((one) => one.name === at)?.columns.find((one) => one.name === ref)?.refers, "entity referred to");
      found.add(at);
    }
  }
  return found;
}
