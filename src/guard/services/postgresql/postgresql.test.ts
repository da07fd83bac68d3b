import { expect, test } from "vitest";
import type { Heard } from "../../checks/checker.ts";
import { replay } from "../../checks/recording.ts";
import { postgresql } from "./postgresql.ts";

/** A message of the protocol: its letter, its length, its body. */
function message(letter: string, body: string): string {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(4 + body.length);
  return `${letter}${length.toString("latin1")}${body}`;
}
const login = (method: number, more = ""): string => message("R", `\0\0\0${String.fromCharCode(method)}${more}`);
const failure = (state: string, routine?: string): string =>
  message("E", `SFATAL\0C${state}\0Mmade up${routine === undefined ? "" : `\0R${routine}`}\0\0`);

function conversation(options: {
  readonly said: Readonly<Record<string, string>>;
  readonly names?: readonly string[];
  readonly channel?: "plain" | "tls";
}): Record<string, unknown> {
  const { said, names = ["metrics"], channel = "plain" } = options;
  const asked: string[] = [];
  const found = replay(postgresql, { channel, names, host: "127.0.0.1", user: "app" }, (request): Heard => {
    asked.push(request);
    return { tag: "answer", request, bytes: Buffer.from(said[request] ?? "", "latin1"), ended: "whole" };
  });
  return { asked: asked.join(", "), seen: found?.seen, notes: found?.notes.length };
}

test.each([
  ["trust", login(0), { asked: "startup 0, terminate", seen: "anonymous-accepted" }],
  ["a password in clear text", login(3), { asked: "startup 0", seen: "auth-required", notes: 1 }],
  ["MD5", login(5, "salt"), { seen: "auth-required", notes: 0 }],
  ["SCRAM", login(10, "SCRAM-SHA-256\0\0"), { seen: "auth-required", notes: 0 }],
  ["a way to log in that nobody knows", login(99), { seen: "unknown" }],
  ["more than AuthenticationOk in it", login(0, "x"), { seen: "unknown" }],
  ["reject, or no line for this pair", failure("28000", "ClientAuthentication"), { seen: "closed" }],
  ["a pooler's refusal", failure("28000"), { seen: "closed" }],
  ["let in, no such role", failure("28000", "InitializeSessionUserId"), { seen: "anonymous-accepted" }],
  ["let in, no such database", failure("3D000", "InitPostgres"), { seen: "anonymous-accepted" }],
  ["let in, may not connect", failure("42501", "CheckMyDatabase"), { seen: "anonymous-accepted" }],
  ["a pooler knows no such database", failure("3D000"), { seen: "unknown" }],
  ["too many connections", failure("53300", "InitPostgres"), { seen: "unknown" }],
  ["starting up", failure("57P03", "ProcessStartupPacket"), { seen: "unknown" }],
  ["not all of a message", login(0).slice(0, 7), { seen: "unknown" }],
  ["another protocol", "HTTP/1.1 400 Bad Request\r\n\r\n", { seen: "unknown" }],
] as const)("%s", (_what, said, expected) => {
  expect(conversation({ said: { "startup 0": said } })).toMatchObject(expected);
});

test("an error is of one pair alone: the others are asked, until one is let in", () => {
  const said = { "startup 0": failure("28000"), "startup 1": login(10), "startup 2": login(0), "startup 3": login(0) };
  expect(conversation({ said, names: ["a", "b", "c", "d"] })).toMatchObject({
    asked: "startup 0, startup 1, startup 2, terminate",
    seen: "anonymous-accepted",
  });
});

test("of several pairs the worst counts, and what nobody knows is not closed", () => {
  expect(conversation({ said: { "startup 0": failure("28000"), "startup 1": login(10) }, names: ["a", "b"] })["seen"]).toBe(
    "auth-required",
  );
  expect(conversation({ said: { "startup 0": failure("28000"), "startup 1": "?" }, names: ["a", "b"] })["seen"]).toBe("unknown");
});

test("TLS is asked for before anything else, and for each pair again", () => {
  const said = { ssl: "S", "startup 0": failure("28000"), "startup 1": login(0) };
  expect(conversation({ said, channel: "tls", names: ["a", "b"] })).toMatchObject({
    asked: "ssl, startup 0, ssl, startup 1, terminate",
    seen: "anonymous-accepted",
  });
  expect(conversation({ said: { ssl: "N" }, channel: "tls" })).toMatchObject({ asked: "ssl", seen: "silent" });
  expect(conversation({ said: { ssl: "E" }, channel: "tls" })).toMatchObject({ asked: "ssl", seen: "unknown" });
});

test("role, database and our own name stand in the startup message as they were declared", () => {
  const { bytes } = postgresql.requests({ channel: "plain", names: ["métrics"], host: "", user: "app" })["startup 0"] ?? {
    bytes: Buffer.alloc(0),
  };
  const text = Buffer.from(bytes).toString("utf8");
  expect(Buffer.from(bytes).readUInt32BE(0)).toBe(bytes.length);
  expect(text.slice(8)).toBe("user\0app\0database\0métrics\0application_name\0vitrine-guard\0\0");
});
