/* oxlint-disable max-lines -- one class owns the open transaction and the memory that runs ahead with it; the work itself is in the files beside it */
/**
 * One generation's store. Messages of the pipe are taken one after the other; rows, cells and position are written in one
 * transaction. Memory runs ahead of the disk inside a transaction, so a failure of the store ends the process.
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { assert, must, unreachable } from "../../lib/assert.ts";
import { VitrineError } from "../../model/error.ts";
import type { Lsn } from "../../model/lsn.ts";
import type { ColumnTrouble, DownMessage, Micros, SafeChanges, SafeRows, SafeSchema, SourceSizes, UpMessage } from "../../policy/safe.ts";
import { ops } from "../../policy/safe.ts";
import { calendarOf } from "../calendar.ts";
import type { CellsSpec } from "../cuboid.ts";
import type { OpenDuckdbMirror } from "../duckdb.ts";
import type { HistoryTarget, HistoryWriter, KeptHistory } from "../history.ts";
import { meaningOfHistory } from "../history.ts";
import { controlTable, rowsColumn, rowsTable, storeVersion } from "../layout.ts";
import type { CellsReading, MemoryReading } from "../reading.ts";
import type { CuboidStatus, Mirror, MirrorStatus, MirrorView, SnapshotTimes } from "../mirror.ts";
import { applySlices, unknownTable } from "./apply.ts";
import type { ApplyContext, Fault } from "./apply.ts";
import { buildMetric, rebuildMetric, settleMetric, warmMetric, writeBuilt } from "./build.ts";
import type { CellMismatch, PickOne } from "./check.ts";
import { cellsReadingOf } from "./cells-reading.ts";
import { checkCells } from "./check.ts";
import { compactInto, dropUnusedTokens, swapFiles } from "./compact.ts";
import type { Comparison, CompareMode } from "./compare.ts";
import { compareRows } from "./compare.ts";
import type { Control, Untrusted } from "./control.ts";
import { controlText, createControl, emptyControl, parseControl, readControl, writeControl } from "./control.ts";
import type { Connection } from "./engine.ts";
import { Engine, isDamage } from "./engine.ts";
import { DuckdbHistory, dropHistory } from "./history.ts";
import { Load } from "./load.ts";
import { lockFile, waitForStore } from "./lock.ts";
import { readingOf } from "./memory-reading.ts";
import { Memory } from "./memory.ts";
import type { TableInfo } from "./memory.ts";
import { Pacer } from "./pacer.ts";
import { Pool } from "./pool.ts";
import type { Slice } from "./reduce.ts";
import { checkSets, printsOf } from "./sets/check-sets.ts";
import { dropDays } from "./sets/stored-days.ts";
import { restoreCells, restoreKeyMax, restoreMemory, restoreTokens } from "./restore.ts";
import { storedColumn } from "./stored.ts";
import { appendFresh, createCells, createTables, dropCells, dropTables, mergeDeltas, writeCellChanges } from "./tables.ts";
import type { WarmStep } from "./warm.ts";
import { coldMonths, monthSteps, wholeSteps } from "./warm.ts";

export type { CellMismatch } from "./check.ts";
export type { Comparison, CompareMode, CompareResult } from "./compare.ts";

const storeFile = "mirror.duckdb";
/** Sets of units are given up where they pass this, in bytes. */
const unitBytesMax = 32 << 20;
/** Times the log's size for an idle checkpoint: from there on new answers wait until it is in the file. */
const urgentFactor = 8;

type Message<Tag extends DownMessage["tag"]> = Extract<DownMessage, { tag: Tag }>;

interface Cold {
  readonly memory: Memory;
  /** Months that are still to be counted. */
  months: number;
  isBegun: boolean;
}

export class DuckdbMirror implements Mirror, HistoryTarget {
  readonly #options: OpenDuckdbMirror;
  readonly #unlock: () => void;
  #engine: Engine;
  #writer: Connection;
  readonly #pool: Pool;
  readonly #pacer: Pacer;
  #control: Control;
  /** Control as it will be after the commit of the open transaction. */
  #next: Control;
  #memory: Memory | undefined;
  #load: Load | undefined;
  #inTransaction = false;
  #pending = new Map<string, Slice[]>();
  #pendingBytes = 0;
  #floors = new Map<string, number>();
  #applying = 0;
  #removing = false;
  #waitingProof: { readonly lsn: Lsn; readonly at: Micros; readonly epoch: string } | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #afterCommit: (() => Promise<void>)[] = [];
  readonly #comparing = new Set<Promise<void>>();
  /** Memory that a restart has left without the units of its cells. */
  #cold: Cold | undefined;
  /** Until a month's weeks are counted from its days, the days' units are not given up. */
  #isMonthOpen = false;
  #snapshot: SnapshotTimes | undefined;
  /** Memory is whole: a read may be answered from it. */
  #isWhole = false;
  /** Fulfilled with the next commit, or when memory is whole again. */
  #changed = Promise.withResolvers<void>();
  /** By memory and metric: what kept history must mean to be shown. */
  readonly #meanings = new WeakMap<Memory, ReadonlyMap<string, string>>();
  #closed = false;

  private constructor(
    options: OpenDuckdbMirror,
    parts: { readonly unlock: () => void; readonly engine: Engine; readonly writer: Connection; readonly control: Control },
  ) {
    this.#options = options;
    this.#unlock = parts.unlock;
    this.#engine = parts.engine;
    this.#writer = parts.writer;
    this.#pool = new Pool(parts.engine, options.limits.viewsMax);
    this.#pacer = new Pacer(options.clock);
    this.#control = parts.control;
    this.#next = parts.control;
  }

