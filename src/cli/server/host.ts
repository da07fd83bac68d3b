/** One generation in the server: its mirror, its reader's pipe, what is known of both. Messages are taken strictly one by one. */
import type { Socket } from "node:net";
import type { CrashHook } from "../../lib/crash-points.ts";
import { unreachable } from "../../lib/assert.ts";
import type { DuckdbMirror } from "../../mirror/duckdb.ts";
import type { ReaderReport } from "../../metrics/status-report.ts";
import type { Declaration } from "../../policy/declaration.ts";
import type { DownMessage, EpochBreak, ProofVerdict, UpMessage } from "../../policy/safe.ts";
import { readFrames, writeFrame } from "../pipe.ts";

export type VerifyMessage = Extract<DownMessage, { tag: "verify-at" | "verify-blocked" | "verify-rows" | "verify-end" }>;

export interface HostEvents {
  /** May the reader go on with this generation? Else it is dropped by whoever answers. */
  readonly onHello: (hello: Extract<DownMessage, { tag: "hello" }>) => boolean;
  /** Rows, position or proof have moved. */
  readonly onMoved: () => void;
  readonly onReaderStatus: (status: Extract<DownMessage, { tag: "reader-status" }>) => void;
  readonly onEpoch: (breaks: readonly EpochBreak[]) => void;
  readonly onVerify: (host: Host, message: VerifyMessage) => Promise<void>;
  readonly onProof: (verdicts: readonly ProofVerdict[], request: number | undefined) => void;
}

export class Host {
  readonly number: number;
  readonly mirror: DuckdbMirror;
  /** The one that the copy was made under: answers from it go on while another is built. undefined: for the pipe of a reader that only ends. */
  readonly declaration: Declaration | undefined;
  readonly #events: HostEvents;
  readonly #crash: CrashHook;
  #socket: Socket | undefined;
  #serving: Promise<void> = Promise.resolve();
  reader: ReaderReport;
  rules: Readonly<Record<string, readonly string[]>> = {};

  constructor(options: {
    readonly number: number;
    readonly mirror: DuckdbMirror;
    readonly declaration: Declaration | undefined;
    readonly events: HostEvents;
    readonly crash: CrashHook;
  }) {
    this.number = options.number;
    this.mirror = options.mirror;
    this.declaration = options.declaration;
    this.#events = options.events;
    this.#crash = options.crash;
    this.reader = {
      generation: options.number,
      state: "starting",
      message: "The reader is being started.",
      code: undefined,
      remedy: undefined,
      slot: undefined,
    };
  }

  /** Takes over a new pipe; the old one is over. Rejects when the store failed: then the process must end. */
  serve(socket: Socket): Promise<void> {
    const before = this.#serving;
    this.#socket?.destroy();
    this.#socket = socket;
    socket.on("error", () => socket.destroy());
    this.#serving = before.then(() => this.#loop(socket));
    return this.#serving;
  }

  async #loop(socket: Socket): Promise<void> {
    await writeFrame(socket, { tag: "credit", bytes: 0 } satisfies UpMessage);
    for await (const { message, bytes } of readFrames(socket)) {
      await this.#take(socket, message as DownMessage); // eslint-disable-line -- our own reader's messages
      await writeFrame(socket, { tag: "credit", bytes } satisfies UpMessage);
    }
    if (this.#socket === socket) this.#socket = undefined;
  }

  // One line per message of the pipe: the switch is the table.
  // eslint-disable-next-line complexity -- see above
  async #take(socket: Socket, message: DownMessage): Promise<void> {
    switch (message.tag) {
      case "hello":
        this.rules = message.rules ?? {};
        if (!this.#events.onHello(message)) return;
        await writeFrame(socket, await this.mirror.startFor(message));
        this.#crash("server-after-start");
        return;
      case "reader-status":
        // A frame leaves out what is undefined: a code that is not said is none any more.
        this.reader = {
          ...this.reader,
          state: message.state,
          message: message.message,
          code: message.code,
          remedy: message.remedy,
          slot: message.slot ?? this.reader.slot,
        };
        this.#events.onReaderStatus(message);
        return;
      case "proof":
        if (message.notices !== undefined) this.reader = { ...this.reader, notices: message.notices };
        this.#events.onProof(message.verdicts, message.request);
        return;
      case "epoch-broken":
        await this.mirror.receive(message);
        this.#events.onEpoch(message.breaks);
        return;
      case "rows":
        await this.mirror.receive(message);
        this.#crash("server-mid-load");
        return;
      case "commit": {
        this.#crash("server-before-commit");
        const done = await this.mirror.receive(message);
        this.#crash("server-after-commit-before-ack");
        if (done !== undefined) await writeFrame(socket, { tag: "ack", lsn: done.ack } satisfies UpMessage);
        this.#events.onMoved();
        // Nothing came with it: a moment for the store's own housekeeping.
        if (message.changes === 0) await this.mirror.idle();
        return;
      }
      case "proven":
      case "snapshot-end": {
        const done = await this.mirror.receive(message);
        if (done !== undefined) await writeFrame(socket, { tag: "ack", lsn: done.ack } satisfies UpMessage);
        this.#events.onMoved();
        return;
      }
      case "snapshot-begin":
      case "table-done":
      case "changes":
      case "trouble":
        await this.mirror.receive(message);
        return;
      case "verify-at":
      case "verify-blocked":
      case "verify-rows":
      case "verify-end":
        await this.#events.onVerify(this, message);
        return;
      default:
        unreachable(message);
    }
  }

  /** False when no reader is connected. */
  ask(message: UpMessage): boolean {
    if (this.#socket === undefined || this.#socket.destroyed) return false;
    void writeFrame(this.#socket, message);
    return true;
  }

  /** When the pipe that is served now has ended, and all that came through it is taken. */
  async disconnected(): Promise<void> {
    await this.#serving.catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#socket?.destroy();
    await this.disconnected();
    await this.mirror[Symbol.asyncDispose]();
  }
}
