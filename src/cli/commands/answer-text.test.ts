/** Every kind of answer as a person sees it. */
import { describe, expect, test } from "vitest";
import type { Answer, AnswerCell } from "../../metrics/answer.ts";
import { answerText } from "./answer-text.ts";

const terminal = { isTerminal: false, hasColour: false, columns: 100, rows: 40, out: () => undefined, error: () => undefined };
const cell = (parts: Partial<AnswerCell>): AnswerCell => ({
  period: undefined,
  by: {},
  count: 0,
  hits: undefined,
  value: 0,
  atLeastK: true,
  ...parts,
});

const answer = (parts: Partial<Answer>): Answer => ({
  metric: "m",
  title: "Things",
  kind: "count",
  unit: "",
  owner: "",
  format: "number",
  question: { metric: "m", grain: "all", from: "2026-11-01", to: "2026-11-03", by: [], where: {} },
  state: "ready",
  reasons: [],
  notes: [],
  class: "live",
  k: 10,
  applied: undefined,
  proven: undefined,
  lagMs: undefined,
  definitionVersion: "0123456789abcdef",
  generation: 1,
  from: "memory",
  cells: [],
  cellsWithheld: 0,
  ...parts,
});

const linesOf = (one: Answer): readonly string[] =>
  answerText(one, terminal)
    .split("\n")
    .map((line) =>
      line
        .replaceAll(/[█▉▊▋▌▍▎▏]+/g, "")
        .replaceAll(/ +/g, " ")
        .trim(),
    )
    .filter((line) => !line.startsWith("─") && line !== "");

describe("kinds", () => {
  test("a sum of durations, with its rows", () => {
    const cells = [cell({ count: 3, sum: 90_000, value: 90_000 })];
    expect(linesOf(answer({ kind: "sum", unit: "ms", format: "duration", cells })).slice(0, 3)).toEqual([
      "Things",
      "sum rows",
      "1.5 min 3",
    ]);
  });

  test("a decimal sum keeps its decimals, and the unit stands in the title", () => {
    const cells = [cell({ count: 3, sum: 1234.5, value: 1234.5 })];
    expect(linesOf(answer({ kind: "sum", unit: "EUR", cells })).slice(0, 3)).toEqual(["Things in EUR", "sum rows", "1,234.5 3"]);
  });

  test("a share by its dimension", () => {
    const question = { metric: "m", grain: "all", from: "2026-11-01", to: "2026-11-02", by: ["firmware"], where: {} } as const;
    const cells = [cell({ by: { firmware: "4.19" }, count: 8, hits: 2, value: 0.25 })];
    expect(linesOf(answer({ kind: "share", format: "percent", question, cells })).slice(1, 3)).toEqual([
      "firmware share with of",
      "4.19 25.00 % 2 8",
    ]);
  });

  test("a retention is a grid; what is too young is empty", () => {
    const question = { metric: "m", grain: "week", from: "2026-11-02", to: "2026-11-16", by: ["day"], where: {} } as const;
    const at = (period: string, day: string, hits: number) => cell({ period, by: { day }, count: 10, hits, value: hits / 10 });
    const cells = [at("2026-11-02", "1", 5), at("2026-11-02", "7", 3), at("2026-11-09", "1", 4)];
    expect(linesOf(answer({ kind: "retention", format: "percent", question, cells })).slice(1, 4)).toEqual([
      "cohort by week size day 1 day 7",
      "2026-11-02 10 50.00 % 30.00 %",
      "2026-11-09 10 40.00 %",
    ]);
  });
});

describe("an earlier range beside", () => {
  const question = { metric: "m", grain: "all", from: "2026-11-01", to: "2026-11-03", by: ["c"], where: {}, compare: "previous" } as const;
  const compared = { from: "2026-10-30", to: "2026-11-01" };
  const before = (value: number) => ({ period: undefined, count: value, hits: undefined, value, atLeastK: true });

  test("numbers change by per cent, also from and to nothing", () => {
    const cells = [
      cell({ by: { c: "A" }, count: 15, value: 15, before: before(10) }),
      cell({ by: { c: "B" }, count: 5, value: 5, before: before(0) }),
      cell({ by: { c: "C" }, count: 0, value: 0, before: before(4) }),
      cell({ by: { c: "D" }, count: 2, value: 2 }),
    ];
    expect(linesOf(answer({ question, compared, cells })).slice(0, 6)).toEqual([
      "Things · before: 2026-10-30 to 2026-11-01",
      "c count before change",
      "A 15 10 +50.0 %",
      "B 5 0 new",
      "C 0 4 -100.0 %",
      "D 2 – –",
    ]);
  });

  test("parts change by points", () => {
    const cells = [cell({ by: { c: "A" }, count: 10, hits: 3, value: 0.3, before: { ...before(0.5), hits: 5 } })];
    expect(linesOf(answer({ kind: "ratio", format: "percent", question, compared, cells }))[2]).toBe("A 30.00 % 3 10 50.00 % -20.00 pt");
  });
});

test("what is withheld is said, and a value cannot move the cursor", () => {
  const question = { metric: "m", grain: "all", from: "2026-11-01", to: "2026-11-03", by: ["c"], where: {} } as const;
  const text = answerText(
    answer({ question, cells: [cell({ by: { c: "a\u001b[2Jb" }, count: 1, value: 1 })], cellsWithheld: 3 }),
    terminal,
  );
  expect(text).toContain("3 withheld, of fewer than 10");
  expect(text).not.toContain("\u001b");
});

test("several lines over periods become small plots", () => {
  const question = { metric: "m", grain: "day", from: "2026-11-01", to: "2026-11-04", by: ["c"], where: {} } as const;
  const cells = ["2026-11-01", "2026-11-02", "2026-11-03"].flatMap((period, i) => [
    cell({ period, by: { c: "A" }, count: i, value: i }),
    cell({ period, by: { c: "BB" }, count: 4 - i, value: 4 - i }),
  ]);
  expect(answerText(answer({ question, cells }), terminal)).toContain("A  ▁▄█ 2\nBB █▆▄ 2\n");
});
