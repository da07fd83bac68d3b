/**
 * A session of whoever is let in without a password: literal queries, each in a transaction that can only read, ends soon, and waits for no lock.
 * What is set is set for that transaction alone: behind a pooler the next one is somebody else's.
 */
import { randomBytes } from "node:crypto";
import type { Dialogue, Heard, Question, Request, Requests, Step } from "../../checks/checker.ts";
import { done } from "../../checks/checker.ts";
import type { Found } from "../../readable/depth.ts";
import type { NotCounted } from "../../readable/readable.ts";
import type { Reply, Talk } from "../../sql/talk.ts";
import { not } from "../../sql/talk.ts";
import type { Login } from "./login.ts";
import { answerTo, asksForScram, isLetIn, loginOf, loginRequests } from "./login.ts";
import { agreed, cellsOf, fieldOf, isReady, messageOf, messagesOf, query, sslRequest, startup, terminate } from "./messages.ts";

/** Pairs of role and database, as `role/database` texts or a database alone, for the URL's user. */
export function pairsOf({ names, user }: Pick<Question, "names" | "user">): readonly (readonly [string, string])[] {
  const role = user ?? "postgres";
  return names.length === 0 ? [[role, role]] : names.map((database) => [role, database]);
}

/** The server ends a statement by itself after it. */
const statementTimeoutMs = 8_000;
const answerLimit = 65_536;

/** `rollback` where nothing has begun is a warning. Of the count's own operators each says whose it is; of a policy's functions none might. */
function beginning(isOfCatalog: boolean): string {
  const settings = [
    `statement_timeout = ${statementTimeoutMs}`,
    "lock_timeout = 1000",
    "idle_in_transaction_session_timeout = 15000",
    "client_min_messages = error",
    "row_security = on",
    ...(isOfCatalog ? ["search_path = pg_catalog"] : []),
  ];
  const begin = `BEGIN TRANSACTION ${isOfCatalog ? "ISOLATION LEVEL REPEATABLE READ, " : ""}READ ONLY`;
  return ["ROLLBACK", begin, ...settings.map((one) => `SET LOCAL ${one}`), encoding].join("; ");
}

/** A database without an encoding has names that are no text in any: an answer in UTF-8 would fail for one of them. */
const encoding =
  "SELECT pg_catalog.set_config('client_encoding', CASE pg_catalog.current_setting('server_encoding') WHEN 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END, true)";

const reading = (bytes: Uint8Array, limit: number, isWhole: Request["isWhole"]): Request => ({ bytes, limit, isWhole });

/** Of this database, or of the first declared one that lets us in: as anybody, or by the owner's log-in where it is given. */
export function session<T>(dataSet: string | undefined, talk: Talk<T>): Dialogue<Found<T>> {
  const nonce = randomBytes(18).toString("base64");
  const pairs = (question: Question): ReturnType<typeof pairsOf> => {
    const { user, names } = question;
    const role = loginOf(question)?.user;
    return pairsOf({ user, names: dataSet === undefined ? names : [dataSet] }).map(([own, database]) => [role ?? own, database]);
  };
  const requests = (question: Question): Requests => ({
    ...(loginOf(question) && loginRequests(loginOf(question)!, nonce)),
    ssl: reading(sslRequest, 1, (prefix) => prefix.length > 0),
    ...Object.fromEntries(
      pairs(question).map(([role, database], i) => [`startup ${i}`, reading(startup(role, database), 8_192, isLetInOrNot)]),
    ),
    begin: reading(query(beginning(talk.isOfCatalog)), answerLimit, isReady),
    ...Object.fromEntries(Object.entries(talk.queries).map(([name, text]) => [`ask ${name}`, reading(query(text), answerLimit, isReady)])),
    terminate: reading(terminate, 0, () => true),
  });
  // Each answer is read once, however many follow.
  const known = new WeakMap<Heard, Reply>();
  const replyOf = (heard: Heard): Reply => known.get(heard) ?? keep(known, heard, readReply(heard));
  const next = (question: Question, heard: readonly Heard[]): Step<Found<T>> => {
    const last = heard.at(-1);
    const tried = heard.filter((one) => isOf(one, "startup")).length;
    const begin = (): Step<Found<T>> => ({ tag: "send", request: question.channel === "tls" ? "ssl" : `startup ${tried}`, on: "new" });
    if (last === undefined) return begin();
    if (last.tag === "tls") return say(`startup ${tried}`);
    if (last.tag !== "answer") return done(not("refused"));
    if (last.request === "ssl") return last.bytes[0] === agreed ? { tag: "start-tls" } : done(not("refused"));
    const login = loginOf(question);
    if (login !== undefined && (isOf(last, "login") || asksForScram(last))) return logIn(heard, login, nonce);
    if (!isOf(last, "startup")) return within(talk, heard, replyOf);
    const outside = whyOutside(last);
    if (outside === undefined) return say("begin");
    return outside === "closed" && tried < pairs(question).length ? begin() : done(not(outside));
  };
  return { tls: "agreed", requests, next };
}

