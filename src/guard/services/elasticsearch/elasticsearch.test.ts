import { expect, test } from "vitest";
import type { Ended, Heard } from "../../checks/checker.ts";
import { replay } from "../../checks/recording.ts";
import { elasticsearch } from "./elasticsearch.ts";

const http = (status: number, body: string, length = body.length): string =>
  `HTTP/1.1 ${status} Whatever\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n${body}`;
const count = http(200, '{"count":2,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0}}');
const search = http(200, '{"took":1,"timed_out":false,"_shards":{"total":1},"hits":{"total":{"value":2},"hits":[]}}');
const names = http(200, '[{"index":"users"}]');
const health = http(200, '{"cluster_name":"made-up","status":"green"}');
const document = http(200, '{"_index":"vitrine-canary","_id":"canary","_version":1,"found":true,"_source":{"proof":"x"}}');
const login = http(401, '{"error":{"type":"security_exception"},"status":401}');
const noRight = http(403, '{"error":{"type":"security_exception"},"status":403}');
const noIndex = http(404, '{"error":{"type":"index_not_found_exception"},"status":404}');
const page = "HTTP/1.1 403 Forbidden\r\ncontent-length: 15\r\n\r\n<h1>Denied</h1>";

interface Said {
  readonly count?: string;
  readonly search?: string;
  readonly names?: string;
  readonly health?: string;
  readonly planted?: string;
}

function conversation(
  said: Said & { readonly ended?: Ended; readonly channel?: "plain" | "tls"; readonly indices?: readonly string[] },
): string {
  const { ended = "whole", channel = "plain", indices = [] } = said;
  const asked: string[] = [];
  const found = replay(elasticsearch, { channel, names: indices, host: "127.0.0.1", user: undefined }, (request): Heard => {
    asked.push(request);
    const kind = request.split(" ")[0] as keyof Said;
    return { tag: "answer", request, bytes: Buffer.from(said[kind] ?? login, "latin1"), ended };
  });
  return `${asked.length} ${found?.seen}`;
}

test.each([
  ["open: of the four the first answer is enough", { count }, "2 counts-readable"],
  ["open, and the planted document is given", { count, planted: document }, "2 data-readable"],
  ["open, another document", { count, planted: document.replace('"canary"', '"person"') }, "2 counts-readable"],
  ["open, and nothing is planted", { count, planted: http(404, '{"_id":"canary","found":false}') }, "2 counts-readable"],
  ["open, a document cut off", { count, planted: document.slice(0, -9) }, "2 counts-readable"],
  ["a login for all four", {}, "4 auth-required"],
  ["a search alone is answered", { search }, "3 counts-readable"],
  ["names alone", { names }, "4 schema-readable"],
  ["an empty list of names", { names: http(200, "[]") }, "4 schema-readable"],
  ["a list of names that is cut off", { names: http(200, '[{"index":"users"},{"ind', 5_000), ended: "limit" }, "4 schema-readable"],
  ["the cluster's state alone", { health }, "4 anonymous-accepted"],
  ["an anonymous caller without this right", { count: noRight }, "4 anonymous-accepted"],
  ["no such index, looked for", { count: noIndex }, "4 anonymous-accepted"],
  ["a wall before the node, for all", { count: page, search: page, names: page, health: page }, "4 closed"],
  ["a wall for one, a login for the others", { count: page }, "4 auth-required"],
  ["no such page", { count: http(404, "{}"), search: http(404, "{}") }, "4 unknown"],
  ["200 with something else", { count: http(200, "{}") }, "4 unknown"],
  ["a count that is no number", { count: http(200, '{"count":"2","_shards":{}}') }, "4 unknown"],
  ["a count that is not all there", { count: http(200, '{"count":2,"_sh', 71), ended: "quiet" }, "4 unknown"],
  ["a redirect is not followed", { count: http(302, "") }, "4 unknown"],
  ["an error of the node's", { count: http(503, "{}") }, "4 unknown"],
  ["too many requests", { count: http(429, "{}") }, "4 unknown"],
  ["405, as open nodes say on /", { count: http(405, "{}") }, "4 unknown"],
  ["another protocol", { count: "+PONG\r\n" }, "4 unknown"],
  ["a TLS port that is spoken to in plain text", { count: http(400, "<html>") }, "1 silent"],
  ["the same in TLS", { count: http(400, "<html>"), channel: "tls" }, "4 unknown"],
  ["400 of the node's own", { count: http(400, '{"error":{}}') }, "4 unknown"],
] as const)("%s", (_what, said, expected) => {
  expect(conversation(said)).toBe(expected);
});

test("each index is asked for, before anything else is", () => {
  expect(conversation({ indices: ["a", "b", "c"] })).toBe("8 auth-required");
  const paths = Object.values(elasticsearch.requests({ channel: "plain", names: ["a b", "../x"], host: "h", user: undefined })).map(
    ({ bytes }) => Buffer.from(bytes).toString("latin1").split(" ")[1],
  );
  expect(paths).toEqual([
    "/a%20b/_count",
    "/..%2Fx/_count",
    "/a%20b/_search?size=0&timeout=1s",
    "/..%2Fx/_search?size=0&timeout=1s",
    "/_cat/indices?format=json&h=index&expand_wildcards=all",
    "/_cluster/health",
    "/vitrine-canary/_doc/canary",
  ]);
});
