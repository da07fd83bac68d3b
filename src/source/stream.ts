/**
 * Reads a replication slot: whole source transactions as raw changes, with our own acknowledgements. The stream accumulates while
 * nobody pulls (up to `queueBytesMax`, then the socket is paused), so pulling only when the last batch has committed makes batches.
 *
 * Rules of acknowledging: only what `acknowledge` was told (it is committed in the store) is ever said to be flushed; the position
 * of the store is what we begin with; a keepalive is answered at once with the last such position, never with its own.
 */
import { assert } from "../lib/assert.ts";
import { VitrineError } from "../model/error.ts";
import type { Lsn } from "../model/lsn.ts";
import { formatLsn, lsnFrom, parseLsn } from "../model/lsn.ts";
import { PgoutputDecoder } from "./pgoutput-decoder.ts";
import { id, literal } from "./names.ts";
import type { RawEvent, SourceTable } from "./raw.ts";
import type { Source } from "./session.ts";
import { rawSql } from "./session.ts";
import { readSlot, requireSlotFor } from "./slot.ts";
import type { RawConnection } from "./wire/raw-connection.ts";
import { statusMessage } from "./wire/standby-status.ts";

export interface StreamOptions {
  readonly source: Source;
  readonly slot: string;
  readonly publications: readonly string[];
  readonly tables: readonly SourceTable[];
  /** The store's position: transactions that end at or below it are skipped. */
  readonly from: Lsn;
  /** When the source committed `from`, in its microseconds since 1970; undefined: not known, or the position of a snapshot. */
  readonly fromAt?: number | undefined;
  readonly nowMs: () => number;
  /** Decoded bytes (as on the wire) at which the socket is paused. */
  readonly queueBytesMax?: number;
  /** A slice of about this size is cut off an open transaction. */
  readonly sliceBytesMax?: number;
}

export interface Stream extends AsyncIterable<RawEvent, undefined>, AsyncDisposable {
  readonly systemIdentifier: string;
  readonly timeline: number;
  /** `lsn` is committed in the store: tells the server, which may then throw away its WAL up to there. Never goes back. */
  acknowledge(lsn: Lsn): void;
  /** Bytes decoded and not yet pulled. */
  queuedBytes(): number;
  /** true: every source transaction from here on has a commit mark of its own (for `verify`, which stops between two). */
  oneByOne(on: boolean): void;
}

const queueBytesMaxDefault = 8 << 20;
const sliceBytesMaxDefault = 1 << 20;
const tickMsMax = 10_000;
const idleEveryMs = 1000;

/**
 * Starts streaming. Throws source/slot-missing, slot-lost, slot-foreign, slot-in-use (retry), slot-ahead (changes are lost), rewound,
 * and the codes of a connection. The iterator throws source/connection-lost, stream-silent, protocol, text-format, row-too-large,
 * publication-differs (the publication is gone).
 */
export async function openStream(options: StreamOptions): Promise<Stream> {
  const raw = await options.source.openRaw("replication", { client_encoding: "UTF8", statement_timeout: "0", idle_session_timeout: "0" });
  try {
    const sql = rawSql(raw);
    const [system] = await sql.query("IDENTIFY_SYSTEM");
    const [timeout] = await sql.query("SELECT setting FROM pg_catalog.pg_settings WHERE name = 'wal_sender_timeout'");
    const slot = requireSlotFor(await readSlot(sql, options.slot), { name: options.slot, from: options.from });
    requireLogUpTo(options.from, String(system?.["xlogpos"]));
    const stream = new SlotStream(raw, options, {
      confirmed: slot.confirmed,
      systemIdentifier: String(system?.["systemid"]),
      timeline: Number(system?.["timeline"]),
      walSenderTimeoutMs: Number(timeout?.["setting"] ?? 0),
    });
    await stream.start();
    return stream;
  } catch (error) {
    raw.destroy();
    throw error;
  }
}

/**
 * What was sent to us had been flushed by the server. One whose log ends before that is an older copy: what it commits from now on would
 * be taken for what we have, and skipped.
 */
function requireLogUpTo(from: Lsn, end: string): void {
  const flushed = parseLsn(end);
  if (flushed !== undefined && flushed >= from) return;
  throw new VitrineError("source/rewound", {
    message: `The source's log ends at ${end}, before the position ${formatLsn(from)} of the copy: an older copy of the source was put in its place.`,
    place: end,
  });
}

