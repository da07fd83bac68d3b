// oxlint-disable max-lines -- one batch from reduction to rows, cells and position: the steps are read together
/**
 * Applies changes to rows, entities in memory and cells, inside the open transaction. The order matters: old rows are taken out and
 * read while entities are still the old ones; then entities change; then new rows are counted. So
 * delta = (new rows with new entities) - (old rows with old entities), and rows that only moved are read by one scan.
 */
import { must } from "../../lib/assert.ts";
import { VitrineError } from "../../model/error.ts";
import { id, rowsColumn, rowsTable } from "../layout.ts";
import { batchOf, batchOfEntities, batchOfSome } from "./batches.ts";
import type { Column, Connection, Layout } from "./engine.ts";
import type { Evaluated, RowBatch } from "./evaluate.ts";
import type { Memory, TableInfo } from "./memory.ts";
import type { MetricCells } from "./metric-cells.ts";
import type { EntityChanges } from "./moves.ts";
import { holdersOf, movedRefs } from "./moves.ts";
import type { Pacer } from "./pacer.ts";
import type { Chain, Key, OldRows, Slice } from "./reduce.ts";
import { keyAt, materialise, reduce, reduceAppends, unchangedMissing } from "./reduce.ts";
import { numbersOf } from "./stored.ts";
import { appendColumns, appendFresh } from "./tables.ts";

/** Rows moved by entities in one batch above which a metric's cells are built anew instead. */
const movedRowsMax = 1_000_000;
/** Refs written into a statement as integers; more go through a table. */
const listMax = 500;

/** Something that the mirror found wrong with a table; numbers only. */
export interface Fault {
  readonly table: string;
  readonly reason: "key-not-unique" | "row-missing" | "sum-too-large" | "rows-differ" | "cells-differ";
}

interface TableChange {
  readonly info: TableInfo;
  readonly truncated: boolean;
  /** Rows that were taken out of the store. */
  readonly old: OldRows;
  readonly oldCount: number;
  /** Rows to put in. */
  readonly added: readonly { readonly columns: readonly Column[]; readonly rowCount: number }[];
  /** Entities: refs that are not there any more. */
  readonly gone: readonly number[];
}

export interface ApplyContext {
  readonly connection: Connection;
  readonly memory: Memory;
  readonly pacer: Pacer;
}

/** `floors`: by entity, refs from here on are new in this batch, so no stored row refers to them. */
// oxlint-disable-next-line complexity -- the order of the steps is the point, so they stand in one place
export async function applySlices(
  context: ApplyContext,
  slices: ReadonlyMap<string, readonly Slice[]>,
  floors: ReadonlyMap<string, number>,
): Promise<readonly Fault[]> {
  const { memory, pacer } = context;
  memory.growEntities();
  const faults: Fault[] = [];
  const changes: TableChange[] = [];
  for (const [name, list] of slices) changes.push(await takeOut(context, memory.info(name), list, faults));

  const touched = touchedEntities(memory, changes);
  const moving = existingChanges(memory, changes, touched, floors);
  markStale(memory, changes);
  followSets(memory, changes);
  const work = memory.metrics
    .filter((metric) => !metric.stale)
    .map((metric) => ({
      metric,
      moved: movedRefs(memory, metric.plan.spec, moving),
      batches: [] as RowBatch[],
      removed: [] as Evaluated[],
    }));
  for (const one of work) one.batches.push(...(await movedRows(context, one, touched)));
  for (const { metric, batches, removed } of work) {
    await pacer.pause();
    const { spec } = metric.plan;
    const change = changes.find((each) => each.info.table.name === spec.table);
    if (change?.info.table.kind === "fact" && change.oldCount > 0)
      removed.push(metric.plan.evaluate(batchOf(change.info, change.old.columns, change.oldCount)));
    for (const batch of batches) removed.push(metric.plan.evaluate(batch));
    const own = touched.get(spec.table);
    if (own !== undefined) removed.push(metric.plan.evaluate(entityBatch(memory, spec.table, own)));
  }

  for (const change of changes) changeMemory(memory, change);
  for (const { metric, batches, removed } of work) {
    // Answers see what was committed, also between two metrics.
    await pacer.pause();
    if (metric.stale) continue;
    const { spec } = metric.plan;
    const added: Evaluated[] = batches.map((batch) => metric.plan.evaluate(batch));
    const change = changes.find((each) => each.info.table.name === spec.table);
    if (change?.info.table.kind === "fact")
      for (const { columns, rowCount } of change.added) added.push(metric.plan.evaluate(batchOf(change.info, columns, rowCount)));
    const own = touched.get(spec.table);
    if (own !== undefined) added.push(metric.plan.evaluate(entityBatch(memory, spec.table, own)));
    metric.apply(removed, added);
  }

  for (const change of changes) await putIn(context, change, faults);
  await appendFresh(context.connection, memory, context.pacer);
  return faults;
}

