/** Sockets for a checker: new connections, literal requests, bounded answers, clean ends. It judges nothing. */
import type { Socket } from "node:net";
import { connect } from "node:net";
import type { TLSSocket } from "node:tls";
import { connect as connectTls } from "node:tls";
import { assert, must } from "../lib/assert.ts";
import type { Checker, Ended, Heard, Question, Request, Requests } from "./checker.ts";
import type { Verdict } from "./ladder.ts";

export interface Place {
  /** An address, never a name: what was looked up once is what is asked. */
  readonly address: string;
  readonly port: number;
}

export interface Conversation {
  readonly verdict: Verdict;
  readonly heard: readonly Heard[];
  readonly certificate: Certificate | undefined;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

/** Of the server, as it showed itself. Reported beside the verdict, never a reason to stop. */
export interface Certificate {
  /** Trusted by this machine for the name that was asked. */
  readonly isTrusted: boolean;
  /** ISO time. */
  readonly validTo: string;
  readonly sha256: string;
}

/** A whole check of one channel takes no longer than so many steps, whatever the other side says. */
const stepsMax = 64;
const quietMs = 2_000;

/** Asks one service at one place. Never throws for what the other side does. */
export async function converse(checker: Checker, question: Question, place: Place): Promise<Conversation> {
  const requests = checker.requests(question);
  using line = new Line(requests, place, question);
  const heard: Heard[] = [];
  for (let step = 0; step < stepsMax; step += 1) {
    const next = checker.next(question, heard);
    if (next.tag === "done") return { verdict: next.verdict, heard, ...line.counts };
    if (next.tag === "start-tls") heard.push((await line.startTls()) ?? { tag: "tls" });
    else heard.push(await line.ask(next.request, next.on, checker.tls === "at-once"));
  }
  throw new Error("bug: a checker that never comes to a verdict");
}

class Line implements Disposable {
  readonly #requests: Requests;
  readonly #place: Place;
  readonly #question: Question;
  #socket: Socket | undefined;
  #certificate: Certificate | undefined;
  #sent = 0;
  #received = 0;

  constructor(requests: Requests, place: Place, question: Question) {
    this.#requests = requests;
    this.#place = place;
    this.#question = question;
  }

