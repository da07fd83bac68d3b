/** The owner's own log-in, by SCRAM-SHA-256 alone: no other way to log in that a server may ask for is gone into, as the password would be said in it. */
import type { Heard, Question, Request, Requests } from "../../checks/checker.ts";
import { messageOf, messagesOf } from "./messages.ts";
import type { Proof } from "./scram.ts";
import { clientFirst, isSame, proofOf } from "./scram.ts";

export interface Login {
  readonly user: string;
  readonly password: string;
}

const mechanism = "SCRAM-SHA-256";

/** undefined: nobody's, or of a kind that only HTTP knows. */
export function loginOf({ authorization }: Pick<Question, "authorization">): Login | undefined {
  const text = /^Basic ([A-Za-z0-9+/]+=*)$/.exec(authorization ?? "")?.[1];
  const credential = text === undefined ? undefined : Buffer.from(text, "base64").toString("utf8");
  const colon = credential?.indexOf(":") ?? -1;
  return credential === undefined || colon < 1 ? undefined : { user: credential.slice(0, colon), password: credential.slice(colon + 1) };
}

export function loginRequests({ password }: Login, nonce: string): Requests {
  const first = Buffer.from(clientFirst(nonce), "latin1");
  const length = Buffer.alloc(4);
  length.writeUInt32BE(first.length);
  const isWhole: Request["isWhole"] = (prefix) => messageOf(prefix) !== undefined;
  return {
    "login first": { bytes: said(Buffer.concat([Buffer.from(`${mechanism}\0`, "latin1"), length, first])), limit: 2_048, isWhole },
    "login final": {
      bytes: new Uint8Array(),
      made: (heard) => said(Buffer.from(answerTo(heard, password, nonce)?.clientFinal ?? "", "latin1")),
      limit: 8_192,
      // An error, or all that comes until we may ask.
      isWhole: (prefix) => messagesOf(prefix).some(({ type }) => type === "Z" || type === "E"),
    },
  };
}

function said(body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write("p", "latin1");
  head.writeUInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
}

/** Whether it asks for a log-in in our way. */
export function asksForScram(heard: Heard): boolean {
  return saslOf(heard, 10)?.toString("latin1").split("\0").includes(mechanism) === true;
}

/** What is said to the server's first words; undefined: nothing is said to them. */
export function answerTo(heard: readonly Heard[], password: string, nonce: string): Proof | undefined {
  const first = heard.findLast((one) => one.tag === "answer" && one.request === "login first");
  const words = first === undefined ? undefined : saslOf(first, 11);
  return words === undefined ? undefined : proofOf(password, nonce, words.toString("latin1"));
}

/** It let us in, and knows the password itself: whoever lets in anybody is not the one that it is for. */
export function isLetIn(heard: readonly Heard[], login: Login, nonce: string): boolean {
  const last = heard.at(-1);
  const proof = answerTo(heard, login.password, nonce);
  const theirs = last === undefined ? undefined : saslOf(last, 12);
  if (last?.tag !== "answer" || proof === undefined || theirs === undefined || !isSame(theirs, proof.serverFinal)) return false;
  const all = messagesOf(last.bytes);
  const isOk = all[1]?.type === "R" && all[1].body.length === 4 && all[1].body.readUInt32BE(0) === 0;
  return isOk && all.at(-1)?.type === "Z" && !all.some(({ type }) => type === "E");
}

/** What stands in the first message, which is of this step of a log-in. */
function saslOf(heard: Heard, step: number): Buffer | undefined {
  const first = heard.tag === "answer" && heard.ended === "whole" ? messageOf(heard.bytes) : undefined;
  return first?.type === "R" && first.body.length >= 4 && first.body.readUInt32BE(0) === step ? first.body.subarray(4) : undefined;
}
