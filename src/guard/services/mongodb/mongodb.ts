/**
 * MongoDB and what speaks its protocol: are databases listed to somebody without a login, and the collections of those that were named, the
 * number of documents of a named collection, its canary? Messages are OP_MSG (MongoDB 3.6 and later); error codes are numbers, texts are not read.
 */
import type { Checker, Heard, Question, Request, Requests, Step } from "../../checker.ts";
import { done } from "../../checker.ts";
import type { Verdict } from "../../ladder.ts";
import { verdict, worst } from "../../ladder.ts";
import { unheard } from "../../unheard.ts";
import type { Document } from "./bson.ts";
import { documentOf, fieldOf, readDocument, writeDocument } from "./bson.ts";

/** The only document that is ever read, and of it the name alone. */
const canary = "vitrine:canary";
const opMsg = 2_013;
const headLength = 21;
/** A server breaks off what takes longer. */
const serverLimitMs = 1_500;

type Body = Parameters<typeof writeDocument>[0];

function requestOf(kind: string, limit: number, body: Body): Request {
  const document = writeDocument(body);
  const head = Buffer.alloc(headLength);
  head.writeInt32LE(headLength + document.length, 0);
  head.writeInt32LE(idOf(kind), 4);
  head.writeInt32LE(opMsg, 12);
  return { bytes: Buffer.concat([head, document]), limit, isWhole };
}

function isWhole(prefix: Uint8Array): boolean {
  if (prefix.length < 4) return false;
  const length = Buffer.from(prefix.buffer, prefix.byteOffset, prefix.byteLength).readInt32LE(0);
  // Shorter than a head: no message.
  return length < headLength || prefix.length >= length;
}

/** `database.collection`, or a database alone. A database's name has no dot in it, a collection's may. */
function namesOf({ names }: Question): readonly { readonly database: string; readonly collection: string | undefined }[] {
  if (names.length === 0) return [{ database: "admin", collection: undefined }];
  return names.map((name) => {
    const dot = name.indexOf(".");
    return dot === -1 ? { database: name, collection: undefined } : { database: name.slice(0, dot), collection: name.slice(dot + 1) };
  });
}

const client = { application: { name: "vitrine-guard" }, driver: { name: "vitrine-guard", version: "1" }, os: { type: "unknown" } };
/** One after the other on a connection: an answer to another kind of request is none to this one. */
const ids: Readonly<Record<string, number>> = { hello: 1, list: 2, collections: 3, count: 4, canary: 5 };
const idOf = (request: string): number => ids[kindOf(request)] ?? 0;

function kindOf(request: string): string {
  return request.split(" ")[0] ?? "";
}

function requests(question: Question): Requests {
  const list: Record<string, Request> = {
    hello: requestOf("hello", 2_048, { hello: 1, client, $db: "admin" }),
    list: requestOf("list", 65_536, { listDatabases: 1, nameOnly: true, maxTimeMS: serverLimitMs, $db: "admin" }),
  };
  for (const [i, { database, collection }] of namesOf(question).entries()) {
    const end = { maxTimeMS: serverLimitMs, $db: database };
    list[`collections ${i}`] = requestOf("collections", 2_048, { listCollections: 1, nameOnly: true, ...end });
    if (collection === undefined) continue;
    list[`count ${i}`] = requestOf("count", 2_048, { count: collection, ...end });
    const one = { filter: { _id: canary }, projection: { _id: 1 }, limit: 1, singleBatch: true };
    list[`canary ${i}`] = requestOf("canary", 2_048, { find: collection, ...one, ...end });
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
  const document = replyOf(heard.bytes, idOf(heard.request));
  const isOver = heard.ended !== "whole" && heard.ended !== "limit";
  const found = document === undefined || isOver ? undefined : findingOf(heard.request, document, heard.ended === "whole", question);
  return found ?? { tag: "nothing", verdict: verdict("unknown", `${titleOf(heard.request)}: an answer that is not MongoDB's.`) };
}

/** The document of an OP_MSG; undefined: there is none. */
function replyOf(bytes: Uint8Array, id: number): Document | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < headLength) return undefined;
  const [length, answers, code, flags] = [buffer.readInt32LE(0), buffer.readInt32LE(8), buffer.readInt32LE(12), buffer.readUInt32LE(16)];
  // Of the flags only that of a checksum at the end is known here; the section is of kind 0.
  if (length < headLength || answers !== id || code !== opMsg || (flags & ~1) !== 0 || buffer[20] !== 0) return undefined;
  return readDocument(buffer.subarray(headLength, length - (flags === 1 ? 4 : 0)));
}

const titles: Readonly<Record<string, string>> = {
  hello: "hello",
  list: "listDatabases",
  collections: "listCollections",
  count: "count",
  canary: "find of the canary",
};
const titleOf = (request: string): string => titles[kindOf(request)] ?? "an answer";

const [unauthorized, commandNotFound] = [13, 59];

/** undefined: not what MongoDB answers to this. */
function findingOf(request: string, document: Document, isAll: boolean, question: Question): Finding | undefined {
  const ok = fieldOf(document, "ok");
  const title = titleOf(request);
  if (ok === 0 || ok === false) {
    const code = fieldOf(document, "code");
    if (code === unauthorized) return answered(verdict("auth-required", `${title}: a login is asked for.`));
    // Before 4.4.2 there is no hello; that there is none is said as MongoDB says it.
    if (request === "hello" && code === commandNotFound) return { ...answered(undefined), isGreeting: true };
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

export const mongodb: Checker = {
  service: "mongodb",
  title: "MongoDB",
  port: 27_017,
  evidence: "independent",
  tls: "at-once",
  requests,
  next,
  remedy:
    "Take the port off the public address (net.bindIp, firewall). Make a user for each application, then turn security.authorization on. Before the restart, write down db.serverStatus().network.bytesOut: it says how much was read at most, and begins anew.",
};
