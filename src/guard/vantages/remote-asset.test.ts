import { describe, expect, test } from "vitest";
import { parseAssetsOf } from "../../policy/declaration.ts";
import { assetsOf } from "../asset.ts";
import { allowing, fromRemote, isElsewhere, toRemote } from "./remote-asset.ts";
import { fromWatch } from "./vantage-messages.ts";

const text = `version: 1
assets:
  search:
    owner: data
    url: ["elasticsearch://node-a.example.com:9200/users", "elasticsearch+https://[2001:db8::1]:9201"]
    data: ["a b", "c,d"]
    authorised: { by: Ann, on: 2026-11-01 }
    expect: { outside: auth-required }
    profile: fast
  shop:
    owner: shop
    url: postgres://app%2Fx@db.example.com/shop
    authorised: { by: Ann, on: 2026-11-01 }
`;
const assets = assetsOf(parseAssetsOf(text, "assets.yaml"));
const list = assets.map((asset) => toRemote(asset, "outside"));

/** As it is over the wire. */
const sent = () => {
  const read = fromWatch.parse(JSON.parse(JSON.stringify({ tag: "list", assets: list, controls: [] })));
  return read.tag === "list" ? read.assets : [];
};

test("what is checked there is what is declared here", () => {
  const taken = fromRemote(sent(), allowing([]));
  expect(taken?.refused).toEqual([]);
  expect(taken?.assets.map(({ name, profile, targets }) => ({ name, profile, targets }))).toEqual(
    assets.map(({ name, profile, targets }) => ({ name, profile, targets })),
  );
  expect(taken?.assets.map((asset) => asset.expectedAt("anywhere"))).toEqual(["auth-required", "unreachable"]);
});

test("--allow: nothing else is checked, and what is left out is said", () => {
  const taken = fromRemote(sent(), allowing(["node-a.example.com"]));
  expect(taken?.assets.map(({ targets }) => targets.map(({ label }) => label))).toEqual([["elasticsearch://node-a.example.com:9200"]]);
  expect(taken?.refused).toEqual(["elasticsearch://[2001:db8::1]:9201", "postgresql://db.example.com:5432"]);
  expect(fromRemote(sent(), allowing(["*.EXAMPLE.com"]))?.refused).toEqual(["elasticsearch://[2001:db8::1]:9201"]);
});

describe("a list that was made up", () => {
  const one = (change: object) =>
    [{ ...list[0], targets: [{ label: "redis://a:6379", url: "redis://a:6379", channels: ["plain"], ...change }] }] as never;
  test.for([
    ["a service that we do not know", { url: "gopher://a:6379" }],
    ["a password", { url: "redis://u:p@a:6379" }],
    ["another place than its label says", { url: "redis://b:6379" }],
    ["no URL", { url: "a" }],
    ["a line end in what is asked for", { url: "redis://a:6379/x%0d%0aFLUSHALL" }],
  ] as const)("%s", ([, change]) => {
    expect(fromRemote(one(change), allowing([]))).toEqual({ assets: [], refused: ["redis://a:6379"] });
  });

  test("more places than a vantage checks", () => {
    expect(
      fromRemote(
        Array.from({ length: 5_000 }, () => one({})[0]),
        allowing([]),
      ),
    ).toBeUndefined();
  });
});

test.for([
  "127.0.0.1",
  "127.9.9.9",
  "0.0.0.0",
  "169.254.169.254",
  "224.0.0.1",
  "255.255.255.255",
  "::1",
  "::",
  "fe80::1",
  "ff02::1",
  "::ffff:127.0.0.1",
])("%s is nobody's store elsewhere", (address) =>
  expect(isElsewhere({ address, family: address.includes(":") ? "IPv6" : "IPv4" })).toBe(false),
);

test.for(["192.0.2.1", "10.0.0.1", "2001:db8::1", "fd00::1"])("%s may be", (address) =>
  expect(isElsewhere({ address, family: address.includes(":") ? "IPv6" : "IPv4" })).toBe(true),
);
