/**
 * What may leave the reader: treated columns, and nothing else. Only policy mints these; mirror accepts only these.
 * Imports no raw type. Everything is columns of numbers: a text is a code in a small dictionary, an identifier is 16 bytes.
 */
import type { Lsn } from "../model/lsn.ts";

/** How a column is laid out, in a frame and in the store. */
export type SafeKind =
  /** Uint8Array, 0 or 1. */
  | "bool"
  /** Int32Array. */
  | "i32"
  /** BigInt64Array (also numerics: the value times 10^scale). */
  | "i64"
  /** Float64Array. */
  | "f64"
  /** Int32Array: minutes since 1970-01-01 00:00 UTC; a truncated time is the instant at which its period starts. */
  | "minute"
  /** Int32Array of dictionary codes, see `codes`. Never has nulls: NULL is `codeNull`. */
  | "code"
  /** Uint8Array, 16 bytes a row: a keyed pseudonym, or an opaque UUID. */
  | "token";

/** Codes that every dictionary reserves. Values start at 3. `unknown` is made by the mirror alone (the entity is missing). */
export const codes = { null: 0, unknown: 1, other: 2, first: 3 } as const;

export interface SafeColumn {
  readonly name: string;
  readonly kind: SafeKind;
  /** `key`: identifies the row. `ref`: holds the key of entity `refers`. `value`: everything else, times too. */
  readonly role: "key" | "ref" | "value";
  readonly refers: string | undefined;
  /** i64 of a numeric: number of decimal places; else 0. */
  readonly scale: number;
}

export interface SafeTable {
  readonly name: string;
  readonly kind: "entity" | "fact";
  /** Name of the key column; undefined: append only. */
  readonly key: string | undefined;
  /** Key column first where there is one. */
  readonly columns: readonly SafeColumn[];
}

export interface SafeSchema {
  readonly policyHash: string;
  /** Fingerprints of the keys in use, by token space: another key is another generation. */
  readonly keys: Readonly<Record<string, string>>;
  /** Entities before facts; an entity before those that refer to it where possible. */
  readonly tables: readonly SafeTable[];
}

/**
 * How large the source is, as its own statistics estimate it: counts by names of vitrine.yaml, no value. It decides which cuboids a
 * new copy tries to keep, and is no part of the schema: other sizes are no reason for another copy.
 */
export interface SourceSizes {
  /** By table. */
  readonly rows: Readonly<Record<string, number>>;
  /** By table and column: different texts or numbers that the store may get. */
  readonly distinct: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** By table: days that its rows span, where its partitions say so. */
  readonly days: Readonly<Record<string, number>>;
}

type Data = Uint8Array | Int32Array | BigInt64Array | Float64Array;

/** One column of a batch. */
export interface SafeValues {
  readonly data: Data;
  /** One byte a row, 1 = NULL; undefined: none is. The data under a null is 0. Keys are never null. */
  readonly nulls: Uint8Array | undefined;
  /** One byte a row, 1 = unchanged TOAST: the stored value stands. Only in changes. */
  readonly unchanged: Uint8Array | undefined;
}

/** New entries of dictionaries: codes are given out in order from `codes.first`, per table and column, for one connection of the pipe. */
export interface DictionaryGrowth {
  readonly column: string;
  readonly firstCode: number;
  readonly values: readonly string[];
}

declare const minted: unique symbol;
interface Minted {
  readonly [minted]: true;
}

/** Rows of a snapshot. `columns` in the order of SafeTable.columns. */
export interface SafeRows extends Minted {
  readonly tag: "rows";
  readonly table: string;
  readonly rowCount: number;
  readonly columns: readonly SafeValues[];
  readonly dictionary: readonly DictionaryGrowth[];
}

/** Operations in `SafeChanges.ops`. A key change is `update` with `oldKeys` set. `truncate` empties the table at that point. */
export const ops = { insert: 1, update: 2, remove: 3, truncate: 4 } as const;

/**
 * Changes to one table in stream order, a slice of the open batch. Row i of each column belongs to ops[i] (zeros for truncate;
 * only the key for remove). `oldKeys`: key column's layout; row i is meaningful where `hasOldKey[i]` is 1.
 */
export interface SafeChanges extends Minted {
  readonly tag: "changes";
  readonly table: string;
  readonly rowCount: number;
  readonly ops: Uint8Array;
  readonly hasOldKey: Uint8Array;
  readonly oldKeys: SafeValues | undefined;
  readonly columns: readonly SafeValues[];
  readonly dictionary: readonly DictionaryGrowth[];
}

/** Time in microseconds since 1970 UTC as a number (exact until the year 2255). */
export type Micros = number;

/** Counts of what became NULL or `other` on the way, by table and column: names and counts only. */
export interface ColumnTrouble {
  readonly table: string;
  readonly column: string;
  /** Values that the rule did not allow: became `other`. */
  readonly other: number;
  /** Values that the store cannot hold (infinity, NaN …): became NULL; the column is degraded. */
  readonly degraded: number;
}

