/** Answers from a real DuckDB store compared with plain counting, and the envelope around them. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Mirror, MirrorStatus } from "../mirror/mirror.ts";
import { VitrineError } from "../model/error.ts";
import { declaration, makeWorld, openSmallMirror, readyStatus, schema } from "../../test/support/small-world.ts";
import type { ExpectedCell } from "../../test/support/small-world-oracle.ts";
import { recompute } from "../../test/support/small-world-oracle.ts";
import type { Answer, AnswerCell, Question } from "./answer.ts";
import { compileMetrics } from "./compile.ts";
import { planAnswer } from "./plan-answer.ts";
import { findMetric, parseQuestion } from "./question.ts";
import { answer, ask } from "./respond.ts";

const nowMs = Date.parse("2026-11-22T22:00:00Z");
const now = nowMs * 1000;
const compiled = compileMetrics({ declaration, schema });
const world = makeWorld(7);
let mirror: Mirror & { status: MirrorStatus; statements: string[] };

beforeAll(async () => {
  mirror = await openSmallMirror(world, compiled, readyStatus(nowMs));
});
afterAll(async () => mirror[Symbol.asyncDispose]());

const k = declaration.k;

/** Exact where the answer claims to know; where it does not, the claim is silence and never a wrong yes. */
function compare(cells: readonly AnswerCell[], expected: readonly ExpectedCell[], exact: boolean): void {
  const keyOf = (cell: { period: string | undefined; by: object }) => JSON.stringify([cell.period, cell.by]);
  expect(cells.map(keyOf).toSorted()).toEqual(expected.map(keyOf).toSorted());
  const byKey = new Map(expected.map((cell) => [keyOf(cell), cell]));
  for (const cell of cells) {
    const other = byKey.get(keyOf(cell));
    expect([cell.count, cell.hits]).toEqual([other?.count, other?.hits]);
    const verdicts = [
      [cell.atLeastK, other?.units],
      ...(cell.hits === undefined ? [] : [[cell.hitsAtLeastK, other?.hitUnits] as const, [cell.missesAtLeastK, other?.missUnits] as const]),
    ] as const;
    for (const [verdict, units] of verdicts) {
      if (exact) expect(verdict).toBe((units ?? 0) >= k);
      else expect([undefined, (units ?? 0) >= k]).toContain(verdict);
    }
  }
}

function question(rest: Partial<Question>): Question {
  return { metric: "failure_rate", grain: "day", from: "2026-10-01", to: "2026-11-10", by: [], where: {}, ...rest };
}

