/**
 * Kept history through answers: the source drops its oldest rows, the next generation takes over from the one before, and the answers
 * of a metric that keeps its history are what plain counting over all rows that ever were says.
 */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Generation } from "../../test/support/small-generation.ts";
import { openGeneration } from "../../test/support/small-generation.ts";
import type { World } from "../../test/support/small-world.ts";
import { declaration as following, makeWorld, schema } from "../../test/support/small-world.ts";
import { counts, expectedOf, keyOf, reversed, since } from "../../test/support/small-purge.ts";
import { systemClock } from "../lib/clock.ts";
import { defaultLimits, openDuckdbMirror } from "../mirror/duckdb.ts";
import type { CarriedMetric } from "../mirror/history.ts";
import { carryHistory } from "../mirror/history.ts";
import type { Declaration } from "../policy/declaration.ts";
import type { Answer, AnswerCell, Question } from "./answer.ts";
import { compileMetrics } from "./compile.ts";
import type { CompiledMetrics } from "./compile.ts";
import { answer } from "./respond.ts";

const nowMs = Date.parse("2026-12-22T22:00:00Z");
const minuteOf = (text: string): number => Date.parse(text) / 60_000;
const keeping: Declaration = {
  ...following,
  metrics: following.metrics.map((metric) => (metric.name === "failure_rate" ? { ...metric, history: "keep" } : metric)),
};
const compiled = compileMetrics({ declaration: keeping, schema });

