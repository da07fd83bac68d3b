import { expect, test } from "vitest";
import { VitrineError } from "../model/error.ts";
import { parseAssetsOf, parseGuardOf } from "../policy/declaration.ts";
import { assetsOf } from "./asset.ts";

const one = (rest: string): string =>
  `version: 1\nassets:\n  cache:\n    owner: platform\n    authorised: { by: Ann, on: 2026-11-01 }\n${rest}`;
const read = (text: string) => assetsOf(parseAssetsOf(text, "assets.yaml"));

function refusal(text: string): Pick<VitrineError, "code" | "place" | "message"> {
  try {
    read(text);
  } catch (error) {
    if (error instanceof VitrineError) return { code: error.code, place: error.place, message: error.message };
    throw error;
  }
  throw new Error("it was taken");
}

test("an asset has its nodes, each with all data sets, and what is expected by vantage", () => {
  const [asset] = read(
    one(`    url: [elasticsearch://a.example:9200/users, "elasticsearch://b.example:9200"]\n    data: [events]\n    profile: fast\n`),
  );
  expect(asset?.targets.map(({ host, names }) => [host, names])).toEqual([
    ["a.example", ["users", "events"]],
    ["b.example", ["events"]],
  ]);
  expect([asset?.profile, asset?.expectedAt("here"), asset?.expectedAt("outside")]).toEqual(["fast", "auth-required", "unreachable"]);
  expect(read(one("    url: redis://h\n    expect: mtls\n"))[0]?.expectedAt("outside")).toBe("mtls");
  const byVantage = read(one("    url: redis://h\n    expect: { outside: auth-required }\n"))[0];
  expect([byVantage?.expectedAt("outside"), byVantage?.expectedAt("other")]).toEqual(["auth-required", "unreachable"]);
});

test.each([
  ["an unknown service", one("    url: redos://h\n"), "guard/target", "assets.yaml:6:10"],
  ["a password in the address", one("    url: redis://:hunter2@h\n"), "guard/target", "assets.yaml:6:10"],
  ["the same address twice", one("    url: [redis://h, redis://H:6379]\n"), "guard/asset-twice", "assets.yaml:6:22"],
  ["no address", one(""), "policy/missing", "assets.yaml:3:3"],
  ["an unknown word", one("    url: redis://h\n    ownr: x\n"), "policy/unknown-word", "assets.yaml:7:5"],
  ["an unknown expectation", one("    url: redis://h\n    expect: open\n"), "policy/wrong-shape", "assets.yaml:7:13"],
  ["an address that is none", one("    url: redis://h\n    addresses: [cache.example]\n"), "policy/invalid", "assets.yaml:7:17"],
  ["an address with a zone", one("    url: redis://h\n    addresses: ['fe80::1%eth0']\n"), "policy/invalid", "assets.yaml:7:17"],
  ["a day that is none", one("    url: redis://h\n").replace("2026-11-01", "2026-13-01"), "policy/invalid", "assets.yaml:5:32"],
  ["a name that is none", one("    url: redis://h\n").replace("cache:", "Ca che:"), "policy/bad-name", "assets.yaml:3:3"],
  ["another version", one("    url: redis://h\n").replace("version: 1", "version: 2"), "policy/unsupported-version", "assets.yaml:1:10"],
])("%s is refused, with its place", (_, text, code, place) => {
  const { message, ...refused } = refusal(text);
  expect(refused).toEqual({ code, place });
  expect(message).not.toContain("hunter2");
});

test("files to watch and addresses: as they were written, and in one way of writing", () => {
  const [asset] = read(
    one(`    url: redis://h\n    watches: [/etc/redis/redis.conf, ../compose.yaml]\n    addresses: [10.0.0.1, "2001:DB8:0::1"]\n`),
  );
  expect(asset?.watches).toEqual(["/etc/redis/redis.conf", "../compose.yaml"]);
  expect([...(asset?.targets[0]?.addresses ?? [])]).toEqual(["10.0.0.1", "2001:db8::1"]);
  expect(read(one("    url: redis://h\n"))[0]?.targets[0]?.addresses).toBeUndefined();
});

test("whether undeclared listeners are looked for stands beside the assets, in either kind of file", () => {
  const listeners = (text: string): string => parseGuardOf(text, "assets.yaml").listeners;
  expect(listeners(one("    url: redis://h\n"))).toBe("on");
  expect(listeners(`${one("    url: redis://h\n")}listeners: off\n`)).toBe("off");
  expect(refusal(`${one("    url: redis://h\n")}listeners: maybe\n`)).toMatchObject({
    code: "policy/unknown-word",
    place: "assets.yaml:7:12",
  });
});

test("at most twenty are fast", () => {
  const asset = (i: number): string =>
    `  a${i}: { owner: x, url: "redis://h${i}", authorised: { by: Ann, on: 2026-11-01 }, profile: fast }\n`;
  const file = (count: number): string => `version: 1\nassets:\n${Array.from({ length: count }, (_, i) => asset(i)).join("")}`;
  expect(read(file(20))).toHaveLength(20);
  expect(refusal(file(21))).toMatchObject({ code: "policy/invalid", message: "At most 20 assets can be `fast`." });
});
