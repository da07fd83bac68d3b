import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { openDuckdbSubject, removeFolders } from "../../test/support/duckdb-subject.ts";
import { openMemorySubject } from "../../test/support/memory-mirror.ts";
import { intentions, operationsOf } from "../../test/support/mirror-operations.ts";
import type { TableOp } from "../../test/support/mirror-operations.ts";
import { Feed, smallWorld } from "../../test/support/mirror-suite.ts";
import type { PlainOp } from "../../test/support/safe.ts";

afterAll(removeFolders);

/** Sends operations cut into slices of at most `slice` of one table, with a commit after each `batch`. */
async function send(feed: Feed, operations: readonly TableOp[], cut: { readonly slice: number; readonly batch: number }): Promise<void> {
  let open: { table: string; list: PlainOp[] } | undefined;
  const flush = async (): Promise<void> => {
    if (open !== undefined) await feed.changes(open.table, open.list);
    open = undefined;
  };
  for (const [i, { table, op }] of operations.entries()) {
    if (open === undefined || open.table !== table || open.list.length >= cut.slice) {
      await flush();
      open = { table, list: [] };
    }
    open.list.push(op);
    if ((i + 1) % cut.batch !== 0) continue;
    await flush();
    await feed.commit();
  }
  await flush();
  await feed.commit();
}

const cuts = fc.record({ slice: fc.integer({ min: 1, max: 20 }), batch: fc.integer({ min: 1, max: 60 }) });

test(
  "invariant 4: any changes in any batches give the rows and cells of a recomputation",
  { timeout: 30_000 + Number(process.env["MIRROR_RUNS"] ?? 6) * 5_000 },
  async () => {
    const runs = Number(process.env["MIRROR_RUNS"] ?? 6);
    await fc.assert(
      fc.asyncProperty(intentions, cuts, cuts, fc.boolean(), async (list, cut, other, restart) => {
        const operations = operationsOf(list);
        const first = await openDuckdbSubject();
        const second = await openDuckdbSubject({ pendingBytesMax: 1 });
        const reference = await openMemorySubject();
        try {
          const feed = new Feed([first.mirror, reference.mirror]);
          await feed.snapshot(smallWorld);
          await send(feed, operations, cut);
          const truth = await reference.observe();
          expect(await first.observe()).toEqual(truth);
          expect(await first.mirror.checkCells()).toEqual([]);
          expect(first.mirror.status.untrusted).toEqual([]);

          const again = new Feed([second.mirror]);
          await again.snapshot(smallWorld);
          const half = Math.floor(operations.length / 2);
          await send(again, operations.slice(0, half), other);
          const reopened = restart ? await second.reopen() : second;
          if (restart) {
            await reopened.mirror.startFor({
              tag: "hello",
              schema: reopened.mirror.schema!,
              systemIdentifier: "1",
              timeline: 1,
              slot: "s",
            });
            again.reconnect(0, reopened.mirror);
          }
          await send(again, operations.slice(half), other);
          // Until the units of all cells are known again some are withheld.
          expect(await reopened.mismatches()).toBe(0);
          while (reopened.mirror.status.counting !== undefined) await nextTurn();
          expect(await reopened.observe()).toEqual(truth);
          expect(await reopened.mismatches()).toBe(0);
          await reopened.mirror[Symbol.asyncDispose]();
        } finally {
          await first.mirror[Symbol.asyncDispose]();
          await second.mirror[Symbol.asyncDispose]();
        }
      }),
      { numRuns: runs },
    );
  },
);
