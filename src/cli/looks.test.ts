import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { lookMaxMs } from "./guard/looks/look-notes.ts";
import { keepLooking } from "./looks.ts";
import type { Ended } from "./supervisor.ts";

/** Children by hand; time passes when it is said. */
function world(assets: readonly string[]) {
  const events: string[] = [];
  const children: { asset: string; end(code: number): void }[] = [];
  const sleeps: { ms: number; wake(): void }[] = [];
  const stop = new AbortController();
  const done = keepLooking({
    assets: () => assets,
    start: (asset) => {
      const { promise: ended, resolve } = Promise.withResolvers<Ended>();
      children.push({ asset, end: (code) => resolve({ code, signal: null }) });
      const kill = (signal: string): void => {
        events.push(`${asset} ${signal}`);
        resolve({ code: null, signal });
      };
      return { pid: 1, pipe: undefined, ended, send: () => undefined, kill };
    },
    sleep: async (ms, signal) => {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const one = { ms, wake: () => resolve(undefined) };
      sleeps.push(one);
      signal.addEventListener("abort", one.wake, { once: true });
      if (signal.aborted) one.wake();
      await promise;
      sleeps.splice(sleeps.indexOf(one), 1);
    },
    log: (event, fields) => void events.push(`${event} ${Object.values(fields).join(" ")}`),
    signal: stop.signal,
  });
  const pass = async (): Promise<void> => {
    sleeps.at(-1)?.wake();
    await wait(1);
  };
  return { events, children, sleeps, stop, done, pass };
}

test("one after another; one that fails, or never ends, keeps the next from nothing; again in a quarter of an hour", async () => {
  const { events, children, sleeps, stop, done, pass } = world(["a", "b", "c"]);
  await pass();
  expect(children.map(({ asset }) => asset)).toEqual(["a"]);
  children[0]?.end(1);
  await wait(1);
  expect(children.map(({ asset }) => asset)).toEqual(["a", "b"]);
  // The limit passes, which leaves it the time to say that its own is over.
  expect(sleeps.at(-1)?.ms).toBeGreaterThan(lookMaxMs + 30_000);
  await pass();
  expect(children.map(({ asset }) => asset)).toEqual(["a", "b", "c"]);
  children[2]?.end(0);
  await wait(1);
  expect(events).toEqual(["look-ended a 1 ", "b SIGKILL", "look-ended b -1 SIGKILL"]);
  expect(sleeps.map(({ ms }) => ms)).toEqual([15 * 60_000]);
  await pass();
  expect(children.length).toBe(4);
  stop.abort();
  await done;
  expect(events.at(-1)).toBe("a SIGKILL");
});
