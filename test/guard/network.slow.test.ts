/**
 * Weather that only a real network has: packets that are dropped, hosts that a router says are not there, a connection that dies in its midst, IPv6 alone.
 * In a network namespace of its own; without the right to make one it is skipped, which the run shows.
 */
import { execFileSync, spawn } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Address, Check, Row } from "../../src/guard/checks/check.ts";
import { check } from "../../src/guard/checks/check.ts";
import { targetOf } from "../../src/guard/target.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { mustBeThere } from "../support/servers/need.ts";
import type { Namespace } from "../support/servers/namespace.ts";
import { needsNamespace, openNamespace } from "../support/servers/namespace.ts";

const isThere = needsNamespace.isThere();
if (!isThere && mustBeThere) throw new Error(`in CI what is missing fails: ${needsNamespace.command}`);

const patience = { quietMs: 1_000, answerMs: 3_000 };
/** Beyond the namespace, where it is asked to pass packets on: what it says of them is a router's word. */
const [unreachable, prohibited, blackhole] = ["198.19.255.1", "198.19.255.2", "198.19.255.3"] as const;
const [ours6, theirs6] = ["2001:db8:77::1", "2001:db8:77::2"] as const;

/** A memcached that anybody reads, on 11211; on 11212 one that says nothing until it is told to go on; on 9000 a store that says by which name it was called. */
const stores = `
  const { createServer } = require("node:net");
  const say = (text) => process.stdout.write(text + "\\n");
  const quiet = (socket) => socket.on("error", () => {});
  createServer((socket) => quiet(socket).on("data", () => socket.write("END\\r\\n"))).listen(11211, "::");
  createServer((socket) => { say("connected"); quiet(socket).on("data", () => process.stdin.once("data", () => socket.write("END\\r\\n"))); }).listen(11212, "::");
  require("node:http").createServer((request, response) => { say("host " + request.headers.host); response.writeHead(403, { "content-type": "application/xml" }).end("<?xml version=\\"1.0\\"?><Error><Code>AccessDenied</Code></Error>"); }).listen(9000, "::");
  say("ready");
`;

const openStores = ({ run }: Namespace) =>
  spawn("ip", [...run.slice(1), process.execPath, "-e", stores], { stdio: ["pipe", "pipe", "inherit"] });

