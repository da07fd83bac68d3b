import fc from "fast-check";
import { expect, test } from "vitest";
import type { Heard } from "../../checks/checker.ts";
import { replay } from "../../checks/recording.ts";
import { documentOf, fieldOf, readDocument, writeDocument } from "./bson.ts";
import { mongodb } from "./mongodb.ts";

type Body = Parameters<typeof writeDocument>[0];

const ids: Readonly<Record<string, number>> = { hello: 1, list: 2, "collections 0": 3, "count 0": 4, "canary 0": 5, "collections 1": 3 };
function reply(request: string, body: Body, answers = ids[request] ?? 0): Buffer {
  const document = writeDocument(body);
  const head = Buffer.alloc(21);
  head.writeInt32LE(21 + document.length, 0);
  head.writeInt32LE(answers, 8);
  head.writeInt32LE(2_013, 12);
  return Buffer.concat([head, document]);
}
// An array is written as a document of another type: these are read alike.
const batch = (first: Body): Body => ({ cursor: { firstBatch: first, id: 0, ns: "a.b" }, ok: 1 });
const failure = (code: number): Body => ({ ok: 0, errmsg: "made up", code });
const hello: Body = { maxWireVersion: 21, ok: 1 };
const some: Body = { databases: { 0: { name: "admin" }, 1: { name: "metrics" } }, ok: 1 };
const none: Body = { databases: {}, ok: 1 };
const denied = failure(13);

function conversation(said: Readonly<Record<string, Body | Buffer>>, names: readonly string[] = []): Record<string, unknown> {
  const asked: string[] = [];
  const found = replay(mongodb, { channel: "plain", names, host: "127.0.0.1", user: undefined }, (request): Heard => {
    asked.push(request);
    const body = { hello, ...said }[request];
    const bytes = body === undefined ? Buffer.alloc(0) : Buffer.isBuffer(body) ? body : reply(request, body);
    return { tag: "answer", request, bytes, ended: bytes.length === 0 ? "quiet" : "whole" };
  });
  return { asked: asked.join(", "), seen: found?.seen };
}

const one = ["metrics.users"];
test.each([
  ["databases are listed", { list: some }, [], { asked: "hello, list", seen: "schema-readable" }],
  ["code 13", { list: denied }, [], { asked: "hello, list", seen: "auth-required" }],
  [
    "an empty list of who asks for a login",
    { list: none, "collections 0": denied },
    [],
    { asked: "hello, list, collections 0", seen: "auth-required" },
  ],
  ["an empty list of who asks for none", { list: none, "collections 0": batch({}) }, [], { seen: "anonymous-accepted" }],
  ["an empty list, and nothing more is known", { list: none, "collections 0": failure(26) }, [], { seen: "unknown" }],
  ["the list alone is kept", { list: denied, "collections 0": batch({ 0: { name: "users" } }) }, ["metrics"], { seen: "schema-readable" }],
  [
    "everything is kept",
    { list: denied, "collections 0": denied, "count 0": denied },
    one,
    { asked: "hello, list, collections 0, count 0", seen: "auth-required" },
  ],
  [
    "a count",
    { list: denied, "collections 0": denied, "count 0": { n: 3, ok: 1 }, "canary 0": batch({}) },
    one,
    { seen: "counts-readable" },
  ],
  [
    "the canary",
    { list: some, "collections 0": denied, "count 0": { n: 3, ok: 1 }, "canary 0": batch({ 0: { _id: "vitrine:canary" } }) },
    one,
    { seen: "data-readable" },
  ],
  [
    "another document than the canary",
    { list: some, "collections 0": denied, "count 0": { n: 3, ok: 1 }, "canary 0": batch({ 0: { _id: "x" } }) },
    one,
    { seen: "counts-readable" },
  ],
  ["a code that nobody knows", { list: failure(8_000) }, [], { seen: "unknown" }],
  ["before there was hello", { hello: failure(59), list: denied }, [], { asked: "hello, list", seen: "auth-required" }],
  ["hello says something else", { hello: { ok: 1 } }, [], { asked: "hello", seen: "unknown" }],
  ["an answer to another request", { list: reply("list", some, 9) }, [], { seen: "unknown" }],
  ["no answer", {}, [], { asked: "hello, list", seen: "unknown" }],
  ["code 13 without an error", { list: { code: 13, ok: 1 } }, [], { seen: "unknown" }],
  ["another protocol", { hello: Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n") }, [], { asked: "hello", seen: "unknown" }],
] as const)("%s", (_what, said, names, expected) => {
  expect(conversation(said, names)).toMatchObject(expected);
});

test("a list that is cut off is judged by the names in it, and what is left of it is not read as another answer", () => {
  const whole = reply("list", some);
  const steps: string[] = [];
  const question = { channel: "plain", names: ["metrics"], host: "", user: undefined } as const;
  const heard: Heard[] = [
    { tag: "answer", request: "hello", bytes: reply("hello", hello), ended: "whole" },
    { tag: "answer", request: "list", bytes: whole.subarray(0, whole.length - 20), ended: "limit" },
  ];
  const next = mongodb.next(question, heard);
  steps.push(next.tag === "send" ? `${next.request} on ${next.on}` : next.tag);
  expect(steps).toEqual(["collections 0 on new"]);
  const then = mongodb.next(question, [
    ...heard,
    { tag: "answer", request: "collections 0", bytes: reply("collections 0", denied), ended: "whole" },
  ]);
  expect(then).toMatchObject({ tag: "done", verdict: { seen: "schema-readable" } });
});

test("what is written is what is read, and of every prefix as much as is there", () => {
  const body = fc.dictionary(
    fc.stringMatching(/^[a-z]{1,6}$/),
    fc.oneof(
      fc.integer({ min: -9, max: 2 ** 31 - 1 }),
      fc.string().map((text) => text.replaceAll("\0", "")),
      fc.boolean(),
    ),
  );
  fc.assert(
    fc.property(body, fc.nat(400), (fields, cut) => {
      const inner = writeDocument({ inner: fields });
      const read = documentOf(fieldOf(readDocument(inner), "inner"));
      expect(read?.map(({ name, value }) => [name, value])).toEqual(Object.entries(fields));
      const part = documentOf(fieldOf(readDocument(inner.subarray(0, cut)), "inner")) ?? [];
      expect(part).toEqual(read?.slice(0, part.length));
    }),
  );
});

test("any bytes are read as something or as nothing", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void readDocument(bytes)),
    { numRuns: 2_000 },
  );
  const nested = Buffer.concat(Array.from({ length: 500 }, () => Buffer.from("ffff0000036100", "hex")));
  expect(readDocument(nested)).toBeDefined();
});

test("hello says who we are; nothing but the canary is asked for by find", () => {
  const list = mongodb.requests({ channel: "plain", names: one, host: "", user: undefined });
  const documentOfRequest = (name: string): ReturnType<typeof readDocument> =>
    readDocument((list[name]?.bytes ?? new Uint8Array()).subarray(21));
  const client = documentOf(fieldOf(documentOfRequest("hello"), "client"));
  expect(fieldOf(documentOf(fieldOf(client, "application")), "name")).toBe("vitrine-guard");
  const find = documentOfRequest("canary 0");
  expect(documentOf(fieldOf(find, "filter"))).toEqual([{ name: "_id", value: "vitrine:canary" }]);
  expect([fieldOf(find, "limit"), fieldOf(find, "singleBatch"), fieldOf(find, "$db")]).toEqual([1, true, "metrics"]);
});