/** Reduces one table's changes and deletes the stored rows that they touch. */
async function takeOut(context: ApplyContext, info: TableInfo, slices: readonly Slice[], faults: Fault[]): Promise<TableChange> {
  const { connection, memory } = context;
  const { table } = info;
  const none: OldRows = { columns: [], rowOf: new Map() };
  const plain = slices.every((slice) => slice.insertsOnly);
  if (plain && table.kind === "fact")
    return {
      info,
      truncated: false,
      old: none,
      oldCount: 0,
      gone: [],
      added: slices.map(({ columns, rowCount }) => ({ columns, rowCount })),
    };
  if (info.keyIndex < 0) {
    const { truncated, chains } = reduceAppends(slices);
    if (truncated) await truncate(context, info);
    return { info, truncated, old: none, oldCount: 0, gone: [], added: [materialise(chains, info.layouts, undefined)] };
  }
  const reduced = reduce(slices, { index: info.keyIndex, layout: must(info.layouts[info.keyIndex], "layout of the key") });
  const fault = (reason: Fault["reason"]): number => faults.push({ table: table.name, reason });
  if (reduced.missing > 0) fault("row-missing");
  if (reduced.duplicates > 0) fault("key-not-unique");
  const chains = reduced.chains.map((chain) => chain);
  if (table.kind === "entity" && !reduced.truncated) replaceStored(memory, table.name, reduced, chains, () => fault("key-not-unique"));
  if (reduced.truncated) await truncate(context, info);
  const origins = reduced.truncated ? [] : chains.flatMap((chain) => (chain.origin === undefined ? [] : [chain.origin]));
  const { old, rowCount } = await deleteRows(connection, info, origins, context.pacer);
  memory.addRows(table.name, -rowCount);
  if (old.rowOf.size < rowCount) fault("key-not-unique");
  if (!reduced.truncated) checkMissing(chains, old, () => fault("row-missing"));
  const rows = materialise(chains, info.layouts, old);
  return { info, truncated: reduced.truncated, old, oldCount: rowCount, added: [rows], gone: goneRefs(info, old, rows) };
}

/** An entity inserted whose ref is there already takes the place of the stored one: two rows of one ref would double its facts. */
function replaceStored(memory: Memory, entity: string, reduced: ReturnType<typeof reduce>, chains: Chain[], onDuplicate: () => void): void {
  const { present } = must(memory.entities.get(entity), "entity");
  for (const { key, chain } of reduced.inserted) {
    if (present[Number(key)] !== 1) continue;
    onDuplicate();
    chains[chains.indexOf(chain)] = { ...chain, origin: key };
  }
}

/** A change of a row that is not stored: with kept values it cannot be known, else its new values stand. */
function checkMissing(chains: readonly Chain[], old: OldRows, onMissing: () => void): void {
  for (const chain of chains) {
    if (chain.origin === undefined || old.rowOf.has(chain.origin)) continue;
    if (chain.alive && chain.version === undefined) throw unchangedMissing();
    onMissing();
    return;
  }
}

function goneRefs(info: TableInfo, old: OldRows, rows: { readonly columns: readonly Column[] }): readonly number[] {
  if (info.table.kind !== "entity") return [];
  const stay = new Set(rows.columns[info.keyIndex]?.data as Int32Array | undefined); // eslint-disable-line -- refs
  return [...old.rowOf.keys()].map(Number).filter((ref) => !stay.has(ref));
}

async function truncate({ connection, memory }: ApplyContext, info: TableInfo): Promise<void> {
  await connection.run(`DELETE FROM ${rowsTable(info.table.name)}`);
  memory.rows.set(info.table.name, 0);
  memory.keyMax.set(info.table.name, undefined);
}

