/** Listeners over a clock that is moved by hand; who answers is what the test wants. */
import { expect, test } from "vitest";
import { ManualClock } from "../lib/clock.ts";
import { messageOf } from "./alarms/alarm-message.ts";
import type { Check } from "./checks/check.ts";
import type { Identified } from "./readable/identify.ts";
import type { JudgeOptions, Report } from "./judge.ts";
import { Judge } from "./judge.ts";
import type { Seen } from "./ladder.ts";
import type { Listener } from "./listening.ts";
import { redis } from "./services/redis/redis.ts";
import { postgresql } from "./services/postgresql/postgresql.ts";
import { targetOf } from "./target.ts";
import type { ListenersOptions } from "./undeclared.ts";
import { isUndeclared, watchListeners } from "./undeclared.ts";

const startMs = 1_000_000;
const store = (checker = redis): Identified => ({ tag: "store", checker, channel: "plain" });
const other: Identified = { tag: "other", forGood: false };
const spokeFirst: Identified = { tag: "other", forGood: true };
const silent: Identified = { tag: "silent" };
const at = (port: number, inode = "1", address = "0.0.0.0"): Listener => ({ address, port, inode });

interface World {
  listeners: readonly Listener[];
  who: (port: number) => Identified;
  seen: Seen;
}

function play(first: Partial<World>, options: Partial<ListenersOptions & Pick<JudgeOptions, "stateOf">> = {}) {
  const { stateOf = () => undefined, ...rest } = options;
  const world: World = { listeners: [at(6_379)], who: () => store(), seen: "data-readable", ...first };
  const clock = new ManualClock(startMs);
  const over = new AbortController();
  const reports: Report[] = [];
  const asked: string[] = [];
  const blind: unknown[] = [];
  const checkTarget = async ({
    label,
    checker,
  }: {
    readonly label: string;
    readonly checker: { readonly title: string };
  }): Promise<Check> => ({
    target: label,
    service: checker.title,
    evidence: "vendor",
    seen: world.seen,
    rows: [],
    untested: [],
    remedy: "Close it.",
  });
  const done = watchListeners({
    listeners: async () => world.listeners,
    ownAddresses: () => ["127.0.0.1", "192.0.2.2"],
    declared: [],
    clock,
    signal: over.signal,
    judge: new Judge({ stateOf, vantagesOf: () => 2 }),
    tell: (report) => void reports.push(report),
    standing: [],
    onBlind: (error) => void blind.push(error),
    who: async ({ address, port }) => {
      asked.push(`${address}:${port} ${clock.nowMs() - startMs}`);
      return world.who(port);
    },
    checkTarget,
    lookup: async (host) => (host === "cache.example" ? [{ address: "192.0.2.2", family: "IPv4" }] : [{ address: host, family: "IPv4" }]),
    ...rest,
  });
  const pass = async (ms: number): Promise<void> => {
    for (let i = 0; i < 20; i += 1) await new Promise(setImmediate);
    await clock.advance(ms);
    for (let i = 0; i < 20; i += 1) await new Promise(setImmediate);
  };
  const end = async (): Promise<void> => {
    over.abort();
    await done;
  };
  const events = (): readonly string[] => reports.flatMap(({ asset, events: all }) => all.map(({ tag }) => `${asset.name} ${tag}`));
  const messages = () => reports.flatMap((report) => report.events.flatMap((event) => messageOf(report, event) ?? []));
  return { world, pass, end, events, messages, reports, asked, blind };
}

test("a store that nobody declared is confirmed, told once, and closed by three", async () => {
  const { world, pass, end, messages, events } = play({});
  await pass(1_000);
  expect(messages()).toMatchObject([
    {
      event: "opened",
      severity: "page",
      asset: "undeclared:6379",
      seen: "data-readable",
      summary: "undeclared listener on port 6379: answers as Redis, data-readable, since 1970-01-01T00:16:40.000Z",
      remedy: ["Declare it under `assets:`, or take it off this address. Close it."],
    },
  ]);
  await pass(130_000);
  expect(events()).toEqual(["undeclared:6379 opened"]);
  world.listeners = [];
  await pass(60_000);
  expect(events()).toEqual(["undeclared:6379 opened", "undeclared:6379 closed"]);
  expect(messages()[1]).toMatchObject({ severity: "info", summary: "undeclared listener on port 6379: closed from here, by three checks" });
  await end();
});

