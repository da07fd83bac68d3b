/**
 * S3-style stores, beyond the gate: whose bucket it is, how many objects the list shows, what their names say. No object is ever fetched. Neither the host's
 * key nor its certificate says whose bucket it is: the host is of many owners, and a name that was given up may be somebody else's by today. A word that the owner
 * planted does: in the metadata of their object, or, where a list is given and no object, in the name of another.
 */
import type { Dialogue, Heard, Requests } from "../../checks/checker.ts";
import { done } from "../../checks/checker.ts";
import type { Counts, DepthOfNames, Found } from "../../readable/depth.ts";
import { httpRequest } from "../../http/request.ts";
import { parseResponse } from "../../http/response.ts";
import type { ReducedKey } from "../../readable/key-names.ts";
import { countKeys, reduceKey } from "../../readable/key-names.ts";
import { isPlantedWord, plantedKind, plantedObject } from "../../readable/planted.ts";
import type { NotCounted } from "../../readable/readable.ts";
import { asked, inTheHost, listPath, objectPath } from "./places.ts";
import type { Beginning } from "./xml.ts";
import { beginningOf, textOf } from "./xml.ts";

/** An object is some 350 bytes of a list: so many are less than 64 KB. */
const keysAtOnce = 100;
const pagesMax = 5;
const listLimit = 65_536;
/** In the URL of the next page, so nothing but what may stand there. */
const tokenForm = /^[\x21-\x7e]{1,1024}$/;
const metadata = "x-amz-meta-vitrine";

function not(why: NotCounted): Found<never> {
  return { tag: "not", why };
}

/** HEAD of the owner's object, and where that is not given a list of what begins with its name. */
function identity(): Dialogue<Found<string>> {
  return {
    tls: "at-once",
    requests: (question) => {
      const place = asked(question);
      const prefix = encodeURIComponent(`${(place.canary ?? [plantedObject]).join("/")}.vitrine-`);
      return {
        head: httpRequest({ method: "HEAD", path: objectPath(place), authority: question.host }),
        list: httpRequest({
          method: "GET",
          path: listPath(place, `max-keys=10&prefix=${prefix}`),
          authority: question.host,
          limit: 16_384,
        }),
      };
    },
    next: (_question, heard) => {
      const [head, list] = heard;
      if (head === undefined) return { tag: "send", request: "head", on: "new" };
      const word = head.tag === "answer" ? parseResponse(head.bytes, true).headers.get(metadata) : undefined;
      if (word !== undefined && isPlantedWord(word)) return done({ tag: "found", value: word });
      if (list === undefined) return { tag: "send", request: "list", on: "new" };
      const listed = listOf(list);
      const last = listed.tag === "found" ? latestOf(listed.value) : undefined;
      return done(last === undefined ? (listed.tag === "not" ? listed : not("not-understood")) : { tag: "found", value: last });
    },
  };
}

/** Of those that were planted one after the other. */
function latestOf({ within }: Beginning): string | undefined {
  const times = within.get("Contents/LastModified") ?? [];
  const words = (within.get("Contents/Key") ?? []).map((key, i) => ({ word: key.slice(key.lastIndexOf(".") + 1), at: times[i] ?? "" }));
  return words.filter(({ word }) => isPlantedWord(word)).toSorted((a, b) => (a.at < b.at ? 1 : -1))[0]?.word;
}

function listOf(heard: Heard): Found<Beginning> {
  if (heard.tag !== "answer") return not("refused");
  const { status, body } = parseResponse(heard.bytes);
  if (status === 401 || status === 403) return not("refused");
  const document = status === 200 ? beginningOf(body) : undefined;
  return document?.root === "ListBucketResult" ? { tag: "found", value: document } : not("not-understood");
}

interface Listed {
  readonly keys: readonly ReducedKey[];
  /** As the lists themselves say it. */
  readonly count: number;
  readonly pages: number;
  readonly token: string | undefined;
  /** No page was cut off, or says another number than it lists. */
  readonly isRead: boolean;
}

function page(before: Listed): Dialogue<Found<Counts>> {
  const { token } = before;
  const next = token === undefined ? "" : `&continuation-token=${encodeURIComponent(token)}`;
  return {
    tls: "at-once",
    requests: (question): Requests => ({
      list: httpRequest({
        method: "GET",
        path: listPath(asked(question), `max-keys=${keysAtOnce}${next}`),
        authority: question.host,
        limit: listLimit,
      }),
    }),
    next: (_question, heard) => {
      const [list] = heard;
      if (list === undefined) return { tag: "send", request: "list", on: "new" };
      const listed = listOf(list);
      return done(listed.tag === "not" ? listed : soFar(before, listed.value));
    },
  };
}

function soFar(before: Listed, { texts, within, isWhole: isEnded }: Beginning): Found<Counts> {
  const names = within.get("Contents/Key") ?? [];
  // Some list more than they are asked for: no more of them than are in an answer of ours.
  const keys = [...before.keys, ...names.map((key) => reduceKey(textOf(key)))];
  const said = countOf(texts.get("KeyCount")) ?? names.length;
  const count = before.count + Math.max(names.length, Math.min(said, keysAtOnce));
  const token = textOf(texts.get("NextContinuationToken") ?? "");
  const isRead = before.isRead && isEnded && said === names.length;
  const isLast = texts.get("IsTruncated") === "false";
  const isWhole = isLast && isRead;
  const listed = { keys, count, pages: before.pages + 1, token, isRead };
  const hasMore = !isLast && tokenForm.test(token) && token !== before.token && listed.pages < pagesMax;
  return {
    tag: "found",
    value: { records: { kind: isWhole ? "exact" : "at-least", value: count }, byCategory: countKeys(keys, isWhole) },
    ...(hasMore ? { more: page(listed) } : {}),
  };
}

function countOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

export const depth: DepthOfNames = {
  identities: [{ kind: plantedKind, ask: identity }],
  // What follows it is the owner's object.
  dataSets: ([bucket]) => (bucket === undefined || bucket === inTheHost ? [] : [bucket]),
  names: () => page({ keys: [], count: 0, pages: 0, token: undefined, isRead: true }),
};
