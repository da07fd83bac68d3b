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
import type { RefEnds } from "./ends.ts";
import { EndsBuilder, groupsOf, lookedUp, unitsOf } from "./ends.ts";
import type { EntityMemory } from "./entities.ts";
import type { Numbers } from "./stored.ts";
import { missingRef, noRef, nullInt } from "./stored.ts";
import type { MakeInts, Scratch } from "./scratch.ts";
import { newInts } from "./scratch.ts";
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
  /** What a row adds to the sum; 0 where the source has NULL. */
  readonly sum: Float64Array | undefined;
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
  /** With the state of a build the arrays are the scratch's: they hold until the next evaluation. */
  evaluate(batch: RowBatch, build?: BuildState): Evaluated;
  /** What first refs lead to now, by name of the ref column; those to entities of more than `most` refs are left out. */
  ends(most: number, pause: () => Promise<void>): Promise<ReadonlyMap<string, RefEnds>>;
}

/** What a build keeps from one evaluation to the next. `ends` hold for as long as no entity changes. */
export interface BuildState {
  readonly ends: ReadonlyMap<string, RefEnds>;
  readonly scratch: Scratch;
}

export function planOf(
  spec: MetricSpec,
  state: { readonly schema: SafeSchema; readonly entities: ReadonlyMap<string, EntityMemory>; readonly words: ReadonlyMap<string, Words> },
): MetricPlan {
  const { schema, entities } = state;
  const table = must(
    schema.tables.find((one) => one.name === spec.table),
    "table of a metric",
  );
  const words = must(state.words.get(table.name), "words of a table");
  const filter = spec.filter.map((one) => testOf(table, one, words));
  const hit = spec.hit?.map((one) => testOf(table, one, words));
  const interned = spec.dimensions.map(({ path }) => (path.kind === "code" || path.kind === "bool" ? undefined : new Interned()));
  const firstRefs = [...spec.dimensions.map(({ path }) => path.refs[0]), spec.unitPath[0]];
  const own = spec.dimensions.filter(({ path }) => path.refs.length === 0).map(({ path }) => path.column);
  const columns = new Set([
    ...[spec.time, spec.sum].filter((name) => name !== undefined),
    ...spec.filter.map((one) => one.column),
    ...(spec.hit ?? []).map((one) => one.column),
    ...own,
    ...firstRefs.filter((name) => name !== undefined),
  ]);
  const needsSelf = spec.unitPath.length === 0;
  assert(!needsSelf || table.kind === "entity", "a unit of its own only for entities");
  if (needsSelf) columns.add(must(table.key, "key of an entity"));

  const parts: Parts = { spec, table, schema, entities, filter, hit, interned };
  return {
    spec,
    table,
    columns: [...columns],
    interned,
    evaluate: (batch, build) => evaluateRows(parts, batch, build),
    ends: async (most, pause) => {
      const found = new Map<string, RefEnds>();
      for (const first of new Set(firstRefs.filter((name) => name !== undefined))) {
        const entity = must(entities.get(must(table.columns.find((one) => one.name === first)?.refers, "entity referred to")), "entity");
        if (entity.present.length <= most) found.set(first, await endsOver(parts, { first, entity, pause }));
      }
      return found;
    },
  };
}

/** A plan with all that its evaluation needs. */
interface Parts {
  readonly spec: MetricSpec;
  readonly table: SafeTable;
  readonly schema: SafeSchema;
  readonly entities: ReadonlyMap<string, EntityMemory>;
  readonly filter: readonly Test[];
  readonly hit: readonly Test[] | undefined;
  readonly interned: readonly (Interned | undefined)[];
}

function evaluateRows(parts: Parts, batch: RowBatch, build: BuildState | undefined): Evaluated {
  const { spec, table, interned, hit } = parts;
  const make = build === undefined ? newInts : build.scratch.ints;
  const keep = keptRows(batch, spec.time, parts.filter);
  const count = keep?.length ?? batch.rowCount;
  const take = (source: Int32Array): Int32Array => (keep === undefined ? source.subarray(0, count) : gather(source, keep, make));
  const paths = new Paths(batch, parts, keep);
  const grouped = new Map(
    [...(build?.ends ?? [])].map(([ref, ends]) => {
      const refs = take(ints(batch.column(ref)));
      return [ref, { refs, groups: groupsOf(ends, refs, make) }] as const;
    }),
  );
  const unitOf = (): Int32Array => {
    const [first] = spec.unitPath;
    if (first === undefined) return take(ints(batch.column(must(table.key, "key"))));
    const unit = build?.ends.get(first)?.unit;
    const over = grouped.get(first);
    return unit === undefined || over === undefined ? paths.follow(spec.unitPath) : unitsOf(unit, over.groups, over.refs, make);
  };
  const dims = spec.dimensions.map(({ path }, i) => {
    const [first] = path.refs;
    if (first === undefined)
      return ownDimension({ kind: path.kind, values: batch.column(path.column), keep, count, interned: interned[i] }, make);
    const values = build?.ends.get(first)?.dims[i];
    const over = grouped.get(first);
    return values === undefined || over === undefined ? farDimension(parts, i, paths, make) : lookedUp(values, over.groups, make);
  });
  const minute = spec.time === undefined ? make(count).fill(0) : take(ints(batch.column(spec.time)));
  const sum = spec.sum === undefined ? undefined : addendsOf(batch.column(spec.sum), keep, count);
  return { rowCount: count, minute, unit: unitOf(), dims, sum, hit: hit === undefined ? undefined : hitsOf(batch, hit, keep) };
}

