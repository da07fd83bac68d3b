/** Totals of different entities, which viewers have from memory. */
import { expect, test } from "vitest";
import { makeWorld, openSmallMirror, readyStatus, declaration, schema } from "../../../test/support/small-world.ts";
import { must } from "../../lib/assert.ts";
import type { Mirror } from "../../mirror/mirror.ts";
import type { EntityReading, MemoryReading } from "../../mirror/reading.ts";
import type { MetricDeclaration } from "../../policy/declaration.ts";
import type { Answer, Question } from "../answer.ts";
import { compileMetrics } from "../compile.ts";
import { answer } from "../respond.ts";

/** A Tuesday morning. */
const nowMs = Date.parse("2026-11-17T18:00:00Z");
const active: MetricDeclaration = {
  ...must(declaration.metrics[0], "metric"),
  name: "active",
  at: undefined,
  by: ["model"],
  grain: ["day", "week", "month"],
  kind: "distinct",
  detail: { tag: "distinct", table: "attempts", time: "at", of: "device_id", filter: [], set: { name: "s", version: "1" } },
};
const compiled = compileMetrics({ declaration: { ...declaration, metrics: [active, ...declaration.metrics] }, schema });
const dayOf = (date: string): number => Date.parse(date) / 86_400_000;
const bits = (refs: readonly number[]): Uint32Array => Uint32Array.of(refs.reduce((word, ref) => (word | (1 << ref)) >>> 0, 0));

/** The small mirror, with other devices active on Monday and on Tuesday. */
async function openActive(monday: readonly number[], tuesday: readonly number[]): Promise<Mirror> {
  const mirror = await openSmallMirror(makeWorld(7), compiled, readyStatus(nowMs));
  const days = [
    { day: dayOf("2026-11-16"), refs: monday },
    { day: dayOf("2026-11-17"), refs: tuesday },
  ];
  const entity: EntityReading = {
    count: 31,
    present: new Uint8Array(31).fill(1),
    dimension: () => ({ places: new Uint16Array(31), codes: [3] }),
    follow: () => (ref) => ref,
    minutes: () => new Int32Array(31),
  };
  const reading: MemoryReading = {
    status: mirror.status,
    entity: () => entity,
    daySet: () => ({
      span: { from: dayOf("2026-11-16"), to: dayOf("2026-11-17") },
      union: (from, to) => bits(days.flatMap(({ day, refs }) => (day >= from && day < to ? refs : []))),
    }),
    memberSet: () => ({ has: () => false, words: () => new Uint32Array(1) }),
  };
  return Object.assign(mirror, { read: async <T>(work: (one: MemoryReading) => T) => work(reading) });
}

async function ask(mirror: Mirror, rest: Partial<Question>): Promise<Answer> {
  const week = { metric: "active", grain: "week", from: "2026-11-16", to: "2026-11-23", by: [], where: {}, ...rest } as const;
  return answer(mirror, compiled, week, nowMs * 1000, { audience: "viewer" });
}

const twenty = Array.from({ length: 20 }, (_, i) => i);

test("a running week is withheld where Monday less would leave the one device of Tuesday, and told where it would leave k", async () => {
  await using few = await openActive(twenty, [3, 25]);
  const withheld = await ask(few, {});
  expect([withheld.cells, withheld.cellsWithheld]).toEqual([[], 1]);
  const day = await ask(few, { grain: "day", to: "2026-11-17" });
  expect(day.cells.map(({ count }) => count)).toEqual([20]);
  await using enough = await openActive(twenty, [3, 25, 26, 27]);
  expect((await ask(enough, {})).cells.map(({ count }) => count)).toEqual([23]);
});

test("a comparison that is left out is named", async () => {
  await using mirror = await openActive(twenty, twenty);
  const reasons = async (rest: Partial<Question>): Promise<readonly string[]> =>
    (await ask(mirror, rest)).notes.map(({ reason }) => reason);
  expect(await reasons({ compare: "previous" })).toContain("not-compared");
  expect(await reasons({})).not.toContain("not-compared");
});