/** Who does not know the password is not told more, and one that they refuse is not tried elsewhere. */
function logIn(heard: readonly Heard[], login: Login, nonce: string): Step<Found<never>> {
  const last = heard.at(-1);
  if (last?.tag !== "answer" || isOf(last, "startup")) return say("login first");
  if (last.request === "login first")
    return answerTo(heard, login.password, nonce) === undefined ? done(not("refused")) : say("login final");
  return isLetIn(heard, login, nonce) ? say("begin") : done(not("refused"));
}

/** From the first transaction on. One that does not begin is the end of it: what is asked outside of one would not be bounded. */
function within<T>(talk: Talk<T>, heard: readonly Heard[], replyOf: (heard: Heard) => Reply): Step<Found<T>> {
  const last = heard.at(-1);
  const answers = heard.filter((one) => one.tag === "answer");
  const replies = answers.flatMap((one) => {
    if (isOf(one, "ask")) return [{ of: one.request.slice("ask ".length), reply: replyOf(one) }];
    return isOf(one, "begin") && replyOf(one).tag !== "rows" ? [{ of: "begin", reply: { tag: "broken" } as const }] : [];
  });
  const step = talk.next(replies, true);
  if ("tag" in step) return last !== undefined && isOf(last, "terminate") ? done(step) : say("terminate");
  const isInside = last !== undefined && (isOf(last, "begin") || (talk.isOfCatalog && replies.at(-1)?.reply.tag === "rows"));
  return say(isInside ? `ask ${step.ask}` : "begin");
}

function say(request: string): Step<never> {
  return { tag: "send", request, on: "last" };
}

function keep(known: WeakMap<Heard, Reply>, heard: Heard, reply: Reply): Reply {
  known.set(heard, reply);
  return reply;
}

function isOf(heard: Heard, kind: string): boolean {
  return heard.tag === "answer" && (heard.request === kind || heard.request.startsWith(`${kind} `));
}

/** The first message decides unless it lets us in: then all that comes until we may ask. */
function isLetInOrNot(prefix: Uint8Array): boolean {
  const first = messageOf(prefix);
  if (first === undefined) return false;
  const isOpen = first.type === "R" && first.body.length === 4 && first.body.readUInt32BE(0) === 0;
  return !isOpen || messagesOf(prefix).some(({ type }) => type === "Z" || type === "E");
}

/** undefined: let in. */
function whyOutside(heard: Extract<Heard, { tag: "answer" }>): NotCounted | undefined {
  const all = heard.ended === "whole" ? messagesOf(heard.bytes) : [];
  const failed = all.find(({ type }) => type === "E");
  if (failed !== undefined)
    return ["28000", "28P01", "3D000", "42501"].includes(fieldOf(failed.body, "C") ?? "") ? "closed" : "not-understood";
  if (all[0]?.type !== "R" || all[0].body.length < 4) return "not-understood";
  if (all[0].body.readUInt32BE(0) !== 0) return "closed";
  return all.at(-1)?.type === "Z" ? undefined : "not-understood";
}

/** Rows of what was asked, and nothing else that a server may send unasked: settings, notices, notifications. */
const expected = new Set(["T", "D", "C", "Z", "S", "N", "A", "E"]);

function readReply(heard: Heard): Reply {
  if (heard.tag !== "answer") return { tag: "broken" };
  if (heard.ended === "limit") return { tag: "too-long" };
  const all = heard.ended === "whole" ? messagesOf(heard.bytes) : [];
  if (all.at(-1)?.type !== "Z" || !all.every(({ type }) => expected.has(type))) return { tag: "broken" };
  const failed = all.find(({ type }) => type === "E");
  // By its time, or by a standby that had to go on.
  if (failed !== undefined) return { tag: "failed", isCancelled: ["57014", "40001"].includes(fieldOf(failed.body, "C") ?? "") };
  const rows = all.filter(({ type }) => type === "D").map(({ body }) => cellsOf(body));
  return rows.every((row) => row !== undefined) ? { tag: "rows", rows } : { tag: "broken" };
}
