/** Drives a dialogue of depth, and those that follow it, without sockets: what is said to each request stands beside its name. */
import type { Dialogue, Ended, Heard, Question } from "../../src/guard/checks/checker.ts";
import { stepsMaxOf } from "../../src/guard/checks/checker.ts";
import type { Found } from "../../src/guard/readable/depth.ts";

interface Cut {
  readonly text: string;
  readonly ended: Ended;
}

/** Latin-1. Undefined is silence. */
export type Said = string | Cut | (() => string | Cut);

const usual: Question = { channel: "plain", names: [], host: "store.example", user: undefined };

export interface Talk<T> {
  /** As far as it went: what followed may have been refused. */
  readonly found: Found<T>;
  /** First lines of what was sent, in its order. */
  readonly asked: readonly string[];
  readonly sent: readonly Buffer[];
}

export function ask<T>(first: Dialogue<Found<T>>, said: Readonly<Record<string, Said>>, question = usual): Talk<T> {
  const sent: Buffer[] = [];
  let found = once(first, said, question, sent);
  while (found.tag === "found" && found.more !== undefined) {
    const next = once(found.more, said, question, sent);
    if (next.tag === "not") {
      found = { tag: "found", value: found.value };
      break;
    }
    found = next;
  }
  return { found, sent, asked: sent.map((bytes) => bytes.toString("latin1").split("\r\n")[0] ?? "") };
}

function once<T>(dialogue: Dialogue<Found<T>>, said: Readonly<Record<string, Said>>, question: Question, sent: Buffer[]): Found<T> {
  const requests = dialogue.requests(question);
  const heard: Heard[] = [];
  for (let step = 0; step < stepsMaxOf(requests); step += 1) {
    const next = dialogue.next(question, heard);
    if (next.tag === "done") return next.verdict;
    if (next.tag === "start-tls") heard.push({ tag: "tls" });
    else {
      const request = requests[next.request];
      if (request === undefined) throw new Error(`${next.request} is not listed`);
      sent.push(Buffer.from(request.bytes));
      const one = said[next.request] ?? "";
      const answer = typeof one === "function" ? one() : one;
      const whole = Buffer.from(typeof answer === "string" ? answer : answer.text, "latin1");
      const bytes = whole.subarray(0, request.limit);
      const ended =
        typeof answer === "string" ? (request.isWhole(bytes) ? "whole" : whole.length > request.limit ? "limit" : "quiet") : answer.ended;
      heard.push({ tag: "answer", request: next.request, bytes, ended });
    }
  }
  throw new Error("no end within the steps");
}
