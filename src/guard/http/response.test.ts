/** Answers as servers send them, torn, and as nobody should. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonOf, parseResponse } from "./response.ts";

const parse = (text: string, isHead = false): ReturnType<typeof parseResponse> => parseResponse(Buffer.from(text, "latin1"), isHead);
const summary = (text: string, isHead = false): readonly [number | undefined, string, boolean] => {
  const { status, body, isWhole } = parse(text, isHead);
  return [status, body.toString("latin1"), isWhole];
};
const ok = "HTTP/1.1 200 OK\r\n";
const nothing = [undefined, "", false] as const;

test.each([
  ["with a length", `${ok}content-length: 5\r\n\r\nhello`, [200, "hello", true]],
  ["without a reason", "HTTP/1.1 404\r\ncontent-length: 0\r\n\r\n", [404, "", true]],
  ["of HTTP/1.0, until the connection ends", "HTTP/1.0 200 OK\r\n\r\nhel", [200, "hel", false]],
  ["cut off within its body", `${ok}content-length: 5\r\n\r\nhel`, [200, "hel", false]],
  ["with more than its length", `${ok}content-length: 2\r\n\r\nhello`, [200, "he", true]],
  ["in chunks", `${ok}transfer-encoding: chunked\r\n\r\n3\r\nhel\r\n2;a=b\r\nlo\r\n0\r\n\r\n`, [200, "hello", true]],
  ["in chunks, cut off within one", `${ok}transfer-encoding: chunked\r\n\r\n3\r\nhel\r\n8\r\nlo`, [200, "hello", false]],
  ["in chunks, cut off within a size", `${ok}transfer-encoding: chunked\r\n\r\n3\r\nhel\r\n8`, [200, "hel", false]],
  ["in chunks of another size than they say", `${ok}transfer-encoding: chunked\r\n\r\n2\r\nhel\r\n0\r\n\r\n`, [200, "he", false]],
  ["in chunks without sizes", `${ok}transfer-encoding: chunked\r\n\r\n{"count":1}`, [200, "", false]],
  ["in a chunk of 4 GB", `${ok}transfer-encoding: chunked\r\n\r\nffffffff\r\nhel`, [200, "hel", false]],
  [
    "in chunks and with a length: the chunks count",
    `${ok}content-length: 1\r\nTransfer-Encoding: Chunked\r\n\r\n1\r\na\r\n0\r\n\r\n`,
    [200, "a", true],
  ],
  ["with the same length twice", `${ok}content-length: 2\r\ncontent-length: 2\r\n\r\nhe`, [200, "he", true]],
  ["without a body by its status", "HTTP/1.1 204 No Content\r\n\r\nhello", [204, "", true]],
  ["cut off within its headers", `${ok}content-length: 5\r\n`, nothing],
  ["that is to go on", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", nothing],
  ["with two lengths", `${ok}content-length: 2\r\ncontent-length: 5\r\n\r\nhello`, nothing],
  ["with a length below nothing", `${ok}content-length: -1\r\n\r\nhello`, nothing],
  ["with a length beyond all", `${ok}content-length: 99999999999999999999\r\n\r\nhello`, nothing],
  ["with a folded header", `${ok}a: b\r\n c\r\n\r\n`, nothing],
  ["with a header without a name", `${ok}: b\r\n\r\n`, nothing],
  ["with a space before the colon", `${ok}content-length : 5\r\n\r\nhello`, nothing],
  ["with lines that end in LF alone", "HTTP/1.1 200 OK\ncontent-length: 5\n\nhello", nothing],
  ["of HTTP/2", "HTTP/2 200\r\n\r\n", nothing],
  ["with a status that there is not", "HTTP/1.1 999 Odd\r\n\r\n", nothing],
  ["with a status of two digits", "HTTP/1.1 20 OK\r\n\r\n", nothing],
  ["after garbage", `\0\0${ok}\r\n`, nothing],
  ["of another protocol", "SSH-2.0-OpenSSH_9.9\r\n\r\n", nothing],
  ["of no byte", "", nothing],
] as const)("an answer %s", (_what, text, expected) => {
  expect(summary(text)).toEqual(expected);
});

test("an answer to HEAD has no body, whatever its length says", () => {
  expect(summary(`${ok}content-length: 5\r\n\r\n`, true)).toEqual([200, "", true]);
});

test("names of headers are one in any case, values lose their spaces", () => {
  expect(parse(`${ok}X-Amz-Request-Id: \t A b \r\n\r\n`).headers.get("x-amz-request-id")).toBe("A b");
});

test("headers of 60 KB are read, and those that do not end are none", () => {
  const large = `${ok}a: ${"b".repeat(60_000)}\r\n`;
  expect(parse(`${large}\r\n`).status).toBe(200);
  expect(parse(large).status).toBeUndefined();
});

test("JSON counts when it is whole, or the connection ended after it", () => {
  const open = parse(`${ok}\r\n{"count":1}`);
  expect(jsonOf(open, "closed")).toEqual({ count: 1 });
  for (const ended of ["quiet", "limit", "reset"]) expect(jsonOf(open, ended)).toBeUndefined();
  expect(jsonOf(parse(`${ok}content-length: 11\r\n\r\n{"count":1}`), "quiet")).toEqual({ count: 1 });
  expect(jsonOf(parse(`${ok}content-length: 4\r\n\r\n{"co`), "whole")).toBeUndefined();
});

test("a prefix never shows a body that the whole does not begin with, and only the whole is whole", () => {
  const whole = Buffer.from(`${ok}transfer-encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n`);
  for (let length = 0; length < whole.length; length += 1) {
    const { body, isWhole } = parseResponse(whole.subarray(0, length));
    expect("hello".startsWith(body.toString())).toBe(true);
    if (isWhole) expect(length).toBeGreaterThanOrEqual(whole.indexOf("0\r\n\r\n") + 3);
  }
});

test("any bytes are an answer or none", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, isHead) => {
      const found = parseResponse(Buffer.concat([Buffer.from(`${ok}transfer-encoding: chunked\r\n\r\n`), bytes]), isHead);
      expect(found.body.length).toBeLessThanOrEqual(bytes.length);
      expect(parseResponse(bytes).status === undefined || bytes.length > 12).toBe(true);
    }),
  );
});

// By the square of its length this would take minutes, and everything else would wait.
test("a field of nothing but blanks holds nobody up", { timeout: 20_000 }, () => {
  const blanks = " \t".repeat(150_000);
  expect(parse(`${ok}a:${blanks}x${blanks}y${blanks}\r\ncontent-length: 0\r\n\r\n`).headers.get("a")).toBe(`x${blanks}y`);
});
