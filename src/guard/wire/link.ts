/**
 * One connection, in clear text or TLS. Whatever the other side does, at whatever moment, is kept until somebody asks: an alert that arrives
 * between the handshake and our first request is heard all the same. What was not asked for is not read.
 */
import type { Socket } from "node:net";
import { connect } from "node:net";
import { connect as connectTls, createSecureContext } from "node:tls";
import type { Ended, Heard } from "../checks/checker.ts";
import type { Certificate } from "./certificate.ts";
import { certificateOf } from "./certificate.ts";
import { Silence } from "./silence.ts";

export interface Place {
  /** An address, never a name: what was looked up once is what is asked. */
  readonly address: string;
  readonly port: number;
}

export interface Patience {
  /** So long without a byte, and nothing more is expected. */
  readonly quietMs: number;
  /** One answer may not be drawn out for ever by a byte now and then. */
  readonly answerMs: number;
  /** Whether all the time is over that a conversation may take: nothing more is asked then but goodbye. */
  readonly isOver?: () => boolean;
}

type NoConnection = Extract<Heard, { readonly tag: "no-connection" }>;
type NoTls = Extract<Heard, { readonly tag: "no-tls" }>;

/** Made once, and not with every connection: it holds nothing of one. */
const lenient = createSecureContext({ minVersion: "TLSv1", ciphers: "DEFAULT@SECLEVEL=0" });

export class Link {
  readonly #patience: Patience;
  readonly #address: string;
  #socket: Socket;
  /** How the other side ended it, once it did. */
  #over: Ended | undefined;
  #deaf: () => void = () => undefined;
  #waiting: { readonly data: (chunk: Buffer) => void; readonly over: (ended: Ended) => void } | undefined;

  private constructor(socket: Socket, address: string, patience: Patience) {
    this.#patience = patience;
    this.#address = address;
    this.#socket = socket;
    this.#listen();
  }

  static async open({ address, port }: Place, patience: Patience): Promise<Link | NoConnection> {
    const socket = connect({ host: address, port, family: address.includes(":") ? 6 : 4 });
    socket.setNoDelay(true);
    const { promise, resolve } = Promise.withResolvers<NoConnection["why"] | Link>();
    using _silence = new Silence(patience.quietMs, () => resolve("timeout"));
    socket.once("connect", () => resolve(new Link(socket, address, patience)));
    socket.on("error", (error) => resolve(connectFailure(error)));
    const opened = await promise;
    if (opened instanceof Link) return opened;
    socket.destroy();
    return { tag: "no-connection", why: opened };
  }

  /** `name`: for the server to choose its certificate by; undefined where it was called by an address. */
  async startTls(name: string | undefined): Promise<Certificate | NoTls | undefined> {
    const plain = this.#socket;
    if (this.#over !== undefined) return { tag: "no-tls", why: "not-tls" };
    this.#deaf();
    const secure = connectTls({
      socket: plain,
      // What is behind a wrong certificate, a short key or an old protocol is readable all the same: it is reported, and does not stop the check.
      rejectUnauthorized: false,
      secureContext: lenient,
      // Whom its certificate is to be for: without it that of "localhost" would be right everywhere.
      host: this.#address,
      ...(name === undefined ? {} : { servername: name }),
    });
    const { promise, resolve } = Promise.withResolvers<NoTls["why"] | undefined>();
    using _silence = new Silence(this.#patience.quietMs, () => resolve("timeout"));
    secure.once("secureConnect", () => {
      this.#socket = secure;
      this.#listen();
      resolve(undefined);
    });
    secure.on("error", (error) => resolve(tlsFailure(error, certificateOf(secure) !== undefined)));
    secure.once("close", () => resolve("not-tls"));
    const why = await promise;
    if (why === undefined) return certificateOf(secure);
    secure.destroy();
    return { tag: "no-tls", why };
  }

  /** Sends, and reads until it decides, the limit, silence or the end. `read` says after each piece whether that was it. */
  async exchange(bytes: Uint8Array, read: (chunk: Buffer) => Ended | undefined): Promise<Ended> {
    const { promise, resolve } = Promise.withResolvers<Ended>();
    using silence = new Silence(this.#patience.quietMs, () => resolve("quiet"));
    using _whole = new Silence(this.#patience.answerMs, () => resolve("quiet"));
    this.#waiting = {
      data: (chunk) => {
        // What was on its way when it was decided is not looked at.
        if (this.#waiting === undefined) return;
        silence.refresh();
        const ended = read(chunk);
        if (ended === undefined) return;
        this.#rest();
        resolve(ended);
      },
      over: resolve,
    };
    if (bytes.length > 0 && this.#over === undefined) this.#socket.write(bytes);
    // What the other side has sent before it went is read first.
    this.#socket.resume();
    if (this.#over !== undefined) resolve(this.#over);
    const ended = await promise;
    this.#rest();
    return ended;
  }

  /** A farewell, to which nothing is answered. */
  say(bytes: Uint8Array): void {
    if (this.#over === undefined) this.#socket.write(bytes);
  }

  /** A clean end; whoever does not answer it is left. */
  end(): void {
    const socket = this.#socket;
    socket.end();
    setTimeout(() => socket.destroy(), 200).unref();
  }

  #rest(): void {
    this.#waiting = undefined;
    this.#socket.pause();
  }

  #listen(): void {
    const socket = this.#socket;
    const over = (ended: Ended): void => {
      this.#over ??= ended;
      this.#waiting?.over(this.#over);
    };
    const data = (chunk: Buffer): void => this.#waiting?.data(chunk);
    const closed = (): void => over("closed");
    socket.on("error", (error) => over(tlsFailure(error, true) === "client-certificate" ? "client-certificate" : "reset"));
    socket.on("data", data).on("end", closed).on("close", closed).pause();
    this.#deaf = () => socket.off("data", data).off("end", closed).off("close", closed);
  }
}

function connectFailure(error: Error): NoConnection["why"] {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ECONNREFUSED") return "refused";
  if (code === "ETIMEDOUT") return "timeout";
  if (code === "ECONNRESET") return "reset";
  return code === "EHOSTUNREACH" || code === "ENETUNREACH" || code === "EADDRNOTAVAIL" ? "unreachable" : "failed";
}

/**
 * A server that wants a client's certificate says so by alert 116 or 42; before TLS 1.3 also by 40, which is the word for "we have no
 * cipher in common" too: then it has not shown its own certificate yet (RFC 8446 section 6.2, RFC 5246 section 7.4.6).
 */
function tlsFailure(error: Error, hasShownItself: boolean): NoTls["why"] {
  const { code = "" } = error as NodeJS.ErrnoException;
  if (/CERTIFICATE_REQUIRED|BAD_CERTIFICATE/.test(code) || (hasShownItself && /HANDSHAKE_FAILURE/.test(code))) return "client-certificate";
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH|HTTP_REQUEST|UNEXPECTED_MESSAGE|ECONNRESET/.test(code)) return "not-tls";
  return "failed";
}
