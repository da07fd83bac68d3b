/**
 * Roles and bearer tokens. `viewer`: small groups are withheld. `analyst`: the same, and with a reason k is lifted and the audit log says
 * so. `admin`: that, and proof and audit log. `responder` is reserved for incidents: no token of it is made yet. A token is shown once when it is made; only its SHA-256 is kept.
 */
import { createHash, timingSafeEqual } from "node:crypto";

export const roles = ["viewer", "analyst", "responder", "admin"] as const;
export type Role = (typeof roles)[number];

export interface TokenEntry {
  /** For people: who has it. */
  readonly name: string;
  readonly role: Role;
  /** SHA-256 of the token's text, 64 hex digits. */
  readonly sha256: string;
  /** Milliseconds since 1970; absent: it does not end by itself. */
  readonly expiresAt?: number;
}

const tokenBytes = 32;
const tokenPattern = /^vt_[A-Za-z0-9_-]{43}$/;

/** A new token: `vt_` and 256 random bits. `random` gives that many random bytes. */
export function makeToken(random: (count: number) => Uint8Array): { readonly token: string; readonly sha256: string } {
  const token = `vt_${Buffer.from(random(tokenBytes)).toString("base64url")}`;
  return { token, sha256: hashOf(token).toString("hex") };
}

function hashOf(token: string): Buffer {
  return createHash("sha256").update(token, "utf8").digest();
}

/**
 * The entry of an `Authorization` header; undefined when it is missing, malformed, over or of no known token. Every entry is compared,
 * each in constant time, so that the time taken tells nothing.
 */
export function entryOf(header: string | undefined, entries: readonly TokenEntry[], nowMs: number): TokenEntry | undefined {
  const token = /^Bearer ([!-~]{1,100})$/i.exec(header ?? "")?.[1];
  if (token === undefined || !tokenPattern.test(token)) return undefined;
  const hash = hashOf(token);
  let found: TokenEntry | undefined;
  for (const entry of entries) {
    const expected = Buffer.from(entry.sha256, "hex");
    if (expected.length === hash.length && timingSafeEqual(expected, hash)) found = entry;
  }
  return found?.expiresAt === undefined || found.expiresAt > nowMs ? found : undefined;
}
