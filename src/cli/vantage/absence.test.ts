import { expect, test } from "vitest";
import { ManualClock } from "../../lib/clock.ts";
import type { Delivery } from "../../guard/alarms/post.ts";
import { Absence } from "./absence.ts";

test("five minutes without the watch are told by every way out until they are delivered, and its return, too", async () => {
  const clock = new ManualClock(1_000_000);
  const stop = new AbortController();
  const sent: string[] = [];
  const logged: string[] = [];
  let answers: readonly Delivery[] = [{ tag: "failed", because: "The receiver did not answer." }];
  const absence = new Absence(clock);
  const running = absence.run({
    vantage: "outside",
    receivers: {
      webhook: async ({ event, asset, severity }, nowMs) => {
        sent.push(`${(nowMs - 1_000_000) / 1_000} ${event} ${asset} ${severity}`);
        const [answer, ...rest] = answers;
        answers = rest;
        return answer ?? { tag: "delivered" };
      },
    },
    log: (level, event) => logged.push(`${level} ${event}`),
    signal: stop.signal,
  });
  await clock.advance(60_000);
  absence.watchIs(true);
  await clock.advance(600_000);
  absence.watchIs(false);
  await clock.advance(299_000);
  // It came and went: the time of its absence goes on from when it was there.
  expect([absence.isLost, logged]).toEqual([false, []]);
  absence.watchIs(true);
  absence.watchIs(false);
  await clock.advance(299_000);
  expect([absence.isLost, logged]).toEqual([false, []]);
  await clock.advance(3_000);
  expect([absence.isLost, logged.slice(0, 1)]).toEqual([true, ["error the watch is away"]]);
  await clock.advance(60_000);
  absence.watchIs(true);
  await clock.advance(3_000);
  expect(absence.isLost).toBe(false);
  expect(sent.map((one) => one.replace(/^[\d.]+ /, ""))).toEqual([
    "watch-lost watch.outside page",
    "watch-lost watch.outside page",
    "watch-returned watch.outside info",
  ]);
  expect(logged.filter((one) => one.includes("watch"))).toEqual(["error the watch is away", "info the watch is back"]);
  stop.abort();
  await running;
});
