/** Cells from memory and cells from SQL are two implementations of one rule; here they are asked the same. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openGeneration } from "../../test/support/small-generation.ts";
import { declaration, makeWorld, schema } from "../../test/support/small-world.ts";
import { must } from "../lib/assert.ts";
import { sequenceOf } from "../lib/sequence.ts";
import { VitrineError } from "../model/error.ts";
import type { Answer } from "./answer.ts";
import { compileMetrics } from "./compile.ts";
import { ask } from "./respond.ts";

const nowMs = Date.parse("2026-11-22T22:00:00Z");
const questions = 400;
const [, rate] = declaration.metrics;
const retries = {
  ...must(rate, "failure rate"),
  name: "retries_made",
  kind: "sum",
  where: [],
  detail: { tag: "sum", column: "retries" },
  by: ["model", "country"],
  grain: ["day", "week", "month"],
  cuboids: [["model"], ["model", "country"]],
} as const;
// Where k is near to what a day has, some verdicts are sure, some are not, and some are of no unit at all.
const compiled = compileMetrics({ declaration: { ...declaration, k: 6, metrics: [...declaration.metrics, retries] }, schema });

const wheres: Readonly<Record<string, readonly string[]>> = { model: ["bulb", "cam-1", "cam-2", "plug"], country: ["US", "GB", "EG"] };

function randomQuestion(random: () => number): Record<string, unknown> {
  const one = <T>(list: readonly T[]): T => must(list[Math.floor(random() * list.length)], "item");
  const some = <T>(list: readonly T[]): readonly T[] => list.filter(() => random() < 0.4);
  const grain = one(["day", "week", "month", "all"]);
  const metric = one(compiled.metrics).name;
  const day = (at: number): string => Temporal.PlainDate.from("2026-09-28").add({ days: at }).toString();
  const ranges = {
    day: [day(Math.floor(random() * 20)), day(20 + Math.floor(random() * 30))],
    week: ["2026-09-28", one(["2026-10-19", "2026-11-02"])],
    month: ["2026-10-01", "2026-11-01"],
    all: [day(Math.floor(random() * 20)), day(20 + Math.floor(random() * 30))],
  };
  const [from, to] = ranges[grain as keyof typeof ranges];
  const where = Object.fromEntries(
    Object.entries(wheres)
      .filter(() => random() < 0.3)
      .map(([name, values]) => [name, some(values).length > 0 ? some(values) : [values[0]]]),
  );
  return { metric, grain, from, to, by: some(["model", "country"]), where, ...(random() < 0.2 ? { compare: "previous" } : {}) };
}

test("of each question memory and SQL say the same, verdicts on units included", { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "vitrine-both-"));
  try {
    await using generation = await openGeneration({ folder, number: 1, compiled, world: makeWorld(7), nowMs });
    const { mirror } = generation;
    const inSql = Object.create(mirror, {
      cellsNow: { value: () => undefined },
      view: { value: mirror.view.bind(mirror) },
      status: { get: () => mirror.status },
      schema: { get: () => mirror.schema },
    }) as typeof mirror;
    const random = sequenceOf(3);
    const verdicts = new Map<string, number>();
    let fromMemory = 0;
    const told = async (from: typeof mirror, question: Record<string, unknown>): Promise<Pick<Answer, "cells" | "from"> | string> => {
      try {
        const { cells, from: cuboid } = await ask(from, compiled, question, nowMs * 1000, { facts: false });
        return { cells, from: cuboid };
      } catch (error) {
        if (error instanceof VitrineError) return error.code;
        throw error;
      }
    };
    for (let i = 0; i < questions; i += 1) {
      const question = randomQuestion(random);
      const before = mirror.status.applied;
      const [held, read] = [await told(mirror, question), await told(inSql, question)];
      expect({ question, told: held }).toEqual({ question, told: read });
      expect(mirror.status.applied).toEqual(before);
      if (typeof held === "string") continue;
      fromMemory += held.cells.length > 0 ? 1 : 0;
      for (const cell of held.cells)
        for (const verdict of ["atLeastK", "hitsAtLeastK", "missesAtLeastK"] as const)
          verdicts.set(`${verdict} ${cell[verdict]}`, (verdicts.get(`${verdict} ${cell[verdict]}`) ?? 0) + 1);
    }
    expect(fromMemory).toBeGreaterThan(questions / 4);
    // All three verdicts are among them: sure, sure not, and not known.
    for (const verdict of ["atLeastK", "hitsAtLeastK", "missesAtLeastK"])
      for (const said of ["true", "false", "undefined"])
        expect([verdict, said, verdicts.get(`${verdict} ${said}`) ?? 0].at(-1)).toBeGreaterThan(3);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