describe.skipIf(!isThere)(`a network of its own${isThere ? "" : ` (not tried: ${needsNamespace.command})`}`, () => {
  const ends = new DisposableStack();
  let namespace: Namespace;
  let server: ReturnType<typeof openStores>;
  let said = "";
  const ip = (...args: readonly string[]): unknown => execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"] });
  const inside = (...args: readonly string[]): unknown => ip(...namespace.run.slice(1), "ip", ...args);
  const ourEnd = (): string => namespace.address.replace(/\d+$/, (last) => String(Number(last) - 1));

  beforeAll(async () => {
    namespace = ends.use(openNamespace());
    const [cable = ""] = /\bvi\d+a\b/.exec(execFileSync("ip", ["-o", "addr", "show", "to", ourEnd()], { encoding: "utf8" })) ?? [];
    const other = cable.replace(/a$/, "b");
    ip("addr", "add", `${ours6}/64`, "dev", cable, "nodad");
    inside("addr", "add", `${theirs6}/64`, "dev", other, "nodad");
    execFileSync("ip", [...namespace.run.slice(1), "sysctl", "-qw", "net.ipv4.ip_forward=1"], {
      stdio: "ignore",
    });
    for (const [kind, address] of [
      ["unreachable", unreachable],
      ["prohibit", prohibited],
      ["blackhole", blackhole],
    ] as const) {
      inside("route", "add", kind, address);
      ip("route", "add", address, "via", namespace.address);
    }
    server = openStores(namespace);
    ends.defer(() => server.kill("SIGKILL"));
    server.stdout.on("data", (bytes: Buffer) => (said += bytes.toString("utf8")));
    await vi.waitUntil(() => said.includes("ready"), { timeout: 20_000 });
  }, 30_000);
  afterAll(() => ends.dispose());

  const at = (...addresses: readonly string[]): readonly Address[] =>
    addresses.map((address) => ({ address, family: address.includes(":") ? "IPv6" : "IPv4" }));
  const ask = async (url: string, lookup?: readonly Address[]): Promise<Check> =>
    check({ ...targetOf(url), channels: ["plain"] }, systemClock, { patience, ...(lookup && { lookup: async () => lookup }) });
  const places = ({ rows }: Check): readonly (readonly [string, Row["calledBy"], Row["seen"], string])[] =>
    rows.map(({ address, calledBy, seen, because }) => [address, calledBy, seen, because]);

  /** Whatever the other side sends to us is lost, until the end. */
  const lost = (to = ourEnd()): Disposable => {
    const family = to.includes(":") ? ["-6"] : [];
    const rule = ["to", to, "blackhole"];
    inside(...family, "rule", "add", ...rule);
    return { [Symbol.dispose]: () => inside(...family, "rule", "del", ...rule) };
  };

  // The first: a router says so a few times in a row, and then for a while no more.
  test.each([
    ["unreachable", unreachable],
    ["prohibited", prohibited],
  ])("a router says that it is %s: not known", async (_what, address) => {
    expect(places(await ask(`redis://${address}`))).toEqual([[address, "address", "unknown", "There is no way there from here."]]);
  });

  test("is reached: a store that is open there is open", async () => {
    expect((await ask(`memcached://${namespace.address}`)).seen).toBe("data-readable");
  });

  test("nobody listens there: closed", async () => {
    expect(places(await ask(`memcached://${namespace.address}:11213`))).toEqual([
      [namespace.address, "address", "closed", "The connection was refused."],
    ]);
  });

  test("packets are dropped: filtered from here, and neither closed nor open", async () => {
    const dropped = "No answer from here to a connection.";
    {
      using _lost = lost();
      expect(places(await ask(`memcached://${namespace.address}`))).toEqual([[namespace.address, "address", "filtered", dropped]]);
    }
    expect(places(await ask(`memcached://${blackhole}`))).toEqual([[blackhole, "address", "filtered", dropped]]);
    expect((await ask(`memcached://${namespace.address}`)).seen).toBe("data-readable");
  });

  test("dies in the midst of a connection: not known", async () => {
    said = "";
    const asked = ask(`memcached://${namespace.address}:11212`);
    await expect.poll(() => said, { timeout: 5_000, interval: 2 }).toContain("connected");
    using _lost = lost();
    server.stdin.write("go on");
    expect(places(await asked)).toEqual([[namespace.address, "address", "unknown", "Nothing was answered."]]);
  });

  test("one of a name's addresses drops, the other is open: open", async () => {
    const found = await ask("memcached://cache.example.org", at(blackhole, namespace.address));
    expect(places(found).map(([address, , seen]) => [address, seen])).toEqual([
      [blackhole, "filtered"],
      [blackhole, "filtered"],
      [namespace.address, "data-readable"],
      [namespace.address, "data-readable"],
    ]);
    expect(found.seen).toBe("data-readable");
  });

  test("IPv6 alone: asked there, and IPv4 is not tested; dropped there it is filtered", async () => {
    const found = await ask("memcached://cache.example.org", at(theirs6));
    expect([found.seen, found.untested, found.rows.map(({ family }) => family)]).toEqual(["data-readable", ["IPv4"], ["IPv6", "IPv6"]]);
    using _lost = lost(ours6);
    expect((await ask(`memcached://[${theirs6}]`)).seen).toBe("filtered");
  });

  test("open by IPv6 alone, IPv4 dropped: open", async () => {
    using _lost = lost();
    const found = await ask("memcached://cache.example.org", at(namespace.address, theirs6));
    expect([found.seen, found.untested]).toEqual(["data-readable", []]);
  });

  test("a hosted store is asked by its name alone; whose address is of one's own network, or whose name is the address, by that", async () => {
    const calledIn = async (asked: () => Promise<Check>): Promise<readonly [readonly string[], ReadonlySet<string>]> => {
      said = "";
      const { rows } = await asked();
      await vi.waitUntil(() => said.match(/host /g)?.length === 2, { timeout: 20_000 });
      return [rows.map(({ calledBy, seen }) => `${calledBy} ${seen}`), new Set(said.match(/(?<=host )\S+/g))];
    };
    expect(await calledIn(() => ask("s3://bucket.s3.example.org:9000/-/canary.txt", at(namespace.address)))).toEqual([
      ["name auth-required"],
      new Set(["bucket.s3.example.org"]),
    ]);
    expect(await calledIn(() => ask(`s3://${namespace.address}:9000/bucket/canary.txt`))).toEqual([
      ["address auth-required"],
      new Set([namespace.address]),
    ]);
    const own = await ask("s3://minio.example.org:1/bucket", at("127.0.0.1"));
    expect(own.rows.map(({ calledBy }) => calledBy)).toEqual(["name", "address"]);
    // What is one owner's is asked in both ways wherever it is.
    const other = await ask("memcached://cache.example.org", at(namespace.address));
    expect(other.rows.map(({ calledBy }) => calledBy)).toEqual(["name", "address"]);
  });
});
