/**
 * People's sessions and the one-time codes that begin some of them. A cookie holds 256 random bits; here and in the state there are
 * only their hashes, so that neither a backup nor a look into memory is a log-in. Time and randomness are handed in.
 */
import { createHash } from "node:crypto";
import type { Role } from "./tokens.ts";

export interface SessionEntry {
  /** SHA-256 of the cookie's value, 64 hex digits. */
  readonly sha256: string;
  /** For people: who it is. */
  readonly name: string;
  /** Who it is at the issuer of the log-in: names can be chosen there, this cannot. Undefined: of a printed link. */
  readonly subject: string | undefined;
  readonly role: Role;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly expiresAt: number;
}

type Random = (count: number) => Uint8Array;

const secretBytes = 32;
const secretPattern = /^[A-Za-z0-9_-]{43}$/;

/** A working day and a bit: nobody is logged out while at work, and a forgotten browser ends over night. */
export const sessionMs = 12 * 3_600_000;
/** No more people than this are logged in at once; the oldest session makes room. */
const sessionsMax = 10_000;

/** 43 characters of 256 random bits, and their hash. */
export function makeSecret(random: Random): { readonly secret: string; readonly sha256: string } {
  const secret = Buffer.from(random(secretBytes)).toString("base64url");
  return { secret, sha256: secretHash(secret) };
}

/** SHA-256, 64 hex digits. */
export function secretHash(secret: string): string {
  return createHash("sha256").update(secret, "utf8").digest("hex");
}

export function isSecret(text: unknown): text is string {
  return typeof text === "string" && secretPattern.test(text);
}

/** Those that are open. Looked up by hash: how long that takes says nothing of a cookie that is not known. */
export class Sessions {
  readonly #open = new Map<string, SessionEntry>();

  constructor(entries: readonly SessionEntry[]) {
    for (const entry of entries) this.add(entry);
  }

  add(entry: SessionEntry): void {
    const oldest = this.#open.size >= sessionsMax ? this.#open.keys().next().value : undefined;
    if (oldest !== undefined) this.#open.delete(oldest);
    this.#open.set(entry.sha256, entry);
  }

  end(sha256: string): void {
    this.#open.delete(sha256);
  }

  /** The session of a cookie's value; undefined when there is none, or it is over. */
  find(cookie: string | undefined, nowMs: number): SessionEntry | undefined {
    if (!isSecret(cookie)) return undefined;
    const entry = this.#open.get(secretHash(cookie));
    if (entry === undefined || entry.expiresAt > nowMs) return entry;
    this.#open.delete(entry.sha256);
    return undefined;
  }
}

/** Codes in the link that a command prints: each lets one person in, once, for a limited time. They do not outlive the process. */
export class LinkCodes {
  readonly #codes = new Map<string, { readonly name: string; readonly role: Role; readonly expiresAt: number }>();
  static readonly max = 100;

  /** Returns the code itself, which is kept nowhere. */
  make(options: { readonly name: string; readonly role: Role; readonly expiresAt: number; readonly random: Random }): string {
    const { name, role, expiresAt, random } = options;
    const { secret, sha256 } = makeSecret(random);
    const oldest = this.#codes.size >= LinkCodes.max ? this.#codes.keys().next().value : undefined;
    if (oldest !== undefined) this.#codes.delete(oldest);
    this.#codes.set(sha256, { name, role, expiresAt });
    return secret;
  }

  /** Who the code is for, by its hash; the second time undefined. */
  redeem(sha256: string, nowMs: number): { readonly name: string; readonly role: Role } | undefined {
    const found = this.#codes.get(sha256);
    this.#codes.delete(sha256);
    return found === undefined || found.expiresAt <= nowMs ? undefined : { name: found.name, role: found.role };
  }
}
