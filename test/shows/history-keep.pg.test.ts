/**
 * The source drops its oldest months. A metric with `history: keep` goes on answering for them what it answered before, a metric that
 * follows loses them, and both are what plain SQL says for the months that are left. A second drop carries the first on, through a
 * kill between the copy and the switch.
 */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorld } from "../../examples/smart-home/world.ts";
import type { Answer } from "../../src/metrics/answer.ts";
import { cellKey } from "../oracle/cells.ts";
import { expectedEntities } from "../oracle/entities.ts";
import { smartHome } from "../oracle/smart-home.ts";
import { runProduct, until } from "../support/product.ts";
import type { RunningProduct } from "../support/product.ts";

const zone = "America/Los_Angeles";
const now = new Date();
const rebuiltWithinMs = 60_000;
const example = readFileSync(new URL("../../examples/smart-home/vitrine.yaml", import.meta.url), "utf8");
const declaration = example.replace("    ratio: connection_attempts\n", "    ratio: connection_attempts\n    history: keep\n");

const kept = "failed_connection_rate";
const follows = "failed_connections";
const month = "grain=month&by=model&range=last+14+months";
const questions = [
  month,
  "grain=day&range=last+14+months",
  "grain=week&by=country&range=last+14+months",
  "grain=month&by=model,firmware&range=last+14+months",
  "grain=all&by=country&range=last+14+months",
  "grain=all&where.model=CAM-2&by=country&range=last+14+months",
];

let running: RunningProduct;
let before: readonly Answer[];
/** A sum that keeps, too: as the example says by itself. */
const keptSum = "connection_time";
let sumBefore: Answer;

beforeAll(async () => {
  running = await runProduct({ load: (url) => createWorld({ url, accounts: 400, attempts: 12_000, now, seed: 11 }), declaration });
  before = await answers();
  sumBefore = await running.answer(keptSum, month);
}, 120_000);

afterAll(async () => running[Symbol.asyncDispose](), 60_000);

async function answers(): Promise<readonly Answer[]> {
  await running.untilProven(kept, month);
  return Promise.all(questions.map((one) => running.answer(kept, one)));
}

const cellsOf = (answer: Answer): readonly string[] => answer.cells.map((cell) => JSON.stringify(cell)).toSorted();
const totalsOf = ({ cells }: Answer): readonly string[] =>
  cells.map((cell) => `${cell.period} ${cell.by["model"]} ${cell.count} ${cell.hits ?? 0}`).toSorted();

/** By plain SQL on the source as it is: `period model count hits`. */
async function bySql(metric: string): Promise<readonly string[]> {
  const counted =
    metric === kept ? "count(*) AS n, count(*) FILTER (WHERE NOT a.ok) AS hits" : "count(*) FILTER (WHERE NOT a.ok) AS n, 0 AS hits";
  const rows = await running.source.rows(`SELECT to_char(a.at AT TIME ZONE '${zone}', 'YYYY-MM') AS period, d.model, ${counted}
    FROM connection_attempts a JOIN devices d ON d.id = a.device_id GROUP BY 1, 2`);
  return rows
    .filter((row) => row["n"] !== "0")
    .map((row) => `${row["period"]} ${row["model"]} ${row["n"]} ${row["hits"]}`)
    .toSorted();
}

/** The oldest partition with rows; and the first local month of which nothing goes with it, as `YYYY-MM`. */
async function oldest(): Promise<{ readonly partition: string; readonly firstWhole: string }> {
  const [row] = await running.source
    .rows(`SELECT tableoid::regclass::text AS partition, to_char(max(at) AT TIME ZONE '${zone}' + interval '1 month', 'YYYY-MM') AS month
    FROM connection_attempts GROUP BY tableoid ORDER BY max(at) LIMIT 1`);
  return { partition: String(row?.["partition"]), firstWhole: String(row?.["month"]) };
}

/** Only the months that have all their rows. */
const whole = (cells: readonly string[], firstWhole: string): readonly string[] => cells.filter((cell) => cell.slice(0, 7) >= firstWhole);

/** Months back that are asked for, the one that runs included. */
const months = 14;
const monthAt = (offset: number): string => {
  const today = now.toISOString().slice(0, 7).split("-").map(Number);
  return new Date(Date.UTC(today[0] ?? 0, (today[1] ?? 0) - 1 + offset, 1)).toISOString().slice(0, 10);
};
const bucketOf = (period: string | undefined): string => {
  const [year = 0, monthOfYear = 0] = (period ?? "").split("-").map(Number);
  return period === undefined ? "0" : String((year - 1970) * 12 + monthOfYear - 1);
};

