/**
 * MongoDB and what speaks its protocol: are databases listed to somebody without a login, and the collections of those that were named, the
 * number of documents of a named collection, its canary? Messages are OP_MSG (MongoDB 3.6 and later); error codes are numbers, texts are not read.
 */
import type { Checker, Heard, Question, Request, Requests, Step } from "../../checks/checker.ts";
import { done } from "../../checks/checker.ts";
import type { Verdict } from "../../ladder.ts";
import { verdict, worst } from "../../ladder.ts";
import { plantedKey } from "../../readable/planted.ts";
import { unheard } from "../../checks/unheard.ts";
import type { Document } from "./bson.ts";
import { documentOf, fieldOf } from "./bson.ts";
import { depth } from "./depth.ts";
import { commandOf, errorCode, hello, namespaceOf, readReply } from "./messages.ts";

/** The only document that is ever read, and of it the name alone. */
const canary = plantedKey;
/** A server breaks off what takes longer. */
const serverLimitMs = 1_500;

/** `database.collection`, or a database alone. */
function namesOf({ names }: Question): readonly ReturnType<typeof namespaceOf>[] {
  return names.length === 0 ? [{ database: "admin", collection: undefined }] : names.map(namespaceOf);
}

/** One after the other on a connection: an answer to another kind of request is none to this one. */
const ids: Readonly<Record<string, number>> = { hello: 1, list: 2, collections: 3, count: 4, canary: 5 };
const idOf = (request: string): number => ids[kindOf(request)] ?? 0;

function kindOf(request: string): string {
  return request.split(" ")[0] ?? "";
}

function requests(question: Question): Requests {
  const list: Record<string, Request> = {
    hello: commandOf(idOf("hello"), 2_048, hello),
    list: commandOf(idOf("list"), 65_536, { listDatabases: 1, nameOnly: true, maxTimeMS: serverLimitMs, $db: "admin" }),
  };
  for (const [i, { database, collection }] of namesOf(question).entries()) {
    const end = { maxTimeMS: serverLimitMs, $db: database };
    list[`collections ${i}`] = commandOf(idOf("collections"), 2_048, { listCollections: 1, nameOnly: true, ...end });
    if (collection === undefined) continue;
    list[`count ${i}`] = commandOf(idOf("count"), 2_048, { count: collection, ...end });
    const one = { filter: { _id: canary }, projection: { _id: 1 }, limit: 1, singleBatch: true };
    list[`canary ${i}`] = commandOf(idOf("canary"), 2_048, { find: collection, ...one, ...end });
  }
  return list;
}

/** hello, list, and then for each name what it has; of a collection that nobody may count nobody asks for a document. */
function next(question: Question, heard: readonly Heard[]): Step {
  const last = heard.at(-1);
  if (last === undefined) return { tag: "send", request: "hello", on: "new" };
  const answers = heard.map((one) => answerOf(one, question));
  const finding = answers.at(-1);
  if (last.tag !== "answer" || finding === undefined || finding.tag === "nothing") return done(together(answers, question));
  if (last.request === "hello" && !finding.isGreeting) return done(together(answers, question));
  const asked = afterwards(last.request, finding, question);
  if (asked === undefined) return done(together(answers, question));
  // What is left of an answer that was too long would be taken for the next one.
  return { tag: "send", request: asked, on: last.ended === "whole" ? "last" : "new" };
}

function afterwards(request: string, finding: Finding, question: Question): string | undefined {
  const names = namesOf(question);
  const [kind, number] = request.split(" ");
  const index = Number(number ?? 0);
  if (kind === "hello") return "list";
  // Without a name the list is enough, if it says anything.
  if (kind === "list") return question.names.length === 0 && !finding.isEmptyList ? undefined : "collections 0";
  if (kind === "collections" && names[index]?.collection !== undefined) return `count ${index}`;
  if (kind === "count" && finding.verdict?.seen === "counts-readable") return `canary ${index}`;
  if (finding.verdict?.seen === "data-readable") return undefined;
  return index + 1 < names.length ? `collections ${index + 1}` : undefined;
}

interface Finding {
  /** nothing: no answer, after which nothing more is asked. */
  readonly tag: "answer" | "nothing";
  /** undefined: it says nothing by itself. */
  readonly verdict: Verdict | undefined;
  readonly isGreeting?: boolean;
  readonly isEmptyList?: boolean;
}

const answered = (of: Verdict | undefined): Finding => ({ tag: "answer", verdict: of });

function together(findings: readonly Finding[], { channel }: Question): Verdict {
  const verdicts = findings.flatMap((one) => one.verdict ?? []);
  const seen = worst(verdicts.map((one) => one.seen));
  const first = verdicts.find((one) => one.seen === seen) ?? verdict("unknown", "No answer says whether it is open.");
  const clear = channel === "plain" && findings[0]?.isGreeting === true ? ["Clear text is spoken here."] : [];
  return { ...first, notes: [...clear, ...new Set(verdicts.flatMap(({ notes }) => notes))] };
}

