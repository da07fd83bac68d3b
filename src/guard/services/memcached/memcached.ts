/**
 * memcached: can a key be asked for without a login, over TCP or UDP? The text protocol (protocol.txt of memcached). UDP knows no login and
 * may be on where TCP is off or behind a firewall, so it is asked whatever TCP said.
 */
import type { Checker, Heard, Question, Requests, Step } from "../../checks/checker.ts";
import { done } from "../../checks/checker.ts";
import type { Verdict } from "../../ladder.ts";
import { verdict, worst } from "../../ladder.ts";
import { unheard } from "../../checks/unheard.ts";

const get = Buffer.from("get vitrine:canary\r\n", "latin1");
/** Of a datagram: request id, number and count of datagrams, reserved (protocol.txt, "UDP protocol"). */
const header = Buffer.from("0001000000010000", "hex");

const list: Requests = {
  get: { bytes: get, limit: 2_048, isWhole: (prefix) => lineOf(prefix) !== undefined },
  quit: { bytes: Buffer.from("quit\r\n", "latin1"), limit: 0, isWhole: () => true },
  datagram: { bytes: Buffer.concat([header, get]), limit: 2_048, isWhole: (prefix) => prefix.length > 0, over: "udp" },
};

function lineOf(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  const end = text.indexOf("\r\n");
  return end === -1 ? undefined : text.slice(0, end);
}

function next(question: Question, heard: readonly Heard[]): Step {
  const [first] = heard;
  if (first === undefined) return { tag: "send", request: "get", on: "new" };
  const found = judge(first, question);
  const last = heard.at(-1);
  const hasSaidGoodbye = last?.tag === "answer" && last.request === "quit";
  if (found.seen === "data-readable" && heard.length === 1) return { tag: "send", request: "quit", on: "last" };
  if (question.channel === "tls") return done(found);
  if (heard.length === 1 || hasSaidGoodbye) return { tag: "send", request: "datagram", on: "new" };
  return done(together(found, last));
}

function together(found: Verdict, datagram: Heard | undefined): Verdict {
  if (datagram?.tag !== "answer" || datagram.bytes.length === 0) return found;
  // The request's id comes back.
  const isOurs = header.subarray(0, 2).equals(datagram.bytes.subarray(0, 2));
  const line = isOurs ? lineOf(datagram.bytes.subarray(header.length)) : undefined;
  if (line === undefined || !isAnswer(line))
    return worst([found.seen, "unknown"]) === found.seen
      ? { ...found, notes: ["Over UDP something answers that is not memcached's."] }
      : verdict("unknown", "Over UDP something answers that is not memcached's.");
  const note = "UDP is on: it knows no login, and makes this server an amplifier of attacks on others.";
  return found.seen === "data-readable" ? { ...found, notes: [note] } : verdict("data-readable", "A key can be read over UDP.", [note]);
}

function judge(heard: Heard, question: Question): Verdict {
  const none = unheard(heard, question);
  if (none !== undefined || heard.tag !== "answer") return none ?? verdict("unknown", "Nothing was heard.");
  const line = lineOf(heard.bytes);
  if (line !== undefined && isAnswer(line)) return verdict("data-readable", "A key can be read without a login.");
  if (line === loginWanted) return verdict("auth-required", "A login is asked for.");
  return verdict("unknown", "An answer that says neither open nor closed, or is not memcached's.");
}

const loginWanted = "CLIENT_ERROR unauthenticated";

/** A key that is not there was looked for: any other would have been given. */
function isAnswer(line: string): boolean {
  return line === "END" || line.startsWith("VALUE vitrine:canary ");
}

function isItself(first: Heard): boolean {
  const line = first.tag === "answer" ? lineOf(first.bytes) : undefined;
  return line !== undefined && (isAnswer(line) || line === loginWanted);
}

export const memcached: Checker = {
  service: "memcached",
  title: "memcached",
  port: 11211,
  evidence: "vendor",
  tls: "at-once",
  requests: () => list,
  next,
  unasked: { isItself },
  remedy: "Let it listen on a private address alone (-l 127.0.0.1, or a firewall), without UDP (-U 0), and with -Y authfile.",
};
