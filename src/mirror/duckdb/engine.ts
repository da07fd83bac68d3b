/**
 * The only file that imports DuckDB. Opens one database in this process, runs SQL, appends typed columns by whole vectors, and reads
 * results as typed columns. Must never pass on a text of DuckDB's: its messages quote values and statements.
 */
import type { DuckDBAppender, DuckDBConnection, DuckDBType, DuckDBValue } from "@duckdb/node-api";
import { BIGINT, BOOLEAN, DOUBLE, DuckDBDataChunk, DuckDBInstance, INTEGER, UHUGEINT, VARCHAR } from "@duckdb/node-api";
import bindings from "@duckdb/node-bindings";
import { assert, must } from "../../lib/assert.ts";
import type { ErrorCode } from "../../model/error-codes.ts";
import { VitrineError } from "../../model/error.ts";
import type { SqlRow } from "../mirror.ts";

export type SqlValue = string | number | bigint | boolean | null;

/** How a column is laid out in a store's vector. `token`: 16 bytes a row. */
export type Layout = "bool" | "i32" | "i64" | "f64" | "token" | "text";

/** A column as typed array (token: Uint8Array of 16 bytes a row). `nulls`: one byte a row, 1 = NULL. */
export interface Column {
  readonly data: Uint8Array | Int32Array | BigInt64Array | Float64Array;
  readonly nulls: Uint8Array | undefined;
}

export interface EngineLimits {
  /** DuckDB's notation: "400MB". */
  readonly memoryLimit: string;
  readonly threads: number;
  readonly tempFolder: string;
  readonly tempMax: string;
  /** Size of the write-ahead log from which a commit checkpoints by itself. */
  readonly walMax: string;
}

/** Rows of one DuckDB vector. */
export const vectorSize = 2_048;

const types: Record<Layout, DuckDBType> = { bool: BOOLEAN, i32: INTEGER, i64: BIGINT, f64: DOUBLE, token: UHUGEINT, text: VARCHAR };
const widths: Record<Exclude<Layout, "text">, number> = { bool: 1, i32: 4, i64: 8, f64: 8, token: 16 };

/** One open database file. */
export class Engine {
  readonly #instance: DuckDBInstance;

  private constructor(instance: DuckDBInstance) {
    this.#instance = instance;
  }

  static async open(file: string, limits: EngineLimits): Promise<Engine> {
    const options = {
      threads: String(limits.threads),
      memory_limit: limits.memoryLimit,
      temp_directory: limits.tempFolder,
      max_temp_directory_size: limits.tempMax,
      checkpoint_threshold: limits.walMax,
      // What a statement has freed goes back to the system soon: this process keeps much else in memory.
      allocator_flush_threshold: "16MB",
      allocator_bulk_deallocation_flush_threshold: "16MB",
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
    };
    return new Engine(await guarded("open the store", () => DuckDBInstance.create(file, options)));
  }

