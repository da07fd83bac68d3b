/** The store of a stopped product, opened through the mirror's own module and read, against the oracle: every row, every cell. */
import { readFile } from "node:fs/promises";
import { compileMetrics } from "../../src/metrics/compile.ts";
import { sizesFrom } from "../../src/metrics/estimate.ts";
import type { CellsSpec } from "../../src/mirror/cuboid.ts";
import { parseDeclaration } from "../../src/policy/declaration.ts";
import type { SafeSchema, SourceSizes } from "../../src/policy/safe.ts";
import { compareMirror, expectedAll } from "../differential/compare-mirror.ts";
import { openLeftMirror } from "../differential/open-mirror.ts";
import type { OracleWorld } from "../oracle/description.ts";
import { smartHomeIdentifiers } from "../oracle/smart-home.ts";
import type { SourceClient } from "../oracle/source.ts";
import { integerToken, readSecrets, TokenPairs, uuidToken } from "../oracle/tokens.ts";
import type { Product } from "./product.ts";

export async function compareStore({
  product,
  source,
  world,
}: {
  readonly product: Product;
  readonly source: SourceClient;
  readonly world: OracleWorld;
}): Promise<readonly string[]> {
  const file = `${product.folder}/vitrine.yaml`;
  const declaration = parseDeclaration(await readFile(file, "utf8"), file);
  const cells = (schema: SafeSchema, sizes: SourceSizes | undefined): CellsSpec =>
    compileMetrics({ declaration, schema, sizes: sizesFrom(sizes) }).cells;
  await using mirror = await openLeftMirror(product.stateFolder, cells);
  if (mirror.schema === undefined) return ["the store has no schema"];
  const spec = compileMetrics({
    declaration,
    schema: mirror.schema,
    sizes: sizesFrom(mirror.sizes),
    counted: mirror.status.cuboids ?? [],
  }).cells;
  const expected = await expectedAll(source, world, spec);
  return compareMirror(mirror, { expected, world, spec, pairs: await allPairs(product, source) });
}

/** Tokens of every identifier in the source, recomputed with the product's keys in the oracle's own lines. */
async function allPairs(product: Product, source: SourceClient): Promise<TokenPairs> {
  const secrets = readSecrets(await readFile(product.keysFile, "utf8"));
  const pairs = new TokenPairs();
  for (const [space, sql] of Object.entries(smartHomeIdentifiers)) {
    const secret = secrets.get(space);
    if (secret === undefined) throw new Error(`the key file has no key for ${space}`);
    for (const { id } of await source.rows(sql)) {
      if (id !== null && id !== undefined)
        pairs.note(space, id, id.includes("-") ? uuidToken(secret, id) : integerToken(secret, space, BigInt(id)));
    }
  }
  return pairs;
}
