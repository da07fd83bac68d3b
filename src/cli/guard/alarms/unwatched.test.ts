/** No alarm stands for ever because nobody looks any more. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { AlarmMessage } from "../../../guard/alarms/alarm-message.ts";
import type { Asset } from "../../../guard/asset.ts";
import { wayOutMessage } from "../../../guard/alarms/delivery-alarm.ts";
import { lookMessage } from "../../../guard/alarms/look-alarm.ts";
import { vantageMessage } from "../../../guard/alarms/vantage-alarm.ts";
import { Judge } from "../../../guard/judge.ts";
import type { Seen } from "../../../guard/ladder.ts";
import { targetOf } from "../../../guard/target.ts";
import { undeclaredAsset } from "../../../guard/undeclared.ts";
import { openState } from "../../state.ts";
import type { State } from "../../state.ts";
import { GuardJournal } from "./journal.ts";
import type { Watched } from "./unwatched.ts";
import { endUnwatched } from "./unwatched.ts";

let folder: string;
let state: State;
let journal: GuardJournal;
let judge: Judge;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vitrine-unwatched-"));
  state = openState({ folder, now: () => 1, random: () => "0123456789abcdef" });
  begin();
});
afterEach(() => {
  state[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

const steps = [{ channels: ["webhook"], afterMs: 0 }];
const minute = 60_000;

function begin(isThere?: (vantage: string) => boolean): void {
  journal = new GuardJournal(state, steps, () => undefined, isThere);
  judge = new Judge({ stateOf: (asset) => journal.stateOf(asset), vantagesOf: () => 1 });
}

const target = targetOf("redis://cache");
const assetOf = (name: string): Asset => ({
  name,
  owner: "platform",
  targets: [target],
  profile: "fast",
  expectedAt: () => "auth-required",
});

/** Minute by minute. Nothing is known for want of any address, which is a reason that others share, or for one of its own. */
function see(
  asset: Asset,
  vantage: string,
  seen: readonly Seen[],
  { hasAddress = true, fromMinute = 1 }: { readonly hasAddress?: boolean; readonly fromMinute?: number } = {},
): void {
  const row = {
    address: "192.0.2.1",
    family: "IPv4",
    channel: "plain",
    calledBy: "name",
    seen: "unknown",
    because: "It says something odd.",
    notes: [],
    certificate: undefined,
    bytesSent: 1,
    bytesReceived: 1,
    tookMs: 1,
  } as const;
  for (const [i, one] of seen.entries()) {
    const rows = hasAddress ? [{ ...row, seen: one }] : [];
    const check = {
      target: target.label,
      service: "Redis",
      evidence: "vendor" as const,
      seen: one,
      rows,
      untested: [],
      remedy: "Close it.",
    };
    const atMs = (i + fromMinute) * minute;
    journal.keep(judge.see(asset, { vantage, checks: [check], atMs, steadyMs: atMs, tookMs: 1, isPathProven: true }));
  }
}

const open: readonly Seen[] = ["data-readable", "data-readable"];
const unknown: readonly Seen[] = Array.from({ length: 7 }, () => "unknown" as const);
const all: Watched = {
  assets: ["cache", "shop"],
  looked: ["cache"],
  vantages: ["outside"],
  lost: ["vantage:outside.lost.60000"],
  hasListeners: true,
  channels: ["webhook"],
};

function endWith(watched: Partial<Watched>): void {
  endUnwatched({ state, steps, watched: { ...all, ...watched }, nowMs: 60 * minute });
  begin();
}

const standing = (): readonly string[] => state.guard.alarms({ limit: 10, openOnly: true }).map(({ id }) => id);
const told = (): readonly AlarmMessage[] =>
  state.guard.due("webhook", Number.MAX_SAFE_INTEGER).flatMap(({ id, body }) => {
    state.guard.delivered(id, 1);
    return [body as unknown as AlarmMessage];
  });

test("what is looked at stays as it is", () => {
  see(assetOf("cache"), "here", open);
  see(assetOf("shop"), "outside", unknown);
  see(undeclaredAsset("undeclared:6379"), "here", open);
  const before = standing();
  expect(before).toHaveLength(3);
  endWith({});
  expect(standing()).toEqual(before);
});

