/**
 * A certificate for a key of our own, where TLS wants one and nobody is to believe what stands in it: the other side compares the key's
 * fingerprint, which it was told beforehand. So it has no names, no extensions and no end (RFC 5280, sections 4.1 and 4.1.2.5); a dependency
 * that can write all of X.509 would be more code than what is needed of it.
 */
import type { KeyObject } from "node:crypto";
import { createHash, createPublicKey, sign } from "node:crypto";
import { assert } from "./assert.ts";

/** In PEM. The key is an Ed25519 key. */
export function selfSigned(key: KeyObject): string {
  assert(key.type === "private" && key.asymmetricKeyType === "ed25519", "an Ed25519 key");
  const name = sequence(der(0x31, sequence(objectId([0x55, 0x04, 0x03]), der(0x0c, Buffer.from("vitrine")))));
  const validity = sequence(time("20000101000000Z"), time("99991231235959Z"));
  const ed25519 = sequence(objectId([0x2b, 0x65, 0x70]));
  const serial = der(0x02, Buffer.from([1]));
  const body = sequence(serial, ed25519, name, validity, name, publicBytes(key));
  const whole = sequence(body, ed25519, der(0x03, Buffer.from([0]), sign(null, body, key)));
  const lines = whole.toString("base64").replaceAll(/(.{64})/g, "$1\n");
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

/** SHA-256 of the public key (SubjectPublicKeyInfo), hexadecimal: of a key, or of what a peer has shown and proven to hold. */
export function fingerprintOf(key: KeyObject): string {
  return createHash("sha256").update(publicBytes(key)).digest("hex");
}

function publicBytes(key: KeyObject): Buffer {
  return (key.type === "private" ? createPublicKey(key) : key).export({ type: "spki", format: "der" });
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return der(0x30, ...parts);
}

function objectId(bytes: readonly number[]): Buffer {
  return der(0x06, Buffer.from(bytes));
}

function time(text: string): Buffer {
  return der(0x18, Buffer.from(text, "ascii"));
}

/** Tag, length in its shortest form (X.690, section 10.1), content. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const length = body.length < 128 ? [body.length] : body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}
