import { expect, test } from "vitest";
import { answers, host } from "../../../test/support/hosts.ts";
import { systemClock } from "../../lib/clock.ts";
import { check } from "./check.ts";
import { done } from "./checker.ts";
import { checkers } from "./checkers.ts";
import { failedControl } from "./controls.ts";
import { verdict } from "../ladder.ts";
import { memcached } from "../services/memcached/memcached.ts";

test("no control fails", () => {
  expect(checkers.map(failedControl)).toEqual(checkers.map(() => undefined));
});

test("a checker that has lost its senses, to either side, says nothing of a store but that it is not known", async () => {
  await using place = await host({ onConnection: answers("END\r\n") });
  for (const seen of ["auth-required", "data-readable"] as const) {
    const blind = { ...memcached, next: () => done(verdict(seen, "made up")) };
    expect(failedControl(blind)).toMatch(/^memcached /);
    const target = {
      checker: blind,
      host: "127.0.0.1",
      port: place.port,
      names: [],
      user: undefined,
      channels: ["plain"],
      label: "",
    } as const;
    const found = await check(target, systemClock);
    expect(found.seen).toBe("unknown");
    expect(found.rows.map((row) => [row.seen, row.isDisbelieved, row.because])).toEqual([
      [
        "unknown",
        true,
        "This checker misjudges a recorded server of which it is known what is right: what it says of others is not to be believed.",
      ],
    ]);
  }
});
