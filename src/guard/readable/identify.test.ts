/** By recorded answers of real servers: each store is known by its own checker, and by no other. */
import { describe, expect, test } from "vitest";
import type { Heard } from "../checks/checker.ts";
import { checkers } from "../checks/checkers.ts";
import { neverAsked } from "./identify.ts";
import { recordings } from "../checks/recordings.ts";

const known = checkers.filter((one) => one.unasked !== undefined);

function firstOf(service: string): readonly { readonly of: string; readonly heard: Heard }[] {
  return (recordings[service] ?? []).flatMap(({ of, heard: [first] }) => {
    if (first === undefined || "noConnection" in first || first.bytes === "") return [];
    return [{ of, heard: { tag: "answer", request: first.request, bytes: Buffer.from(first.bytes, "latin1"), ended: first.ended } }];
  });
}

test("those that may be asked unasked; MySQL is not even connected to", () => {
  expect(known.map(({ service }) => service).toSorted()).toEqual([
    "elasticsearch",
    "kibana",
    "memcached",
    "mongodb",
    "postgresql",
    "redis",
  ]);
  expect([3_306, 33_060].every((port) => neverAsked.has(port))).toBe(true);
});

describe.each(known.map((checker) => [checker.service, checker] as const))("%s", (service, checker) => {
  const own = firstOf(service);

  test("knows itself", () => {
    const question = { channel: checker.tls === "agreed" ? "tls" : "plain", names: [], host: "127.0.0.1", user: undefined } as const;
    const first = checker.next(question, []);
    // Of PostgreSQL's only answers to the TLS request: a log-in is not tried.
    const answers = own.filter(({ heard }) => heard.tag === "answer" && first.tag === "send" && heard.request === first.request);
    expect(answers.length, service).toBeGreaterThan(0);
    expect(answers.filter(({ heard }) => checker.unasked?.isItself(heard) !== true)).toEqual([]);
  });

  test("knows no other", () => {
    const others = checkers
      .filter((one) => one !== checker)
      .flatMap((one) => firstOf(one.service).map((each) => ({ ...each, service: one.service })));
    expect(others.length).toBeGreaterThan(20);
    expect(others.filter(({ heard }) => checker.unasked?.isItself(heard) === true).map(({ of }) => of)).toEqual([]);
  });

  test.each([
    ["nothing", ""],
    ["a web server's login", 'HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic realm="x"\r\ncontent-length: 0\r\n\r\n'],
    ["a page", "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 5\r\n\r\nhello"],
    [
      "a JSON error of somebody's",
      'HTTP/1.1 404 Not Found\r\ncontent-type: application/json\r\ncontent-length: 21\r\n\r\n{"error":"not found"}',
    ],
    ["SSH", "SSH-2.0-OpenSSH_9.9\r\n"],
    ["a word with S", "Sorry\r\n"],
    ["a word with N", "NAK\r\n"],
    ["an error of another line protocol", "-ERR unknown command\r\n"],
    ["garbage", "\u0015\u0003\u0001\u0000\u0002\u0002\u0046"],
  ])("is not %s", (_what, text) => {
    for (const request of Object.keys(checker.requests({ channel: "tls", names: [], host: "127.0.0.1", user: undefined })))
      expect(checker.unasked?.isItself({ tag: "answer", request, bytes: Buffer.from(text, "latin1"), ended: "quiet" })).toBe(false);
  });
});
