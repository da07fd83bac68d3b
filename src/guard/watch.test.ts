/** The watch over a clock that is moved by hand, and checks that say what the test wants. */
import { expect, test } from "vitest";
import { ManualClock } from "../lib/clock.ts";
import type { Asset } from "./asset.ts";
import type { Check } from "./checks/check.ts";
import type { JudgeOptions, Report } from "./judge.ts";
import { Judge } from "./judge.ts";
import type { Seen } from "./ladder.ts";
import { Nudges } from "./nudges.ts";
import { targetOf } from "./target.ts";
import type { WatchOptions } from "./watch.ts";
import { watch } from "./watch.ts";

const assetOf = (name: string, profile: Asset["profile"] = "fast"): Asset => ({
  name,
  owner: "platform",
  targets: [targetOf(`redis://${name}`)],
  profile,
  allows: [],
  person: undefined,
  authorised: { by: "Ann", on: "2026-11-01" },
  expectedAt: () => "auth-required",
});

type Options = Partial<Pick<WatchOptions, "random" | "tell" | "checkTarget">> & Partial<Pick<JudgeOptions, "stateOf">>;

function play(
  assets: readonly Asset[],
  see: (asset: string, nowMs: number) => Seen,
  { stateOf = () => undefined, ...options }: Options = {},
) {
  const clock = new ManualClock(1_000_000);
  const over = new AbortController();
  const reports: Report[] = [];
  const checkTarget = async ({ host }: { readonly host: string }): Promise<Check> => ({
    target: host,
    service: "Redis",
    evidence: "vendor",
    seen: see(host, clock.nowMs() - 1_000_000),
    rows: [],
    untested: [],
    remedy: undefined,
  });
  const tell = (report: Report): void => void reports.push(report);
  const judge = new Judge({ stateOf, vantagesOf: () => 1 });
  const nudges = new Nudges();
  const done = watch({ assets, clock, random: () => 0, signal: over.signal, judge, nudges, tell, checkTarget, ...options });
  // What was begun reaches its next sleep before time goes on.
  const pass = async (ms: number): Promise<void> => {
    await new Promise(setImmediate);
    await clock.advance(ms);
  };
  const end = async (): Promise<void> => {
    over.abort();
    await done;
  };
  const events = (): readonly string[] =>
    reports.flatMap(({ asset, atMs, events: all }) => all.map(({ tag }) => `${asset.name} ${tag} ${atMs - 1_000_000}`));
  return { pass, reports, end, events, nudges };
}

test("an opening is confirmed within 2 s and told once; its closing by three checks", async () => {
  const { pass, events, end } = play([assetOf("cache")], (_, now) => (now >= 9_000 && now < 22_000 ? "data-readable" : "auth-required"));
  await pass(60_000);
  await end();
  expect(events()).toEqual(["cache opened 12250", "cache closed 24750"]);
});

test("each by its profile", async () => {
  const { pass, reports, end } = play([assetOf("fast"), assetOf("slow", "standard")], () => "auth-required");
  await pass(119_000);
  await end();
  const count = (name: string): number => reports.filter(({ asset }) => asset.name === name).length;
  expect([count("fast"), count("slow")]).toEqual([30, 2]);
});

test("what is a log-in each time is asked once an hour, the first time within a minute", async () => {
  const mysql: Asset = { ...assetOf("db"), targets: [targetOf("mysql://app@db")] };
  const { pass, reports, end } = play([mysql], () => "closed", { random: () => 0.9 });
  await pass(2 * 3_600_000);
  await end();
  const [first, second] = reports.map(({ atMs }) => atMs - 1_000_000);
  expect(first).toBe(54_000);
  expect((second ?? 0) - 54_000).toBeGreaterThanOrEqual(0.9 * 3_600_000);
  expect(reports).toHaveLength(3);
});

test("after a restart an opening that was told is not told again, and its end is", async () => {
  const first = play([assetOf("cache")], () => "data-readable");
  await first.pass(10_000);
  await first.end();
  expect(first.events()).toEqual(["cache opened 250"]);
  const kept = first.reports.at(-1)?.state;
  const second = play([assetOf("cache")], (_, now) => (now < 10_000 ? "data-readable" : "closed"), { stateOf: () => kept });
  await second.pass(30_000);
  await second.end();
  expect(second.events()).toEqual(["cache closed 12500"]);
});

