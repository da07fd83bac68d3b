/**
 * Copies the declared tables as they were at one position: a replication slot exports its snapshot, N connections read the
 * tables under it by block ranges. `await using` it: disposing ends all connections; the slot stays (a temporary one goes).
 */
import { VitrineError } from "../model/error.ts";
import type { Lsn } from "../model/lsn.ts";
import { literal } from "./names.ts";
import type { Epoch } from "./epoch.ts";
import { compareEpochs, openEpochReader } from "./epoch.ts";
import type { RawRows, SourceTable } from "./raw.ts";
import type { Session, Source } from "./session.ts";
import { dropSlot } from "./slot.ts";
import { HandOver } from "./snapshot/hand-over.ts";
import type { Holder } from "./snapshot/holder.ts";
import { endless, openHolder } from "./snapshot/holder.ts";
import type { BlockRange, TableSize } from "./snapshot/ranges.ts";
import { cutRanges } from "./snapshot/ranges.ts";
import type { WorkerOptions } from "./snapshot/worker.ts";
import { copyRange, lockTables, openWorker } from "./snapshot/worker.ts";
import type { RawConnection } from "./wire/raw-connection.ts";

export type SnapshotStatus =
  /** The slot waits for transactions that are running on the source. */
  | { readonly tag: "blocked"; readonly pids: readonly number[] }
  | { readonly tag: "progress"; readonly table: string; readonly rows: number; readonly rangesDone: number; readonly ranges: number }
  /** A connection failed; its range is read again by another one. */
  | { readonly tag: "retry"; readonly table: string; readonly code: string };

export interface SnapshotOptions {
  readonly source: Source;
  readonly slot: string;
  /** In the order in which they are read. */
  readonly tables: readonly SourceTable[];
  readonly publications: readonly string[];
  /** Tables (names in vitrine.yaml) with row-level security on: copied with it on. */
  readonly rowSecurityTables: ReadonlySet<string>;
  readonly connections: number;
  /** Drop a slot of that name first (it must be ours: pgoutput, this database). */
  readonly replaceSlot: boolean;
  /** A slot that goes with the session: for `verify`. */
  readonly temporary?: boolean;
  /** How long the slot may wait for running transactions; default ten minutes. */
  readonly slotTimeoutMs?: number;
  readonly lockTimeoutMs?: number;
  readonly rangeBytes?: number;
  readonly onStatus: (status: SnapshotStatus) => void;
}

export type SnapshotEvent =
  | { readonly tag: "rows"; readonly rows: RawRows }
  | { readonly tag: "table-done"; readonly table: string; readonly rowCount: number };

export interface Snapshot extends AsyncDisposable {
  /** The slot's consistent point: the first position of the stream. */
  readonly lsn: Lsn;
  /** The source's clock just before the slot was made, microseconds since 1970. */
  readonly at: number;
  /** The catalog: equal before the slot was made and after the locks were taken. */
  readonly epoch: Epoch;
  /** Estimated rows by table. */
  readonly estimates: Readonly<Record<string, number>>;
  /** All rows of all tables, once. Bounded: sockets are paused while nobody pulls. Throws source/snapshot-ended when the snapshot is lost. */
  events(): AsyncIterable<SnapshotEvent>;
  /** A session that sees the source as it was at `lsn`, inside a read-only transaction. */
  openSql(): Promise<Session>;
}

const slotTimeoutMsDefault = 600_000;
const lockTimeoutMsDefault = 60_000;
const rangeBytesDefault = 128 << 20;
const attemptsMax = 5;
/** Batches that may wait for the consumer, by connection. */
const waitingMax = 2;

/**
 * Makes the slot, takes the locks; rows flow when `events()` is pulled. Throws source/slot-blocked, slot-exists, slot-in-use,
 * slot-foreign, no-free-slot, catalog-changed (try again), row-security, permission-denied, timeout (a lock), and those of a connection.
 */
