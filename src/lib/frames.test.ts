import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeFrame, FrameReader } from "./frames.ts";

const values = fc.oneof(
  fc.string(),
  fc.boolean(),
  fc.integer(),
  fc.constant(null),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
  fc.uint8Array({ maxLength: 40 }),
  fc.int32Array({ maxLength: 20 }),
  fc.bigInt64Array({ maxLength: 20 }),
  fc.float64Array({ maxLength: 20 }),
);
const messages = fc.dictionary(
  fc.oneof(fc.string({ maxLength: 5 }), fc.constantFrom("$b", "$n", "$$b")).filter((key) => key !== "__proto__"),
  values,
  { maxKeys: 6 },
);

test("whatever is sent arrives, whatever the cuts", () => {
  fc.assert(
    fc.property(fc.array(messages, { maxLength: 5 }), fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (sent, cuts) => {
      const frames = sent.map((message) => encodeFrame(message));
      const wire = Buffer.concat(frames.flatMap((frame) => frame.chunks));
      const reader = new FrameReader();
      const got: { message: unknown; bytes: number }[] = [];
      for (let at = 0, i = 0; at < wire.length; i += 1) {
        const size = cuts[i % cuts.length] ?? 1;
        got.push(...reader.push(wire.subarray(at, at + size)));
        at += size;
      }
      expect(got.map((one) => one.message)).toEqual(sent.map((message) => ({ ...message })));
      expect(got.map((one) => one.bytes)).toEqual(frames.map((frame) => frame.bytes));
    }),
  );
});

test("an array that is a part of a larger buffer is sent alone", () => {
  const whole = Int32Array.from([1, 2, 3, 4]);
  const reader = new FrameReader();
  const [got] = reader.push(Buffer.concat(encodeFrame({ part: whole.subarray(1, 3) }).chunks));
  expect(got?.message).toEqual({ part: Int32Array.from([2, 3]) });
});

test("a frame beyond the limit is refused without quoting it", () => {
  const reader = new FrameReader();
  expect(() => reader.push(Buffer.from("anna@example.org"))).toThrow(/^bug: a frame beyond the limit$/);
});
