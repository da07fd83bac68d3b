/**
 * A log-in by SCRAM-SHA-256 (RFC 5802, RFC 7677; PostgreSQL documentation, section 54.3), without channel binding: the password itself is never said, and
 * who answers has to prove that they know it, too.
 */
import { createHash, createHmac, pbkdf2Sync, timingSafeEqual } from "node:crypto";

/** "n,,": we cannot bind to a channel. */
const head = "n,,";
/**
 * RFC 7677, section 4, and PostgreSQL's default: from an answer with fewer, whoever answers in the server's place tries passwords at
 * little cost. With more they would hold us up.
 */
const iterationsMin = 4_096;
const iterationsMax = 600_000;

/** PostgreSQL takes the name from the startup message, not from here. */
export function clientFirst(nonce: string): string {
  return `${head}n=,r=${nonce}`;
}

export interface Proof {
  readonly clientFinal: string;
  /** What the server says if it knows the password. */
  readonly serverFinal: string;
}

/** undefined: no answer to our first words, or one that nobody should answer. */
export function proofOf(password: string, nonce: string, serverFirst: string): Proof | undefined {
  const [, theirs = "", salt = "", count = ""] = /^r=([!-+\--~]{1,200}),s=([A-Za-z0-9+/=]{4,400}),i=(\d{1,7})$/.exec(serverFirst) ?? [];
  const iterations = Number(count);
  // Theirs goes on where ours ended: what was said to somebody else, at another time, is no answer.
  if (!theirs.startsWith(nonce) || theirs.length === nonce.length || iterations < iterationsMin || iterations > iterationsMax)
    return undefined;
  const salted = pbkdf2Sync(password.normalize("NFKC"), Buffer.from(salt, "base64"), iterations, 32, "sha256");
  const withoutProof = `c=${Buffer.from(head).toString("base64")},r=${theirs}`;
  const all = [clientFirst(nonce).slice(head.length), serverFirst, withoutProof].join(",");
  const clientKey = keyed(salted, "Client Key");
  const signature = keyed(createHash("sha256").update(clientKey).digest(), all);
  const proof = Buffer.from(clientKey.map((byte, i) => byte ^ (signature[i] ?? 0)));
  return {
    clientFinal: `${withoutProof},p=${proof.toString("base64")}`,
    serverFinal: `v=${keyed(keyed(salted, "Server Key"), all).toString("base64")}`,
  };
}

export function isSame(said: Uint8Array, expected: string): boolean {
  const own = Buffer.from(expected, "latin1");
  return said.length === own.length && timingSafeEqual(said, own);
}

function keyed(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text, "utf8").digest();
}
