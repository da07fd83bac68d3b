/** Sockets for a checker: new connections, literal requests, bounded answers, clean ends. It judges nothing. */
import { assert, must } from "../../lib/assert.ts";
import type { Dialogue, Ended, Heard, Question, Request, Requests, Step } from "./checker.ts";
import { stepsMaxOf } from "./checker.ts";
import type { Verdict } from "../ladder.ts";
import { allowedOf, mustBeAllowed } from "../wire/allowed.ts";
import type { Certificate } from "../wire/certificate.ts";
import { askDatagram } from "../wire/datagram.ts";
import type { Patience, Place } from "../wire/link.ts";
import { Link } from "../wire/link.ts";

export interface Conversation<T = Verdict> {
  readonly verdict: T;
  readonly heard: readonly Heard[];
  readonly certificate: Certificate | undefined;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

const usualPatience: Patience = { quietMs: 2_000, answerMs: 6_000 };

/** Who is to be told what is asked: decided on each connection, by what its other side has just proved to hold. */
export type MayBeTold = (shown: Certificate | undefined) => boolean;

/** Asks one service at one place. Never throws for what the other side does. */
export async function converse<T>(
  dialogue: Dialogue<T>,
  question: Question,
  place: Place,
  patience = usualPatience,
  mayBeTold: MayBeTold = () => true,
): Promise<Conversation<T>> {
  const requests = dialogue.requests(question);
  const tlsFirst = dialogue.tls === "at-once" && question.channel === "tls";
  const tlsLater = dialogue.tls === "agreed" && question.channel === "tls";
  using line = new Line(requests, { question, tlsFirst, tlsLater, place, patience, mayBeTold });
  const heard: Heard[] = [];
  for (let step = 0; step < stepsMaxOf(requests); step += 1) {
    const next = dialogue.next(question, heard);
    if (next.tag === "done") return { verdict: next.verdict, heard, ...line.counts };
    const isLate = patience.isOver?.() === true && !(next.tag === "send" && requests[next.request]?.limit === 0);
    heard.push(isLate ? unasked(next) : next.tag === "start-tls" ? await line.startTls() : await line.ask(next.request, next.on, heard));
  }
  throw new Error("bug: a checker that never comes to a verdict");
}

/** What is not asked any more is heard as silence. */
function unasked(next: Exclude<Step<unknown>, { readonly tag: "done" }>): Heard {
  if (next.tag === "start-tls") return { tag: "no-tls", why: "timeout" };
  if (next.on === "new") return { tag: "no-connection", why: "timeout" };
  return { tag: "answer", request: next.request, bytes: new Uint8Array(), ended: "quiet" };
}

/**
 * Each look at an answer reads all that came so far. Who sends it byte by byte would keep us reading: after so many pieces it is looked at once in so many
 * bytes, and at the end.
 */
const [looksMax, lookEvery] = [1_000, 512];

/** The connections of one conversation: one at a time. */
class Line implements Disposable {
  readonly #allowed: ReadonlyMap<string, Request>;
  readonly #place: Place;
  readonly #patience: Patience;
  readonly #name: string | undefined;
  readonly #tlsFirst: boolean;
  readonly #mayBeTold: MayBeTold;
  readonly #tlsLater: boolean;
  readonly #hasLogin: boolean;
  #link: Link | undefined;
  #isInTls = false;
  #certificate: Certificate | undefined;
  #sent = 0;
  #received = 0;

  constructor(
    requests: Requests,
    options: {
      readonly question: Question;
      readonly tlsFirst: boolean;
      /** It is agreed upon before anything is told. */
      readonly tlsLater: boolean;
      readonly place: Place;
      readonly patience: Patience;
      readonly mayBeTold: MayBeTold;
    },
  ) {
    const { question, place, patience, tlsFirst, tlsLater, mayBeTold } = options;
    this.#mayBeTold = mayBeTold;
    this.#tlsLater = tlsLater;
    this.#hasLogin = question.authorization !== undefined;
    this.#allowed = allowedOf(requests);
    this.#place = place;
    this.#patience = patience;
    this.#name = isName(question.host) ? question.host : undefined;
    this.#tlsFirst = tlsFirst;
  }

  get counts(): Pick<Conversation, "certificate" | "bytesSent" | "bytesReceived"> {
    return { certificate: this.#certificate, bytesSent: this.#sent, bytesReceived: this.#received };
  }

  async ask(name: string, on: "new" | "last", heard: readonly Heard[]): Promise<Heard> {
    const request = mustBeAllowed(this.#allowed, name);
    if (request.over === "udp") return this.#askDatagram(name, request);
    const failed = on === "new" ? await this.#open() : undefined;
    if (failed !== undefined) return failed;
    // A login is for who shows itself in TLS first: whatever is not said in it is the question for it.
    if (this.#hasLogin && this.#tlsLater && !this.#isInTls && on === "last") return { tag: "no-tls", why: "failed" };
    if (request.made === undefined) return { tag: "answer", request: name, ...(await this.#exchange(request)) };
    assert(this.#hasLogin, "nothing but a log-in is made of what was heard");
    return { tag: "answer", request: name, ...(await this.#exchange({ ...request, bytes: request.made(heard) })) };
  }

  async startTls(): Promise<Heard> {
    const found = await must(this.#link, "connection").startTls(this.#name);
    if (found !== undefined && "tag" in found) {
      this.#end();
      return found;
    }
    this.#certificate = found;
    this.#isInTls = true;
    if (!this.#tlsLater || this.#mayBeTold(found)) return { tag: "tls" };
    this.#end();
    return { tag: "no-tls", why: "failed" };
  }

  /** undefined: a new connection is there, and TLS on it where the channel is TLS from the first byte. */
  async #open(): Promise<Heard | undefined> {
    this.#end();
    const opened = await Link.open(this.#place, this.#patience);
    if (!(opened instanceof Link)) return opened;
    this.#link = opened;
    this.#isInTls = false;
    const heard = this.#tlsFirst ? await this.startTls() : undefined;
    if (heard !== undefined && heard.tag !== "tls") return heard;
    // Where TLS is agreed upon later, nothing is told before it is there.
    if (this.#tlsLater || this.#mayBeTold(this.#tlsFirst ? this.#certificate : undefined)) return undefined;
    this.#end();
    return { tag: "no-tls", why: "failed" };
  }

  async #exchange(request: Request): Promise<{ readonly bytes: Uint8Array; readonly ended: Ended }> {
    const link = must(this.#link, "connection");
    this.#sent += request.bytes.length;
    if (request.limit === 0) {
      link.say(request.bytes);
      return { bytes: new Uint8Array(), ended: "whole" };
    }
    let bytes: Buffer = Buffer.alloc(0);
    let [looks, seen] = [0, 0];
    const ended = await link.exchange(request.bytes, (chunk) => {
      this.#received += chunk.length;
      bytes = Buffer.concat([bytes, chunk.subarray(0, request.limit - bytes.length)]);
      const isFull = bytes.length >= request.limit;
      if (looks >= looksMax && bytes.length - seen < lookEvery && !isFull) return undefined;
      [looks, seen] = [looks + 1, bytes.length];
      if (request.isWhole(bytes)) return "whole";
      return isFull ? "limit" : undefined;
    });
    const isLeftOut = ended !== "whole" && seen < bytes.length;
    return { bytes, ended: isLeftOut && request.isWhole(bytes) ? "whole" : ended };
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
