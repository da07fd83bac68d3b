/** What a vantage can make the watch do and tell: over a real connection and a clock that is moved by hand. */
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Asset } from "../../../guard/asset.ts";
import { Judge } from "../../../guard/judge.ts";
import type { Seen } from "../../../guard/ladder.ts";
import { Nudges } from "../../../guard/nudges.ts";
import { targetOf } from "../../../guard/target.ts";
import { protocol } from "../../../guard/vantages/vantage-messages.ts";
import { ManualClock } from "../../../lib/clock.ts";
import { fingerprintOf } from "../../../lib/self-signed.ts";
import { openState } from "../../state.ts";
import type { State } from "../../state.ts";
import { Channel } from "../../vantage/channel.ts";
import { dial } from "../../vantage/dial.ts";
import { ownKey } from "../../vantage/key.ts";
import { VantageDesk } from "./vantage-desk.ts";

let folder: string;
let state: State;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vitrine-desk-"));
  state = openState({ folder, now: () => 1, random: () => "0123456789abcdef" });
});
afterEach(() => {
  state[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

const beginMs = 1_000_000_000;
const paths = { IPv4: "proven", IPv6: "untested" } as const;
const cache: Asset = {
  name: "cache",
  owner: "platform",
  targets: [targetOf("redis://192.0.2.1")],
  profile: "standard",
  expectedAt: () => "unreachable",
};

/** A watch with one asset and one vantage, whose key is enrolled. */
async function open(vantages = state.vantages) {
  const clock = new ManualClock(beginMs);
  const over = new AbortController();
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  vantages.addCode({ hash: "h", name: "outside", expiresAt: beginMs + 1, at: beginMs });
  vantages.enrol({ hash: "h", name: "outside", fingerprint: fingerprintOf(publicKey), at: beginMs });
  const vantageKeyFile = join(folder, "key");
  const watchKey = ownKey(vantageKeyFile);
  const seen: string[] = [];
  let port = 0;
  const desk = new VantageDesk({
    config: { vantageListen: { host: "127.0.0.1", port: 0 }, vantageKeyFile },
    state,
    append: (kind, body) => void state.append(kind, body),
    assets: [cache],
    declared: [],
    judge: new Judge({ stateOf: () => undefined, vantagesOf: () => 1 }),
    nudges: new Nudges(),
    tell: ({ is }) => seen.push(is),
    onRemoved: () => undefined,
    steps: [
      { channels: ["first"], afterMs: 0 },
      { channels: ["second"], afterMs: 60_000 },
    ],
    clock,
    log: (_, event, fields) => event === "waiting for vantages" && (port = Number(String(fields?.["address"]).split(":").at(-1))),
    signer: undefined,
  });
  const done = desk.run(over.signal);
  /** A second in some milliseconds: what is said meanwhile is still of the last beats. */
  const pass = async (until: () => boolean): Promise<void> => {
    for (let i = 0; i < 2_000 && !until(); i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      await clock.advance(1_000);
    }
    expect(until()).toBe(true);
  };
  const come = async (speaks: boolean): Promise<Channel> => {
    await expect.poll(() => port).toBeGreaterThan(0);
    const dialled = await dial({ host: "127.0.0.1", port, fingerprint: fingerprintOf(watchKey) }, privateKey, over.signal);
    if (dialled.tag !== "connected") throw new Error("the desk does not answer");
    const heard = Promise.withResolvers<void>();
    const channel = new Channel(dialled.socket, 4 << 20, (message) => {
      const { tag, beat } = message as { readonly tag: string; readonly beat?: number };
      if (tag === "beat" && speaks) channel.send({ tag: "alive", beat, paths });
      if (tag === "list") heard.resolve();
      return true;
    });
    channel.send({ tag: "hello", protocol, name: "outside" });
    await heard.promise;
    return channel;
  };
  const end = async (): Promise<void> => {
    over.abort();
    await clock.advance(60_000);
    await done;
  };
  const call = async <T>(work: (port: number, watch: string) => Promise<T>): Promise<T> => {
    await expect.poll(() => port).toBeGreaterThan(0);
    return work(port, fingerprintOf(watchKey));
  };
  return { come, call, pass, end, seen, now: () => clock.nowMs() };
}

/** What it says to one with a key of its own and a code, before it ends the connection. */
async function refusalOf(port: number, watch: string): Promise<readonly string[]> {
  const said: string[] = [];
  const { privateKey } = generateKeyPairSync("ed25519");
  const dialled = await dial({ host: "127.0.0.1", port, fingerprint: watch }, privateKey, new AbortController().signal);
  if (dialled.tag !== "connected") throw new Error("the desk does not answer");
  const channel = new Channel(dialled.socket, 4 << 20, (message) => said.push((message as { readonly tag: string }).tag) > 0);
  channel.send({ tag: "hello", protocol, name: "outside", code: "a".repeat(22) });
  await channel.closed;
  return said;
}

test("one that comes with a code while the state cannot be written is not told that its code is none", async () => {
  const { vantages } = state;
  state = { ...state, vantages: { ...vantages, enrol: () => undefined }, [Symbol.dispose]: state[Symbol.dispose].bind(state) };
  const desk = await open(vantages);
  expect(await desk.call(refusalOf)).toEqual([]);
  state = { ...state, vantages };
  await desk.end();
});

const standing = (): string | undefined => state.guard.alarms({ limit: 1, openOnly: true })[0]?.id;

test("whoever was told of a loss in the meantime hears of the return", async () => {
  const desk = await open();
  await desk.pass(() => standing() !== undefined);
  const alarm = standing() ?? "";
  state.guard.tell({ at: beginMs, entries: [], deliveries: [], alarm: { id: alarm, step: 1, nextAt: beginMs } });
  await desk.come(true);
  await desk.pass(() => standing() === undefined);
  await desk.end();
  expect(state.guard.deliveries([alarm]).map((one) => [one.channel, one.waiting])).toEqual([
    ["first", 2],
    ["second", 1],
  ]);
});

test("one that says more than it can have seen is cut off, and has moved little", async () => {
  const desk = await open();
  const channel = await desk.come(false);
  const sight = (seen: Seen) => {
    const row = { address: "192.0.2.1", family: "IPv4", channel: "plain", calledBy: "address", seen, because: "", notes: [] };
    const rows = [{ ...row, bytesSent: 0, bytesReceived: 0, tookMs: 0 }];
    const checks = [{ target: cache.targets[0]?.label, seen, rows, untested: ["IPv6"] }];
    return { tag: "sight", beat: 0, asset: "cache", tookMs: 0, paths, checks };
  };
  for (let i = 0; i < 500; i += 1) channel.send(sight(i % 2 === 0 ? "data-readable" : "closed"));
  await channel.closed;
  await desk.end();
  expect(desk.seen.slice(0, 2)).toEqual(["deviation", "as-expected"]);
  expect(desk.seen.length).toBeLessThan(100);
});

test("one that comes again and again and says nothing of an asset is not known to have seen it", async () => {
  const desk = await open();
  for (let i = 0; i < 5; i += 1) {
    const channel = await desk.come(true);
    const until = desk.now() + 60_000;
    await desk.pass(() => desk.now() >= until);
    channel.close();
    await channel.closed;
  }
  await desk.end();
  expect(desk.seen).toContain("unknown");
});