  get counts(): Pick<Conversation, "certificate" | "bytesSent" | "bytesReceived"> {
    return { certificate: this.#certificate, bytesSent: this.#sent, bytesReceived: this.#received };
  }

  async ask(name: string, on: "new" | "last", tlsAtOnce: boolean): Promise<Heard> {
    const request = must(this.#requests[name], "a request of the checker's list");
    if (on === "new") {
      this.#end();
      const failed = await this.#connect();
      if (failed !== undefined) return failed;
      const noTls = tlsAtOnce && this.#question.channel === "tls" ? await this.startTls() : undefined;
      if (noTls !== undefined) return noTls;
    }
    return { tag: "answer", request: name, ...(await this.#exchange(request)) };
  }

  /** undefined: it is spoken now. */
  async startTls(): Promise<Heard | undefined> {
    const plain = must(this.#socket, "connection");
    const { host } = this.#question;
    const secure = connectTls({
      socket: plain,
      // What is behind a wrong certificate is readable all the same: it is reported, and does not stop the check.
      rejectUnauthorized: false,
      ...(isName(host) ? { servername: host } : {}),
    });
    const why = await new Promise<"not-tls" | "client-certificate" | "timeout" | "failed" | undefined>((resolve) => {
      const timer = setTimeout(() => resolve("timeout"), quietMs);
      secure.once("secureConnect", () => {
        clearTimeout(timer);
        resolve(undefined);
      });
      secure.once("error", (error) => {
        clearTimeout(timer);
        resolve(tlsFailure(error));
      });
      secure.once("close", () => {
        clearTimeout(timer);
        resolve("not-tls");
      });
    });
    if (why !== undefined) {
      secure.destroy();
      this.#end();
      return { tag: "no-tls", why };
    }
    this.#socket = secure;
    this.#certificate = certificateOf(secure);
    return undefined;
  }

  async #connect(): Promise<Heard | undefined> {
    const { address, port } = this.#place;
    const socket = connect({ host: address, port, family: address.includes(":") ? 6 : 4 });
    socket.setNoDelay(true);
    const why = await new Promise<Extract<Heard, { tag: "no-connection" }>["why"] | undefined>((resolve) => {
      const timer = setTimeout(() => resolve("timeout"), quietMs);
      socket.once("connect", () => {
        clearTimeout(timer);
        resolve(undefined);
      });
      socket.once("error", (error) => {
        clearTimeout(timer);
        resolve(connectFailure(error));
      });
    });
    if (why !== undefined) {
      socket.destroy();
      return { tag: "no-connection", why };
    }
    this.#socket = socket;
    return undefined;
  }

  /** Sends what is listed, byte by byte the same, and reads until it decides, the limit, silence or the end. */
  async #exchange(request: Request): Promise<{ readonly bytes: Uint8Array; readonly ended: Ended }> {
    const socket = must(this.#socket, "connection");
    assert(Object.values(this.#requests).includes(request), "only what is listed is sent");
    const chunks: Buffer[] = [];
    let size = 0;
    return new Promise((resolve) => {
      let timer = setTimeout(() => finish("quiet"), quietMs);
      // One answer may not be drawn out for ever by a byte now and then.
      const whole = setTimeout(() => finish("quiet"), 3 * quietMs);
      const finish = (ended: Ended): void => {
        clearTimeout(timer);
        clearTimeout(whole);
        socket.pause();
        socket.removeAllListeners("data").removeAllListeners("end").removeAllListeners("error").removeAllListeners("close");
        socket.on("error", () => undefined);
        resolve({ bytes: Buffer.concat(chunks).subarray(0, request.limit), ended });
      };
      socket.on("data", (chunk: Buffer) => {
        this.#received += chunk.length;
        chunks.push(size + chunk.length > request.limit ? chunk.subarray(0, request.limit - size) : chunk);
        size += chunk.length;
        if (request.isWhole(Buffer.concat(chunks))) finish("whole");
        else if (size >= request.limit) finish("limit");
        else {
          clearTimeout(timer);
          timer = setTimeout(() => finish("quiet"), quietMs);
        }
      });
      socket.on("error", (error) => finish(tlsFailure(error) === "client-certificate" ? "client-certificate" : "reset"));
      socket.on("end", () => finish("closed"));
      socket.on("close", () => finish("closed"));
      this.#sent += request.bytes.length;
      if (request.bytes.length > 0) socket.write(request.bytes);
      // A farewell, to which nothing is answered.
      if (request.limit === 0) finish("whole");
      else socket.resume();
    });
  }

  /** A clean end; whoever does not answer it is left. */
  #end(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket === undefined) return;
    socket.on("error", () => undefined);
    socket.end();
    setTimeout(() => socket.destroy(), 200).unref();
  }

  [Symbol.dispose](): void {
    this.#end();
  }
}

function isName(host: string): boolean {
  return !host.includes(":") && !/^[\d.]+$/.test(host);
}

function connectFailure(error: Error): "refused" | "unreachable" | "timeout" | "reset" | "failed" {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ECONNREFUSED") return "refused";
  if (code === "ETIMEDOUT") return "timeout";
  if (code === "ECONNRESET") return "reset";
  return code === "EHOSTUNREACH" || code === "ENETUNREACH" || code === "EADDRNOTAVAIL" ? "unreachable" : "failed";
}

function tlsFailure(error: Error): "not-tls" | "client-certificate" | "timeout" | "failed" {
  const { code = "" } = error as NodeJS.ErrnoException;
  if (/CERTIFICATE_REQUIRED|BAD_CERTIFICATE|HANDSHAKE_FAILURE/.test(code)) return "client-certificate";
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH|HTTP_REQUEST|UNEXPECTED_MESSAGE|ECONNRESET/.test(code)) return "not-tls";
  return "failed";
}

function certificateOf(socket: TLSSocket): Certificate | undefined {
  const { valid_to: validTo, fingerprint256 } = socket.getPeerCertificate();
  if (typeof validTo !== "string") return undefined;
  return {
    isTrusted: socket.authorized,
    validTo: new Date(validTo).toISOString(),
    sha256: fingerprint256.replaceAll(":", "").toLowerCase(),
  };
}
