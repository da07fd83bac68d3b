import { createCipheriv, createDecipheriv, createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { rawI32, rawI64, rawText, rawUuid } from "../../../test/support/raw-columns.ts";
import { makeKey } from "../keys.ts";
import { tokenRule } from "./token.ts";

const key = makeKey("device", (bytes) => new Uint8Array(bytes).fill(7).map((seven, i) => seven * (i + 1)));
const other = makeKey("device", (bytes) => new Uint8Array(bytes).fill(9));
const rule = tokenRule(key, { padded: false });
const tokens = (data: ArrayBufferView): string[] =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("hex").match(/.{32}/g) ?? [];

/** Written from the description alone. */
function expected(value: bigint): string {
  const block = Buffer.alloc(16);
  createHash("sha256").update("device").digest().copy(block, 0, 0, 8);
  block.writeBigInt64BE(value, 8);
  return createCipheriv("aes-128-ecb", key.secret.subarray(0, 16), null).setAutoPadding(false).update(block).toString("hex");
}

test("an integer's token is one AES block of the space's tag and the value, at any width", () => {
  const values = [0, 1, -1, 2 ** 31 - 1, -(2 ** 31), 4711];
  const column = rawI32(values);
  expect(tokens(rule({ column, rowCount: values.length, nulls: undefined }).data)).toEqual(values.map((value) => expected(BigInt(value))));
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { minLength: 1 }), (bigs) => {
      expect(tokens(rule({ column: rawI64(bigs), rowCount: bigs.length, nulls: undefined }).data)).toEqual(bigs.map(expected));
    }),
    { numRuns: 50 },
  );
});

test("the key turns an AES token back, and equal values have equal tokens: a permutation", () => {
  const token = rule({ column: rawI64([815n]), rowCount: 1, nulls: undefined }).data;
  const back = createDecipheriv("aes-128-ecb", key.secret.subarray(0, 16), null).setAutoPadding(false).update(token);
  expect(back.readBigInt64BE(8)).toBe(815n);
});

test("a UUID fills its block", () => {
  const uuid = "0191e0a1-7b6c-7cde-8f00-0123456789ab";
  const [token] = tokens(rule({ column: rawUuid([uuid]), rowCount: 1, nulls: undefined }).data);
  expect(token).toBe(
    createCipheriv("aes-128-ecb", key.secret.subarray(0, 16), null)
      .setAutoPadding(false)
      .update(Buffer.from(uuid.replaceAll("-", ""), "hex"))
      .toString("hex"),
  );
});

test("a text's token is HMAC-SHA-256 cut to 128 bits, the same each time", () => {
  const hmac = (text: string): string => createHmac("sha256", key.secret.subarray(16)).update(text).digest("hex").slice(0, 32);
  const column = rawText(["anna", "", "bø", "anna"]);
  expect(tokens(rule({ column, rowCount: 4, nulls: undefined }).data)).toEqual(["anna", "", "bø", "anna"].map(hmac));
});

test("char(n): trailing blanks are no part of the identifier", () => {
  const padded = tokenRule(key, { padded: true });
  const [a, b] = tokens(padded({ column: rawText(["AB   ", "AB"]), rowCount: 2, nulls: undefined }).data);
  expect(a).toBe(b);
});

test("NULL is zero and marked, and another key gives other tokens", () => {
  const column = rawI32([5, null]);
  const result = rule({ column, rowCount: 2, nulls: column.nulls });
  expect(tokens(result.data)[1]).toBe("0".repeat(32));
  expect(result.nulls).toEqual(Uint8Array.of(0, 1));
  expect(tokens(tokenRule(other, { padded: false })({ column, rowCount: 2, nulls: column.nulls }).data)[0]).not.toBe(
    tokens(result.data)[0],
  );
});
