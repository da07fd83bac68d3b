/** memcached over TCP: can a key be asked for without a login? The text protocol (protocol.txt of memcached). */
import type { Checker, Heard, Question, Requests, Step } from "../../checker.ts";
import { done } from "../../checker.ts";
import type { Verdict } from "../../ladder.ts";
import { verdict } from "../../ladder.ts";
import { unheard } from "../../unheard.ts";

const list: Requests = {
  get: { bytes: Buffer.from("get vitrine:canary\r\n", "latin1"), limit: 2_048, isWhole: (prefix) => lineOf(prefix) !== undefined },
  quit: { bytes: Buffer.from("quit\r\n", "latin1"), limit: 0, isWhole: () => true },
};

function lineOf(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  const end = text.indexOf("\r\n");
  return end === -1 ? undefined : text.slice(0, end);
}

function next(question: Question, heard: readonly Heard[]): Step {
  const [first, second] = heard;
  if (first === undefined) return { tag: "send", request: "get", on: "new" };
  const found = judge(first, question);
  return found.seen === "data-readable" && second === undefined ? { tag: "send", request: "quit", on: "last" } : done(found);
}

function judge(heard: Heard, question: Question): Verdict {
  const none = unheard(heard, question);
  if (none !== undefined || heard.tag !== "answer") return none ?? verdict("unknown", "Nothing was heard.");
  const line = lineOf(heard.bytes);
  // A key that is not there was looked for: any other would have been given.
  if (line === "END" || line?.startsWith("VALUE vitrine:canary ") === true)
    return verdict("data-readable", "A key can be read without a login.");
  if (line === "CLIENT_ERROR unauthenticated") return verdict("auth-required", "A login is asked for.");
  return verdict("unknown", "An answer that says neither open nor closed, or is not memcached's.");
}

export const memcached: Checker = {
  service: "memcached",
  title: "memcached",
  port: 11211,
  evidence: "vendor",
  tls: "at-once",
  requests: () => list,
  next,
  remedy: "Let it listen on a private address alone (-l 127.0.0.1, or a firewall), without UDP (-U 0), and with -Y authfile.",
};
