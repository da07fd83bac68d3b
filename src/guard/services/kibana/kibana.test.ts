import { expect, test } from "vitest";
import type { Heard } from "../../checks/checker.ts";
import { replay } from "../../checks/recording.ts";
import { kibana } from "./kibana.ts";

const http = (status: string, body: string, more = "kbn-name: made-up\r\n"): string =>
  `HTTP/1.1 ${status}\r\n${more}content-length: ${body.length}\r\n\r\n${body}`;
const boom = (statusCode: number): string => http(`${statusCode} Refused`, JSON.stringify({ statusCode, error: "Refused", message: "x" }));
const through = (status: number, body: string): string => http("200 OK", body, `x-console-proxy-status-code: ${status}\r\n`);
const rows = '[{"index":"users"},{"index":"events"}]';
const count = '{"count":2,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0}}';
const page = http("200 OK", "<!DOCTYPE html><title>Elastic</title>");
const status = http("200 OK", '{"status":{"overall":{"level":"available"}}}');
const found = (total: number): string => http("200 OK", JSON.stringify({ page: 1, per_page: 1, total, saved_objects: [] }));
const login = (location: string, more = "kbn-name: x\r\n"): string => http("302 Found", "", `${more}location: ${location}\r\n`);

type Name = "status" | "names" | "count" | "objects";
function seen(said: Partial<Record<Name, string | Heard>>, otherwise: string, channel: "plain" | "tls" = "tls"): readonly [string, string] {
  const asked: string[] = [];
  const verdict = replay(kibana, { channel, names: [], host: "kibana.example", user: undefined }, (request) => {
    asked.push(request);
    const one = said[request.split(" ")[0] as Name] ?? otherwise;
    return typeof one === "string" ? { tag: "answer", request, bytes: Buffer.from(one, "latin1"), ended: "whole" } : one;
  });
  return [verdict?.seen ?? "none", asked.join(" ")];
}

test.each([
  ["console open", { status, names: http("200 OK", rows), count: http("200 OK", count) }, "counts-readable"],
  ["console open, the status told apart", { status, names: through(200, rows), count: through(200, count) }, "counts-readable"],
  ["console open, status page closed", { status: boom(401), names: http("200 OK", rows), count: http("200 OK", count) }, "counts-readable"],
  ["indices listed, and not counted", { names: http("200 OK", rows), count: boom(403) }, "schema-readable"],
  [
    "indices listed, more than is read",
    { names: http("200 OK", rows).replace(/content-length: \d+/, "content-length: 9000") },
    "schema-readable",
  ],
  ["passed on, and refused by the cluster", { names: through(401, "{}"), count: through(403, "{}") }, "anonymous-accepted"],
  ["passed on, and nothing there", { names: through(404, "{}"), count: through(404, "{}") }, "anonymous-accepted"],
  ["passed on, and the cluster is gone", { names: through(502, "{}"), count: through(502, "{}") }, "unknown"],
  ["anonymous, without the console", { names: boom(403), count: boom(403), objects: found(3) }, "schema-readable"],
  ["anonymous, with nothing saved", { names: boom(404), count: boom(404), objects: found(0) }, "anonymous-accepted"],
  ["console off, a login for the rest", { names: boom(404), count: boom(404) }, "auth-required"],
  ["a login", {}, "auth-required"],
  ["a login, the status page open", { status }, "auth-required"],
  ["a list of something else", { names: http("200 OK", '[{"name":"index"}]'), count: http("200 OK", '{"count":2}') }, "unknown"],
  ["kept to its own pages", { names: boom(400), count: boom(400) }, "unknown"],
  ["no connection after the login", { objects: { tag: "no-connection", why: "refused" } }, "unknown"],
  ["nothing listens", { status: { tag: "no-connection", why: "refused" } }, "closed"],
] as const)("%s", (_what, said, expected) => {
  expect(seen(said, boom(401))[0]).toBe(expected);
});

test.each([
  ["its log-in page", login("/login?next=%2F"), "auth-required"],
  ["its log-in page below a base path", login("/kibana/login?next=%2F"), "auth-required"],
  ["Dashboards' log-in page", login("/app/login?nextUrl=%2F", "osd-name: x\r\n"), "auth-required"],
  ["a page of something that does not name itself", login("/login", ""), "unknown"],
  ["a log-in elsewhere", login("https://sso.example/login"), "unknown"],
  ["a log-in elsewhere, without a scheme", login("//sso.example/login"), "unknown"],
  ["a page whose query says login", login("/home?x=/login"), "unknown"],
  ["its own page for every path", page, "unknown"],
  ["a refusal of what stands before it", http("403 Forbidden", "no", ""), "closed"],
  ["not HTTP", "SSH-2.0-x\r\n", "unknown"],
])("everything is answered by %s", (_what, answer, expected) => {
  expect(seen({}, answer)[0]).toBe(expected);
});

test("plain words to a TLS port say nothing of the TLS beside it", () => {
  expect(seen({}, http("400 Bad Request", "no", ""), "plain")).toEqual(["silent", "status"]);
});

test("what is open is not asked further", () => {
  expect(seen({ names: http("200 OK", rows), count: http("200 OK", count) }, status)[1]).toBe("status names count 0");
});

test("POST asks for a GET of the cluster, and is never without the word against other sites' pages", () => {
  const requests = kibana.requests({ channel: "tls", names: ["a b"], host: "kibana.example", user: undefined });
  const texts = Object.values(requests).map(({ bytes }) => Buffer.from(bytes).toString("latin1"));
  const posts = texts.filter((text) => text.startsWith("POST "));
  expect(posts).toHaveLength(2);
  for (const text of posts)
    expect(text).toMatch(/^POST \/api\/console\/proxy\?path=[^&\s]+&method=GET HTTP\/1\.1\r\n[^]*kbn-xsrf: true\r\nosd-xsrf: true\r\n/);
  expect(posts[1]).toContain("path=%2Fa%2520b%2F_count&");
  expect(texts.join("")).not.toMatch(/^(?:cookie|authorization):/im);
});
