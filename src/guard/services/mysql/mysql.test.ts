import { expect, test } from "vitest";
import { host } from "../../../../test/support/hosts.ts";
import { systemClock } from "../../../lib/clock.ts";
import { check } from "../../checks/check.ts";
import type { Heard } from "../../checks/checker.ts";
import { replay } from "../../checks/recording.ts";
import { targetOf } from "../../target.ts";
import { mysql } from "./mysql.ts";

function packet(sequence: number, payload: string): string {
  return `${String.fromCharCode(payload.length)}\0\0${String.fromCharCode(sequence)}${payload}`;
}
const greeting = (offersTls: boolean): string => packet(0, `\n5.5.5-made-up\0\x01\0\0\0nonce123\0\xff${offersTls ? "\xff" : "\xf7"}`);
const ok = (sequence = 2): string => packet(sequence, "\0\0\0\x02\0\0\0");
const failure = (code: number, sequence = 2): string => packet(sequence, `\xff${String.fromCharCode(code & 255, code >> 8)}#28000made up`);
const change = (plugin: string): string => packet(2, `\xfe${plugin}\0nonce`);

function conversation(options: {
  readonly said: Readonly<Record<string, string>>;
  readonly names?: readonly string[];
  readonly channel?: "plain" | "tls";
  readonly user?: string | undefined;
  readonly offersTls?: boolean;
}): Record<string, unknown> {
  const { said, names = ["metrics"], channel = "plain", offersTls = true } = options;
  const user = "user" in options ? options.user : "app";
  const asked: string[] = [];
  const all: Readonly<Record<string, string>> = { greeting: greeting(offersTls), ...said };
  const found = replay(mysql, { channel, names, host: "127.0.0.1", user }, (request): Heard => {
    asked.push(request);
    return { tag: "answer", request, bytes: Buffer.from(all[request] ?? "", "latin1"), ended: "whole" };
  });
  return { asked: asked.join(", "), seen: found?.seen, notes: found?.notes.length };
}

test.each([
  ["a session", { "login 0": ok() }, { asked: "greeting, login 0, quit", seen: "anonymous-accepted", notes: 0 }],
  ["refused", { "login 0": failure(1045) }, { asked: "greeting, login 0", seen: "closed" }],
  ["known by its process", { "login 0": failure(1698) }, { seen: "closed" }],
  [
    "no right to the database, and a session without one",
    { "login 0": failure(1044), login: ok() },
    { asked: "greeting, login 0, greeting, login, quit", seen: "anonymous-accepted" },
  ],
  ["no such database, and a session without one", { "login 0": failure(1049), login: ok() }, { seen: "anonymous-accepted" }],
  ["no such database, said to everybody", { "login 0": failure(1049), login: failure(1045) }, { seen: "unknown" }],
  ["TLS asked for", { "login 0": failure(3159) }, { seen: "silent" }],
  ["blocked, before a greeting", { greeting: failure(1129, 0) }, { asked: "greeting", seen: "unknown" }],
  ["our address let in by nobody", { greeting: failure(1130, 0) }, { asked: "greeting", seen: "unknown" }],
  ["too many connections", { greeting: failure(1040, 0) }, { asked: "greeting", seen: "unknown" }],
  ["an account that is locked", { "login 0": failure(3118) }, { seen: "unknown" }],
  [
    "another way to log in, and let in",
    { "login 0": change("caching_sha2_password"), empty: ok(4) },
    { asked: "greeting, login 0, empty, quit", seen: "anonymous-accepted" },
  ],
  [
    "another way to log in, and refused",
    { "login 0": change("mysql_native_password"), empty: failure(1045, 4) },
    { asked: "greeting, login 0, empty", seen: "closed" },
  ],
  [
    "one that ends its password with a zero byte",
    { "login 0": change("sha256_password"), nul: failure(1045, 4) },
    { asked: "greeting, login 0, nul", seen: "closed" },
  ],
  ["one that nobody knows, and refused", { "login 0": change("made_up"), empty: failure(1045, 4) }, { seen: "unknown" }],
  ["one that nobody knows, and let in", { "login 0": change("made_up"), empty: ok(4) }, { seen: "anonymous-accepted" }],
  [
    "asked twice for another way",
    { "login 0": change("mysql_native_password"), empty: change("mysql_native_password") },
    { seen: "unknown" },
  ],
  ["not all of a packet", { "login 0": ok().slice(0, 8) }, { seen: "unknown" }],
  ["an OK that is too short", { "login 0": packet(2, "\0\0") }, { seen: "unknown" }],
  ["protocol 9", { greeting: packet(0, "\t3.20\0\x01\0\0\0nonce123\0\xff\xff") }, { asked: "greeting", seen: "unknown" }],
  ["another protocol", { greeting: "SSH-2.0-OpenSSH_9.9\r\n" }, { asked: "greeting", seen: "unknown" }],
] as const)("%s", (_what, said, expected) => {
  expect(conversation({ said })).toMatchObject(expected);
});

test("without a user nothing is sent, and no connection is made", async () => {
  expect(conversation({ said: { "login 0": ok() }, user: undefined })).toMatchObject({ asked: "", seen: "unknown" });
  await using place = await host({ onConnection: (socket) => socket.write(Buffer.from(greeting(false), "latin1")) });
  const { seen, rows } = await check(targetOf(`mysql://127.0.0.1:${place.port}/metrics`), systemClock);
  expect([seen, place.connections(), rows.map(({ bytesSent }) => bytesSent)]).toEqual(["unknown", 0, [0, 0]]);
  expect(rows[0]?.because).toMatch(/^Not tested: no consent\./);
});

test("each database is asked for until one lets in; what nobody knows is not closed", () => {
  const said = { "login 0": failure(1045), "login 1": ok(), "login 2": ok() };
  expect(conversation({ said, names: ["a", "b", "c"] })).toMatchObject({
    asked: "greeting, login 0, greeting, login 1, quit",
    seen: "anonymous-accepted",
  });
  expect(conversation({ said: { "login 0": failure(1045), "login 1": "?" }, names: ["a", "b"] })["seen"]).toBe("unknown");
});

test("TLS is asked for where it is offered; where it is not the login is brought to its end and counts for nothing", () => {
  const said = { "login 0 tls": change("mysql_native_password").replace("\x02", "\x03"), "empty tls": ok(5) };
  expect(conversation({ said, channel: "tls" })).toMatchObject({
    asked: "greeting, ssl database, login 0 tls, empty tls, quit",
    seen: "anonymous-accepted",
  });
  expect(conversation({ said: { "login 0": failure(1045) }, channel: "tls", offersTls: false })).toMatchObject({
    asked: "greeting, login 0",
    seen: "silent",
  });
  expect(conversation({ said: { "login 0": failure(1045) }, offersTls: false })).toMatchObject({ seen: "closed", notes: 1 });
});

test("user, database and our own name stand in the login as they were declared, and no password", () => {
  const { bytes = new Uint8Array() } = mysql.requests({ channel: "plain", names: ["métrics"], host: "", user: "app" })["login 0"] ?? {};
  const login = Buffer.from(bytes);
  expect(login.readUIntLE(0, 3)).toBe(login.length - 4);
  expect(login.readUInt32LE(4)).toBe(0x0018_8209);
  expect(login.toString("utf8", 36)).toBe("app\0\0métrics\0mysql_native_password\0\x1b\x0cprogram_name\x0dvitrine-guard");
});
