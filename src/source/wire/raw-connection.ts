/**
 * A connection after log-in, without a library: `pg` does start-up, TLS and SCRAM, then its socket is ours. Frames are read in
 * place in the socket's chunks (PostgreSQL manual, "Frontend/Backend Protocol"); only a frame that is cut off by a chunk's end is
 * copied. One command at a time; simple query protocol.
 */
import type { Socket } from "node:net";
import type pg from "pg";
import { assert } from "../../lib/assert.ts";
import { VitrineError } from "../../model/error.ts";
import { queryError } from "./errors.ts";

/** Where the payload of CopyData frames goes. */
export interface CopySink {
  /** bytes[start, end) is one frame's payload; valid until `chunkEnd` returns. */
  data(bytes: Uint8Array, start: number, end: number): void;
  /** All frames of a chunk were given. */
  chunkEnd(): void;
}

export interface RawResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

interface Command {
  readonly sink: CopySink | undefined;
  readonly resolve: (result: RawResult) => void;
  readonly reject: (error: VitrineError) => void;
  columns: string[];
  readonly rows: (string | null)[][];
  error: VitrineError | undefined;
}

const frameBytesMax = 512 << 20;
const copyData = 0x64;

export class RawConnection implements AsyncDisposable {
  readonly processId: number;
  readonly place: string;
  /** Settles when the connection is gone; the error says why, when it was not our wish. */
  readonly ended: Promise<VitrineError | undefined>;
  readonly #socket: Socket;
  #command: Command | undefined;
  /** CopyBoth: the sink of a replication stream, until the connection ends. */
  #both: CopySink | undefined;
  /** The frame that the last chunk cut off: what is there of it. */
  #cut: Uint8Array | undefined;
  #cutLength = 0;
  #failure: VitrineError | undefined;
  #closing = false;
  #bytesRead = 0;