/** Deletes rows by key and gives them back: one pass, row groups skipped by the keys' range. */
async function deleteRows(
  connection: Connection,
  info: TableInfo,
  keys: readonly Key[],
  pacer: Pacer,
): Promise<{ readonly old: OldRows; readonly rowCount: number }> {
  const { table, layouts, keyIndex } = info;
  const none = { old: { columns: [], rowOf: new Map<Key, number>() }, rowCount: 0 };
  if (keys.length === 0) return none;
  const layout = must(layouts[keyIndex], "layout of the key");
  const key = rowsColumn(table, must(table.key, "key"));
  const names = table.columns.map((column) => `f.${rowsColumn(table, column.name)}`).join(", ");
  const parts: { columns: readonly Column[]; rowCount: number }[] = [];
  const keySet = await keysSql(connection, layout, keys, pacer);
  await connection.scan(
    { sql: `DELETE FROM ${rowsTable(table.name)} f WHERE f.${key} IN ${keySet} RETURNING ${names}`, layouts, whole: true },
    (columns, rowCount) => {
      parts.push({ columns, rowCount });
    },
  );
  const rowCount = parts.reduce((sum, part) => sum + part.rowCount, 0);
  if (rowCount === 0) return none;
  const columns = layouts.map((one, c) =>
    joined(
      one,
      parts.map((part) => ({ column: must(part.columns[c], "column"), rowCount: part.rowCount })),
      rowCount,
    ),
  );
  const rowOf = new Map<Key, number>();
  for (let row = 0; row < rowCount; row += 1) rowOf.set(keyAt(must(columns[keyIndex], "key column"), layout, row), row);
  return { old: { columns, rowOf }, rowCount };
}

/** Few whole numbers are written out; everything else goes through a table. Both let row groups be skipped. */
async function keysSql(connection: Connection, layout: Layout, keys: readonly Key[], pacer: Pacer): Promise<string> {
  if (keys.length <= listMax && (layout === "i32" || layout === "i64")) return `(${keys.join(", ")})`;
  await stageKeys(connection, layout, keys, pacer);
  return `(SELECT k FROM temp.staged_${layout})`;
}

