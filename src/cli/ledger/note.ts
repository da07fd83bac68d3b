/**
 * Signed notes (C2SP signed-note): a text, and under it Ed25519 signatures that name their key. Transparency logs sign their checkpoints
 * so, and their tools read ours. Everything is read strictly: two byte sequences that mean the same would be a way to change one unseen.
 */
import type { KeyObject } from "node:crypto";
import { createHash, createPrivateKey, createPublicKey, sign, verify } from "node:crypto";

/** Algorithm byte of Ed25519 in key ids and key texts. */
const ed25519 = Uint8Array.of(1);
const keySize = 32;
const signatureSize = 64;

export interface VerifierKey {
  readonly name: string;
  /** Eight hexadecimal digits: the beginning of SHA-256(name, newline, algorithm, key). */
  readonly id: string;
  readonly key: KeyObject;
}

/** `name+id+base64(algorithm || key)`, as others write it down. undefined: it is none, or its id is not the key's. */
export function parseVerifierKey(text: string): VerifierKey | undefined {
  const [, name = "", id = "", encoded = ""] = /^([^\s+\p{C}]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/u.exec(text) ?? [];
  const bytes = strictBase64(encoded);
  if (bytes === undefined || bytes.length !== 1 + keySize || bytes[0] !== ed25519[0]) return undefined;
  const raw = bytes.subarray(1);
  if (keyId(name, raw) !== id) return undefined;
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: Buffer.from(raw).toString("base64url") }, format: "jwk" });
  return { name, id, key };
}

export function verifierKeyText(name: string, privateKey: KeyObject): string {
  const raw = rawPublicKey(privateKey);
  return `${name}+${keyId(name, raw)}+${Buffer.concat([ed25519, raw]).toString("base64")}`;
}

/** `text` ends with a newline and has no empty line. */
export function signNote(text: string, name: string, privateKey: KeyObject): string {
  const id = Buffer.from(keyId(name, rawPublicKey(privateKey)), "hex");
  const signature = sign(null, Buffer.from(text, "utf8"), privateKey);
  return `${text}\n— ${name} ${Buffer.concat([id, signature]).toString("base64")}\n`;
}

/** The text of a note with exactly one signature, and whose it claims to be; undefined: it is no such note. */
export function readNote(note: string): { readonly text: string; readonly name: string; readonly id: string } | undefined {
  const parts = split(note);
  return parts && { text: parts.text, name: parts.name, id: parts.signature.subarray(0, 4).toString("hex") };
}

/** Is the note signed by this key? */
export function isSignedBy(note: string, key: VerifierKey): boolean {
  const parts = split(note);
  if (parts === undefined || parts.name !== key.name || parts.signature.subarray(0, 4).toString("hex") !== key.id) return false;
  return verify(null, Buffer.from(parts.text, "utf8"), key.key, parts.signature.subarray(4));
}

/** Whose name it bears may be a stranger: nothing in it moves a terminal's cursor or turns text around. */
function split(note: string): { readonly text: string; readonly name: string; readonly signature: Buffer } | undefined {
  const [, text = "", name = "", encoded = ""] = /^((?:[^\n]+\n)+)\n— ([^\s+\p{C}]+) ([A-Za-z0-9+/=]+)\n$/u.exec(note) ?? [];
  const signature = strictBase64(encoded);
  return signature?.length === 4 + signatureSize ? { text, name, signature } : undefined;
}

/** RFC 4648, 3.5: other texts of the same bytes are not read. */
export function strictBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64");
  return text !== "" && bytes.toString("base64") === text ? bytes : undefined;
}

function keyId(name: string, raw: Uint8Array): string {
  return createHash("sha256").update(`${name}\n`).update(ed25519).update(raw).digest("hex").slice(0, 8);
}

function rawPublicKey(privateKey: KeyObject): Buffer {
  const { x } = createPublicKey(privateKey).export({ format: "jwk" });
  return Buffer.from(String(x), "base64url");
}

/** PKCS#8 in PEM; undefined: it is no Ed25519 key. */
export function parseSigningKey(pem: string): KeyObject | undefined {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === "ed25519" ? key : undefined;
  } catch {
    return undefined;
  }
}
