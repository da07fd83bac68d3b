/**
 * Source and policy alone against the oracle: the same random sequences, applied to a plain mirror in memory. Fast, and says whose
 * fault a difference is. The full comparison, with the store and its cells, is in differential.pg.test.ts.
 */
import { expect, test } from "vitest";
import { freshDatabase } from "../support/database.ts";
import { clearing } from "./operations.ts";
import { describeFailure, openStage, sequenceOf } from "./run.ts";

const seed = Number(process.env["DIFF_SEED"] ?? Math.floor(Math.random() * 1_000_000));
const runs = 100;

test.each(["America/Los_Angeles", "Asia/Kolkata"])(
  `what policy makes of the stream equals policy(source), seed ${seed} (%s)`,
  { timeout: 120_000 },
  async (zone) => {
    await using database = await freshDatabase();
    // The first sequence, but for its census, is what the snapshot finds.
    const { sequence: before } = sequenceOf(seed, 0);
    await using stage = await openStage({
      url: database.url,
      slot: database.slot(),
      zone,
      before: before.transactions.slice(0, -1),
      kinds: ["model"],
    });
    for (let index = 0; index < runs; index += 1) {
      const { sequence, random } = sequenceOf(seed, index);
      const transactions = [clearing(random), ...sequence.transactions];
      const failure = await stage.run(transactions, random);
      if (failure !== undefined) throw new Error(describeFailure(failure, { seed, index, transactions }));
    }
    expect([...stage.recorder.notices], "nothing was changed that the stream should speak of").toEqual([]);
  },
);