test("no more than 32 are checked at one time, and all come round", async () => {
  let now = 0;
  let most = 0;
  const assets = Array.from({ length: 100 }, (_, i) => assetOf(`a${i}`, "standard"));
  const { pass, reports, end } = play(assets, () => "closed", {
    checkTarget: async ({ host }, at) => {
      now += 1;
      most = Math.max(most, now);
      await at.sleep(1_000);
      now -= 1;
      return { target: host, service: "Redis", evidence: "vendor", seen: "closed", rows: [], untested: [], remedy: undefined };
    },
  });
  await pass(10_000);
  expect(most).toBe(32);
  expect(new Set(reports.map(({ asset }) => asset.name)).size).toBe(100);
  void end();
});

test("stores that let everybody wait hold up no check of a fast one, and not the second look that confirms an opening", async () => {
  const hanging = Array.from({ length: 40 }, (_, i) => assetOf(`a${i}`, "standard"));
  const { pass, events, end } = play([assetOf("b", "standard"), ...hanging, assetOf("fast")], () => "closed", {
    checkTarget: async ({ host }, clock) => {
      if (host.startsWith("a")) await clock.sleep(10 * 60_000);
      return { target: host, service: "Redis", evidence: "vendor", seen: "data-readable", rows: [], untested: [], remedy: undefined };
    },
  });
  await pass(5_000);
  void end();
  expect(events().toSorted()).toEqual(["b opened 250", "fast opened 250"]);
});

test("what was seen was seen when it was looked at, and not when that was due", async () => {
  const assets = Array.from({ length: 33 }, (_, i) => assetOf(`a${i}`, "standard"));
  const { pass, reports, end } = play(assets, () => "closed", {
    checkTarget: async ({ host }, clock) => {
      await clock.sleep(10_000);
      return { target: host, service: "Redis", evidence: "vendor", seen: "closed", rows: [], untested: [], remedy: undefined };
    },
  });
  await pass(25_000);
  void end();
  const last = reports.find(({ asset }) => asset.name === "a32");
  expect([last?.atMs, last?.tookMs]).toEqual([1_010_000, 10_000]);
});

test("nothing is checked while what was seen before is being kept", async () => {
  let kept = 0;
  const { pass, end } = play([assetOf("cache")], () => "closed", {
    tell: async () => {
      kept += 1;
      await new Promise(() => undefined);
    },
  });
  await pass(60_000);
  void end();
  expect(kept).toBe(1);
});

test("a checker that fails of itself has seen nothing, alarms in time, and stops no other", async () => {
  const { pass, events, end } = play([assetOf("broken"), assetOf("cache")], () => "closed", {
    checkTarget: async ({ host }) => {
      if (host === "broken") throw new Error("bug");
      return { target: host, service: "Redis", evidence: "vendor", seen: "data-readable", rows: [], untested: [], remedy: undefined };
    },
  });
  await pass(310_000);
  await end();
  expect(events()).toEqual(["cache opened 250", "broken blind 300000"]);
});

test("a nudge checks at once, also one that came during a check, and nothing but that asset", async () => {
  let busyMs = 0;
  const { pass, reports, end, nudges } = play([assetOf("cache", "standard"), assetOf("db", "standard")], () => "closed", {
    checkTarget: async ({ host }, clock) => {
      await clock.sleep(busyMs);
      return { target: host, service: "Redis", evidence: "vendor", seen: "closed", rows: [], untested: [], remedy: undefined };
    },
  });
  await pass(10_000);
  busyMs = 1_000;
  nudges.nudge("cache");
  await pass(500);
  nudges.nudge("cache");
  await pass(5_000);
  await end();
  expect(reports.map(({ asset, atMs }) => `${asset.name} ${atMs - 1_000_000}`)).toEqual(["cache 0", "db 0", "cache 10000", "cache 11000"]);
});
