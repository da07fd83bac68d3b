/**
 * Runs sequences of operations through the real stages and compares with the oracle after each. A failed sequence is run again on a
 * fresh world, prefix by prefix, for the shortest that fails.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CellsSpec } from "../../src/mirror/cuboid.ts";
import type { Mirror } from "../../src/mirror/mirror.ts";
import { compileMetrics } from "../../src/metrics/compile.ts";
import type { CompiledMetrics } from "../../src/metrics/compile.ts";
import { compareRows } from "../oracle/compare.ts";
import type { OracleWorld } from "../oracle/description.ts";
import { openSource } from "../oracle/source.ts";
import type { SourceClient } from "../oracle/source.ts";
import { TokenPairs } from "../oracle/tokens.ts";
import { dropSlots } from "../support/slots.ts";
import { batchesOf, cuts, overPipe } from "./batches.ts";
import type { Cut, Recorded } from "./batches.ts";
import { askOracle, compareEntities } from "./compare-entities.ts";
import { compareMirror, expectedAll } from "./compare-mirror.ts";
import { executeTransaction } from "./execute.ts";
import { tampered } from "./faults.ts";
import type { Fault } from "./faults.ts";
import { ModelMirror } from "./model-mirror.ts";
import { openTestMirror } from "./open-mirror.ts";
import { randomSequence } from "./operations.ts";
import type { Sequence, Transaction } from "./operations.ts";
import { markSql, openRecorder } from "./pipeline.ts";
import type { Recorder } from "./pipeline.ts";
import { seeded } from "./random.ts";
import type { Random } from "./random.ts";
import { oracleWorld, worldDeclaration, worldSql } from "./world.ts";

export interface Failure {
  /** How the batches were cut; `model`: already what policy made of the stream is wrong, before any store. */
  readonly cut: Cut | "model";
  readonly differences: readonly string[];
}

export interface Stage extends AsyncDisposable {
  /** Runs transactions on the source, feeds every mirror its own batches, and compares. Undefined: all are equal. */
  run(transactions: readonly Transaction[], random: Random): Promise<Failure | undefined>;
  readonly recorder: Recorder;
  readonly source: SourceClient;
  readonly mirrors: ReadonlyMap<Cut, Mirror>;
  readonly world: OracleWorld;
  readonly spec: CellsSpec;
}

export interface StageOptions {
  /** An empty database, as superuser. */
  readonly url: string;
  readonly slot: string;
  readonly zone: string;
  /** The tables are there already. */
  readonly worldExists?: boolean;
  /** Rows that are there before the snapshot. */
  readonly before: readonly Transaction[];
  readonly fault?: Fault;
  /** Which of each metric's cuboids are kept; all by default. */
  readonly cuboids?: (index: number) => boolean;
  /** Which are fed and compared; `model` is the plain mirror in memory, which holds source and policy to the oracle without a store. */
  readonly kinds?: readonly Failure["cut"][];
}

