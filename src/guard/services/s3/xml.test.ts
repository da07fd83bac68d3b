import fc from "fast-check";
import { expect, test } from "vitest";
import { beginningOf } from "./xml.ts";

const read = (text: string): readonly [string, Readonly<Record<string, string>>] | undefined => {
  const found = beginningOf(Buffer.from(text));
  return found && [found.root, Object.fromEntries(found.texts)];
};
const head = '<?xml version="1.0" encoding="UTF-8"?>\n';

test.each([
  ["an error", `${head}<Error><Code>AccessDenied</Code><Message>no</Message></Error>`, ["Error", { Code: "AccessDenied", Message: "no" }]],
  ["without a declaration", "<Error><Code>A</Code></Error>", ["Error", { Code: "A" }]],
  ["with a namespace", `${head}<ListBucketResult xmlns="http://x/"><Name>b</Name>`, ["ListBucketResult", { Name: "b" }]],
  ["cut off within a text", `${head}<Error><Code>AccessDen`, ["Error", {}]],
  ["cut off within a tag", `${head}<Error><Code>A</Co`, ["Error", {}]],
  ["empty", `${head}<ListBucketResult/>`, ["ListBucketResult", {}]],
  ["deeper ones are not the root's", "<Error><Detail><Code>A</Code></Detail><Code>B</Code></Error>", ["Error", { Code: "B" }]],
  ["of two the first", "<Error><Code>A</Code><Code>B</Code></Error>", ["Error", { Code: "A" }]],
  ["after its end nothing counts", "<Error><Code>A</Code></Error><Error><Message>B</Message></Error>", ["Error", { Code: "A" }]],
  ["an empty child", "<Error><Resource/><Code>A</Code></Error>", ["Error", { Code: "A" }]],
  ["a comment ends what is read", "<Error><!-- <Code>A</Code> --><Code>B</Code></Error>", ["Error", {}]],
  ["CDATA ends what is read", "<Error><![CDATA[<Code>A</Code>]]></Error>", ["Error", {}]],
  ["an attribute that looks like a child", '<Error a="Code"><Code>A</Code></Error>', ["Error", { Code: "A" }]],
] as const)("%s", (_what, text, expected) => {
  expect(read(text)).toEqual(expected);
});

test.each([
  ["a document type", '<!DOCTYPE Error [<!ENTITY a "b">]><Error/>'],
  ["ends that are crossed", "<Error><Code>A</Error></Code>"],
  ["an end without a start", "</Error>"],
  ["text before the root", "AccessDenied <Error/>"],
  ["JSON", '{"Code":"AccessDenied"}'],
  ["nothing", ""],
])("%s is no such document", (_what, text) => {
  expect(read(text)).toBeUndefined();
});

test("a page is a document of another root", () => {
  expect(read("<html><body>AccessDenied</body></html>")?.[0]).toBe("html");
});

test("any text is read to an end, in time", () => {
  const piece = fc.constantFrom("<", ">", "</", "/>", "Error", "Code", "<Error>", "<Code>", "</Code>", "a", '="', '"', " ", "<!--", "&lt;");
  fc.assert(fc.property(fc.array(piece, { maxLength: 200 }), (pieces) => void beginningOf(Buffer.from(pieces.join("")))));
  const started = performance.now();
  beginningOf(Buffer.from(`<a ${'b="c" '.repeat(8_000)}`));
  beginningOf(Buffer.from("<a>".repeat(20_000)));
  expect(performance.now() - started).toBeLessThan(10_000);
});
