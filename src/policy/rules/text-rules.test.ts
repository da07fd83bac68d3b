import fc from "fast-check";
import { expect, test } from "vitest";
import { rawText } from "../../../test/support/raw-columns.ts";
import type { TextRule, Treatment } from "../declaration.ts";
import { storedTextAllowed } from "../declaration/stored-text.ts";
import { codes } from "../safe.ts";
import { Dictionary, dictionaryMax } from "./dictionary.ts";
import { keepText } from "./keep.ts";
import { lookupText } from "./lookup.ts";
import { prefixText } from "./prefix.ts";
import type { TextMap } from "./text-codes.ts";
import { textCodes } from "./text-codes.ts";
import { versionText } from "./version.ts";

/** What a column of texts becomes: the dictionary's texts again, "other", or null. */
function treat(
  map: TextMap,
  values: readonly (string | null)[],
  padded = false,
): { readonly texts: readonly (string | null)[]; readonly other: number } {
  const dictionary = new Dictionary("c");
  const tally = { other: 0, degraded: 0 };
  const column = rawText(values);
  const { data } = textCodes({ map, dictionary, tally, padded })({ column, rowCount: values.length, nulls: column.nulls });
  const growth = dictionary.takeGrowth();
  const texts = [...data].map((code) =>
    Number(code) === codes.null ? null : Number(code) === codes.other ? "other" : (growth?.values[Number(code) - codes.first] ?? "?"),
  );
  return { texts, other: tally.other };
}

const list: TextRule = { tag: "values", values: ["US", "DE"] };
const version: TextRule = { tag: "match", pattern: String.raw`^(?:\d+\.\d+\.\d+(\.\d+)?)$`, lengthMax: 20 };

test("keep: only what the rule allows; NULL stays NULL, the empty text is a text", () => {
  expect(treat(keepText(list, undefined), ["US", "XX", null, "", "us", "DE", "US"])).toEqual({
    texts: ["US", "other", null, "other", "other", "DE", "US"],
    other: 3,
  });
});

test("keep with values of a source column", () => {
  const rule: TextRule = { tag: "values-from", table: "public.models", column: "sku" };
  expect(treat(keepText(rule, new Set(["CAM-1"])), ["CAM-1", "CAM-2"]).texts).toEqual(["CAM-1", "other"]);
  expect(treat(keepText(rule, undefined), ["CAM-1"]).texts).toEqual(["other"]);
});

test("truncate minor: the family of a version; an e-mail in the field does not pass", () => {
  expect(treat(versionText(2, version), ["4.9.1", "4.9.1.17", "4.10.0", "anna@example.org", "4.9", "4.9.1\n"])).toEqual({
    texts: ["4.9", "4.9", "4.10", "other", "other", "other"],
    other: 3,
  });
  expect(treat(versionText(1, version), ["4.9.1"]).texts).toEqual(["4"]);
  expect(treat(versionText(3, version), ["4.9.1.17"]).texts).toEqual(["4.9.1"]);
  const letters: TextRule = { tag: "match", pattern: String.raw`^(?:v\d+\.\d+)$`, lengthMax: 20 };
  expect(treat(versionText(1, letters), ["v1.2"]).texts).toEqual(["other"]);
});

test("prefix: the first characters, not bytes, and only where the rule allows them", () => {
  const rule: TextRule = { tag: "match", pattern: "^(?:[A-Zß]{2})$", lengthMax: 64 };
  expect(treat(prefixText(2, rule, undefined), ["ABCDE", "Aß123", "a1", "😀😀😀", ""]).texts).toEqual([
    "AB",
    "Aß",
    "other",
    "other",
    "other",
  ]);
});

test("lookup: by the table, anything else is other", () => {
  expect(treat(lookupText({ US: "north america", CA: "north america" }), ["US", "CA", "toString", "MX"])).toEqual({
    texts: ["north america", "north america", "other", "other"],
    other: 2,
  });
});

test("char(n): trailing blanks are no part of the text", () => {
  expect(treat(keepText(list, undefined), ["US    ", "DE"], true).texts).toEqual(["US", "DE"]);
});

test("a text beyond the length of its rule does not pass, however long", () => {
  const rule: TextRule = { tag: "match", pattern: "^(?:a+)$", lengthMax: 8 };
  expect(treat(keepText(rule, undefined), ["a".repeat(8), "a".repeat(9), "a".repeat(100_000)]).texts).toEqual([
    "a".repeat(8),
    "other",
    "other",
  ]);
});

test("codes go up from 3 and say only what is new", () => {
  const dictionary = new Dictionary("country");
  expect(dictionary.takeGrowth()).toBeUndefined();
  expect([dictionary.code("US"), dictionary.code("DE"), dictionary.code("US")]).toEqual([3, 4, 3]);
  expect(dictionary.takeGrowth()).toEqual({ column: "country", firstCode: 3, values: ["US", "DE"] });
  expect(dictionary.code("FR")).toBe(5);
  expect(dictionary.takeGrowth()).toEqual({ column: "country", firstCode: 5, values: ["FR"] });
});

test("a dictionary that is full calls the rest other", () => {
  const dictionary = new Dictionary("c");
  for (let i = 0; i < dictionaryMax; i += 1) dictionary.code(String(i));
  expect(dictionary.code("one more")).toBe(codes.other);
  expect(dictionary.code("0")).toBe(codes.first);
});

test("more distinct texts than the cache holds: every row has its own code all the same", () => {
  const values = Array.from({ length: 150_000 }, (_, i) => `v${i % 70_000}`);
  const rule: TextRule = { tag: "match", pattern: String.raw`^(?:v\d+)$`, lengthMax: 10 };
  const { texts, other } = treat(keepText(rule, undefined), values);
  expect(other).toBe(0);
  expect(texts).toEqual(values);
});

test("property: no treatment of texts lets out a text that its rule does not allow", () => {
  const treatments: { readonly treatment: Treatment; readonly map: TextMap }[] = [
    { treatment: { tag: "keep", rule: list }, map: keepText(list, undefined) },
    { treatment: { tag: "keep", rule: version }, map: keepText(version, undefined) },
    { treatment: { tag: "version", parts: 2, rule: version }, map: versionText(2, version) },
    { treatment: { tag: "prefix", length: 2, rule: list }, map: prefixText(2, list, undefined) },
    { treatment: { tag: "lookup", table: { US: "a", "1.2.3": "b" } }, map: lookupText({ US: "a", "1.2.3": "b" }) },
  ];
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom("US", "DE", "USA", "1.2.3", "1.2.3.4", "__proto__", "1.2"),
    fc.string({ unit: fc.constantFrom("1", ".", "2", "U", "S") }),
  );
  fc.assert(
    fc.property(fc.array(fc.option(text), { maxLength: 30 }), fc.constantFrom(...treatments), (values, { treatment, map }) => {
      const { texts } = treat(map, values);
      const allowed = storedTextAllowed(treatment);
      for (const [row, got] of texts.entries()) {
        if (values[row] === null) expect(got).toBeNull();
        else expect(got === "other" || (got !== null && allowed(got) === "allowed")).toBe(true);
      }
    }),
  );
});