function answerOf(heard: Heard, question: Question): Finding {
  const none = unheard(heard, question);
  if (none !== undefined || heard.tag !== "answer") {
    const isLater = heard.tag === "answer" && heard.request !== "hello" && none?.seen === "silent";
    return { tag: "nothing", verdict: isLater ? verdict("unknown", none.because) : none };
  }
  const document = readReply(heard.bytes, idOf(heard.request));
  const isOver = heard.ended !== "whole" && heard.ended !== "limit";
  const found = document === undefined || isOver ? undefined : findingOf(heard.request, document, heard.ended === "whole", question);
  return found ?? { tag: "nothing", verdict: verdict("unknown", `${titleOf(heard.request)}: an answer that is not MongoDB's.`) };
}

const titles: Readonly<Record<string, string>> = {
  hello: "hello",
  list: "listDatabases",
  collections: "listCollections",
  count: "count",
  canary: "find of the canary",
};
const titleOf = (request: string): string => titles[kindOf(request)] ?? "an answer";

/** undefined: not what MongoDB answers to this. */
function findingOf(request: string, document: Document, isAll: boolean, question: Question): Finding | undefined {
  const ok = fieldOf(document, "ok");
  const title = titleOf(request);
  if (ok === 0 || ok === false) {
    const code = fieldOf(document, "code");
    if (code === errorCode.unauthorized) return answered(verdict("auth-required", `${title}: a login is asked for.`));
    // Before 4.4.2 there is no hello; that there is none is said as MongoDB says it.
    if (request === "hello" && code === errorCode.commandNotFound) return { ...answered(undefined), isGreeting: true };
    return answered(verdict("unknown", `${title}: an error that says neither open nor closed.`));
  }
  if (isAll && ok !== 1 && ok !== true) return undefined;
  switch (kindOf(request)) {
    case "hello":
      return typeof fieldOf(document, "maxWireVersion") === "number" ? { ...answered(undefined), isGreeting: true } : undefined;
    case "list":
      return listed(document, isAll, question);
    case "count":
      return typeof fieldOf(document, "n") === "number"
        ? answered(verdict("counts-readable", "count: documents can be counted without a login."))
        : undefined;
    default:
      return batch(request, document, isAll);
  }
}

function listed(document: Document, isAll: boolean, question: Question): Finding | undefined {
  const databases = documentOf(fieldOf(document, "databases"));
  if (databases === undefined) return undefined;
  const names = new Set(databases.map(({ value }) => fieldOf(documentOf(value), "name")).filter((name) => typeof name === "string"));
  // A server with login on answers so too: that nothing may be seen, or that nothing is there.
  if (names.size === 0) return isAll && databases.length === 0 ? { ...answered(undefined), isEmptyList: true } : undefined;
  const declared = question.names.length === 0 ? [] : namesOf(question).map(({ database }) => database);
  const missing = declared.filter((name) => !names.has(name)).length;
  const notes = missing === 0 || !isAll ? [] : [`Of ${declared.length} databases that were named ${missing} are not in the list.`];
  return answered(verdict("schema-readable", "listDatabases: the names of databases can be read without a login.", notes));
}

function batch(request: string, document: Document, isAll: boolean): Finding | undefined {
  const first = documentOf(fieldOf(documentOf(fieldOf(document, "cursor")), "firstBatch"));
  if (first === undefined) return undefined;
  const has = (name: string, is: (value: unknown) => boolean): boolean => first.some(({ value }) => is(fieldOf(documentOf(value), name)));
  if (request.startsWith("collections")) {
    if (has("name", (name) => typeof name === "string"))
      return answered(verdict("schema-readable", "listCollections: the names of collections can be read without a login."));
    return isAll
      ? answered(verdict("anonymous-accepted", "listCollections: answered without a login; there is none to be seen."))
      : undefined;
  }
  if (has("_id", (id) => id === canary))
    return answered(verdict("data-readable", "find: the canary document can be read without a login."));
  const notes = ["There is no canary document: that content can be read is not proven by it."];
  return isAll && first.length === 0 ? answered(verdict("anonymous-accepted", "find: answered without a login.", notes)) : undefined;
}

/** It greets everybody; what is behind a login says so by its own number. */
function isItself(first: Heard): boolean {
  const { isGreeting, verdict: said } = answerOf(first, { channel: "plain", names: [], host: "", user: undefined });
  return isGreeting === true || said?.seen === "auth-required";
}

export const mongodb: Checker = {
  service: "mongodb",
  title: "MongoDB",
  port: 27_017,
  evidence: "independent",
  tls: "at-once",
  requests,
  next,
  depth,
  unasked: { isItself, stopsThere: true },
  remedy:
    "Take the port off the public address (net.bindIp, firewall). Make a user for each application, then turn security.authorization on. Before the restart, write down db.serverStatus().network.bytesOut: it says how much was read at most, and begins anew.",
};
