import { expect, test } from "vitest";
import { silentMaxMs } from "./heartbeat.ts";

test("a store that is asked once an hour does not hide for two that nothing is checked any more; one that is asked each 4 s may be slow", () => {
  const minute = 60_000;
  expect(silentMaxMs([minute, 60 * minute])).toBe(2 * minute);
  expect(silentMaxMs([4_000, minute])).toBe(2 * minute);
  expect(silentMaxMs([60 * minute])).toBe(120 * minute);
});

test("who watches nothing is not alive", () => {
  expect(silentMaxMs([])).toBe(0);
});
