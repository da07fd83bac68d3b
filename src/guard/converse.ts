/** Sockets for a checker: new connections, literal requests, bounded answers, clean ends. It judges nothing. */
import { must } from "../lib/assert.ts";
import type { Checker, Ended, Heard, Question, Request, Requests } from "./checker.ts";
import { stepsMaxOf } from "./checker.ts";
import type { Verdict } from "./ladder.ts";
import { allowedOf, mustBeAllowed } from "./wire/allowed.ts";
import type { Certificate } from "./wire/certificate.ts";
import { askDatagram } from "./wire/datagram.ts";
import type { Patience, Place } from "./wire/link.ts";
import { Link } from "./wire/link.ts";

export interface Conversation {
  readonly verdict: Verdict;
  readonly heard: readonly Heard[];
  readonly certificate: Certificate | undefined;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

const usualPatience: Patience = { quietMs: 2_000, answerMs: 6_000 };

/** Asks one service at one place. Never throws for what the other side does. */
export async function converse(checker: Checker, question: Question, place: Place, patience = usualPatience): Promise<Conversation> {
  const requests = checker.requests(question);
  using line = new Line(requests, { question, tlsFirst: checker.tls === "at-once" && question.channel === "tls", place, patience });
  const heard: Heard[] = [];
  for (let step = 0; step < stepsMaxOf(requests); step += 1) {
    const next = checker.next(question, heard);
    if (next.tag === "done") return { verdict: next.verdict, heard, ...line.counts };
    heard.push(next.tag === "start-tls" ? await line.startTls() : await line.ask(next.request, next.on));
  }
  throw new Error("bug: a checker that never comes to a verdict");
}

/** The connections of one conversation: one at a time. */
class Line implements Disposable {
  readonly #allowed: ReadonlyMap<string, Request>;
  readonly #place: Place;
  readonly #patience: Patience;
  readonly #name: string | undefined;
  readonly #tlsFirst: boolean;
  #link: Link | undefined;
  #certificate: Certificate | undefined;
  #sent = 0;
  #received = 0;

  constructor(
    requests: Requests,
    options: { readonly question: Question; readonly tlsFirst: boolean; readonly place: Place; readonly patience: Patience },
  ) {
    const { question, place, patience, tlsFirst } = options;
    this.#allowed = allowedOf(requests);
    this.#place = place;
    this.#patience = patience;
    this.#name = isName(question.host) ? question.host : undefined;
    this.#tlsFirst = tlsFirst;
  }

  get counts(): Pick<Conversation, "certificate" | "bytesSent" | "bytesReceived"> {
    return { certificate: this.#certificate, bytesSent: this.#sent, bytesReceived: this.#received };
  }

  async ask(name: string, on: "new" | "last"): Promise<Heard> {
    const request = mustBeAllowed(this.#allowed, name);
    if (request.over === "udp") return this.#askDatagram(name, request);
    const failed = on === "new" ? await this.#open() : undefined;
    if (failed !== undefined) return failed;
    return { tag: "answer", request: name, ...(await this.#exchange(request)) };
  }

  async startTls(): Promise<Heard> {
    const found = await must(this.#link, "connection").startTls(this.#name);
    if (found !== undefined && "tag" in found) {
      this.#end();
      return found;
    }
    this.#certificate = found;
    return { tag: "tls" };
  }

  /** undefined: a new connection is there, and TLS on it where the channel is TLS from the first byte. */
  async #open(): Promise<Heard | undefined> {
    this.#end();
    const opened = await Link.open(this.#place, this.#patience);
    if (!(opened instanceof Link)) return opened;
    this.#link = opened;
    if (!this.#tlsFirst) return undefined;
    const heard = await this.startTls();
    return heard.tag === "tls" ? undefined : heard;
  }

  async #exchange(request: Request): Promise<{ readonly bytes: Uint8Array; readonly ended: Ended }> {
    const link = must(this.#link, "connection");
    this.#sent += request.bytes.length;
    if (request.limit === 0) {
      link.say(request.bytes);
      return { bytes: new Uint8Array(), ended: "whole" };
    }
    let bytes: Buffer = Buffer.alloc(0);
    const ended = await link.exchange(request.bytes, (chunk) => {
      this.#received += chunk.length;
      bytes = Buffer.concat([bytes, chunk.subarray(0, request.limit - bytes.length)]);
      if (request.isWhole(bytes)) return "whole";
      return bytes.length >= request.limit ? "limit" : undefined;
    });
    return { bytes, ended };
  }

  async #askDatagram(name: string, request: Request): Promise<Heard> {
    this.#sent += request.bytes.length;
    const answer = await askDatagram(request.bytes, this.#place, this.#patience);
    if (typeof answer === "string") return { tag: "no-connection", why: answer };
    this.#received += answer.bytes.length;
    return { tag: "answer", request: name, bytes: answer.bytes.subarray(0, request.limit), ended: answer.ended };
  }

  #end(): void {
    this.#link?.end();
    this.#link = undefined;
  }

  [Symbol.dispose](): void {
    this.#end();
  }
}

function isName(host: string): boolean {
  return !host.includes(":") && !/^[\d.]+$/.test(host);
}
