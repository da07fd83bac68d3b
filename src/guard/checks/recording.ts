/**
 * Conversations with real servers, kept as bytes: what a checker must say to them is known, so they are its controls. A checker whose
 * recordings no longer give their verdicts has lost its senses, and what it says of a store is not to be believed.
 */
import type { Channel, Checker, Ended, Heard, Question } from "./checker.ts";
import { stepsMaxOf } from "./checker.ts";
import type { Seen, Verdict } from "../ladder.ts";
import { isOpen } from "../ladder.ts";

export interface Recording {
  /** Which server, and in which state. */
  readonly of: string;
  readonly seen: Seen;
  readonly channel: Channel;
  readonly names: readonly string[];
  readonly user?: string;
  readonly heard: readonly Recorded[];
}

export type Recorded =
  /** `bytes`: one character for each (Latin-1). */
  | { readonly request: string; readonly bytes: string; readonly ended: Ended }
  | { readonly request: string; readonly noConnection: Extract<Heard, { readonly tag: "no-connection" }>["why"] };

/** Drives a checker without sockets; undefined: it comes to no verdict. `answerTo` says what is heard, the how-manieth request it is. */
export function replay(checker: Checker, question: Question, answerTo: (request: string, step: number) => Heard): Verdict | undefined {
  const heard: Heard[] = [];
  const stepsMax = stepsMaxOf(checker.requests(question));
  for (let step = 0; step < stepsMax; step += 1) {
    const next = checker.next(question, heard);
    if (next.tag === "done") return next.verdict;
    heard.push(next.tag === "start-tls" ? { tag: "tls" } : answerTo(next.request, step));
  }
  return undefined;
}

export function questionOf({ channel, names, user }: Recording): Question {
  return { channel, names, host: "127.0.0.1", user };
}

/** What the checker says to a recording today; undefined also where it asks for something that was not recorded. */
export function verdictOf(checker: Checker, recording: Recording): Verdict | undefined {
  const left = [...recording.heard];
  let isComplete = true;
  const found = replay(checker, questionOf(recording), (request) => {
    const one = left.shift();
    if (one?.request === request) return heardOf(one);
    isComplete = false;
    return { tag: "answer", request, bytes: new Uint8Array(), ended: "quiet" };
  });
  return isComplete && left.length === 0 ? found : undefined;
}

function heardOf(recorded: Recorded): Heard {
  if ("noConnection" in recorded) return { tag: "no-connection", why: recorded.noConnection };
  const { request, bytes, ended } = recorded;
  return { tag: "answer", request, bytes: Buffer.from(bytes, "latin1"), ended };
}

export function isOfAnOpenOne({ seen }: Recording): boolean {
  return isOpen(seen);
}

export function isOfAClosedOne({ seen }: Recording): boolean {
  return seen === "closed" || seen === "auth-required";
}