  async connect(): Promise<Connection> {
    return new Connection(await guarded("connect to the store", () => this.#instance.connect()));
  }

  close(): void {
    this.#instance.closeSync();
  }
}

/** One connection: statements one after the other. */
export class Connection {
  readonly #connection: DuckDBConnection;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  async run(sql: string, values?: readonly SqlValue[]): Promise<void> {
    await guarded("run a statement", () => this.#connection.run(sql, bound(values)));
  }

  /** All rows as objects. */
  async rows(sql: string, values?: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    return guarded("run a query", async () => {
      const reader = await this.#connection.runAndReadAll(sql, bound(values));
      return reader.getRowObjectsJS() as unknown as readonly SqlRow[]; // eslint-disable-line -- our SQL selects these types only
    });
  }

  /**
   * Reads a result vector by vector; `layouts` are its columns' (no text). The arrays are copies of the caller's own. `whole`: the
   * statement is finished before the first rows are given (needed when it writes, or when others follow in between).
   */
  async scan(
    query: { readonly sql: string; readonly values?: readonly SqlValue[]; readonly layouts: readonly Layout[]; readonly whole?: boolean },
    take: (columns: readonly Column[], rowCount: number) => void | Promise<void>,
  ): Promise<void> {
    const result = await guarded("run a query", () =>
      query.whole === true ? this.#connection.run(query.sql, bound(query.values)) : this.#connection.stream(query.sql, bound(query.values)),
    );
    for (;;) {
      const chunk = await guarded("read a result", () => result.fetchChunk());
      const rowCount = chunk?.rowCount ?? 0;
      if (chunk === null || rowCount === 0) return;
      const columns = query.layouts.map((layout, i) => readVector(chunk, i, layout, rowCount));
      await take(columns, rowCount);
    }
  }

  /** `catalog`: "temp" for a temporary table. */
  async appender(table: string, layouts: readonly Layout[], catalog?: string): Promise<Appender> {
    const appender = await guarded("append to a table", () => this.#connection.createAppender(table, "main", catalog ?? null));
    return new Appender(appender, layouts);
  }

  /** Stops the statement that runs: it rejects with mirror/interrupted. */
  interrupt(): void {
    this.#connection.interrupt();
  }

  close(): void {
    this.#connection.closeSync();
  }
}

/** Appends columns to one table. What was appended is visible after `close`. */
export class Appender {
  readonly #appender: DuckDBAppender;
  readonly #layouts: readonly Layout[];
  readonly #chunk: DuckDBDataChunk;
  readonly #validity = new BigUint64Array(vectorSize / 64);

  constructor(appender: DuckDBAppender, layouts: readonly Layout[]) {
    this.#appender = appender;
    this.#layouts = layouts;
    this.#chunk = DuckDBDataChunk.create(layouts.map((layout) => types[layout]));
  }

  /** At most `vectorSize` rows, [from, to) of the columns. A text column is an array of strings. */
  append(columns: readonly (Column | readonly string[])[], from: number, to: number): void {
    assert(to - from <= vectorSize && columns.length === this.#layouts.length, "an append of one vector");
    try {
      bindings.data_chunk_reset(this.#chunk.chunk);
      this.#chunk.rowCount = to - from;
      columns.forEach((column, i) => {
        const layout = must(this.#layouts[i], "layout");
        const vector = bindings.data_chunk_get_vector(this.#chunk.chunk, i);
        if (layout === "text")
          for (let row = from; row < to; row += 1)
            bindings.vector_assign_string_element(vector, row - from, must((column as readonly string[])[row], "text")); // eslint-disable-line -- text columns are arrays
        else this.#write(vector, layout, column as Column, from, to); // eslint-disable-line -- and others are not
      });
      this.#appender.appendDataChunk(this.#chunk);
    } catch (error) {
      throw translated("append to a table", error);
    }
  }

  #write(
    vector: Parameters<typeof bindings.copy_data_to_vector>[0],
    layout: Exclude<Layout, "text">,
    column: Column,
    from: number,
    to: number,
  ): void {
    const width = widths[layout];
    const { data, nulls } = column;
    bindings.copy_data_to_vector(vector, 0, data.buffer as ArrayBuffer, data.byteOffset + from * width, (to - from) * width); // eslint-disable-line -- never shared memory
    if (nulls === undefined) return;
    let any = false;
    this.#validity.fill(0xffff_ffff_ffff_ffffn);
    const bits = new Uint8Array(this.#validity.buffer);
    for (let row = from; row < to; row += 1) {
      if (nulls[row] === 0) continue;
      const at = row - from;
      bits[at >> 3] = must(bits[at >> 3], "bits") & ~(1 << (at & 7));
      any = true;
    }
    if (!any) return;
    bindings.vector_ensure_validity_writable(vector);
    bindings.copy_data_to_vector_validity(vector, 0, this.#validity.buffer, 0, bits.length);
  }

  close(): void {
    try {
      this.#appender.closeSync();
    } catch (error) {
      throw translated("append to a table", error);
    }
  }
}

function readVector(chunk: DuckDBDataChunk, index: number, layout: Layout, rowCount: number): Column {
  assert(layout !== "text", "text read as a vector");
  const vector = bindings.data_chunk_get_vector(chunk.chunk, index);
  const bytes = bindings.vector_get_data(vector, rowCount * widths[layout]).slice();
  const validity = bindings.vector_get_validity(vector, Math.ceil(rowCount / 64) * 8) as Uint8Array | null; // null where all rows are valid
  return { data: viewOf(layout, bytes), nulls: validity === null ? undefined : nullsOf(validity, rowCount) };
}

function viewOf(layout: Exclude<Layout, "text">, bytes: Uint8Array<ArrayBuffer>): Column["data"] {
  if (layout === "i32") return new Int32Array(bytes.buffer);
  if (layout === "i64") return new BigInt64Array(bytes.buffer);
  if (layout === "f64") return new Float64Array(bytes.buffer);
  return bytes;
}

function nullsOf(validity: Uint8Array, rowCount: number): Uint8Array | undefined {
  const nulls = new Uint8Array(rowCount);
  let any = 0;
  for (let row = 0; row < rowCount; row += 1) {
    const invalid = 1 - ((must(validity[row >> 3], "validity") >> (row & 7)) & 1);
    nulls[row] = invalid;
    any |= invalid;
  }
  return any === 0 ? undefined : nulls;
}

function bound(values: readonly SqlValue[] | undefined): DuckDBValue[] | undefined {
  return values === undefined ? undefined : [...values];
}

async function guarded<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translated(what, error);
  }
}

/** DuckDB's messages start with their kind ("IO Error: …"); the rest is thrown away, for it may quote values. */
const kinds = [
  "IO",
  "Out of Memory",
  "Constraint",
  "Conversion",
  "Binder",
  "Parser",
  "Catalog",
  "TransactionContext",
  "Serialization",
  "INTERRUPT",
  "Interrupt",
  "FATAL",
  "INTERNAL",
  "Invalid Input",
  "Permission",
];

/** Turns what DuckDB threw into an error of ours without a word of its text. */
function translated(what: string, error: unknown): VitrineError {
  if (error instanceof VitrineError) return error;
  const text = error instanceof Error ? error.message : "";
  // What the system refuses for now says nothing about the file.
  const kind = /Permission denied|Too many open files|Cannot allocate memory/i.test(text)
    ? "system"
    : (kinds.find((one) => text.startsWith(`${one} Error`)) ?? "unknown");
  return new VitrineError(codeOf(text, kind), { message: `The store failed: could not ${what} (${kind}).`, origin: { code: kind } });
}

function codeOf(text: string, kind: string): ErrorCode {
  if (/No space left on device|maximum size of the temp|Disk quota exceeded|File too large/i.test(text)) return "mirror/disk-full";
  if (/Could not set lock on file/i.test(text)) return "mirror/locked";
  return kind.toLowerCase() === "interrupt" ? "mirror/interrupted" : "mirror/store-failed";
}

/** Was it the file's content that failed an opening or a first reading? */
export function isDamage(error: unknown): boolean {
  const damage = ["IO", "Serialization", "INTERNAL", "FATAL", "Catalog", "unknown"];
  return error instanceof VitrineError && error.code === "mirror/store-failed" && damage.includes(error.origin?.code ?? "");
}
