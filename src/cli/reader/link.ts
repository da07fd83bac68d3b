/** The reader's end of the pipe: sends frames within the credit, hears acknowledgements and requests. */
import type { Socket } from "node:net";
import type { Lsn } from "../../model/lsn.ts";
import { lsnZero } from "../../model/lsn.ts";
import type { DownMessage, UpMessage } from "../../policy/safe.ts";
import { Credit, readFrames, writeFrame } from "../pipe.ts";

export type Request = Extract<UpMessage, { tag: "prove" | "verify" | "stop" | "accept-epoch" }>;
type Start = Extract<UpMessage, { tag: "start" }>;

export class ServerLink {
  readonly #socket: Socket;
  readonly #credit = new Credit();
  #acked: Lsn = lsnZero;
  #waiting: { readonly lsn: Lsn; readonly wake: () => void }[] = [];
  readonly #ready = Promise.withResolvers<void>();
  readonly #start = Promise.withResolvers<Start>();
  #onRequest: (request: Request) => void = (request) => void this.#early.push(request);
  readonly #early: Request[] = [];
  #onAck: (lsn: Lsn) => void = () => undefined;
  /** Settles when the server is gone. */
  readonly ended: Promise<void>;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.ended = this.#hear();
  }

  /** The server has the other end: before that, what we send could be read by nobody. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** The answer to our hello. */
  get start(): Promise<Start> {
    return this.#start.promise;
  }

  get acked(): Lsn {
    return this.#acked;
  }

  /** Requests that came before are handed over now. */
  onRequest(handler: (request: Request) => void): void {
    this.#onRequest = handler;
    for (const request of this.#early.splice(0)) handler(request);
  }

  onAck(handler: (lsn: Lsn) => void): void {
    this.#onAck = handler;
  }

  /** Rows and changes: waits for credit. */
  async sendData(message: DownMessage): Promise<void> {
    await this.#credit.room();
    await this.send(message);
  }

  /** Small messages: counted, but they do not wait behind the data's credit. */
  async send(message: DownMessage): Promise<void> {
    await this.#ready.promise;
    // The bytes are counted before the first wait, so that two senders cannot both see the same room.
    const written = writeFrame(this.#socket, message);
    this.#credit.take(await written);
  }

  /** Resolves when the store has committed `lsn`. */
  async committed(lsn: Lsn): Promise<void> {
    if (this.#acked >= lsn) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ lsn, wake: resolve });
    await promise;
  }

  async #hear(): Promise<void> {
    for await (const { message } of readFrames(this.#socket)) this.#dispatch(message as UpMessage); // eslint-disable-line -- our own server's messages
  }

  #dispatch(message: UpMessage): void {
    this.#ready.resolve();
    switch (message.tag) {
      case "credit":
        this.#credit.give(message.bytes);
        return;
      case "ack":
        this.#ack(message.lsn);
        return;
      case "start":
        this.#start.resolve(message);
        return;
      case "prove":
      case "verify":
      case "stop":
      case "accept-epoch":
        this.#onRequest(message);
    }
  }

  #ack(lsn: Lsn): void {
    if (lsn > this.#acked) this.#acked = lsn;
    this.#onAck(this.#acked);
    const due = this.#waiting.filter((one) => one.lsn <= this.#acked);
    this.#waiting = this.#waiting.filter((one) => one.lsn > this.#acked);
    for (const one of due) one.wake();
  }
}
