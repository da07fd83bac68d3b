/** A comparison that cannot fail proves nothing: each planted fault must make it red, and no fault must leave it green. */
import { describe, expect, test } from "vitest";
import { faults, kindFaults } from "./faults.ts";
import type { Fault } from "./faults.ts";
import { clearing } from "./operations.ts";
import { openStage, sequenceOf } from "./run.ts";
import type { StageOptions } from "./run.ts";
import { freshDatabase } from "../support/database.ts";

/** Seed 5 has every kind of operation within these. */
const sequencesMax = 25;

async function firstRed(
  fault: Fault | undefined,
  {
    sequences,
    kinds,
    of = "",
  }: {
    readonly sequences: number;
    readonly kinds: StageOptions["kinds"] & {};
    /** Begins the difference that is looked for. */ readonly of?: string;
  },
): Promise<readonly string[] | undefined> {
  await using database = await freshDatabase();
  await using stage = await openStage({
    url: database.url,
    slot: database.slot(),
    zone: "America/Los_Angeles",
    before: [],
    kinds,
    ...(fault === undefined ? {} : { fault }),
  });
  for (let index = 0; index < sequences; index += 1) {
    const { sequence, random } = sequenceOf(5, index);
    const failure = await stage.run([clearing(random), ...sequence.transactions], random);
    const found = failure?.differences.filter((one) => one.startsWith(of)) ?? [];
    if (found.length > 0) return found;
  }
  return undefined;
}

describe.each([
  { what: "what policy made", kinds: ["model"] as const },
  { what: "the mirror", kinds: ["each", "one"] as const },
])("comparison of $what", ({ kinds }) => {
  test("green without a fault", { timeout: 120_000 }, async () => {
    expect(await firstRed(undefined, { sequences: 8, kinds })).toBeUndefined();
  });

  test.each(faults)("red when $name", { timeout: 120_000 }, async (fault) => {
    expect(await firstRed(fault, { sequences: sequencesMax, kinds })).not.toBeUndefined();
  });
});

test.each(kindFaults)("the numbers of $metric are red when $fault.name", { timeout: 120_000 }, async ({ metric, fault }) => {
  expect(await firstRed(fault, { sequences: sequencesMax, kinds: ["each"], of: `${metric} ` })).not.toBeUndefined();
});
