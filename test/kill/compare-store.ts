/** The store of a stopped product, opened through the mirror's own module and read, against the oracle: every row, every cell. */
import { readFile } from "node:fs/promises";
import { compileMetrics } from "../../src/metrics/compile.ts";
import { sizesFrom } from "../../src/metrics/estimate.ts";
import type { CellsSpec } from "../../src/mirror/cuboid.ts";
import { parseDeclaration } from "../../src/policy/declaration.ts";
import type { SafeSchema, SourceSizes } from "../../src/policy/safe.ts";
import { compareEntities } from "../differential/compare-entities.ts";
import type { ExpectedEntities } from "../differential/compare-entities.ts";
import { compareMirror, expectedAll } from "../differential/compare-mirror.ts";
import { openLeftMirror } from "../differential/open-mirror.ts";
import { subsets } from "../oracle/cells.ts";
import type { OracleEntities, OracleWorld } from "../oracle/description.ts";
import { expectedEntities } from "../oracle/entities.ts";
import type { EntityQuestion } from "../oracle/entities.ts";
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
  const compiled = compileMetrics({
    declaration,
    schema: mirror.schema,
    sizes: sizesFrom(mirror.sizes),
    counted: mirror.status.cuboids ?? [],
  });
  const spec = compiled.cells;
  const expected = await expectedAll(source, world, spec);
  return [
    ...(await compareMirror(mirror, { expected, world, spec, pairs: await allPairs(product, source) })),
    ...(await compareEntities(mirror, { expected: await entitiesOf(source, world, mirror.status.proven?.at), compiled })),
  ];
}

/** Numbers of different entities, of each kind, as the sets that were read back from the store must give them. */
async function entitiesOf(source: SourceClient, world: OracleWorld, provenAt: number | undefined): Promise<ExpectedEntities> {
  const { zone, k } = world;
  // The copy knows of no day after the one of its last proof.
  const knownUntil = Temporal.Instant.fromEpochMilliseconds(Math.floor((provenAt ?? 0) / 1_000))
    .toZonedDateTimeISO(zone)
    .toPlainDate()
    .toString();
  const all: ExpectedEntities[number][] = [];
  for (const told of world.entities ?? [])
    for (const asked of entityQuestions(told))
      all.push({
        asked,
        cells: await expectedEntities(source, { told: told.days.length === 0 ? told : { ...told, knownUntil }, asked, zone, k }),
      });
  if (!all.some(({ cells }) => cells.size > 0)) throw new Error("the oracle has no number of different entities");
  return all;
}

/** By days, weeks and months, and as one number over a quarter, all up to tomorrow; by every set of dimensions. */
function entityQuestions({ name, dimensions, time }: OracleEntities): readonly EntityQuestion[] {
  const day = (date: number): string => new Date(date).toISOString().slice(0, 10);
  const now = Date.now();
  const tomorrow = now + 86_400_000;
  const monday = now - ((new Date(now).getUTCDay() + 6) % 7) * 86_400_000;
  const month = (offset: number): number => Date.UTC(new Date(now).getUTCFullYear(), new Date(now).getUTCMonth() + offset, 1);
  const windows: readonly Omit<EntityQuestion, "name" | "by">[] =
    time === undefined
      ? [{ grain: "all", from: day(now), to: day(tomorrow) }]
      : [
          { grain: "day", from: day(now - 40 * 86_400_000), to: day(tomorrow) },
          { grain: "week", from: day(monday - 12 * 7 * 86_400_000), to: day(monday + 7 * 86_400_000) },
          { grain: "month", from: day(month(-12)), to: day(month(1)) },
          { grain: "all", from: day(now - 90 * 86_400_000), to: day(tomorrow) },
        ];
  return windows.flatMap((window) => subsets(Object.keys(dimensions)).map((by) => ({ name, ...window, by })));
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
