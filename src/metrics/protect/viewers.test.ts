/** Answers to viewers from a real DuckDB store, beside those to analysts. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Mirror, MirrorStatus } from "../../mirror/mirror.ts";
import { settled } from "../../../test/support/settled.ts";
import { declaration, makeWorld, openSmallMirror, readyStatus, schema } from "../../../test/support/small-world.ts";
import type { Answer, AnswerCell, Question } from "../answer.ts";
import { compileMetrics } from "../compile.ts";
import { answer } from "../respond.ts";

const nowMs = Date.parse("2026-11-22T22:00:00Z");
const compiled = compileMetrics({ declaration, schema });
let mirror: Mirror & { status: MirrorStatus; statements: string[] };

beforeAll(async () => {
  mirror = await openSmallMirror(makeWorld(7), compiled, readyStatus(nowMs));
});
afterAll(async () => mirror[Symbol.asyncDispose]());

async function ask(rest: Partial<Question>, audience: "viewer" | "analyst"): Promise<Answer> {
  const question = { metric: "failure_rate", grain: "month", from: "2026-10-01", to: "2026-12-01", by: [], where: {}, ...rest } as const;
  return settled(async () => answer(mirror, compiled, question, nowMs * 1000, { audience }));
}

const keyOf = (cell: AnswerCell): string => JSON.stringify([cell.period, cell.by]);

test.for([
  { by: ["model"] },
  { by: ["model", "country"] },
  { metric: "activations", by: ["model"] },
  { metric: "activations" },
  { grain: "day", by: ["model"] },
] as const)("a viewer has some of the analyst's cells, each with enough units: %j", async (asked) => {
  const viewer = await ask(asked, "viewer");
  const analyst = await ask(asked, "analyst");
  const all = new Map(analyst.cells.map((cell) => [keyOf(cell), cell]));
  for (const cell of viewer.cells) {
    expect(all.get(keyOf(cell))).toEqual(cell);
    expect([cell.atLeastK, cell.hitsAtLeastK ?? true, cell.missesAtLeastK ?? true]).toEqual([true, true, true]);
  }
  const bounds = viewer.bounds ?? [];
  expect(viewer.cellsWithheld + bounds.length).toBeGreaterThanOrEqual(analyst.cells.length - viewer.cells.length);
  for (const { below = 1, above = -1, ...cell } of bounds) {
    const { value = -1, atLeastK } = all.get(JSON.stringify([cell.period, cell.by])) ?? {};
    expect([value < below, value > above, atLeastK]).toEqual([true, true, true]);
  }
  expect(viewer.notes.some(({ reason }) => reason === "small-groups-withheld")).toBe(viewer.cellsWithheld > 0);
});

test("of a ratio with too few on one side a coarse step is told, and no number", async () => {
  const viewer = await ask({ grain: "day" }, "viewer");
  const analyst = await ask({ grain: "day" }, "analyst");
  expect(viewer.bounds?.length).toBeGreaterThan(5);
  const told = new Set(viewer.cells.map(keyOf));
  for (const bound of viewer.bounds ?? []) {
    expect(Object.keys(bound).toSorted()).toEqual(["below" in bound ? "below" : "above", "by", "period"].toSorted());
    expect([0.25, 0.5, 0.75]).toContain(bound.below ?? bound.above);
    expect(told.has(JSON.stringify([bound.period, bound.by]))).toBe(false);
  }
  expect(viewer.notes.map(({ reason }) => reason)).toContain("small-groups-bounded");
  expect(analyst.bounds).toBeUndefined();
  const top = await ask({ grain: "day", by: ["model"], top: 3 }, "viewer");
  expect(top.bounds).toBeUndefined();
});

test("the largest of the told are said to be that, where a total is withheld", async () => {
  const asked = { grain: "day", from: "2026-10-30", to: "2026-11-03", by: ["model"], top: 2 } as const;
  const reasons = ({ notes }: Answer): readonly string[] => notes.map(({ reason }) => reason);
  expect(reasons(await ask(asked, "viewer"))).toContain("ranking-of-the-told");
  expect(reasons(await ask(asked, "analyst"))).not.toContain("ranking-of-the-told");
});

test("some cells are told and some are not", async () => {
  const viewer = await ask({ by: ["model", "country"] }, "viewer");
  const analyst = await ask({ by: ["model", "country"] }, "analyst");
  expect(viewer.cells.length).toBeGreaterThan(0);
  expect(viewer.cells.length).toBeLessThan(analyst.cells.length);
  expect(analyst.cellsWithheld).toBe(0);
});

test("what is derived is withheld with any of its cells", async () => {
  const parts = await ask({ by: ["model", "country"] }, "viewer");
  const told = new Set(parts.cells.map((cell) => cell.by["model"]));
  for (const model of told) {
    const countries = parts.cells.filter((cell) => cell.by["model"] === model && cell.period === "2026-10");
    const one = countries[0]?.by["country"];
    if (typeof model !== "string" || typeof one !== "string") continue;
    const filtered = await ask({ where: { model: [model], country: [one] } }, "viewer");
    expect(filtered.cells.find((cell) => cell.period === "2026-10")?.count).toBe(countries[0]?.count);
  }
});

test("a split that viewers do not have is refused, and says which there are", async () => {
  const refused = ask({ grain: "day", by: ["model", "country"] }, "viewer");
  await expect(refused).rejects.toThrow("month by model");
  await expect(refused).rejects.toMatchObject({ code: "metrics/no-answer" });
  await expect(ask({ grain: "hour", from: "2026-11-01", to: "2026-11-02" }, "viewer")).rejects.toMatchObject({ code: "metrics/no-answer" });
});
