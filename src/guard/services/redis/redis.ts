/** Redis and Valkey: does somebody without a password get more than the word that one is needed? RESP2 replies, of which the first byte tells the kind. */
import type { Checker, Heard, Question, Requests, Step } from "../../checks/checker.ts";
import { done } from "../../checks/checker.ts";
import type { Verdict } from "../../ladder.ts";
import { isOpen, verdict, worst } from "../../ladder.ts";
import { plantedKey } from "../../readable/planted.ts";
import { unheard } from "../../checks/unheard.ts";
import { depth } from "./depth.ts";

const request = (text: string): Requests[string] => ({
  bytes: Buffer.from(text, "latin1"),
  limit: 2_048,
  isWhole: (prefix) => replyOf(prefix) !== undefined,
});

const list: Requests = {
  ping: request("PING\r\n"),
  get: request(`GET ${plantedKey}\r\n`),
  size: request("DBSIZE\r\n"),
  quit: request("QUIT\r\n"),
};

/** The first reply: its kind, and of an error the code; undefined: not all of its first line is there. */
function replyOf(bytes: Uint8Array): { readonly kind: string; readonly word: string } | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  const end = text.indexOf("\r\n");
  if (end === -1) return undefined;
  const kind = text.charAt(0);
  return { kind, word: text.slice(1, end).split(" ")[0] ?? "" };
}

function next(question: Question, heard: readonly Heard[]): Step {
  const answers = heard.filter((one) => one.tag !== "answer" || one.request !== "quit");
  const verdicts = answers.map((one) => judge(one, question));
  const asked = afterwards(answers.length, verdicts);
  if (asked === undefined || answers.length < heard.length || heard.at(-1)?.tag === "no-connection") return done(together(verdicts));
  return { tag: "send", request: asked, on: heard.length === 0 ? "new" : "last" };
}

/** The next request; undefined: nobody is there to say goodbye to. */
function afterwards(count: number, verdicts: readonly Verdict[]): string | undefined {
  const [first, second] = verdicts;
  if (first === undefined) return "ping";
  // Who does not answer PING as anybody's is asked no more.
  if (!isOpen(first.seen)) return undefined;
  if (count === 1) return "get";
  // Where keys can be read nobody needs to count them.
  return count === 2 && second?.seen !== "data-readable" ? "size" : "quit";
}

/** Somebody who is let in and not allowed this or that is let in all the same. */
function together(verdicts: readonly Verdict[]): Verdict {
  const isLetIn = verdicts[0] !== undefined && isOpen(verdicts[0].seen);
  const seen = worst(verdicts.map((one) => one.seen).filter((one) => one !== "auth-required" || !isLetIn));
  return verdicts.find((one) => one.seen === seen) ?? verdict("unknown", "Nothing was asked.");
}

const asks: Readonly<Record<string, string>> = { ping: "PING", get: "GET of a key that is nobody's", size: "DBSIZE" };

function judge(heard: Heard, question: Question): Verdict {
  const none = unheard(heard, question);
  if (none !== undefined || heard.tag !== "answer") return none ?? verdict("unknown", "Nothing was heard.");
  const reply = replyOf(heard.bytes);
  const asked = asks[heard.request] ?? heard.request;
  if (reply?.kind === "-") return judgeError(reply.word, asked);
  const shown = reply === undefined ? undefined : judgeReply(heard.request, reply);
  return shown ?? verdict("unknown", `${asked}: an answer that is not Redis's.`);
}

function judgeError(code: string, asked: string): Verdict {
  if (code === "NOAUTH") return verdict("auth-required", `${asked}: a password is asked for.`);
  if (code === "DENIED") return verdict("shielded", `${asked}: protected mode alone keeps others out: no password, one setting from open.`);
  // The answer to PING was somebody's: a right that is missing says that the caller is let in.
  if (code === "NOPERM") return verdict("anonymous-accepted", `${asked}: let in without a password, without this right.`);
  return verdict("unknown", `${asked}: an error that says neither open nor closed.`);
}

/** undefined: not what Redis answers to this request. */
function judgeReply(asked: string, { kind, word }: { readonly kind: string; readonly word: string }): Verdict | undefined {
  if (asked === "ping" && kind === "+" && word === "PONG") return verdict("anonymous-accepted", "PING is answered without a password.");
  if (asked === "get" && kind === "$" && /^(?:-1|\d+)$/.test(word))
    return verdict("data-readable", "A key can be read without a password.");
  if (asked === "size" && kind === ":" && /^\d+$/.test(word)) return verdict("counts-readable", "Keys can be counted without a password.");
  return undefined;
}

function isItself(first: Heard): boolean {
  const reply = first.tag === "answer" ? replyOf(first.bytes) : undefined;
  if (reply?.kind === "+") return reply.word === "PONG";
  return reply?.kind === "-" && ["NOAUTH", "DENIED", "NOPERM", "LOADING"].includes(reply.word);
}

export const redis: Checker = {
  service: "redis",
  title: "Redis",
  port: 6379,
  evidence: "vendor",
  tls: "at-once",
  requests: () => list,
  next,
  depth,
  unasked: { isItself },
  remedy:
    "Take the port off the public address (bind, firewall, security group). Then give the default user a password (requirepass, or ACL SETUSER default on >… ) and leave protected-mode on. Before a restart, write down INFO stats: total_net_output_bytes says how much was read.",
};
