/** Metrics of the same rows, asked by a viewer: what one tells gives nothing away of another. */
import { expect, test } from "vitest";
import { settled } from "../../../test/support/settled.ts";
import { declaration, makeWorld, openSmallMirror, readyStatus, schema } from "../../../test/support/small-world.ts";
import { must } from "../../lib/assert.ts";
import type { MetricDeclaration } from "../../policy/declaration.ts";
import type { Answer, AnswerCell, Question } from "../answer.ts";
import { compileMetrics } from "../compile.ts";
import { estimateMetrics } from "../estimate.ts";
import { answer } from "../respond.ts";
import { groupOf, overlapOf } from "./group.ts";

const nowMs = Date.parse("2026-11-22T22:00:00Z");
const rate = must(
  declaration.metrics.find(({ name }) => name === "failure_rate"),
  "metric",
);
const count: MetricDeclaration = { ...rate, kind: "count", where: [], grain: ["day", "week", "month"] };
const failing = [{ column: "ok", values: [false] }];
const retries: Pick<MetricDeclaration, "by" | "cuboids"> = { by: ["retries", "model"], cuboids: [["retries"], ["retries", "model"]] };
const declared = {
  ...declaration,
  metrics: [
    { ...count, ...retries, name: "failures", filter: failing },
    ...declaration.metrics,
    { ...count, name: "attempts", by: ["model", "country", "retries"], cuboids: [["model"], ["country"], ["retries"]] },
    { ...count, ...retries, name: "successes", filter: [{ column: "ok", values: [true] }] },
  ],
};
const compiled = compileMetrics({ declaration: declared, schema });
const metricOf = (name: string) =>
  must(
    compiled.metrics.find((one) => one.name === name),
    "metric",
  );

test("what counts the rows of a ratio that hit is weighed with it, what counts them all follows it, what overlaps otherwise is left out", () => {
  const group = must(groupOf(compiled, metricOf("failures")), "group");
  expect(group.leader.name).toBe("failure_rate");
  expect(group.members.map(({ name }) => name)).toEqual(["failure_rate", "failures", "attempts"]);
  const splits = group.splits.map(({ metric, id, counts, follows }) => [metric, id, counts, group.splits[follows ?? -1]?.id]);
  expect(splits).toContainEqual(["failures", "day__retries", "hits", undefined]);
  expect(splits).toContainEqual(["failures", "month__retries__model", "hits", undefined]);
  expect(splits).toContainEqual(["failures", "month", "hits", "month"]);
  expect(splits).toContainEqual(["attempts", "week__model", "rows", "week__model"]);
  expect(splits.filter(([metric, id]) => metric === "attempts" && String(id).includes("retries"))).toEqual([]);
  expect(groupOf(compiled, metricOf("successes"))).toBeUndefined();
  expect(overlapOf(compiled, metricOf("successes"))?.name).toBe("failure_rate");
  expect(groupOf(compiled, metricOf("activations"))?.members.map(({ name }) => name)).toEqual(["activations"]);
});

test("`plan` names what viewers do not have, and for the sake of which metric", () => {
  const estimates = estimateMetrics(declared);
  expect(estimates.flatMap(({ metric, overlaps }) => (overlaps === undefined ? [] : [[metric, overlaps]]))).toEqual([
    ["successes", "failure_rate"],
  ]);
});

const keyOf = (cell: AnswerCell): string => JSON.stringify([cell.period, cell.by["model"]]);

// Were the two metrics weighed apart, both would find some.
test.for([7, 10] as const)(
  "no failures by retries are those of a model less the others that are told (seed %i)",
  { timeout: 60_000 },
  async (seed) => {
    await using mirror = await openSmallMirror(makeWorld(seed), compiled, readyStatus(nowMs));
    const ask = async (rest: Partial<Question>, audience: "viewer" | "analyst"): Promise<Answer> => {
      const question = { metric: "failures", grain: "month", from: "2026-09-01", to: "2026-12-01", by: [], where: {}, ...rest } as const;
      return settled(async () => answer(mirror, compiled, question, nowMs * 1000, { audience }));
    };
    const parts = await ask({ by: ["retries", "model"] }, "viewer");
    const truth = await ask({ by: ["retries", "model"] }, "analyst");
    const rates = await ask({ metric: "failure_rate", by: ["model"] }, "viewer");
    expect(rates.cells.length).toBeGreaterThan(0);
    expect(parts.cells.length).toBeGreaterThan(0);
    for (const whole of rates.cells) {
      const told = parts.cells.filter((cell) => keyOf(cell) === keyOf(whole));
      const all = truth.cells.filter((cell) => keyOf(cell) === keyOf(whole));
      expect(all.length - told.length).not.toBe(1);
    }
    const attempts = await ask({ metric: "attempts", by: ["model"] }, "viewer");
    expect(attempts.cells.map((cell) => [keyOf(cell), cell.count])).toEqual(rates.cells.map((cell) => [keyOf(cell), cell.count]));
    await expect(ask({ metric: "successes" }, "viewer")).rejects.toThrow("failure_rate");
  },
);
