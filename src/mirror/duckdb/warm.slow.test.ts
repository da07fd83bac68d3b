import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { openDuckdbSubject, removeFolders } from "../../../test/support/duckdb-subject.ts";
import { account, attempt, device, Feed, hello, smallWorld } from "../../../test/support/mirror-suite.ts";
import { worldCells, worldSchema } from "../../../test/support/mirror-world.ts";
import { systemClock } from "../../lib/clock.ts";
import { calendarOf } from "../calendar.ts";
import type { ApplyContext } from "./apply.ts";
import { measureOrder } from "./cells.ts";
import { Engine } from "./engine.ts";
import type { Memory } from "./memory.ts";
import { Pacer } from "./pacer.ts";
import { restoreCells, restoreMemory } from "./restore.ts";
import { coldMonths, monthSteps, wholeSteps } from "./warm.ts";

afterEach(removeFolders);

/** Some months, with cells of one unit and cells of far more than a sample holds. */
const countries = ["us", "de", "fr"];
const ids = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const world = {
  ...smallWorld,
  accounts: ids(60).map((id) => account(id, countries[id % 7] ?? "us")),
  devices: ids(90).map((id) => device(id, id % 60, id % 5 === 0 ? "bulb" : "cam", { activated_at: 26_000_000 + id * 1_900 })),
  attempts: ids(6_000).map((id) => attempt(id + 1, (id * 7) % (id % 3 === 0 ? 90 : 4), { at: 26_000_000 + id * 29 })),
};

async function storeOf(): Promise<{ folder: string; file: string }> {
  const { mirror, folder } = await openDuckdbSubject();
  await new Feed([mirror]).snapshot(world);
  await mirror[Symbol.asyncDispose]();
  return { folder, file: join(folder, "gen-1", "mirror.duckdb") };
}

function coldCount(memory: Memory): number {
  let count = 0;
  for (const { cuboids } of memory.metrics)
    for (const cells of cuboids) for (let cell = 0; cell < cells.count; cell += 1) if (cells.isCold(cell)) count += 1;
  return count;
}

/** Cells whose number of units was stored exactly, and is another by the sets that are held now. */
function differing(memory: Memory): number {
  const [low, high] = [measureOrder.indexOf("anyLow"), measureOrder.indexOf("anyHigh")];
  return memory.metrics
    .flatMap((metric) => metric.cuboids)
    .reduce((sum, cells) => {
      const exact = ids(cells.count).filter((cell) => cells.measure(cell, low) === cells.measure(cell, high));
      const before = exact.map((cell) => cells.measure(cell, low));
      for (const cell of exact) cells.touch(cell);
      cells.settle();
      return sum + exact.filter((cell, i) => cells.measure(cell, low) !== before[i] || cells.measure(cell, high) !== before[i]).length;
    }, 0);
}

test("after a restart the units of every cell are counted in short steps, each from one day or from finer cells", async () => {
  const { file } = await storeOf();
  const engine = await Engine.open(file, { threads: 1, memoryLimit: "200MB", tempFolder: "", tempMax: "0KB", walMax: "16MB" });
  const connection = await engine.connect();
  const pacer = new Pacer(systemClock);
  const memory = await restoreMemory(connection, worldSchema, worldCells, pacer);
  for (const metric of memory.metrics) await restoreCells(connection, metric, pacer);
  const context: ApplyContext = { connection, memory, pacer };
  const calendar = calendarOf(worldCells.zone);
  const before = coldCount(memory);
  expect(before).toBeGreaterThan(500);
  const months = coldMonths(memory, calendar);
  expect(months).toEqual(months.toSorted((a, b) => b - a));
  expect(months.length).toBeGreaterThanOrEqual(4);
  let steps = 0;
  for (const month of months)
    for (const step of monthSteps(memory, calendar, month)) {
      await step(context);
      steps += 1;
    }
  for (const step of wholeSteps(memory)) await step(context);
  expect(steps).toBeGreaterThan(120);
  // What has neither periods nor a finer cuboid is counted when it is asked for.
  const left = memory.metrics.flatMap(({ plan, cuboids }) =>
    cuboids.filter((cells) => ids(cells.count).some((cell) => cells.isCold(cell))).map((cells) => `${plan.spec.name}/${cells.cuboid.id}`),
  );
  expect(left).toEqual(["fleet/all", "fleet/all__country"]);
  expect(differing(memory)).toBe(0);
  connection.close();
  engine.close();
});

test(
  "invariant 4: cells stay equal to their recomputation while they are warmed beside changes, and after",
  { timeout: 60_000 },
  async () => {
    const { folder } = await storeOf();
    const subject = await openDuckdbSubject(undefined, folder);
    const { mirror } = subject;
    const feed = new Feed([mirror]);
    await mirror.startFor(hello);
    let changed = 0;
    for (let batch = 0; batch < 60; batch += 1) {
      for (let i = 0; i < 12; i += 1, changed += 1) {
        const at = 26_000_000 + ((changed * 7_919) % 6_000) * 29;
        await feed.changes("attempts", [
          { tag: "insert", row: attempt(6_001 + changed, (changed * 13) % 90, { at }) },
          { tag: "remove", key: 1 + ((changed * 37) % 6_000) },
        ]);
      }
      await feed.changes("devices", [
        { tag: "update", row: device(batch, (batch * 11) % 60, "cam", { activated_at: 26_000_000 + batch }) },
      ]);
      await feed.commit();
      if (batch % 10 === 9) expect(await mirror.checkCells()).toEqual([]);
    }
    while (mirror.status.counting !== undefined) await nextTurn();
    expect(await mirror.checkCells()).toEqual([]);
    expect(mirror.status.untrusted.map((one) => one.reason)).toEqual([]);
    await mirror[Symbol.asyncDispose]();
  },
);