export async function openSnapshot(options: SnapshotOptions): Promise<Snapshot> {
  await using stack = new AsyncDisposableStack();
  const control = stack.use(await options.source.openSql());
  const [server] = await control.query("SELECT current_setting('server_version_num')::int4 AS version");
  const version = Number(server?.["version"]);
  if (options.replaceSlot) await dropSlot(control, options.slot);
  const epochReader = await openEpochReader(control, { tables: options.tables, publications: options.publications });
  const before = await epochReader.read();
  const at = await clockOf(control);
  const holder = await openHolder({
    source: options.source,
    control,
    slot: options.slot,
    temporary: options.temporary ?? false,
    slotTimeoutMs: options.slotTimeoutMs ?? slotTimeoutMsDefault,
    version,
    onBlocked: (pids) => options.onStatus({ tag: "blocked", pids }),
  });
  stack.defer(async () => holder.connection.close());
  const worker: WorkerOptions = {
    source: options.source,
    version,
    snapshotName: holder.snapshotName,
    lockTimeoutMs: options.lockTimeoutMs ?? lockTimeoutMsDefault,
  };
  const first = await openWorker(worker);
  stack.defer(() => first.destroy());
  await lockAll(first, options);
  const epoch = await epochReader.read();
  requireUnchanged(before, epoch);
  const sizes = await readSizes(control, { epoch, options });
  const run = new SnapshotRun({ options, holder, worker, first, sizes: sizes.map((one) => one.size) });
  stack.defer(() => run.stop());
  const kept = stack.move();
  return {
    lsn: holder.lsn,
    at,
    epoch,
    estimates: Object.fromEntries(sizes.map((one) => [one.size.table.name, one.rows])),
    events: () => run.events(),
    openSql: async () => openSqlUnder(options.source, { version, snapshotName: holder.snapshotName }),
    [Symbol.asyncDispose]: async () => kept.disposeAsync(),
  };
}

async function clockOf(sql: Session): Promise<number> {
  const [row] = await sql.query("SELECT trunc(extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS at");
  return Number(row?.["at"]);
}

