/** Who listens and does not read, and who may not listen any more. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Listeners } from "../listeners.ts";
import { eventStream } from "./event-stream.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "setInterval", "clearTimeout", "clearInterval"] }));
afterEach(() => void vi.useRealTimers());

const turn = async (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

test("a listener that reads nothing is let go when its time is over, and what happens then does no harm", async () => {
  const listeners = new Listeners<{ readonly n: number }>(1);
  const stream = eventStream(listeners, () => true);
  const errors: unknown[] = [];
  stream.on("error", (error) => errors.push(error));
  vi.advanceTimersByTime(15 * 60_000);
  listeners.tell({ n: 1 });
  await turn();
  vi.advanceTimersByTime(60_000);
  await turn();
  expect(errors).toEqual([]);
  // Its place is free.
  eventStream(listeners, () => true).destroy();
});

test("one that may not listen any more hears nothing more, and gives its place back though it does not read", async () => {
  const listeners = new Listeners<{ readonly n: number }>(1);
  let isIn = true;
  const stream = eventStream(listeners, () => isIn);
  const errors: unknown[] = [];
  stream.on("error", (error) => errors.push(error));
  isIn = false;
  listeners.tell({ n: 1 });
  isIn = true;
  listeners.tell({ n: 2 });
  await turn();
  vi.advanceTimersByTime(60_000);
  await turn();
  expect([errors, String(stream.read() ?? "").includes("data:")]).toEqual([[], false]);
  eventStream(listeners, () => true).destroy();
});

test("one that takes nothing of a flood is let go", async () => {
  const listeners = new Listeners<{ readonly text: string }>(1);
  const stream = eventStream(listeners, () => true);
  for (let i = 0; i < 1_000; i += 1) listeners.tell({ text: "x".repeat(1_000) });
  await turn();
  expect(stream.destroyed).toBe(true);
  expect(stream.readableLength).toBeLessThan(200_000);
  eventStream(listeners, () => true).destroy();
});
