import { afterAll, beforeAll, expect, test } from "vitest";
import type { Answer } from "../../src/metrics/answer.ts";
import type { SmallApi } from "../support/small-backend.ts";
import { openSmallApi } from "../support/small-backend.ts";
import type { Asker } from "./attack.ts";
import { attack } from "./attack.ts";

let api: SmallApi;
beforeAll(async () => {
  api = await openSmallApi();
});
afterAll(async () => api[Symbol.asyncDispose]());

function asker(metric: string, role?: "viewer"): Asker {
  return async (query) => {
    const response = await api.get(`/v1/metrics/${metric}?${query}`, role);
    return response.statusCode === 200 ? response.json<Answer>() : undefined;
  };
}

/** Small groups withheld, and nothing else: what there was without complementary suppression. */
function primaryOnly(metric: string): Asker {
  return async (query) => {
    const answer = await asker(metric)(query);
    return answer && { ...answer, cells: answer.cells.filter((cell) => cell.atLeastK === true) };
  };
}

const asked = { dimensions: ["model", "country"], grains: ["month", "day"], range: "from=2026-10-01&to=2026-12-01" };

test("nothing that is withheld from a viewer can be worked out over HTTP", async () => {
  const score = await attack({ ...asked, viewer: asker("activations", "viewer"), analyst: asker("activations") });
  process.stdout.write(`${JSON.stringify(score)}\n`);
  expect(score.withheld).toBeGreaterThan(0);
  expect(score.recovered).toBe(0);
}, 60_000);

test("with small groups withheld and nothing else, it finds some: the attack works", async () => {
  const score = await attack({ ...asked, viewer: primaryOnly("activations"), analyst: asker("activations") });
  process.stdout.write(`${JSON.stringify(score)}\n`);
  expect(score.recovered).toBeGreaterThan(0);
}, 60_000);

test("an analyst is shown all", async () => {
  const score = await attack({ ...asked, viewer: asker("activations"), analyst: asker("activations") });
  expect([score.withheld, score.cells > 0]).toEqual([0, true]);
}, 60_000);