  static async open(options: OpenDuckdbMirror): Promise<DuckdbMirror> {
    const { folder, limits } = options;
    const file = join(folder, storeFile);
    const exists = existsSync(file);
    if (!exists && options.mustExist === true)
      throw new VitrineError("mirror/store-missing", {
        message: `The store of generation ${options.generation} is not there.`,
        place: folder,
      });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
    mkdirSync(limits.tempFolder, { recursive: true, mode: 0o700 });
    const unlock = await waitForStore(join(folder, lockFile), (ms) => options.clock.sleep(ms));
    removeSpilled(limits.tempFolder);
    let engine: Engine | undefined;
    try {
      // Left by a compaction that was cut off.
      for (const left of [".fresh", ".fresh.wal"]) rmSync(file + left, { force: true });
      engine = await openEngine(file, options);
      const writer = await engine.connect();
      if (!exists) await writer.run(createControl);
      if (!exists) await writer.run(`INSERT INTO ${controlTable} VALUES (?, ?)`, [storeVersion, controlText(emptyControl)]);
      const mirror = new DuckdbMirror(options, { unlock, engine, writer, control: await readControl(writer) });
      await mirror.#restore();
      mirror.#protect();
      return mirror;
    } catch (error) {
      engine?.close();
      unlock();
      throw exists ? damagedOr(error, options) : error;
    }
  }

  get schema(): SafeSchema | undefined {
    return this.#control.schema ?? this.#next.schema;
  }

  get sizes(): SourceSizes | undefined {
    return this.#control.sizes ?? this.#next.sizes;
  }

  get givenUp(): Readonly<Record<string, readonly string[]>> {
    return this.#control.givenUp;
  }

  /** With the cuboids that are kept; undefined before the copy is begun. */
  get cells(): CellsSpec | undefined {
    return this.#memory?.cells;
  }

  get status(): MirrorStatus {
    return { ...this.#statusOf(this.#control), cuboids: this.#cuboids(), snapshot: this.#snapshot };
  }

  #cuboids(): readonly CuboidStatus[] {
    if (this.#memory === undefined || this.#load !== undefined) return [];
    const kept = this.#memory.metrics.flatMap(({ plan, cuboids }) =>
      cuboids.map((cells) => ({ metric: plan.spec.name, id: cells.cuboid.id, cells: cells.count, givenUp: false })),
    );
    const givenUp = Object.entries(this.#control.givenUp).flatMap(([metric, ids]) =>
      ids.map((id) => ({ metric, id, cells: 0, givenUp: true })),
    );
    return [...kept, ...givenUp];
  }

  #statusOf(control: Control): MirrorStatus {
    return {
      generation: this.#options.generation,
      phase: this.#load === undefined ? control.phase : "loading",
      applied: control.applied,
      contents: control.contents,
      proven: control.proven,
      untrusted: [...control.broken, ...control.faults],
      trouble: control.trouble,
      loading: [...(this.#load?.progress ?? [])].map(([table, progress]) => ({ table, ...progress })),
      applying: this.#applying > 0 ? { changes: this.#applying } : undefined,
      // Not before a reader has come: nothing changes until then, and what nobody feeds any more is never counted.
      counting: this.#isCounting && this.#cold?.isBegun === true ? { months: this.#cold.months } : undefined,
      rows: control.rows,
      bytes: this.#bytes(),
      erasure: control.erasure,
      history: this.#historyOf(control),
    };
  }

  /** History of another definition waits in the store for that one to come back, and answers nothing. */
  #historyOf({ history }: Control): Readonly<Record<string, KeptHistory>> {
    const memory = this.#memory;
    const kept = Object.entries(history);
    if (memory === undefined || kept.length === 0) return {};
    const { cells, schema } = memory;
    const meanings =
      this.#meanings.get(memory) ?? new Map(cells.metrics.map((metric) => [metric.name, meaningOfHistory(schema, cells, metric)]));
    this.#meanings.set(memory, meanings);
    return Object.fromEntries(kept.filter(([name, one]) => one.meaning === meanings.get(name)));
  }

  get #file(): string {
    return join(this.#options.folder, storeFile);
  }

