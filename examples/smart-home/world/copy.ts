/**
 * Binary COPY into PostgreSQL through a `pg` client: rows are encoded into reused buffers, straight in the shape of the protocol
 * (one CopyData message per buffer), and at most a few megabytes are under way at a time. Knows nothing of the world.
 */
import type { Client, Connection, Submittable } from "pg";

const chunkBytes = 256 * 1024;
/** No row of the world is longer; a longer one would be a bug and is refused by the buffer's bounds. */
const rowBytesMax = 64 * 1024;
const inFlightMax = 8;
/** Code byte and length of a CopyData message. */
const headBytes = 5;
const signature = Buffer.from("PGCOPY\n\xff\r\n\0", "latin1");
/** 2000-01-01 in milliseconds since 1970: where PostgreSQL counts from. */
const postgresEpochMs = 946_684_800_000;
const two32 = 4294967296;

/** The part of `pg`'s connection that its types leave out. */
interface CopyConnection extends Connection {
  endCopyFrom(): void;
  sendCopyFail(message: string): void;
}

/** What `pg` calls on the query that is running; its own types name only `submit`. */
interface CopyQuery extends Submittable {
  handleCopyInResponse(connection: CopyConnection): void;
  handleCommandComplete(): void;
  handleReadyForQuery(): void;
  handleError(error: Error): void;
}

/** One COPY .. FROM STDIN (FORMAT binary), open until `end`. Write `row(n)`, then n fields; await `drained` when `full`. */
export class CopyIn {
  rows = 0;
  #client: Client;
  #buffer: Buffer = Buffer.allocUnsafe(chunkBytes + rowBytesMax);
  #spare: Buffer[] = [];
  #at = headBytes;
  #inFlight = 0;
  #connection: CopyConnection | undefined;
  #failed: Error | undefined;
  #wake: (() => void) | undefined;
  #ended: Promise<void>;

