/** A TLS connection on which both sides have shown their keys: messages in, messages out, each way bounded. */
import type { KeyObject } from "node:crypto";
import type { TLSSocket, TlsOptions } from "node:tls";
import { BadLine, LineReader, lineOfJson } from "../../lib/json-lines.ts";
import { fingerprintOf, selfSigned } from "../../lib/self-signed.ts";

/** The other side does not read: what waits for it is not kept for ever. */
const waitingMax = 8 << 20;

/** Who is not known by name is known by key: certificates carry it and are believed in nothing else, so nothing resumes a session either. */
export function tlsOf(key: KeyObject): Pick<TlsOptions, "key" | "cert" | "minVersion" | "rejectUnauthorized"> {
  return { key: key.export({ type: "pkcs8", format: "pem" }), cert: selfSigned(key), minVersion: "TLSv1.3", rejectUnauthorized: false };
}

/** Of the key that the other side has proven to hold; undefined: it has shown none. */
export function peerFingerprint(socket: TLSSocket): string | undefined {
  const shown = socket.getPeerX509Certificate();
  return shown && fingerprintOf(shown.publicKey);
}

export class Channel {
  readonly #socket: TLSSocket;
  readonly #lines: LineReader;
  readonly #closed = Promise.withResolvers<void>();

  /** `take` says whether the message was one of the other side's; what is not ends the connection. */
  constructor(socket: TLSSocket, lineMax: number, take: (message: unknown) => boolean) {
    this.#socket = socket;
    this.#lines = new LineReader(lineMax);
    socket.setNoDelay(true);
    socket.on("error", () => this.close());
    socket.on("close", () => this.#closed.resolve());
    socket.on("end", () => this.close());
    socket.on("data", (chunk: Buffer) => this.#read(chunk, take));
  }

  /** When it is over, for whatever reason. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** Now that it is known who speaks. */
  allow(lineMax: number): void {
    this.#lines.lengthMax = lineMax;
  }

  send(message: object): void {
    if (this.#socket.destroyed) return;
    this.#socket.write(lineOfJson(message));
    if (this.#socket.writableLength > waitingMax) this.close();
  }

  /** What was sent goes out first. */
  end(): void {
    this.#socket.end();
    setTimeout(() => this.close(), 500).unref();
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer, take: (message: unknown) => boolean): void {
    try {
      for (const message of this.#lines.push(chunk)) {
        if (this.#socket.destroyed) return;
        if (!take(message)) return this.close();
      }
    } catch (error) {
      if (!(error instanceof BadLine)) throw error;
      this.close();
    }
  }
}
