import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { ManualClock } from "../../lib/clock.ts";
import type { Paths } from "./path-control.ts";
import { PathLog, provePaths } from "./path-control.ts";

const controls = [
  { host: "a.example.com", port: 443 },
  { host: "b.example.com", port: 443 },
];
const lookup = async (host: string, family: string) => (family === "IPv4" ? [`192.0.2.${host === "a.example.com" ? 1 : 2}`] : []);

describe("a family is proven by any endpoint that answers", () => {
  test.for([
    ["the first", ["192.0.2.1"], { IPv4: "proven", IPv6: "no-control" }],
    ["the second", ["192.0.2.2"], { IPv4: "proven", IPv6: "no-control" }],
    ["none", [], { IPv4: "none", IPv6: "no-control" }],
  ] as const)("%s", async ([, open, paths]) => {
    const isReachable = async (address: string) => open.some((one) => one === address);
    expect(await provePaths(controls, { lookup, isReachable, hasFamily: () => true })).toEqual(paths);
  });

  test("a family that this host does not have is not tested; no declared control proves nothing", async () => {
    const hasFamily = (family: string) => family === "IPv4";
    expect(await provePaths(controls, { lookup, isReachable: async () => false, hasFamily })).toEqual({ IPv4: "none", IPv6: "untested" });
    expect(await provePaths([], { hasFamily: () => true })).toEqual({ IPv4: "none", IPv6: "none" });
  });

  test("where no name is found the path is missing, and not the control", async () => {
    expect(await provePaths(controls, { lookup: async () => [], hasFamily: () => true })).toEqual({ IPv4: "none", IPv6: "none" });
  });
});

test("a real endpoint: a connection that ends cleanly, without a byte", async () => {
  const ends = Promise.withResolvers<number>();
  const server = createServer((socket) => {
    let bytes = 0;
    socket.on("data", (chunk) => (bytes += chunk.length)).on("end", () => ends.resolve(bytes));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const paths = await provePaths([{ host: "127.0.0.1", port }], { hasFamily: () => true });
  // An address of one family proves nothing of the other.
  expect(paths).toEqual({ IPv4: "proven", IPv6: "no-control" });
  expect(await ends.promise).toBe(0);
  server.close();
});

describe("what counts is the whole time of a check", () => {
  const proven: Paths = { IPv4: "proven", IPv6: "untested" };
  const none: Paths = { IPv4: "none", IPv6: "untested" };

  test.for([
    ["good before and after", [proven, proven], "proven"],
    ["lost before it ended", [proven, none], "none"],
    ["back only after it", [none, proven], "none"],
  ] as const)("%s", async ([, answers, seen]) => {
    const clock = new ManualClock();
    const left = [...answers];
    const log = new PathLog(clock, async () => left.shift() ?? proven);
    await log.prove();
    await clock.advance(10);
    const sinceMs = clock.monotonicMs();
    await clock.advance(10);
    expect((await log.during(sinceMs)).IPv4).toBe(seen);
  });

  test("one that began while it was looked at proves nothing of its beginning", async () => {
    const clock = new ManualClock();
    const log = new PathLog(clock, async () => proven);
    const sinceMs = clock.monotonicMs();
    await clock.advance(10);
    expect(await log.during(sinceMs)).toEqual({ IPv4: "none", IPv6: "none" });
  });

  test("who asks while one runs gets one that began later; all who wait share it", async () => {
    const waiting: (() => void)[] = [];
    const log = new PathLog(new ManualClock(), async () => new Promise((done) => waiting.push(() => done(proven))));
    const first = log.prove();
    const others = [log.prove(), log.prove(), log.prove()];
    waiting[0]?.();
    await first;
    await new Promise(setImmediate);
    expect(waiting).toHaveLength(2);
    waiting[1]?.();
    await Promise.all(others);
    expect(waiting).toHaveLength(2);
  });
});
