/**
 * MongoDB, beyond the gate: whose it is, which fields the documents of a collection have, how many have them. The server counts; what comes back is names,
 * types and numbers. What `hello` says of a server (its topology, a replica set's name) anybody's may say: whose it is says a word that its owner planted.
 */
import type { Dialogue, Heard, Request } from "../../checks/checker.ts";
import { done } from "../../checks/checker.ts";
import type { Classified, Field } from "../../readable/classify.ts";
import type { CategoryKey } from "../../readable/categories.ts";
import type { Counts, Depth, Found } from "../../readable/depth.ts";
import { isPlantedWord, plantedKey, plantedKind } from "../../readable/planted.ts";
import type { Count, NotCounted } from "../../readable/readable.ts";
import type { Document, Value, Written } from "./bson.ts";
import { documentOf, fieldOf } from "./bson.ts";
import { commandOf, errorCode, hello, namespaceOf, readReply } from "./messages.ts";
import { fieldNames, holding, namesMax, presence, separator } from "./stages.ts";

/** The server breaks off what takes longer. */
const serverLimitMs = 8_000;
const namesLimit = 65_536;
/** Of one category: more of them would be more than a query may hold. What is counted then is at least so much. */
const fieldsMax = 50;
const nameMax = 120;
/** Where all of a collection takes too long. */
const documentsOfPart = 100_000;

/** Of a field: the names that lead to it. */
interface MongoField extends Field {
  readonly path: readonly string[];
}

/** undefined: no answer, or none of this protocol. */
type Reply = { readonly document: Document; readonly isAll: boolean } | undefined;

/**
 * `hello`, and then one command after the other on its connection. `next` sees the answers of those that were asked, by their names, and says which comes
 * next or what was found.
 */
function asking<T>(
  commands: Readonly<Record<string, Readonly<Record<string, Written>>>>,
  next: (replies: ReadonlyMap<string, Reply>) => Found<T> | string,
): Dialogue<Found<T>> {
  const names = ["hello", ...Object.keys(commands)];
  const requests = (): Readonly<Record<string, Request>> => ({
    hello: commandOf(1, 2_048, hello),
    ...Object.fromEntries(Object.entries(commands).map(([name, body], i) => [name, commandOf(i + 2, namesLimit, body)])),
  });
  return {
    tls: "at-once",
    requests,
    next: (_question, heard) => {
      if (heard.length === 0) return { tag: "send", request: "hello", on: "new" };
      const replies = new Map(heard.map((one) => [one.tag === "answer" ? one.request : "", replyOf(one, names)] as const));
      // Who does not greet is asked nothing; an older one says as MongoDB does that it knows no hello.
      if (!isGreeting(replies.get("hello")?.document)) return done(not("not-understood"));
      const step = next(replies);
      if (typeof step !== "string") return done(step);
      const last = heard.at(-1);
      return { tag: "send", request: step, on: last?.tag === "answer" && last.ended === "whole" ? "last" : "new" };
    },
  };
}

function replyOf(heard: Heard, names: readonly string[]): Reply {
  if (heard.tag !== "answer" || (heard.ended !== "whole" && heard.ended !== "limit")) return undefined;
  const document = readReply(heard.bytes, names.indexOf(heard.request) + 1);
  return document === undefined ? undefined : { document, isAll: heard.ended === "whole" };
}

function isGreeting(document: Document | undefined): boolean {
  return typeof fieldOf(document, "maxWireVersion") === "number" || fieldOf(document, "code") === errorCode.commandNotFound;
}

function isOk({ document }: NonNullable<Reply>): boolean {
  const ok = fieldOf(document, "ok");
  return ok === 1 || ok === true;
}

function isTimeOver(reply: Reply): boolean {
  return reply !== undefined && fieldOf(reply.document, "code") === errorCode.timeOver;
}

function not(why: NotCounted): Found<never> {
  return { tag: "not", why };
}

function refused(reply: Reply): Found<never> {
  return not(reply !== undefined && fieldOf(reply.document, "code") === errorCode.unauthorized ? "refused" : "not-understood");
}

/** Documents of the first batch, as far as they came. */
function batchOf(reply: Reply): readonly Document[] | undefined {
  const batch = documentOf(fieldOf(documentOf(fieldOf(reply?.document, "cursor")), "firstBatch"));
  return batch?.map(({ value }) => documentOf(value)).filter((one) => one !== undefined);
}

