/**
 * What a checker is: the requests that it may send, and a pure function from what was heard to the next request or the verdict. Sockets
 * are converse.ts's; so a recorded conversation, or a mutation of one, is judged by the very code that judges a server.
 */
import type { Verdict } from "./ladder.ts";

export type Channel = "plain" | "tls";

/** A literal request. Nothing else can be sent. */
export interface Request {
  /** Empty: to listen to a server that speaks first. */
  readonly bytes: Uint8Array;
  /** At most so many bytes of the answer are read. */
  readonly limit: number;
  /** Whether this prefix of the answer decides: nothing more is read then. */
  readonly isWhole: (prefix: Uint8Array) => boolean;
  /** A datagram of its own, beside whatever connection there is; otherwise TCP. */
  readonly over?: "udp";
}

export type Requests = Readonly<Record<string, Request>>;

/**
 * How an answer came to its end. whole: it decides; limit: cut off by us; quiet: nothing more within the time; closed, reset: by the other
 * side; client-certificate: by an alert that asks for one, which in TLS 1.3 comes after the handshake.
 */
export type Ended = "whole" | "limit" | "quiet" | "closed" | "reset" | "client-certificate";

export type Heard =
  | { readonly tag: "answer"; readonly request: string; readonly bytes: Uint8Array; readonly ended: Ended }
  /** What `start-tls` asked for is spoken now. */
  | { readonly tag: "tls" }
  /** No connection came about. */
  | { readonly tag: "no-connection"; readonly why: "refused" | "unreachable" | "timeout" | "reset" | "failed" }
  /** A connection, and no TLS on it. `client-certificate`: the other side wants one (TLS alert 116 or 42, RFC 8446 section 6.2). */
  | { readonly tag: "no-tls"; readonly why: "not-tls" | "client-certificate" | "timeout" | "failed" };

export type Step =
  /** On a connection of its own, or on the last one. */
  | { readonly tag: "send"; readonly request: string; readonly on: "new" | "last" }
  /** TLS on the last connection, which the protocol has agreed upon. */
  | { readonly tag: "start-tls" }
  | { readonly tag: "done"; readonly verdict: Verdict };

/** What is checked: one service at one place. `path`: declared indices, databases, buckets; from the URL. */
export interface Question {
  readonly channel: Channel;
  /** What the service is called there: Host header, database and role, bucket. Never a credential. */
  readonly names: readonly string[];
  readonly host: string;
  readonly user: string | undefined;
}

export interface Checker {
  readonly service: string;
  readonly title: string;
  /** Default port. */
  readonly port: number;
  /** Who has answered this checker in our tests: the maker's server, an independent one, or only our stand-in. */
  readonly evidence: "vendor" | "independent" | "stand-in";
  /** TLS from the first byte, agreed upon in the protocol, or none. */
  readonly tls: "at-once" | "agreed" | "none";
  requests(question: Question): Requests;
  next(question: Question, heard: readonly Heard[]): Step;
  /** Least time between two checks of the watch, where a check is a log-in that stands in the server's log and counts there. */
  readonly everyMs?: number;
  /** How the owner closes it. */
  readonly remedy: string;
}

/** So many steps a conversation takes at most, whatever the other side says: each request once, on a connection that agreed upon TLS. */
export function stepsMaxOf(requests: Requests): number {
  return 3 * Object.keys(requests).length + 8;
}

export function done(verdict: Verdict): Step {
  return { tag: "done", verdict };
}
