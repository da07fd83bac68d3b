import { describe, expect, test } from "vitest";
import type { GuardAsset, GuardVantageSight, GuardVerdicts } from "../../api/contract.ts";
import { gapsOf, stripOf } from "./strips.ts";

type Entry = GuardVerdicts["verdicts"][number];

/** Times are in seconds from nought on. */
const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();
const window = { fromMs: 0, toMs: 100_000 };
const watching = { state: "watching", since: iso(-500) } as const;
let entry = 0;
const begun = (at: number, lastAt?: number): Entry => ({
  entry: entry++,
  at: iso(at),
  kind: "watch",
  event: "begun",
  ...(lastAt === undefined ? {} : { lastAt: iso(lastAt) }),
});
const ended = (at: number): Entry => ({ entry: entry++, at: iso(at), kind: "watch", event: "ended" });
const saw = (
  at: number,
  seen: GuardVantageSight["seen"],
  more: { readonly before?: GuardVantageSight["seen"]; readonly vantage?: string } = {},
): Entry => ({
  entry: entry++,
  at: iso(at),
  kind: "verdict",
  asset: "a",
  vantage: more.vantage ?? "here",
  seen,
  judged: seen === "data-readable" ? "deviation" : seen === "unknown" ? "unknown" : "as-expected",
  before: more.before ?? "auth-required",
});

function asset(...vantages: readonly Partial<GuardVantageSight>[]): GuardAsset {
  const fine = {
    vantage: "here",
    expected: "auth-required",
    seen: "auth-required",
    judged: "as-expected",
    stale: false,
    checks: [],
  } as const;
  const sights = vantages.map((more) => ({ ...fine, at: iso(99), since: iso(-900), ...more }));
  return {
    name: "a",
    owner: "",
    targets: [],
    services: [],
    data: [],
    profile: "fast",
    everySeconds: 4,
    seen: "auth-required",
    judged: "as-expected",
    vantages: sights,
    alarms: [],
  };
}

function strip(of: GuardAsset, entries: readonly Entry[], watch: Parameters<typeof gapsOf>[1] = watching) {
  return stripOf(of, entries, gapsOf(entries, watch, window), window).map(({ fromMs, toMs, mark }) => [fromMs / 1000, toMs / 1000, mark]);
}

describe("strips", () => {
  test("what has not changed is as it is now", () => expect(strip(asset({}), [])).toEqual([[0, 100, "as-expected"]]));

  test("an opening and its closing; what was before the first change is known by that change", () => {
    expect(strip(asset({}), [saw(20, "data-readable"), saw(30, "auth-required", { before: "data-readable" })])).toEqual([
      [0, 20, "as-expected"],
      [20, 30, "deviation"],
      [30, 100, "as-expected"],
    ]);
    expect(strip(asset({}), [saw(30, "auth-required", { before: "data-readable" })])[0]).toEqual([0, 30, "deviation"]);
  });

  test("before a store was watched for the first time nobody watched it", () => {
    expect(strip(asset({}), [saw(20, "closed", { before: "not-yet" })])).toEqual([
      [0, 20, "unwatched"],
      [20, 100, "as-expected"],
    ]);
  });

  test.each([
    ["an end and a beginning", [ended(40), begun(60)], watching, [[40, 60]]],
    ["the first beginning", [begun(60)], watching, [[0, 60]]],
    ["a watch that was killed", [begun(60, 45)], watching, [[45, 60]]],
    ["an end", [ended(40)], { state: "not-watching", since: iso(40) } as const, [[40, 100]]],
    ["a watch that says nothing any more", [], { state: "not-watching", since: iso(70) } as const, [[70, 100]]],
    ["a watch that was never begun", [], { state: "not-watching" } as const, [[0, 100]]],
    ["nothing", [], watching, []],
  ] as const)("a gap is drawn as one: %s", (_, entries, watch, gaps) => {
    const found = gapsOf(entries, watch, window).map(({ fromMs, toMs }) => [fromMs / 1000, toMs / 1000]);
    expect(found).toEqual(gaps);
    const drawn = strip(asset({}), entries, watch).filter(([, , mark]) => mark === "unwatched");
    expect(drawn.map(([from, to]) => [from, to])).toEqual(gaps);
  });

  test("what stood before a gap stands again after it, and not in it", () => {
    expect(strip(asset({}), [saw(20, "data-readable"), ended(40), begun(60)])).toEqual([
      [0, 20, "as-expected"],
      [20, 40, "deviation"],
      [40, 60, "unwatched"],
      [60, 100, "deviation"],
    ]);
  });

  test("of several vantages the worst is drawn, and not knowing is worse than fine", () => {
    const both = asset({}, { vantage: "outside", expected: "unreachable" });
    const entries = [
      saw(10, "unknown", { vantage: "outside", before: "filtered" }),
      saw(20, "data-readable"),
      saw(30, "closed", { before: "data-readable" }),
    ];
    expect(strip(both, entries)).toEqual([
      [0, 10, "as-expected"],
      [10, 20, "unknown"],
      [20, 30, "deviation"],
      [30, 100, "unknown"],
    ]);
  });

  test("since its last check a stale one is not known", () => {
    expect(strip(asset({ stale: true, at: iso(50) }), [])).toEqual([
      [0, 50, "as-expected"],
      [50, 100, "unknown"],
    ]);
  });
});