let folder: string;
const generations: Generation[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vitrine-history-"));
});
afterEach(async () => {
  for (const one of generations.splice(0)) await one[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

async function generation(number: number, world: World, metrics: CompiledMetrics = compiled): Promise<Generation> {
  const opened = await openGeneration({ folder, number, compiled: metrics, world, nowMs });
  generations.push(opened);
  return opened;
}

const carry = (
  from: Generation,
  to: Generation,
  isTextAllowed = (_table: string, _column: string, _text: string): boolean => true,
): Promise<readonly CarriedMetric[]> => carryHistory({ from: from.mirror, to: to.mirror, isTextAllowed });

function question(rest: Partial<Question>): Question {
  return { metric: "failure_rate", grain: "day", from: "2026-09-01", to: "2026-12-01", by: [], where: {}, ...rest };
}

/** A verdict is the exact one, or silence. */
function expectVerdicts(cells: readonly AnswerCell[], world: World, asked: Question): void {
  const expected = new Map(expectedOf(world, asked).map((cell) => [keyOf(cell), cell]));
  for (const cell of cells) {
    const exact = expected.get(keyOf(cell));
    for (const [verdict, units] of [
      [cell.atLeastK, exact?.units],
      [cell.hitsAtLeastK, exact?.hitUnits],
      [cell.missesAtLeastK, exact?.missUnits],
    ] as const)
      expect([undefined, (units ?? 0) >= following.k]).toContain(verdict);
  }
}

const ask = (of: Generation, asked: Question, metrics: CompiledMetrics = compiled): Promise<Answer> =>
  answer(of.mirror, metrics, asked, nowMs * 1000);
const reasons = ({ notes }: Answer): readonly string[] => notes.map(({ reason }) => reason);

const world = makeWorld(7);
/** 17:00 on 30 September in Los Angeles: in the middle of a day, a week and a month. */
const firstCut = "2026-10-01T00:00:00Z";
const secondCut = "2026-11-01T00:00:00Z";

const questions: readonly Question[] = [
  question({}),
  question({ by: ["model"] }),
  question({ by: ["country"] }),
  question({ by: ["model", "country"] }),
  question({ grain: "hour", from: "2026-09-29", to: "2026-10-02" }),
  question({ grain: "week", from: "2026-08-31", to: "2026-11-30", by: ["model"] }),
  question({ grain: "month", by: ["model", "country"] }),
  question({ grain: "month" }),
  question({ grain: "all" }),
  question({ grain: "all", from: "2026-09-27", to: "2026-11-18", by: ["country"] }),
  question({ where: { model: ["cam-1"] } }),
  question({ where: { country: ["US"] }, by: ["model"], grain: "week", from: "2026-08-31", to: "2026-11-30" }),
  question({ where: { model: ["other", "unknown"] }, by: ["model"] }),
  question({ by: ["country"], grain: "all", to: "2026-10-15" }),
  // Nearly wholly before, and wholly after.
  question({ to: "2026-09-29" }),
  question({ from: "2026-11-10" }),
];

describe("the oldest rows are dropped, twice", () => {
  test.each([1, 7])("answers are what counting over all rows says (world %i)", async (seed) => {
    const all = seed === 7 ? world : makeWorld(seed);
    const first = await generation(1, all);
    const second = await generation(2, reversed(since(all, firstCut)));
    expect(await carry(first, second)).toEqual([expect.objectContaining({ metric: "failure_rate", outcome: "kept" })]);
    const third = await generation(3, since(all, secondCut));
    await carry(second, third);
    for (const asked of questions) {
      const expected = counts(expectedOf(all, asked));
      for (const one of [first, second, third]) {
        const given = await ask(one, asked);
        expect(counts(given.cells)).toEqual(expected);
        expectVerdicts(given.cells, all, asked);
      }
      // Kept cells decide as they did when they were live.
      const [before, after] = [await ask(first, asked), await ask(third, asked)];
      expect(after.cells.map((cell) => `${keyOf(cell)} ${cell.atLeastK} ${cell.hitsAtLeastK} ${cell.missesAtLeastK}`).toSorted()).toEqual(
        before.cells.map((cell) => `${keyOf(cell)} ${cell.atLeastK} ${cell.hitsAtLeastK} ${cell.missesAtLeastK}`).toSorted(),
      );
      expect(after.from).toBe(before.from);
    }
  });

  test("the answer says what is kept, and only where it is", async () => {
    const first = await generation(1, world);
    const second = await generation(2, since(world, firstCut));
    await carry(first, second);
    expect((await ask(first, question({}))).notes).toEqual([]);
    const [note] = (await ask(second, question({}))).notes;
    expect(note).toEqual({
      reason: "kept-history",
      message:
        "Periods before 2026-10-01 are kept history: the source has purged rows of them, so they stand as they were and cannot be computed again.",
      remedy: "None needed: the metric says `history: keep`.",
    });
    expect((await ask(second, question({ from: "2026-10-01" }))).notes).toEqual([]);
    // The week of Monday, 28 September had lost rows, and had ended.
    expect((await ask(second, question({ grain: "week", from: "2026-09-28", to: "2026-10-12" }))).notes[0]?.message).toContain(
      "before 2026-10-05",
    );
    expect((await ask(second, question({ grain: "hour", from: "2026-09-30", to: "2026-10-01" }))).notes[0]?.message).toContain(
      "before 2026-09-30T17",
    );
  });

  test("a metric that follows is counted from what is left", async () => {
    const both: Declaration = { ...keeping, metrics: [...keeping.metrics, { ...must(following, "failure_rate"), name: "followed" }] };
    const metrics = compileMetrics({ declaration: both, schema });
    const first = await generation(1, world, metrics);
    const left = since(world, firstCut);
    const second = await generation(2, left, metrics);
    await carry(first, second);
    const given = await ask(second, question({ metric: "followed" }), metrics);
    expect(counts(given.cells)).toEqual(counts(expectedOf(left, question({}))));
    expect(given.notes).toEqual([]);
    expect(counts((await ask(second, question({}), metrics)).cells)).toEqual(counts(expectedOf(world, question({}))));
  });
});

function must(declaration: Declaration, name: string): Declaration["metrics"][number] {
  const found = declaration.metrics.find((metric) => metric.name === name);
  if (found === undefined) throw new Error("bug: no such metric");
  return found;
}

describe("what is live stays exact", () => {
  test("invariant 4: cells that follow the rows equal their recomputation, kept ones are left alone", async () => {
    const first = await generation(1, world);
    const left = since(world, firstCut);
    const second = await generation(2, left);
    await carry(first, second);
    const more = Array.from({ length: 40 }, (_, i) => ({
      device: 100 + i,
      minute: minuteOf("2026-11-05T12:00Z") + i * 30,
      ok: i % 3 > 0,
      retries: 1,
    }));
    await second.insert(more, nowMs);
    expect(await second.mirror.checkCells()).toEqual([]);
    const grown = { ...world, attempts: [...world.attempts, ...more] };
    for (const asked of questions) expect(counts((await ask(second, asked)).cells)).toEqual(counts(expectedOf(grown, asked)));
  });

  test("a row that comes late into a kept period does not change it", async () => {
    const first = await generation(1, world);
    const second = await generation(2, since(world, firstCut));
    await carry(first, second);
    await second.insert([{ device: 101, minute: minuteOf("2026-09-28T12:00Z"), ok: false, retries: 0 }], nowMs);
    for (const asked of questions) expect(counts((await ask(second, asked)).cells)).toEqual(counts(expectedOf(world, asked)));
    expect(await second.mirror.checkCells()).toEqual([]);
  });

  test("compaction, a restart and a second carrying over leave it as it is", async () => {
    const first = await generation(1, world);
    const second = await generation(2, since(world, firstCut));
    const done = await carry(first, second);
    expect(await carry(first, second)).toEqual(done);
    await second.mirror.compact();
    await second.reopen();
    for (const asked of questions) expect(counts((await ask(second, asked)).cells)).toEqual(counts(expectedOf(world, asked)));
    expect(await second.mirror.checkCells()).toEqual([]);
  });
});

describe("questions that only the rows answer", () => {
  test("kept cells are added to the rows where they can be", async () => {
    const narrow: Declaration = { ...keeping, metrics: keeping.metrics.map((metric) => ({ ...metric, cuboids: [["model"]] })) };
    const first = await generation(1, world);
    // The next one has no cells by country: its rows answer, and what was kept by model and country.
    const metrics = compileMetrics({ declaration: narrow, schema });
    const second = await generation(2, since(world, firstCut), metrics);
    await carry(first, second);
    for (const asked of questions) {
      const given = await ask(second, asked, metrics);
      expect(counts(given.cells)).toEqual(counts(expectedOf(world, asked)));
      expectVerdicts(given.cells, world, asked);
    }
    expect((await ask(second, question({ by: ["country"] }), metrics)).from).toBe("facts");
    // One more generation: by country it has what it was given, and counts the rest from the rows before they go.
    const third = await generation(3, since(world, secondCut), metrics);
    await carry(second, third);
    for (const asked of questions) expect(counts((await ask(third, asked, metrics)).cells)).toEqual(counts(expectedOf(world, asked)));
  });

  test("where they cannot, the answer says what it lacks", async () => {
    const first = await generation(1, world);
    const left = since(world, firstCut);
    const second = await generation(2, left);
    await carry(first, second);
    const asked = question({ by: ["retries"] });
    const given = await ask(second, asked);
    expect([given.from, reasons(given)]).toEqual(["facts", ["kept-history-lacks"]]);
    expect(given.notes[0]?.remedy).toContain("day model country");
    expect(counts(given.cells)).toEqual(counts(expectedOf(left, asked)));
    expect(reasons(await ask(second, { ...asked, from: "2026-10-01" }))).toEqual([]);
  });
});

describe("what is not carried over", () => {
  test("another definition is nothing's history", async () => {
    const first = await generation(1, world);
    const other = compileMetrics({
      declaration: { ...keeping, metrics: keeping.metrics.map((metric) => ({ ...metric, version: "fedcba9876543210" })) },
      schema,
    });
    const left = since(world, firstCut);
    const second = await generation(2, left, other);
    expect(await carry(first, second)).toEqual([{ metric: "failure_rate", outcome: "differs", cells: 0, before: undefined }]);
    expect(counts((await ask(second, question({}), other)).cells)).toEqual(counts(expectedOf(left, question({}))));
  });

  test.each([
    ["k", { k: 4 }],
    ["zone", { zone: "UTC" }],
  ])("another %s is nothing's history", async (_, change) => {
    const first = await generation(1, world);
    const other = compileMetrics({ declaration: { ...keeping, ...change }, schema });
    const second = await generation(2, since(world, firstCut), other);
    expect((await carry(first, second))[0]?.outcome).toBe("differs");
  });

  test("nothing is kept where nothing was purged", async () => {
    const first = await generation(1, world);
    const second = await generation(2, reversed(world));
    expect((await carry(first, second))[0]).toEqual({ metric: "failure_rate", outcome: "nothing-lost", cells: 0, before: undefined });
    expect((await ask(second, question({}))).notes).toEqual([]);
  });

  test("a text that only kept periods have is in the store's own words", async () => {
    const first = await generation(1, world);
    const moved = world.accounts.map((account) => (account.country === "EG" ? { ...account, country: "GB" } : account));
    const second = await generation(2, { ...since(world, firstCut), accounts: moved.toReversed() });
    await carry(first, second);
    await second.reopen();
    const asked = question({ grain: "month", to: "2026-10-01", by: ["country"] });
    const given = await ask(second, asked);
    expect(counts(given.cells)).toEqual(counts(expectedOf(world, asked)));
    expect(given.cells.some((cell) => cell.by["country"] === "EG")).toBe(true);
    // A word of the pipe after it has a code of its own.
    await second.insert([{ device: 101, minute: minuteOf("2026-11-05T12:00Z"), ok: false, retries: 0 }], nowMs);
    expect(await second.mirror.checkCells()).toEqual([]);
  });

  test("a text that the policy lets go no more becomes `other`", async () => {
    const first = await generation(1, world);
    const second = await generation(2, since(world, firstCut));
    await carry(first, second, (_table, column, text) => column !== "country" || text !== "EG");
    const asked = question({ grain: "month", to: "2026-10-01", by: ["country"] });
    const cells = expectedOf(world, asked);
    const given = await ask(second, asked);
    expect(given.cells.find((cell) => cell.by["country"] === "other")?.count).toBe(
      cells.find((cell) => cell.by["country"] === "EG")?.count,
    );
    expect(given.cells.some((cell) => cell.by["country"] === "EG")).toBe(false);
    expect(given.cells.reduce((sum, cell) => sum + cell.count, 0)).toBe(cells.reduce((sum, cell) => sum + cell.count, 0));
  });

  test("history waits for its definition to come back, and goes when the metric keeps none", async () => {
    const first = await generation(1, world);
    const left = since(world, firstCut);
    const second = await generation(2, left);
    await carry(first, second);
    const other = compileMetrics({
      declaration: { ...keeping, metrics: keeping.metrics.map((metric) => ({ ...metric, version: "fedcba9876543210" })) },
      schema,
    });
    await second.reopen(other);
    expect(counts((await ask(second, question({}), other)).cells)).toEqual(counts(expectedOf(left, question({}))));
    await second.reopen();
    expect(counts((await ask(second, question({}))).cells)).toEqual(counts(expectedOf(world, question({}))));
    const follow = compileMetrics({ declaration: following, schema });
    await second.reopen(follow);
    await second.reopen();
    expect(counts((await ask(second, question({}))).cells)).toEqual(counts(expectedOf(left, question({}))));
    const tables = await second.mirror.view((view) =>
      view.all("SELECT table_name AS name FROM duckdb_tables() WHERE table_name LIKE 'history%'"),
    );
    expect(tables).toEqual([]);
  });
});

describe("a period that still runs", () => {
  test("is counted from what is left, and says so", async () => {
    const first = await openGeneration({ folder, number: 1, compiled, world, nowMs: Date.parse("2026-10-20T00:00:00Z") });
    generations.push(first);
    const left = since(world, "2026-10-11T07:00:00Z");
    const second = await generation(2, left);
    await carry(first, second);
    const month = await ask(second, question({ grain: "month", from: "2026-10-01", to: "2026-11-01" }));
    expect(counts(month.cells)).toEqual(counts(expectedOf(left, month.question)));
    expect(reasons(month)).toEqual(["purged-while-open"]);
    expect(month.notes[0]?.message).toContain("the month that begins on 2026-10-01");
    const days = question({ from: "2026-09-01", to: "2026-11-01" });
    expect(counts((await ask(second, days)).cells)).toEqual(counts(expectedOf(world, days)));
  });
});

test("invariant 13: a crash before the end of the carrying over leaves none of it, and doing it again all of it", async () => {
  const first = await generation(1, world);
  const left = since(world, firstCut);
  const second = await generation(2, left);
  const copy = join(folder, "gen-9");
  mkdirSync(copy);
  await expect(
    carryHistory({
      from: first.mirror,
      to: {
        schema: second.mirror.schema,
        cells: second.mirror.cells,
        view: (work) => second.mirror.view(work),
        writeHistory: (work) =>
          second.mirror.writeHistory(async (writer) => {
            await work(writer);
            // As a crash leaves them: everything is written but the commit.
            for (const name of ["mirror.duckdb", "mirror.duckdb.wal"])
              if (existsSync(join(folder, "gen-2", name))) copyFileSync(join(folder, "gen-2", name), join(copy, name));
            throw new Error("killed here");
          }),
      },
      isTextAllowed: () => true,
    }),
  ).rejects.toThrow("killed here");
  const limits = { ...defaultLimits, tempFolder: join(folder, "temp") };
  await using crashed = await openDuckdbMirror({
    folder: copy,
    generation: 2,
    cells: compiled.cells,
    limits,
    clock: systemClock,
    mustExist: true,
  });
  for (const mirror of [crashed, second.mirror]) {
    const given = await answer(mirror, compiled, question({}), nowMs * 1000);
    expect(counts(given.cells)).toEqual(counts(expectedOf(left, question({}))));
    expect(given.notes).toEqual([]);
    expect(await mirror.checkCells()).toEqual([]);
  }
  await carry(first, second);
  expect(counts((await ask(second, question({}))).cells)).toEqual(counts(expectedOf(world, question({}))));
});
