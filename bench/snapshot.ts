/** Snapshot: rows a second until loaded and until the first trusted answer, against COPY of the same columns to nowhere. */
import { setTimeout as sleep } from "node:timers/promises";
import type { StatusReport } from "../src/metrics/status-report.ts";
import type { Source } from "../src/source/session.ts";
import type { PublishedTable } from "./database.ts";
import { factsTable } from "./database.ts";
import { copyToNowhere } from "./limits/copy.ts";
import type { Product, Running } from "./product.ts";
import { human } from "./report.ts";
import type { BenchRow } from "./report.ts";
import { SourceWatch, sourceRows } from "./source-watch.ts";

type Generation = StatusReport["generations"][number];

/** Rows a second. */
export interface SnapshotRates {
  /** Of the events table alone: the time between its first and its last row. */
  readonly facts: number;
  readonly loaded: number;
  readonly trusted: number;
}

export interface SnapshotBench {
  readonly product: Product;
  readonly source: Source;
  readonly tables: readonly PublishedTable[];
  readonly group: string;
  readonly adminUrl: string;
  readonly postmaster: number;
}

/** One snapshot by the product, COPY before and after it (the mean is the limit). Leaves the product running. */
export async function benchSnapshot(options: SnapshotBench): Promise<{
  readonly rows: readonly BenchRow[];
  readonly running: Running;
  readonly rates: SnapshotRates;
}> {
  const { product, source, tables, group } = options;
  const before = await copyRates(source, tables);
  const watch = await SourceWatch.start(options);
  const running = await product.start("snapshot");
  const rates = await watchSnapshot(running);
  const load = await watch.stop();
  const after = await copyRates(source, tables);
  const limit = { all: (before.all + after.all) / 2, facts: (before.facts + after.facts) / 2 };
  const row = (what: string, rate: number, against: number, goal: number): BenchRow => ({
    group,
    what: `snapshot, ${what}`,
    figure: `${human(rate)} rows/s`,
    against: `COPY to nowhere ${human(against)} rows/s`,
    ratio: rate / against,
    goal: `≥ ${goal.toFixed(2)}`,
    met: rate / against >= goal,
    start: running.name,
  });
  return {
    running,
    rates,
    rows: [
      row("events table until loaded", rates.facts, limit.facts, 0.7),
      row("all tables until loaded", rates.loaded, limit.all, 0.7),
      row("all tables until the first trusted answer", rates.trusted, limit.all, 0.6),
      ...sourceRows(group, "snapshot", load),
    ],
  };
}

async function copyRates(source: Source, tables: readonly PublishedTable[]): Promise<{ readonly all: number; readonly facts: number }> {
  const facts = await copyToNowhere(
    source,
    tables.filter(({ name }) => name === factsTable).map(({ statement }) => statement),
  );
  const others = await copyToNowhere(
    source,
    tables.filter(({ name }) => name !== factsTable).map(({ statement }) => statement),
  );
  return { all: (1000 * (facts.rows + others.rows)) / (facts.ms + others.ms), facts: (1000 * facts.rows) / facts.ms };
}

/** Counts from the moment at which the reader has its snapshot on. */
async function watchSnapshot(running: Running): Promise<SnapshotRates> {
  let begunAt: number | undefined;
  let loadedMs: number | undefined;
  const facts: { rows: number; ms: number }[] = [];
  for (;;) {
    const one = (await running.status()).generations.at(-1);
    const now = performance.now();
    if (one !== undefined && one.phase !== "empty") {
      begunAt ??= now;
      const table = one.loading.find(({ table: name }) => factsTable.endsWith(name));
      if (table !== undefined && table.rows > 0 && facts.at(-1)?.rows !== table.rows) facts.push({ rows: table.rows, ms: now });
      if (isLoaded(one)) loadedMs ??= now - begunAt;
      if (one.phase === "ready" && one.proven !== undefined) {
        const rows = Object.values(one.rows).reduce((sum, count) => sum + count, 0);
        const trustedMs = now - begunAt;
        return { facts: rateBetween(facts), loaded: (1000 * rows) / (loadedMs ?? trustedMs), trusted: (1000 * rows) / trustedMs };
      }
    }
    await sleep(10);
  }
}

function rateBetween(seen: readonly { readonly rows: number; readonly ms: number }[]): number {
  const [first, last] = [seen[0], seen.at(-1)];
  return first === undefined || last === undefined ? Number.NaN : (1000 * (last.rows - first.rows)) / (last.ms - first.ms);
}

/** Every row of the snapshot is in the store; cells may still be built. */
function isLoaded(one: Generation): boolean {
  return one.phase === "building" || one.phase === "ready" || (one.loading.length > 0 && one.loading.every((table) => table.done));
}
