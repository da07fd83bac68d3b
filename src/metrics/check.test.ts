/** Invariant 4: cells equal their recomputation from rows; the check itself is seen to fail on planted faults. */
import { describe, expect, test } from "vitest";
import { declaration, makeWorld, openSmallMirror, readyStatus, schema } from "../../test/support/small-world.ts";
import { allRight, checkCells } from "./check.ts";
import { compileMetrics } from "./compile.ts";

const compiled = compileMetrics({ declaration, schema });

async function checkAfter(...statements: readonly string[]) {
  await using mirror = await openSmallMirror(makeWorld(3), compiled, readyStatus(0));
  await mirror.view(async (view) => {
    for (const sql of statements) await view.all(sql);
  });
  const checks = await checkCells(mirror, compiled);
  return { right: allRight(checks), wrong: checks.filter((check) => check.wrongCounts + check.wrongUnits > 0), checks };
}

describe("invariant 4: equal at a position", () => {
  test("what was built from the rows is right, and something was compared", async () => {
    const { right, checks } = await checkAfter();
    expect(right).toBe(true);
    expect(checks.length).toBe(compiled.cells.metrics.flatMap(({ cuboids }) => cuboids).length);
    expect(checks.every(({ cells }) => cells > 0)).toBe(true);
  });

  test("a count that is one off is found in its cuboid alone", async () => {
    const { wrong } = await checkAfter('UPDATE "cells_failure_rate__day__model" SET n = n + 1 WHERE rowid = 0');
    expect(wrong).toMatchObject([{ metric: "failure_rate", cuboid: "day__model", wrongCounts: 1, wrongUnits: 0 }]);
  });

  test("a lost cell is found", async () => {
    const { wrong } = await checkAfter('DELETE FROM "cells_activations__month" WHERE rowid = 0');
    expect(wrong).toMatchObject([{ metric: "activations", cuboid: "month", wrongCounts: 1 }]);
  });

  test("a cell too many is found", async () => {
    const { wrong } = await checkAfter(
      'INSERT INTO "delta_activations__month" SELECT bucket - 24, n, any_low, any_high FROM "cells_activations__month"',
    );
    expect(wrong[0]).toMatchObject({ cuboid: "month" });
  });

  test("a bound of units that does not hold is found", async () => {
    const { wrong } = await checkAfter('UPDATE "cells_failure_rate__month" SET none_low = none_low + 100000');
    expect(wrong).toMatchObject([{ cuboid: "month", wrongCounts: 0 }]);
  });

  test("a bound that leaves k open is found", async () => {
    const { wrong } = await checkAfter('UPDATE "cells_activations__month" SET any_low = 0');
    expect(wrong[0]?.wrongUnits).toBeGreaterThan(0);
  });

  test("an attempt that vanished from the rows is found in every cuboid of its metric", async () => {
    const { wrong } = await checkAfter("DELETE FROM rows_attempts WHERE id = 5");
    expect(wrong.map(({ metric }) => metric)).toEqual(Array.from({ length: wrong.length }, () => "failure_rate"));
    expect(wrong.length).toBe(compiled.metrics[1]?.spec.cuboids.length);
  });
});