async function openSqlUnder(source: Source, about: { readonly version: number; readonly snapshotName: string }): Promise<Session> {
  const session = await source.openSql(endless(about.version));
  try {
    await session.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    await session.query(`SET TRANSACTION SNAPSHOT ${literal(about.snapshotName)}`);
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}

async function lockAll(raw: RawConnection, options: SnapshotOptions): Promise<void> {
  for (const table of options.tables) {
    const rowSecurity = options.rowSecurityTables.has(table.name);
    try {
      await lockTables(raw, [{ table, rowSecurity }]);
    } catch (error) {
      if (!(error instanceof VitrineError)) throw error;
      throw await explainLock(error, { table, rowSecurity, source: options.source });
    }
  }
}

/** With row_security off, a table where it would apply is refused with the same SQLSTATE as a missing grant. */
async function explainLock(
  error: VitrineError,
  about: { readonly table: SourceTable; readonly rowSecurity: boolean; readonly source: Source },
): Promise<VitrineError> {
  const place = `${about.table.schema}.${about.table.table}`;
  const origin = error.origin === undefined ? {} : { origin: error.origin };
  if (error.code === "source/permission-denied" && !about.rowSecurity) {
    await using sql = await about.source.openSql();
    const [row] = await sql.query(
      "SELECT c.relrowsecurity AS on FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2",
      [about.table.schema, about.table.table],
    );
    if (row?.["on"] === true)
      return new VitrineError("source/row-security", {
        message: `Row-level security is on for ${place}: the reader would see a part of its rows.`,
        place,
        ...origin,
      });
  }
  return new VitrineError(error.code, { message: error.message, place, ...origin });
}

function requireUnchanged(before: Epoch, after: Epoch): void {
  const [difference] = compareEpochs(before, after).filter((one) => one.concerns === "data");
  if (difference === undefined) return;
  throw new VitrineError("source/catalog-changed", {
    message: `The catalog changed while the snapshot was beginning: ${difference.message}`,
    place: difference.table,
  });
}

const sizesSql = `
  SELECT greatest(sum(c.reltuples), -1)::float8 AS rows, sum(pg_catalog.pg_relation_size(c.oid))::text AS bytes,
    max(pg_catalog.pg_relation_size(c.oid) / current_setting('block_size')::bigint)::text AS blocks,
    pg_catalog.has_column_privilege($2::oid, 'ctid', 'SELECT') AS ctid
  FROM pg_catalog.pg_class c WHERE c.oid IN (SELECT json_array_elements_text($1::json)::oid)`;

/** After the snapshot exists, so that all of its rows lie in the blocks counted, or beyond in the open range. */
async function readSizes(
  sql: Session,
  about: { readonly epoch: Epoch; readonly options: SnapshotOptions },
): Promise<{ readonly size: TableSize; readonly rows: number }[]> {
  const sizes: { readonly size: TableSize; readonly rows: number }[] = [];
  for (const table of about.options.tables) {
    const facts = about.epoch.tables.find((one) => one.name === table.name);
    if (facts === undefined || facts.oid === null) {
      throw new VitrineError("source/table-missing", {
        message: `The table ${table.schema}.${table.table} does not exist.`,
        place: table.name,
      });
    }
    const files = facts.kind === "p" ? facts.leaves.filter((leaf) => leaf.kind !== "p").map((leaf) => leaf.oid) : [facts.oid];
    const [row] = await sql.query(sizesSql, [JSON.stringify(files), facts.oid]);
    sizes.push({
      rows: Math.max(0, Number(row?.["rows"] ?? 0)),
      size: {
        table,
        partitioned: facts.kind === "p",
        rowSecurity: about.options.rowSecurityTables.has(table.name),
        bytes: Number(row?.["bytes"] ?? 0),
        blocks: Number(row?.["blocks"] ?? 0),
        byBlocks: row?.["ctid"] === true,
      },
    });
  }
  return sizes;
}

interface TableProgress {
  rows: number;
  rangesLeft: number;
  readonly ranges: number;
}

interface RunOptions {
  readonly options: SnapshotOptions;
  readonly holder: Holder;
  readonly worker: WorkerOptions;
  readonly first: RawConnection;
  readonly sizes: readonly TableSize[];
}

/** N loops over one queue of ranges; what fails is put back into it while the holder lives. */
class SnapshotRun {
  readonly #options: SnapshotOptions;
  readonly #holder: Holder;
  readonly #worker: WorkerOptions;
  readonly #queue: BlockRange[];
  readonly #progress: ReadonlyMap<string, TableProgress>;
  readonly #out: HandOver<SnapshotEvent>;
  readonly #open = new Set<RawConnection>();
  #first: RawConnection | undefined;
  #stopped = false;

  constructor({ options, holder, worker, first, sizes }: RunOptions) {
    this.#options = options;
    this.#holder = holder;
    this.#worker = worker;
    this.#first = first;
    const byTable = sizes.map((size) => ({ size, ranges: cutRanges(size, options.rangeBytes ?? rangeBytesDefault) }));
    this.#queue = byTable.flatMap((one) => one.ranges);
    this.#progress = new Map(
      byTable.map(({ size, ranges }) => [size.table.name, { rows: 0, rangesLeft: ranges.length, ranges: ranges.length }]),
    );
    this.#out = new HandOver({ max: waitingMax * options.connections, onFull: (full) => this.#onFull(full) });
  }

  async *events(): AsyncGenerator<SnapshotEvent, void> {
    void this.#holder.connection.ended.then(() => {
      this.#out.end(
        new VitrineError("source/snapshot-ended", { message: "The connection that held the snapshot ended.", place: this.#options.slot }),
      );
    });
    const loops = Array.from({ length: Math.max(1, this.#options.connections) }, async () => this.#loop());
    void Promise.all(loops).then(
      () => this.#out.end(),
      (error: unknown) => this.#out.end(error instanceof Error ? error : new Error("bug: something that is no error was thrown")),
    );
    yield* this.#out;
  }

  stop(): void {
    this.#stopped = true;
    this.#queue.length = 0;
    for (const raw of this.#open) raw.destroy();
  }

  /** One connection at a time: opened when there is a range for it, opened anew after a failure. */
  async #loop(): Promise<void> {
    let raw = this.#take();
    for (let range = this.#queue.shift(); range !== undefined; range = this.#queue.shift()) {
      try {
        raw ??= await this.#openWorker();
        await copyRange(raw, range, (rows) => this.#onBatch(rows));
        this.#onRange(range);
      } catch (error) {
        raw?.destroy();
        if (raw) this.#open.delete(raw);
        raw = undefined;
        this.#putBack(range, error);
      }
    }
    await raw?.close();
  }

  #take(): RawConnection | undefined {
    const first = this.#first;
    this.#first = undefined;
    if (first) this.#open.add(first);
    return first;
  }

  async #openWorker(): Promise<RawConnection> {
    const raw = await openWorker(this.#worker);
    this.#open.add(raw);
    if (this.#out.isFull) raw.pause();
    return raw;
  }

  #putBack(range: BlockRange, error: unknown): void {
    range.attempts += 1;
    const again =
      error instanceof VitrineError && error.code === "source/connection-lost" && range.attempts < attemptsMax && !this.#stopped;
    if (!again) throw error;
    this.#queue.unshift(range);
    this.#options.onStatus({ tag: "retry", table: range.table.name, code: error.code });
  }

  #onBatch(rows: RawRows): void {
    const progress = this.#progress.get(rows.table.name);
    if (progress) progress.rows += rows.rowCount;
    this.#out.push({ tag: "rows", rows });
    this.#report(rows.table.name);
  }

  #onRange(range: BlockRange): void {
    const { name } = range.table;
    const progress = this.#progress.get(name);
    if (progress === undefined) return;
    progress.rangesLeft -= 1;
    this.#report(name);
    if (progress.rangesLeft === 0) this.#out.push({ tag: "table-done", table: name, rowCount: progress.rows });
  }

  #report(table: string): void {
    const progress = this.#progress.get(table);
    if (progress === undefined) return;
    this.#options.onStatus({
      tag: "progress",
      table,
      rows: progress.rows,
      rangesDone: progress.ranges - progress.rangesLeft,
      ranges: progress.ranges,
    });
  }

  #onFull(full: boolean): void {
    for (const raw of this.#open) {
      if (full) raw.pause();
      else raw.resume();
    }
  }
}
