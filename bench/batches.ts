/** Single transactions on an otherwise quiet source: how long a batch takes from its commit until it is visible, whatever the size of the table. */
import { setTimeout as sleep } from "node:timers/promises";
import { withClient } from "./database.ts";
import { correctAndDeleteSql, KeySample } from "./keys.ts";
import type { Running } from "./product.ts";
import type { BenchRow } from "./report.ts";
import { quantile } from "./report.ts";
import { commitToVisible } from "./visible.ts";

const batches = 15;
const changes = 1_000;
/** Longer than any batch, so that each begins on an idle stream. */
const pauseMs = 300;

const { corrected, deleted: removal } = correctAndDeleteSql(1);
const batchSql = `WITH corrected AS (${corrected}) ${removal}`;

export interface BatchBench {
  readonly running: Running;
  readonly adminUrl: string;
  readonly group: string;
  readonly facts: number;
}

/** A thousand changes, half deletes, half updates, keys as keys.ts has them. */
export async function benchBatches({ running, adminUrl, group, facts }: BatchBench): Promise<BenchRow> {
  const samples = await withClient(adminUrl, async (client) => {
    const keys = await KeySample.take(client, { facts, count: batches * changes });
    const taken: number[] = [];
    for (let turn = 0; turn < batches; turn += 1) {
      const [updated, deleted] = [keys.next(changes / 2), keys.next(changes / 2)];
      const values = [updated.ids, updated.times, deleted.ids, deleted.times];
      taken.push(await commitToVisible(client, running, async () => client.query(batchSql, values)));
      await sleep(pauseMs);
    }
    return taken;
  });
  const median = quantile(samples, 0.5);
  return {
    group,
    what: `apply with deletes: one transaction of ${changes} changes, half deletes, commit → visible`,
    figure: `${median.toFixed(0)} ms, most ${quantile(samples, 1).toFixed(0)} ms of ${batches}`,
    flatMs: median,
    start: running.name,
  };
}
