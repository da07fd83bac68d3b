/** Comparison, top, dimensions and ranges, over every kind: what is understood, and what is refused with what can be asked instead. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { declaration, schema } from "../../test/support/small-world.ts";
import { VitrineError } from "../model/error.ts";
import type { Declaration, MetricDeclaration } from "../policy/declaration.ts";
import type { AnswerCell, Question } from "./answer.ts";
import { comparedRange, ofKeys, topKeys, withEarlier } from "./compared.ts";
import { compileMetrics } from "./compile.ts";
import { describeMetrics } from "./describe.ts";
import { parseQuestion } from "./question.ts";

const active = { table: "attempts", time: "at", of: "device_id", filter: [], set: { name: "attempts_device_id_1", version: "1" } };
const base = declaration.metrics[0];
const more = (name: string, rest: Partial<MetricDeclaration>): MetricDeclaration => {
  if (base === undefined) throw new Error("a world without metrics");
  return { ...base, name, at: undefined, by: ["model", "country"], grain: ["day", "week", "month"], ...rest };
};
const all: Declaration = {
  ...declaration,
  metrics: [
    ...declaration.metrics,
    more("active", { kind: "distinct", detail: { tag: "distinct", ...active } }),
    more("fleet", { kind: "share", by: ["country", "model"], grain: [], detail: { tag: "share-of", dimension: "model" } }),
    more("having", {
      kind: "share",
      grain: [],
      detail: { tag: "share-having", table: "attempts", of: "device_id", filter: [], set: { name: "s", version: "1" } },
    }),
    more("kept", { kind: "retention", at: "activated_at", detail: { tag: "retention", days: [1, 7, 30], ...active } }),
  ],
};
const compiled = compileMetrics({ declaration: all, schema });
// 14:30 on a Sunday in Los Angeles.
const now = Temporal.Instant.from("2026-11-22T22:30:00Z");
const parse = (input: object): Question => parseQuestion(compiled, input, now);

function refusalOf(input: object): VitrineError {
  try {
    parse(input);
  } catch (error) {
    if (error instanceof VitrineError) return error;
    throw error;
  }
  throw new Error("not refused");
}

describe("every kind is understood", () => {
  test("a share is the state now, with the dimension that shares", () => {
    expect(parse({ metric: "fleet" })).toEqual({
      metric: "fleet",
      grain: "all",
      from: "2026-11-22",
      to: "2026-11-23",
      by: ["model"],
      where: {},
    });
    expect(parse({ metric: "fleet", by: ["country"] }).by).toEqual(["country", "model"]);
    expect(parse({ metric: "having" }).by).toEqual([]);
  });

  test("a retention has its days, and may be asked for some of them", () => {
    expect(parse({ metric: "kept", grain: "week", by: ["model"] }).by).toEqual(["model", "day"]);
    expect(parse({ metric: "kept", by: ["day"], where: { day: ["30", "1"] } })).toMatchObject({ by: ["day"], where: { day: ["1", "30"] } });
  });

  test("parsing what was understood changes nothing", () => {
    const questions = fc.record(
      {
        metric: fc.constantFrom(...all.metrics.map(({ name }) => name)),
        grain: fc.constantFrom("day", "week", "month", "all"),
        by: fc.subarray(["model", "country"]),
        top: fc.integer({ min: 1, max: 20 }),
        compare: fc.constantFrom("previous", "2 weeks before", "1 month before", " 3  Weeks BEFORE"),
        range: fc.constantFrom("last 9 days", "this month", "last 3 weeks"),
      },
      { requiredKeys: ["metric"] },
    );
    let understood = 0;
    fc.assert(
      fc.property(questions, (input) => {
        const { range, ...timeless } = input;
        const isShare = input.metric === "fleet" || input.metric === "having";
        let once: Question;
        try {
          once = parse(isShare || range === undefined ? timeless : input);
        } catch (error) {
          expect(error).toBeInstanceOf(VitrineError);
          return;
        }
        understood += 1;
        expect(parse(once)).toEqual(once);
      }),
      { numRuns: 300 },
    );
    expect(understood).toBeGreaterThan(50);
  });

  test("the description says what each kind has", () => {
    const of = (name: string) => describeMetrics(compiled).find((metric) => metric.name === name);
    expect(of("fleet")).toMatchObject({ kind: "share", grains: ["all"], of: "model" });
    expect(of("kept")).toMatchObject({ kind: "retention", grains: ["day", "week", "month", "all"], days: [1, 7, 30] });
    expect(of("active")).toMatchObject({ kind: "distinct", cuboids: [] });
  });

  test("the mirror is told of each set once, and of what answers need of entities", () => {
    expect(compiled.cells.daySets?.map((set) => set.name)).toEqual(["attempts_device_id_1"]);
    expect(compiled.cells.memberSets?.map((set) => set.name)).toEqual(["s"]);
    expect(compiled.cells.metrics.map((metric) => metric.name)).toEqual(["activations", "failure_rate", "fleet"]);
    const devices = compiled.cells.entityColumns?.find((one) => one.entity === "devices");
    expect(devices?.paths.map(({ table, column }) => `${table}.${column}`)).toEqual(["devices.model", "accounts.country"]);
    expect(devices?.columns).toContain("activated_at");
    expect(compiled.metrics.find((metric) => metric.name === "active")?.tables).toEqual(["accounts", "attempts", "devices"]);
  });
});

describe("refused, with what can be asked", () => {
  const week = { from: "2026-11-09", to: "2026-11-16" };
  const cases: readonly (readonly [string, object, string, string, string])[] = [
    [
      "a dimension that is none",
      { metric: "failure_rate", by: ["model", "country", "retries"], where: { reason: ["true"] } },
      "metrics/unknown-dimension",
      "where",
      "model, country, retries, ok",
    ],
    ["a future", { metric: "active", from: "2026-12-01", to: "2026-12-02" }, "metrics/period-invalid", "from", "2026-11-22"],
    [
      "a future hour",
      { metric: "failure_rate", grain: "hour", from: "2026-11-22T15", to: "2026-11-22T17" },
      "metrics/period-invalid",
      "from",
      "2026-11-22T14",
    ],
    [
      "a range turned round",
      { metric: "active", from: "2026-11-16", to: "2026-11-09" },
      "metrics/period-invalid",
      "to",
      "ends before it begins",
    ],
    ["ten thousand years", { metric: "active", from: "2026-11-16", to: "9999-01-01" }, "metrics/period-invalid", "", "1970 to 2199"],
    ["an hour of days", { metric: "active", grain: "hour" }, "metrics/unknown-grain", "grain", "day, week, month, all"],
    ["a range of a state", { metric: "fleet", range: "last 3 days" }, "metrics/period-invalid", "range", "leave from, to and range out"],
    ["an old state", { metric: "fleet", ...week }, "metrics/period-invalid", "from", "leave from, to and range out"],
    ["a state compared", { metric: "having", compare: "previous" }, "metrics/compare-invalid", "compare", "leave compare out"],
    [
      "weeks by months",
      { metric: "active", grain: "week", compare: "1 month before" },
      "metrics/compare-invalid",
      "compare",
      "N weeks before",
    ],
    ["nothing before", { metric: "active", compare: "0 days before" }, "metrics/compare-invalid", "compare", "previous"],
    ["before 1970", { metric: "active", ...week, compare: "60 years before" }, "metrics/period-invalid", "", "1970"],
    ["the top of nothing", { metric: "active", top: 3 }, "metrics/bad-question", "top", "model, country"],
    ["the top and the first", { metric: "active", by: ["model"], top: 3, limit: 4 }, "metrics/bad-question", "top", "not both"],
    ["the top of a retention", { metric: "kept", by: ["model"], top: 3 }, "metrics/bad-question", "top", "no order"],
    ["the top 0", { metric: "active", by: ["model"], top: 0 }, "metrics/bad-question", "top", "from 1 to 1000"],
    ["another day", { metric: "kept", where: { day: ["2"] } }, "metrics/unknown-value", "where.day", "1, 7, 30"],
    ["days of what has none", { metric: "active", by: ["day"] }, "metrics/unknown-dimension", "by", "model, country"],
    [
      "the filter of all but one",
      { metric: "active", where: { model: ["bulb", "cam-1", "cam-2"] } },
      "metrics/disguised-negation",
      "where.model",
      "but one",
    ],
  ];

  test.each(cases)("%s", (_, input, code, place, message) => {
    const error = refusalOf(input);
    expect([error.code, error.place ?? ""]).toEqual([code, place]);
    expect(error.message).toContain(message);
  });

  test("a fourth dimension in by and where together", () => {
    const wide: Declaration = {
      ...declaration,
      metrics: declaration.metrics.map((metric) =>
        metric.table === "attempts" ? { ...metric, by: ["model", "country", "retries", "ok"] } : metric,
      ),
    };
    const four = { metric: "failure_rate", by: ["model", "country", "retries"], where: { ok: ["true"] } };
    expect(() => parseQuestion(compileMetrics({ declaration: wide, schema }), four, now)).toThrow(
      expect.objectContaining({ code: "metrics/too-many-dimensions", place: "where" }),
    );
    const three = { metric: "failure_rate", by: ["model", "country"], where: { model: ["plug"], ok: ["true"] } };
    expect(parseQuestion(compileMetrics({ declaration: wide, schema }), three, now).by).toEqual(["model", "country"]);
  });
});

describe("the earlier range", () => {
  const cases: readonly (readonly [Question["grain"], string, string, string, string, string])[] = [
    ["day", "2026-11-09", "2026-11-16", "previous", "2026-11-02", "2026-11-09"],
    ["all", "2026-10-24", "2026-11-23", "previous", "2026-09-24", "2026-10-24"],
    ["month", "2026-03-01", "2026-06-01", "previous", "2025-12-01", "2026-03-01"],
    ["month", "2026-03-01", "2026-06-01", "1 year before", "2025-03-01", "2025-06-01"],
    ["week", "2026-11-09", "2026-11-23", "52 weeks before", "2025-11-10", "2025-11-24"],
    ["hour", "2026-11-09T03", "2026-11-09T06", "previous", "2026-11-09T00", "2026-11-09T03"],
    ["hour", "2026-11-09T03", "2026-11-09T06", "1 week before", "2026-11-02T03", "2026-11-02T06"],
    // As many days as were asked, though February is shorter.
    ["day", "2026-03-01", "2026-04-01", "1 month before", "2026-02-01", "2026-03-04"],
    ["all", "2026-03-01", "2026-04-01", "1 month before", "2026-02-01", "2026-03-01"],
  ];
  test.each(cases)("%s from %s to %s, %s", (grain, from, to, compare, ...expected) => {
    const range = comparedRange({ grain, from, to }, compare);
    expect([range.from, range.to]).toEqual(expected);
  });

  const cell = (period: string | undefined, name: string, count: number): AnswerCell => ({
    period,
    by: { c: name },
    count,
    hits: undefined,
    value: count,
    atLeastK: true,
  });
  const question: Question = { metric: "m", grain: "day", from: "2026-11-03", to: "2026-11-05", by: ["c"], where: {} };
  const range = { from: "2026-11-01", to: "2026-11-03" };
  const cells = [cell("2026-11-03", "A", 3), cell("2026-11-04", "A", 4), cell("2026-11-04", "B", 9)];
  const earlier = [cell("2026-11-01", "A", 1), cell("2026-11-02", "C", 7)];
  const shown = (list: readonly AnswerCell[]) =>
    list.map(({ period, by, count, before }) => [period, by["c"], count, before?.period, before?.count]);

  test("the n-th period stands beside the n-th; what was only earlier is 0 now, where no cell means 0", () => {
    expect(shown(withEarlier({ cells, earlier, question, range, isZero: true }))).toEqual([
      ["2026-11-03", "A", 3, "2026-11-01", 1],
      ["2026-11-04", "A", 4, undefined, undefined],
      ["2026-11-04", "B", 9, undefined, undefined],
      ["2026-11-04", "C", 0, "2026-11-02", 7],
    ]);
    expect(withEarlier({ cells, earlier, question, range, isZero: false })).toHaveLength(3);
  });

  test("the top is by the whole range, and in its order in each period", () => {
    const keys = topKeys([cell(undefined, "A", 7), cell(undefined, "B", 9), cell(undefined, "C", 7)], 2);
    expect(shown(ofKeys(cells, keys)).map((line) => line.slice(0, 3))).toEqual([
      ["2026-11-03", "A", 3],
      ["2026-11-04", "B", 9],
      ["2026-11-04", "A", 4],
    ]);
  });
});
