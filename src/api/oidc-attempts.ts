/**
 * Attempts to log in elsewhere that have begun. They lie sealed in their browser's cookie and not here: whoever begins thousands, without
 * being anybody yet, fills no memory, and neither drives out nor keeps out the attempt of a person. The key is this process's alone.
 */
import { createCipheriv, createDecipheriv } from "node:crypto";

export interface Attempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly redirectUri: string;
  readonly returnTo: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

const cipher = "aes-256-gcm";
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
/** Sealed attempts that are longer are none of ours; a browser keeps 4,096 of a cookie. */
const sealedMax = 4_000;
/** That many ended ones are remembered; of older ones the issuer holds that a code is taken once (RFC 6749, 4.1.2). */
const endedMax = 10_000;

export class Attempts {
  readonly #random: (count: number) => Uint8Array;
  readonly #key: Uint8Array;
  /** Nonces of those that were opened, oldest first. */
  readonly #ended = new Set<string>();

  constructor(random: (count: number) => Uint8Array) {
    this.#random = random;
    this.#key = random(keyBytes);
  }

  /** base64url, for a cookie. */
  seal(attempt: Attempt): string {
    const nonce = this.#random(nonceBytes);
    const sealing = createCipheriv(cipher, this.#key, nonce, { authTagLength: tagBytes });
    const text = Buffer.concat([sealing.update(JSON.stringify(attempt), "utf8"), sealing.final()]);
    return Buffer.concat([nonce, text, sealing.getAuthTag()]).toString("base64url");
  }

  /** The attempt, which is over with this; undefined: it was over, is too old, or is none of ours. */
  end(sealed: string | undefined, nowMs: number): Attempt | undefined {
    if (sealed === undefined || sealed.length > sealedMax) return undefined;
    const bytes = Buffer.from(sealed, "base64url");
    if (bytes.length <= nonceBytes + tagBytes) return undefined;
    const nonce = bytes.subarray(0, nonceBytes);
    const attempt = this.#open(nonce, bytes.subarray(nonceBytes));
    const name = nonce.toString("base64url");
    if (attempt === undefined || attempt.expiresAt <= nowMs || this.#ended.has(name)) return undefined;
    const oldest = this.#ended.size >= endedMax ? this.#ended.keys().next().value : undefined;
    if (oldest !== undefined) this.#ended.delete(oldest);
    this.#ended.add(name);
    return attempt;
  }

  #open(nonce: Uint8Array, sealed: Buffer): Attempt | undefined {
    const opening = createDecipheriv(cipher, this.#key, nonce, { authTagLength: tagBytes });
    opening.setAuthTag(sealed.subarray(sealed.length - tagBytes));
    try {
      const text = Buffer.concat([opening.update(sealed.subarray(0, sealed.length - tagBytes)), opening.final()]);
      return JSON.parse(text.toString("utf8")) as Attempt; // eslint-disable-line -- sealed by us: nobody else has the key
    } catch {
      return undefined;
    }
  }
}
