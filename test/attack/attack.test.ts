/** The attack on a small world, over HTTP from a server that listens; `npm run attack` is the one on the running example. */
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Answer } from "../../src/metrics/answer.ts";
import type { MetricDescription } from "../../src/metrics/describe.ts";
import { fakeTokens } from "../support/fake-backend.ts";
import type { SmallApi } from "../support/small-backend.ts";
import { openSmallApi } from "../support/small-backend.ts";
import type { Door } from "./answer-set.ts";
import { get } from "./answer-set.ts";
import type { Attacked } from "./score.ts";
import { everything, scoreOf, smallGroupsOnly, takeBoth } from "./score.ts";

const range = { from: "2026-11-01", to: "2026-12-01" };
let api: SmallApi;
let attacks: readonly Attacked[];
let viewer: Door;

beforeAll(async () => {
  api = await openSmallApi();
  await api.app.listen({ host: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${(api.app.server.address() as AddressInfo).port}`;
  const { bearer } = fakeTokens();
  viewer = { url, token: bearer.viewer.slice("Bearer ".length) };
  const analyst = { url, token: bearer.analyst.slice("Bearer ".length), reason: "scoring" };
  const catalogue = await get<{ readonly metrics: readonly MetricDescription[] }>(viewer, "/v1/metrics");
  const taken: Attacked[] = [];
  for (const metric of catalogue?.metrics ?? []) {
    if (metric.kind === "count" || metric.kind === "ratio") taken.push(await takeBoth({ viewer, analyst, metric, range }));
  }
  attacks = taken;
}, 60_000);
afterAll(async () => api[Symbol.asyncDispose]());

test("nothing that is withheld from a viewer can be worked out over HTTP", () => {
  expect(attacks.length).toBeGreaterThanOrEqual(2);
  for (const attacked of attacks) {
    const score = scoreOf(attacked);
    expect(score).toMatchObject({ exactly: 0, nearly: 0, negations: 0, examples: [] });
    expect(score.withheld).toBeGreaterThan(0);
    expect(score.asked).toBeGreaterThan(50);
  }
}, 60_000);

test("with small groups withheld and nothing else, it finds some: the attack works", () => {
  const found = attacks.reduce((sum, attacked) => sum + scoreOf(smallGroupsOnly(attacked)).nearly, 0);
  expect(found).toBeGreaterThan(0);
}, 60_000);

test("an analyst is shown all", () => {
  for (const attacked of attacks) expect(scoreOf(everything(attacked))).toMatchObject({ withheld: 0 });
});

test("how many cells of days and weeks are withheld tells nothing of which of them have rows", async () => {
  for (const { metric, truth } of attacks) {
    for (const grain of ["day", "week"]) {
      const models = [...new Set(truth.flatMap(({ where }) => where["model"] ?? []))].filter((model) => model !== null);
      const periods = await Promise.all(
        models.map(async (model) => {
          const query = new URLSearchParams({ grain, from: "2026-10-05", to: "2026-10-26", "where.model": model });
          const given = await get<Answer>(viewer, `/v1/metrics/${metric.name}?${query.toString()}`);
          return (given?.cells.length ?? 0) + (given?.bounds?.length ?? 0) + (given?.cellsWithheld ?? 0);
        }),
      );
      expect(new Set(periods)).toEqual(new Set([grain === "day" ? 21 : 3]));
    }
  }
});