/** What all refs of one column lead to. */
async function endsOver(
  parts: Parts,
  over: { readonly first: string; readonly entity: EntityMemory; readonly pause: () => Promise<void> },
): Promise<RefEnds> {
  const { spec, interned } = parts;
  const { first, entity } = over;
  const isOver = spec.dimensions.map(({ path }) => path.refs[0] === first);
  const unitIsOver = spec.unitPath[0] === first && spec.unitPath.length <= 2;
  const marks = (mark: number): number[] => spec.dimensions.map((_, i) => wide(interned[i], mark));
  const size = entity.present.length;
  const builder = new EndsBuilder(first, size, { nulls: marks(codes.null), missing: marks(codes.unknown) });
  for (let from = 0; from < size; from += endsSlice) {
    const refs = new Int32Array(Math.min(endsSlice, size - from));
    for (let i = 0; i < refs.length; i += 1) refs[i] = from + i;
    const paths = new Paths({ rowCount: refs.length, column: () => refs }, parts, undefined);
    const dims = isOver.map((one, i) => (one ? farDimension(parts, i, paths, newInts) : undefined));
    builder.add(from, dims, unitIsOver ? paths.follow(spec.unitPath) : undefined);
    await over.pause();
  }
  const second = spec.unitPath[1];
  const held = (): Int32Array | undefined => (second === undefined ? undefined : ints(entity.column(second)));
  return builder.finish(unitIsOver ? { held } : undefined, isOver);
}

/** Refs whose ends are looked up at a time. */
const endsSlice = 16_384;

function addendsOf(values: Numbers, keep: Int32Array | undefined, count: number): Float64Array {
  const out = new Float64Array(count);
  for (let i = 0; i < count; i += 1) {
    const value = values[keep === undefined ? i : keep[i]!]!;
    out[i] = value === nullInt || Number.isNaN(value) ? 0 : value;
  }
  return out;
}

export type Test = { readonly column: string; readonly allowed: ReadonlySet<number> };

/** One condition; a text's codes are learnt as the dictionary grows. */
export function testOf(table: SafeTable, condition: RowCondition[number], words: Words): Test {
  const column = must(
    table.columns.find((one) => one.name === condition.column),
    "column of a condition",
  );
  const allowed = new Set<number>();
  if (column.kind === "code") {
    const texts = new Set(condition.values.map(String));
    words.column(column.name).watch((code, value) => {
      if (texts.has(value)) allowed.add(code);
    });
  } else for (const value of condition.values) allowed.add(scaled(column, Number(value)));
  return { column: column.name, allowed };
}

function scaled(column: SafeColumn, value: number): number {
  return column.kind === "i64" ? Math.round(value * 10 ** column.scale) : value;
}

/** Rows that count, or undefined for all. */
export function keptRows(batch: RowBatch, time: string | undefined, filter: readonly Test[]): Int32Array | undefined {
  const minutes = time === undefined ? undefined : ints(batch.column(time));
  if (filter.length === 0 && minutes?.subarray(0, batch.rowCount).includes(nullInt) !== true) return undefined;
  const keep = new Int32Array(batch.rowCount);
  let count = 0;
  for (let row = 0; row < batch.rowCount; row += 1) {
    keep[count] = row;
    if (minutes?.[row] !== nullInt) count += 1;
  }
  for (const { column, allowed } of filter) {
    const values = batch.column(column);
    const only = onlyOne(allowed);
    const before = count;
    count = 0;
    for (let i = 0; i < before; i += 1) {
      const row = keep[i]!;
      keep[count] = row;
      if (only === undefined ? allowed.has(values[row]!) : values[row] === only) count += 1;
    }
  }
  return count === batch.rowCount ? undefined : keep.subarray(0, count);
}

