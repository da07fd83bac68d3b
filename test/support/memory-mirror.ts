/**
 * The mirror's contract kept in the slowest and most obvious way: rows in maps, every cell recomputed from all rows whenever someone
 * looks. Nothing here is shared with the real store but the contract's types.
 */
import { must } from "../../src/lib/assert.ts";
import type { CellsSpec, Grain, MetricSpec } from "../../src/mirror/cuboid.ts";
import type { Mirror, MirrorStatus, MirrorView } from "../../src/mirror/mirror.ts";
import { VitrineError } from "../../src/model/error.ts";
import type { Lsn } from "../../src/model/lsn.ts";
import type {
  DownMessage,
  SafeChanges,
  SafeColumn,
  SafeRows,
  SafeSchema,
  SafeTable,
  SafeValues,
  UpMessage,
} from "../../src/policy/safe.ts";
import { ops } from "../../src/policy/safe.ts";
import type { Observed, Subject, SubjectOptions } from "./mirror-world.ts";
import { worldCells } from "./mirror-world.ts";
import { kept, numberOf } from "./safe.ts";
import type { PlainRow, PlainValue } from "./safe.ts";

type Tables = ReadonlyMap<string, PlainRow[]>;

/** Ways to break it, to see that the suite notices. */
export type Fault = "reduce-by-key" | "kept-is-null" | "ack-early" | "half-batch" | "moves-forgotten";

export const emptyStatus: MirrorStatus = {
  generation: 1,
  phase: "empty",
  applied: undefined,
  proven: undefined,
  untrusted: [],
  trouble: [],
  loading: [],
  applying: undefined,
  rows: {},
  bytes: 0,
  erasure: { logicalSince: undefined, physicalAt: undefined },
};

class MemoryMirror implements Mirror {
  status: MirrorStatus = emptyStatus;
  schema: SafeSchema | undefined;
  readonly #cells: CellsSpec;
  readonly #fault: Fault | undefined;
  #committed: Tables = new Map();
  #open: Map<string, PlainRow[]> = new Map();
  #words = new Map<string, string[]>();
  #epoch: string | undefined;
  #proof: Extract<DownMessage, { tag: "proven" }> | undefined;
  #frozen: Record<string, Record<string, string>> | undefined;

  constructor(cells: CellsSpec, fault?: Fault) {
    this.#cells = cells;
    this.#fault = fault;
  }

