/** The closed grammar: one canonical form for each question, and a refusal for everything else. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { declaration, schema } from "../../test/support/small-world.ts";
import { compileMetrics } from "./compile.ts";
import { canonicalFilter, parseQuestion } from "./question.ts";
import { VitrineError } from "../model/error.ts";

const compiled = compileMetrics({ declaration, schema });
// 14:30 on a Sunday in Los Angeles.
const now = Temporal.Instant.from("2026-11-22T22:30:00Z");
const parse = (input: object) => parseQuestion(compiled, { metric: "failure_rate", ...input }, now);

function refusalOf(input: unknown): VitrineError {
  try {
    parseQuestion(compiled, input, now);
  } catch (error) {
    if (error instanceof VitrineError) return error;
    throw error;
  }
  throw new Error("not refused");
}

describe("one canonical form", () => {
  const order = fc.tuple(fc.shuffledSubarray(["model", "country", "retries"]), fc.shuffledSubarray(["cam-1", "plug"], { minLength: 1 }));

  test("the order and repetition of what is asked do not matter", () => {
    fc.assert(
      fc.property(order, fc.boolean(), ([by, values], twice) => {
        const given = parse({ by: twice ? [...by, ...by] : by, where: { model: twice ? [...values, ...values] : values } });
        expect(given).toEqual(parse({ by: by.toSorted(), where: { model: values.toSorted() } }));
      }),
    );
  });

  test("parsing a canonical question changes nothing", () => {
    const grains = fc.constantFrom("hour", "day", "week", "month", "all", undefined);
    fc.assert(
      fc.property(
        order,
        grains,
        fc.constantFrom("today", "last 9 days", "this month", "last 2 weeks", undefined),
        ([by, values], grain, range) => {
          const once = parse({
            by,
            where: { model: values },
            ...(grain === undefined ? {} : { grain }),
            ...(range === undefined ? {} : { range }),
          });
          expect(parseQuestion(compiled, once, now)).toEqual(once);
        },
      ),
    );
  });

  test("A and B is B and A", () => {
    const one = parse({ where: { model: ["plug"], country: ["US"] } });
    expect(JSON.stringify(one)).toBe(JSON.stringify(parse({ where: { country: ["US"], model: ["plug"] } })));
  });

  test("all declared values are a filter: rows may have none of them", () => {
    expect(parse({ where: { model: ["plug", "cam-2", "cam-1", "bulb"] } }).where).toEqual({ model: ["bulb", "cam-1", "cam-2", "plug"] });
  });

  test("a filter is a set: canonicalising twice is once", () => {
    const domain = ["a", "b", "c", "d", "e"];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...domain, "other"), { minLength: 1 }), (values) => {
        const covered = domain.filter((value) => values.includes(value)).length;
        if (covered === domain.length - 1) {
          expect(() => canonicalFilter({ name: "model" }, values, domain)).toThrow(VitrineError);
          return;
        }
        const filter = canonicalFilter({ name: "model" }, values, domain);
        expect(canonicalFilter({ name: "model" }, filter, domain)).toEqual(filter);
      }),
    );
  });

  test("of two values one is an equality and no negation", () => {
    expect(canonicalFilter({ name: "ok" }, ["true"], ["false", "true"])).toEqual(["true"]);
  });
});

describe("periods in the declared zone", () => {
  const cases: readonly (readonly [object, string, string])[] = [
    [{}, "2026-10-24", "2026-11-23"],
    [{ range: "today" }, "2026-11-22", "2026-11-23"],
    [{ range: "Yesterday" }, "2026-11-21", "2026-11-22"],
    [{ range: "last 30 days" }, "2026-10-24", "2026-11-23"],
    [{ range: "last  1  day" }, "2026-11-22", "2026-11-23"],
    [{ range: "this month" }, "2026-11-01", "2026-12-01"],
    [{ range: "last 36 hours" }, "2026-11-21", "2026-11-23"],
    [{ grain: "hour" }, "2026-11-20T15", "2026-11-22T15"],
    [{ grain: "hour", range: "today" }, "2026-11-22", "2026-11-23"],
    [{ grain: "week" }, "2026-08-31", "2026-11-23"],
    [{ grain: "week", range: "last 30 days" }, "2026-10-19", "2026-11-23"],
    [{ grain: "month" }, "2025-12-01", "2026-12-01"],
    [{ grain: "month", range: "last 90 days" }, "2026-08-01", "2026-12-01"],
    [{ grain: "all", range: "this year" }, "2026-01-01", "2027-01-01"],
    [{ from: "2026-11-01" }, "2026-11-01", "2026-11-23"],
    [{ grain: "hour", from: "2026-11-01T01", to: "2026-11-01T04" }, "2026-11-01T01", "2026-11-01T04"],
    [{ grain: "hour", from: "2026-11-22" }, "2026-11-22", "2026-11-22T15"],
  ];
  for (const [input, from, to] of cases) {
    test(`${JSON.stringify(input)} is ${from} to ${to}`, () => {
      expect(parse(input)).toMatchObject({ from, to });
    });
  }

  test("the zone decides which day it is", () => {
    const late = Temporal.Instant.from("2026-11-23T07:59:00Z");
    expect(parseQuestion(compiled, { metric: "activations", range: "today" }, late).from).toBe("2026-11-22");
    expect(parseQuestion(compiled, { metric: "activations", range: "today" }, late.add({ minutes: 1 })).from).toBe("2026-11-23");
  });
});

describe("refusals", () => {
  const cases: readonly (readonly [string, unknown, string])[] = [
    ["no object", "activations", "metrics/bad-question"],
    ["null", null, "metrics/bad-question"],
    ["an unknown part", { metric: "activations", sql: "1" }, "metrics/bad-question"],
    ["a name in capitals", { metric: "Activations" }, "metrics/bad-question"],
    ["control characters", { metric: "activations", range: "today\u0000" }, "metrics/bad-question"],
    ["an empty filter", { metric: "activations", where: { model: [] } }, "metrics/bad-question"],
    ["too many values", { metric: "activations", where: { model: Array.from({ length: 201 }, String) } }, "metrics/bad-question"],
    ["a value too long", { metric: "activations", where: { model: ["x".repeat(201)] } }, "metrics/bad-question"],
    ["limit 0", { metric: "activations", limit: 0 }, "metrics/bad-question"],
    ["limit 1.5", { metric: "activations", limit: 1.5 }, "metrics/bad-question"],
    ["limit 10001", { metric: "activations", limit: "10001" }, "metrics/bad-question"],
    ["limit -1", { metric: "activations", limit: "-1" }, "metrics/bad-question"],
    ["no such metric", { metric: "revenue" }, "metrics/unknown-metric"],
    ["a metric called constructor", { metric: "constructor" }, "metrics/unknown-metric"],
    ["no such dimension", { metric: "activations", by: ["email"] }, "metrics/unknown-dimension"],
    ["a filter on no dimension", { metric: "activations", where: { email: ["a"] } }, "metrics/unknown-dimension"],
    ["a dimension of another metric", { metric: "activations", by: ["retries"] }, "metrics/unknown-dimension"],
    ["no such grain", { metric: "activations", grain: "minute" }, "metrics/unknown-grain"],
    ["a value outside the list", { metric: "activations", where: { model: ["toaster"] } }, "metrics/unknown-value"],
    ["all values but one", { metric: "activations", where: { model: ["bulb", "cam-1", "plug"] } }, "metrics/disguised-negation"],
    [
      "all but one and other",
      { metric: "activations", where: { model: ["bulb", "cam-1", "plug", "other"] } },
      "metrics/disguised-negation",
    ],
    ["a date that does not exist", { metric: "activations", from: "2026-02-30", to: "2026-03-02" }, "metrics/period-invalid"],
    ["a time", { metric: "activations", from: "2026-02-20T10:30", to: "2026-03-02" }, "metrics/period-invalid"],
    ["hours at another grain", { metric: "activations", from: "2026-02-20T10", to: "2026-03-02" }, "metrics/period-invalid"],
    ["the end before the beginning", { metric: "activations", from: "2026-03-02", to: "2026-03-01" }, "metrics/period-invalid"],
    ["an empty period", { metric: "activations", from: "2026-03-02", to: "2026-03-02" }, "metrics/period-invalid"],
    ["a year far away", { metric: "activations", from: "9999-01-01", to: "9999-01-02" }, "metrics/period-invalid"],
    ["an end without beginning", { metric: "activations", to: "2026-03-01" }, "metrics/period-invalid"],
    ["both ways", { metric: "activations", from: "2026-03-01", range: "today" }, "metrics/period-invalid"],
    ["another word", { metric: "activations", range: "since tuesday" }, "metrics/period-invalid"],
    ["last 0 days", { metric: "activations", range: "last 0 days" }, "metrics/period-invalid"],
    ["a week from Sunday", { metric: "activations", grain: "week", from: "2026-11-01", to: "2026-11-09" }, "metrics/not-whole-periods"],
    ["a month to its middle", { metric: "activations", grain: "month", from: "2026-11-01", to: "2026-11-15" }, "metrics/not-whole-periods"],
    ["more periods than cells", { metric: "activations", grain: "hour", range: "last 3 years" }, "metrics/too-many-cells"],
  ];
  for (const [name, input, code] of cases) {
    test(`${name}: ${code}`, () => {
      expect(refusalOf(input).code).toBe(code);
    });
  }

  test("say what can be asked and do not repeat what was", () => {
    const refusal = refusalOf({ metric: "activations", by: ["mallory"] });
    expect(refusal.message).toBe("activations has no such dimension. There is: model, country.");
    expect(refusalOf({ metric: "activations", by: ["contry"] }).message).toBe(
      "activations has no such dimension. Did you mean country? There is: model, country.",
    );
    const inputs = [
      { metric: "mallory" },
      { metric: "activations", grain: "mallory" },
      { metric: "activations", from: "mallory" },
      { metric: "activations", where: { model: ["mallory"] } },
      { metric: "activations", mallory: 1 },
      { metric: "activations", range: "mallory" },
    ];
    for (const input of inputs) {
      const { message, place, remedy } = refusalOf(input);
      expect(`${message} ${place} ${remedy}`).not.toContain("mallory");
    }
  });

  test("whatever comes in, there is a question or a refusal with a code", () => {
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom("activations", "day", "2026-11-01", "model", "today"),
      fc.integer(),
      fc.constant(null),
      fc.array(fc.string(), { maxLength: 3 }),
      fc.dictionary(fc.string(), fc.array(fc.string(), { maxLength: 3 }), { maxKeys: 3 }),
    );
    const inputs = fc.oneof(
      fc.anything(),
      fc.dictionary(fc.constantFrom("metric", "grain", "from", "to", "range", "by", "where", "limit"), part),
    );
    fc.assert(
      fc.property(inputs, (input) => {
        try {
          expect(compiled.metrics.map(({ name }) => name)).toContain(parseQuestion(compiled, input, now).metric);
        } catch (error) {
          expect(error).toBeInstanceOf(VitrineError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