describe("answers equal plain counting", () => {
  const cases: readonly { readonly asked: Question; readonly from: string; readonly exact: boolean }[] = [
    { asked: question({}), from: "day", exact: true },
    { asked: question({ metric: "activations" }), from: "day", exact: true },
    { asked: question({ by: ["model"] }), from: "day__model", exact: true },
    { asked: question({ by: ["model", "country"] }), from: "day__model__country", exact: true },
    { asked: question({ by: ["country"] }), from: "day__model__country", exact: false },
    { asked: question({ grain: "hour", from: "2026-10-31", to: "2026-11-03" }), from: "hour", exact: true },
    { asked: question({ grain: "hour", from: "2026-11-01T00", to: "2026-11-01T05" }), from: "hour", exact: true },
    { asked: question({ grain: "week", from: "2026-10-05", to: "2026-11-09", by: ["model"] }), from: "week__model", exact: true },
    {
      asked: question({ grain: "month", from: "2026-10-01", to: "2026-12-01", by: ["model", "country"] }),
      from: "month__model__country",
      exact: true,
    },
    { asked: question({ grain: "all", from: "2026-10-03", to: "2026-11-05", by: ["country"] }), from: "day__model__country", exact: false },
    { asked: question({ grain: "all", from: "2026-10-01", to: "2026-11-01" }), from: "month", exact: true },
    { asked: question({ where: { model: ["cam-1"] } }), from: "day__model", exact: true },
    { asked: question({ where: { model: ["bulb", "cam-1"], country: ["US"] }, by: ["model"] }), from: "day__model__country", exact: true },
    { asked: question({ where: { country: ["unknown"] } }), from: "day__model__country", exact: false },
    { asked: question({ where: { model: ["other", "unknown"] }, by: ["model"] }), from: "day__model", exact: true },
    { asked: question({ by: ["retries"] }), from: "facts", exact: true },
    {
      asked: question({ by: ["retries", "model"], where: { retries: ["-2", "1"] }, grain: "week", from: "2026-10-05", to: "2026-11-09" }),
      from: "facts",
      exact: true,
    },
    { asked: question({ grain: "all", where: { retries: ["0"] } }), from: "facts", exact: true },
    { asked: question({ grain: "hour", from: "2026-10-31", to: "2026-11-03", by: ["retries"] }), from: "facts", exact: true },
  ];
  for (const { asked, from, exact } of cases) {
    test(`${asked.metric} per ${asked.grain} by ${asked.by.join()} where ${JSON.stringify(asked.where)} from ${from}`, async () => {
      const given = await answer(mirror, compiled, asked, now);
      expect(given.from).toBe(from);
      const expected = recompute(world, asked);
      expect(expected.length).toBeGreaterThan(0);
      compare(given.cells, expected, exact);
    });
  }

  test("any question", async () => {
    const dates = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 30 })).map(([start, length]) => {
      const from = Temporal.PlainDate.from("2026-09-20").add({ days: start });
      return { from: from.toString(), to: from.add({ days: length }).toString() };
    });
    const questions = fc.record({
      metric: fc.constantFrom("activations", "failure_rate"),
      grain: fc.constantFrom("hour", "day", "week", "month", "all"),
      dates,
      by: fc.subarray(["model", "country"]),
      model: fc.option(fc.subarray(["bulb", "cam-1", "other", "unknown"], { minLength: 1, maxLength: 2 })),
      country: fc.option(fc.subarray(["US", "EG", "unknown"], { minLength: 1, maxLength: 1 })),
    });
    await fc.assert(
      fc.asyncProperty(questions, async ({ metric, grain, dates: range, by, model, country }) => {
        const outer = { week: { from: "2026-10-05", to: "2026-11-09" }, month: { from: "2026-10-01", to: "2026-12-01" } };
        const where = { ...(model === null ? {} : { model }), ...(country === null ? {} : { country }) };
        const input = { metric, grain, ...(grain === "week" || grain === "month" ? outer[grain] : range), by, where };
        const given = await ask(mirror, compiled, input, now).catch((error: unknown) => {
          // Before the first row there is nothing to ask: it must really be so.
          if (!(error instanceof VitrineError) || error.code !== "metrics/before-history") throw error;
          const asked = parseQuestion(compiled, input, Temporal.Instant.fromEpochMilliseconds(now / 1000));
          return { cells: [], question: asked };
        });
        compare(given.cells, recompute(world, given.question), false);
      }),
      { numRuns: 80 },
    );
  });
});

describe("order and limit", () => {
  test("periods in order, in each the largest first", async () => {
    const { cells } = await answer(mirror, compiled, question({ by: ["country"] }), now);
    const order = cells.map(({ period, count }) => [period, -count] as const);
    expect(order).toEqual(order.toSorted((a, b) => (a[0] ?? "").localeCompare(b[0] ?? "") || a[1] - b[1]));
  });

  test("the top two countries", async () => {
    const all = await answer(mirror, compiled, question({ grain: "all", by: ["country"] }), now);
    const top = await answer(mirror, compiled, question({ grain: "all", by: ["country"], limit: 2 }), now);
    expect(top.cells).toEqual(all.cells.slice(0, 2));
    expect(all.cells.length).toBeGreaterThan(2);
  });

  test("an hour that the zone shows twice has two texts", async () => {
    const { cells } = await answer(mirror, compiled, question({ grain: "hour", from: "2026-11-01T00", to: "2026-11-01T03" }), now);
    expect(cells.map(({ period }) => period)).toEqual(["2026-11-01T00", "2026-11-01T01-07:00", "2026-11-01T01-08:00", "2026-11-01T02"]);
  });
});

