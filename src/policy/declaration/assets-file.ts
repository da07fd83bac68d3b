/** A file of assets: a whole vitrine.yaml, or one that has nothing else, where there is no database to copy from. */
import type { AssetDeclaration, Declaration, GuardDeclaration } from "../declaration.ts";
import { parseAssets } from "./assets.ts";
import type { Located } from "./located.ts";
import { readLocated } from "./located.ts";
import { parseDeclaration } from "./parse.ts";
import { parseOncall } from "./oncall.ts";
import { Problems } from "./problems.ts";
import { assetsFileShape } from "./schema.ts";
import { checkShape } from "./shape.ts";
import { parseVantages } from "./vantages.ts";

const ours = new Set(Object.keys(assetsFileShape.shape));

/** The assets of a whole vitrine.yaml, or of a file with `version` and `assets` alone. Throws as parseDeclaration does. */
export function parseAssetsOf(text: string, file: string): readonly AssetDeclaration[] {
  return parseGuardOf(text, file).assets;
}

/** A file of assets alone: there is nothing to copy. Throws what cannot be read at all. */
export function isGuardFile(text: string, file: string): boolean {
  return !namesIn(readLocated(text, file)).some((name) => !ours.has(name));
}

/** What a server that copies nothing goes by. Throws as parseGuardOf does. */
export function guardAlone(text: string, file: string): Declaration {
  return {
    ...parseGuardOf(text, file),
    file,
    zone: "UTC",
    unit: "",
    k: 10,
    tables: [],
    stays: [],
    metrics: [],
    annotations: [],
    policyHash: "",
    source: { url: undefined },
    limits: { acceptUnlimitedWalGb: undefined },
  };
}

/** All that the guard takes from such a file. Throws as parseDeclaration does. */
export function parseGuardOf(text: string, file: string): GuardDeclaration {
  const located = readLocated(text, file);
  if (namesIn(located).some((name) => !ours.has(name))) return parseDeclaration(text, file);
  const problems = new Problems(file);
  const shape = checkShape(located, problems, assetsFileShape);
  const reading = { located, problems };
  const assets = shape === undefined ? [] : parseAssets(shape.assets, reading);
  const vantages = shape === undefined ? [] : parseVantages(shape.vantages ?? {}, reading);
  if (shape !== undefined && shape.version !== 1)
    problems.add("policy/unsupported-version", located.place(["version"]), "This Vitrine reads version 1 of the file.");
  const told = parseOncall(shape ?? {}, { ...reading, file });
  problems.throwIfAny();
  return { ...told, assets, listeners: shape?.listeners ?? "on", vantages };
}

function namesIn({ value }: Located): readonly string[] {
  return typeof value === "object" && value !== null ? Object.keys(value) : [];
}
