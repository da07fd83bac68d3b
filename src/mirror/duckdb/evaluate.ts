/**
 * A metric over columns of rows: which rows count, whether they hit, their protected unit and their dimensions, as arrays of
 * integers. Entities on the paths are read from memory, so the same rows evaluated before and after an entity changes give old and
 * new values.
 */
import { assert, must } from "../../lib/assert.ts";
import type { SafeColumn, SafeSchema, SafeTable } from "../../policy/safe.ts";
import { codes } from "../../policy/safe.ts";
import type { MetricSpec, RowCondition } from "../cuboid.ts";
import { encodeDimension } from "../layout.ts";
import type { EntityMemory } from "./entities.ts";
import type { Numbers } from "./stored.ts";
import { missingRef, noRef, nullInt } from "./stored.ts";
import type { Words } from "./words.ts";

/** Rows of a table as numbers. */
export interface RowBatch {
  readonly rowCount: number;
  column(name: string): Numbers;
}

/** Only the rows that count. `unit` is -1 where there is none. `dims[i]`: the integers of layout.ts, wide ones interned. */
export interface Evaluated {
  readonly rowCount: number;
  readonly minute: Int32Array;
  readonly hit: Uint8Array | undefined;
  readonly unit: Int32Array;
  readonly dims: readonly Int32Array[];
}

/** Integers of dimensions that need more than 32 bits, as dense numbers. */
export class Interned {
  readonly #ids = new Map<number, number>();
  readonly values: number[] = [];

  idOf(value: number): number {
    let known = this.#ids.get(value);
    if (known === undefined) {
      known = this.values.length;
      this.#ids.set(value, known);
      this.values.push(value);
    }
    return known;
  }
}

export interface MetricPlan {
  readonly spec: MetricSpec;
  readonly table: SafeTable;
  /** Columns of the table that evaluation reads. */
  readonly columns: readonly string[];
  /** By dimension: set where its integers need interning. */
  readonly interned: readonly (Interned | undefined)[];
  evaluate(batch: RowBatch): Evaluated;
}

export function planOf(spec: MetricSpec, state: { readonly schema: SafeSchema; readonly entities: ReadonlyMap<string, EntityMemory>; readonly words: ReadonlyMap<string, Words> }): MetricPlan {
  const { schema, entities } = state;
  const table = must(schema.tables.find((one) => one.name === spec.table), "table of a metric");
  const words = must(state.words.get(table.name), "words of a table");
  const filter = spec.filter.map((one) => testOf(table, one, words));
  const hit = spec.hit?.map((one) => testOf(table, one, words));
  const interned = spec.dimensions.map(({ path }) => (path.kind === "code" || path.kind === "bool" ? undefined : new Interned()));
  const firstRefs = [...spec.dimensions.map(({ path }) => path.refs[0]), spec.unitPath[0]];
  const own = spec.dimensions.filter(({ path }) => path.refs.length === 0).map(({ path }) => path.column);
  const columns = new Set([spec.time, ...spec.filter.map((one) => one.column), ...(spec.hit ?? []).map((one) => one.column), ...own, ...firstRefs.filter((name) => name !== undefined)]);
  const needsSelf = spec.unitPath.length === 0;
  assert(!needsSelf || table.kind === "entity", "a unit of its own only for entities");
  if (needsSelf) columns.add(must(table.key, "key of an entity"));

  const evaluate = (batch: RowBatch): Evaluated => {
    const paths = new Paths(batch, table, entities, schema);
    const keep = keptRows(batch, spec.time, filter);
    const take = (source: Int32Array): Int32Array => (keep === undefined ? source.subarray(0, batch.rowCount) : gather(source, keep));
    const unit = needsSelf ? take(ints(batch.column(must(table.key, "key")))) : take(paths.follow(spec.unitPath));
    const dims = spec.dimensions.map((dimension, i) => {
      const end = paths.follow(dimension.path.refs);
      const values = dimension.path.refs.length === 0 ? batch.column(dimension.path.column) : undefined;
      const held = values === undefined ? must(entities.get(dimension.path.table), "entity").column(dimension.path.column) : undefined;
      return dimensionOf({ kind: dimension.path.kind, own: values, end, held, keep, rowCount: batch.rowCount, interned: interned[i] });
    });
    const minute = take(ints(batch.column(spec.time)));
    return { rowCount: keep?.length ?? batch.rowCount, minute, unit, dims, hit: hit === undefined ? undefined : hitsOf(batch, hit, keep) };
  };
  return { spec, table, columns: [...columns], interned, evaluate };
}

type Test = { readonly column: string; readonly passes: (values: Numbers, row: number) => boolean };

/** One condition; a text's codes are learnt as the dictionary grows. */
function testOf(table: SafeTable, condition: RowCondition[number], words: Words): Test {
  const column = must(table.columns.find((one) => one.name === condition.column), "column of a condition");
  const allowed = new Set<number>();
  if (column.kind === "code") {
    const texts = new Set(condition.values.map(String));
    words.column(column.name).watch((code, value) => {
      if (texts.has(value)) allowed.add(code);
    });
  } else for (const value of condition.values) allowed.add(scaled(column, Number(value)));
  return { column: column.name, passes: (values, row) => allowed.has(values[row] as number) }; // eslint-disable-line -- inside
}

function scaled(column: SafeColumn, value: number): number {
  return column.kind === "i64" ? Math.round(value * 10 ** column.scale) : value;
}

