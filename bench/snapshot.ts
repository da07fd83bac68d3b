/** Snapshot: rows a second until loaded and until the first trusted answer, against COPY of the same columns to nowhere. */
import { setTimeout as sleep } from "node:timers/promises";
import type { StatusReport } from "../src/metrics/status-report.ts";
import type { Source } from "../src/source/session.ts";
import type { CopyLimit } from "./limits/copy.ts";
import { copyToNowhere } from "./limits/copy.ts";
import type { Product, Running } from "./product.ts";
import { human } from "./report.ts";
import type { BenchRow } from "./report.ts";

export interface SnapshotFigures {
  readonly rows: number;
  readonly loadedMs: number;
  readonly trustedMs: number;
  readonly bytes: number;
}

/** From the moment at which the reader has its snapshot on. */
async function watchSnapshot(running: Running): Promise<SnapshotFigures> {
  let begun: number | undefined;
  let loadedMs: number | undefined;
  for (;;) {
    const one = (await running.status()).generations.at(-1);
    const now = performance.now();
    if (one !== undefined && one.phase !== "empty") {
      begun ??= now;
      if (isLoaded(one)) loadedMs ??= now - begun;
      if (one.phase === "ready" && one.proven !== undefined) {
        const rows = Object.values(one.rows).reduce((sum, count) => sum + count, 0);
        return { rows, loadedMs: loadedMs ?? now - begun, trustedMs: now - begun, bytes: one.bytes };
      }
    }
    await sleep(10);
  }
}

/** Every row of the snapshot is in the store; cells may still be built. */
function isLoaded(one: StatusReport["generations"][number]): boolean {
  return one.phase === "building" || one.phase === "ready" || (one.loading.length > 0 && one.loading.every((table) => table.done));
}

export interface SnapshotBench {
  readonly product: Product;
  readonly source: Source;
  readonly statements: readonly string[];
  readonly label: string;
}

/** One snapshot by the product, COPY before and after it (the mean is the limit). Leaves the product running. */
export async function benchSnapshot({
  product,
  source,
  statements,
  label,
}: SnapshotBench): Promise<{ readonly rows: readonly BenchRow[]; readonly running: Running; readonly figures: SnapshotFigures }> {
  const before = await copyToNowhere(source, statements);
  const running = await product.start();
  const figures = await watchSnapshot(running);
  const after = await copyToNowhere(source, statements);
  const limit = (rate(before) + rate(after)) / 2;
  const against = `COPY to nowhere ${human(limit)} rows/s`;
  const loaded = (1000 * figures.rows) / figures.loadedMs;
  const trusted = (1000 * figures.rows) / figures.trustedMs;
  const memory = running.peakMemory();
  const both = (memory.reader + memory.server) / 2 ** 30;
  return {
    running,
    figures,
    rows: [
      {
        group: label,
        what: "snapshot until loaded",
        figure: `${human(loaded)} rows/s`,
        against,
        ratio: loaded / limit,
        goal: "≥ 0.70",
        met: loaded / limit >= 0.7,
        note: undefined,
      },
      {
        group: label,
        what: "snapshot until the first trusted answer",
        figure: `${human(trusted)} rows/s`,
        against,
        ratio: trusted / limit,
        goal: "≥ 0.60",
        met: trusted / limit >= 0.6,
        note: undefined,
      },
      {
        group: label,
        what: "peak memory, reader and server",
        figure: `${both.toFixed(2)} GiB`,
        against: undefined,
        ratio: undefined,
        goal: "≤ 1 GiB",
        met: both <= 1,
        note: undefined,
      },
    ],
  };
}

function rate(limit: CopyLimit): number {
  return (1000 * limit.rows) / limit.ms;
}

/** Milliseconds from `vitrine run` to the first answer of a metric, the store being there. Stops it again. */
export async function watchReady(product: Product): Promise<number> {
  const started = performance.now();
  await using running = await product.start();
  for (;;) {
    const status = await running.status();
    if (status.generations.find((one) => one.generation === status.serving)?.phase === "ready") {
      await running.control.ask("query", {
        question: { metric: "failed_connection_rate", grain: "day", by: ["model"], range: "last 30 days" },
      });
      return performance.now() - started;
    }
    await sleep(5);
  }
}
