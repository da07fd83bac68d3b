import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { declarationJsonSchema } from "./json-schema.ts";

const committed = new URL("../../schema/vitrine.schema.json", import.meta.url);

test("schema/vitrine.schema.json is what the parser's schema says (mend: node src/policy/json-schema.ts)", () => {
  expect(readFileSync(committed, "utf8")).toBe(declarationJsonSchema());
});

test("the schema refuses unknown words at every level", () => {
  const open: string[] = [];
  JSON.parse(declarationJsonSchema(), function check(this: unknown, key, value: unknown): unknown {
    if (typeof value === "object" && value !== null && "properties" in value && !("additionalProperties" in value)) open.push(key);
    return value;
  });
  expect(open).toEqual([]);
});