/** A world, its recorder and one mirror for each cut, all at the snapshot's position. */
export async function openStage(options: StageOptions): Promise<Stage> {
  const world = oracleWorld(options.zone);
  const source = await openSource(options.url);
  if (options.worldExists !== true) await source.run(worldSql);
  for (const transaction of options.before) await executeTransaction(source, transaction);
  const recorder = await openRecorder({ url: options.url, declarationText: worldDeclaration(options.zone), slot: options.slot });
  const { spec, compiled } = cellsOf(recorder, { k: world.k, cuboids: options.cuboids });
  const folder = await mkdtemp(join(tmpdir(), "vitrine-differential-"));
  // A token means the same for as long as the mirror lives, so the pairs are kept from sequence to sequence.
  const modelPairs = new TokenPairs();
  const pairs = new Map(cuts.map((cut) => [cut, new TokenPairs()]));
  const model = new ModelMirror(recorder.compiled.schema);
  for (const message of recorder.beginning) model.receive(overPipe(message));
  const kinds = options.kinds ?? ["model", ...cuts];
  const mirrors = new Map<Cut, Mirror>();
  for (const cut of cuts.filter((one) => kinds.includes(one)))
    mirrors.set(cut, await openAtSnapshot(join(folder, cut), { recorder, spec }));
  let marks = 0;
  const record = async (transactions: readonly Transaction[], random: Random): Promise<readonly Recorded[]> => {
    // Waiting after each transaction keeps them apart; not waiting lets the stream put them together as it likes.
    const waits = !random.oneIn(4);
    const recorded: Recorded[] = [];
    for (const transaction of transactions) {
      await executeTransaction(source, transaction);
      if (waits) recorded.push(...(await mark()));
    }
    return [...recorded, ...(await mark())];
  };
  const mark = async (): Promise<readonly Recorded[]> => {
    marks += 1;
    const nonce = `${options.slot}-${marks}`;
    await source.run(markSql(nonce));
    return recorder.until(nonce);
  };
  const run = async (transactions: readonly Transaction[], random: Random): Promise<Failure | undefined> => {
    const recorded = await record(transactions, random);
    // Without a store there are no cells to compare.
    const expected = await expectedAll(source, world, mirrors.size === 0 ? { ...spec, metrics: [] } : spec);
    const entities = mirrors.size === 0 ? [] : await askOracle(source, world, random);
    const wrong = await differencesOf(async () => {
      for (const message of tampered(batchesOf(recorded, random.pick(cuts), random), options.fault, recorder.compiled.schema))
        model.receive(overPipe(message));
      return world.tables.flatMap((table) =>
        compareRows(table, { expected: expected.rows.get(table.name) ?? [], actual: model.rows(table.name), pairs: modelPairs }),
      );
    });
    if (wrong.length > 0 && kinds.includes("model")) return { cut: "model", differences: wrong };
    for (const [cut, mirror] of mirrors) {
      const failure = await differencesOf(async () => {
        for (const message of tampered(batchesOf(recorded, cut, random), options.fault, recorder.compiled.schema))
          await mirror.receive(overPipe(message));
        return [
          ...(await compareMirror(mirror, { expected, world, spec, pairs: pairs.get(cut) ?? new TokenPairs() })),
          ...(await compareEntities(mirror, { expected: entities, compiled })),
        ];
      });
      if (failure.length > 0) return { cut, differences: failure };
    }
    return undefined;
  };
  const dispose = async (): Promise<void> => {
    for (const mirror of mirrors.values()) await mirror[Symbol.asyncDispose]();
    await recorder[Symbol.asyncDispose]();
    await dropSlots(source, options.slot);
    await source[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  };
  return { run, recorder, source, mirrors, world, spec, [Symbol.asyncDispose]: dispose };
}

/** The product's own compilation of the metrics, but for k and for cuboids that are left out. */
function cellsOf(
  { compiled }: Recorder,
  { k, cuboids }: { readonly k: number; readonly cuboids: StageOptions["cuboids"] },
): { readonly spec: CellsSpec; readonly compiled: CompiledMetrics } {
  const all = compileMetrics({ declaration: compiled.declaration, schema: compiled.schema });
  const { cells } = all;
  const metrics = cells.metrics.map((metric) => ({
    ...metric,
    cuboids: metric.cuboids.filter((_cuboid, index) => cuboids?.(index) ?? true),
  }));
  return { spec: { ...cells, k, metrics }, compiled: { ...all, k } };
}

/** A new mirror that has been told everything up to the end of the snapshot. */
async function openAtSnapshot(
  folder: string,
  { recorder, spec }: { readonly recorder: Recorder; readonly spec: CellsSpec },
): Promise<Mirror> {
  const mirror = await openTestMirror({ folder, spec });
  const [hello, ...snapshot] = recorder.beginning;
  if (hello?.tag !== "hello") throw new Error("a recording begins with hello");
  await mirror.startFor(hello);
  for (const message of snapshot) await mirror.receive(overPipe(message));
  return mirror;
}

/** A stage that throws has failed like one that differs. */
async function differencesOf(work: () => Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    return await work();
  } catch (error) {
    return [`it threw: ${error instanceof Error ? error.stack : String(error)}`];
  }
}

/** Sequence `index` of a run: the same for the same seed, whatever ran before. */
export function sequenceOf(seed: number, index: number): { readonly sequence: Sequence; readonly random: Random } {
  const random = seeded(seed * 100_003 + index);
  // A third of the sequences meet the identifiers of the one before.
  const base = 1 + 100 * (random.oneIn(3) && index > 0 ? index - 1 : index);
  return { sequence: randomSequence(random, base), random };
}

export function describeFailure(
  failure: Failure,
  { seed, index, transactions }: { readonly seed: number; readonly index: number; readonly transactions: readonly Transaction[] },
): string {
  const script = transactions.flatMap((transaction) => [
    "BEGIN;",
    ...transaction.steps.map((step) => `  ${step.sql};${step.end === "rollback" ? " -- taken back" : ""}`),
    transaction.end === "commit" ? "COMMIT;" : "ROLLBACK;",
  ]);
  return [
    `sequence ${index} of seed ${seed}, ${failure.cut} batch(es):`,
    ...failure.differences,
    `after (${transactions.length} transactions):`,
    ...script,
  ].join("\n");
}