  private constructor(client: Client, sql: string, opened: () => void) {
    this.#client = client;
    this.#ended = new Promise((resolve, reject) => {
      const query: CopyQuery = {
        submit: (connection) => connection.query(sql),
        handleCopyInResponse: (connection) => {
          this.#connection = connection;
          opened();
        },
        handleCommandComplete: () => undefined,
        handleReadyForQuery: () => (this.#failed === undefined ? resolve() : reject(this.#failed)),
        handleError: (error) => {
          this.#failed = error;
          opened();
          this.#wake?.();
          reject(error);
        },
      };
      this.#client.query(query);
    });
    // Looked at in `end` and in `drained`; a rejection before that must not count as unhandled.
    this.#ended.catch(() => undefined);
    this.#at += signature.copy(this.#buffer, this.#at);
    // No flags, no header extension.
    this.#at = this.#buffer.writeInt32BE(0, this.#at);
    this.#at = this.#buffer.writeInt32BE(0, this.#at);
  }

  static async open(
    client: Client,
    options: { readonly table: string; readonly columns: readonly string[]; readonly freeze: boolean },
  ): Promise<CopyIn> {
    const columns = options.columns.map((name) => `"${name}"`).join(", ");
    const sql = `COPY ${options.table} (${columns}) FROM STDIN (FORMAT binary${options.freeze ? ", FREEZE" : ""})`;
    const { promise, resolve } = Promise.withResolvers<void>();
    const copy = new CopyIn(client, sql, resolve);
    await promise;
    if (copy.#failed !== undefined) throw copy.#failed;
    return copy;
  }

  /** More is under way than should be: await `drained` before the next row. */
  get full(): boolean {
    return this.#inFlight >= inFlightMax;
  }

  async drained(): Promise<void> {
    while (this.full && this.#failed === undefined) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
    if (this.#failed !== undefined) throw this.#failed;
  }

  row(fieldCount: number): void {
    if (this.#at >= chunkBytes) this.#flush();
    this.#at = this.#buffer.writeInt16BE(fieldCount, this.#at);
    this.rows++;
  }

  null(): void {
    this.#at = this.#buffer.writeInt32BE(-1, this.#at);
  }

  bool(value: boolean): void {
    this.#at = this.#buffer.writeInt32BE(1, this.#at);
    this.#buffer[this.#at++] = value ? 1 : 0;
  }

  int2(value: number): void {
    this.#at = this.#buffer.writeInt32BE(2, this.#at);
    this.#at = this.#buffer.writeInt16BE(value, this.#at);
  }

  int4(value: number): void {
    this.#at = this.#buffer.writeInt32BE(4, this.#at);
    this.#at = this.#buffer.writeInt32BE(value, this.#at);
  }

  /** int8: an integer that a number holds exactly. */
  int8(value: number): void {
    this.#at = this.#buffer.writeInt32BE(8, this.#at);
    this.#at = this.#buffer.writeInt32BE(Math.floor(value / two32), this.#at);
    this.#at = this.#buffer.writeInt32BE(value | 0, this.#at);
  }

  /** timestamptz from milliseconds since 1970. */
  timestamp(ms: number): void {
    this.int8(Math.round((ms - postgresEpochMs) * 1000));
  }

  /** date from milliseconds since 1970 (the UTC day). */
  date(ms: number): void {
    this.int4(Math.floor((ms - postgresEpochMs) / 86_400_000));
  }

  text(value: string): void {
    const bytes = this.#buffer.write(value, this.#at + 4, "utf8");
    this.#buffer.writeInt32BE(bytes, this.#at);
    this.#at += 4 + bytes;
  }

  /** A field whose bytes are ready: bytea, or any type in its binary form. */
  bytes(value: Uint8Array): void {
    this.#at = this.#buffer.writeInt32BE(value.length, this.#at);
    this.#buffer.set(value, this.#at);
    this.#at += value.length;
  }

  jsonb(json: string): void {
    const bytes = this.#buffer.write(json, this.#at + 5, "utf8");
    this.#buffer.writeInt32BE(bytes + 1, this.#at);
    this.#buffer[this.#at + 4] = 1;
    this.#at += 5 + bytes;
  }

  /** inet: an IPv4 address as 32 bits. */
  inet(address: number): void {
    this.#at = this.#buffer.writeInt32BE(8, this.#at);
    // Family AF_INET, 32 bits, not a cidr, 4 bytes.
    this.#at = this.#buffer.writeInt32BE(0x02200004, this.#at);
    this.#at = this.#buffer.writeInt32BE(address | 0, this.#at);
  }

  /** numeric with two decimal places, from hundredths in 0 to 999,999. */
  hundredths(value: number): void {
    const whole = Math.floor(value / 100);
    this.#at = this.#buffer.writeInt32BE(12, this.#at);
    // Two base-10,000 digits, the first of weight 0, positive, two places shown.
    for (const part of [2, 0, 0, 2, whole, (value - whole * 100) * 100]) this.#at = this.#buffer.writeInt16BE(part, this.#at);
  }

  /** Ends the COPY; the rows are the transaction's from here on. */
  async end(): Promise<number> {
    this.#at = this.#buffer.writeInt16BE(-1, this.#at);
    this.#flush();
    this.#connection?.endCopyFrom();
    await this.#ended;
    return this.rows;
  }

  /** Gives up: the server refuses the COPY and with it the transaction. */
  async abort(): Promise<void> {
    this.#connection?.sendCopyFail("given up");
    await this.#ended.catch(() => undefined);
  }

  #flush(): void {
    const buffer = this.#buffer;
    buffer[0] = 0x64;
    buffer.writeInt32BE(this.#at - 1, 1);
    this.#inFlight++;
    this.#connection?.stream.write(buffer.subarray(0, this.#at), () => {
      this.#inFlight--;
      this.#spare.push(buffer);
      this.#wake?.();
    });
    this.#buffer = this.#spare.pop() ?? Buffer.allocUnsafe(chunkBytes + rowBytesMax);
    this.#at = headBytes;
  }
}
