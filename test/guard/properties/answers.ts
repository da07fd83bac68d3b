/**
 * Answers that no server gives, and answers that one might: random bytes, recordings torn and mutated, other services' words. A checker
 * takes them all without an exception, comes to a verdict within its steps, repeats nothing of them, and calls nothing closed that shows
 * the bytes by which it is open. Everything follows from a seed; a failure names it.
 */
import type { Checker, Ended, Heard, Question, Request, Requests } from "../../../src/guard/checks/checker.ts";
import { checkers } from "../../../src/guard/checks/checkers.ts";
import { rungs } from "../../../src/guard/ladder.ts";
import type { Recorded, Recording } from "../../../src/guard/checks/recording.ts";
import { isOfAnOpenOne, questionOf, replay } from "../../../src/guard/checks/recording.ts";
import { recordings } from "../../../src/guard/checks/recordings.ts";
import type { Matcher } from "./matchers.ts";
import { matchers } from "./matchers.ts";
import type { Random } from "./random.ts";
import { randomOf } from "./random.ts";

export interface Tally {
  conversations: number;
  /** Bytes that a checker was told were the answer to a request. */
  answers: number;
  /** Of open recordings whose deciding bytes were left; and those that were still called open. */
  decided: number;
  open: number;
}

export interface Subject {
  readonly checker: Checker;
  readonly recordings: readonly Recording[];
  readonly matcher: Matcher | undefined;
}

export const subjects: readonly Subject[] = checkers.map((checker) => ({
  checker,
  recordings: recordings[checker.service] ?? [],
  matcher: matchers[checker.service],
}));

/** Every word of every service, for the others to be puzzled by. */
const words: readonly Buffer[] = Object.values(recordings).flatMap((all) =>
  all.flatMap(({ heard }) => heard.flatMap((one) => ("bytes" in one && one.bytes !== "" ? [Buffer.from(one.bytes, "latin1")] : []))),
);
/** What somebody's data would be: no verdict may repeat it. */
export const marker = "qz7Marker";
const ends: readonly Ended[] = ["whole", "limit", "quiet", "closed", "reset", "client-certificate"];
const failures: readonly Heard[] = [
  ...(["refused", "unreachable", "timeout", "reset", "failed"] as const).map((why) => ({ tag: "no-connection", why }) as const),
  ...(["not-tls", "client-certificate", "timeout", "failed"] as const).map((why) => ({ tag: "no-tls", why }) as const),
];
const seenOnes = new Set<string>([...rungs, "unknown", "silent"]);

/** Runs at least so many answers; throws, with the seed of the one conversation, on the first that is wrong. */
export function run(options: { readonly seed: number; readonly answers: number; readonly subjects?: readonly Subject[] }): Tally {
  const { seed, answers, subjects: all = subjects } = options;
  const tally: Tally = { conversations: 0, answers: 0, decided: 0, open: 0 };
  while (tally.answers < answers && tally.conversations < 10 * answers + 10) {
    const own = (seed + tally.conversations) >>> 0;
    try {
      converseOnce(all, randomOf(own), tally);
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      throw new Error(`${what} (npm run fuzz:guard -- --seed ${own} --answers 1)`, { cause: error });
    }
    tally.conversations += 1;
  }
  return tally;
}

function converseOnce(all: readonly Subject[], random: Random, tally: Tally): void {
  const subject = random.oneOf(all);
  const { checker, matcher } = subject;
  const base = subject.recordings.length > 0 && random.chance(0.8) ? random.oneOf(subject.recordings) : undefined;
  const question = questionFor(base, random);
  const requests = checker.requests(question);
  const kind = base === undefined ? "noise" : random.oneOf(["torn", "mutated", "mutated", "mutated", "noise"] as const);
  const isJudged = base !== undefined && kind === "mutated" && isOfAnOpenOne(base);
  let shows = false;
  const found = replay(checker, question, (name) => {
    const heard = kind === "noise" || base === undefined ? noise(name, random) : altered(recordedFor(base, name, random), kind, random);
    const told = asItWouldBeTold(heard, name, requests);
    if (told.tag === "answer") {
      tally.answers += 1;
      shows ||= isJudged && matcher?.(name.split(" ")[0] ?? "", Buffer.from(told.bytes).toString("latin1")) === true;
    }
    return told;
  });
  if (found === undefined) throw new Error(`${checker.service}: no verdict within the steps`);
  if (!seenOnes.has(found.seen)) throw new Error(`${checker.service}: a verdict that there is not`);
  if ([found.because, ...found.notes].some((text) => text.includes(marker)))
    throw new Error(`${checker.service}: repeats what it was told`);
  if (!shows) return;
  tally.decided += 1;
  if (found.seen === "closed" || found.seen === "auth-required")
    throw new Error(`${checker.service}: ${found.seen}, though "${base?.of}" still shows what makes it open`);
  if (found.seen !== "unknown" && found.seen !== "silent") tally.open += 1;
}

