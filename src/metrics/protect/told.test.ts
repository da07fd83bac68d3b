/** The catalogue against the refusals: what it says is told is answered to a viewer, and nothing else is. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { settled } from "../../../test/support/settled.ts";
import { declaration, makeWorld, openSmallMirror, readyStatus, schema } from "../../../test/support/small-world.ts";
import type { Mirror } from "../../mirror/mirror.ts";
import { VitrineError } from "../../model/error.ts";
import { compileMetrics } from "../compile.ts";
import { describeMetrics } from "../describe.ts";
import { ask } from "../respond.ts";

const nowMs = Date.parse("2026-11-22T22:00:00Z");
const compiled = compileMetrics({ declaration, schema });
const described = describeMetrics(compiled);
let mirror: Mirror;

beforeAll(async () => {
  mirror = await openSmallMirror(makeWorld(7), compiled, readyStatus(nowMs));
});
afterAll(async () => mirror[Symbol.asyncDispose]());

async function isAnswered(question: object): Promise<boolean> {
  try {
    await settled(async () => ask(mirror, compiled, question, nowMs * 1000, { audience: "viewer", facts: false }));
    return true;
  } catch (error) {
    if (error instanceof VitrineError && error.code === "metrics/no-answer") return false;
    throw error;
  }
}

test.for(described.map(({ name }) => name))("%s: told as described, and nothing else", async (name) => {
  const { grains, dimensions, told, of, kind } = described.find((one) => one.name === name) ?? expect.fail("no such metric");
  const names = dimensions.map((one) => one.name);
  const sets = [[], ...names.map((one) => [one]), ...names.flatMap((one, i) => names.slice(i + 1).map((other) => [one, other]))];
  for (const grain of grains.filter((one) => one !== "all" || kind === "share"))
    for (const by of sets) {
      const asked = [...new Set(of === undefined ? by : [...by, of])];
      const isTold = told.splits.some(
        (split) =>
          split.grain === grain && split.dimensions.length === asked.length && asked.every((one) => split.dimensions.includes(one)),
      );
      const range = kind === "share" ? {} : { from: "2026-10-01", to: "2026-11-01" };
      const week = grain === "week" ? { from: "2026-10-05", to: "2026-11-02" } : range;
      expect([grain, by, await isAnswered({ metric: name, grain, by, ...week })]).toEqual([grain, by, isTold]);
    }
});
