import { describe, expect, test } from "vitest";
import type { Answer, Metric } from "./answers.ts";
import { addressOf } from "./answers.ts";
import { changeOf, formatAge, formatValue } from "./format.ts";
import { firstSeen, gridOf, summarise } from "./grid.ts";
import { isRunning, nowIn, periodsOf, sayPeriod, sayRange, wholePeriods, withRunning } from "./periods.ts";

const metric = {
  name: "m",
  title: "M",
  kind: "count",
  zone: "America/Los_Angeles",
  k: 10,
  grains: ["day"],
  dimensions: [],
} as unknown as Metric;
const answer = (cells: Answer["cells"], rest: object = {}): Answer =>
  ({
    question: { grain: "day", from: "2026-11-20", to: "2026-11-24", by: [], where: {} },
    cellsWithheld: 0,
    notes: [],
    state: "ready",
    cells,
    ...rest,
  }) as unknown as Answer;

describe("periods", () => {
  test("weeks begin on Monday, months are of any length, nothing after now is shown", () => {
    expect(periodsOf({ from: "2026-11-16", to: "2026-11-30" }, "week", "2026-11-22T12")).toEqual(["2026-11-16"]);
    expect(periodsOf({ from: "2026-01-01", to: "2026-04-01" }, "month", "2026-11-22T12")).toEqual(["2026-01", "2026-02", "2026-03"]);
    expect(periodsOf({ from: "2026-11-21", to: "2026-11-25" }, "day", "2026-11-22T00")).toEqual(["2026-11-21", "2026-11-22"]);
  });

  test("whole periods leave the one that runs out", () => {
    expect(wholePeriods("week", 2, "2026-11-22T12")).toEqual({ from: "2026-11-02", to: "2026-11-16" });
    expect(wholePeriods("month", 12, "2026-11-22T12")).toEqual({ from: "2025-11-01", to: "2026-11-01" });
    expect(withRunning({ from: "2025-11-01", to: "2026-11-01" }, "month")).toEqual({ from: "2025-11-01", to: "2026-12-01" });
    expect(isRunning("2026-11-16", "week", "2026-11-22T23")).toBe(true);
    expect(isRunning("2026-11-21", "day", "2026-11-22T00")).toBe(false);
  });

  test("are said as people say them, in the metric's zone", () => {
    expect(sayPeriod("2026-11-22T14", "hour")).toBe("22 Nov 2026, 14:00");
    expect(sayPeriod("2026-11", "month")).toBe("November 2026");
    expect(sayRange({ from: "2026-11-01", to: "2026-11-03" })).toBe("1 Nov 2026 to 2 Nov 2026");
    expect(nowIn("America/Los_Angeles", Date.UTC(2026, 10, 22, 7))).toBe("2026-11-21T23");
  });
});

describe("numbers", () => {
  test.each([
    [1234, { kind: "count" }, "1,234"],
    [0.0276, { kind: "ratio" }, "2.76 %"],
    [0.5, { kind: "ratio", format: "percent" }, "50.0 %"],
    [90_000, { kind: "sum", format: "duration", unit: "ms" }, "1.5 min"],
    [90, { kind: "sum", format: "duration", unit: "s" }, "1.5 min"],
  ] as const)("%d is written", (value, style, text) => expect(formatValue(value, style)).toBe(text));

  test("changes: parts in points, amounts in per cent, nothing against nothing", () => {
    expect(changeOf(0.05, 0.03, { kind: "ratio" })).toEqual({ text: "+2 points", direction: "up" });
    expect(changeOf(90, 100, { kind: "count" })).toEqual({ text: "−10 %", direction: "down" });
    expect(changeOf(5, 0, { kind: "count" })).toBeUndefined();
    expect(formatAge(800)).toBe("0.8 s");
  });
});

describe("the grid", () => {
  test("a missing cell is nought only where nothing is withheld and the copy is whole", () => {
    const cells = [{ period: "2026-11-21", by: {}, count: 4, value: 4 }];
    const shown = (rest: object): readonly string[] =>
      gridOf(answer(cells, rest), metric, "day", "2026-11-22T12").rows.map((row) => row.cells[0]?.text ?? "");
    expect(shown({})).toEqual(["0", "4", "0"]);
    expect(shown({ cellsWithheld: 1 })).toEqual(["–", "4", "–"]);
    expect(shown({ state: "building" })).toEqual(["–", "4", "–"]);
    for (const reason of ["small-groups-pending", "kept-history-withheld"])
      expect(shown({ notes: [{ reason, message: "", remedy: "" }] })).toEqual(["–", "4", "–"]);
  });

  test("the sentence leaves the period that runs out", () => {
    const cells = ["20", "21", "22"].map((day, index) => ({ period: `2026-11-${day}`, by: {}, count: 9 - index, value: 9 - index }));
    const text = summarise(gridOf(answer(cells), metric, "day", "2026-11-22T12"), metric, (period) => period);
    expect(text).toBe("From 9 (2026-11-20) to 8 (2026-11-21). Lowest 8 (2026-11-21), highest 9 (2026-11-20).");
  });

  test("nothing is another thing than nothing that may be shown", () => {
    const none = { ...gridOf(answer([]), metric, "day", "2026-11-22T12"), columns: [] };
    expect(summarise(none, metric, (period) => period)).toBe("There is nothing in this range.");
    expect(summarise(none, metric, (period) => period, 3)).toContain("withheld");
  });

  test("marks name what was not there from the beginning", () => {
    const cell = (period: string, firmware: string): Answer["cells"][number] => ({ period, by: { firmware }, value: 1 });
    const cells = [cell("2026-11-20", "4.19"), cell("2026-11-21", "4.19"), cell("2026-11-21", "5.0"), cell("2026-11-21", "other")];
    expect(firstSeen(answer(cells), "firmware")).toEqual([{ period: "2026-11-21", value: "5.0" }]);
  });
});

test("a question is written as the API reads it", () => {
  const question = { metric: "m", grain: "day", range: "last 7 days", by: ["a", "b"], where: { a: ["x y", "z"] } };
  expect(addressOf(question)).toBe("/v1/metrics/m?grain=day&range=last+7+days&by=a,b&where.a=x+y&where.a=z");
});
