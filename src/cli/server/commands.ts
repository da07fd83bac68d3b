/** What the owner may ask through the socket in the state folder. */
import { randomBytes } from "node:crypto";
import type { GuardWatch } from "../../api/contract.ts";
import { makeToken, roles } from "../../api/tokens.ts";
import type { Role } from "../../api/tokens.ts";
import { VitrineError } from "../../model/error.ts";
import type { Json } from "../canonical-json.ts";
import type { ControlHandler } from "../control.ts";
import type { SessionRow, State } from "../state.ts";
import type { Driver } from "./driver.ts";
import type { Service } from "./service.ts";

export interface CommandsOptions {
  readonly service: Service;
  readonly driver: Driver;
  readonly state: State;
  readonly onTokens: () => void;
  /** A session is over. By the hash under which it is kept. */
  readonly onSessionEnd: (sha256: string) => void;
  /** `http://127.0.0.1:7465`: where the page is. */
  readonly address: () => string;
  /** Whether anybody watches what is declared; undefined: nothing is. */
  readonly watch: () => GuardWatch | undefined;
  /** Takes vitrine.yaml up when it is another one than at our start; says whether it is. Throws what is wrong with it. */
  readonly onReload: () => boolean;
  readonly nowMs: () => number;
}

/** A session as `vitrine session list` shows it. */
export interface ListedSession {
  /** The first digits of the hash under which it is kept. */
  readonly id: string;
  readonly name: string;
  readonly subject?: string;
  readonly role: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly expiresAt: number;
}

const dayMs = 86_400_000;
/** Digits of a session's hash: with 10,000 sessions two share them once in millions of installations. */
const sessionIdLength = 12;
const auditLimit = 20;
const auditLimitMax = 1_000;
/** A year: a token that everybody has forgotten ends by itself. */
const tokenDays = 365;
const linkMinutes = 60;
const linkMinutesMax = 1_440;

type Arguments = Readonly<Record<string, Json>>;
type Command = (args: Arguments, progress: (text: string) => void) => Promise<unknown>;

export function commandsOf(options: CommandsOptions): ControlHandler {
  const { service, state } = options;
  const table: Readonly<Record<string, Command>> = {
    status: async () => ({ ...service.status(), control: options.driver.generations, watch: options.watch() }),
    metrics: async () => service.backend.metrics(),
    query: async (args) => service.backend.answer(args["question"] as never, { facts: true, audience: "analyst" }), // eslint-disable-line -- parsed there
    proof: async () => service.backend.proof(),
    prove: async () => service.prove(),
    verify: async (args) => service.verify(modeOf(args["mode"]), texts(args["tables"])),
    compact: async () => service.compact(),
    reload: async () => ({ changed: options.onReload() }),
    ledger: async (args) => ({
      entries: state.ledger({ last: Number(args["last"] ?? 20), ...(typeof args["kind"] === "string" ? { kind: args["kind"] } : {}) }),
      broken: state.checkLedger(),
    }),
    "token-new": async (args) => newToken(options, args),
    "token-list": async () =>
      state.tokens().map(({ id, name, role, createdAt, expiresAt }) => ({
        id,
        name,
        role,
        createdAt,
        ...(expiresAt === undefined ? {} : { expiresAt }),
      })),
    link: async (args) => makeLink(options, args),
    "session-list": async () => openSessions(options).map(listed),
    "session-revoke": async (args) => endSessions(options, args),
    "audit-list": async (args) => service.audit.read({ limit: limitOf(args["limit"]), before: undefined }),
    "audit-erase": async (args) => eraseWords(options, args),
    "token-revoke": async (args) => revoke(options, args),
    backup: async (args) => backup(options, args),
  };
  return async ({ command, arguments: args }, progress) => {
    const run = Object.hasOwn(table, command) ? table[command] : undefined;
    if (run === undefined) throw new VitrineError("cli/usage", { message: "The server knows no such command: is it of another version?" });
    return plain(await run(args, progress));
  };
}