/** What an epoch reading or a check found wrong: names and catalogue facts only, never a value. */
export interface EpochBreak {
  /** Name in vitrine.yaml; "*" for all tables; `schema.table` of one that is not declared, which no number depends on. */
  readonly table: string;
  /** Stable word for tests and answers: e.g. `partition-dropped`, `truncated`, `unlogged`, `publication-changed`. */
  readonly reason: string;
  /** Public sentence. */
  readonly message: string;
  /** Mended by a new generation (`rebuild`), by looking again at the rows (`verify`), or by a person (`command`). */
  readonly mend: { readonly tag: "rebuild" } | { readonly tag: "verify" } | { readonly tag: "command"; readonly command: string };
}

/** One line of `vitrine prove`. */
export interface ProofVerdict {
  readonly name: "select-and-copy" | "other-decoding" | "physical-replication" | "store";
  readonly verdict: "refused" | "possible" | "clean" | "failed" | "unknown";
  readonly level: "green" | "amber" | "red";
  readonly checked: number;
  readonly message: string;
  /** Public: column names and the mending commands. */
  readonly findings: readonly { readonly what: string; readonly remedy: string }[];
  readonly at: Micros;
}

/** Down the pipe, reader to server, in order. */
export type DownMessage =
  /** `rules`: by `schema.table.column`, the lists that rules `values: from` name, for the proof of the store. */
  | {
      readonly tag: "hello";
      readonly schema: SafeSchema;
      readonly systemIdentifier: string;
      readonly timeline: number;
      readonly slot: string;
      readonly rules?: Readonly<Record<string, readonly string[]>>;
      readonly sizes?: SourceSizes;
    }
  /** A new snapshot at `lsn`; `estimates` are rows by table. */
  | { readonly tag: "snapshot-begin"; readonly lsn: Lsn; readonly at: Micros; readonly estimates: Readonly<Record<string, number>> }
  | SafeRows
  | { readonly tag: "table-done"; readonly table: string; readonly rowCount: number }
  /** All rows were sent. `position` of slot creation = snapshot-begin's. `epoch` is opaque JSON for the store to keep. */
  | { readonly tag: "snapshot-end"; readonly lsn: Lsn; readonly epoch: string }
  | SafeChanges
  /** The open batch is whole source transactions up to `lsn` (end of the last commit, or an idle keepalive's): apply and acknowledge. */
  | { readonly tag: "commit"; readonly lsn: Lsn; readonly at: Micros; readonly transactions: number; readonly changes: number }
  /** All up to `lsn` is proven fresh: the heartbeat emitted at `at` (source clock) came back and both catalog readings agreed. */
  | { readonly tag: "proven"; readonly lsn: Lsn; readonly at: Micros; readonly epoch: string }
  /** The catalog differs from the stored epoch. Untrusted since the previous proven heartbeat. An empty list: right again. */
  | { readonly tag: "epoch-broken"; readonly breaks: readonly EpochBreak[] }
  | { readonly tag: "trouble"; readonly columns: readonly ColumnTrouble[] }
  | {
      readonly tag: "proof";
      readonly request: number | undefined;
      readonly verdicts: readonly ProofVerdict[];
      readonly notices?: readonly ReaderNotice[];
    }
  /** Reader's state for `status`: connecting | snapshot | streaming | refused …, WAL held, etc. Names and numbers only. */
  | {
      readonly tag: "reader-status";
      readonly state: string;
      readonly message: string;
      readonly code: string | undefined;
      readonly remedy: string | undefined;
      readonly slot: SlotStatus | undefined;
    }
  /** verify: the temporary slot's position; the applier shall stop exactly there. */
  | { readonly tag: "verify-at"; readonly request: number; readonly lsn: Lsn }
  | { readonly tag: "verify-blocked"; readonly request: number; readonly pids: readonly number[] }
  | { readonly tag: "verify-rows"; readonly request: number; readonly rows: SafeRows }
  | { readonly tag: "verify-end"; readonly request: number };

/** A finding of preflight that does not stop anything: names and a command. */
export interface ReaderNotice {
  readonly code: string;
  readonly place: string;
  readonly message: string;
  readonly remedy: string;
}

export interface SlotStatus {
  readonly name: string;
  readonly retainedBytes: number;
  readonly safeBytes: number | undefined;
  readonly walStatus: string;
}

/** Up the pipe, server to reader. */
export type UpMessage =
  /** First message. `stream`: go on after `lsn`, which the source committed `at`, with the stored epoch. `snapshot`: begin anew (drops the slot of that name first). */
  | {
      readonly tag: "start";
      readonly from:
        | { readonly tag: "snapshot" }
        | { readonly tag: "stream"; readonly lsn: Lsn; readonly at: Micros; readonly epoch: string };
    }
  | { readonly tag: "credit"; readonly bytes: number }
  /** Committed in the store: the slot may advance to `lsn`. */
  | { readonly tag: "ack"; readonly lsn: Lsn }
  | { readonly tag: "prove"; readonly request: number }
  /** The rows of these tables were verified: what the catalog says of them now is the epoch from here on. */
  | { readonly tag: "accept-epoch"; readonly tables: readonly string[] }
  | { readonly tag: "verify"; readonly request: number; readonly mode: "counts" | "sample" | "full"; readonly tables: readonly string[] }
  | { readonly tag: "stop"; readonly dropSlot: boolean };
