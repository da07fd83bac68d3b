/**
 * Elasticsearch and OpenSearch, beyond the gate: which cluster it is, which fields there are, how many records have them. All of it is counted by
 * the node (`size: 0`, `exists`, `cardinality`); `filter_path` leaves nothing in an answer but numbers and names of fields.
 */
import type { Dialogue, Heard, Question } from "../../checks/checker.ts";
import { done } from "../../checks/checker.ts";
import type { Classified, Field } from "../../readable/classify.ts";
import type { CategoryKey } from "../../readable/categories.ts";
import type { Counts, Depth, Found } from "../../readable/depth.ts";
import { markedAsCut, mayBeCut, namesOfCut, notesWhatIsCut } from "./cut.ts";
import { httpRequest } from "../../http/request.ts";
import type { Response } from "../../http/response.ts";
import { isRecord, jsonOf, parseResponse } from "../../http/response.ts";
import type { Count, NotCounted } from "../../readable/readable.ts";

const fieldsLimit = 65_536;
/** Of the node's estimate: six standard errors of 2^18 registers (HyperLogLog++, 1.04 / sqrt(m) each). */
const estimateError = 0.0125;
const precision = 40_000;
/** Of one category: more of them would be more than a query may hold. What is counted then is at least so much. */
const fieldsMax = 50;
/** The node stops by itself after it; what it has by then is a part. */
const timeout = "8s";
/** One request, one answer. */
function asking<T>(options: {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: object;
  readonly limit?: number;
  readonly read: (json: unknown) => Found<T>;
}): Dialogue<Found<T>> {
  const { method, path, body, limit, read } = options;
  return {
    tls: "at-once",
    requests: ({ host, authorization }: Question) => ({
      ask: httpRequest({
        method,
        path,
        authority: host,
        ...(authorization === undefined ? {} : { headers: { authorization } }),
        ...(limit === undefined ? {} : { limit }),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    }),
    next: (_question, heard) => {
      const [answer] = heard;
      return answer === undefined ? { tag: "send", request: "ask", on: "new" } : done(readAnswer(answer, read));
    },
  };
}

function readAnswer<T>(answer: Heard, read: (json: unknown) => Found<T>): Found<T> {
  if (answer.tag !== "answer") return not("refused");
  if (answer.ended === "limit") return not("too-long");
  const response: Response = parseResponse(answer.bytes);
  if (response.status === 401 || response.status === 403) return not("refused");
  const json = response.status === 200 ? jsonOf(response, answer.ended) : undefined;
  return json === undefined ? not("not-understood") : read(json);
}

function not(why: NotCounted): Found<never> {
  return { tag: "not", why };
}

function found<T>(value: T): Found<T> {
  return { tag: "found", value };
}

function pathOf(dataSet: string): string {
  return dataSet === "" ? "" : `/${encodeURIComponent(dataSet)}`;
}

function identity(): Dialogue<Found<string>> {
  return asking({
    method: "GET",
    path: "/_cluster/state/version?filter_path=cluster_uuid",
    read: (json) => {
      const uuid = isRecord(json) ? json["cluster_uuid"] : undefined;
      // `_na_`: a node that has not found its cluster yet.
      return typeof uuid === "string" && /^[\w-]{16,40}$/.test(uuid) ? found(uuid) : not("not-understood");
    },
  });
}

function fields(dataSet: string): Dialogue<Found<readonly Field[]>> {
  return asking({
    method: "GET",
    path: `${pathOf(dataSet)}/_field_caps?fields=*&filter_path=fields.*.*.searchable,fields._id._id.metadata_field`,
    limit: fieldsLimit,
    read: (json): Found<readonly Field[]> => {
      const all = isRecord(json) ? (json["fields"] ?? {}) : undefined;
      if (!isRecord(all)) return not("not-understood");
      const own = Object.entries(all).flatMap(([name, byType]) => (isRecord(byType) && !name.startsWith("_") ? fieldOf(name, byType) : []));
      // Until it is known that none are cut, all may be.
      return notesWhatIsCut(all) ? found(own) : { tag: "found", value: markedAsCut(own), more: lengths(dataSet, own) };
    },
  });
}

/** Which fields have a length after which they are not in the index. */
function lengths(dataSet: string, own: readonly Field[]): Dialogue<Found<readonly Field[]>> {
  return asking({
    method: "GET",
    path: `${pathOf(dataSet)}/_mapping?filter_path=*.mappings.**.ignore_above`,
    limit: fieldsLimit,
    read: (json) => {
      if (!isRecord(json)) return not("not-understood");
      return found(
        markedAsCut(own, new Set(Object.values(json).flatMap((index) => (isRecord(index) ? namesOfCut(index["mappings"]) : [])))),
      );
    },
  });
}

/** Of several indices a name may be of several types: what holds most is meant. Those with an underscore first are the node's own. */
function fieldOf(name: string, byType: Readonly<Record<string, unknown>>): readonly Field[] {
  const types = Object.keys(byType);
  // One that may be cut in one of them may be so in all.
  const type =
    types.find(mayBeCut) ??
    types.find((one) => !["object", "nested", "boolean"].includes(one)) ??
    types.find((one) => one !== "object") ??
    types[0];
  if (type === undefined) return [];
  // Stored and not indexed: `exists` finds none of it.
  const isCountable = Object.values(byType).every((one) => isRecord(one) && one["searchable"] === true);
  return [{ name, type, ...(isCountable ? {} : { isUncountable: true as const }) }];
}

function counts(dataSet: string, all: readonly Field[], classified: Classified): Dialogue<Found<Counts>> {
  const keys = [...classified.keys()];
  const nested = nestedIn(all);
  const uncountable = new Set(all.filter(({ isUncountable }) => isUncountable === true).map(({ name }) => name));
  const filters = Object.fromEntries(
    keys.map((key, i) => [`c${i}`, { bool: { should: whereAny((classified.get(key) ?? []).slice(0, fieldsMax), nested) } }]),
  );
  return asking({
    method: "POST",
    path: `${pathOf(dataSet)}/_search?filter_path=${extent},hits.total,aggregations.categories.buckets.*.doc_count`,
    body: {
      size: 0,
      track_total_hits: true,
      timeout,
      ...(keys.length === 0 ? {} : { aggs: { categories: { filters: { filters } } } }),
    },
    read: (json) => readCounts(json, keys, (key) => isPart(classified.get(key) ?? [], uncountable)),
  });
}

function nestedIn(all: readonly Field[]): readonly string[] {
  return all.filter(({ type }) => type === "nested").map(({ name }) => name);
}

/** Not all of a category's fields are, or can be, counted. */
function isPart(names: readonly string[], uncountable: ReadonlySet<string>): boolean {
  return names.length > fieldsMax || names.some((name) => uncountable.has(name));
}

/** Which records have one of the fields. */
function whereAny(names: readonly string[], nested: readonly string[]): readonly object[] {
  return [...names.map((name) => exists(name, nested)), isIgnored(names)];
}

/** What was too long for the index, or not of the field's type, is in the record all the same: `exists` does not find it, and the node notes which it was. */
function isIgnored(names: readonly string[]): object {
  return { terms: { _ignored: names } };
}

/** Whether a record has the field; what is `nested` lies in records of its own. */
function exists(field: string, nested: readonly string[]): object {
  const path = pathIn(nested, field);
  return path === undefined ? { exists: { field } } : { nested: { path, query: { exists: { field } } } };
}

/** The innermost nested object that the field is in. */
function pathIn(nested: readonly string[], field: string): string | undefined {
  return nested.filter((name) => field.startsWith(`${name}.`)).toSorted((a, b) => b.length - a.length)[0];
}

function readCounts(json: unknown, keys: readonly CategoryKey[], isPartOf: (key: CategoryKey) => boolean): Found<Counts> {
  if (!isRecord(json) || !isRecord(json["hits"]) || !isRecord(json["hits"]["total"])) return not("not-understood");
  const records = countOf(json["hits"]["total"]["value"], json);
  const aggregations = isRecord(json["aggregations"]) ? json["aggregations"]["categories"] : undefined;
  const buckets = isRecord(aggregations) && isRecord(aggregations["buckets"]) ? aggregations["buckets"] : {};
  const byCategory = new Map<CategoryKey, Count>();
  for (const [i, key] of keys.entries()) {
    const bucket = buckets[`c${i}`];
    const count = isRecord(bucket) ? countOf(bucket["doc_count"], json) : undefined;
    if (count === undefined) return not("not-understood");
    byCategory.set(key, isPartOf(key) ? { ...count, kind: "at-least" } : count);
  }
  return records === undefined ? not("not-understood") : found({ records, byCategory });
}

/** How much of all was counted. Of failures the numbers alone: their texts may hold values. */
const extent = "timed_out,_shards.total,_shards.successful,_shards.failed,_clusters.total,_clusters.successful";

/** Where the time was over, or a shard or another cluster did not answer, it is a part of all. */
function countOf(value: unknown, json: Readonly<Record<string, unknown>>): Count | undefined {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) return undefined;
  const { timed_out: isCut, _shards: shards, _clusters: clusters } = json;
  const isWhole = isCut === false && isOfAll(shards) && shards["failed"] === 0 && (clusters === undefined || isOfAll(clusters));
  return { kind: isWhole ? "exact" : "at-least", value };
}

/** OpenSearch, and older versions of Elasticsearch, do not call it a failure where a shard is on no node at all: fewer are successful then. */
function isOfAll(of: unknown): of is Readonly<Record<string, unknown>> {
  return isRecord(of) && Number.isSafeInteger(of["total"]) && of["total"] === of["successful"];
}

function persons(dataSet: string, field: string, all: readonly Field[]): Dialogue<Found<Count>> {
  // What is nested lies in records of its own.
  const path = pathIn(nestedIn(all), field);
  const isPersonCut = all.some(({ name, isUncountable }) => name === field && isUncountable === true);
  const distinct = { cardinality: { field, precision_threshold: precision } };
  const aggs = {
    ignored: { filter: isIgnored([field]) },
    ...(path === undefined ? { persons: distinct } : { inside: { nested: { path }, aggs: { persons: distinct } } }),
  };
  return asking({
    method: "POST",
    path: `${pathOf(dataSet)}/_search?filter_path=${extent},aggregations.ignored.doc_count,aggregations.persons.value,aggregations.inside.persons.value`,
    body: { size: 0, timeout, aggs },
    read: (json): Found<Count> => {
      const outer = isRecord(json) && isRecord(json["aggregations"]) ? json["aggregations"] : {};
      const within = isRecord(outer["inside"]) ? outer["inside"] : outer;
      const aggregations = within["persons"];
      const count = isRecord(json) && isRecord(aggregations) ? countOf(aggregations["value"], json) : undefined;
      const ignored = isRecord(json) && isRecord(outer["ignored"]) ? countOf(outer["ignored"]["doc_count"], json) : undefined;
      if (count === undefined || ignored === undefined) return not("not-understood");
      const { value } = count;
      if (count.kind === "at-least" || ignored.value > 0 || isPersonCut)
        return found({ kind: "at-least", value: Math.floor(value * (1 - estimateError)) });
      return found({ kind: "about", value, low: Math.floor(value * (1 - estimateError)), high: Math.ceil(value * (1 + estimateError)) });
    },
  });
}

export const depth: Depth = { takesLogin: true, identities: [{ kind: "cluster-uuid", ask: identity }], fields, counts, persons };