/** Different entities have no cells that could be kept: those of rows that are gone are gone, and a share is the state now. */
async function expectEntitiesFollow(): Promise<void> {
  for (const told of smartHome.entities ?? []) {
    const by = [Object.keys(told.dimensions)[0] ?? ""];
    const grain = told.time === undefined ? "all" : "month";
    const answer = await running.answer(told.name, `by=${by[0]}${grain === "all" ? "" : `&grain=month&range=last+${months}+months`}`);
    const knownUntil = Temporal.Instant.from(answer.proven?.at ?? "")
      .toZonedDateTimeISO(zone)
      .toPlainDate()
      .toString();
    const expected = await expectedEntities(running.source, {
      told: told.days.length === 0 ? told : { ...told, knownUntil },
      asked: { name: told.name, grain, from: monthAt(1 - months), to: monthAt(1), by },
      zone,
      k: smartHome.k,
    });
    const have = answer.cells.map((cell) => {
      const day = cell.by["day"];
      const values = by.map((name) => cell.by[name] ?? null);
      return `${cellKey(bucketOf(cell.period), typeof day === "string" ? [...values, day] : values)} ${cell.count} ${cell.hits ?? 0}`;
    });
    expect(have.toSorted(), told.name).toEqual([...expected].map(([key, { count, hits }]) => `${key} ${count} ${hits}`).toSorted());
    expect(have.length, told.name).toBeGreaterThan(5);
    expect(answer.notes.filter(({ reason }) => reason.startsWith("kept"))).toEqual([]);
  }
}

async function untilGeneration(after: number): Promise<void> {
  await until(`a generation after ${after}`, rebuiltWithinMs, async () => {
    const answer = await running.answer(kept, month).catch(() => undefined);
    return answer !== undefined && answer.generation > after && answer.state === "ready" ? true : undefined;
  });
}

async function expectKept(firstWhole: string): Promise<void> {
  const after = await answers();
  for (const [i, one] of after.entries()) {
    expect(cellsOf(one)).toEqual(cellsOf(before[i] as Answer));
    expect(one.notes.map(({ reason }) => reason)).toEqual(["kept-history"]);
  }
  expect(after[0]?.notes[0]?.message).toContain(`before ${firstWhole}-01`);
  const left = await bySql(kept);
  expect(whole(totalsOf(after[0] as Answer), firstWhole)).toEqual(whole(left, firstWhole));
  // The positive control: it is the copy's past, not the source's, that is shown.
  expect(totalsOf(after[0] as Answer)).not.toEqual(left);
  const sum = await running.answer(keptSum, month);
  expect(cellsOf(sum)).toEqual(cellsOf(sumBefore));
  expect([sum.notes.map(({ reason }) => reason), sum.cells.length > 0]).toEqual([["kept-history"], true]);
  const followed = await running.answer(follows, month);
  expect(totalsOf(followed)).toEqual(await bySql(follows));
  expect(followed.notes).toEqual([]);
  await expectEntitiesFollow();
  const unkept = await running.answer(kept, "grain=month&by=firmware,country&range=last+14+months");
  expect(unkept.notes.map(({ reason }) => reason)).toEqual(["kept-history-lacks"]);
}

test("the world begins whole: both metrics are what plain SQL says", async () => {
  expect(declaration).not.toBe(example);
  expect(totalsOf(before[0] as Answer)).toEqual(await bySql(kept));
  expect(before.map(({ notes }) => notes)).toEqual(questions.map(() => []));
  expect(before.every(({ cells }) => cells.length > 0)).toBe(true);
  expect(totalsOf(await running.answer(follows, month))).toEqual(await bySql(follows));
  await expectEntitiesFollow();
});

test("the oldest month is dropped: the metric that keeps its history has it still", { timeout: 120_000 }, async () => {
  const { partition, firstWhole } = await oldest();
  await running.source.run(`DROP TABLE ${partition}`);
  await untilGeneration((before[0] as Answer).generation);
  await expectKept(firstWhole);
});

test("invariant 13: a second month is dropped, and the server is killed before it switches", { timeout: 180_000 }, async () => {
  const { product } = running;
  const generation = (await running.answer(kept, month)).generation;
  const { partition, firstWhole } = await oldest();
  await product.stop();
  await product.start({ VITRINE_CRASH_AT: "server-before-switch" });
  await running.untilProven(kept, month);
  await running.source.run(`DROP TABLE ${partition}`);
  const log = `${product.folder}/product.log`;
  await until("the kill", rebuiltWithinMs, async () => (readFileSync(log, "utf8").includes("SIGKILL") ? true : undefined));
  await product.kill("supervisor");
  await product.untilGone(20_000);
  expect(readFileSync(log, "utf8")).toContain("history-carried");
  await product.start();
  await untilGeneration(generation);
  await expectKept(firstWhole);
});

test("compaction, a restart, verification and the proof of the store find it as it is", { timeout: 120_000 }, async () => {
  const { product } = running;
  const run = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await product.command(args);
    expect(`${code} ${code === 0 ? "" : stderr}`).toBe("0 ");
    return stdout;
  };
  await run("compact");
  await product.stop();
  await product.start();
  for (const [i, one] of (await answers()).entries()) expect(cellsOf(one)).toEqual(cellsOf(before[i] as Answer));
  await run("verify", "full");
  expect((await running.answer(kept, month)).state).toBe("ready");
  // Its other verdicts are for other tests; the exit code is the worst of all.
  await product.command(["prove"]);
  expect((await running.proof()).find((one) => one.name === "store")?.verdict).toBe("clean");
});
