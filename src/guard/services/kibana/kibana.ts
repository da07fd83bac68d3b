/**
 * Kibana and OpenSearch Dashboards: does their console pass on what somebody without credentials asks? The cluster behind may be closed to
 * everybody else. The page itself is never evidence: it is the same with and without a login.
 */
import type { Checker, Heard, Question, Requests, Step } from "../../checks/checker.ts";
import { done } from "../../checks/checker.ts";
import { httpRequest } from "../../http/request.ts";
import type { Response } from "../../http/response.ts";
import { isRecord, jsonOf, parseResponse } from "../../http/response.ts";
import { following, together } from "../../in-turn.ts";
import type { Verdict } from "../../ladder.ts";
import { verdict } from "../../ladder.ts";
import { unheard } from "../../checks/unheard.ts";
import { isCount, isListOfIndices } from "../elasticsearch/answers.ts";

/** Against other sites' pages, not a credential: Kibana's name and Dashboards' name for it, and that of newer Kibana's own pages. */
const ours = { "kbn-xsrf": "true", "osd-xsrf": "true", "x-elastic-internal-origin": "Kibana" };
const objectsPath = "/api/saved_objects/_find?type=index-pattern&per_page=1&fields=title";

const shown = {
  status: "`/api/status`",
  names: "`_cat/indices` through the console",
  count: "`_count` through the console",
  objects: "`saved_objects/_find`",
} as const;
type Kind = keyof typeof shown;

function requests({ names, host }: Question): Requests {
  const through = (path: string): Requests[string] =>
    httpRequest({
      method: "POST",
      path: `/api/console/proxy?path=${encodeURIComponent(path)}&method=GET`,
      authority: host,
      headers: ours,
    });
  const indices = names.length === 0 ? [""] : names.map((name) => `/${encodeURIComponent(name)}`);
  return Object.fromEntries([
    ["status", httpRequest({ method: "GET", path: "/api/status", authority: host, headers: ours })] as const,
    ["names", through("/_cat/indices?format=json&h=index&expand_wildcards=all")] as const,
    ...indices.map((index, i) => [`count ${i}`, through(`${index}/_count`)] as const),
    ["objects", httpRequest({ method: "GET", path: objectsPath, authority: host, headers: ours })] as const,
  ]);
}

function next(question: Question, heard: readonly Heard[]): Step {
  const isKnown = heard.some(isOfKibana);
  const verdicts = heard.map((one) => judge(one, question, isKnown));
  const open = verdicts.find((one) => one?.seen === "counts-readable");
  if (open !== undefined) return done(open);
  const asked = following(Object.keys(requests(question)), heard, verdicts.at(-1));
  if (asked !== undefined) return { tag: "send", request: asked, on: "new" };
  return done(together(heard, verdicts, "No answer of Kibana or OpenSearch Dashboards that says whether it is open."));
}

/** undefined: an answer that says nothing about it. */
function judge(heard: Heard, question: Question, isKnown: boolean): Verdict | undefined {
  const none = unheard(heard, question);
  if (none !== undefined || heard.tag !== "answer") return none ?? verdict("unknown", "Nothing was heard.");
  const kind = heard.request.split(" ")[0] as Kind; // oxlint-disable-line typescript/no-unsafe-type-assertion -- from our own names
  const response = parseResponse(heard.bytes);
  const asked = shown[kind];
  if (response.status === undefined) return verdict("unknown", `${asked}: an answer that is not HTTP.`);
  if (response.status === 400 && question.channel === "plain" && jsonOf(response, heard.ended) === undefined)
    return verdict("silent", "Plain HTTP is not spoken here.");
  // It is told with a login and without: it says who is there, and no more.
  if (kind === "status") return undefined;
  if (response.status === 200) return kind === "objects" ? objects(response, heard.ended) : passedOn(kind, response, heard.ended);
  return refusal(response, heard.ended, asked, isKnown);
}

