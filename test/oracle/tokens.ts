/**
 * The mirror must hold, for every identifier, one token of its own, the same everywhere. `TokenPairs` learns the pairs (source value,
 * token) from rows that are known to be the same and refuses a second partner on either side. The functions below
 * recompute tokens in the oracle's own few lines, for the direct check.
 */
import { createCipheriv, createHash, createHmac } from "node:crypto";

export class TokenPairs {
  readonly #tokens = new Map<string, string>();
  readonly #values = new Map<string, string>();

  /** Notes that `value` of `space` is `token` in the mirror; returns what is wrong with that, or undefined. */
  note(space: string, value: string, token: string): string | undefined {
    const here = `${space}\u0000${value}`;
    // The token's side is kept over all spaces: one token in two spaces would join what the policy keeps apart.
    const token0 = this.#tokens.get(here);
    const value0 = this.#values.get(token);
    if (token0 !== undefined && token0 !== token) return `${space}: one source value has two tokens`;
    if (value0 !== undefined && value0 !== here) return `${space}: one token stands for two source values`;
    this.#tokens.set(here, token);
    this.#values.set(token, here);
    return undefined;
  }

  tokenOf(space: string, value: string): string | undefined {
    return this.#tokens.get(`${space}\u0000${value}`);
  }

  get size(): number {
    return this.#tokens.size;
  }
}

/** AES-128-ECB of one block: 8 bytes that say the space (the first of SHA-256 over its name), then the integer as 8 bytes big-endian. */
export function integerToken(secret: Uint8Array, space: string, value: bigint): string {
  const block = Buffer.alloc(16);
  createHash("sha256").update(space).digest().copy(block, 0, 0, 8);
  block.writeBigInt64BE(value, 8);
  return blockToken(secret, block);
}

/** AES-128-ECB of the UUID's own 16 bytes. */
export function uuidToken(secret: Uint8Array, uuid: string): string {
  return blockToken(secret, Buffer.from(uuid.replaceAll("-", ""), "hex"));
}

/** The first half of a space's secret is the AES key. 32 hex digits. */
function blockToken(secret: Uint8Array, block: Uint8Array): string {
  return createCipheriv("aes-128-ecb", secret.subarray(0, 16), null).setAutoPadding(false).update(block).toString("hex");
}

/** A text: HMAC-SHA-256 by the second half of the secret, its first 16 bytes. */
export function textToken(secret: Uint8Array, text: string): string {
  return createHmac("sha256", secret.subarray(16, 32)).update(text).digest("hex").slice(0, 32);
}

/** Secrets by space from the text of a key file: lines of `space key-id hex`. */
export function readSecrets(text: string): ReadonlyMap<string, Uint8Array> {
  const lines = text.split("\n").map((line) => line.trim().split(/\s+/));
  return new Map(
    lines.flatMap(([space, , hex]) =>
      space === undefined || hex === undefined || space.startsWith("#") ? [] : [[space, Buffer.from(hex, "hex")] as const],
    ),
  );
}