function identity(): Dialogue<Found<string>> {
  const find = {
    find: "canary",
    filter: { _id: plantedKey },
    projection: { _id: 0, proof: 1 },
    limit: 1,
    singleBatch: true,
    ...settings("vitrine"),
  };
  return asking<string>({ find }, (replies) => {
    const reply = replies.get("find");
    if (!replies.has("find")) return "find";
    const proof = fieldOf(batchOf(reply)?.[0], "proof");
    return typeof proof === "string" && isPlantedWord(proof) ? { tag: "found", value: proof } : refused(reply);
  });
}

/** A member that is not the primary answers too; nothing is written to a disk for a count. */
function settings(database: string): Readonly<Record<string, Written>> {
  return { maxTimeMS: serverLimitMs, $db: database, $readPreference: { mode: "primaryPreferred" } };
}

function aggregate(database: string, collection: string, pipeline: readonly Written[]): Readonly<Record<string, Written>> {
  return {
    aggregate: collection,
    pipeline,
    cursor: { batchSize: 1_000 },
    allowDiskUse: false,
    readConcern: { level: "local" },
    ...settings(database),
  };
}

/** Of a database whose collections were not named nothing is asked: their names would be told by it. */
function withoutCollection<T>(): Dialogue<Found<T>> {
  return { tls: "at-once", requests: () => ({}), next: () => done(not("not-offered")) };
}

/** Of the first documents and of the last: fields come and go with the years. */
function fields(dataSet: string): Dialogue<Found<readonly MongoField[]>> {
  const { database, collection } = namespaceOf(dataSet);
  if (collection === undefined) return withoutCollection();
  const newest = fieldNames([{ $sort: { _id: -1 } }]);
  return asking<readonly MongoField[]>(
    { first: aggregate(database, collection, fieldNames([])), last: aggregate(database, collection, newest) },
    (replies) => {
      if (!replies.has("first")) return "first";
      const [one, other] = [replies.get("first"), replies.get("last")];
      const named = batchOf(one);
      if (named === undefined) return refused(one);
      if (!replies.has("last")) return "last";
      // As many names as are asked for are not all that there are.
      const last = batchOf(other);
      const isFull = named.length >= namesMax || last === undefined || last.length >= namesMax;
      const isWhole = one?.isAll === true && other?.isAll === true && !isFull;
      return { tag: "found", value: merged([...named, ...(last ?? [])]), ...(isWhole ? {} : { isPart: true }) };
    },
  );
}

/** As `stages.ts` calls them; what holds most first. */
const kinds = ["value", "array", "date", "bool", "object"];

/** One field a path: of several types what holds most is meant. */
function merged(all: readonly Document[]): readonly MongoField[] {
  const byName = new Map<string, { readonly path: readonly string[]; readonly types: Set<string> }>();
  for (const document of all) {
    const [path, type] = [pathOf(fieldOf(document, "p")), fieldOf(document, "t")];
    if (path === undefined || typeof type !== "string") continue;
    const key = JSON.stringify(path);
    const known = byName.get(key) ?? { path, types: new Set() };
    known.types.add(type);
    byName.set(key, known);
  }
  return [...byName.values()].map(({ path, types }) => {
    const type = kinds.find((kind) => types.has(kind)) ?? "";
    return { name: path.join("."), path, type, ...(path.every(isAddressable) ? {} : { isUncountable: true as const }) };
  });
}

/** undefined: that of the document itself. */
function pathOf(value: Value | undefined): readonly string[] | undefined {
  const [first, ...path] = typeof value === "string" ? value.split(separator) : [];
  return first === "" && path.length > 0 ? path : undefined;
}

/** Whether a query can say this name and mean it: a dot leads into a document, a dollar is an operator's, a zero byte ends it. */
function isAddressable(name: string): boolean {
  return name !== "" && name.length <= nameMax && !/[.\0]/.test(name) && !name.startsWith("$") && name !== "__proto__";
}