/** Rows that count, or undefined for all. */
function keptRows(batch: RowBatch, time: string, filter: readonly Test[]): Int32Array | undefined {
  const minutes = batch.column(time);
  const keep = new Int32Array(batch.rowCount);
  const columns = filter.map((one) => batch.column(one.column));
  let count = 0;
  for (let row = 0; row < batch.rowCount; row += 1) {
    if (minutes[row] === nullInt) continue;
    if (!filter.every((one, i) => one.passes(must(columns[i], "column"), row))) continue;
    keep[count] = row;
    count += 1;
  }
  return count === batch.rowCount ? undefined : keep.subarray(0, count);
}

function hitsOf(batch: RowBatch, tests: readonly Test[], keep: Int32Array | undefined): Uint8Array {
  const count = keep?.length ?? batch.rowCount;
  const hits = new Uint8Array(count).fill(1);
  for (const { column, passes } of tests) {
    const values = batch.column(column);
    for (let i = 0; i < count; i += 1) if (hits[i] === 1 && !passes(values, keep === undefined ? i : (keep[i] as number))) hits[i] = 0; // eslint-disable-line -- inside
  }
  return hits;
}

/** Refs at the ends of paths, each prefix computed once a batch. */
class Paths {
  readonly #batch: RowBatch;
  readonly #table: SafeTable;
  readonly #entities: ReadonlyMap<string, EntityMemory>;
  readonly #schema: SafeSchema;
  readonly #known = new Map<string, { readonly refs: Int32Array; readonly entity: EntityMemory }>();

  constructor(batch: RowBatch, table: SafeTable, entities: ReadonlyMap<string, EntityMemory>, schema: SafeSchema) {
    this.#batch = batch;
    this.#table = table;
    this.#entities = entities;
    this.#schema = schema;
  }

  /** Ref of the entity that is there at the end, `noRef` where a ref is NULL, `missingRef` where an entity is missing. */
  follow(path: readonly string[]): Int32Array {
    return path.length === 0 ? new Int32Array(0) : this.#walk(path).refs;
  }

  #walk(path: readonly string[]): { readonly refs: Int32Array; readonly entity: EntityMemory } {
    const name = path.join("/");
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const last = must(path.at(-1), "ref of a path");
    const before = path.length === 1 ? undefined : this.#walk(path.slice(0, -1));
    const from = before === undefined ? this.#table : before.entity.table;
    const refers = must(from.columns.find((one) => one.name === last)?.refers, "entity referred to");
    const entity = must(this.#entities.get(refers), "entity in memory");
    assert(this.#schema.tables.includes(entity.table), "an entity of the schema");
    const refs = before === undefined ? presentOnly(ints(this.#batch.column(last)), entity, this.#batch.rowCount) : nextRefs(before.refs, ints(before.entity.column(last)), entity);
    const found = { refs, entity };
    this.#known.set(name, found);
    return found;
  }
}

function presentOnly(refs: Int32Array, entity: EntityMemory, rowCount: number): Int32Array {
  const out = new Int32Array(rowCount);
  const { present } = entity;
  for (let row = 0; row < rowCount; row += 1) {
    const ref = refs[row] as number; // eslint-disable-line -- inside
    out[row] = ref < 0 ? noRef : present[ref] === 1 ? ref : missingRef;
  }
  return out;
}

function nextRefs(from: Int32Array, held: Int32Array, entity: EntityMemory): Int32Array {
  const out = new Int32Array(from.length);
  const { present } = entity;
  for (let row = 0; row < from.length; row += 1) {
    const ref = from[row] as number; // eslint-disable-line -- inside
    if (ref < 0) out[row] = ref;
    else {
      const next = held[ref] as number; // eslint-disable-line -- grown to all refs
      out[row] = next < 0 ? noRef : present[next] === 1 ? next : missingRef;
    }
  }
  return out;
}

interface DimensionWork {
  readonly kind: SafeColumn["kind"];
  /** Values of the row itself, or … */
  readonly own: Numbers | undefined;
  /** … refs of the entity whose column is `held`. */
  readonly end: Int32Array;
  readonly held: Numbers | undefined;
  readonly keep: Int32Array | undefined;
  readonly rowCount: number;
  readonly interned: Interned | undefined;
}

function dimensionOf(work: DimensionWork): Int32Array {
  const { kind, own, end, held, keep, interned } = work;
  const count = keep?.length ?? work.rowCount;
  const out = new Int32Array(count);
  for (let i = 0; i < count; i += 1) {
    const row = keep === undefined ? i : (keep[i] as number); // eslint-disable-line -- inside
    const ref = own === undefined ? (end[row] as number) : 0; // eslint-disable-line -- inside
    if (ref < 0) out[i] = wide(interned, ref === noRef ? codes.null : codes.unknown);
    else {
      const value = (own === undefined ? must(held, "column")[ref] : own[row]) as number; // eslint-disable-line -- inside
      if (kind === "code") out[i] = value;
      else out[i] = wide(interned, encodeDimension(kind, value === nullInt || Number.isNaN(value) ? undefined : value));
    }
  }
  return out;
}

function wide(interned: Interned | undefined, value: number): number {
  return interned === undefined ? value : interned.idOf(value);
}

function gather(source: Int32Array, keep: Int32Array): Int32Array {
  const out = new Int32Array(keep.length);
  for (let i = 0; i < keep.length; i += 1) out[i] = source[keep[i] as number] as number; // eslint-disable-line -- inside
  return out;
}

function ints(values: Numbers): Int32Array {
  assert(values instanceof Int32Array, "a column of 32-bit integers");
  return values;
}
