/**
 * Elasticsearch and OpenSearch: can somebody without credentials count what is in it? The banner (`/`) is never evidence: open nodes
 * of 8.x and 9.x may answer 405 there, and a proxy may ask for a login on `/` alone. Four requests ask for rights that are given one by one; of who may
 * count a document is asked that its owner planted, in an index of its own.
 */
import type { Checker, Heard, Question, Requests, Step } from "../../checks/checker.ts";
import { done } from "../../checks/checker.ts";
import { httpRequest } from "../../http/request.ts";
import type { Response } from "../../http/response.ts";
import { isRecord, jsonOf, parseResponse } from "../../http/response.ts";
import { following, together } from "../../in-turn.ts";
import type { Seen, Verdict } from "../../ladder.ts";
import { verdict } from "../../ladder.ts";
import { plantedDocument, plantedIndex } from "../../readable/planted.ts";
import { unheard } from "../../checks/unheard.ts";
import { depth } from "./depth.ts";
import { errorType, isCount, isErrorOfNode, isHealth, isListOfIndices, isSearch } from "./answers.ts";

/** What a good answer to each request shows. */
const shown = {
  count: { seen: "counts-readable", what: "records can be counted" },
  search: { seen: "counts-readable", what: "a search is answered" },
  names: { seen: "schema-readable", what: "indices are listed" },
  health: { seen: "anonymous-accepted", what: "the cluster's state is told" },
} as const satisfies Record<string, { readonly seen: Seen; readonly what: string }>;

type Kind = keyof typeof shown;

const planted = "planted";
const content = verdict("data-readable", "The planted document is given without credentials: records can be read.");

/** The document, and nothing else of its index. */
function isPlanted(heard: Heard): boolean {
  const response = heard.tag === "answer" ? parseResponse(heard.bytes) : undefined;
  const json = heard.tag === "answer" && response?.status === 200 ? jsonOf(response, heard.ended) : undefined;
  return isRecord(json) && json["_id"] === plantedDocument && json["found"] === true && isRecord(json["_source"]);
}

function requests({ names, host }: Question): Requests {
  const request = (path: string): Requests[string] => httpRequest({ method: "GET", path, authority: host });
  const indices = names.length === 0 ? [""] : names.map((name) => `/${encodeURIComponent(name)}`);
  return Object.fromEntries([
    ...indices.map((index, i) => [`count ${i}`, request(`${index}/_count`)] as const),
    ...indices.map((index, i) => [`search ${i}`, request(`${index}/_search?size=0&timeout=1s`)] as const),
    ["names", request("/_cat/indices?format=json&h=index&expand_wildcards=all")] as const,
    ["health", request("/_cluster/health")] as const,
    [planted, request(`/${plantedIndex}/_doc/${plantedDocument}`)] as const,
  ]);
}

/** One request after the other, until one is answered; only when all are refused it is closed. */
function next(question: Question, heard: readonly Heard[]): Step {
  const verdicts = heard.filter((one) => one.tag !== "answer" || one.request !== planted).map((one) => judge(one, question));
  const at = verdicts.findIndex(({ seen }) => seen === "counts-readable");
  const open = verdicts[at];
  if (open !== undefined) {
    const answer = heard[at + 1];
    return answer === undefined ? { tag: "send", request: planted, on: "new" } : done(isPlanted(answer) ? content : open);
  }
  const gate = Object.keys(requests(question)).filter((name) => name !== planted);
  const asked = following(gate, heard, verdicts.at(-1));
  return asked === undefined ? done(together(heard, verdicts, "Nothing was asked.")) : { tag: "send", request: asked, on: "new" };
}

function judge(heard: Heard, question: Question): Verdict {
  const none = unheard(heard, question);
  if (none !== undefined || heard.tag !== "answer") return none ?? verdict("unknown", "Nothing was heard.");
  const kind = heard.request.split(" ")[0] as Kind; // oxlint-disable-line typescript/no-unsafe-type-assertion -- from our own names
  const response = parseResponse(heard.bytes);
  const asked = `\`${kind === "names" ? "_cat/indices" : kind === "health" ? "_cluster/health" : `_${kind}`}\``;
  if (response.status === undefined) return verdict("unknown", `${asked}: an answer that is not HTTP.`);
  if (response.status === 200)
    return isGood(kind, response, heard.ended)
      ? verdict(shown[kind].seen, `${asked} without credentials: ${shown[kind].what}.`)
      : verdict("unknown", `${asked}: 200, but not an answer of Elasticsearch or OpenSearch.`);
  // A TLS port that is spoken to in plain text.
  if (response.status === 400 && question.channel === "plain" && jsonOf(response, heard.ended) === undefined)
    return verdict("silent", "Plain HTTP is not spoken here.");
  return refusal(response.status, errorType(response, heard.ended), asked);
}

function refusal(status: number, error: string | undefined, asked: string): Verdict {
  if (status === 401) return verdict("auth-required", `${asked}: 401, a login is asked for.`);
  if (status === 403)
    // The node itself knows this caller as somebody, if only as the anonymous one; what stands before it does not.
    return error === "security_exception"
      ? verdict("anonymous-accepted", `${asked}: 403 of the node's own: an anonymous caller is let in, without this right.`)
      : verdict("closed", `${asked}: 403 without a login.`);
  if (status === 404)
    return error === "index_not_found_exception"
      ? verdict("anonymous-accepted", `${asked}: the node looked for the index, without credentials, and has none of this name.`)
      : verdict("unknown", `${asked}: 404, but not an answer of Elasticsearch or OpenSearch.`);
  return verdict("unknown", `${asked}: status ${status}, which says neither open nor closed.`);
}

function isGood(kind: Kind, response: Response, ended: string): boolean {
  switch (kind) {
    case "count":
      return isCount(response, ended);
    case "search":
      return isSearch(response, ended);
    case "names":
      return isListOfIndices(response);
    case "health":
      return isHealth(response, ended);
  }
}

/** A count, an error of the node's own, or that of OpenSearch's security plugin, which is none of the node's. A login alone is any web server's. */
function isItself(first: Heard): boolean {
  if (first.tag !== "answer") return false;
  const response = parseResponse(first.bytes);
  if (response.status === 200) return isCount(response, first.ended);
  return isErrorOfNode(response, first.ended) || /\brealm="OpenSearch Security"/.test(response.headers.get("www-authenticate") ?? "");
}

export const elasticsearch: Checker = {
  service: "elasticsearch",
  title: "Elasticsearch / OpenSearch",
  port: 9200,
  evidence: "vendor",
  tls: "at-once",
  requests,
  next,
  depth,
  unasked: { isItself, isWeb: true },
  remedy:
    "Close it first: take the port off the public address (network.host, firewall, security group). Then turn security on: Elasticsearch xpack.security.enabled: true, OpenSearch the security plugin without anonymous_auth_enabled. Before a restart, write down _stats: it says how much was read.",
};
