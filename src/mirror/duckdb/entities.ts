/**
 * What metrics need of entities, in memory by ref: whether the entity is there, and the columns on the paths. Old dimension values
 * are read here, so they need no query.
 */
import { must } from "../../lib/assert.ts";
import type { SafeSchema, SafeTable } from "../../policy/safe.ts";
import type { CellsSpec, MetricSpec } from "../cuboid.ts";
import type { Numbers } from "./stored.ts";
import { emptyNumbers } from "./stored.ts";
import { Undo } from "./undo.ts";

export class EntityMemory {
  readonly table: SafeTable;
  /** Names of the columns that are held. */
  readonly columns: readonly string[];
  present: Uint8Array = new Uint8Array(16);
  readonly #data = new Map<string, Numbers>();
  rowCount = 0;
  /** Another one: more has changed than `changed` told. */
  version = 0;
  /** Of the open transaction. */
  #undo: Undo | undefined;

  constructor(table: SafeTable, columns: readonly string[]) {
    this.table = table;
    this.columns = columns;
    for (const name of columns) this.#data.set(name, emptyNumbers(table, this.#column(name), 16));
  }

  /** Makes room for refs below `count`. */
  grow(count: number): void {
    if (count <= this.present.length) return;
    // Room for more is filled, so it takes memory whether it is used or not: of many entities only a little more at a time.
    const factor = this.present.length < 1 << 20 ? 1.5 : 1.0625;
    const size = Math.max(count, Math.ceil(this.present.length * factor));
    const present = new Uint8Array(size);
    present.set(this.present);
    this.present = present;
    for (const name of this.columns) {
      const larger = emptyNumbers(this.table, this.#column(name), size);
      larger.set(this.column(name));
      this.#data.set(name, larger);
    }
  }

  column(name: string): Numbers {
    return must(this.#data.get(name), "column in memory");
  }

  /** Puts rows in: `values[i]` belongs to `columns[i]`. */
  put(refs: Int32Array, values: readonly Numbers[], rowCount: number): void {
    if (this.#undo === undefined) this.version += 1;
    else {
      const held = this.#held();
      for (let row = 0; row < rowCount; row += 1) this.#undo.note(refs[row]!, this.present, held);
    }
    for (let row = 0; row < rowCount; row += 1) {
      const ref = refs[row] as number; // eslint-disable-line -- inside
      this.rowCount += 1 - (this.present[ref] as number); // eslint-disable-line -- grown before
      this.present[ref] = 1;
    }
    this.columns.forEach((name, i) => {
      const target = this.column(name);
      const source = must(values[i], "values of a column");
      for (let row = 0; row < rowCount; row += 1) target[refs[row] as number] = source[row] as number; // eslint-disable-line -- inside
    });
  }

  remove(ref: number): void {
    if (this.#undo === undefined) this.version += 1;
    this.#undo?.note(ref, this.present, this.#held());
    this.rowCount -= this.present[ref] as number; // eslint-disable-line -- grown before
    this.present[ref] = 0;
  }

  clear(): void {
    this.version += 1;
    this.#undo?.giveUp();
    this.present.fill(0);
    this.rowCount = 0;
  }

  /** From here on changes can be taken back. */
  begin(): void {
    this.#undo ??= new Undo();
  }

  /** Refs of which the open transaction changes a column, or whether they are there; all that `version` does not speak for. */
  changed(column: string): readonly number[] {
    return this.#undo?.isTooLarge === false ? this.#undo.changed(this.present, this.#held(), this.columns.indexOf(column)) : [];
  }

  /** What was changed stays. */
  commit(): void {
    if (this.#undo?.isTooLarge === true) this.version += 1;
    this.#undo = undefined;
  }

  /** Whether `swap` gives what was committed. */
  get canSwap(): boolean {
    return this.#undo?.isTooLarge !== true;
  }

  /** To what was committed, and back. */
  swap(): void {
    this.#undo?.swap(this.present, this.#held());
  }

  #held(): readonly Numbers[] {
    return this.columns.map((name) => this.column(name));
  }

  #column(name: string): SafeTable["columns"][number] {
    return must(
      this.table.columns.find((column) => column.name === name),
      "column of an entity",
    );
  }
}

/** Columns of a metric's table that decide what a row counts for. */
function ownColumns(metric: MetricSpec): readonly string[] {
  const conditions = [...metric.filter, ...(metric.hit ?? [])].map(({ column }) => column);
  return [metric.time, metric.sum, ...conditions].filter((name) => name !== undefined);
}

/** Columns of an entity that some metric needs in memory. */
export function neededColumns(schema: SafeSchema, cells: CellsSpec, entity: string): readonly string[] {
  const needed = new Set<string>();
  const walk = (from: string, refs: readonly string[]): string => {
    let at = from;
    for (const ref of refs) {
      if (at === entity) needed.add(ref);
      const table = must(
        schema.tables.find((one) => one.name === at),
        "table",
      );
      at = must(table.columns.find((one) => one.name === ref)?.refers, "entity referred to");
    }
    return at;
  };
  for (const metric of cells.metrics) {
    walk(metric.table, metric.unitPath);
    for (const { path } of metric.dimensions) if (walk(metric.table, path.refs) === entity) needed.add(path.column);
    if (metric.table === entity) for (const name of ownColumns(metric)) needed.add(name);
  }
  for (const one of cells.entityColumns ?? []) {
    for (const path of one.paths) if (walk(one.entity, path.refs) === entity) needed.add(path.column);
    if (one.entity === entity) for (const name of one.columns) needed.add(name);
  }
  const table = must(
    schema.tables.find((one) => one.name === entity),
    "table",
  );
  needed.delete(table.key ?? "");
  return [...needed];
}
