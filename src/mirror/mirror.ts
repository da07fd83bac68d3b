/**
 * The mirror's contract. One Mirror is one generation: a store file of its own, fed by one reader over one pipe. Rows, cells and
 * position change together or not at all; after a crash at any point a reader of the store sees exactly one committed position.
 */
import type { Lsn } from "../model/lsn.ts";
import type { ColumnTrouble, DownMessage, Micros, SafeSchema, SourceSizes, UpMessage } from "../policy/safe.ts";
import type { KeptHistory } from "./history.ts";
import type { CellsReading, MemoryReading } from "./reading.ts";

/** State of a generation, for every answer and for `status`. */
export interface MirrorStatus {
  readonly generation: number;
  /**
   * empty: nothing yet; loading: snapshot under way; building: loaded, slot position not passed or cells not built; ready: live.
   */
  readonly phase: "empty" | "loading" | "building" | "ready";
  readonly applied: { readonly lsn: Lsn; readonly at: Micros } | undefined;
  /** As long as it is the same, rows and cells are, whatever positions say. undefined: the store does not know. */
  readonly contents?: number;
  /** Last heartbeat whose epoch matched and whose position is applied. */
  readonly proven: { readonly lsn: Lsn; readonly at: Micros } | undefined;
  /** Per table (name in vitrine.yaml): why its numbers are not to be trusted, since which proven position. */
  readonly untrusted: readonly {
    readonly table: string;
    readonly reason: string;
    readonly message: string;
    readonly remedy: string;
    readonly since: Micros | undefined;
    readonly sinceLsn?: Lsn | undefined;
  }[];
  readonly trouble: readonly ColumnTrouble[];
  readonly loading: readonly { readonly table: string; readonly rows: number; readonly estimate: number; readonly done: boolean }[];
  /** A large transaction that is being applied: changes so far. */
  readonly applying: { readonly changes: number } | undefined;
  /**
   * After a restart the units behind cells are counted anew, month by month; `months`: left. Until then a cell whose changes have left
   * it open whether k units stand behind it is withheld.
   */
  readonly counting?: { readonly months: number } | undefined;
  readonly rows: Readonly<Record<string, number>>;
  readonly bytes: number;
  readonly erasure: { readonly logicalSince: Micros | undefined; readonly physicalAt: Micros | undefined };
  /** Every cuboid with its cells now; one that was given up has none. Not known before the copy is loaded. */
  readonly cuboids?: readonly CuboidStatus[];
  /** Of the snapshot that this process took, if it took one. */
  readonly snapshot?: SnapshotTimes | undefined;
  /** By metric: closed periods that stand though the source has purged their rows. Only of metrics as they are declared now. */
  readonly history?: Readonly<Record<string, KeptHistory>>;
}

export interface CuboidStatus {
  readonly metric: string;
  readonly id: string;
  readonly cells: number;
  /** It had more cells than CellsSpec.cellsMax when the copy was built. */
  readonly givenUp: boolean;
}

/** When the first row could come; when rows and cells were committed; when the first heartbeat after that was proven. */
export interface SnapshotTimes {
  readonly begunAt: Micros;
  readonly loadedAt: Micros | undefined;
  readonly trustedAt: Micros | undefined;
}

/** What a query gets back: columns of plain numbers, strings, booleans, null; int64 as number (must be safe) or bigint. */
export type SqlRow = Readonly<Record<string, string | number | bigint | boolean | null>>;

/** A consistent view: every statement inside sees the same committed position, which `status` states. */
export interface MirrorView {
  readonly status: MirrorStatus;
  /**
   * Values are bound, never spliced. After `limitMs` the statement is interrupted and the promise rejects with a VitrineError
   * (code `mirror/interrupted`); the view stays usable for nothing else then.
   */
  all(sql: string, values?: readonly (string | number | boolean | null)[], limitMs?: number): Promise<readonly SqlRow[]>;
}

export interface Mirror extends AsyncDisposable {
  readonly status: MirrorStatus;
  readonly schema: SafeSchema | undefined;
  /** What the reader said of the source when this copy was begun; it stays as it is, and so do the cuboids that follow from it. */
  readonly sizes?: SourceSizes | undefined;
  /** Ids of cuboids by metric that were given up while the copy was built. The same object until that changes. */
  readonly givenUp?: Readonly<Record<string, readonly string[]>>;
  /** What to tell a reader that has just said hello. */
  startFor(hello: Extract<DownMessage, { tag: "hello" }>): Promise<Extract<UpMessage, { tag: "start" }>>;
  /**
   * Takes the next message of the pipe, strictly one after the other. Resolves when its bytes are no longer held (credit may be
   * given back); for `commit`, after the store's commit, with the position that may be acknowledged. Throws when the store failed:
   * the process must then end (memory may be ahead of the disk).
   */
  receive(message: DownMessage): Promise<{ readonly ack: Lsn } | undefined>;
  /** Runs `work` on a read transaction. Several may run beside an apply. */
  view<T>(work: (view: MirrorView) => Promise<T>): Promise<T>;
  /**
   * Runs `work` at once and without a pause on what is held in memory, at the position that `reading.status` states. It waits only
   * for a transaction whose changes are too many to be taken back for a moment. Throws VitrineError mirror/not-loaded before the copy is loaded.
   */
  read<T>(work: (reading: MemoryReading) => T): Promise<T>;
  /**
   * The committed cells in memory, for this turn alone: nothing of it may be kept. undefined: not now; a view has them. A store that does
   * not hold its cells in memory has no such function.
   */
  cellsNow?(): CellsReading | undefined;
}
