/** Cells from memory are those that SQL reads, and only months that changed are read again. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openGeneration } from "../../../test/support/small-generation.ts";
import { emptyStatus } from "../../../test/support/memory-mirror.ts";
import { declaration, makeWorld, schema } from "../../../test/support/small-world.ts";
import { must } from "../../lib/assert.ts";
import type { CellsReading, CuboidReading } from "../../mirror/reading.ts";
import { compileMetrics } from "../compile.ts";
import { groupOf } from "./group.ts";
import { readHeldCells, versionsOf } from "./held-cells.ts";
import type { ReadCells } from "./published.ts";
import { readChanged } from "./published.ts";

const nowMs = Date.parse("2026-11-22T22:00:00Z");
const compiled = compileMetrics({ declaration, schema });

/** Without what only tells changes apart. */
function plain({ months }: ReadCells): unknown {
  const sorted = (rows: readonly unknown[]): readonly string[] => rows.map((row) => JSON.stringify(row)).toSorted();
  return months.map(({ month, rows }) => ({ month, rows: rows?.map(sorted) }));
}

test("every group's cells are equal, and of a change the months that it touched are read", async () => {
  const folder = mkdtempSync(join(tmpdir(), "vitrine-held-"));
  try {
    const world = makeWorld(7);
    const late = world.attempts
      .filter((_, i) => i % 50 === 0)
      .map((one) => ({ ...one, minute: must(world.attempts[0], "attempt").minute }));
    await using generation = await openGeneration({ folder, number: 1, compiled, world, nowMs });
    const groups = new Set(
      compiled.metrics.flatMap((metric) => (metric.memory === undefined ? [must(groupOf(compiled, metric), "group")] : [])),
    );
    const held = (group: typeof groups extends Set<infer G> ? G : never, isWanted: (month: number, cells: string) => boolean): ReadCells =>
      must(readHeldCells({ reading: must(generation.mirror.cellsNow(), "reading"), group, isWanted }), "held cells");
    const before = new Map([...groups].map((group) => [group, held(group, () => true)]));
    for (const [group, cells] of before)
      expect(plain(cells)).toEqual(plain(await generation.mirror.view((view) => readChanged({ view, group, isWanted: () => true }))));
    await generation.insert(late, nowMs + 1_000);
    let touched = 0;
    for (const [group, { months, versions }] of before) {
      const known = new Map(months.map(({ month, cells }) => [month, cells]));
      const after = held(group, (month, cells) => known.get(month) !== cells);
      const read = after.months.filter(({ rows }) => rows !== undefined);
      const isOfAttempts = group.leader.spec.table === "attempts";
      // A week may lie in two months.
      expect(read.length > 0).toBe(isOfAttempts);
      expect(read.length).toBeLessThan(isOfAttempts ? Math.min(3, months.length) : 1);
      expect(versionsOf(generation.mirror.cellsNow(), group) === versions).toBe(!isOfAttempts);
      touched += read.length;
      const all = held(group, () => true);
      expect(plain(all)).toEqual(plain(await generation.mirror.view((view) => readChanged({ view, group, isWanted: () => true }))));
    }
    expect(touched).toBeGreaterThan(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a day whose last row goes changes its month, also where nothing but days is held", () => {
  const metric = must(
    compiled.metrics.find(({ memory, spec }) => memory === undefined && spec.hit === undefined && spec.sum === undefined),
    "count",
  );
  const cuboid = must(
    metric.spec.cuboids.find(({ grain, dimensions }) => grain === "day" && dimensions.length === 0),
    "days",
  );
  const days = new Map<number, { rows: number; changed: number }>();
  let commits = 0;
  const commit = (day: number, sign: 1 | -1): void => {
    commits += 1;
    days.set(day, { rows: (days.get(day)?.rows ?? 0) + sign, changed: commits });
  };
  const whole = must(groupOf(compiled, metric), "group");
  const group = {
    ...whole,
    members: [metric],
    splits: whole.splits.filter(({ id, metric: own }) => own === metric.name && id === cuboid.id),
  };
  expect(group.splits.length).toBe(1);
  const held = (): ReadCells => {
    const list = [...days];
    const inDays: CuboidReading = {
      count: list.length,
      bucketOf: (cell) => list[cell]![0],
      dimOf: () => 0,
      changed: commits,
      changedAt: (day) => must(days.get(day), "day").changed,
      measure: (cell, measure) => (measure === "n" ? list[cell]![1].rows : 0),
    };
    const reading: CellsReading = { status: emptyStatus, cuboid: () => inDays, words: () => new Map() };
    return must(readHeldCells({ reading, group, isWanted: () => true }), "held cells");
  };
  commit(20_000, 1);
  commit(20_001, 1);
  const [before] = held().months;
  commit(20_000, -1);
  const [after, ...others] = held().months;
  expect([after?.month, after?.rows?.[0]?.length, others]).toEqual([before?.month, 1, []]);
  expect(after?.cells).not.toBe(before?.cells);
  commit(20_001, -1);
  expect(held().months).toEqual([]);
});