/** One command, as replication.c of the server reads it: publication names are a list of quoted identifiers in a literal. */
function startCommand(options: StreamOptions, from: Lsn): string {
  const names = literal(options.publications.map(id).join(","));
  return `START_REPLICATION SLOT ${id(options.slot)} LOGICAL ${formatLsn(from)} (proto_version '1', publication_names ${names}, binary 'true', messages 'true')`;
}

interface ServerFacts {
  /** What the slot has been told to be in the store: at most our position. */
  readonly confirmed: Lsn;
  readonly systemIdentifier: string;
  readonly timeline: number;
  readonly walSenderTimeoutMs: number;
}

class SlotStream implements Stream {
  readonly systemIdentifier: string;
  readonly timeline: number;
  readonly #raw: RawConnection;
  readonly #options: StreamOptions;
  readonly #decoder: PgoutputDecoder;
  readonly #walSenderTimeoutMs: number;
  readonly #queueBytesMax: number;
  readonly #sliceBytesMax: number;
  /** Cut off while nobody pulled. */
  #ready: RawEvent[] = [];
  #readyBytes = 0;
  #paused = false;
  #oneByOne = false;
  #waiting: (() => void) | undefined;
  #acknowledged: Lsn;
  /** Where the server begins to send: the store's position, or before it. */
  readonly #from: Lsn;
  /** The furthest position that was handed over. */
  #handed: Lsn;
  /** The end of the WAL that the server has sent, as far as we have read it. */
  #received: Lsn;
  #idle: Lsn | undefined;
  #idleAtMs = 0;
  #replyWanted = false;
  #lifeAtMs: number;
  #timer: ReturnType<typeof setInterval> | undefined;
  #ended: { readonly error: VitrineError | undefined } | undefined;

  constructor(raw: RawConnection, options: StreamOptions, facts: ServerFacts) {
    this.systemIdentifier = facts.systemIdentifier;
    this.timeline = facts.timeline;
    this.#raw = raw;
    this.#options = options;
    this.#walSenderTimeoutMs = facts.walSenderTimeoutMs;
    this.#queueBytesMax = options.queueBytesMax ?? queueBytesMaxDefault;
    this.#sliceBytesMax = options.sliceBytesMax ?? sliceBytesMaxDefault;
    // What lies between is sent again, and skipped: in it must be the commit that the store ends with. A source in whose log it is not
    // is an older copy that has gone its own way since.
    const landmark =
      options.fromAt === undefined || facts.confirmed >= options.from ? undefined : { lsn: options.from, at: options.fromAt };
    this.#decoder = new PgoutputDecoder({ tables: options.tables, from: options.from, landmark });
    this.#from = landmark === undefined ? options.from : facts.confirmed;
    this.#acknowledged = this.#from;
    this.#handed = options.from;
    this.#received = options.from;
    this.#lifeAtMs = options.nowMs();
  }