  async startFor(hello: Extract<DownMessage, { tag: "hello" }>): Promise<Extract<UpMessage, { tag: "start" }>> {
    this.#words = new Map();
    this.#proof = undefined;
    if (this.status.phase !== "ready" || this.status.applied === undefined || this.#epoch === undefined) {
      this.schema = hello.schema;
      this.status = emptyStatus;
      return { tag: "start", from: { tag: "snapshot" } };
    }
    if (JSON.stringify(hello.schema) !== JSON.stringify(this.schema))
      throw new VitrineError("mirror/schema-changed", { message: "The schema differs." });
    this.#open = copied(this.#committed);
    return { tag: "start", from: { tag: "stream", ...this.status.applied, epoch: this.#epoch } };
  }

  async receive(message: DownMessage): Promise<{ readonly ack: Lsn } | undefined> {
    switch (message.tag) {
      case "snapshot-begin":
        this.#open = new Map(must(this.schema, "schema").tables.map((table) => [table.name, []]));
        this.status = { ...emptyStatus, phase: "loading", applied: { lsn: message.lsn, at: message.at } };
        return undefined;
      case "rows":
        for (const row of this.#decode(message)) must(this.#open.get(message.table), "table").push(row);
        return undefined;
      case "snapshot-end":
        this.#epoch = message.epoch;
        this.#commit();
        this.status = { ...this.status, phase: "ready" };
        return undefined;
      case "changes":
        this.#change(message);
        return this.#fault === "ack-early" ? { ack: 0n as Lsn } : undefined;
      case "commit":
        this.status = { ...this.status, applied: { lsn: message.lsn, at: message.at } };
        this.#commit();
        this.#prove();
        return { ack: message.lsn };
      case "proven":
        this.#proof = message;
        this.#prove();
        return undefined;
      case "epoch-broken":
        this.status = {
          ...this.status,
          untrusted: message.breaks.map((one) => ({
            table: one.table,
            reason: one.reason,
            message: one.message,
            remedy: "",
            since: this.status.proven?.at,
          })),
        };
        return undefined;
      default:
        return undefined;
    }
  }

  async view<T>(_work: (view: MirrorView) => Promise<T>): Promise<T> {
    throw new Error("the memory mirror knows no SQL");
  }

  async read(): Promise<never> {
    throw new Error("the memory mirror answers by what it observes");
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #prove(): void {
    const proof = this.#proof;
    if (proof === undefined || this.status.applied === undefined || this.status.applied.lsn < proof.lsn) return;
    this.status = { ...this.status, proven: { lsn: proof.lsn, at: proof.at } };
    this.#epoch = proof.epoch;
    this.#proof = undefined;
  }

  #commit(): void {
    if (this.#fault === "moves-forgotten") this.#frozen ??= this.#cellsOf(this.#open);
    this.#committed = copied(this.#open);
    this.status = { ...this.status, rows: Object.fromEntries([...this.#committed].map(([table, rows]) => [table, rows.length])) };
  }

  #decode(message: SafeRows | SafeChanges): PlainRow[] {
    const table = this.#table(message.table);
    for (const { column, firstCode, values } of message.dictionary) {
      const words = this.#words.get(`${table.name}.${column}`) ?? ["null", "unknown", "other"];
      values.forEach((value, i) => (words[firstCode + i] = value));
      this.#words.set(`${table.name}.${column}`, words);
    }
    return Array.from({ length: message.rowCount }, (_, row) =>
      Object.fromEntries(
        table.columns.map((column, c) => [column.name, this.#value(table, column, must(message.columns[c], "column"), row)]),
      ),
    );
  }

  #value(table: SafeTable, column: SafeColumn, values: SafeValues, row: number): PlainValue {
    if (values.unchanged?.[row] === 1) return this.#fault === "kept-is-null" ? null : kept;
    if (values.nulls?.[row] === 1) return null;
    if (column.kind === "token") return numberOf((values.data as Uint8Array).subarray(row * 16, row * 16 + 16));
    const value = must(values.data[row], "value");
    if (column.kind === "code")
      return value === 0 ? null : must(value === 2 ? "other" : this.#words.get(`${table.name}.${column.name}`)?.[Number(value)], "word");
    return column.kind === "bool" ? value === 1 : column.kind === "i64" ? BigInt(value) : value;
  }

  #change(message: SafeChanges): void {
    const table = this.#table(message.table);
    const rows = this.#decode(message);
    let stored = must(this.#open.get(table.name), "table");
    const limit = this.#fault === "half-batch" ? Math.ceil(message.rowCount / 2) : message.rowCount;
    const same = (row: PlainRow, at: PlainValue | undefined): boolean => table.key !== undefined && row[table.key] === at;
    const before = copied(this.#open).get(table.name) ?? [];
    for (let i = 0; i < limit; i += 1) {
      const row = must(rows[i], "row");
      const at = table.key === undefined ? undefined : row[table.key];
      const op = message.ops[i];
      if (op === ops.truncate) stored = [];
      else if (op === ops.insert) stored.push(row);
      else if (op === ops.remove) stored = stored.filter((one) => !same(one, at));
      else {
        const keyColumn = must(
          table.columns.find((one) => one.name === table.key),
          "key column",
        );
        const old = message.hasOldKey[i] === 1 ? this.#value(table, keyColumn, must(message.oldKeys, "old keys"), i) : at;
        const known = (this.#fault === "reduce-by-key" ? before : stored).find((one) => same(one, old));
        if (known === undefined && Object.values(row).includes(kept))
          throw new VitrineError("mirror/unchanged-missing", { message: "The row is missing." });
        stored = stored.filter((one) => !same(one, old));
        stored.push(
          Object.fromEntries(
            Object.entries(row).map(([name, value]) => [name, value === kept ? must(known, "row")[name] : value]),
          ) as PlainRow,
        );
      }
    }
    this.#open.set(table.name, stored);
  }

  #table(name: string): SafeTable {
    return must(
      this.schema?.tables.find((table) => table.name === name),
      "table",
    );
  }

  observed(): Observed {
    return {
      rows: Object.fromEntries([...this.#committed].map(([table, rows]) => [table, rows.map((row) => textOf(row)).toSorted()])),
      cells: this.#frozen ?? this.#cellsOf(this.#committed),
      sets: this.#setsOf(this.#committed),
    };
  }

  #setsOf(tables: Tables): Record<string, Record<string, number[]>> {
    const members = (table: string, filter: MetricSpec["filter"], of: string, bucket: (row: PlainRow) => string | undefined) => {
      const found = new Map<string, Set<number>>();
      for (const row of tables.get(table) ?? []) {
        const at = bucket(row);
        if (at === undefined || row[of] === null || !matches(row, filter)) continue;
        found.set(at, (found.get(at) ?? new Set()).add(Number(row[of])));
      }
      return Object.fromEntries([...found].map(([at, refs]) => [at, [...refs].toSorted((a, b) => a - b)]));
    };
    const { zone, daySets = [], memberSets = [] } = this.#cells;
    const dayOf = (minute: PlainValue | undefined): string | undefined =>
      minute === null ? undefined : String(bucketOf(zone, "day", Number(minute)));
    return Object.fromEntries([
      ...daySets.map(({ name, table, filter, of, time }) => [name, members(table, filter, of, (row) => dayOf(row[time]))]),
      ...memberSets.map(({ name, table, filter, of }) => [name, members(table, filter, of, () => "all")]),
    ]) as Record<string, Record<string, number[]>>;
  }

  #cellsOf(tables: Tables): Record<string, Record<string, string>> {
    const out: Record<string, Record<string, string>> = {};
    for (const metric of this.#cells.metrics)
      for (const cuboid of metric.cuboids)
        out[`${metric.name}/${cuboid.id}`] = this.#cuboid(tables, metric, cuboid.grain, cuboid.dimensions);
    return out;
  }

  #cuboid(tables: Tables, metric: MetricSpec, grain: Grain | "all", dimensions: readonly number[]): Record<string, string> {
    const groups = new Map<string, Group>();
    for (const row of tables.get(metric.table) ?? []) {
      const minute = metric.time === undefined ? 0 : row[metric.time];
      if (minute === null || !matches(row, metric.filter)) continue;
      const dims = dimensions.map((index) => this.#dimension(tables, metric, index, row));
      const name = [bucketOf(this.#cells.zone, grain, Number(minute)), ...dims].join("|");
      const group = groups.get(name) ?? { n: 0, hit: 0, total: 0, any: new Set(), hits: new Set(), none: new Set() };
      groups.set(name, group);
      const isHit = metric.hit !== undefined && matches(row, metric.hit);
      group.n += 1;
      group.total += metric.sum === undefined ? 0 : Number(row[metric.sum] ?? 0);
      if (isHit) group.hit += 1;
      const unit = this.#follow(tables, metric.table, metric.unitPath, row);
      if (typeof unit === "string") continue;
      const id = must(Object.values(unit)[0], "key");
      group.any.add(id);
      (isHit ? group.hits : group.none).add(id);
    }
    const k = this.#cells.k;
    const text = (group: Group): string => {
      const any = `${group.n} any:${group.any.size >= k}${metric.sum === undefined ? "" : ` sum:${group.total}`}`;
      return metric.hit === undefined ? any : `${any} ${group.hit} hit:${group.hits.size >= k} none:${group.none.size >= k}`;
    };
    const entries = [...groups].map(([name, group]): [string, string] => [name, text(group)]);
    return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  #dimension(tables: Tables, metric: MetricSpec, index: number, row: PlainRow): string {
    const { path } = must(metric.dimensions[index], "dimension");
    const end = this.#follow(tables, metric.table, path.refs, row);
    if (typeof end === "string") return end;
    return String(end[path.column]);
  }

  /** The row at the end of a path, "null" where a ref is NULL, "unknown" where an entity is missing. */
  #follow(tables: Tables, from: string, refs: readonly string[], row: PlainRow): PlainRow | "null" | "unknown" {
    let at = row;
    let table = this.#table(from);
    for (const name of refs) {
      const target = at[name];
      if (target === null) return "null";
      const entity = this.#table(must(table.columns.find((one) => one.name === name)?.refers, "entity"));
      const next = (tables.get(entity.name) ?? []).find((one) => one[must(entity.key, "key")] === target);
      if (next === undefined) return "unknown";
      at = next;
      table = entity;
    }
    return at;
  }
}

interface Group {
  n: number;
  hit: number;
  total: number;
  readonly any: Set<PlainValue>;
  readonly hits: Set<PlainValue>;
  readonly none: Set<PlainValue>;
}

function matches(row: PlainRow, condition: MetricSpec["filter"]): boolean {
  return condition.every((one) => one.values.includes(row[one.column] as string));
}

function copied(tables: Tables): Map<string, PlainRow[]> {
  return new Map([...tables].map(([name, rows]) => [name, [...rows]]));
}

export function textOf(row: Readonly<Record<string, unknown>>): string {
  return Object.entries(row)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(" ");
}

/** Buckets by way of Temporal's own calendar. */
export function bucketOf(zone: string, grain: Grain | "all", minute: number): number {
  if (grain === "all") return 0;
  const time = Temporal.Instant.fromEpochMilliseconds(minute * 60_000).toZonedDateTimeISO(zone);
  if (grain === "hour") return time.round({ smallestUnit: "hour", roundingMode: "floor" }).epochMilliseconds / 60_000;
  const date = time.toPlainDate();
  const days = (one: Temporal.PlainDate): number => Temporal.PlainDate.from("1970-01-01").until(one, { largestUnit: "days" }).days;
  if (grain === "day") return days(date);
  if (grain === "week") return days(date.subtract({ days: date.dayOfWeek - 1 }));
  return (date.year - 1970) * 12 + date.month - 1;
}

export async function openMemorySubject(options?: SubjectOptions, fault?: Fault): Promise<Subject> {
  const mirror = new MemoryMirror(options?.cells ?? worldCells, fault);
  const subject: Subject = { mirror, observe: async () => mirror.observed(), reopen: async () => subject, mismatches: async () => 0 };
  return subject;
}