describe("filters that the dictionary knows", () => {
  test("all countries there are is a filter, which leaves out rows without one", async () => {
    const wanted = ["EG", "GB", "US"];
    const asked = question({ metric: "activations", grain: "all", from: "2026-09-01", to: "2026-12-01" });
    const given = await answer(mirror, compiled, { ...asked, where: { country: wanted } }, now);
    const split = await answer(mirror, compiled, { ...asked, by: ["country"] }, now);
    const sum = (cells: readonly AnswerCell[]): number => cells.reduce((total, cell) => total + cell.count, 0);
    expect(given.cells.map((cell) => cell.count)).toEqual([sum(split.cells.filter((cell) => wanted.includes(String(cell.by["country"]))))]);
    expect(sum(split.cells)).toBeGreaterThan(sum(given.cells));
  });

  test("all declared values are a filter, which leaves out every other", async () => {
    const asked = { metric: "activations", grain: "all", from: "2026-09-01", to: "2026-12-01" };
    const split = await ask(mirror, compiled, { ...asked, by: ["model"] }, now);
    const declared = findMetric(compiled, "activations").dimensions.find((one) => one.name === "model")?.values ?? [];
    const others = split.cells.filter((cell) => !declared.includes(String(cell.by["model"])));
    expect(others.length).toBeGreaterThan(0);
    const given = await ask(mirror, compiled, { ...asked, where: { model: declared } }, now);
    const left = split.cells.filter((cell) => !others.includes(cell)).reduce((total, cell) => total + cell.count, 0);
    expect(given.cells.map((cell) => cell.count)).toEqual([left]);
  });

  test("all countries but one is a disguised negation", async () => {
    await expect(answer(mirror, compiled, question({ where: { country: ["EG", "US"] } }), now)).rejects.toMatchObject({
      code: "metrics/disguised-negation",
    });
  });

  test("a country that nobody has gives no cells", async () => {
    const given = await answer(mirror, compiled, question({ where: { country: ["'; DROP TABLE dictionary; --"] } }), now);
    expect(given.cells).toEqual([]);
    expect(given.notes).toMatchObject([{ reason: "value-not-seen" }]);
    expect(JSON.stringify(given.notes)).not.toContain(given.question.where["country"]?.[0]);
    expect((await answer(mirror, compiled, question({ by: ["country"] }), now)).cells.length).toBeGreaterThan(0);
  });
});

describe("no cuboid", () => {
  test("is refused where rows may not be read, with the nearest", async () => {
    const refused = answer(mirror, compiled, question({ by: ["retries", "model"] }), now, { facts: false });
    await expect(refused).rejects.toThrow("No cuboid answers this question. The nearest that is kept: day by model.");
    await expect(refused).rejects.toMatchObject({ code: "metrics/no-answer" });
  });

  test("is refused when it takes longer than the limit", async () => {
    const slow = {
      ...mirror,
      view: async (work: Parameters<Mirror["view"]>[0]) =>
        mirror.view(async (view) =>
          work({
            status: view.status,
            all: async (sql, values, limitMs) =>
              view.all(
                limitMs === undefined ? sql : `SELECT count(*) FROM range(100000000000) a WHERE a.range % 7 = 3`,
                limitMs === undefined ? values : [],
                limitMs === undefined ? undefined : 30,
              ),
          }),
        ),
    };
    await expect(answer(slow as Mirror, compiled, question({ by: ["retries"] }), now)).rejects.toMatchObject({ code: "metrics/too-slow" });
    expect((await answer(mirror, compiled, question({}), now)).cells.length).toBeGreaterThan(0);
  });
});