  async start(): Promise<void> {
    await this.#raw.copyBoth(startCommand(this.#options, this.#from), {
      data: (bytes, at, end) => this.#onData(bytes, at, end),
      chunkEnd: () => this.#onChunkEnd(),
    });
    void this.#raw.ended.then((error) => this.#onEnd(error));
    const tickMs = this.#walSenderTimeoutMs > 0 ? Math.min(tickMsMax, 0.75 * this.#walSenderTimeoutMs) : tickMsMax;
    this.#timer = setInterval(() => this.#onTick(), tickMs);
    this.#sendStatus(false);
  }

  acknowledge(lsn: Lsn): void {
    assert(lsn <= this.#handed, "an acknowledgement of what was never handed over");
    // Before that, what was acknowledged could not be looked for again by who comes after us.
    if (lsn <= this.#acknowledged || this.#decoder.isLookingForLandmark) return;
    this.#acknowledged = lsn;
    this.#sendStatus(false);
  }

  queuedBytes(): number {
    return this.#readyBytes + this.#decoder.bytes;
  }

  oneByOne(on: boolean): void {
    if (on && !this.#oneByOne) this.#cut();
    this.#oneByOne = on;
  }

  /** Closes the batch that is open: what comes next has a commit mark of its own. */
  #cut(): void {
    if (!this.#decoder.hasEvents) return;
    const before = this.#decoder.bytes;
    this.#ready.push(...this.#decoder.drain(false));
    this.#readyBytes += before - this.#decoder.bytes;
  }

  [Symbol.asyncIterator](): AsyncIterator<RawEvent, undefined> {
    return { next: () => this.#next() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#sendStatus(false);
    await this.#raw.close();
  }

  async #next(): Promise<IteratorResult<RawEvent, undefined>> {
    for (;;) {
      const event = this.#pull();
      if (event !== undefined) return { done: false, value: event };
      if (this.#ended) {
        if (this.#ended.error) throw this.#ended.error;
        return { done: true, value: undefined };
      }
      assert(this.#waiting === undefined, "two readers of one stream");
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
  }

  #pull(): RawEvent | undefined {
    if (this.#ready.length === 0 && this.#decoder.hasEvents) {
      this.#ready = this.#decoder.drain(false);
    }
    const event = this.#ready.shift() ?? this.#pullIdle();
    if (this.#ready.length === 0) this.#readyBytes = 0;
    if (event !== undefined && "lsn" in event && event.lsn > this.#handed) this.#handed = event.lsn;
    this.#resumeIfRoom();
    return event;
  }

  /** A quiet source moves on all the same: its position is told once a second, when nothing else is to be told. */
  #pullIdle(): RawEvent | undefined {
    const lsn = this.#idle;
    if (lsn === undefined || this.#decoder.inTransaction || lsn <= this.#handed) return undefined;
    const now = this.#options.nowMs();
    if (now - this.#idleAtMs < idleEveryMs) return undefined;
    this.#idleAtMs = now;
    this.#idle = undefined;
    return { tag: "idle", lsn };
  }

  #onData(bytes: Uint8Array, at: number, end: number): void {
    if (bytes[at] === 0x77 && end - at > 25) {
      // w: start of the data, end of the WAL, the server's clock, then one message.
      this.#decoder.push(bytes, at + 25, end);
      if (this.#oneByOne && !this.#decoder.inTransaction) this.#cut();
      return;
    }
    if (bytes[at] !== 0x6b || end - at !== 18) {
      throw new VitrineError("source/protocol", {
        message: "A message of the stream has a frame that is not known.",
        place: this.#raw.place,
      });
    }
    // k: end of the WAL up to which all was sent, the server's clock, whether it wants an answer.
    const lsn = lsnAt(bytes, at + 1);
    if (lsn > this.#received) this.#received = lsn;
    if (!this.#decoder.inTransaction) this.#idle = lsn;
    if (bytes[at + 17] === 1) this.#replyWanted = true;
  }

  #onChunkEnd(): void {
    this.#lifeAtMs = this.#options.nowMs();
    if (this.#replyWanted) {
      this.#replyWanted = false;
      this.#sendStatus(false);
    }
    if (this.#decoder.bytes >= this.#sliceBytesMax) {
      this.#readyBytes += this.#decoder.bytes;
      this.#ready.push(...this.#decoder.drain(true));
    }
    if (!this.#paused && this.queuedBytes() >= this.#queueBytesMax) {
      this.#paused = true;
      this.#raw.pause();
    }
    if (this.#ready.length > 0 || this.#decoder.hasEvents || this.#idle !== undefined) this.#wake();
  }

  #resumeIfRoom(): void {
    if (!this.#paused || this.queuedBytes() > this.#queueBytesMax / 2) return;
    this.#paused = false;
    this.#lifeAtMs = this.#options.nowMs();
    this.#raw.resume();
  }

  /** Off the data path: also while the socket is paused and keepalives are not seen. */
  #onTick(): void {
    // Asking for an answer makes silence mean something: a living server answers at once.
    this.#sendStatus(true);
    const silentMs = this.#options.nowMs() - this.#lifeAtMs;
    if (!this.#paused && this.#walSenderTimeoutMs > 0 && silentMs > 2 * this.#walSenderTimeoutMs) {
      this.#raw.fail(
        new VitrineError("source/stream-silent", { message: "The replication connection is silent.", place: this.#raw.place }),
      );
    }
    this.#wake();
  }

  #onEnd(error: VitrineError | undefined): void {
    clearInterval(this.#timer);
    this.#ended = { error: error && this.#explain(error) };
    this.#wake();
  }

  #explain(error: VitrineError): VitrineError {
    // 42704 inside a running stream: what does not exist is the publication.
    if (error.origin?.code !== "42704") return error;
    const names = this.#options.publications.join(", ");
    return new VitrineError("source/publication-differs", {
      message: `A publication of the stream does not exist (${names}).`,
      place: names,
      origin: error.origin,
    });
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.();
  }

  #sendStatus(replyRequested: boolean): void {
    const written = this.#received > this.#acknowledged ? this.#received : this.#acknowledged;
    this.#raw.send(statusMessage({ written, flushed: this.#acknowledged, nowMs: this.#options.nowMs(), replyRequested }));
  }
}

function lsnAt(bytes: Uint8Array, at: number): Lsn {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, 8);
  return lsnFrom(view.getBigUint64(0));
}
