/** What the owner may ask through the socket in the state folder. */
import { randomBytes } from "node:crypto";
import { makeToken, roles } from "../../api/tokens.ts";
import type { Role } from "../../api/tokens.ts";
import { VitrineError } from "../../model/error.ts";
import type { Json } from "../canonical-json.ts";
import type { ControlHandler } from "../control.ts";
import type { State } from "../state.ts";
import type { Driver } from "./driver.ts";
import type { Service } from "./service.ts";

export interface CommandsOptions {
  readonly service: Service;
  readonly driver: Driver;
  readonly state: State;
  readonly onTokens: () => void;
  /** Takes vitrine.yaml up when it is another one than at our start; says whether it is. Throws what is wrong with it. */
  readonly onReload: () => boolean;
  readonly nowMs: () => number;
}

type Arguments = Readonly<Record<string, Json>>;
type Command = (args: Arguments, progress: (text: string) => void) => Promise<unknown>;

export function commandsOf(options: CommandsOptions): ControlHandler {
  const { service, state } = options;
  const table: Readonly<Record<string, Command>> = {
    status: async () => ({ ...service.status(), control: options.driver.generations }),
    metrics: async () => service.backend.metrics(),
    query: async (args) => service.backend.answer(args["question"] as never, { facts: true }), // eslint-disable-line -- parsed there
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
    "token-list": async () => state.tokens().map(({ id, name, role, createdAt }) => ({ id, name, role, createdAt })),
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
  const role = roles.find((one) => one === (args["role"] ?? "viewer"));
  if (role === undefined)
    throw new VitrineError("cli/usage", { message: `A token's role is one of ${roles.join(", ")}.`, place: "--role" });
  const name = textOf(args["name"]);
  if (!/^[\w .@-]{1,60}$/.test(name))
    throw new VitrineError("cli/usage", { message: "A token's name has 1 to 60 letters, digits, spaces or . @ _ -", place: "--name" });
  const { token, sha256 } = makeToken((count) => randomBytes(count));
  const id = randomBytes(4).toString("hex");
  options.state.addToken({ id, hash: sha256, role, name, createdAt: options.nowMs() });
  options.state.append("token", { event: "made", id, role });
  options.onTokens();
  return { id, token, role };
}

function revoke(options: CommandsOptions, args: Arguments): { readonly revoked: string } {
  const id = textOf(args["id"]);
  if (!options.state.revokeToken(id, options.nowMs()))
    throw new VitrineError("cli/refused", { message: "There is no token of that id; `vitrine token list` shows them." });
  options.state.append("token", { event: "revoked", id });
  options.onTokens();
  return { revoked: id };
}

function backup(options: CommandsOptions, args: Arguments): { readonly file: string } {
  const file = textOf(args["file"]);
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
