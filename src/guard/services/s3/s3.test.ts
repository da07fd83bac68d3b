import { expect, test } from "vitest";
import type { Heard } from "../../checks/checker.ts";
import { replay } from "../../checks/recording.ts";
import { s3 } from "./s3.ts";

type Said = Partial<Record<"list" | "canary", string | Heard>>;
const document = (status: string, xml: string, more = ""): string =>
  `HTTP/1.1 ${status}\r\nx-amz-request-id: 1\r\n${more}content-length: ${xml.length}\r\n\r\n<?xml version="1.0"?>\n${xml}`.replace(
    `content-length: ${xml.length}`,
    `content-length: ${xml.length + 22}`,
  );
const error = (status: string, code: string): string => document(status, `<Error><Code>${code}</Code></Error>`);
const head = (status: string, more = "x-amz-request-id: 1\r\n"): string => `HTTP/1.1 ${status}\r\n${more}content-length: 0\r\n\r\n`;

function seen(said: Said, names: readonly string[] = ["bucket", "canary"], channel: "plain" | "tls" = "tls"): readonly [string, string] {
  const question = { channel, names, host: "store.example", user: undefined };
  const found = replay(s3, question, (request) => {
    const one = said[request as "list" | "canary"] ?? "";
    return typeof one === "string" ? { tag: "answer", request, bytes: Buffer.from(one, "latin1"), ended: "whole" } : one;
  });
  return [found?.seen ?? "none", [found?.because, ...(found?.notes ?? [])].join(" ")];
}

const denied = error("403 Forbidden", "AccessDenied");
const list = document("200 OK", '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name></ListBucketResult>');

test.each([
  ["list and object refused", { list: denied, canary: head("403 Forbidden") }, "auth-required"],
  ["list given, object refused", { list, canary: head("403 Forbidden") }, "schema-readable"],
  ["list given, cut off after its root", { list: list.slice(0, 160), canary: head("403 Forbidden") }, "schema-readable"],
  ["list refused, object given", { list: denied, canary: head("200 OK") }, "data-readable"],
  ["list refused, object looked for", { list: denied, canary: head("404 Not Found") }, "anonymous-accepted"],
  ["no such bucket", { list: error("404 Not Found", "NoSuchBucket"), canary: head("404 Not Found") }, "unknown"],
  ["another region", { list: error("301 Moved Permanently", "PermanentRedirect"), canary: head("301 Moved") }, "unknown"],
  ["list refused, object elsewhere", { list: denied, canary: head("307 Temporary Redirect") }, "unknown"],
  ["an error that nobody knows", { list: error("403 Forbidden", "AllAccessDisabled"), canary: head("403 Forbidden") }, "unknown"],
  ["AccessDenied with another status", { list: error("200 OK", "AccessDenied"), canary: head("403 Forbidden") }, "unknown"],
  ["the word in a page", { list: document("403 Forbidden", "<html>AccessDenied</html>"), canary: head("403 Forbidden", "") }, "unknown"],
  [
    "the word in a message",
    { list: document("403 Forbidden", "<Error><Message>AccessDenied</Message></Error>"), canary: head("403 x") },
    "unknown",
  ],
  ["a web server that has everything", { list: "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", canary: head("200 OK", "") }, "unknown"],
  ["slow down", { list: error("503 Slow Down", "SlowDown"), canary: head("503 Slow Down") }, "unknown"],
  ["list refused, then no answer", { list: denied, canary: { tag: "no-connection", why: "timeout" } }, "unknown"],
  ["list refused, then a refusal to connect", { list: denied, canary: { tag: "no-connection", why: "refused" } }, "unknown"],
  ["nothing listens", { list: { tag: "no-connection", why: "refused" } }, "closed"],
] as const)("%s", (_what, said, expected) => {
  expect(seen(said)[0]).toBe(expected);
});

test("a refused list is not closed where no object was named", () => {
  const [verdict, because] = seen({ list: denied, canary: head("403 Forbidden") }, ["bucket"]);
  expect(verdict).toBe("unknown");
  expect(because).toContain("Name one that is");
});

test("a bucket that is not there can be taken by somebody", () => {
  expect(seen({ list: error("404 Not Found", "NoSuchBucket"), canary: head("404 x") })[1]).toContain("can be taken by somebody else");
});

test("plain words to a TLS port say nothing of the TLS beside it", () => {
  const said = { list: "HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\n\r\nno" };
  expect(seen(said, ["bucket"], "plain")[0]).toBe("silent");
  expect(seen(said, ["bucket"], "tls")[0]).toBe("unknown");
});

test.each([
  [["bucket", "a", "b c"], "GET /bucket?list-type=2&max-keys=1 HTTP/1.1", "HEAD /bucket/a/b%20c HTTP/1.1"],
  [["bucket"], "GET /bucket?list-type=2&max-keys=1 HTTP/1.1", "HEAD /bucket/vitrine-canary HTTP/1.1"],
  [[], "GET /?list-type=2&max-keys=1 HTTP/1.1", "HEAD /vitrine-canary HTTP/1.1"],
  [["-", "a"], "GET /?list-type=2&max-keys=1 HTTP/1.1", "HEAD /a HTTP/1.1"],
])("what the URL names is asked for: %j", (names, first, second) => {
  const requests = s3.requests({ channel: "tls", names, host: "store.example", user: undefined });
  expect(Object.values(requests).map(({ bytes }) => Buffer.from(bytes).toString("latin1").split("\r\n")[0])).toEqual([first, second]);
});
