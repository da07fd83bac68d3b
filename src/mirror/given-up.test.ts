/** Cuboids that turn out too large while a copy is built: given up, and everything else is as if they had never been tried. */
import { afterEach, expect, test } from "vitest";
import type { DuckdbSubject } from "../../test/support/duckdb-subject.ts";
import { openDuckdbSubject, removeFolders } from "../../test/support/duckdb-subject.ts";
import { attempt, device, Feed, hello, smallWorld } from "../../test/support/mirror-suite.ts";
import { worldCells } from "../../test/support/mirror-world.ts";
import { lsnFrom } from "../model/lsn.ts";
import type { CellsSpec } from "./cuboid.ts";

const opened: DuckdbSubject[] = [];
afterEach(async () => {
  for (const subject of opened.splice(0)) await subject.mirror[Symbol.asyncDispose]();
  removeFolders();
});

/** The largest of all, from which the others of its dimensions follow. */
const wide = { id: "hour__model__country", grain: "hour", dimensions: [0, 1] } as const;

function cellsWith(cellsMax: number): CellsSpec {
  return {
    ...worldCells,
    metrics: worldCells.metrics.map((metric) =>
      metric.name === "failures" ? { ...metric, cellsMax, cuboids: [wide, ...metric.cuboids] } : metric,
    ),
  };
}

async function open(cells: CellsSpec): Promise<DuckdbSubject> {
  const subject = await openDuckdbSubject({ cells });
  opened.push(subject);
  return subject;
}

function idsOf(subject: DuckdbSubject, givenUp: boolean): readonly string[] {
  return (subject.mirror.status.cuboids ?? []).filter((one) => one.metric === "failures" && one.givenUp === givenUp).map((one) => one.id);
}

test.each(["entities first", "facts first"])(
  "the one that is too large is given up, what was to follow from it is right (%s)",
  async (order) => {
    const subject = await open(cellsWith(10));
    const feed = new Feed([subject.mirror]);
    const { accounts, devices, attempts, log } = smallWorld;
    await feed.snapshot(order === "entities first" ? smallWorld : { attempts, log, devices, accounts });
    expect(idsOf(subject, true)).toContain("hour__model__country");
    expect(idsOf(subject, false)).toContain("day__country__model");
    expect(subject.mirror.givenUp["failures"]).toEqual(idsOf(subject, true));
    expect(await subject.mismatches()).toBe(0);
    // And the changes after it are put where they belong.
    await feed.changes("attempts", [
      { tag: "insert", row: attempt(900, 3) },
      { tag: "remove", key: 5 },
    ]);
    await feed.changes("devices", [{ tag: "update", row: device(3, 2, "bulb") }]);
    await feed.commit();
    expect(await subject.mismatches()).toBe(0);
  },
);

test("what cannot fit is given up before it has filled the memory", async () => {
  const minutes = 6 * 1_440;
  const many = Array.from({ length: 25_000 }, (_, id) =>
    attempt(id + 1_000, null, { at: 26_000_000 + Math.floor((id * minutes) / 25_000), retries: id, note: "real" }),
  );
  const spec = { id: "hour__retries", grain: "hour", dimensions: [2] } as const;
  const metrics = worldCells.metrics.slice(0, 1).map((metric) => ({ ...metric, cellsMax: 100_000, days: 60, cuboids: [spec] }));
  const subject = await open({ ...worldCells, metrics });
  await new Feed([subject.mirror]).snapshot({ ...smallWorld, attempts: many });
  expect(idsOf(subject, true)).toEqual(["hour__retries"]);
  // The same number of cells over all of the time that is expected fits.
  const fits = await open({ ...worldCells, metrics: metrics.map((metric) => ({ ...metric, days: 6 })) });
  await new Feed([fits.mirror]).snapshot({ ...smallWorld, attempts: many });
  expect(idsOf(fits, true)).toEqual([]);
});

test("opened again it is not tried again, and the copy goes on", async () => {
  const first = await open(cellsWith(10));
  const feed = new Feed([first.mirror]);
  await feed.snapshot(smallWorld);
  const givenUp = idsOf(first, true);
  const again = (await first.reopen()) as DuckdbSubject;
  opened.splice(0, opened.length, again);
  expect(givenUp.length).toBeGreaterThan(0);
  expect(idsOf(again, true)).toEqual(givenUp);
  expect(await again.mismatches()).toBe(0);
});

test("within the limit all are kept", async () => {
  const subject = await open(cellsWith(1_000));
  await new Feed([subject.mirror]).snapshot(smallWorld);
  expect(idsOf(subject, true)).toEqual([]);
  expect(await subject.mismatches()).toBe(0);
});

test("what the reader said of the source's size stays with the copy, whatever the next reader says", async () => {
  const sizes = { rows: { attempts: 60 }, distinct: { devices: { model: 3 } }, days: {} };
  const subject = await open(worldCells);
  await subject.mirror.startFor({ ...hello, sizes });
  await subject.mirror.receive({ tag: "snapshot-begin", lsn: lsnFrom(100n), at: 100, estimates: {} });
  await subject.mirror.receive({ tag: "snapshot-end", lsn: lsnFrom(100n), epoch: "first" });
  expect(subject.mirror.status.snapshot?.loadedAt).toBeDefined();
  const again = (await subject.reopen()) as DuckdbSubject;
  opened.splice(0, opened.length, again);
  expect(again.mirror.sizes).toEqual(sizes);
  expect((await again.mirror.startFor({ ...hello, sizes: { ...sizes, rows: { attempts: 9_000_000 } } })).from.tag).toBe("stream");
  expect(again.mirror.sizes).toEqual(sizes);
  expect(again.mirror.status.snapshot).toBeUndefined();
});
