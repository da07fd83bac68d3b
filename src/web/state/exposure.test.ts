import { describe, expect, test } from "vitest";
import type { GuardAlarm, GuardAsset, GuardAssets, GuardVantageSight } from "../../api/contract.ts";
import { countsOf, filtered, newlyOpen, otherAlarms, tilesOf } from "./exposure.ts";
import { overview } from "./view.ts";

const nowMs = Date.parse("2026-11-23T16:52:00.000Z");
const ago = (ms: number): string => new Date(nowMs - ms).toISOString();

function sight(more: Partial<GuardVantageSight> = {}): GuardVantageSight {
  const fine = {
    vantage: "here",
    expected: "auth-required",
    seen: "auth-required",
    judged: "as-expected",
    stale: false,
    checks: [],
  } as const;
  return { ...fine, at: ago(2_000), since: ago(9_000_000), ...more };
}

function asset(name: string, vantages: readonly GuardVantageSight[], owner = "platform"): GuardAsset {
  return {
    name,
    owner,
    targets: [],
    services: ["Redis"],
    data: [],
    profile: "fast",
    everySeconds: 4,
    seen: vantages[0]?.seen ?? "not-yet",
    judged: vantages[0]?.judged ?? "unknown",
    vantages,
    alarms: [],
  };
}

const open = sight({ seen: "data-readable", judged: "deviation", since: ago(720_000) });
const named = sight({ seen: "schema-readable", judged: "deviation" });
const unknown = sight({ seen: "unknown", judged: "unknown" });

function tiles(assets: readonly GuardAsset[], more: { readonly watch?: GuardAssets["watch"]; readonly isAway?: boolean } = {}) {
  const { watch = { state: "watching" }, isAway = false } = more;
  return tilesOf({ assets: { at: ago(0), watch, assets }, alarms: [], nowMs, isAway });
}

const blind: GuardAlarm = {
  id: "unknown.here.1",
  asset: "2 stores",
  owner: "platform",
  vantage: "here",
  event: "blind",
  severity: "page",
  seen: "unknown",
  since: ago(9_000),
  toldAt: ago(8_000),
  flaps: 0,
  summary: "",
  details: [],
  remedy: [],
  deliveries: [],
};

describe("tiles", () => {
  test("the worst first: what is open by how far, then what nobody knows, then the rest by name", () => {
    const all = [asset("b", [sight()]), asset("a", [sight()]), asset("named", [named]), asset("blind", [unknown]), asset("open", [open])];
    expect(tiles(all).map((tile) => [tile.asset.name, tile.state])).toEqual([
      ["open", "deviation"],
      ["named", "deviation"],
      ["blind", "unknown"],
      ["a", "as-expected"],
      ["b", "as-expected"],
    ]);
  });

  test("one vantage that sees it open is enough, and one that knows nothing spoils what is fine", () => {
    expect(tiles([asset("a", [sight(), sight({ vantage: "outside", seen: "data-readable", judged: "deviation" })])])[0]).toMatchObject({
      state: "deviation",
      seen: "data-readable",
    });
    const never = sight({ vantage: "outside", seen: "not-yet", judged: "unknown", stale: true });
    expect(tiles([asset("a", [sight(), never])])[0]).toMatchObject({ state: "unknown", isPast: false });
  });

  test.each([
    ["nobody watches", [sight()], { watch: { state: "not-watching" } as const }],
    ["the server does not answer", [sight()], { isAway: true }],
    ["the server calls it stale", [sight({ stale: true })], {}],
    ["it grew old on the page", [sight({ at: ago(8_000 + 45_001) })], {}],
  ])("what was fine is not known now: %s", (_, vantages, more) => {
    expect(tiles([asset("a", vantages)], more)[0]).toMatchObject({ state: "unknown", isPast: true });
  });

  test("what was open and is not seen now stays no good news", () => {
    expect(tiles([asset("a", [open])], { isAway: true })[0]).toMatchObject({ state: "deviation", isPast: true });
    expect(countsOf(tiles([asset("a", [open]), asset("b", [sight()])], { isAway: true }))).toEqual({
      deviation: 1,
      unknown: 1,
      asExpected: 0,
    });
  });

  test("one check proves no closing: while the alarm stands it is not as expected", () => {
    const opened = { ...blind, id: "a.1", asset: "a", event: "still", seen: "data-readable" } as const;
    const told = (alarms: readonly GuardAlarm[]) =>
      tilesOf({ assets: { at: ago(0), watch: { state: "watching" }, assets: [asset("a", [sight()])] }, alarms, nowMs, isAway: false })[0];
    expect(told([opened])).toMatchObject({ state: "unknown", isClosing: true, isPast: false });
    expect(told([])).toMatchObject({ state: "as-expected", isClosing: false });
    // Where it is to be unreachable, a login that was asked for outside was too much; here it is still asked for, and right.
    expect(told([{ ...opened, seen: "auth-required" }])).toMatchObject({ state: "unknown", isClosing: true });
    // Of something else than how far somebody gets.
    expect(told([{ ...opened, seen: "unknown" }])).toMatchObject({ state: "as-expected", isClosing: false });
  });

  test("an alarm of several stores stands at each of them, and once by itself", () => {
    const both = ["a", "b"].map((name) => ({ ...asset(name, [unknown]), alarms: [blind.id] }));
    const assets: GuardAssets = { at: ago(0), watch: { state: "watching" }, assets: [...both, asset("c", [sight()])] };
    const all = tilesOf({ assets, alarms: [blind], nowMs, isAway: false });
    expect(all.map((tile) => [tile.asset.name, tile.alarms.length])).toEqual([
      ["a", 1],
      ["b", 1],
      ["c", 0],
    ]);
    expect(otherAlarms({ assets, alarms: [blind] })).toEqual([blind]);
  });

  test("state and owner are filtered by the view", () => {
    const all = tiles([asset("a", [open], "x"), asset("b", [sight()], "x"), asset("c", [sight()], "y")]);
    const names = (where: Readonly<Record<string, readonly string[]>>) =>
      filtered(all, { ...overview, where }).map((tile) => tile.asset.name);
    expect(names({})).toEqual(["a", "b", "c"]);
    expect(names({ owner: ["x"], state: ["as-expected"] })).toEqual(["b"]);
  });

  test("an opening is said once: not what stood open when the page came, nor again while it lasts", () => {
    const [calm, bad] = [tiles([asset("a", [sight()])]), tiles([asset("a", [open])])];
    expect(newlyOpen(undefined, bad).said).toEqual([]);
    const first = newlyOpen(newlyOpen(undefined, calm).now, bad);
    expect(first.said.map((tile) => tile.asset.name)).toEqual(["a"]);
    expect(newlyOpen(first.now, bad).said).toEqual([]);
    expect(newlyOpen(newlyOpen(first.now, calm).now, bad).said).toHaveLength(1);
  });
});