function hitsOf(batch: RowBatch, tests: readonly Test[], keep: Int32Array | undefined): Uint8Array {
  const count = keep?.length ?? batch.rowCount;
  const hits = new Uint8Array(count).fill(1);
  for (const { column, allowed } of tests) {
    const values = batch.column(column);
    const only = onlyOne(allowed);
    for (let i = 0; i < count; i += 1) {
      const value = values[keep === undefined ? i : keep[i]!]!;
      if (only === undefined ? !allowed.has(value) : value !== only) hits[i] = 0;
    }
  }
  return hits;
}

/** Most conditions name one value: a comparison is much cheaper than a set. */
function onlyOne(allowed: ReadonlySet<number>): number | undefined {
  if (allowed.size !== 1) return undefined;
  const [only] = allowed;
  return only;
}

/** Refs at the ends of paths, each prefix computed once a batch; of the rows that count only. */
class Paths {
  readonly #batch: RowBatch;
  readonly #state: { readonly table: SafeTable; readonly entities: ReadonlyMap<string, EntityMemory>; readonly schema: SafeSchema };
  readonly #keep: Int32Array | undefined;
  readonly #known = new Map<string, { readonly refs: Int32Array; readonly entity: EntityMemory }>();

  constructor(
    batch: RowBatch,
    state: { readonly table: SafeTable; readonly entities: ReadonlyMap<string, EntityMemory>; readonly schema: SafeSchema },
    keep: Int32Array | undefined,
  ) {
    this.#batch = batch;
    this.#state = state;
    this.#keep = keep;
  }

  /** Ref of the entity that is there at the end, `noRef` where a ref is NULL, `missingRef` where an entity is missing. */
  follow(path: readonly string[]): Int32Array {
    return this.#walk(path).refs;
  }

  #walk(path: readonly string[]): { readonly refs: Int32Array; readonly entity: EntityMemory } {
    const name = path.join("/");
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const { table, entities, schema } = this.#state;
    const last = must(path.at(-1), "ref of a path");
    const before = path.length === 1 ? undefined : this.#walk(path.slice(0, -1));
    const from = before === undefined ? table : before.entity.table;
    const refers = must(from.columns.find((one) => one.name === last)?.refers, "entity referred to");
    const entity = must(entities.get(refers), "entity in memory");
    assert(schema.tables.includes(entity.table), "an entity of the schema");
    const refs = before === undefined ? this.#first(last, entity) : nextRefs(before.refs, ints(before.entity.column(last)), entity);
    const found = { refs, entity };
    this.#known.set(name, found);
    return found;
  }

  #first(column: string, entity: EntityMemory): Int32Array {
    const refs = ints(this.#batch.column(column));
    if (this.#keep === undefined) return presentOnly(refs, entity, this.#batch.rowCount);
    return presentOnly(gather(refs, this.#keep, newInts), entity, this.#keep.length);
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

/** A column of the row itself, of the rows `keep`. */
interface OwnDimension {
  readonly kind: SafeColumn["kind"];
  readonly values: Numbers;
  readonly keep: Int32Array | undefined;
  readonly count: number;
  readonly interned: Interned | undefined;
}

function ownDimension({ kind, values, keep, count, interned }: OwnDimension, make: MakeInts): Int32Array {
  if (kind === "code") return keep === undefined ? ints(values).subarray(0, count) : gather(ints(values), keep, make);
  const out = make(count);
  for (let i = 0; i < count; i += 1) out[i] = encoded(kind, interned, values[keep === undefined ? i : keep[i]!]!);
  return out;
}

/** A column of the entity at the end of the dimension's path. */
function farDimension({ spec, entities, interned }: Parts, i: number, paths: Paths, make: MakeInts): Int32Array {
  const { path } = must(spec.dimensions[i], "dimension");
  const end = paths.follow(path.refs);
  const held = must(entities.get(path.table), "entity").column(path.column);
  const out = make(end.length);
  const ofNull = wide(interned[i], codes.null);
  const ofMissing = wide(interned[i], codes.unknown);
  for (let row = 0; row < end.length; row += 1) {
    const ref = end[row]!;
    if (ref < 0) out[row] = ref === noRef ? ofNull : ofMissing;
    else out[row] = path.kind === "code" ? held[ref]! : encoded(path.kind, interned[i], held[ref]!);
  }
  return out;
}

function encoded(kind: SafeColumn["kind"], interned: Interned | undefined, value: number): number {
  return wide(interned, encodeDimension(kind, value === nullInt || Number.isNaN(value) ? undefined : value));
}

function wide(interned: Interned | undefined, value: number): number {
  return interned === undefined ? value : interned.idOf(value);
}

function gather(source: Int32Array, keep: Int32Array, make: MakeInts): Int32Array {
  const out = make(keep.length);
  for (let i = 0; i < keep.length; i += 1) out[i] = source[keep[i] as number] as number; // eslint-disable-line -- inside
  return out;
}

function ints(values: Numbers): Int32Array {
  assert(values instanceof Int32Array, "a column of 32-bit integers");
  return values;
}