test("an alarm of an asset that was taken out of the file is over, and who was told of it hears that nobody has seen it closed", () => {
  see(assetOf("cache"), "here", open);
  expect(told().map(({ event }) => event)).toEqual(["opened"]);
  endWith({ assets: ["shop"] });
  expect([standing(), state.guard.assets(), state.guard.sights()]).toEqual([[], [], []]);
  const [over, ...more] = told();
  expect([over?.event, over?.alarm, over?.severity, more]).toEqual(["withdrawn", "cache.60000", "info", []]);
  expect(over?.summary).toContain("nobody has seen it end");
  // Once.
  endWith({ assets: ["shop"] });
  expect(told()).toEqual([]);
  // Declared again, and still open: a new alarm, confirmed anew.
  see(assetOf("cache"), "here", open, { fromMinute: 90 });
  expect(standing()).toEqual(["cache.5400000"]);
});

test("so is one of not knowing from a vantage that was removed, whether it was alone or one of several", () => {
  see(assetOf("cache"), "outside", unknown);
  see(assetOf("shop"), "outside", unknown, { hasAddress: false });
  expect(standing().toSorted()).toEqual(["cache.unknown.outside.60000", "unknown.no-address.outside.60000"]);
  endWith({ vantages: [] });
  expect(standing()).toEqual([]);
});

test("a group loses those that are no longer declared, and is over with the last", () => {
  for (const name of ["cache", "shop"]) see(assetOf(name), "here", unknown, { hasAddress: false });
  endWith({ assets: ["shop"] });
  expect(state.guard.alarms({ limit: 10, openOnly: true })).toMatchObject([{ body: { assets: ["shop"] } }]);
  endWith({ assets: [] });
  expect(standing()).toEqual([]);
});

test("so is one of a listener where listeners are no longer looked for, and one of a way out that is no longer set up", () => {
  see(undeclaredAsset("undeclared:6379"), "here", open);
  const message = wayOutMessage("way-out-lost", { channel: "first:mail", sinceMs: minute, atMs: minute });
  const { alarm: id, asset, event, severity } = message;
  const change = { id, asset, event, severity, since: minute, isOver: false, flaps: undefined, body: { summary: message.summary } };
  state.guard.tell({ at: minute, entries: [], deliveries: [], change });
  endWith({ channels: ["webhook", "first:mail"] });
  expect(standing()).toHaveLength(2);
  endWith({ hasListeners: false });
  expect(standing()).toEqual([]);
});

test("a vantage that goes takes its doubts and its proofs with it, and leaves the alarm", () => {
  see(assetOf("cache"), "here", open);
  see(assetOf("cache"), "outside", ["auth-required", "auth-required"]);
  see(assetOf("shop"), "outside", ["data-readable"]);
  journal.forget("outside");
  judge.forget("outside");
  expect(journal.stateOf("shop")?.suspicion).toBeUndefined();
  see(assetOf("cache"), "here", ["auth-required"]);
  expect(standing()).toEqual(["cache.60000"]);
  see(assetOf("cache"), "here", ["auth-required", "auth-required"]);
  expect(standing()).toEqual([]);
});

test("nobody is told that a store is looked into again where it is to be no more, nor that a vantage sees again that was removed", () => {
  const looked = lookMessage("look-overdue", assetOf("cache"), { sinceMs: minute, atMs: minute });
  const lost = vantageMessage(
    { tag: "vantage-lost", sinceMs: minute, because: "" },
    { vantage: "outside", asset: "vantage:outside", atMs: minute },
  );
  for (const message of [looked, lost]) {
    const { alarm: id, asset, event, severity, summary } = message;
    const change = { id, asset, event, severity, since: minute, isOver: false, flaps: undefined, body: { summary } };
    state.guard.tell({ at: minute, entries: [], deliveries: [], change });
  }
  endWith({});
  expect(standing()).toHaveLength(2);
  endWith({ looked: [], lost: [] });
  expect(standing()).toEqual([]);
  expect(told().map(({ event }) => event)).toEqual(["withdrawn", "withdrawn"]);
});

test("so does one that was removed while nobody watched, and the worst that was seen is of those that are left", () => {
  see(assetOf("cache"), "here", open);
  see(assetOf("cache"), "outside", ["auth-required", "auth-required"]);
  see(assetOf("shop"), "here", ["auth-required"]);
  see(assetOf("shop"), "outside", ["data-readable"]);
  begin((vantage) => vantage === "here");
  expect(journal.stateOf("shop")?.suspicion).toBeUndefined();
  see(assetOf("cache"), "here", ["auth-required"]);
  expect(standing()).toEqual(["cache.60000"]);
  see(assetOf("shop"), "here", ["auth-required"]);
  expect(state.guard.assets()).toMatchObject([{ asset: "cache" }, { asset: "shop", seen: "auth-required" }]);
});