/** Since 8.x Kibana says 200 and tells the cluster's own status in a header; before, the status itself is passed on. */
function passedOn(kind: "names" | "count", response: Response, ended: string): Verdict {
  const asked = shown[kind];
  const inner = response.headers.get("x-console-proxy-status-code") ?? "200";
  if (inner === "401" || inner === "403")
    return verdict("anonymous-accepted", `${asked}: asked without credentials, the console passed it on; the cluster answered ${inner}.`);
  if (inner === "404")
    return verdict("anonymous-accepted", `${asked}: asked without credentials, the console passed it on; nothing is there.`);
  if (inner !== "200") return verdict("unknown", `${asked}: passed on, and the cluster's answer says neither open nor closed.`);
  if (kind === "names" && isListOfIndices(response))
    return verdict("schema-readable", `${asked}, without credentials: indices are listed.`);
  if (kind === "count" && isCount(response, ended))
    return verdict("counts-readable", `${asked}, without credentials: records can be counted.`);
  return verdict("unknown", `${asked}: 200, but not an answer of Elasticsearch or OpenSearch.`);
}

/** Index patterns: what an anonymous provider lets everybody see, also where the console is off. Decided on a prefix. */
function objects(response: Response, ended: string): Verdict {
  const asked = shown.objects;
  const found = /^\{"page":1,"per_page":1,"total":(\d{1,15}),"saved_objects":\[/.exec(response.body.toString("utf8"))?.[1];
  const json = jsonOf(response, ended);
  const total = found === undefined && isRecord(json) && Array.isArray(json["saved_objects"]) ? json["total"] : Number(found);
  if (!Number.isInteger(total)) return verdict("unknown", `${asked}: 200, but not an answer of Kibana or OpenSearch Dashboards.`);
  return total === 0
    ? verdict("anonymous-accepted", `${asked}, without credentials: answered, and there are none.`)
    : verdict("schema-readable", `${asked}, without credentials: index patterns are listed.`);
}

function refusal(response: Response, ended: string, asked: string, isKnown: boolean): Verdict | undefined {
  const { status } = response;
  const isOwn = isBoom(response, ended);
  if (status === 401) return verdict("auth-required", `${asked}: 401, a login is asked for.`);
  if (status === 403)
    return isOwn
      ? verdict("anonymous-accepted", `${asked}: 403 of Kibana's own: an anonymous caller is let in, without this right.`)
      : verdict("closed", `${asked}: 403 without a login.`);
  // The console is off, or this version has no such route.
  if (status === 404 && isOwn) return undefined;
  if (status === 302 || status === 303 || status === 307) {
    if (isKnown && isLogin(response.headers.get("location"))) return verdict("auth-required", `${asked}: sent to the log-in.`);
    return verdict("unknown", `${asked}: sent elsewhere, which is not followed; name that place.`);
  }
  if (status === 400 && isOwn)
    return verdict("unknown", `${asked}: 400 of Kibana's own: this version keeps the route to its own pages, which is no login.`);
  return verdict("unknown", `${asked}: status ${status}, which says neither open nor closed.`);
}

/** As hapi writes an error, and so Kibana and Dashboards. */
function isBoom(response: Response, ended: string): boolean {
  const json = jsonOf(response, ended);
  return isRecord(json) && json["statusCode"] === response.status && typeof json["error"] === "string";
}

/** `/login` (Kibana) and `/app/login` (Dashboards) of the same place, also below a base path. */
function isLogin(location: string | undefined): boolean {
  if (location === undefined || !/^\/(?!\/)/.test(location)) return false;
  return /(?:^|\/)(?:app\/)?login$/.test(location.split(/[?#]/)[0] ?? "");
}

/** They name themselves in every answer: `kbn-name`, `osd-name`. */
function isOfKibana(heard: Heard): boolean {
  if (heard.tag !== "answer") return false;
  return [...parseResponse(heard.bytes).headers.keys()].some((name) => /^(?:kbn|osd)-(?:name|version|license-sig|xpack-sig)$/.test(name));
}

export const kibana: Checker = {
  service: "kibana",
  title: "Kibana / OpenSearch Dashboards",
  port: 5601,
  evidence: "stand-in",
  tls: "at-once",
  requests,
  next,
  unasked: { isItself: isOfKibana, isWeb: true },
  remedy:
    "Close it first: take the port off the public address (server.host, firewall, security group). Then turn the login on: xpack.security.enabled: true in Elasticsearch and Kibana, the security plugin in OpenSearch and Dashboards; take away xpack.security.authc.providers.anonymous and opensearch_security.auth.anonymous_auth_enabled. What its own account (elasticsearch.username) may read, everybody could read: write down _stats before a restart.",
};
