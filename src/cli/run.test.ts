import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { signals } from "./run.ts";

function press(times: readonly number[]): { readonly stopped: boolean; readonly killed: boolean } {
  const from = new EventEmitter();
  let now = 0;
  const { stop, kill } = signals(from, () => now);
  for (const at of times) {
    now = at;
    from.emit("SIGINT");
  }
  return { stopped: stop.aborted, killed: kill.aborted };
}

test("one Ctrl-C that arrives from the terminal and from npm is one", () => {
  expect(press([1_000])).toEqual({ stopped: true, killed: false });
  expect(press([1_000, 1_004, 1_290])).toEqual({ stopped: true, killed: false });
});

test("a second one after a moment kills", () => {
  expect(press([1_000, 1_300])).toEqual({ stopped: true, killed: true });
});
