/** `npm run docs`: writes what is generated. Tests fail while one of them is stale. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { errorCodes } from "../src/model/error-codes.ts";
import { declarationJsonSchema } from "../src/policy/json-schema.ts";
import { errorReference } from "../test/support/error-reference.ts";
import { root } from "../test/support/tree.ts";

writeFileSync(join(root, "docs/errors.md"), errorReference(errorCodes));
writeFileSync(join(root, "schema/vitrine.schema.json"), declarationJsonSchema());
