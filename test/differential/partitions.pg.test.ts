/**
 * What the stream never shows: a partition dropped, detached, attached, emptied, or changed while it was detached. After each of these
 * rows that are streamed no longer equal the source (shown here), the epoch's next reading says so for the right table, and a mirror that
 * is built anew is equal again.
 */
import { expect, test } from "vitest";
import { compareEpochs, openEpochReader } from "../../src/source/epoch.ts";
import type { Epoch } from "../../src/source/epoch.ts";
import { openSource } from "../../src/source/session.ts";
import { parseSourceUrl } from "../../src/source/url.ts";
import { freshDatabase } from "../support/database.ts";
import { openStage, sequenceOf } from "./run.ts";
import type { Stage } from "./run.ts";
import type { Transaction } from "./operations.ts";
import { seeded } from "./random.ts";

const leaf = "attempts_2026_03";
const bound = "FOR VALUES FROM ('2026-03-01Z') TO ('2026-04-01Z')";
const detach = `ALTER TABLE attempts DETACH PARTITION ${leaf}`;
const attach = `ALTER TABLE attempts ATTACH PARTITION ${leaf} ${bound}`;
const insert = `INSERT INTO ${leaf} (id, at, device_id, ok) VALUES (70, '2026-03-09Z', 1, true)`;

const behindTheStream: readonly (readonly [string, string])[] = [
  ["dropped", `DROP TABLE ${leaf}`],
  ["detached", detach],
  ["truncated", `TRUNCATE ${leaf}`],
  ["detached, changed and attached again", `${detach}; ${insert}; ${attach}`],
  [
    "attached with rows in it",
    `CREATE TABLE late (LIKE attempts); INSERT INTO late (id, at, device_id, ok) VALUES (71, '2027-05-09Z', 1, true); ALTER TABLE attempts ATTACH PARTITION late FOR VALUES FROM ('2027-05-01Z') TO ('2027-06-01Z')`,
  ],
  ["set unlogged and changed", `ALTER TABLE ${leaf} SET UNLOGGED; ${insert}`],
];

async function readEpoch(stage: Stage, url: string): Promise<Epoch> {
  const source = openSource({ address: parseSourceUrl(url), applicationName: "differential test" });
  await using sql = await source.openSql();
  const reader = await openEpochReader(sql, {
    tables: stage.recorder.compiled.sourceTables,
    publications: ["vitrine", "vitrine_append"],
    systemIdentifier: undefined,
  });
  return await reader.read();
}

function transactionOf(sql: string): Transaction {
  return { steps: [{ sql, end: "release" }], end: "commit" };
}

const nothing: readonly Transaction[] = [transactionOf("SELECT 1")];
const census = sequenceOf(21, 0).sequence.transactions.at(-1);
const filled: readonly Transaction[] = [
  ...sequenceOf(21, 0).sequence.transactions.slice(0, 1),
  transactionOf(insert.replace("70", "72")),
  ...(census === undefined ? [] : [census]),
];

test.each(behindTheStream)("a partition %s: not streamed, seen by the epoch, equal after a rebuild", async (_what, sql) => {
  await using database = await freshDatabase();
  const options = { url: database.url, zone: "UTC", kinds: ["model"] as const };
  {
    await using stage = await openStage({ ...options, slot: database.slot("first"), before: filled });
    expect(await stage.run(nothing, seeded(1))).toBeUndefined();
    const before = await readEpoch(stage, database.url);
    await stage.source.run(sql);
    expect(await stage.run(nothing, seeded(1)), "the stream showed it").not.toBeUndefined();
    // The reader here is the tables' owner, whose privileges come and go with them: not what is asked.
    const differences = compareEpochs(before, await readEpoch(stage, database.url)).filter((one) => one.concerns === "data");
    expect(differences.map((one) => one.table)).toContain("attempts");
    expect(differences.filter((one) => one.table !== "attempts")).toEqual([]);
  }
  if (sql.includes("UNLOGGED")) return; // An unlogged leaf is refused, not rebuilt.
  await using rebuilt = await openStage({ ...options, slot: database.slot("second"), before: [], worldExists: true });
  expect(await rebuilt.run(nothing, seeded(1))).toBeUndefined();
});

test("a quiet table has the same epoch", async () => {
  await using database = await freshDatabase();
  await using stage = await openStage({ url: database.url, zone: "UTC", kinds: ["model"], slot: database.slot(), before: filled });
  const before = await readEpoch(stage, database.url);
  // A TRUNCATE that is streamed changes the file all the same, and is looked at again.
  const ordinary = sequenceOf(22, 0).sequence.transactions.filter(({ steps }) => steps.every(({ sql }) => !sql.includes("TRUNCATE")));
  expect(await stage.run(ordinary, seeded(1))).toBeUndefined();
  expect(compareEpochs(before, await readEpoch(stage, database.url))).toEqual([]);
});
