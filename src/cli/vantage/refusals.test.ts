import { expect, test } from "vitest";
import { Refusals } from "./refusals.ts";

test("of each reason a line a minute, with how many there were", () => {
  const said: string[] = [];
  let nowMs = 0;
  const refusals = new Refusals(
    () => nowMs,
    (reason, times) => said.push(`${nowMs / 1_000} ${reason} ${times}`),
  );
  for (; nowMs < 150_000; nowMs += 1_000) refusals.refused("code");
  refusals.refused("name");
  expect(said).toEqual(["0 code 1", "60 code 60", "120 code 60", "150 name 1"]);
});
