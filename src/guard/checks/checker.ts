/**
 * What a checker is: the requests that it may send, and a pure function from what was heard to the next request or the verdict. Sockets
 * are converse.ts's; so a recorded conversation, or a mutation of one, is judged by the very code that judges a server.
 */
import type { Depth, DepthOfNames } from "../readable/depth.ts";
import type { Verdict } from "../ladder.ts";

export type Channel = "plain" | "tls";

/** A literal request. Nothing else can be sent. */
export interface Request {
  /** Empty: to listen to a server that speaks first. */
  readonly bytes: Uint8Array;
  /** At most so many bytes of the answer are read. */
  readonly limit: number;
  /** Whether this prefix of the answer decides: nothing more is read then. */
  readonly isWhole: (prefix: Uint8Array) => boolean;
  /** In the place of its bytes, of what was heard: for the proof of a log-in, which no list can hold. Only where the owner's login is told. */
  readonly made?: (heard: readonly Heard[]) => Uint8Array;
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

export type Step<T = Verdict> =
  /** On a connection of its own, or on the last one. */
  | { readonly tag: "send"; readonly request: string; readonly on: "new" | "last" }
  /** TLS on the last connection, which the protocol has agreed upon. */
  | { readonly tag: "start-tls" }
  | { readonly tag: "done"; readonly verdict: T };

/** What is checked: one service at one place. `path`: declared indices, databases, buckets; from the URL. */
export interface Question {
  readonly channel: Channel;
  /** What the service is called there: Host header, database and role, bucket. Never a credential. */
  readonly names: readonly string[];
  readonly host: string;
  readonly user: string | undefined;
  /** Of the store's owner, as HTTP sends it. No gate ever says it: it is for what is asked beyond it on the owner's own word. */
  readonly authorization?: string;
}

/** A conversation: what may be sent in it, and what comes next after what was heard. Pure. */
export interface Dialogue<T> {
  /** TLS from the first byte, agreed upon in the protocol, or none. */
  readonly tls: "at-once" | "agreed" | "none";
  requests(question: Question): Requests;
  next(question: Question, heard: readonly Heard[]): Step<T>;
}

export interface Checker extends Dialogue<Verdict> {
  readonly service: string;
  readonly title: string;
  /** Default port. */
  readonly port: number;
  /** Who has answered this checker in our tests: the maker's server, an independent one, or only our stand-in. */
  readonly evidence: "vendor" | "independent" | "stand-in";
  /** What can be asked of a store that is open and proved to be the owner's; absent: nothing more is asked. */
  readonly depth?: Depth | DepthOfNames;
  /** Least time between two checks of the watch, where a check is a log-in that stands in the server's log and counts there. */
  readonly everyMs?: number;
  /**
   * Where its first request does no harm to whoever it is that listens: how its answer is known. Absent: nobody is asked by this checker who was
   * not declared.
   */
  readonly unasked?: {
    readonly isItself: (first: Heard) => boolean;
    /** The rest would be a log-in, or ask for names: not without somebody's word. */
    readonly stopsThere?: boolean;
    /** It speaks HTTP: whoever does not is not it, and whoever does is none of the others. */
    readonly isWeb?: boolean;
  };
  /** Its hosts are shared by many owners and tell them apart by name: who calls a public address of one by itself asks a stranger's. */
  readonly isShared?: boolean;
  /** How the owner closes it. */
  readonly remedy: string;
}

/** So many steps a conversation takes at most, whatever the other side says: each request once, on a connection that agreed upon TLS. */
export function stepsMaxOf(requests: Requests): number {
  return 3 * Object.keys(requests).length + 8;
}

export function done<T>(verdict: T): Step<T> {
  return { tag: "done", verdict };
}
