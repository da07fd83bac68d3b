/**
 * Vitrine itself: does a route that is not everybody's answer somebody without a token, and does one of its files lie below a web root?
 * Vitrine says 401 to whatever is not everybody's, whether it is there or not; so any other answer of its own has passed the gate.
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
import { files, guarded } from "./routes.ts";

/** A metric of this name need not be there: whether there is one is not said before the gate. */
const usualMetric = "vitrine-guard";
const notVitrine = "This is not known to be Vitrine: nothing here refuses as it does.";
const problemType = "urn:vitrine:problem:";

/** Asked first: of a route that there is not Vitrine says what it says of all, and whoever answers it is not Vitrine. */
const nowhere = "/v1/vitrine-guard";
const order: readonly string[] = [nowhere, ...Object.keys(guarded).map(pathOf), ...Object.keys(files)];

function requests({ names: [metric = usualMetric], host }: Question): Requests {
  const get = (path: string, headers: Readonly<Record<string, string>> = {}): Requests[string] =>
    httpRequest({ method: "GET", path, authority: host, headers });
  return Object.fromEntries([
    [nowhere, get(nowhere)] as const,
    ...Object.keys(guarded).map((route) => [pathOf(route), get(pathOf(route).replace("{name}", encodeURIComponent(metric)))] as const),
    ...Object.keys(files).map((path) => [path, get(path, { range: "bytes=0-15", accept: "*/*" })] as const),
  ]);
}

function pathOf(route: string): string {
  return route.slice("GET ".length);
}

function next(question: Question, heard: readonly Heard[]): Step {
  const last = heard.at(-1);
  if (last?.tag === "answer" && heard.length === 1 && isAnother(last, question)) return done(verdict("unknown", notVitrine));
  const asked = following(order, heard, last === undefined ? undefined : judge(last, question));
  if (asked !== undefined) return { tag: "send", request: asked, on: "new" };
  const verdicts = heard.map((one) => judge(one, question));
  const all = together(heard, verdicts, "Nothing was asked that says whether it is open.");
  // A file is what it is, whoever serves it; a route is a route of Vitrine's alone.
  const hasFile = verdicts.some((one, i) => one?.seen === "data-readable" && fileOf(heard[i]) !== undefined);
  return done(hasFile || isVitrine(heard) || !isSpokenTo(heard, all) ? all : verdict("unknown", notVitrine));
}

/** Not HTTP, or a good answer where there is nothing, or an error of its own. */
function isAnother(first: Extract<Heard, { readonly tag: "answer" }>, question: Question): boolean {
  const response = parseResponse(first.bytes);
  const { status = 0 } = response;
  if (judge(first, question)?.seen === "silent" || unheard(first, question) !== undefined) return false;
  return problemOf(response, first.ended) === undefined && status !== 401 && status !== 404 && (status < 300 || status >= 400);
}

function isVitrine(heard: readonly Heard[]): boolean {
  return heard.some((one) => one.tag === "answer" && problemOf(parseResponse(one.bytes), one.ended) !== undefined);
}

/** Somebody speaks HTTP here: who it is has to be known before a word of it counts. */
function isSpokenTo(heard: readonly Heard[], { seen }: Verdict): boolean {
  return seen !== "silent" && heard.some((one) => one.tag === "answer" && parseResponse(one.bytes).status !== undefined);
}

/** undefined: nothing of ours is there. */
function judge(heard: Heard, question: Question): Verdict | undefined {
  const none = unheard(heard, question);
  if (none !== undefined || heard.tag !== "answer") return none ?? verdict("unknown", "Nothing was heard.");
  const response = parseResponse(heard.bytes);
  if (response.status === undefined) return verdict("unknown", "An answer that is not HTTP.");
  const problem = problemOf(response, heard.ended);
  if (response.status === 400 && question.channel === "plain" && problem === undefined)
    return verdict("silent", "Plain HTTP is not spoken here.");
  if (response.status === 401) return verdict("auth-required", "Every route that is not everybody's asks for a token.");
  if (problem === "api/host-refused") return verdict("closed", "Vitrine does not answer to this name.");
  if (response.status >= 300 && response.status < 400) return undefined;
  const file = fileOf(heard);
  return file === undefined ? ofRoute(heard.request, response, problem) : ofFile(heard.request, file, response, problem);
}

function ofRoute(route: string, response: Response, problem: string | undefined): Verdict | undefined {
  // Its own 404 comes after the gate; another's, from what stands before it, means that the route is not led through.
  if (response.status === 404 && problem === undefined) return undefined;
  if (response.status === 200) return verdict(guarded[`GET ${route}`] ?? "anonymous-accepted", `\`${route}\` is answered without a token.`);
  if (problem !== undefined) return verdict("anonymous-accepted", `\`${route}\` passes the gate without a token (${response.status}).`);
  return verdict("unknown", `\`${route}\`: status ${response.status}, which says neither open nor closed.`);
}

function ofFile(path: string, start: RegExp, { status = 0, body }: Response, problem: string | undefined): Verdict | undefined {
  if (status === 404 && problem === undefined) return undefined;
  if (problem !== undefined) return verdict("anonymous-accepted", `\`${path}\` passes the gate without a token (${status}).`);
  if ((status === 200 || status === 206) && start.test(body.toString("latin1")))
    return verdict("data-readable", `\`${path}\` is given to anybody.`);
  if (status === 403) return undefined;
  return verdict("unknown", `\`${path}\`: status ${status}, and not the beginning of such a file.`);
}

function fileOf(heard: Heard | undefined): RegExp | undefined {
  return heard?.tag === "answer" ? files[heard.request] : undefined;
}

/** The code of a refusal of Vitrine's own (RFC 9457). */
function problemOf(response: Response, ended: string): string | undefined {
  if (!(response.headers.get("content-type") ?? "").startsWith("application/problem+json")) return undefined;
  const json = jsonOf(response, ended);
  const type = isRecord(json) ? json["type"] : undefined;
  return typeof type === "string" && type.startsWith(problemType) ? type.slice(problemType.length) : undefined;
}

export const vitrine: Checker = {
  service: "vitrine",
  title: "Vitrine",
  port: 7465,
  evidence: "vendor",
  tls: "at-once",
  requests,
  next,
  remedy:
    "Take away what logs in for everybody: a proxy that adds a token, a listener that is not Vitrine's own. Serve no folder that holds .env, vitrine.yaml, .vitrine/ or a backup of it; all of them are 0600 below a folder that is 0700. Then revoke the tokens that were in reach (vitrine token) and look at the audit log.",
};