test("one with a login, and one that is not asked how far: a warning, that says so", async () => {
  const { pass, end, messages } = play({
    listeners: [at(5_432), at(6_379)],
    seen: "auth-required",
    who: (port) => store(port === 5_432 ? postgresql : redis),
  });
  await pass(1_000);
  await end();
  expect(messages().map(({ severity, seen, summary }) => [severity, seen, summary.replace(/, since.*/, "")])).toEqual([
    ["warning", "unknown", "undeclared listener on port 5432: answers as PostgreSQL"],
    ["warning", "auth-required", "undeclared listener on port 6379: answers as Redis, auth-required"],
  ]);
});

test("more is readable later: told again", async () => {
  const { world, pass, end, messages } = play({ seen: "auth-required" });
  await pass(1_000);
  world.seen = "data-readable";
  await pass(61_000);
  await end();
  expect(messages().map(({ event, severity }) => [event, severity])).toEqual([
    ["opened", "warning"],
    ["worse", "page"],
  ]);
});

test("what is declared, listens on loopback alone, is MySQL's or a printer's is not asked", async () => {
  const listeners = [at(6_379), at(6_380), at(6_381), at(6_382, "1", "127.0.0.1"), at(6_383, "1", "::1"), at(3_306), at(9_100)];
  const declared = ["redis://127.0.0.1:6379", "redis://192.0.2.2:6380", "redis://cache.example:6381"].map(targetOf);
  const { pass, end, asked, reports } = play({ listeners }, { declared });
  await pass(130_000);
  await end();
  expect([asked, reports]).toEqual([[], []]);
});

test("declared elsewhere is not declared here; a name that is not known now is not decided", async () => {
  const declared = [targetOf("redis://198.51.100.1:6379"), targetOf("redis://unknown.example:6380")];
  const lookup: ListenersOptions["lookup"] = async (host) => (host === "unknown.example" ? [] : [{ address: host, family: "IPv4" }]);
  const { pass, end, events } = play({ listeners: [at(6_379), at(6_380)] }, { declared, lookup });
  await pass(130_000);
  await end();
  expect(events()).toEqual(["undeclared:6379 opened"]);
});

test("who is no store is asked when it appears and every ten minutes; who spoke first not again; a new socket is asked at once", async () => {
  const { world, pass, end, asked, reports } = play({
    listeners: [at(22), at(80)],
    who: (port) => (port === 22 ? spokeFirst : other),
  });
  await pass(1_190_000);
  expect(asked.map((one) => one.replace(/.*:(\d+) /, "$1 "))).toEqual(["22 0", "80 0", "80 600000"]);
  world.listeners = [at(22, "2"), at(80)];
  await pass(60_000);
  await end();
  expect(asked.slice(3).map((one) => one.replace(/.*:(\d+) .*/, "$1"))).toEqual(["22", "80"]);
  expect(reports).toEqual([]);
});

test("a store that says nothing for a while is still told of, and not closed by it", async () => {
  const { world, pass, end, events } = play({});
  await pass(1_000);
  world.who = () => silent;
  await pass(600_000);
  expect(events()).toEqual(["undeclared:6379 opened"]);
  world.who = () => other;
  await pass(60_000);
  await end();
  expect(events()).toEqual(["undeclared:6379 opened", "undeclared:6379 closed"]);
});

test("seen once and not confirmed is told to nobody", async () => {
  let count = 0;
  const { pass, end, events, messages } = play({ who: () => (count++ === 0 ? store() : other) });
  await pass(120_000);
  await end();
  expect(events()).toEqual(["undeclared:6379 unconfirmed"]);
  expect(messages()).toEqual([]);
});

test("after a restart: told once, and closed where nobody listens any more or it has been declared since", async () => {
  const first = play({});
  await first.pass(1_000);
  await first.end();
  const kept = first.reports.at(-1)?.state;
  expect(isUndeclared("undeclared:6379") && !isUndeclared("cache")).toBe(true);
  const again = play({}, { stateOf: () => kept, standing: ["undeclared:6379"] });
  await again.pass(130_000);
  await again.end();
  expect(again.events()).toEqual([]);
  for (const more of [
    { world: { listeners: [] }, declared: [] },
    { world: {}, declared: [targetOf("redis://192.0.2.2")] },
  ]) {
    const second = play(more.world, { stateOf: () => kept, standing: ["undeclared:6379"], declared: more.declared });
    await second.pass(1_000);
    await second.end();
    expect(second.events()).toEqual(["undeclared:6379 closed"]);
  }
});

test("where it cannot be read who listens: said once, and nothing is closed by it", async () => {
  const { pass, end, events, blind } = play({}, { listeners: async () => Promise.reject(new Error("EACCES")) });
  await pass(600_000);
  await end();
  expect([events(), blind.length]).toEqual([[], 1]);
});
