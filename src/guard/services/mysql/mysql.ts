/**
 * MySQL and MariaDB: is a session granted with an empty password, for the declared user and each database that was named? A connection that
 * ends before its login counts against our address, which is blocked in the end (max_connect_errors); so every connection ends in a whole
 * login, and there is none without the owner's word, which is the user in the URL.
 */
import { must } from "../../../lib/assert.ts";
import type { Checker, Heard, Question, Requests, Step } from "../../checks/checker.ts";
import { done } from "../../checks/checker.ts";
import type { Verdict } from "../../ladder.ts";
import { verdict, worst } from "../../ladder.ts";
import { unheard } from "../../checks/unheard.ts";
import { depth } from "./depth.ts";
import type { Talk } from "./login.ts";
import { emptyPassword, loginRequests, loginStep } from "./login.ts";
import type { Reply } from "./packets.ts";
import { errorOf, greetingOf, packetOf, replyOf } from "./packets.ts";

function databasesOf({ names }: Question): readonly (string | undefined)[] {
  return names.length === 0 ? [undefined] : names;
}

function requests(question: Question): Requests {
  const { user } = question;
  if (user === undefined) return {};
  return loginRequests(user, {
    ...Object.fromEntries(databasesOf(question).map((database, i) => [`login ${i}`, database])),
    login: undefined,
  });
}

function talksOf(heard: readonly Heard[]): readonly Talk[] {
  const talks: Heard[][] = [];
  for (const one of heard) {
    if (one.tag === "no-connection" || (one.tag === "answer" && one.request === "greeting")) talks.push([one]);
    else talks.at(-1)?.push(one);
  }
  return talks;
}

function next(question: Question, heard: readonly Heard[]): Step {
  if (question.user === undefined) {
    const because =
      "Not tested: no consent. A login is needed to see anything, and one that is broken off can block our address: name the user whose empty password is to be tried (mysql://USER@HOST/DATABASE).";
    return done(verdict("unknown", because));
  }
  const talks = talksOf(heard);
  const talk = talks.at(-1);
  if (talk === undefined) return begin;
  const step = within(talk, talks.length - 1, question);
  if (step !== undefined) return step;
  const outcomes = talks.map((one) => judge(one, question));
  return isEnough(outcomes, question) ? done(together(outcomes)) : begin;
}

const begin: Step = { tag: "send", request: "greeting", on: "new" };

/** undefined: this connection has come to its end. */
function within(talk: Talk, index: number, question: Question): Step | undefined {
  const last = talk.at(-1);
  if (last?.tag === "answer" && last.request === "quit") return undefined;
  const database = databasesOf(question)[index];
  const name = `login${index < databasesOf(question).length ? ` ${index}` : ""}`;
  const step = loginStep(talk, { name, hasDatabase: database !== undefined }, question);
  if (step === undefined) return undefined;
  if (typeof step === "string") return { tag: "send", request: step, on: "last" };
  return step.tag === "start-tls" ? { tag: "start-tls" } : { tag: "send", request: "quit", on: "last" };
}

/**
 * open: a session. refused: to this user and database. elsewhere: past the login, and not into this database. unclear: for this one.
 * of-the-host: whoever it is that asks.
 */
interface Outcome {
  readonly kind: "open" | "refused" | "elsewhere" | "unclear" | "of-the-host";
  readonly verdict: Verdict;
}

function isEnough(outcomes: readonly Outcome[], question: Question): boolean {
  const last = must(outcomes.at(-1), "outcome").kind;
  if (last === "open" || last === "of-the-host") return true;
  const count = databasesOf(question).length;
  if (outcomes.length < count) return false;
  // Who is past the login for a database that cannot be used is asked for once more, without a database.
  return outcomes.length > count || !outcomes.some(({ kind }) => kind === "elsewhere");
}

function together(outcomes: readonly Outcome[]): Verdict {
  const seen = worst(outcomes.map((one) => one.verdict.seen));
  const first = must(
    outcomes.find((one) => one.verdict.seen === seen),
    "outcome",
  );
  return { ...first.verdict, notes: [...new Set(outcomes.flatMap((one) => one.verdict.notes))] };
}