function questionFor(base: Recording | undefined, random: Random): Question {
  if (base !== undefined) return questionOf(base);
  const names = Array.from({ length: random.chance(0.02) ? 64 : random.below(4) }, () =>
    random.oneOf(["users", "a b", "ä", "x".repeat(200)]),
  );
  const channel = random.oneOf(["plain", "tls"] as const);
  return { channel, names, host: random.oneOf(["127.0.0.1", "[::1]", "db.example.org"]), user: random.oneOf([undefined, "app"]) };
}

/** The recorded answer to this request; now and then that to another one, and to what was not recorded any. */
function recordedFor({ heard }: Recording, name: string, random: Random): Recorded {
  const own = heard.find((one) => one.request === name);
  const one = own === undefined || random.chance(0.02) ? random.oneOf(heard) : own;
  return { ...one, request: name };
}

function altered(recorded: Recorded, kind: "torn" | "mutated", random: Random): Heard {
  const { request } = recorded;
  if ("noConnection" in recorded) return { tag: "no-connection", why: recorded.noConnection };
  const bytes = Buffer.from(recorded.bytes, "latin1");
  if (kind === "torn")
    return { tag: "answer", request, bytes: bytes.subarray(0, random.below(bytes.length + 1)), ended: random.oneOf(ends) };
  let changed: Buffer = bytes;
  for (let times = random.below(4); times > 0; times -= 1) changed = mutate(changed, random);
  return { tag: "answer", request, bytes: changed, ended: random.chance(0.8) ? recorded.ended : random.oneOf(ends.slice(0, 5)) };
}

export function mutate(bytes: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length + 1);
  const upTo = Math.min(bytes.length, at + 1 + random.below(8));
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(upTo)];
  switch (random.below(8)) {
    case 0: // one bit
      if (at < bytes.length) {
        const copy = Buffer.from(bytes);
        copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
        return copy;
      }
      return bytes;
    case 1: // a few bytes are others
      return Buffer.concat([before, random.bytes(upTo - at), after]);
    case 2: // are missing
      return Buffer.concat([before, after]);
    case 3: // are there twice
      return Buffer.concat([bytes.subarray(0, upTo), bytes.subarray(at)]);
    case 4: // are too many
      return Buffer.concat([before, random.bytes(random.below(20)), bytes.subarray(at)]);
    case 5: // somebody else's words in the middle
      return Buffer.concat([before, random.oneOf(words), bytes.subarray(at)]);
    case 6: // or at the end, or data
      return Buffer.concat([bytes, random.chance(0.5) ? random.oneOf(words) : Buffer.from(marker)]);
    default: // cut off
      return before;
  }
}

export function noise(request: string, random: Random): Heard {
  if (random.chance(0.05)) return random.oneOf(failures);
  const length = random.chance(0.002) ? 70_000 : random.below(120);
  const parts = [random.oneOf(words), random.bytes(length), Buffer.from(marker), random.oneOf(words)];
  const bytes = Buffer.concat(parts.filter(() => random.chance(0.5)));
  return { tag: "answer", request, bytes, ended: random.oneOf(ends) };
}

/** As the transport would: cut at the limit, whole where the checker says so. */
export function asItWouldBeTold(heard: Heard, name: string, requests: Requests): Heard {
  if (heard.tag !== "answer") return heard;
  const { limit, isWhole } = requests[name] as Request;
  const bytes = heard.bytes.subarray(0, limit);
  const ended = limit === 0 || isWhole(bytes) ? "whole" : heard.ended === "whole" ? "quiet" : heard.ended;
  return { ...heard, bytes, ended };
}