describe("invariant 5: every answer says how true it is", () => {
  async function stateOf(change: Partial<MirrorStatus>): Promise<Answer> {
    const changed = {
      ...mirror,
      view: async (work: Parameters<Mirror["view"]>[0]) =>
        mirror.view(async (view) => work({ ...view, status: { ...view.status, ...change } })),
    };
    return answer(changed as Mirror, compiled, question({ by: ["model"] }), now);
  }

  test("ready, whole", async () => {
    const { cells, ...envelope } = await answer(mirror, compiled, question({ by: ["model"] }), now);
    expect(cells.length).toBeGreaterThan(0);
    expect(envelope).toEqual({
      metric: "failure_rate",
      title: "failure_rate",
      kind: "ratio",
      unit: "",
      owner: "",
      format: "percent",
      question: question({ by: ["model"] }),
      state: "ready",
      reasons: [],
      notes: [],
      class: "live",
      k: 3,
      applied: { lsn: "1/10", at: "2026-11-22T21:59:59.600Z" },
      proven: { lsn: "1/10", at: "2026-11-22T21:59:59.600Z" },
      lagMs: 400,
      definitionVersion: "0123456789abcdef",
      generation: 1,
      from: "day__model",
      cellsWithheld: 0,
    });
  });

  for (const phase of ["empty", "loading", "building"] as const) {
    test(`${phase}: no cells`, async () => {
      const given = await stateOf({ phase });
      expect([given.state, given.cells, given.reasons.map(({ reason }) => reason)]).toEqual(["building", [], [phase]]);
    });
  }

  for (const table of ["attempts", "devices", "accounts", "*"]) {
    test(`untrusted when ${table} is`, async () => {
      const given = await stateOf({ untrusted: [{ table, reason: "truncated", message: "m", remedy: "r", since: undefined }] });
      expect([given.state, given.reasons]).toEqual(["untrusted", [{ reason: "truncated", message: "m", remedy: "r" }]]);
      expect(given.cells.length).toBeGreaterThan(0);
    });
  }

  test("another table's trouble is not ours", async () => {
    expect(
      (await stateOf({ untrusted: [{ table: "homes", reason: "truncated", message: "m", remedy: "r", since: undefined }] })).state,
    ).toBe("ready");
  });

  test("a degraded column is noted", async () => {
    const given = await stateOf({
      trouble: [
        { table: "attempts", column: "at", other: 0, degraded: 2 },
        { table: "homes", column: "x", other: 0, degraded: 2 },
      ],
    });
    expect([given.state, given.notes.map(({ reason, message }) => [reason, message])]).toEqual([
      "ready",
      [["degraded", "attempts.at had 2 values that the store cannot hold; they count as NULL."]],
    ]);
  });

  test("another policy's copy does not answer", async () => {
    const other = { ...mirror, schema: { ...schema, policyHash: "0" } };
    await expect(answer(other, compiled, question({}), now)).rejects.toMatchObject({ code: "metrics/policy-differs" });
  });
});