function counts(dataSet: string, all: readonly MongoField[], classified: Classified): Dialogue<Found<Counts>> {
  const { database, collection } = namespaceOf(dataSet);
  if (collection === undefined) return withoutCollection();
  const keys = [...classified.keys()];
  const known = new Map(all.map((field) => [field.name, field]));
  const fieldsOf = (key: CategoryKey): readonly MongoField[] => (classified.get(key) ?? []).flatMap((name) => known.get(name) ?? []);
  const asked = keys.map((key) => fieldsOf(key).filter(isCountable).slice(0, fieldsMax));
  const facets = presence(asked.map((some) => some.map(({ name }) => name)));
  const commands = {
    // The server's own number of them: without a filter it reads none.
    count: { count: collection, ...settings(database) },
    whole: aggregate(database, collection, facets),
    part: aggregate(database, collection, [{ $limit: documentsOfPart }, ...facets]),
  };
  return asking<Counts>(commands, (replies) => {
    const step = ["count", "whole"].find((name) => !replies.has(name));
    if (step !== undefined) return step;
    const whole = replies.get("whole");
    if (isTimeOver(whole) && !replies.has("part")) return "part";
    const numbers = numbersOf(isTimeOver(whole) ? replies.get("part") : whole, keys.length);
    const estimate = countOf(fieldOf(replies.get("count")?.document, "n"));
    if (numbers === undefined && estimate === undefined) return refused(whole ?? replies.get("count"));
    const isPart = isTimeOver(whole) && (numbers?.[0] ?? 0) >= documentsOfPart;
    const records = recordsOf(numbers?.[0], estimate, isPart);
    const byCategory = new Map(
      keys.flatMap((key, i) => {
        const value = numbers?.[i + 1];
        if (value === undefined) return [];
        const isWhole = !isPart && fieldsOf(key).length === asked[i]?.length;
        return [[key, { kind: isWhole ? "exact" : "at-least", value }] satisfies [CategoryKey, Count]];
      }),
    );
    return { tag: "found", value: { records, byCategory } };
  });
}

function isCountable({ isUncountable }: MongoField): boolean {
  return isUncountable !== true;
}

/** What was counted document by document is exact; the server's own number may be a little off after a crash. */
function recordsOf(counted: number | undefined, estimate: number | undefined, isPart: boolean): Count {
  if (counted !== undefined && !isPart) return { kind: "exact", value: counted };
  if (estimate !== undefined) return { kind: "about", value: estimate, low: counted ?? 0 };
  return { kind: "at-least", value: counted ?? 0 };
}

/** Of all documents, and of each category; undefined: it does not say. */
function numbersOf(reply: Reply, categories: number): readonly number[] | undefined {
  const [document] = reply !== undefined && isOk(reply) ? (batchOf(reply) ?? []) : [];
  if (document === undefined) return undefined;
  const numbers = ["all", ...Array.from({ length: categories }, (_, i) => `c${i}`)].map((name) => countOf(fieldOf(document, name)));
  return numbers.every((one) => one !== undefined) ? numbers : undefined;
}

function countOf(value: Value | undefined): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function persons(dataSet: string, field: string, all: readonly MongoField[]): Dialogue<Found<Count>> {
  const { database, collection } = namespaceOf(dataSet);
  const found = all.find(({ name }) => name === field);
  // Of a list of them each list would be one.
  const isInList = all.some(({ name, type }) => type === "array" && (name === field || field.startsWith(`${name}.`)));
  if (collection === undefined || found === undefined || !isCountable(found) || isInList) return withoutCollection();
  const distinct: readonly Written[] = [holding(field), { $group: { _id: `$${field}` } }, { $count: "n" }];
  const commands = {
    whole: aggregate(database, collection, distinct),
    part: aggregate(database, collection, [{ $limit: documentsOfPart }, ...distinct]),
  };
  return asking<Count>(commands, (replies) => {
    if (!replies.has("whole")) return "whole";
    const whole = replies.get("whole");
    const isFailed = whole !== undefined && !isOk(whole) && fieldOf(whole.document, "code") !== errorCode.unauthorized;
    if (isFailed && !replies.has("part")) return "part";
    const reply = isFailed ? replies.get("part") : whole;
    const batch = reply !== undefined && isOk(reply) ? batchOf(reply) : undefined;
    // Of no document there is no count at all.
    const value = batch?.length === 0 ? 0 : countOf(fieldOf(batch?.[0], "n"));
    return value === undefined ? refused(reply) : { tag: "found", value: { kind: isFailed ? "at-least" : "exact", value } };
  });
}

export const depth: Depth<MongoField> = {
  identities: [{ kind: plantedKind, ask: identity }],
  fields,
  counts,
  persons,
};
