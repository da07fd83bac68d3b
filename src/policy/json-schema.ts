/** The JSON Schema of vitrine.yaml, for editors. `schema/vitrine.schema.json` is this, written by `node src/policy/json-schema.ts`. */
import { writeFileSync } from "node:fs";
import { z } from "zod";
import { fileShape } from "./declaration/schema.ts";

const path = new URL("../../schema/vitrine.schema.json", import.meta.url);

/** The file's text. */
export function declarationJsonSchema(): string {
  const schema = z.toJSONSchema(fileShape, { target: "draft-2020-12", io: "input", unrepresentable: "any" });
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

if (import.meta.main) writeFileSync(path, declarationJsonSchema());
