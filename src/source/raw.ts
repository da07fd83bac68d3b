/**
 * Raw columns: what the decoders of binary COPY and pgoutput make, and what policy alone may read. Nothing here is ever written,
 * logged or put into an error. One RawColumn per declared column, in the order of SourceTable.columns.
 */
import type { Lsn } from "../model/lsn.ts";

interface RawBase {
  /** One byte a row, 1 = NULL; undefined: none. */
  readonly nulls: Uint8Array | undefined;
  /** One byte a row, 1 = unchanged TOAST (pgoutput kind `u`); undefined: none. Only in changes. */
  readonly unchanged: Uint8Array | undefined;
}

export type RawColumn = RawBase &
  (
    | { readonly tag: "bool"; readonly data: Uint8Array }
    /** int2, int4, oid. */
    | { readonly tag: "i32"; readonly data: Int32Array }
    | { readonly tag: "i64"; readonly data: BigInt64Array }
    /** float4, float8. */
    | { readonly tag: "f64"; readonly data: Float64Array }
    /** timestamptz, timestamp, date: microseconds since 1970-01-01 (UTC, or wall time for the last two); ±Infinity for infinity. */
    | { readonly tag: "micros"; readonly data: Float64Array }
    /** 16 bytes a row. */
    | { readonly tag: "uuid"; readonly data: Uint8Array }
    /** Everything else, in the type's binary send format (text, varchar, enum: UTF-8): row i = bytes[offsets[i], offsets[i+1]). */
    | { readonly tag: "bytes"; readonly bytes: Uint8Array; readonly offsets: Int32Array }
  );

/** How a column is decoded: decided by its type (source/types.ts, the total type table). */
export type RawTag = RawColumn["tag"];

export interface SourceColumn {
  readonly name: string;
  readonly typeOid: number;
  readonly typeName: string;
  readonly raw: RawTag;
  /** raw `bytes`: what the bytes are. */
  readonly form?: BytesForm;
  /** The column's own type as it is in relation messages, where `typeOid` is a domain's base type. */
  readonly wireOid?: number;
}

/**
 * `text`: UTF-8 (text, varchar, enum, json …). `jsonb`: a version byte (1), then UTF-8. `numeric`: PostgreSQL's base-10000 digits
 * (numeric_send). `binary`: anything else, of use to `present` and `token` only.
 */
export type BytesForm = "text" | "jsonb" | "numeric" | "binary";

/** A table as the reader asks for it. */
export interface SourceTable {
  /** Name in vitrine.yaml. */
  readonly name: string;
  readonly schema: string;
  readonly table: string;
  /** Exactly what is in the publication's column list and in the GRANT. */
  readonly columns: readonly SourceColumn[];
  /** Published for inserts only, without a key. */
  readonly appendOnly: boolean;
}

export interface RawRows {
  readonly table: SourceTable;
  readonly rowCount: number;
  readonly columns: readonly RawColumn[];
}

/** Operations as in policy/safe.ts: 1 insert, 2 update, 3 remove, 4 truncate. Row i of every column belongs to ops[i]. */
export interface RawChanges {
  readonly table: SourceTable;
  readonly rowCount: number;
  readonly ops: Uint8Array;
  /** 1: `oldColumns` row i holds the old replica identity (key columns; others NULL). */
  readonly hasOldKey: Uint8Array;
  readonly oldColumns: readonly RawColumn[] | undefined;
  readonly columns: readonly RawColumn[];
}

/** What the stream yields, in order. Changes are slices; `commit` closes whole source transactions. */
export type RawEvent =
  | { readonly tag: "changes"; readonly changes: RawChanges }
  /** lsn: end LSN of the last commit of the batch; at: its commit time in microseconds since 1970. */
  | { readonly tag: "commit"; readonly lsn: Lsn; readonly at: number; readonly transactions: number; readonly changes: number }
  /** A logical message with prefix `vitrine` came back. */
  | { readonly tag: "heartbeat"; readonly lsn: Lsn; readonly nonce: string }
  /** Nothing is in flight: all up to lsn was seen. */
  | { readonly tag: "idle"; readonly lsn: Lsn }
  /** A relation message differs from what was declared: names only. */
  | { readonly tag: "relation-changed"; readonly table: string; readonly message: string };