  #nowMicros(): Micros {
    return this.#options.clock.nowMs() * 1_000;
  }

  #bytes(): number {
    return [this.#file, `${this.#file}.wal`].reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
  }

  #protect(): void {
    for (const file of [this.#file, `${this.#file}.wal`]) if (existsSync(file)) chmodSync(file, 0o600);
  }

  get #context(): ApplyContext {
    return { connection: this.#writer, memory: must(this.#memory, "memory of the store"), pacer: this.#pacer };
  }

  #cells(schema: SafeSchema, sizes: SourceSizes | undefined): CellsSpec {
    const { cells } = this.#options;
    return typeof cells === "function" ? cells(schema, sizes) : cells;
  }

  /** Without the cuboids that were given up when they were built for the same meaning. */
  #keptCells(cells: CellsSpec): CellsSpec {
    const { built, givenUp } = this.#control;
    const metrics = cells.metrics.map((metric) => {
      const gone = built[metric.name]?.meaning === meaningOf(cells, metric) ? (givenUp[metric.name] ?? []) : [];
      return gone.length === 0 ? metric : { ...metric, cuboids: metric.cuboids.filter((cuboid) => !gone.includes(cuboid.id)) };
    });
    return { ...cells, metrics };
  }

  /** Into the control row: what was given up in this transaction. */
  #noteGivenUp(memory: Memory): void {
    for (const metric of memory.metrics) {
      const { name } = metric.plan.spec;
      const ids = metric.takeGivenUp();
      if (ids.length > 0)
        this.#next = { ...this.#next, givenUp: { ...this.#next.givenUp, [name]: [...(this.#next.givenUp[name] ?? []), ...ids] } };
    }
  }

  /** Work on the store, strictly one after the other. */
  #serially<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(() => {
      assert(!this.#closed, "no work on a closed mirror");
      return work();
    });
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #restore(): Promise<void> {
    const { schema, sizes, phase } = this.#control;
    if (schema === undefined || phase !== "ready") {
      if (phase !== "empty") await this.#reset();
      return;
    }
    const cells = this.#cells(schema, sizes);
    const other = new Set(
      cells.metrics.filter((metric) => this.#control.built[metric.name]?.meaning !== meaningOf(cells, metric)).map((metric) => metric.name),
    );
    this.#memory = await restoreMemory(this.#writer, schema, this.#keptCells(cells), this.#pacer);
    this.#cold = { memory: this.#memory, months: 0, isBegun: false };
    const stale = this.#memory.metrics.filter((metric) => other.has(metric.plan.spec.name));
    const gone = Object.keys(this.#control.built).filter((name) => !cells.metrics.some((metric) => metric.name === name));
    const past = Object.keys(this.#control.history).filter(
      (name) => !cells.metrics.some((metric) => metric.name === name && metric.history === "keep"),
    );
    for (const metric of this.#memory.metrics) if (!stale.includes(metric)) await restoreCells(this.#writer, metric, this.#pacer);
    const hasOtherSets = await this.#restoreSets(this.#memory, setsOf(cells));
    if (stale.length === 0 && gone.length === 0 && past.length === 0 && !hasOtherSets) {
      this.#isWhole = true;
      this.#wake();
      return;
    }
    await this.#begin();
    for (const name of past) await dropHistory(this.#writer, name);
    for (const name of [...gone, ...stale.map((metric) => metric.plan.spec.name)])
      await dropCells(this.#writer, name, this.#control.built[name]?.cuboids ?? []);
    for (const metric of stale) {
      await createCells(this.#writer, metric.plan.spec);
      await rebuildMetric(this.#context, metric);
    }
    const keptGivenUp = Object.entries(this.#next.givenUp).filter(([name]) => !gone.includes(name) && !other.has(name));
    this.#next = {
      ...this.#next,
      built: builtOf(cells),
      sets: setsOf(cells),
      givenUp: Object.fromEntries(keptGivenUp),
      history: without(this.#next.history, past),
    };
    this.#noteGivenUp(this.#memory);
    this.#noteSums(this.#memory);
    this.#isWhole = true;
    await this.#commit();
  }

  /** True where one was built anew, or is not declared any more: a transaction is open then. */
  async #restoreSets(memory: Memory, wanted: Control["sets"]): Promise<boolean> {
    const { sets } = this.#control;
    const gone = Object.keys(sets).filter((name) => sets[name] !== wanted[name]);
    const fresh = memory.daySets.filter(({ spec }) => sets[spec.name] !== wanted[spec.name]);
    for (const set of memory.memberSets) await set.rebuild(this.#context);
    for (const set of memory.daySets) if (!fresh.includes(set)) await set.restore(this.#context);
    if (gone.length === 0 && fresh.length === 0) return false;
    await this.#begin();
    for (const name of gone) await dropDays(this.#writer, name);
    for (const set of fresh) await set.rebuild(this.#context);
    return true;
  }

  /** Back to nothing: tables away, phase `empty`. */
  async #reset(): Promise<void> {
    await this.#begin();
    await dropTables(this.#writer);
    this.#next = emptyControl;
    this.#isWhole = false;
    await this.#commit();
    this.#memory = undefined;
  }

  async #begin(): Promise<void> {
    if (this.#inTransaction) return;
    await this.#writer.run("BEGIN TRANSACTION");
    this.#inTransaction = true;
  }

  async #commit(): Promise<void> {
    const { contents } = this.#control;
    this.#next = { ...this.#next, contents: this.#inTransaction ? contents + 1 : contents };
    await this.#begin();
    await writeControl(this.#writer, this.#next);
    await this.#writer.run("COMMIT");
    this.#inTransaction = false;
    this.#control = this.#next;
    this.#memory?.commit();
    this.#wake();
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }

  startFor(hello: Message<"hello">): Promise<Message1<"start">> {
    return this.#serially(async () => {
      await this.#forgetOpenBatch();
      const { schema, phase, applied, epoch } = this.#control;
      if (phase !== "ready" || schema === undefined || applied === undefined || epoch === undefined) {
        this.#next = { ...this.#control, schema: hello.schema, sizes: hello.sizes };
        return { tag: "start", from: { tag: "snapshot" } };
      }
      if (schemaText(schema) !== schemaText(hello.schema))
        throw new VitrineError("mirror/schema-changed", { message: "The reader's policy, keys or tables are not those of this store." });
      const memory = must(this.#memory, "memory");
      for (const words of memory.words.values()) words.forgetPipe();
      for (const metric of memory.metrics) if (!metric.stale) await warmMetric(this.#context, metric);
      if (this.#isCounting && this.#cold?.isBegun === false) void this.#warm(this.#cold);
      return { tag: "start", from: { tag: "stream", ...applied, epoch } };
    });
  }

  /** Whether units are being counted after a restart. */
  get #isCounting(): boolean {
    return this.#cold !== undefined && this.#cold.memory === this.#memory;
  }

  /** Counts the units of all cells beside the stream, which waits for one step at most. */
  async #warm(cold: Cold): Promise<void> {
    const { memory } = cold;
    const calendar = calendarOf(memory.cells.zone);
    cold.isBegun = true;
    try {
      const months = await this.#betweenTransactions(async () => coldMonths(memory, calendar));
      for (const [done, month] of months.entries()) {
        cold.months = months.length - done;
        this.#isMonthOpen = true;
        await this.#stepThrough(cold, monthSteps(memory, calendar, month));
        this.#isMonthOpen = false;
        if (this.#memory === memory) this.#coolUnits(memory);
      }
      cold.months = 0;
      await this.#stepThrough(cold, wholeSteps(memory), () => (this.#cold = undefined));
    } catch (error) {
      // A store that has failed fails the next commit, too, which says so.
      if (!this.#closed && !(error instanceof VitrineError)) throw error;
    } finally {
      this.#isMonthOpen = false;
    }
  }

  /** Each step between two transactions; `atEnd` in the same moment in which there is none left. */
  async #stepThrough(cold: Cold, steps: Generator<WarmStep>, atEnd?: () => void): Promise<void> {
    const { clock } = this.#options;
    for (;;) {
      const begun = clock.monotonicMs();
      const isDone = await this.#betweenTransactions(async () => {
        if (this.#closed || this.#memory !== cold.memory) return true;
        const next = steps.next();
        if (next.done === true) atEnd?.();
        else await next.value(this.#context);
        await this.#writeCounted(cold.memory);
        return next.done === true;
      });
      if (isDone) return;
      // Half of the time is the stream's.
      await clock.sleep(clock.monotonicMs() - begun);
    }
  }

  /** Cells that were open are decided now: answers see it at once, at the same position. */
  async #writeCounted(memory: Memory): Promise<void> {
    const counted = memory.metrics.filter((metric) => metric.cuboids.some((cells) => cells.isTouched));
    if (counted.length === 0) return;
    await this.#begin();
    for (const metric of counted) await writeCellChanges(this.#writer, metric, this.#pacer);
    await this.#commit();
  }

  /** A reader went away in the middle: what it had not committed never was. */
  async #forgetOpenBatch(): Promise<void> {
    this.#pending = new Map();
    this.#pendingBytes = 0;
    this.#applying = 0;
    this.#removing = false;
    this.#waitingProof = undefined;
    this.#next = this.#control;
    this.#load?.close();
    const loading = this.#load !== undefined;
    this.#load = undefined;
    if (!this.#inTransaction) return;
    await this.#writer.run("ROLLBACK");
    this.#inTransaction = false;
    this.#memory = undefined;
    this.#isWhole = false;
    if (!loading) await this.#restore();
  }

  receive(message: DownMessage): Promise<{ readonly ack: Lsn } | undefined> {
    return this.#serially(() => this.#take(message));
  }

  // oxlint-disable-next-line complexity -- one exhaustive switch
  async #take(message: DownMessage): Promise<{ readonly ack: Lsn } | undefined> {
    switch (message.tag) {
      case "snapshot-begin":
        return this.#beginLoad(message);
      case "rows":
        return this.#loadOf()
          .rows(message)
          .then(() => undefined);
      case "table-done":
        this.#loadOf().done(message.table);
        return undefined;
      case "snapshot-end":
        return this.#endLoad(message);
      case "changes":
        return this.#change(message);
      case "commit":
        return this.#commitBatch(message);
      case "proven":
        return this.#prove(message);
      case "epoch-broken":
        return this.#breakEpoch(message);
      case "trouble":
        return this.#addTrouble(message.columns);
      case "hello":
      case "proof":
      case "reader-status":
      case "verify-at":
      case "verify-blocked":
      case "verify-rows":
      case "verify-end":
        return undefined;
      default:
        return unreachable(message);
    }
  }

  #loadOf(): Load {
    if (this.#load === undefined)
      throw new VitrineError("mirror/out-of-order", { message: "The reader sent rows of a snapshot that it had not begun." });
    return this.#load;
  }

  async #beginLoad(message: Message<"snapshot-begin">): Promise<undefined> {
    const { schema, sizes } = this.#next;
    if (schema === undefined || this.#load !== undefined)
      throw new VitrineError("mirror/out-of-order", { message: "The reader began a snapshot without a greeting, or twice." });
    if (this.#control.phase !== "empty") {
      await this.#reset();
      this.#next = { ...this.#control, schema, sizes };
    }
    const cells = this.#cells(schema, sizes);
    this.#snapshot = { begunAt: this.#nowMicros(), loadedAt: undefined, trustedAt: undefined };
    this.#memory = new Memory(schema, cells);
    await this.#begin();
    await createTables(this.#writer, schema, cells);
    this.#load = new Load(this.#context, message.estimates);
    this.#next = {
      ...this.#next,
      phase: "ready",
      applied: { lsn: message.lsn, at: message.at },
      built: builtOf(cells),
      sets: setsOf(cells),
    };
    return undefined;
  }

  async #endLoad(message: Message<"snapshot-end">): Promise<undefined> {
    const load = this.#loadOf();
    const memory = must(this.#memory, "memory");
    load.close();
    await appendFresh(this.#writer, memory, this.#pacer);
    for (const [i, metric] of memory.metrics.entries()) {
      if (load.built(metric)) metric.finishBuild();
      else await buildMetric(this.#context, metric);
      this.#coolUnits(memory, memory.metrics.slice(0, i + 1));
      await writeBuilt(this.#context, metric);
    }
    for (const info of memory.tables.values()) if (info.table.kind === "fact") await restoreKeyMax(this.#writer, memory, info);
    for (const info of load.unchecked) if (await hasDuplicates(this.#writer, info)) load.duplicates.add(info.table.name);
    this.#addFaults([...load.duplicates].map((table) => ({ table, reason: "key-not-unique" as const })));
    for (const set of memory.sets) await set.finishBuild(this.#context);
    this.#next = { ...this.#next, epoch: message.epoch, rows: Object.fromEntries(memory.rows) };
    this.#noteGivenUp(memory);
    this.#noteSums(memory);
    await this.#commit();
    this.#load = undefined;
    this.#isWhole = true;
    this.#wake();
    if (this.#snapshot !== undefined) this.#snapshot = { ...this.#snapshot, loadedAt: this.#nowMicros() };
    await this.#writer.run("CHECKPOINT");
    this.#protect();
    return undefined;
  }

  async #change(message: SafeChanges): Promise<undefined> {
    const memory = this.#memory;
    const info = memory?.tables.get(message.table);
    if (memory === undefined || info === undefined || this.#load !== undefined) throw unknownTable();
    if (this.#pending.size === 0) this.#floors = new Map([...memory.tokens].map(([name, index]) => [name, index.count]));
    const { slice, bytes } = sliceOf(memory, message);
    const list = this.#pending.get(message.table);
    if (list === undefined) this.#pending.set(message.table, [slice]);
    else list.push(slice);
    this.#pendingBytes += bytes;
    // What an update overwrites stays in the file as long as what a delete takes away.
    if (!this.#removing) this.#removing = message.ops.some((op) => op !== ops.insert);
    if (this.#pendingBytes >= this.#options.limits.pendingBytesMax) {
      this.#applying += countOf(this.#pending);
      await this.#flush();
    }
    return undefined;
  }

  /** Applies what was collected, inside the open transaction. */
  async #flush(): Promise<void> {
    if (this.#pending.size === 0) return;
    const slices = this.#pending;
    this.#pending = new Map();
    this.#pendingBytes = 0;
    await this.#begin();
    this.#memory?.begin();
    this.#addFaults(await applySlices(this.#context, slices, this.#floors));
  }

  async #commitBatch(message: Message<"commit">): Promise<{ readonly ack: Lsn }> {
    const memory = this.#memory;
    if (memory === undefined || this.#control.phase !== "ready")
      throw new VitrineError("mirror/out-of-order", { message: "The reader sent a commit before its snapshot was whole." });
    await this.#flush();
    if (this.#inTransaction) await this.#settle(memory);
    const logicalSince = this.#next.erasure.logicalSince ?? (this.#removing ? message.at : undefined);
    this.#next = {
      ...this.#next,
      applied: { lsn: message.lsn, at: message.at },
      rows: Object.fromEntries(memory.rows),
      erasure: { ...this.#next.erasure, logicalSince },
    };
    this.#takeProof();
    await this.#commit();
    this.#applying = 0;
    this.#removing = false;
    await this.#afterwards(memory);
    return { ack: message.lsn };
  }

  async #settle(memory: Memory): Promise<void> {
    for (const metric of memory.metrics) {
      await this.#pacer.pause();
      if (metric.stale) await rebuildMetric(this.#context, metric);
      else {
        await settleMetric(this.#context, metric, this.#isCounting);
        await writeCellChanges(this.#writer, metric, this.#pacer);
        await mergeDeltas(this.#writer, metric);
      }
    }
    for (const set of memory.sets) await set.settle(this.#context);
    this.#noteGivenUp(memory);
    this.#noteSums(memory);
  }

  /** A sum beyond the whole numbers that can be held exactly is not shown rounded: its table is not to be trusted. */
  #noteSums(memory: Memory): void {
    const tables = memory.metrics.filter((metric) => metric.isSumTooLarge).map((metric) => metric.plan.spec.table);
    this.#addFaults(tables.map((table) => ({ table, reason: "sum-too-large" as const })));
  }

  /** What waits for a moment between two transactions. */
  async #afterwards(memory: Memory): Promise<void> {
    const isFull = memory.metrics.some((metric) => metric.cuboids.some((cells) => cells.sets.bytes > unitBytesMax / 4));
    if (isFull && !this.#isMonthOpen) this.#coolUnits(memory);
    for (const work of this.#afterCommit.splice(0)) await work();
  }

  /** Gives up sets of units beyond what they may take: first where a recount is cheapest, there those far above k, which need it last. */
  #coolUnits(memory: Memory, metrics = memory.metrics): void {
    const all = metrics.flatMap((metric) => metric.cuboids);
    for (const grain of ["hour", "day", "week", "month"] as const) {
      for (const units of [2 * memory.cells.k, 0]) {
        if (all.reduce((sum, cells) => sum + cells.sets.bytes, 0) <= unitBytesMax) return;
        for (const cells of all) if (cells.cuboid.grain === grain) cells.coolOld(units);
      }
    }
  }

  async #prove(message: Message<"proven">): Promise<undefined> {
    this.#waitingProof = { lsn: message.lsn, at: message.at, epoch: message.epoch };
    const { applied } = this.#next;
    // Inside an open batch the proof is kept with it; its position may be in it.
    if (this.#inTransaction || this.#pending.size > 0 || applied === undefined || applied.lsn < message.lsn) return undefined;
    this.#takeProof();
    await this.#commit();
    return undefined;
  }

  #takeProof(): void {
    const proof = this.#waitingProof;
    const { applied } = this.#next;
    if (proof === undefined || applied === undefined || applied.lsn < proof.lsn) return;
    this.#next = { ...this.#next, proven: { lsn: proof.lsn, at: proof.at }, epoch: proof.epoch };
    if (this.#snapshot !== undefined && this.#snapshot.trustedAt === undefined)
      this.#snapshot = { ...this.#snapshot, trustedAt: this.#nowMicros() };
    this.#waitingProof = undefined;
  }

  async #breakEpoch(message: Message<"epoch-broken">): Promise<undefined> {
    const { proven } = this.#control;
    const broken = message.breaks.map((one): Untrusted => {
      const remedy =
        one.mend.tag === "command"
          ? one.mend.command
          : one.mend.tag === "rebuild"
            ? "None needed: the copy is being built anew."
            : "None needed: the rows are being compared with the source.";
      // Untrusted from the proof before the first doubt, whatever else comes to light of the table until it is right again.
      const { since, sinceLsn } = this.#next.broken.find((known) => known.table === one.table) ?? {
        since: proven?.at,
        sinceLsn: proven?.lsn,
      };
      return { table: one.table, reason: one.reason, message: one.message, remedy, since, sinceLsn };
    });
    return this.#amend({ broken });
  }

  async #addTrouble(columns: readonly ColumnTrouble[]): Promise<undefined> {
    const sums = new Map(this.#next.trouble.map((one) => [`${one.table}.${one.column}`, one]));
    for (const one of columns) {
      const known = sums.get(`${one.table}.${one.column}`);
      sums.set(`${one.table}.${one.column}`, {
        ...one,
        other: one.other + (known?.other ?? 0),
        degraded: one.degraded + (known?.degraded ?? 0),
      });
    }
    return this.#amend({ trouble: [...sums.values()] });
  }

  /** Changes the control row: with the open transaction where there is one, else at once. */
  async #amend(change: Partial<Control>): Promise<undefined> {
    this.#next = { ...this.#next, ...change };
    if (this.#inTransaction || this.#load !== undefined || this.#pending.size > 0) {
      // Shown at once, durable with the transaction.
      this.#control = { ...this.#control, ...change };
      return undefined;
    }
    await this.#commit();
    return undefined;
  }

  #addFaults(faults: readonly Fault[]): void {
    const known = new Set(this.#next.faults.map((one) => `${one.table} ${one.reason}`));
    const { proven } = this.#control;
    for (const { table, reason } of faults) {
      if (known.has(`${table} ${reason}`)) continue;
      known.add(`${table} ${reason}`);
      this.#next = {
        ...this.#next,
        faults: [
          ...this.#next.faults,
          { table, reason, message: faultMessages[reason], remedy: faultRemedies[reason], since: proven?.at, sinceLsn: proven?.lsn },
        ],
      };
    }
  }

  async view<T>(work: (view: MirrorView) => Promise<T>): Promise<T> {
    const connection = await this.#pool.take();
    let usable = true;
    try {
      await connection.run("BEGIN TRANSACTION READ ONLY");
      const rows = await connection.rows(`SELECT state FROM ${controlTable}`);
      const status = this.#statusOf(parseControl(String(rows[0]?.["state"])));
      const all: MirrorView["all"] = async (sql, values, limitMs) => {
        if (limitMs === undefined) return connection.rows(sql, values);
        return within(limitMs, connection, () => connection.rows(sql, values));
      };
      const result = await work({ status, all });
      await connection.run("COMMIT");
      return result;
    } catch (error) {
      usable = await connection.run("ROLLBACK").then(
        () => true,
        () => false,
      );
      throw error;
    } finally {
      this.#pool.give(connection, usable);
    }
  }

  async read<T>(work: (reading: MemoryReading) => T): Promise<T> {
    for (;;) {
      const memory = this.#memory;
      if (this.#isWhole && memory?.canSwap === true) {
        memory.swap();
        try {
          return work(readingOf(memory, this.#statusOf(this.#control)));
        } finally {
          memory.swap();
        }
      }
      if (this.#closed || this.#control.phase !== "ready")
        throw new VitrineError("mirror/not-loaded", { message: "The copy is not loaded yet." });
      await this.#changed.promise;
    }
  }

  cellsNow(): CellsReading | undefined {
    const memory = this.#memory;
    return this.#isWhole && memory !== undefined && !this.#closed ? cellsReadingOf(memory, this.#statusOf(this.#control)) : undefined;
  }

  /** Checkpoints the log when it has grown; for moments in which nothing waits. */
  idle(): Promise<void> {
    return this.#serially(async () => {
      const size = statSync(`${this.#file}.wal`, { throwIfNoEntry: false })?.size ?? 0;
      const { idleWalBytes } = this.#options.limits;
      if (size < idleWalBytes || this.#inTransaction || this.#load !== undefined || this.#comparing.size > 0) return;
      const isUrgent = size >= urgentFactor * idleWalBytes;
      if (isUrgent) await this.#pool.close();
      try {
        await this.#writer.run("CHECKPOINT");
      } catch (error) {
        // Refused while any reading is open; there will be another moment.
        if (!(error instanceof VitrineError) || error.origin?.code !== "TransactionContext") throw error;
      } finally {
        if (isUrgent) this.#pool.open(this.#engine);
      }
      this.#protect();
    });
  }

  /** Invariant 4: every cell (with `pick` a sample), and every set, against its recomputation from the rows, each at one position. Counts only, no values. */
  async checkCells(pick?: PickOne): Promise<readonly CellMismatch[]> {
    const memory = must(this.#memory, "memory");
    const isCounting = this.#isCounting;
    const cells = await this.view((view) => checkCells(view, memory, { pick, isCounting }));
    return memory.sets.length === 0 ? cells : [...cells, ...(await this.#checkSets())];
  }

  async #checkSets(): Promise<readonly CellMismatch[]> {
    const over = Promise.withResolvers<void>();
    const held = await this.#betweenTransactions(async () => {
      const memory = must(this.#memory, "memory");
      const connection = await this.#engine.connect();
      await connection.run("BEGIN TRANSACTION READ ONLY");
      await connection.rows(`SELECT version FROM ${controlTable}`);
      this.#comparing.add(over.promise);
      return { memory, connection, prints: await printsOf(memory, this.#pacer) };
    });
    const { memory, connection, prints } = held;
    try {
      const calendar = calendarOf(memory.cells.zone);
      return await checkSets({ ask: (sql, values) => connection.rows(sql, values), memory, calendar, prints });
    } finally {
      await connection.run("ROLLBACK").catch(() => undefined);
      connection.close();
      this.#comparing.delete(over.promise);
      over.resolve();
    }
  }

  /** What a verification found: the tables are untrusted from now on, and after a restart, until another generation serves. */
  distrust(faults: readonly Fault[]): Promise<void> {
    return this.#betweenTransactions(async () => {
      this.#addFaults(faults);
      await this.#commit();
    });
  }

  /** Rewrites the file so that no byte of a deleted row is left; answers go on until the files are swapped. */
  async compact(): Promise<{ readonly bytesBefore: number; readonly bytesAfter: number }> {
    for (;;) {
      // A comparison reads the file that would be swapped away, and needs the queue to end: it is waited for outside of that.
      await Promise.all(this.#comparing);
      const done = await this.#betweenTransactions(async () => (this.#comparing.size > 0 ? undefined : this.#rewrite()));
      if (done !== undefined) return done;
    }
  }

  async #rewrite(): Promise<{ readonly bytesBefore: number; readonly bytesAfter: number }> {
    const bytesBefore = this.#bytes();
    if (this.#control.phase !== "ready") return { bytesBefore, bytesAfter: bytesBefore };
    const memory = must(this.#memory, "memory");
    await this.#begin();
    for (const metric of memory.metrics) await mergeDeltas(this.#writer, metric, "all");
    for (const set of memory.daySets) await set.fold(this.#context);
    const dropped = await dropUnusedTokens(this.#writer, memory);
    await this.#commit();
    for (const entity of dropped) await restoreTokens(this.#writer, memory, entity, this.#pacer);
    const physicalAt = this.#options.clock.nowMs() * 1_000;
    const done: Control = { ...this.#control, erasure: { logicalSince: undefined, physicalAt } };
    await compactInto(this.#writer, `${this.#file}.fresh`, controlText(done));
    await this.#pool.close();
    this.#writer.close();
    this.#engine.close();
    swapFiles(this.#file);
    this.#engine = await openEngine(this.#file, this.#options);
    this.#writer = await this.#engine.connect();
    this.#pool.open(this.#engine);
    this.#control = done;
    this.#next = done;
    this.#protect();
    return { bytesBefore, bytesAfter: this.#bytes() };
  }

  /**
   * Replaces the kept history by what `work` writes, in a transaction of its own: a crash before its end leaves the history as it
   * was. Where `work` throws, nothing is written.
   */
  writeHistory<T>(work: (writer: HistoryWriter) => Promise<T>): Promise<T> {
    return this.#betweenTransactions(async () => {
      const memory = must(this.#memory, "memory of a whole copy");
      const before = this.#next;
      await this.#begin();
      try {
        for (const name of Object.keys(this.#control.history)) await dropHistory(this.#writer, name);
        const writer = new DuckdbHistory({ connection: this.#writer, memory, pacer: this.#pacer });
        const result = await work(writer);
        const history = await writer.end();
        await appendFresh(this.#writer, memory, this.#pacer);
        this.#next = { ...before, history };
        await this.#commit();
        return result;
      } catch (error) {
        this.#next = before;
        if (this.#inTransaction) await this.#writer.run("ROLLBACK");
        this.#inTransaction = false;
        throw error;
      }
    });
  }

  /**
   * Compares rows read from the source again with the store as it is at exactly the position applied now. Further changes may be
   * applied meanwhile: the comparison keeps its own read transaction. `mode`: see compare.ts.
   */
  compareRows(mode: CompareMode, tables: readonly string[]): Promise<Comparison> {
    return this.#betweenTransactions(async () => {
      const connection = await this.#engine.connect();
      await connection.run("BEGIN TRANSACTION");
      await connection.rows(`SELECT version FROM ${controlTable}`);
      const comparison = compareRows({ connection, memory: must(this.#memory, "memory"), pacer: this.#pacer, mode, tables });
      return this.#counted(comparison);
    });
  }

  /** Known as open until it is disposed of. */
  #counted(comparison: Comparison): Comparison {
    const over = Promise.withResolvers<void>();
    this.#comparing.add(over.promise);
    const dispose = async (): Promise<void> => {
      try {
        await comparison[Symbol.asyncDispose]();
      } finally {
        this.#comparing.delete(over.promise);
        over.resolve();
      }
    };
    return { ...comparison, [Symbol.asyncDispose]: dispose };
  }

  /** Rows of the reader for a comparison: their texts are learnt by the store's dictionary. */
  compareWith(comparison: Comparison, rows: SafeRows): Promise<void> {
    return this.#serially(() => comparison.rows(rows));
  }

  #betweenTransactions<T>(work: () => Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const run = async (): Promise<void> => {
      try {
        resolve(await work());
      } catch (error) {
        reject(error instanceof Error ? error : new Error("bug: thrown without an error"));
      }
    };
    void this.#serially(async () => {
      if (this.#inTransaction || this.#load !== undefined || this.#pending.size > 0) this.#afterCommit.push(run);
      else await run();
    }).catch(reject);
    return promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    await this.#queue;
    this.#closed = true;
    this.#wake();
    this.#load?.close();
    if (this.#inTransaction) await this.#writer.run("ROLLBACK");
    await this.#pool.close();
    this.#writer.close();
    this.#engine.close();
    this.#unlock();
  }
}

/** Time until an interruption that came before the statement had begun, and so was lost, is tried again. */
const interruptAgainMs = 50;

/** Stops what the connection runs once the time is over: it then rejects with mirror/interrupted. */
async function within<T>(limitMs: number, connection: Connection, work: () => Promise<T>): Promise<T> {
  let again: ReturnType<typeof setInterval> | undefined;
  const first = setTimeout(() => {
    connection.interrupt();
    again = setInterval(() => connection.interrupt(), interruptAgainMs);
  }, limitMs);
  try {
    return await work();
  } finally {
    clearTimeout(first);
    clearInterval(again);
  }
}

type Message1<Tag extends UpMessage["tag"]> = Extract<UpMessage, { tag: Tag }>;

const faultMessages = {
  "key-not-unique": "The declared key is not unique: two rows of the source have the same one.",
  "row-missing": "A change named a row that is not in the mirror.",
  "rows-differ": "A verification found rows that are not what the source has.",
  "cells-differ": "A verification found cells of a metric that are not what its rows give.",
  "sum-too-large": "A sum, or a value that it adds, was beyond 2^53: from there on it is not exact.",
} as const;
const faultRemedies = {
  "key-not-unique":
    "Declare a key in vitrine.yaml that names one row, then `vitrine apply`; or take the second row out of the source, then `vitrine verify`.",
  "row-missing": "None needed: the copy is being built anew.",
  "rows-differ": "None needed: the copy is being built anew.",
  "cells-differ": "None needed: the copy is being built anew.",
  "sum-too-large": "Leave the metric out of vitrine.yaml, or filter the values out in it, then `vitrine apply`.",
} as const;

async function openEngine(file: string, options: OpenDuckdbMirror): Promise<Engine> {
  const { memoryLimit, threads, tempFolder, tempMax, walMax } = options.limits;
  return Engine.open(file, { memoryLimit, threads, tempFolder, tempMax, walMax });
}

/** A file that was there and cannot be read is damaged; what passes by itself (a full disk, a lock, a permission) stays what it is. */
function damagedOr(error: unknown, { generation, folder }: OpenDuckdbMirror): unknown {
  if (!(error instanceof VitrineError)) return error;
  if (isDamage(error))
    return new VitrineError("mirror/store-damaged", {
      message: `The store of generation ${generation} cannot be opened: it is truncated or damaged.`,
      place: folder,
      ...(error.origin === undefined ? {} : { origin: error.origin }),
    });
  if (error.place !== undefined) return error;
  return new VitrineError(error.code, {
    message: error.message,
    place: folder,
    remedy: error.remedy,
    ...(error.origin === undefined ? {} : { origin: error.origin }),
  });
}

function without<T>(record: Readonly<Record<string, T>>, names: readonly string[]): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));
}

function schemaText(schema: SafeSchema): string {
  return JSON.stringify([schema.policyHash, Object.entries(schema.keys).toSorted(([a], [b]) => (a < b ? -1 : 1)), schema.tables]);
}

/** What a metric's cells depend on: built anew when it changes. */
function meaningOf(cells: CellsSpec, metric: CellsSpec["metrics"][number]): string {
  return JSON.stringify([metric.version, cells.zone, cells.k, metric.cuboids, metric.dimensions, metric.unitPath]);
}

function builtOf(cells: CellsSpec): Control["built"] {
  return Object.fromEntries(
    cells.metrics.map((metric) => [metric.name, { meaning: meaningOf(cells, metric), cuboids: metric.cuboids.map((cuboid) => cuboid.id) }]),
  );
}

/** By day set: what its words depend on. */
function setsOf(cells: CellsSpec): Control["sets"] {
  return Object.fromEntries((cells.daySets ?? []).map((set) => [set.name, JSON.stringify([set, cells.zone])]));
}

function countOf(pending: ReadonlyMap<string, readonly Slice[]>): number {
  let count = 0;
  for (const list of pending.values()) for (const slice of list) count += slice.rowCount;
  return count;
}

/** Changes with stored columns, and the bytes that they hold. */
function sliceOf(memory: Memory, message: SafeChanges): { readonly slice: Slice; readonly bytes: number } {
  const { table, keyIndex } = memory.info(message.table);
  const words = must(memory.words.get(table.name), "words");
  words.grow(message.dictionary);
  const { rowCount } = message;
  assert(message.columns.length === table.columns.length, "as many columns as the schema has");
  const insertsOnly = message.ops.subarray(0, rowCount).every((op) => op === ops.insert);
  const valueless = insertsOnly ? undefined : message.ops.map((op) => (op === ops.insert || op === ops.update ? 0 : 1));
  const keyless = insertsOnly ? undefined : message.ops.map((op) => (op === ops.truncate ? 1 : 0));
  const state = { tokens: memory.tokens, words };
  const columns = table.columns.map((column, c) =>
    storedColumn(
      { table, column, values: must(message.columns[c], "column"), rowCount, skip: c === keyIndex ? keyless : valueless },
      state,
    ),
  );
  const { oldKeys } = message;
  const keyColumn = table.columns[keyIndex];
  const withoutOld = message.hasOldKey.map((one) => 1 - one);
  const old =
    oldKeys === undefined || keyColumn === undefined
      ? undefined
      : storedColumn({ table, column: keyColumn, values: oldKeys, rowCount, skip: withoutOld }, state);
  const bytes = columns.reduce((sum, column) => sum + column.data.byteLength, 0);
  return { slice: { rowCount, ops: message.ops, hasOldKey: message.hasOldKey, oldKeys: old, columns, insertsOnly }, bytes };
}

/** What a process that was killed had put there of its rows; DuckDB leaves it, and nobody else has the store open. */
function removeSpilled(folder: string): void {
  for (const name of readdirSync(folder)) if (name.startsWith("duckdb_temp_")) rmSync(join(folder, name), { force: true });
}

async function hasDuplicates(connection: Connection, { table }: TableInfo): Promise<boolean> {
  const key = rowsColumn(table, must(table.key, "key"));
  const rows = await connection.rows(
    `SELECT count(*) > 0 AS found FROM (SELECT 1 FROM ${rowsTable(table.name)} GROUP BY ${key} HAVING count(*) > 1 LIMIT 1)`,
  );
  return rows[0]?.["found"] === true;
}
