/**
 * A session of whoever is let in with an empty password: literal queries in a transaction that can only read, each with its own time. Nothing is set
 * for the session but the encoding of what is said: behind a pooler the next one is somebody else's.
 */
import type { Dialogue, Heard, Question, Request, Requests, Step } from "../../checks/checker.ts";
import { done } from "../../checks/checker.ts";
import type { Found } from "../../readable/depth.ts";
import type { Reply, Talk } from "../../sql/talk.ts";
import { not } from "../../sql/talk.ts";
import { loginRequests, loginStep } from "./login.ts";
import { errorOf, greetingOf, packetOf } from "./packets.ts";
import { query, read } from "./results.ts";

const timeoutS = 8;
const answerLimit = 65_536;

/** A SELECT that the server ends by itself: MariaDB by the statement before it, MySQL by the hint in it. Each takes the other's for a remark. */
export function bounded(select: string): string {
  return `/*M!100101 SET STATEMENT max_statement_time=${timeoutS}, lock_wait_timeout=1 FOR */ SELECT /*+ MAX_EXECUTION_TIME(${timeoutS * 1_000}) */ ${select}`;
}

/** Whether it does: since MariaDB 10.1.1, MySQL 5.7.8. By what it says of itself, before anything is asked. */
function isBounded(version: string): boolean {
  const maria = /(\d+)\.(\d+)\.(\d+)-MariaDB/i.exec(version);
  const [own, least] = maria === null ? [/^(\d+)\.(\d+)\.(\d+)/.exec(version), 5_007_008] : [maria, 10_001_001];
  return own !== null && Number(own[1]) * 1_000_000 + Number(own[2]) * 1_000 + Number(own[3]) >= least;
}

/** What is set, and begun: no name that is said is read in another encoding than the one it was heard in. */
const beginning: Readonly<Record<string, string>> = { names: "SET NAMES utf8mb4", begin: "START TRANSACTION /*!50605 READ ONLY */" };

const asking = (text: string): Request => ({ bytes: query(text), limit: answerLimit, isWhole: (prefix) => read(prefix).isWhole });

/** Into this database ("" is none), or into the first declared one that lets us in. */
export function session<T>(dataSet: string | undefined, talk: Talk<T>): Dialogue<Found<T>> {
  const databases = ({ names }: Question): readonly (string | undefined)[] =>
    dataSet === undefined ? [...names, undefined] : [dataSet === "" ? undefined : dataSet];
  const requests = (question: Question): Requests => {
    if (question.user === undefined) return {};
    const logins = databases(question).map((database, i) => [`login ${i}`, database] as const);
    const queries = Object.entries(talk.queries).map(([name, text]) => [`ask ${name}`, asking(text)] as const);
    const first = Object.entries(beginning).map(([name, text]) => [name, asking(text)] as const);
    return { ...loginRequests(question.user, Object.fromEntries(logins)), ...Object.fromEntries([...first, ...queries]) };
  };
  const known = new WeakMap<Heard, Reply>();
  const next = (question: Question, heard: readonly Heard[]): Step<Found<T>> => {
    if (question.user === undefined) return done(not("refused"));
    const tried = heard.filter((one) => one.tag === "answer" && one.request === "greeting").length;
    const begin: Step<Found<T>> = { tag: "send", request: "greeting", on: "new" };
    const last = heard.at(-1);
    if (last === undefined) return begin;
    if (last.tag === "no-connection" || last.tag === "no-tls") return done(not("refused"));
    const own = heard.slice(heard.findLastIndex((one) => one.tag === "answer" && one.request === "greeting"));
    if (own.some(isOfSession)) return within(talk, own, (one) => keep(known, one));
    const step = loginStep(own, { name: `login ${tried - 1}`, hasDatabase: databases(question)[tried - 1] !== undefined }, question);
    if (typeof step === "string") return say(step);
    if (step !== undefined) return step.tag === "let-in" ? say("names") : { tag: "start-tls" };
    if (!isRefusal(last)) return done(not("refused"));
    return tried < databases(question).length ? begin : done(not("closed"));
  };
  return { tls: "agreed", requests, next };
}

/** Of this account, or of this database: another one may be let in. */
function isRefusal(heard: Heard): boolean {
  const packet = heard.tag === "answer" ? packetOf(heard.bytes) : undefined;
  const error = packet === undefined ? undefined : errorOf(packet.payload);
  return error !== undefined && [1044, 1045, 1049, 1698].includes(error.code);
}

function isOfSession(heard: Heard): boolean {
  return heard.tag === "answer" && (heard.request === "quit" || heard.request.startsWith("ask ") || heard.request in beginning);
}

/** One that does not begin is the end of it. */
function within<T>(talk: Talk<T>, heard: readonly Heard[], replyOf: (heard: Heard) => Reply): Step<Found<T>> {
  const answers = heard.filter((one) => one.tag === "answer");
  const last = answers.at(-1);
  const hasFailed = answers.some((one) => one.request in beginning && replyOf(one).tag !== "rows");
  if (!hasFailed && last?.request === "names") return say("begin");
  const replies = answers.flatMap((one) =>
    one.request.startsWith("ask ") ? [{ of: one.request.slice("ask ".length), reply: replyOf(one) }] : [],
  );
  const greeting = packetOf(answers[0]?.bytes ?? new Uint8Array());
  const version = greeting === undefined ? "" : (greetingOf(greeting)?.version ?? "");
  const step = talk.next(hasFailed ? [{ of: "begin", reply: { tag: "broken" } }] : replies, isBounded(version));
  if (!("tag" in step)) return say(`ask ${step.ask}`);
  return last?.request === "quit" ? done(step) : say("quit");
}

function say(request: string): Step<never> {
  return { tag: "send", request, on: "last" };
}

/** Each answer is read once, however many follow. */
function keep(known: WeakMap<Heard, Reply>, heard: Heard): Reply {
  const before = known.get(heard);
  if (before !== undefined) return before;
  const reply = replyIn(heard);
  known.set(heard, reply);
  return reply;
}

function replyIn(heard: Heard): Reply {
  if (heard.tag !== "answer") return { tag: "broken" };
  if (heard.ended === "limit") return { tag: "too-long" };
  return heard.ended === "whole" ? read(heard.bytes).reply : { tag: "broken" };
}
