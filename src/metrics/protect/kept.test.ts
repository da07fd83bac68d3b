/** Periods that the source has purged, asked by a viewer: the live cells of these count what is left. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Generation } from "../../../test/support/small-generation.ts";
import { openGeneration } from "../../../test/support/small-generation.ts";
import { since } from "../../../test/support/small-purge.ts";
import { settled } from "../../../test/support/settled.ts";
import { declaration, makeWorld, schema } from "../../../test/support/small-world.ts";
import { carryHistory } from "../../mirror/history.ts";
import type { Answer, Question } from "../answer.ts";
import { compileMetrics } from "../compile.ts";
import { answer } from "../respond.ts";

const nowMs = Date.parse("2026-12-22T22:00:00Z");
const metrics = declaration.metrics.map((metric) => (metric.name === "failure_rate" ? { ...metric, history: "keep" as const } : metric));
const compiled = compileMetrics({ declaration: { ...declaration, metrics }, schema });

async function ask({ mirror }: Generation, rest: Partial<Question> = {}): Promise<Answer> {
  const asked = { metric: "failure_rate", grain: "month", from: "2026-09-01", to: "2026-12-01", by: [], where: {}, ...rest } as const;
  return settled(async () => answer(mirror, compiled, asked, nowMs * 1000, { audience: "viewer" }));
}

/** In numbers or steps. */
const periodsOf = ({ cells, bounds = [] }: Answer): ReadonlySet<unknown> => new Set([...cells, ...bounds].map(({ period }) => period));
const saysSo = ({ notes }: Answer): boolean => notes.some(({ reason }) => reason === "kept-history-withheld");

test("viewers are not told what is left of purged periods, and read that these are missing", async () => {
  const folder = mkdtempSync(join(tmpdir(), "vitrine-history-"));
  try {
    const world = makeWorld(7);
    await using first = await openGeneration({ folder, number: 1, compiled, world, nowMs });
    await using second = await openGeneration({ folder, number: 2, compiled, world: since(world, "2026-10-20T07:00:00Z"), nowMs });
    await carryHistory({ from: first.mirror, to: second.mirror, isTextAllowed: () => true });
    const before = await ask(first);
    expect(before.state).toBe("ready");
    expect(periodsOf(before)).toEqual(new Set(["2026-09", "2026-10", "2026-11"]));
    expect(saysSo(before)).toBe(false);
    const after = await ask(second);
    // 921 attempts of October are left, with enough units on both sides.
    expect(periodsOf(after)).toEqual(new Set(["2026-11"]));
    expect(saysSo(after)).toBe(true);
    expect(after.notes.map(({ message }) => message).join()).toContain("2026-11-01");
    const all = await ask(second, { grain: "all" });
    expect([all.cells, saysSo(all)]).toEqual([[], true]);
    expect(saysSo(await ask(second, { from: "2026-11-01" }))).toBe(false);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