describe("invariant 6: fresh means proven fresh", () => {
  async function stateAt(proven: MirrorStatus["proven"], staleAfterMs?: number): Promise<readonly unknown[]> {
    const changed = {
      ...mirror,
      view: async (work: Parameters<Mirror["view"]>[0]) =>
        mirror.view(async (view) => work({ ...view, status: { ...view.status, proven } })),
    };
    const { state, lagMs, reasons } = await answer(
      changed as Mirror,
      compiled,
      question({}),
      now,
      staleAfterMs === undefined ? {} : { staleAfterMs },
    );
    return [state, lagMs, reasons.map(({ reason }) => reason)];
  }
  const lsn = readyStatus(nowMs).proven?.lsn as NonNullable<MirrorStatus["proven"]>["lsn"];

  test("applied alone is not fresh", async () => {
    expect(await stateAt(undefined)).toEqual(["stale", undefined, ["not-proven"]]);
  });
  test("proven ten seconds ago is ready", async () => {
    expect(await stateAt({ lsn, at: now - 10_000_000 })).toEqual(["ready", 10_000, []]);
  });
  test("longer ago is stale", async () => {
    expect(await stateAt({ lsn, at: now - 10_001_000 })).toEqual(["stale", 10_001, ["lag"]]);
  });
  test("the limit can be set", async () => {
    expect(await stateAt({ lsn, at: now - 3_000_000 }, 2_000)).toEqual(["stale", 3_000, ["lag"]]);
  });
  test("a proof from the future proves nothing", async () => {
    expect(await stateAt({ lsn, at: now + 60_000_000 })).toEqual(["stale", 0, ["clocks-differ"]]);
  });
  test("a little ahead is a clock's imprecision", async () => {
    expect(await stateAt({ lsn, at: now + 1_000_000 })).toEqual(["ready", 0, []]);
  });
});

test("the planner takes the smallest cuboid of the same grain", () => {
  const metric = findMetric(compiled, "activations");
  const plan = planAnswer(metric, question({ metric: "activations", by: ["model"] }));
  expect(plan).toMatchObject({ tag: "cuboid", cuboid: { id: "day__model" } });
});

describe("viewers", () => {
  const small: Partial<Question> = {
    metric: "failure_rate",
    grain: "month",
    from: "2026-10-01",
    to: "2026-12-01",
    by: ["model", "country"],
  };

  test("a copy that turns ready in the middle of an answer gives them no cell that is not told", async () => {
    const ready = mirror.status;
    let { phase } = { ...ready, phase: "building" as MirrorStatus["phase"] };
    const turning = Object.create(mirror, {
      status: { get: () => ({ ...ready, phase }) },
      view: {
        value: async (work: Parameters<Mirror["view"]>[0]) => {
          phase = "ready";
          return mirror.view(work);
        },
      },
      cellsNow: { value: () => undefined },
    }) as Mirror;
    const given = await answer(turning, compiled, question(small), now, { audience: "viewer", facts: false });
    expect([given.state, given.cells]).toEqual(["building", []]);
    const later = await answer(turning, compiled, question(small), now, { audience: "analyst" });
    expect(later.cells.some((cell) => cell.atLeastK !== true)).toBe(true);
  });

  test("what they mistype is not told from what the copy has held", async () => {
    const given = await answer(mirror, compiled, question({ ...small, by: ["model"], where: { country: ["UG"] } }), now, {
      audience: "viewer",
    });
    expect(given.notes.map((note) => note.reason)).not.toContain("value-not-seen");
    expect(JSON.stringify(given.notes)).not.toContain("EG");
  });
});

describe("comparisons", () => {
  test("of a part with a whole are named so", async () => {
    const asked = { metric: "activations", grain: "all", compare: "previous" };
    const running = await ask(mirror, compiled, { ...asked, range: "this month" }, now);
    expect(running.notes).toMatchObject([{ reason: "period-running" }]);
    const over = await ask(mirror, compiled, { ...asked, from: "2026-10-01", to: "2026-11-01" }, now);
    expect(over.notes).toEqual([]);
  });

  test("of more periods than an answer has cells are refused, with a limit, too", async () => {
    const asked = { metric: "failure_rate", grain: "day", from: "1970-01-02", to: "2199-12-31", limit: 1 };
    const beside = async (): Promise<Answer> => ask(mirror, compiled, { ...asked, compare: "1 day before" }, now);
    await expect(beside()).rejects.toMatchObject({ code: "metrics/too-many-cells" });
    expect((await ask(mirror, compiled, asked, now)).cells).toHaveLength(1);
  });
});
