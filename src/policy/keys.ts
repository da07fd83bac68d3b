/**
 * The token keys: one 32-byte secret per token space, in a text file of mode 0600 outside the store's folder, or in an environment
 * variable. A line is `space key-id hex`. The first half of a secret is the AES-128 key of integer and UUID identifiers, the
 * second the HMAC key of texts. Who holds a key can turn AES tokens back; destroying it unlinks the space. This file never
 * puts a secret, or any part of the file's text, into an error.
 */
import { createHash } from "node:crypto";
import { VitrineError } from "../model/error.ts";

export interface TokenKey {
  readonly space: string;
  /** 8 hex digits, says which key it is in listings. */
  readonly id: string;
  /** 32 bytes. */
  readonly secret: Uint8Array;
}

/** By token space. */
export type TokenKeys = ReadonlyMap<string, TokenKey>;

const linePattern = /^([a-z][a-z0-9_]{0,62})[ \t]+([0-9a-f]{8})[ \t]+([0-9a-f]{64})$/;
const spaceMax = 1000;

/** A new key from 36 random bytes (4 for the id, 32 for the secret). */
export function makeKey(space: string, random: (bytes: number) => Uint8Array): TokenKey {
  return { space, id: Buffer.from(random(4)).toString("hex"), secret: Uint8Array.from(random(32)) };
}

/** The file's text, spaces in order of name. */
export function formatKeys(keys: Iterable<TokenKey>): string {
  const lines = [...keys]
    .toSorted((a, b) => (a.space < b.space ? -1 : 1))
    .map((key) => `${key.space} ${key.id} ${Buffer.from(key.secret).toString("hex")}\n`);
  return `# Token keys of Vitrine: space, key id, secret. Whoever has them can turn tokens of numbers and UUIDs back.\n${lines.join("")}`;
}

/**
 * Reads a key file's text. Lines may also be parted by `;` (environment variables). Throws policy/keys-invalid with the line's
 * number, never its content.
 */
export function parseKeys(text: string, place: string): TokenKeys {
  const keys = new Map<string, TokenKey>();
  for (const [index, raw] of text.split(/[\n;]/).entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const [, space, id, hex] = linePattern.exec(line) ?? [];
    if (space === undefined || id === undefined || hex === undefined) {
      throw invalid(place, index + 1, "is not `space key-id secret` (a name, 8 and 64 hexadecimal digits)");
    }
    if (keys.has(space)) throw invalid(place, index + 1, `names the space ${space} a second time`);
    if (keys.size >= spaceMax) throw invalid(place, index + 1, `is beyond the limit of ${spaceMax} keys`);
    keys.set(space, { space, id, secret: Uint8Array.from(Buffer.from(hex, "hex")) });
  }
  return keys;
}

function invalid(place: string, line: number, what: string): VitrineError {
  return new VitrineError("policy/keys-invalid", { message: `Line ${line} of the key file ${what}.`, place: `${place}:${line}` });
}

/** 16 hex digits that say which secret it is and nothing about it: SHA-256 over a label and 256 random bits. */
export function keyFingerprint(key: TokenKey): string {
  return createHash("sha256").update("vitrine key fingerprint\0").update(key.secret).digest("hex").slice(0, 16);
}

/** Fingerprints by space, of the spaces asked for. Throws policy/keys-missing naming the spaces without a key. */
export function keyFingerprints(keys: TokenKeys, spaces: readonly string[], place = "the key file"): Readonly<Record<string, string>> {
  const missing = spaces.filter((space) => !keys.has(space));
  if (missing.length > 0) {
    throw new VitrineError("policy/keys-missing", {
      message: `There is no key for ${missing.length === 1 ? "the token space" : "the token spaces"} ${missing.join(", ")}.`,
      place,
      remedy: "Make it: vitrine keys make",
    });
  }
  return Object.fromEntries(spaces.map((space) => [space, keyFingerprint(keys.get(space) as TokenKey)])); // eslint-disable-line -- checked above
}

/** What the cli lends: reading a file and its mode. `stat` returns undefined where there is none. */
export interface KeyFileAccess {
  readonly stat: (path: string) => Promise<{ readonly mode: number; readonly uid: number } | undefined>;
  readonly read: (path: string) => Promise<string>;
  /** The process's own user id; undefined where the platform has none. */
  readonly uid: number | undefined;
}

/** Loads the key file. Throws policy/keys-missing, policy/keys-readable (mode or owner) or policy/keys-invalid. */
export async function loadKeys(path: string, access: KeyFileAccess): Promise<TokenKeys> {
  const stat = await access.stat(path);
  if (stat === undefined) {
    throw new VitrineError("policy/keys-missing", {
      message: "There is no key file.",
      place: path,
      remedy: `Bring it back from its backup, or make a new one (a mirror that is there is then built anew): vitrine keys make --keys ${path}`,
    });
  }
  if ((stat.mode & 0o077) !== 0) {
    throw new VitrineError("policy/keys-readable", {
      message: `The key file may be read or written by others (mode 0${(stat.mode & 0o777).toString(8)}).`,
      place: path,
      remedy: `chmod 600 ${path}`,
    });
  }
  if (access.uid !== undefined && stat.uid !== access.uid && stat.uid !== 0) {
    throw new VitrineError("policy/keys-readable", {
      message: "The key file belongs to another user.",
      place: path,
      remedy: `chown "$(id -un)" ${path}`,
    });
  }
  return parseKeys(await access.read(path), path);
}
