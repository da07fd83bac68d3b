import { expect, test } from "vitest";
import { nextOf } from "./workshop.ts";

const waiting = (month: number) => ({ input: { month } });

test("the latest month goes first, and of two the one that came first", () => {
  const all = [waiting(0), waiting(7), waiting(9), waiting(9)];
  expect(nextOf(all, 0)).toBe(all[2]);
  expect(nextOf([], 0)).toBeUndefined();
});

test("an old month, or what has none, does not wait for ever behind months that change all the time", () => {
  let queue = [waiting(0)];
  const done: number[] = [];
  for (let turn = 0; turn < 20 && !done.includes(0); turn++) {
    queue.push(waiting(9));
    const next = nextOf(queue, turn);
    queue = queue.filter((one) => one !== next);
    done.push(next?.input.month ?? -1);
  }
  expect(done.at(-1)).toBe(0);
});