  constructor(options: { readonly client: pg.Client; readonly place: string }) {
    // `connection`, its `stream` and `processID` are stable parts of pg that its types leave out.
    const client = options.client as pg.Client & { readonly connection: { readonly stream: Socket }; readonly processID: number }; // oxlint-disable-line typescript/no-unsafe-type-assertion -- see above
    this.processId = client.processID;
    this.place = options.place;
    this.#socket = client.connection.stream;
    // pg's parser is the only listener for data; its listeners for errors and the end may stay.
    this.#socket.removeAllListeners("data");
    this.#socket.on("data", (chunk: Uint8Array) => this.#onChunk(chunk));
    this.ended = new Promise((resolve) => {
      this.#socket.once("close", () => {
        const error = this.#closing ? undefined : (this.#failure ?? this.#lost());
        this.#command?.reject(error ?? this.#lost());
        this.#command = undefined;
        resolve(error);
      });
    });
  }

  /** All bytes that came so far: a sign of life. */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  /** Runs one command and gives its rows as text. */
  query(sql: string): Promise<RawResult> {
    return this.#run(sql, undefined);
  }

  /** Runs `COPY … TO STDOUT`; resolves when all went to the sink. What the sink throws ends the connection. */
  async copyOut(sql: string, sink: CopySink): Promise<void> {
    await this.#run(sql, sink);
  }

  /** Runs START_REPLICATION; resolves when the stream is open. Its end is the connection's end. */
  async copyBoth(sql: string, sink: CopySink): Promise<void> {
    await this.#run(sql, sink);
    assert(this.#both !== undefined, "a replication command that opened no stream");
  }

  /** Sends one CopyData frame. */
  send(payload: Uint8Array): void {
    if (this.#socket.destroyed || !this.#socket.writable) return;
    const frame = new Uint8Array(5 + payload.length);
    frame[0] = copyData;
    new DataView(frame.buffer).setInt32(1, payload.length + 4);
    frame.set(payload, 5);
    this.#socket.write(frame);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Ends the connection at once; `ended` says why. */
  fail(error: VitrineError): void {
    this.#failure ??= error;
    this.#socket.destroy();
  }

  destroy(): void {
    this.#closing = true;
    this.#socket.destroy();
  }

  /** Says good-bye and waits for the end, a second at most. */
  async close(): Promise<void> {
    if (this.#socket.destroyed) return;
    this.#closing = true;
    this.#socket.resume();
    this.#socket.end(Uint8Array.of(0x58, 0, 0, 0, 4));
    const timer = setTimeout(() => this.#socket.destroy(), 1000);
    await this.ended;
    clearTimeout(timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #run(sql: string, sink: CopySink | undefined): Promise<RawResult> {
    assert(this.#command === undefined, "two commands at once on one connection");
    if (this.#socket.destroyed) return Promise.reject(this.#failure ?? this.#lost());
    return new Promise((resolve, reject) => {
      this.#command = { sink, resolve, reject, columns: [], rows: [], error: undefined };
      const text = Buffer.from(`${sql}\0`);
      const frame = Buffer.alloc(5 + text.length);
      frame[0] = 0x51;
      frame.writeInt32BE(text.length + 4, 1);
      text.copy(frame, 5);
      this.#socket.write(frame);
    });
  }

  #lost(): VitrineError {
    return new VitrineError("source/connection-lost", { message: "The connection was lost.", place: this.place });
  }

  #onChunk(chunk: Uint8Array): void {
    this.#bytesRead += chunk.length;
    try {
      const at = this.#cut === undefined ? 0 : this.#finishCut(chunk);
      this.#frames(chunk, at);
      (this.#both ?? this.#command?.sink)?.chunkEnd();
    } catch (error) {
      // Bugs go on as what they are; the connection ends in any case.
      if (error instanceof VitrineError) this.fail(error);
      else {
        this.#socket.destroy();
        throw error;
      }
    }
  }

  /** Every whole frame from `at` on, in place. */
  #frames(chunk: Uint8Array, from: number): void {
    const end = chunk.length;
    let at = from;
    while (at + 5 <= end) {
      const frameEnd = at + 1 + this.#frameLength(chunk, at);
      if (frameEnd > end) break;
      this.#frame(chunk[at]!, chunk, at + 5, frameEnd);
      at = frameEnd;
    }
    if (at < end) this.#keepCut(chunk, at);
  }

  #frameLength(bytes: Uint8Array, at: number): number {
    const length = readInt32(bytes, at + 1);
    if (length < 4) throw this.#malformed("has a length that cannot be");
    if (length > frameBytesMax)
      throw new VitrineError("source/row-too-large", { message: `A message is larger than ${frameBytesMax} bytes.`, place: this.place });
    return length;
  }

  #keepCut(chunk: Uint8Array, at: number): void {
    const have = chunk.length - at;
    const need = have >= 5 ? 1 + this.#frameLength(chunk, at) : 5;
    this.#cut = new Uint8Array(Math.max(need, 5));
    this.#cut.set(chunk.subarray(at));
    this.#cutLength = have;
  }

  /** Completes the cut frame from the chunk's beginning; returns where the rest begins. */
  #finishCut(chunk: Uint8Array): number {
    let at = 0;
    for (;;) {
      const cut = this.#cut!;
      const more = Math.min(cut.length - this.#cutLength, chunk.length - at);
      cut.set(chunk.subarray(at, at + more), this.#cutLength);
      at += more;
      this.#cutLength += more;
      if (this.#cutLength < cut.length) return at;
      const whole = 1 + this.#frameLength(cut, 0);
      if (whole === cut.length) break;
      this.#cut = new Uint8Array(whole);
      this.#cut.set(cut);
    }
    const frame = this.#cut!;
    this.#cut = undefined;
    this.#cutLength = 0;
    this.#frame(frame[0]!, frame, 5, frame.length);
    return at;
  }

  #frame(kind: number, bytes: Uint8Array, at: number, end: number): void {
    if (kind === copyData) {
      const sink = this.#both ?? this.#command?.sink;
      if (sink === undefined) throw this.#malformed("came where none was asked for");
      sink.data(bytes, at, end);
      return;
    }
    this.#message(kind, bytes, at, end);
  }

  #message(kind: number, bytes: Uint8Array, at: number, end: number): void {
    switch (String.fromCharCode(kind)) {
      case "E":
        this.#onError(bytes, at, end);
        return;
      case "Z":
        this.#onReady();
        return;
      case "W":
        this.#onCopyBoth();
        return;
      case "T":
        if (this.#command) this.#command.columns = readColumns(bytes, at, end);
        return;
      case "D":
        this.#command?.rows.push(readRow(bytes, at, end));
        return;
      // CommandComplete, CopyOutResponse, CopyDone, EmptyQuery, notices, parameters, notifications: nothing to do.
      case "C":
      case "H":
      case "c":
      case "I":
      case "N":
      case "S":
      case "A":
        return;
      default:
        throw this.#malformed("has a kind that is not known here");
    }
  }

  #onError(bytes: Uint8Array, at: number, end: number): void {
    const error = readError(bytes, at, end, this.place);
    if (this.#command) this.#command.error ??= error;
    // With no command (or in a stream) the server ends the connection next, or cannot go on.
    else this.#failure ??= error;
  }

  #onReady(): void {
    const command = this.#command;
    this.#command = undefined;
    if (command === undefined) return;
    if (command.error) command.reject(command.error);
    else command.resolve({ columns: command.columns, rows: command.rows });
  }

  #onCopyBoth(): void {
    const command = this.#command;
    if (command?.sink === undefined) throw this.#malformed("opens a stream that nobody asked for");
    this.#command = undefined;
    this.#both = command.sink;
    command.resolve({ columns: [], rows: [] });
  }

  #malformed(what: string): VitrineError {
    return new VitrineError("source/protocol", { message: `A message of the server ${what}.`, place: this.place });
  }
}

function readInt32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

/** Text up to the next zero byte. */
function readText(bytes: Uint8Array, at: number, end: number): { readonly text: string; readonly next: number } {
  let stop = at;
  while (stop < end && bytes[stop] !== 0) stop += 1;
  return { text: Buffer.from(bytes.subarray(at, stop)).toString("utf8"), next: stop + 1 };
}

/** RowDescription: int16 count, per column a name and 18 bytes. */
function readColumns(bytes: Uint8Array, start: number, end: number): string[] {
  const names: string[] = [];
  let at = start + 2;
  while (at < end) {
    const { text, next } = readText(bytes, at, end);
    names.push(text);
    at = next + 18;
  }
  return names;
}

/** DataRow: int16 count, per value int32 length (-1 NULL) and bytes. */
function readRow(bytes: Uint8Array, start: number, end: number): (string | null)[] {
  const values: (string | null)[] = [];
  let at = start + 2;
  while (at + 4 <= end) {
    const length = readInt32(bytes, at);
    at += 4;
    values.push(length < 0 ? null : Buffer.from(bytes.subarray(at, at + length)).toString("utf8"));
    at += Math.max(0, length);
  }
  return values;
}

/** ErrorResponse: only SQLSTATE (C) and position (P) are read; message, detail and hint may quote values. */
function readError(bytes: Uint8Array, start: number, end: number, place: string): VitrineError {
  let state = "unknown";
  let position: number | undefined;
  let at = start;
  while (at < end && bytes[at] !== 0) {
    const field = String.fromCharCode(bytes[at]!);
    const { text, next } = readText(bytes, at + 1, end);
    if (field === "C" && /^[0-9A-Z]{5}$/.test(text)) state = text;
    if (field === "P" && /^\d{1,9}$/.test(text)) position = Number(text);
    at = next;
  }
  return queryError(state, position, place);
}