function judge(talk: Talk, question: Question): Outcome {
  const [first] = talk;
  const greeting = judgeGreeting(must(first, "greeting"), question);
  if ("kind" in greeting) return greeting;
  const failed = talk.find((one) => one.tag === "no-tls");
  if (failed !== undefined) {
    const none = unheard(failed, question);
    return ofTheHost(none?.seen === "auth-required" ? none : verdict("unknown", "TLS is offered, and does not come about."));
  }
  if (question.channel === "tls" && !greeting.offersTls) return ofTheHost(verdict("silent", "TLS is not spoken here."));
  const notes = greeting.offersTls ? [] : ["TLS is not offered: what is said here is said in clear text."];
  const outcome = judgeLogin(talk, question);
  return { ...outcome, verdict: { ...outcome.verdict, notes } };
}

function judgeGreeting(heard: Heard, question: Question): Outcome | { readonly offersTls: boolean } {
  const none = unheard(heard, question);
  if (none !== undefined || heard.tag !== "answer") return ofTheHost(none ?? verdict("unknown", "Nothing was heard."));
  const packet = packetOf(heard.bytes);
  const error = packet === undefined ? undefined : errorOf(packet.payload);
  if (error !== undefined) return judgeError(error.code, question);
  const greeting = packet === undefined ? undefined : greetingOf(packet);
  return greeting ?? ofTheHost(verdict("unknown", "A greeting that is not MySQL's."));
}

function judgeLogin(talk: Talk, question: Question): Outcome {
  const answers = talk.filter((one) => one.tag === "answer").filter(({ request }) => /^(?:login|empty|nul)\b/.test(request));
  const replies = answers.map(({ bytes, ended }): Reply | undefined => {
    const packet = ended === "whole" ? packetOf(bytes) : undefined;
    // To our login or to our answer after it: any other number is of another conversation.
    return packet !== undefined && packet.sequence >= 2 && packet.sequence <= 5 ? replyOf(packet) : undefined;
  });
  const [asked, last] = [replies[0], replies.at(-1)];
  if (last?.tag === "ok") return { kind: "open", verdict: verdict("anonymous-accepted", "A session is granted without a password.") };
  if (last?.tag !== "error") return unclear("The answer to the login is none that we know.");
  if (asked?.tag === "switch" && emptyPassword[asked.plugin] === undefined)
    return unclear("A way to log in is asked for in which we cannot try an empty password.");
  return judgeError(last.code, question);
}

function judgeError(code: number, { channel }: Question): Outcome {
  switch (code) {
    // 1698: said by accounts that are known by their process on the machine itself.
    case 1045:
    case 1698:
      return { kind: "refused", verdict: verdict("closed", "This user is refused without a password.") };
    case 1044:
    case 1049:
      return { ...unclear("Past the login, and not into this database: name one that there is."), kind: "elsewhere" };
    case 1129:
      return ofTheHost(verdict("unknown", "Our address is blocked, by connections that were broken off (FLUSH HOSTS)."));
    case 1130:
      return ofTheHost(verdict("unknown", "Our address is let in by no account: others may be."));
    case 1040:
      return ofTheHost(verdict("unknown", "Too many connections."));
    case 3159:
      if (channel === "plain") return ofTheHost(verdict("silent", "Clear text is not spoken here: TLS is asked for."));
      break;
  }
  return unclear("An error that says neither open nor closed.");
}

function unclear(because: string): Outcome {
  return { kind: "unclear", verdict: verdict("unknown", because) };
}

function ofTheHost(of: Verdict): Outcome {
  return { kind: "of-the-host", verdict: of };
}

export const mysql: Checker = {
  service: "mysql",
  title: "MySQL",
  port: 3306,
  // A check is whole log-ins, each of them in the server's log: at most one an hour by the watch; a person may ask when they like.
  everyMs: 3_600_000,
  evidence: "vendor",
  tls: "agreed",
  requests,
  next,
  depth,
  remedy:
    "Give the account a password or lock it (ALTER USER … IDENTIFIED BY …; ALTER USER … ACCOUNT LOCK; remove anonymous users: mysql_secure_installation). Take the port off the public address (bind-address, firewall). Before a restart, write down SHOW GLOBAL STATUS LIKE 'Bytes_sent': it says how much was read at most.",
};
