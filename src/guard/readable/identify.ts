/**
 * Who listens there, where nobody has declared it: known by its answer to a first request that does no harm to whoever it is. Who speaks first is
 * none of the stores that are looked for, and is not asked: with MySQL each connection without a log-in counts towards the number after
 * which it blocks an address.
 */
import type { Channel, Checker, Dialogue, Heard } from "../checks/checker.ts";
import { done } from "../checks/checker.ts";
import { checkers } from "../checks/checkers.ts";
import { converse } from "../checks/converse.ts";
import type { Verdict } from "../ladder.ts";
import { verdict } from "../ladder.ts";
import type { Patience, Place } from "../wire/link.ts";

export type Identified =
  | { readonly tag: "store"; readonly checker: Checker; readonly channel: Channel }
  /** `forGood`: it spoke first. */
  | { readonly tag: "other"; readonly forGood: boolean }
  | { readonly tag: "silent" };

/** It is on this machine. */
const patience: Patience = { quietMs: 500, answerMs: 1_500 };
const greeting: Patience = { quietMs: 200, answerMs: 200 };
/** Ports of those that are not even to be connected to: MySQL, and printers that print what they are sent. */
export const neverAsked: ReadonlySet<number> = new Set([3_306, 33_060, 9_100, 9_101, 9_102, 9_103, 9_104, 9_105, 9_106, 9_107]);

type Known = Checker & { readonly unasked: NonNullable<Checker["unasked"]> };

/** In this order, after the one whose port it is: Redis is the first to say that it is none of the others, too. */
const order = ["redis", "postgresql", "mongodb", "memcached", "elasticsearch", "kibana"];
const known: readonly Known[] = checkers
  .filter((one): one is Known => one.unasked !== undefined)
  .toSorted((a, b) => order.indexOf(a.service) - order.indexOf(b.service));

export async function identify(place: Place): Promise<Identified> {
  const first = await listen(place);
  if (first.tag === "no-connection") return { tag: "silent" };
  if (hasSpoken(first)) return { tag: "other", forGood: true };
  const candidates = known.toSorted((a, b) => Number(b.port === place.port) - Number(a.port === place.port));
  const plain = await askEach(candidates, place, "plain");
  if (plain.tag === "store" || (plain.tag === "other" && plain.forGood)) return plain;
  const tls = await askEach(
    candidates.filter((one) => one.tls === "at-once"),
    place,
    "tls",
  );
  return tls.tag === "silent" ? plain : tls;
}

async function askEach(candidates: readonly Known[], place: Place, channel: Channel): Promise<Identified> {
  let [isWeb, hasAnswered] = [false, false];
  for (const checker of candidates) {
    if (isWeb && checker.unasked.isWeb !== true) continue;
    // What is agreed upon in the protocol is asked for in clear text.
    const heard = await firstAnswer(checker, place, checker.tls === "agreed" ? "tls" : channel);
    if (checker.unasked.isItself(heard)) return { tag: "store", checker, channel };
    if (heard.tag === "no-tls" || heard.tag === "no-connection") return { tag: "silent" };
    if (isGreetingOfMysql(heard)) return { tag: "other", forGood: true };
    hasAnswered ||= hasSpoken(heard);
    isWeb ||= textOf(heard).startsWith("HTTP/");
  }
  return hasAnswered ? { tag: "other", forGood: false } : { tag: "silent" };
}

/** Nothing but the first request, and of its answer enough to see that there is no more. */
async function firstAnswer(checker: Known, place: Place, channel: Channel): Promise<Heard> {
  const question = { channel, names: [], host: place.address.includes(":") ? `[${place.address}]` : place.address, user: undefined };
  const once: Checker = {
    ...checker,
    requests: (asked) =>
      Object.fromEntries(
        Object.entries(checker.requests(asked)).map(([name, request]) => [name, { ...request, limit: Math.max(request.limit, leastRead) }]),
      ),
    next: (asked, heard) => (heard.length === 0 ? checker.next(asked, heard) : done(verdict("unknown", "Nothing more was asked."))),
  };
  const { heard } = await converse(once, question, place, patience);
  return heard[0] ?? { tag: "no-connection", why: "failed" };
}

const leastRead = 64;

/** A connection on which nothing is said. */
async function listen(place: Place): Promise<Heard> {
  const silent: Dialogue<Verdict> = {
    tls: "none",
    requests: () => ({ nothing: { bytes: new Uint8Array(), limit: leastRead, isWhole: (prefix) => prefix.length > 0 } }),
    next: (_question, heard) =>
      heard.length === 0 ? { tag: "send", request: "nothing", on: "new" } : done(verdict("unknown", "It was listened to.")),
  };
  const { heard } = await converse(silent, { channel: "plain", names: [], host: place.address, user: undefined }, place, greeting);
  return heard[0] ?? { tag: "no-connection", why: "failed" };
}

function textOf(heard: Heard): string {
  return heard.tag === "answer" ? Buffer.from(heard.bytes).toString("latin1") : "";
}

function hasSpoken(heard: Heard): boolean {
  return heard.tag === "answer" && heard.bytes.length > 0;
}

/** Late, where it looks our name up first: the packet's number 0, and version 10 or an error (its protocol, "Connection Phase"). */
function isGreetingOfMysql(heard: Heard): boolean {
  return heard.tag === "answer" && heard.bytes[3] === 0 && (heard.bytes[4] === 0x0a || heard.bytes[4] === 0xff);
}
