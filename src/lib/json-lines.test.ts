import { expect, test } from "vitest";
import { BadLine, LineReader, lineOfJson } from "./json-lines.ts";

const read = (reader: LineReader, text: string): unknown[] => [...reader.push(Buffer.from(text))];

test("messages come out whole, however they are cut", () => {
  const messages = [{ tag: "a", text: "ä\n" }, [1, 2], "x"];
  const bytes = Buffer.from(messages.map(lineOfJson).join(""));
  for (const size of [1, 2, 7, bytes.length]) {
    const reader = new LineReader(100);
    const out: unknown[] = [];
    for (let at = 0; at < bytes.length; at += size) out.push(...reader.push(bytes.subarray(at, at + size)));
    expect(out).toEqual(messages);
  }
});

test("a line beyond the limit is refused before its end is there", () => {
  const reader = new LineReader(8);
  expect(read(reader, '"12345')).toEqual([]);
  expect(() => read(reader, "678")).toThrow(BadLine);
});

test("the limit is of a line, not of what comes at once; it can be raised for who is known", () => {
  const reader = new LineReader(3);
  expect(read(reader, "1\n22\n333\n")).toEqual([1, 22, 333]);
  reader.lengthMax = 10;
  expect(read(reader, '"12345678"\n')).toEqual(["12345678"]);
  expect(() => read(reader, '"123456789"\n')).toThrow(BadLine);
});

test.for(["{\n", "\n", "GET / HTTP/1.1\r\n", "\u0000\n"])("%j is no message", (text) => {
  expect(() => read(new LineReader(100), text)).toThrow(BadLine);
});
