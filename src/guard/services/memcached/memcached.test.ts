import { expect, test } from "vitest";
import { replay } from "../../checks/recording.ts";
import { memcached } from "./memcached.ts";

/** An answer's bytes, or why there was no connection. */
type Said = string;
const header = "\0\x01\0\0\0\x01\0\0";

function conversation(get: Said, datagram: Said, channel: "plain" | "tls" = "plain"): Record<string, unknown> {
  const asked: string[] = [];
  const found = replay(memcached, { channel, names: [], host: "127.0.0.1", user: undefined }, (request) => {
    asked.push(request);
    const said = request === "datagram" ? datagram : request === "quit" ? "" : get;
    if (said === "refused" || said === "timeout") return { tag: "no-connection", why: said };
    return { tag: "answer", request, bytes: Buffer.from(said, "latin1"), ended: said === "" ? "quiet" : "whole" };
  });
  return { asked: asked.join(" "), seen: found?.seen, notes: found?.notes.length };
}

test.each([
  ["open", "END\r\n", "refused", { asked: "get quit datagram", seen: "data-readable", notes: 0 }],
  ["open, key there", "VALUE vitrine:canary 0 1\r\nx\r\nEND\r\n", "", { seen: "data-readable", notes: 0 }],
  ["another key than was asked for", "VALUE other 0 1\r\nx\r\nEND\r\n", "refused", { seen: "unknown" }],
  ["a login", "CLIENT_ERROR unauthenticated\r\n", "refused", { asked: "get datagram", seen: "auth-required" }],
  ["another error", "CLIENT_ERROR bad command\r\n", "refused", { seen: "unknown" }],
  ["ERROR", "ERROR\r\n", "refused", { seen: "unknown" }],
  ["TCP closed, UDP open", "refused", `${header}END\r\n`, { asked: "get datagram", seen: "data-readable", notes: 1 }],
  ["TCP dropped, UDP open", "timeout", `${header}END\r\n`, { seen: "data-readable", notes: 1 }],
  ["a login on TCP, UDP open", "CLIENT_ERROR unauthenticated\r\n", `${header}END\r\n`, { seen: "data-readable", notes: 1 }],
  ["both open", "END\r\n", `${header}END\r\n`, { seen: "data-readable", notes: 1 }],
  ["closed, and something else on UDP", "refused", "\0\0hello", { seen: "unknown" }],
  ["closed, and an answer to somebody else on UDP", "refused", `\0\x02${header.slice(2)}END\r\n`, { seen: "unknown" }],
  ["open, and something else on UDP", "END\r\n", "hello", { seen: "data-readable", notes: 1 }],
  ["closed, UDP says nothing", "refused", "", { seen: "closed", notes: 0 }],
] as const)("%s", (_what, get, datagram, expected) => {
  expect(conversation(get, datagram)).toMatchObject(expected);
});

test("over TLS nothing is asked over UDP", () => {
  expect(conversation("END\r\n", "", "tls")).toMatchObject({ asked: "get quit", seen: "data-readable" });
});