async function stageKeys(connection: Connection, layout: Layout, keys: readonly Key[], pacer: Pacer): Promise<void> {
  const table = `staged_${layout}`;
  const type = { i32: "INTEGER", i64: "BIGINT", token: "UHUGEINT", bool: "BOOLEAN", f64: "DOUBLE", text: "VARCHAR" }[layout];
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${table} (k ${type})`);
  const rowCount = keys.length;
  await appendColumns(connection, { table: id(table), layouts: [layout], catalog: "temp" }, [keyColumn(layout, keys)], { rowCount, pacer });
}

function keyColumn(layout: Layout, keys: readonly Key[]): Column {
  if (layout === "i64") return { data: BigInt64Array.from(keys, (key) => BigInt(key)), nulls: undefined };
  if (layout === "token") return { data: Buffer.from(keys.join(""), "latin1"), nulls: undefined };
  return { data: Int32Array.from(keys, Number), nulls: undefined };
}

function joined(layout: Layout, parts: readonly { readonly column: Column; readonly rowCount: number }[], rowCount: number): Column {
  const first = must(parts[0], "part").column;
  if (parts.length === 1) return first;
  const width = layout === "token" ? 16 : 1;
  const make = first.data.constructor as unknown as new (length: number) => Int32Array; // eslint-disable-line -- all parts have one kind
  const data = new make(rowCount * width);
  const nulls = new Uint8Array(rowCount);
  let at = 0;
  for (const { column, rowCount: count } of parts) {
    data.set(column.data as Int32Array, at * width); // eslint-disable-line -- same kind
    if (column.nulls !== undefined) nulls.set(column.nulls, at);
    at += count;
  }
  return { data, nulls };
}

/** By entity: refs of all rows that were taken out or are put in. */
function touchedEntities(memory: Memory, changes: readonly TableChange[]): ReadonlyMap<string, Int32Array> {
  const touched = new Map<string, Int32Array>();
  for (const { info, old, added, truncated } of changes) {
    if (info.table.kind !== "entity" || truncated) continue;
    const refs = new Set<number>([...old.rowOf.keys()].map(Number));
    for (const { columns, rowCount } of added)
      for (const ref of (must(columns[info.keyIndex], "refs").data as Int32Array).subarray(0, rowCount)) refs.add(ref); // eslint-disable-line -- refs
    if (memory.entities.has(info.table.name)) touched.set(info.table.name, Int32Array.from(refs));
  }
  return touched;
}

/** What changes of entities that rows may already refer to. */
function existingChanges(
  memory: Memory,
  changes: readonly TableChange[],
  touched: ReadonlyMap<string, Int32Array>,
  floors: ReadonlyMap<string, number>,
): EntityChanges {
  const found = new Map<string, Map<number, { presence: boolean; columns: Set<string> }>>();
  for (const { info, added } of changes) {
    const entity = memory.entities.get(info.table.name);
    const refs = touched.get(info.table.name);
    if (entity === undefined || refs === undefined) continue;
    const floor = floors.get(info.table.name) ?? 0;
    const places = new Map<number, { batch: RowBatch; row: number }>();
    for (const { columns, rowCount } of added) {
      const batch = batchOf(info, columns, rowCount);
      for (let row = 0; row < rowCount; row += 1) places.set(batch.column(must(info.table.key, "key"))[row]!, { batch, row });
    }
    const differing = new Map<number, { presence: boolean; columns: Set<string> }>();
    for (const ref of refs) {
      if (ref >= floor) continue;
      const place = places.get(ref);
      const presence = (entity.present[ref] === 1) !== (place !== undefined);
      const columns = new Set(
        presence || place === undefined
          ? []
          : entity.columns.filter((name) => !Object.is(entity.column(name)[ref], place.batch.column(name)[place.row])),
      );
      if (presence || columns.size > 0) differing.set(ref, { presence, columns });
    }
    if (differing.size > 0) found.set(info.table.name, differing);
  }
  return found;
}

/** Metrics whose cells cannot follow by deltas: their table, or an entity on a path, was truncated. */
function markStale(memory: Memory, changes: readonly TableChange[]): void {
  const truncated = new Set(changes.filter((change) => change.truncated).map((change) => change.info.table.name));
  if (truncated.size === 0) return;
  for (const metric of memory.metrics)
    if (truncated.has(metric.plan.spec.table) || [...metric.entities].some((name) => truncated.has(name))) metric.stale = true;
}

/** What left and what came, of each set's table. */
function followSets(memory: Memory, changes: readonly TableChange[]): void {
  for (const set of memory.sets) {
    const change = changes.find((one) => one.info.table.name === set.spec.table);
    if (change === undefined) continue;
    if (change.truncated) set.stale = true;
    if (set.stale) continue;
    const removed = change.oldCount > 0 ? [batchOf(change.info, change.old.columns, change.oldCount)] : [];
    set.take(
      removed,
      change.added.map(({ columns, rowCount }) => batchOf(change.info, columns, rowCount)),
    );
  }
}

/** Rows that no change names but whose entity changes: facts by a scan, entities from memory. */
async function movedRows(
  context: ApplyContext,
  work: { readonly metric: MetricCells; readonly moved: ReadonlyMap<string, ReadonlySet<number>> },
  touched: ReadonlyMap<string, Int32Array>,
): Promise<readonly RowBatch[]> {
  const { metric, moved } = work;
  if (moved.size === 0) return [];
  const { memory } = context;
  const info = memory.info(metric.plan.spec.table);
  if (info.table.kind === "fact") return movedFacts(context, metric, moved);
  const entity = must(memory.entities.get(info.table.name), "entity");
  const own = new Set(touched.get(info.table.name));
  const refs = new Set<number>();
  for (const [column, targets] of moved) for (const ref of holdersOf(entity, column, targets)) if (!own.has(ref)) refs.add(ref);
  return refs.size === 0 ? [] : [new LiveEntities(memory, info.table.name, Int32Array.from(refs))];
}

/** Entities whose values are read anew each time `column` is asked: before the change the old ones, after it the new. */
class LiveEntities implements RowBatch {
  readonly rowCount: number;
  readonly #memory: Memory;
  readonly #entity: string;
  readonly #refs: Int32Array;

  constructor(memory: Memory, entity: string, refs: Int32Array) {
    this.rowCount = refs.length;
    this.#memory = memory;
    this.#entity = entity;
    this.#refs = refs;
  }

  column(name: string): ReturnType<RowBatch["column"]> {
    return batchOfEntities(must(this.#memory.entities.get(this.#entity), "entity"), this.#refs).column(name);
  }
}

async function movedFacts(
  context: ApplyContext,
  metric: MetricCells,
  moved: ReadonlyMap<string, ReadonlySet<number>>,
): Promise<readonly RowBatch[]> {
  const { connection, memory, pacer } = context;
  const { spec, columns: names } = metric.plan;
  const info = memory.info(spec.table);
  const conditions: string[] = [];
  let staged = 0;
  for (const [column, refs] of moved) {
    if (refs.size <= listMax) conditions.push(`f.${id(column)} IN (${[...refs].join(", ")})`);
    else {
      const table = `moved_${staged}`;
      staged += 1;
      await connection.run(`CREATE OR REPLACE TEMP TABLE ${table} (k INTEGER)`);
      await appendColumns(
        connection,
        { table: id(table), layouts: ["i32"], catalog: "temp" },
        [{ data: Int32Array.from(refs), nulls: undefined }],
        { rowCount: refs.size, pacer },
      );
      conditions.push(`f.${id(column)} IN (SELECT k FROM temp.${table})`);
    }
  }
  const batches: RowBatch[] = [];
  let found = 0;
  const sql = `SELECT ${names.map((name) => `f.${rowsColumn(info.table, name)}`).join(", ")} FROM ${rowsTable(spec.table)} f WHERE ${conditions.join(" OR ")}`;
  await connection.scan({ sql, layouts: layoutsOf(info, names) }, async (columns, rowCount) => {
    found += rowCount;
    if (found > movedRowsMax) metric.stale = true;
    else batches.push(batchOfSome(info, names, columns, rowCount));
    await pacer.pause();
  });
  return metric.stale ? [] : batches;
}

export function layoutsOf(info: TableInfo, names: readonly string[]): readonly Layout[] {
  return names.map((name) => must(info.layouts[info.table.columns.findIndex((column) => column.name === name)], "layout"));
}

/** Entities of `refs` that are there now. */
function entityBatch(memory: Memory, table: string, refs: Int32Array): RowBatch {
  const entity = must(memory.entities.get(table), "entity");
  return batchOfEntities(
    entity,
    refs.filter((ref) => entity.present[ref] === 1),
  );
}

function changeMemory(memory: Memory, change: TableChange): void {
  const { info } = change;
  const entity = memory.entities.get(info.table.name);
  if (entity === undefined) return;
  if (change.truncated) entity.clear();
  for (const ref of change.gone) entity.remove(ref);
  for (const { columns, rowCount } of change.added) putEntities(memory, info, columns, rowCount);
}

/** Puts stored columns of an entity into memory. */
export function putEntities(memory: Memory, info: TableInfo, columns: readonly Column[], rowCount: number): void {
  const entity = must(memory.entities.get(info.table.name), "entity");
  const refs = must(columns[info.keyIndex], "refs").data as Int32Array; // eslint-disable-line -- refs
  const values = entity.columns.map((name) => {
    const index = info.table.columns.findIndex((column) => column.name === name);
    return numbersOf(info.table, must(info.table.columns[index], "column"), must(columns[index], "stored column"), rowCount);
  });
  entity.put(refs, values, rowCount);
}

/** Appends the new rows and looks for keys that are there twice. */
async function putIn(context: ApplyContext, change: TableChange, faults: Fault[]): Promise<void> {
  const { connection, memory, pacer } = context;
  const { info } = change;
  const suspects = info.table.kind === "fact" ? suspectKeys(memory, change) : [];
  for (const { columns, rowCount } of change.added) {
    await appendColumns(connection, { table: rowsTable(info.table.name), layouts: info.layouts }, columns, { rowCount, pacer });
    memory.addRows(info.table.name, rowCount);
  }
  if (suspects.length === 0) return;
  const layout = must(info.layouts[info.keyIndex], "layout of the key");
  const keySet = await keysSql(connection, layout, suspects, pacer);
  const key = rowsColumn(info.table, must(info.table.key, "key"));
  const rows = await connection.rows(`SELECT count(*) AS n FROM ${rowsTable(info.table.name)} f WHERE f.${key} IN ${keySet}`);
  if (Number(rows[0]?.["n"]) !== suspects.length) faults.push({ table: info.table.name, reason: "key-not-unique" });
}

/**
 * New keys that are not above all known ones, so that they might be there already (whole-number keys only: a look-up of random keys
 * in all rows would cost more than everything else; those are found when they are changed, and by verification).
 */
function suspectKeys(memory: Memory, change: TableChange): readonly Key[] {
  const { info, old } = change;
  const { keyIndex } = info;
  const layout = info.layouts[keyIndex];
  if (keyIndex < 0 || (layout !== "i32" && layout !== "i64")) return [];
  let largest = memory.keyMax.get(info.table.name);
  const suspects = new Set<Key>();
  for (const { columns, rowCount } of change.added) {
    for (let row = 0; row < rowCount; row += 1) {
      const key = keyAt(must(columns[keyIndex], "key column"), layout, row) as number | bigint; // eslint-disable-line -- a whole number
      if (largest === undefined || key > largest) largest = key;
      else if (!old.rowOf.has(key)) suspects.add(key);
    }
  }
  memory.keyMax.set(info.table.name, largest);
  return [...suspects];
}

/** Refs of entities, for messages about a table that is not in the schema. */
export function unknownTable(): VitrineError {
  return new VitrineError("mirror/out-of-order", { message: "The reader sent rows of a table that is not in the store's schema." });
}
