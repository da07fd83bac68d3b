import { describe, expect, test } from "vitest";
import type { Asset } from "../asset.ts";
import type { Row } from "../checks/check.ts";
import { deviationOf } from "../deviation.ts";
import type { Seen } from "../ladder.ts";
import type { Paths } from "./path-control.ts";
import { believed } from "./remote-sight.ts";
import { targetOf } from "../target.ts";

const target = targetOf("redis://cache.example.com");
const asset: Asset = { name: "cache", owner: "platform", targets: [target], profile: "fast", expectedAt: () => "unreachable" };

const row = (seen: Seen, family: Row["family"] = "IPv4"): Row => ({
  address: family === "IPv4" ? "192.0.2.1" : "2001:db8::1",
  family,
  channel: "plain",
  calledBy: "name",
  seen,
  because: "It was so.",
  notes: [],
  certificate: undefined,
  bytesSent: 0,
  bytesReceived: 0,
  tookMs: 1,
});

const said = (seen: Seen, ...rows: readonly Row[]) => [{ target: target.label, seen, rows, untested: [] }];
const judged = (...[checks, paths]: [ReturnType<typeof said>, Paths]) => {
  const found = believed(asset, checks, paths);
  return {
    seen: found.checks.map(({ seen }) => seen),
    is: deviationOf(found.checks, "unreachable", { isPathProven: true }).is,
    isBlind: found.isBlind,
  };
};

const both: Paths = { IPv4: "proven", IPv6: "proven" };
const only4: Paths = { IPv4: "proven", IPv6: "untested" };
const lost6: Paths = { IPv4: "proven", IPv6: "none" };
const lost: Paths = { IPv4: "none", IPv6: "none" };

describe("without a path nothing was seen, and nothing counts as closed", () => {
  test.for(["closed", "filtered", "auth-required", "shielded", "unknown"] as const)("%s", (seen) => {
    expect(judged(said(seen, row(seen)), lost)).toEqual({ seen: ["unknown"], is: "unknown", isBlind: true });
  });

  test("but what is open proves itself", () => {
    expect(judged(said("data-readable", row("data-readable")), lost)).toEqual({ seen: ["data-readable"], is: "deviation", isBlind: false });
  });

  test("also of one family alone", () => {
    expect(judged(said("filtered", row("filtered"), row("filtered", "IPv6")), lost6)).toEqual({
      seen: ["unknown"],
      is: "unknown",
      isBlind: true,
    });
  });

  test("a name that is not found is none where names cannot be looked up", () => {
    expect(judged(said("filtered"), lost)).toEqual({ seen: ["unknown"], is: "unknown", isBlind: true });
    expect(judged(said("filtered"), only4)).toEqual({ seen: ["filtered"], is: "as-expected", isBlind: false });
  });
});

test("with a proven path silence is a filter, which meets unreachable", () => {
  expect(judged(said("filtered", row("filtered"), row("filtered", "IPv6")), both)).toEqual({
    seen: ["filtered"],
    is: "as-expected",
    isBlind: false,
  });
});

test("a family for which no control is declared is unknown, which is no trouble of the vantage", () => {
  const paths: Paths = { IPv4: "proven", IPv6: "no-control" };
  expect(judged(said("filtered", row("filtered"), row("filtered", "IPv6")), paths)).toEqual({
    seen: ["unknown"],
    is: "unknown",
    isBlind: false,
  });
  expect(judged(said("filtered", row("filtered")), paths)).toEqual({ seen: ["filtered"], is: "as-expected", isBlind: false });
});

describe("a family that the vantage does not have", () => {
  test("is not tested, and says nothing of the store", () => {
    const found = believed(asset, said("unknown", row("filtered"), row("unknown", "IPv6")), only4);
    expect(found.checks).toMatchObject([{ seen: "filtered", untested: ["IPv6"], rows: [{ family: "IPv4" }] }]);
    expect(found.isBlind).toBe(false);
  });

  test("is not closed where it is the only one", () => {
    expect(judged(said("unknown", row("unknown", "IPv6")), only4)).toMatchObject({ seen: ["unknown"], is: "unknown" });
  });
});

describe("what it does not say is not known", () => {
  test("nothing of the asset's target", () => {
    expect(judged([], both)).toMatchObject({ seen: ["unknown"], is: "unknown", isBlind: false });
  });

  test("something of a target that is not the asset's", () => {
    expect(
      judged([{ target: "redis://other:6379", seen: "data-readable", rows: [row("data-readable")], untested: [] }], both),
    ).toMatchObject({
      seen: ["unknown"],
      is: "unknown",
    });
  });

  test("a check that is worse than its rows stays so", () => {
    expect(judged(said("unknown", row("closed")), both)).toMatchObject({ seen: ["unknown"] });
    expect(judged(said("closed", row("counts-readable")), both)).toMatchObject({ seen: ["counts-readable"] });
  });
});
