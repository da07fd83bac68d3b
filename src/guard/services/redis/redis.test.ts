import { expect, test } from "vitest";
import type { Ended } from "../../checks/checker.ts";
import { replay } from "../../checks/recording.ts";
import { redis } from "./redis.ts";

const question = { channel: "plain", names: [], host: "127.0.0.1", user: undefined } as const;

/** What is asked, and the verdict, when PING, GET, DBSIZE are answered like this; QUIT always is. */
function conversation(said: Readonly<Record<string, string>>, ended: Ended = "whole"): readonly [string, string, string] {
  const asked: string[] = [];
  const found = replay(redis, question, (request) => {
    asked.push(request);
    return { tag: "answer", request, bytes: Buffer.from(said[request] ?? "+OK\r\n", "latin1"), ended };
  });
  return [asked.join(" "), found?.seen ?? "none", found?.because ?? ""];
}

test.each([
  ["open, key there", { ping: "+PONG\r\n", get: "$1\r\nx\r\n" }, "ping get quit", "data-readable"],
  ["open, no such key", { ping: "+PONG\r\n", get: "$-1\r\n" }, "ping get quit", "data-readable"],
  ["keys kept, counts not", { ping: "+PONG\r\n", get: "-NOPERM no\r\n", size: ":12\r\n" }, "ping get size quit", "counts-readable"],
  ["PING alone", { ping: "+PONG\r\n", get: "-NOPERM no\r\n", size: "-NOPERM no\r\n" }, "ping get size quit", "anonymous-accepted"],
  ["PING is not allowed, the caller is", { ping: "-NOPERM no\r\n", get: "$-1\r\n" }, "ping get quit", "data-readable"],
  // Sentinels and proxies may answer PING and ask for a password after it.
  ["PONG, then a password", { ping: "+PONG\r\n", get: "-NOAUTH x\r\n", size: "-NOAUTH x\r\n" }, "ping get size quit", "anonymous-accepted"],
  ["a password", { ping: "-NOAUTH Authentication required.\r\n" }, "ping", "auth-required"],
  ["protected mode", { ping: "-DENIED Redis is running in protected mode\r\n" }, "ping", "shielded"],
  ["loading", { ping: "-LOADING Redis is loading the dataset in memory\r\n" }, "ping", "unknown"],
  ["an error that nobody knows", { ping: "-ERR NOAUTH\r\n" }, "ping", "unknown"],
  ["the word in another place", { ping: "+NOAUTH\r\n" }, "ping", "unknown"],
  ["loading after PONG", { ping: "+PONG\r\n", get: "-LOADING x\r\n", size: "-LOADING x\r\n" }, "ping get size quit", "anonymous-accepted"],
  ["not all of a line", { ping: "+PONG" }, "ping", "unknown"],
  ["another protocol", { ping: "HTTP/1.1 400 Bad Request\r\n\r\n" }, "ping", "unknown"],
] as const)("%s", (_what, said, asked, seen) => {
  expect(conversation(said).slice(0, 2)).toEqual([asked, seen]);
});

test("a value that is read is not repeated", () => {
  expect(conversation({ ping: "+PONG\r\n", get: "$8\r\nsecret42\r\n" })[2]).toBe("A key can be read without a password.");
});

test("a connection that is closed without a word", () => {
  expect(conversation({ ping: "" }, "closed").slice(0, 2)).toEqual(["ping", "silent"]);
});
