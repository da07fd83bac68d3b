/** What the keeper costs: a heartbeat that moves the position alone is no reason to read a cell. */
import { expect, test } from "vitest";
import { declaration, makeWorld, openSmallMirror, readyStatus, schema } from "../../../test/support/small-world.ts";
import { ManualClock } from "../../lib/clock.ts";
import { must } from "../../lib/assert.ts";
import { lsnFrom } from "../../model/lsn.ts";
import { compileMetrics } from "../compile.ts";
import { publishedOf } from "./keeper.ts";
import type { MonthInput } from "./month.ts";
import { protectMonth } from "./month.ts";
import type { Published } from "./published.ts";
import { publish, readChanged } from "./published.ts";
import { groupOf } from "./group.ts";

const nowMs = Date.parse("2026-11-22T22:00:00Z");
const compiled = compileMetrics({ declaration, schema });
const metric = must(
  compiled.metrics.find(({ name }) => name === "activations"),
  "metric",
);

test("positions that move without a change are taken over; a change is read", async () => {
  await using mirror = await openSmallMirror(makeWorld(7), compiled, { ...readyStatus(nowMs), contents: 1 });
  const clock = new ManualClock(nowMs);
  for (let first = true; first || (await publishedOf(mirror, compiled, metric, clock)).pending.size > 0;) first = false;
  const read = mirror.statements.length;
  const at = (nowMs + 60_000) * 1000;
  const moved = { lsn: lsnFrom(0x1_0000_0020n), at };
  void clock.advance(60_000);
  mirror.status = { ...mirror.status, applied: moved, proven: moved };
  const later = await publishedOf(mirror, compiled, metric, clock);
  expect(later.status.proven).toEqual(moved);
  expect(mirror.statements.length).toBe(read);
  mirror.status = { ...mirror.status, contents: 2 };
  void clock.advance(60_000);
  await publishedOf(mirror, compiled, metric, clock);
  expect(mirror.statements.length).toBeGreaterThan(read);
});

test("months that have not changed are not pending while one that has is worked out", async () => {
  await using mirror = await openSmallMirror(makeWorld(7), compiled, readyStatus(nowMs));
  const group = must(groupOf(compiled, metric), "group");
  const rowsOf = async () => Promise.resolve(undefined);
  const protect = async (input: MonthInput) => Promise.resolve(protectMonth(input));
  const read = await mirror.view(async (view) => readChanged({ view, group, isWanted: () => true }));
  const given = { compiled, group, protect, rowsOf };
  const first = await publish({ ...given, read, last: new Map(), onMonths: () => undefined });
  const latest = Math.max(...first.months.keys());
  // As if the latest month had other cells, of the same verdicts.
  const changed = { ...read, months: read.months.map((one) => (one.month === latest ? { ...one, cells: "others" } : one)) };
  const seen: Published[] = [];
  await publish({ ...given, read: changed, last: first.months, onMonths: (published) => seen.push(published) });
  // The month before it shares a week with it: that one is looked at again.
  expect(seen[0]?.pending.size).toBeLessThanOrEqual(1);
  expect(first.months.size).toBeGreaterThan(2);
  expect(seen.length).toBe(1);
});
