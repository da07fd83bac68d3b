/** The snapshot: rows straight into tables, entities into memory, cells beside them where everything they need is there already. */
import { assert, must } from "../../lib/assert.ts";
import type { SafeRows } from "../../policy/safe.ts";
import { rowsTable } from "../layout.ts";
import { putEntities, unknownTable } from "./apply.ts";
import type { ApplyContext } from "./apply.ts";
import { batchOf } from "./batches.ts";
import type { Appender, Column } from "./engine.ts";
import { vectorSize } from "./engine.ts";
import { KeyBits } from "./key-bits.ts";
import type { RowBatch } from "./evaluate.ts";
import type { TableInfo } from "./memory.ts";
import type { MetricCells } from "./metric-cells.ts";
import { storedColumn } from "./stored.ts";

/** Rows from which cells are built at a time: large enough that arrays are not made for nothing, small enough for a pause between. */
const buildSlice = 8_192;

/** An estimate is no promise: beyond so many entities memory grows as they come. */
const reserveMax = 20_000_000;

/** Rows by table that were announced, came, and whether the table is done. */
export interface LoadProgress {
  rows: number;
  estimate: number;
  done: boolean;
}

export class Load {
  readonly #context: ApplyContext;
  readonly #appenders = new Map<string, Appender>();
  readonly progress = new Map<string, LoadProgress>();
  /** Tables in which a key came twice. */
  readonly duplicates = new Set<string>();
  readonly #begun = new Set<MetricCells>();
  /** By fact table with a whole-number key. */
  readonly #keys = new Map<string, KeyBits>();

  constructor(context: ApplyContext, estimates: Readonly<Record<string, number>>) {
    this.#context = context;
    for (const set of context.memory.sets) set.startBuild();
    for (const name of context.memory.tables.keys()) this.progress.set(name, { rows: 0, estimate: estimates[name] ?? 0, done: false });
    // Room at once for what is expected: growing step by step copies, and leaves slack.
    for (const [name, index] of context.memory.tokens) {
      const expected = Math.min(reserveMax, Math.ceil((estimates[name] ?? 0) * 1.02));
      index.reserve(expected);
      context.memory.entities.get(name)?.grow(expected);
    }
  }

  async rows(message: SafeRows): Promise<void> {
    const { memory, pacer } = this.#context;
    const info = memory.tables.get(message.table);
    if (info === undefined) throw unknownTable();
    const { rowCount } = message;
    const columns = storedRows(this.#context, message);
    memory.growEntities();
    if (info.table.kind === "entity") this.#putEntities(info, columns, rowCount);
    const appender = await this.#appender(info);
    for (let from = 0; from < rowCount; from += vectorSize) {
      appender.append(columns, from, Math.min(rowCount, from + vectorSize));
      await pacer.pause();
    }
    memory.addRows(message.table, rowCount);
    must(this.progress.get(message.table), "progress").rows += rowCount;
    const sets = memory.sets.filter((set) => set.spec.table === message.table);
    for (let from = 0; sets.length > 0 && from < rowCount; from += buildSlice) {
      const batch = sliceOf(info, columns, from, Math.min(rowCount, from + buildSlice));
      for (const set of sets) set.build(batch);
      await pacer.pause();
    }
    if (info.table.kind === "fact") {
      this.#checkKeys(info, columns, rowCount);
      await this.#build(info, columns, rowCount);
    }
  }

  done(table: string): void {
    const progress = this.progress.get(table);
    if (progress === undefined) throw unknownTable();
    progress.done = true;
  }

  /** After this all rows are visible in the transaction. */
  close(): void {
    for (const appender of this.#appenders.values()) appender.close();
    this.#appenders.clear();
  }

  /** Metrics whose cells were built from the rows as they came. The others are built from the store. */
  built(metric: MetricCells): boolean {
    return this.#begun.has(metric) && !metric.stale;
  }

  #checkKeys(info: TableInfo, columns: readonly Column[], rowCount: number): void {
    const layout = info.layouts[info.keyIndex];
    if (layout !== "i32" && layout !== "i64") return;
    const { name } = info.table;
    const bits = this.#keys.get(name) ?? new KeyBits();
    this.#keys.set(name, bits);
    bits.add(must(columns[info.keyIndex], "key column"), rowCount);
    if (bits.duplicate) this.duplicates.add(name);
  }

  /** Fact tables with a key of which nothing is known yet: random keys are compared by the database. */
  get unchecked(): readonly TableInfo[] {
    return [...this.#context.memory.tables.values()].filter(
      (info) => info.table.kind === "fact" && info.keyIndex >= 0 && (this.#keys.get(info.table.name)?.overflowed ?? true),
    );
  }

  #putEntities(info: TableInfo, columns: readonly Column[], rowCount: number): void {
    const entity = must(this.#context.memory.entities.get(info.table.name), "entity");
    const before = entity.rowCount;
    putEntities(this.#context.memory, info, columns, rowCount);
    if (entity.rowCount - before !== rowCount) this.duplicates.add(info.table.name);
  }

  async #appender(info: TableInfo): Promise<Appender> {
    const { name } = info.table;
    let appender = this.#appenders.get(name);
    if (appender === undefined) {
      const quoted = rowsTable(name);
      appender = await this.#context.connection.appender(quoted.slice(1, -1).replaceAll('""', '"'), info.layouts);
      this.#appenders.set(name, appender);
    }
    return appender;
  }

  /** Cells of facts are built on the way when all entities that they need are loaded; one batch too early and they are built later. */
  async #build(info: TableInfo, columns: readonly Column[], rowCount: number): Promise<void> {
    const { memory, pacer } = this.#context;
    const metrics = memory.metrics.filter((metric) => metric.plan.spec.table === info.table.name && !metric.stale);
    for (const metric of metrics) {
      if (!this.#begun.has(metric)) {
        const ready = [...metric.entities].every((name) => this.progress.get(name)?.done === true);
        if (!ready) metric.stale = true;
        else {
          this.#begun.add(metric);
          await metric.startBuild(must(this.progress.get(info.table.name), "progress").estimate, pacer);
        }
      }
    }
    for (let from = 0; from < rowCount; from += buildSlice) {
      const batch = sliceOf(info, columns, from, Math.min(rowCount, from + buildSlice));
      for (const metric of metrics) if (!metric.stale) metric.build(batch);
      await pacer.pause();
    }
  }
}

function sliceOf(info: TableInfo, columns: readonly Column[], from: number, to: number): RowBatch {
  return batchOf(
    info,
    columns.map((column, c) => slice(column, info.layouts[c] === "token" ? 16 : 1, from, to)),
    to - from,
  );
}

function slice(column: Column, width: number, from: number, to: number): Column {
  return { data: column.data.subarray(from * width, to * width), nulls: column.nulls?.subarray(from, to) };
}

/** Rows of a message as the store keeps them. */
export function storedRows({ memory }: Pick<ApplyContext, "memory">, message: SafeRows): readonly Column[] {
  const { table } = memory.info(message.table);
  const words = must(memory.words.get(table.name), "words");
  words.grow(message.dictionary);
  assert(message.columns.length === table.columns.length, "as many columns as the schema has");
  return table.columns.map((column, c) =>
    storedColumn(
      { table, column, values: must(message.columns[c], "column"), rowCount: message.rowCount, skip: undefined },
      { tokens: memory.tokens, words },
    ),
  );
}
