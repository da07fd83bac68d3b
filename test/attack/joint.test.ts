/** Two metrics of the same rows, attacked as one: a failure rate by model and country, and failures by retries and model. */
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import type { MetricDescription } from "../../src/metrics/describe.ts";
import { fakeTokens } from "../support/fake-backend.ts";
import { openSmallApi } from "../support/small-backend.ts";
import { declaration } from "../support/small-world.ts";
import { get } from "./answer-set.ts";
import type { Attacked, Member } from "./score.ts";
import { scoreTogether, smallGroupsOnly, takeBoth } from "./score.ts";

const range = { from: "2026-10-01", to: "2026-11-01" };
const [first, rate] = declaration.metrics;
if (first === undefined || rate === undefined) throw new Error("bug: no metrics");
const failures = {
  ...rate,
  name: "failures",
  kind: "count",
  where: [],
  filter: [{ column: "ok", values: [false] }],
  by: ["retries", "model"],
  grain: ["day", "week", "month"],
  cuboids: [["retries"], ["retries", "model"]],
} as const;

test("nothing of one is worked out from both; without the complementary part some is", { timeout: 120_000 }, async () => {
  await using api = await openSmallApi({}, { ...declaration, metrics: [first, rate, failures] });
  await api.app.listen({ host: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${(api.app.server.address() as AddressInfo).port}`;
  const { bearer } = fakeTokens();
  const viewer = { url, token: bearer.viewer.slice("Bearer ".length) };
  const analyst = { url, token: bearer.analyst.slice("Bearer ".length), reason: "scoring" };
  const catalogue = await get<{ readonly metrics: readonly MetricDescription[] }>(viewer, "/v1/metrics");
  const taken = await Promise.all(
    ["failure_rate", "failures"].map(async (name) => {
      const metric = catalogue?.metrics.find((one) => one.name === name);
      if (metric === undefined) throw new Error("bug: no such metric");
      return takeBoth({ viewer, analyst, metric, range });
    }),
  );
  const [ratio, count] = taken;
  if (ratio === undefined || count === undefined) throw new Error("bug: two metrics");
  const membersOf = (one: Attacked, other: Attacked): readonly Member[] => [
    { attacked: one, role: { count: { hits: 1, misses: 1 }, hits: { hits: 1 } } },
    { attacked: other, role: { count: { hits: 1 } } },
  ];
  const found = scoreTogether({ members: membersOf(ratio, count) });
  for (const score of found.scores) {
    expect(score).toMatchObject({ exactly: 0, nearly: 0, examples: [] });
    expect(score.withheld).toBeGreaterThan(10);
  }
  const small = scoreTogether({ members: membersOf(smallGroupsOnly(ratio), smallGroupsOnly(count)) });
  expect(small.scores.every(({ nearly }) => nearly > 0)).toBe(true);
});
