/** A log-in with an empty password: what is said in it, and what comes next after what was heard. It is always brought to its end. */
import { must } from "../../../lib/assert.ts";
import type { Heard, Question, Request, Requests } from "../../checks/checker.ts";
import type { Packet, Reply } from "./packets.ts";
import { framed, greetingOf, loginPacket, packetOf, replyOf, tlsPacket } from "./packets.ts";

const reading = (bytes: Uint8Array): Request => ({ bytes, limit: 2_048, isWhole: (prefix) => packetOf(prefix) !== undefined });
const saying = (bytes: Uint8Array): Request => ({ bytes, limit: 0, isWhole: () => true });

/** What is said for an empty password, by the way to log in that the server asks for. */
export const emptyPassword: Readonly<Record<string, "empty" | "nul">> = {
  "": "empty",
  mysql_old_password: "empty",
  mysql_native_password: "empty",
  caching_sha2_password: "empty",
  sha256_password: "nul",
  mysql_clear_password: "nul",
};

/** A log-in by each name, into its database. */
export function loginRequests(user: string, logins: Readonly<Record<string, string | undefined>>): Requests {
  const both = ([name, database]: readonly [string, string | undefined]): readonly (readonly [string, Request])[] => [
    [name, reading(loginPacket({ user, database, isInTls: false }))],
    [`${name} tls`, reading(loginPacket({ user, database, isInTls: true }))],
  ];
  return {
    greeting: reading(new Uint8Array()),
    ssl: saying(tlsPacket(false)),
    "ssl database": saying(tlsPacket(true)),
    ...Object.fromEntries(Object.entries(logins).flatMap(both)),
    empty: reading(framed(new Uint8Array(), 3)),
    "empty tls": reading(framed(new Uint8Array(), 4)),
    nul: reading(framed(Buffer.alloc(1), 3)),
    "nul tls": reading(framed(Buffer.alloc(1), 4)),
    quit: saying(Buffer.from("0100000001", "hex")),
  };
}

/** What was heard on one connection. */
export type Talk = readonly Heard[];

interface Login {
  readonly name: string;
  readonly hasDatabase: boolean;
}

/** The next request; `let-in`: a session; undefined: there is none, and this connection has come to its end. */
export function loginStep(
  talk: Talk,
  { name, hasDatabase }: Login,
  { channel }: Question,
): string | { readonly tag: "start-tls" | "let-in" } | undefined {
  const last = must(talk.at(-1), "answer");
  if (last.tag === "tls") return `${name} tls`;
  if (last.tag !== "answer") return undefined;
  if (last.request.startsWith("ssl")) return { tag: "start-tls" };
  const packet = packetOf(last.bytes);
  if (packet === undefined) return undefined;
  if (last.request !== "greeting") return afterLogin(replyOf(packet), last.request, talk);
  return afterGreeting(packet, { name, hasDatabase }, channel);
}

/** Without TLS too the login is brought to its end: whoever leaves at the greeting is counted. */
function afterGreeting(packet: Packet, { name, hasDatabase }: Login, channel: Question["channel"]): string | undefined {
  const greeting = greetingOf(packet);
  if (greeting === undefined) return undefined;
  if (channel === "plain" || !greeting.offersTls) return name;
  return hasDatabase ? "ssl database" : "ssl";
}

function afterLogin(reply: Reply | undefined, request: string, talk: Talk): string | { readonly tag: "let-in" } | undefined {
  if (reply?.tag === "ok") return { tag: "let-in" };
  if (reply?.tag !== "switch" || !request.startsWith("login")) return undefined;
  return `${emptyPassword[reply.plugin] ?? "empty"}${talk.some(({ tag }) => tag === "tls") ? " tls" : ""}`;
}
