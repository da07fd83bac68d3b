import { expect, test } from "vitest";
import type { Ended, Heard } from "../../checks/checker.ts";
import { replay } from "../../checks/recording.ts";
import { vitrine } from "./vitrine.ts";

const http = (status: string, body = "", type = "text/plain"): string =>
  `HTTP/1.1 ${status}\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
const problem = (status: number, code: string): string =>
  http(
    `${status} Refused`,
    JSON.stringify({ type: `urn:vitrine:problem:${code}`, status, code }),
    "application/problem+json; charset=utf-8",
  );
const shut = problem(401, "api/unauthorized");
const nowhere = "/v1/vitrine-guard";

/** What `said` does not name is answered with `otherwise`. */
function seen(said: Readonly<Record<string, string | Heard>>, otherwise = shut, ended: Ended = "whole"): readonly [string, string, number] {
  let count = 0;
  const question = { channel: "tls", names: [], host: "vitrine.example", user: undefined } as const;
  const found = replay(vitrine, question, (request) => {
    count += 1;
    const one = said[request] ?? otherwise;
    return typeof one === "string" ? { tag: "answer", request, bytes: Buffer.from(one, "latin1"), ended } : one;
  });
  return [found?.seen ?? "none", found?.because ?? "", count];
}

test.each([
  ["as shipped", {}, "auth-required"],
  ["metrics without their guard", { "/v1/metrics": http("200 OK", '{"metrics":[]}') }, "schema-readable"],
  ["numbers without their guard", { "/v1/metrics/{name}.csv": http("200 OK", "a,b") }, "counts-readable"],
  ["the audit log without its guard", { "/v1/audit": http("200 OK", "{}") }, "data-readable"],
  ["a metric that there is not, behind no guard", { "/v1/metrics/{name}": problem(404, "metrics/unknown-metric") }, "anonymous-accepted"],
  ["a bad question behind no guard", { "/v1/status": problem(400, "api/bad-request") }, "anonymous-accepted"],
  ["an answer that is busy, behind no guard", { "/v1/copy": problem(503, "api/busy") }, "anonymous-accepted"],
  ["what there is not, behind no guard", { [nowhere]: problem(404, "api/not-found") }, "anonymous-accepted"],
  ["a proxy that does not lead a route through", { "/metrics": http("404 Not Found") }, "auth-required"],
  ["a proxy that sends elsewhere", { "/metrics": http("302 Found") }, "auth-required"],
  ["a proxy that finds nothing behind it", { "/metrics": http("502 Bad Gateway") }, "unknown"],
  [".env", { "/.env": http("206 Partial Content", "SECRET_KEY=qz7Ma") }, "data-readable"],
  [".env with a comment first", { "/.env": http("200 OK", "# made up\nA=1\n") }, "data-readable"],
  ["a store", { "/backup/mirror.duckdb": http("206 Partial Content", "\0\x01\x02\x03\x04\x05\x06\x07DUCK\0\0\0\0") }, "data-readable"],
  ["a state", { "/state.sqlite": http("206 Partial Content", "SQLite format 3\0") }, "data-readable"],
  ["a page where a state could be", { "/state.sqlite": http("200 OK", "<!doctype html>", "text/html") }, "unknown"],
  ["a page where .env could be", { "/.env": http("200 OK", "<!doctype html>", "text/html") }, "unknown"],
  ["a refusal where .env could be", { "/.env": http("403 Forbidden") }, "auth-required"],
  ["nothing listens", { [nowhere]: { tag: "no-connection", why: "refused" } }, "closed"],
  ["no connection any more after the first answer", { "/v1/status": { tag: "no-connection", why: "timeout" } }, "unknown"],
] as const)("%s", (_what, said, expected) => {
  expect(seen(said)[0]).toBe(expected);
});

test.each([
  ["401 everywhere, not Vitrine's", http("401 Unauthorized")],
  ["404 everywhere, not Vitrine's", http("404 Not Found")],
  ["another service's problem", shut.replace("urn:vitrine:problem", "urn:another:problem")],
  ["Vitrine's word in a page", http("401 Unauthorized", "urn:vitrine:problem:api/unauthorized", "text/html")],
])("%s is not known to be Vitrine", (_what, otherwise) => {
  expect(seen({}, otherwise).slice(0, 2)).toEqual(["unknown", "This is not known to be Vitrine: nothing here refuses as it does."]);
});

test("who gives what is not there is asked no more", () => {
  expect(seen({}, http("200 OK", "hello"))).toEqual(["unknown", "This is not known to be Vitrine: nothing here refuses as it does.", 1]);
  expect(seen({}, "SSH-2.0-x\r\n")[2]).toBe(1);
});

test("a file is a file, whoever serves it", () => {
  expect(seen({ "/.env": http("200 OK", "A=1") }, http("404 Not Found"))[0]).toBe("data-readable");
});

test("it may not be called by this name", () => {
  expect(seen({}, problem(403, "api/host-refused")).slice(0, 2)).toEqual(["closed", "Vitrine does not answer to this name."]);
});

test("nothing of a file is repeated", () => {
  expect(seen({ "/.env": http("200 OK", "SECRET=qz7Marker") })[1]).toBe("`/.env` is given to anybody.");
});

test("what is asked for neither writes nor says who asks, and of a file sixteen bytes", () => {
  const requests = vitrine.requests({ channel: "tls", names: ["a/b"], host: "vitrine.example", user: "somebody" });
  const texts = Object.values(requests).map(({ bytes }) => Buffer.from(bytes).toString("latin1"));
  expect(texts.every((text) => text.startsWith("GET /") && !/^(?:cookie|authorization):/im.test(text) && !text.includes("somebody"))).toBe(
    true,
  );
  expect(texts.filter((text) => text.includes("range: bytes=0-15"))).toHaveLength(8);
  expect(texts.some((text) => text.startsWith("GET /v1/metrics/a%2Fb.csv HTTP/1.1\r\n"))).toBe(true);
});
