/** A file of assets: a whole vitrine.yaml, or one that has nothing else, where there is no database to copy from. */
import type { AssetDeclaration } from "../declaration.ts";
import { parseAssets } from "./assets.ts";
import { readLocated } from "./located.ts";
import { parseDeclaration } from "./parse.ts";
import { Problems } from "./problems.ts";
import { assetsFileShape } from "./schema.ts";
import { checkShape } from "./shape.ts";

/** The assets of a whole vitrine.yaml, or of a file with `version` and `assets` alone. Throws as parseDeclaration does. */
export function parseAssetsOf(text: string, file: string): readonly AssetDeclaration[] {
  const located = readLocated(text, file);
  const names = typeof located.value === "object" && located.value !== null ? Object.keys(located.value) : [];
  if (names.some((name) => name !== "version" && name !== "assets")) return parseDeclaration(text, file).assets;
  const problems = new Problems(file);
  const shape = checkShape(located, problems, assetsFileShape);
  const assets = shape === undefined ? [] : parseAssets(shape.assets, { located, problems });
  if (shape !== undefined && shape.version !== 1)
    problems.add("policy/unsupported-version", located.place(["version"]), "This Vitrine reads version 1 of the file.");
  problems.throwIfAny();
  return assets;
}
