/**
 * `token SPACE`: keyed pseudonyms of 16 bytes. Integers and UUIDs are one AES-128 block each (a keyed permutation: no two values
 * share a token, and the key's holder can turn it back); texts are HMAC-SHA-256 cut to 128 bits. An integer's block is the
 * space's tag (8 bytes) and the value as a big-endian int64, so int4 and int8 columns join. ECB is safe here because no
 * value spans two blocks; never use this on longer data.
 */
import { createCipheriv, createHash, createHmac } from "node:crypto";
import { unreachable } from "../../lib/assert.ts";
import type { TokenKey } from "../keys.ts";
import type { Rule, RuleInput, RuleOutput } from "./rule.ts";
import { rawAs } from "./rule.ts";

const tokenBytes = 16;

/** First 8 bytes of SHA-256 over the space's name: the upper half of an integer's block. */
function spaceTag(space: string): Uint8Array {
  return createHash("sha256").update(space).digest().subarray(0, 8);
}

export function tokenRule(key: TokenKey, options: { readonly padded: boolean }): Rule {
  const encrypt = encryptor(key);
  const tag = Buffer.from(spaceTag(key.space));
  const words = [tag.readInt32LE(0), tag.readInt32LE(4)] as const;
  const texts = textTokens(key, options.padded);
  return (input) => {
    switch (input.column.tag) {
      case "i32":
        return masked(encrypt(blocksOfI32(input.column.data, input.rowCount, words)), input);
      case "i64":
        return masked(encrypt(blocksOfI64(input.column.data, input.rowCount, words)), input);
      case "uuid":
        return masked(encrypt(input.column.data.subarray(0, input.rowCount * tokenBytes)), input);
      case "bytes":
        return { data: texts(input), nulls: input.nulls };
      case "bool":
      case "f64":
      case "micros":
        throw new Error(`bug: a token of a ${input.column.tag} column`);
      default:
        return unreachable(input.column);
    }
  };
}

/** One call for a whole column; the object is used again, since ECB keeps nothing between whole blocks. */
function encryptor(key: TokenKey): (blocks: Uint8Array) => Uint8Array {
  const cipher = createCipheriv("aes-128-ecb", key.secret.subarray(0, 16), null);
  cipher.setAutoPadding(false);
  return (blocks) => (blocks.length === 0 ? new Uint8Array(0) : cipher.update(blocks));
}

type TagWords = readonly [number, number];

function blocksOfI32(data: Int32Array, rowCount: number, [tag0, tag1]: TagWords): Uint8Array {
  const words = new Int32Array(4 * rowCount);
  for (let row = 0, at = 0; row < rowCount; row += 1, at += 4) {
    const value = data[row] as number; // eslint-disable-line -- in range
    words[at] = tag0;
    words[at + 1] = tag1;
    words[at + 2] = value >> 31;
    words[at + 3] = swapped(value);
  }
  return new Uint8Array(words.buffer);
}

function blocksOfI64(data: BigInt64Array, rowCount: number, [tag0, tag1]: TagWords): Uint8Array {
  const halves = new Int32Array(data.buffer, data.byteOffset, 2 * rowCount);
  const words = new Int32Array(4 * rowCount);
  for (let row = 0, at = 0; row < rowCount; row += 1, at += 4) {
    words[at] = tag0;
    words[at + 1] = tag1;
    words[at + 2] = swapped(halves[2 * row + 1] as number); // eslint-disable-line -- in range
    words[at + 3] = swapped(halves[2 * row] as number); // eslint-disable-line -- in range
  }
  return new Uint8Array(words.buffer);
}

/** The bytes of a little-endian word in the other order. All platforms that Node 26 has builds for are little-endian. */
function swapped(word: number): number {
  return ((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}

/** Zero under nulls: a NULL's token would be the token of 0. */
function masked(data: Uint8Array, { nulls, rowCount }: RuleInput): RuleOutput {
  if (nulls !== undefined) {
    for (let row = 0; row < rowCount; row += 1) if (nulls[row] === 1) data.fill(0, row * tokenBytes, (row + 1) * tokenBytes);
  }
  return { data, nulls };
}

const cacheMax = 20_000;

function textTokens(key: TokenKey, padded: boolean): (input: RuleInput) => Uint8Array {
  const secret = key.secret.subarray(16, 32);
  const cache = new Map<string, Uint8Array>();
  return ({ column, rowCount, nulls }) => {
    const { bytes, offsets } = rawAs(column, "bytes");
    const data = new Uint8Array(rowCount * tokenBytes);
    for (let row = 0; row < rowCount; row += 1) {
      if (nulls !== undefined && nulls[row] === 1) continue;
      const start = offsets[row] as number; // eslint-disable-line -- rowCount + 1 offsets
      let end = offsets[row + 1] as number; // eslint-disable-line -- rowCount + 1 offsets
      if (padded) while (end > start && bytes[end - 1] === 32) end -= 1;
      const value = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
      const name = value.toString("latin1");
      let token = cache.get(name);
      if (token === undefined) {
        token = createHmac("sha256", secret).update(value).digest().subarray(0, tokenBytes);
        if (cache.size >= cacheMax) cache.clear();
        cache.set(name, token);
      }
      data.set(token, row * tokenBytes);
    }
    return data;
  };
}