/** Plain JSON: without what is undefined, big integers as text. */
function plain(value: unknown): Json {
  if (value === undefined) return null;
  return JSON.parse(JSON.stringify(value, (_key, one: unknown) => (typeof one === "bigint" ? one.toString() : one))) as Json; // eslint-disable-line -- from our own data
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

function modeOf(mode: Json | undefined): "counts" | "sample" | "full" {
  return mode === "sample" || mode === "full" ? mode : "counts";
}

function texts(list: Json | undefined): readonly string[] {
  return Array.isArray(list) ? list.map(String) : [];
}

function newToken(options: CommandsOptions, args: Arguments): { readonly id: string; readonly token: string; readonly role: Role } {
  const [role, name] = [roleOf(args["role"]), nameOf(args["name"])];
  const createdAt = options.nowMs();
  const expiresAt = createdAt + daysOf(args["days"]) * dayMs;
  const { token, sha256 } = makeToken((count) => randomBytes(count));
  const id = randomBytes(4).toString("hex");
  options.state.addToken({ id, hash: sha256, role, name, createdAt, expiresAt });
  options.state.append("token", { event: "made", id, role });
  options.onTokens();
  return { id, token, role };
}

function roleOf(text: Json | undefined): Role {
  const role = roles.find((one) => one === (text ?? "viewer"));
  if (role === undefined) throw new VitrineError("cli/usage", { message: `A role is one of ${roles.join(", ")}.`, place: "--role" });
  return role;
}

function nameOf(text: Json | undefined): string {
  const name = textOf(text);
  if (!/^[\w .@-]{1,60}$/.test(name))
    throw new VitrineError("cli/usage", { message: "A name has 1 to 60 letters, digits, spaces or . @ _ -", place: "--name" });
  return name;
}

function daysOf(value: Json | undefined): number {
  const days = value === undefined || value === null ? tokenDays : Number(value);
  if (!Number.isInteger(days) || days < 1 || days > 3_650)
    throw new VitrineError("cli/usage", { message: "A token lasts from 1 to 3650 days.", place: "--days" });
  return days;
}

/** The address of our page with a code that lets one person in, once, for a while. Not in the ledger: the session that it opens is. */
function makeLink(options: CommandsOptions, args: Arguments): { readonly url: string; readonly role: Role; readonly minutes: number } {
  const [role, name] = [roleOf(args["role"]), nameOf(args["name"])];
  const asked = Number(args["minutes"] ?? linkMinutes);
  const minutes = asked >= 1 && asked <= linkMinutesMax ? asked : linkMinutes;
  const expiresAt = options.nowMs() + minutes * 60_000;
  const code = options.service.codes.make({ name, role, expiresAt, random: (count) => randomBytes(count) });
  return { url: `${options.address()}/#code=${code}`, role, minutes };
}

function revoke(options: CommandsOptions, args: Arguments): { readonly revoked: string } {
  const id = textOf(args["id"]);
  if (!options.state.revokeToken(id, options.nowMs()))
    throw new VitrineError("cli/refused", { message: "There is no token of that id; `vitrine token list` shows them." });
  options.state.append("token", { event: "revoked", id });
  options.onTokens();
  return { revoked: id };
}

function openSessions({ state, nowMs }: CommandsOptions): readonly SessionRow[] {
  return state.sessions().filter(({ expiresAt }) => expiresAt > nowMs());
}

function listed({ sha256, name, subject, role, createdAt, expiresAt }: SessionRow): ListedSession {
  return { id: sha256.slice(0, sessionIdLength), name, ...(subject === undefined ? {} : { subject }), role, createdAt, expiresAt };
}

/** By id, or all of a name. Gone from the state before the thread that answers hears of it: a restart does not bring them back. */
function endSessions(options: CommandsOptions, args: Arguments): { readonly ended: number } {
  const { id, name } = args;
  const wanted = openSessions(options).filter((one) => listed(one).id === id || one.name === name);
  if (wanted.length === 0)
    throw new VitrineError("cli/refused", { message: "There is no such session; `vitrine session list` shows them." });
  for (const { sha256, role } of wanted) {
    options.state.endSession(sha256);
    options.state.append("session", { event: "revoked", role });
    options.onSessionEnd(sha256);
  }
  return { ended: wanted.length };
}

function limitOf(value: Json | undefined): number {
  const limit = value === undefined || value === null ? auditLimit : Number(value);
  if (!Number.isInteger(limit) || limit < 1 || limit > auditLimitMax)
    throw new VitrineError("cli/usage", { message: `From 1 to ${auditLimitMax} entries are shown.`, place: "--limit" });
  return limit;
}

async function eraseWords({ service }: CommandsOptions, args: Arguments): Promise<{ readonly erased: number }> {
  const id = Number(args["id"]);
  if (!(await service.audit.erase(id)))
    throw new VitrineError("cli/refused", { message: "There is no entry of that id with words; `vitrine audit list` shows them." });
  return { erased: id };
}

async function backup(options: CommandsOptions, args: Arguments): Promise<{ readonly file: string }> {
  const file = textOf(args["file"]);
  // Notes of the last seconds are beside the state.
  await options.service.audit.settle();
  try {
    options.state.backup(file);
  } catch {
    throw new VitrineError("cli/refused", {
      message: "The backup could not be written: is the file there already, or the folder missing?",
      place: file,
    });
  }
  return { file };
}
