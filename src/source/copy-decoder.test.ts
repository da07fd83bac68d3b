import fc from "fast-check";
import { expect, test } from "vitest";
import { columnsOf, encodeCopy, rowArbitrary, table, textsOf } from "../../test/support/wire.ts";
import { VitrineError } from "../model/error.ts";
import { CopyDecoder } from "./copy-decoder.ts";
import type { RawRows } from "./raw.ts";

function decode(bytes: Uint8Array, cuts: readonly number[], more: { skipRows?: number; rowBytesMax?: number } = {}): string[][] {
  const batches: RawRows[] = [];
  const decoder = new CopyDecoder({ table, onBatch: (rows) => batches.push(rows), ...more });
  for (let at = 0, i = 0; at < bytes.length; i += 1) {
    const end = Math.min(bytes.length, at + (cuts[i % cuts.length] ?? 1));
    // A chunk of the socket, whose memory is used again: what was not taken over by `flush` would show.
    const chunk = bytes.slice(at, end);
    decoder.push(chunk, 0, chunk.length);
    if (i % 3 === 0) {
      decoder.flush();
      chunk.fill(0xee);
    }
    at = end;
  }
  decoder.finish();
  return batches.flatMap((batch) => textsOf(batch.columns, batch.rowCount));
}

const rowsArbitrary = fc.array(rowArbitrary, { maxLength: 12 });
const cutsArbitrary = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 });

test("whatever the cuts, the columns are the rows", () => {
  fc.assert(
    fc.property(rowsArbitrary, cutsArbitrary, (rows, cuts) => {
      expect(decode(encodeCopy(rows), cuts)).toEqual(columnsOf(rows));
    }),
  );
});

test("a range that is taken again goes on after the rows that were handed over", () => {
  fc.assert(
    fc.property(rowsArbitrary, cutsArbitrary, fc.integer({ min: 0, max: 12 }), (rows, cuts, done) => {
      expect(decode(encodeCopy(rows), cuts, { skipRows: done })).toEqual(columnsOf(rows.slice(done)));
    }),
  );
});

test("broken bytes give a code, never a crash and never a value", () => {
  const codes = new Set(["source/protocol", "source/row-too-large"]);
  const broken = fc.tuple(rowsArbitrary, fc.array(fc.tuple(fc.nat(2000), fc.nat(255)), { maxLength: 6 }), fc.nat(2000), cutsArbitrary);
  fc.assert(
    fc.property(broken, ([rows, changes, length, cuts]) => {
      const bytes = encodeCopy(rows);
      for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
      try {
        decode(bytes.subarray(0, 1 + (length % bytes.length)), cuts, { rowBytesMax: 1 << 16 });
      } catch (error) {
        expect(error).toBeInstanceOf(VitrineError);
        expect(codes).toContain((error as VitrineError).code);
        expect((error as VitrineError).message).not.toMatch(/canary/);
      }
    }),
    { numRuns: 500 },
  );
});

test("a batch ends at 32,768 rows", () => {
  const rows = Array.from({ length: 70_000 }, (_, i) => [true, i, BigInt(i), i, i, "00".repeat(16), "x"] as const);
  const sizes: number[] = [];
  const decoder = new CopyDecoder({ table, onBatch: (batch) => sizes.push(batch.rowCount) });
  const bytes = encodeCopy(rows);
  decoder.push(bytes, 0, bytes.length);
  decoder.finish();
  expect(sizes).toEqual([32_768, 32_768, 4_464]);
});

test.each([
  ["nothing", new Uint8Array(0), "The binary copy ended early."],
  ["no end", encodeCopy([]).subarray(0, 19), "The binary copy ended early."],
  ["bytes after the end", Uint8Array.of(...encodeCopy([]), 1), "The binary copy goes on after its end."],
  ["another signature", new Uint8Array(40), "The binary copy has no signature."],
  [
    "another width",
    Uint8Array.of(...encodeCopy([]).subarray(0, 19), 0, 2),
    "The binary copy has a row of 2 columns where 7 were asked for.",
  ],
])("%s", (_, bytes, message) => {
  expect(() => decode(bytes, [1000])).toThrow(expect.objectContaining({ code: "source/protocol", message }) as Error);
});

test("a row beyond the limit is refused when its length is known, not when it is there", () => {
  const bytes = encodeCopy([[null, null, null, null, null, null, "x".repeat(2000)]]).subarray(0, 200);
  expect(() => decode(bytes, [50], { rowBytesMax: 1000 })).toThrow(expect.objectContaining({ code: "source/row-too-large" }) as Error);
});
