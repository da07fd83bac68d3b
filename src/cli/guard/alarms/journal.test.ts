import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { AlarmMessage } from "../../../guard/alarms/alarm-message.ts";
import type { Asset } from "../../../guard/asset.ts";
import type { Row } from "../../../guard/checks/check.ts";
import { Judge } from "../../../guard/judge.ts";
import type { Seen } from "../../../guard/ladder.ts";
import { targetOf } from "../../../guard/target.ts";
import { openState } from "../../state.ts";
import type { State } from "../../state.ts";
import { GuardJournal } from "./journal.ts";

let folder: string;
let state: State;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vitrine-journal-"));
  state = openState({ folder, now: () => 1, random: () => "0123456789abcdef" });
});
afterEach(() => {
  state[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

const target = targetOf("redis://cache");
const cache: Asset = {
  name: "cache",
  owner: "platform",
  targets: [target],
  profile: "fast",
  allows: [],
  person: undefined,
  authorised: { by: "Ann", on: "2026-11-01" },
  expectedAt: () => "auth-required",
};

/** What each vantage saw, second by second. */
function keep(seconds: Readonly<Record<number, readonly [vantage: string, seen: Seen]>>): GuardJournal {
  const journal = new GuardJournal(state, [{ channels: ["webhook"], afterMs: 0 }], () => undefined);
  const judge = new Judge({ stateOf: (asset) => journal.stateOf(asset), vantagesOf: () => 2 });
  for (const [second, [vantage, seen]] of Object.entries(seconds)) {
    const atMs = Number(second) * 1000;
    const check = { target: target.label, service: "Redis", evidence: "vendor", seen, rows: [], untested: [], remedy: "Close it." };
    journal.keep(judge.see(cache, { vantage, checks: [check], atMs, steadyMs: atMs, tookMs: 1, isPathProven: true }));
  }
  journal.flush();
  return journal;
}

test("one row an alarm: it begins, gets worse, flaps, ends when two vantages have seen it closed, and says what was told while it was open", () => {
  keep({ 1: ["here", "counts-readable"], 2: ["here", "counts-readable"] });
  expect(state.guard.alarms({ limit: 10, openOnly: true })).toMatchObject([
    { id: "cache.1000", asset: "cache", event: "opened", severity: "page", since: 1000, toldAt: 2000, overAt: undefined, flaps: 0 },
  ]);
  keep({ 3: ["here", "data-readable"], 4: ["here", "auth-required"], 5: ["here", "data-readable"] });
  expect(state.guard.alarms({ limit: 10, openOnly: true })).toMatchObject([{ event: "flapped", severity: "page", flaps: 1 }]);
  keep({ 6: ["here", "auth-required"], 7: ["here", "auth-required"], 8: ["here", "auth-required"], 9: ["here", "auth-required"] });
  expect(state.guard.alarms({ limit: 10, openOnly: true })).toHaveLength(1);
  keep({ 10: ["outside", "closed"] });
  expect(state.guard.alarms({ limit: 10, openOnly: true })).toEqual([]);
  const [over] = state.guard.alarms({ limit: 10, openOnly: false });
  expect(over).toMatchObject({ event: "closed", severity: "page", overAt: 10_000, body: { event: "worse", seen: "data-readable" } });
});

test("each vantage has a row of what it saw, and since when; an asset is as bad as the worst of them", () => {
  keep({ 1: ["here", "auth-required"], 2: ["outside", "closed"], 3: ["here", "auth-required"], 4: ["outside", "unknown"] });
  const rows = state.guard.sights().map(({ vantage, seen, judged, at, since }) => [vantage, seen, judged, at, since]);
  expect(rows).toEqual([
    ["here", "auth-required", "as-expected", 3000, 1000],
    ["outside", "unknown", "unknown", 4000, 4000],
  ]);
  expect(state.guard.assets()).toMatchObject([{ asset: "cache", seen: "unknown" }]);
  // A restart goes on with what each of them saw.
  const journal = keep({ 5: ["here", "auth-required"] });
  expect(state.guard.sights().map(({ since }) => since)).toEqual([1000, 4000]);
  expect(journal.stateOf("cache")?.unknown.has("outside")).toBe(true);
});

test("where the file says something else, since there was no room to write, each vantage's next sight is written", () => {
  const journal = keep({ 1: ["here", "auth-required"], 2: ["outside", "closed"] });
  for (const vantage of ["here", "outside"]) {
    const sight = { vantage, seen: "unknown", judged: "unknown", body: {} };
    state.guard.record({ asset: "cache", seen: "unknown", at: 3000, state: {}, sight, entries: [], deliveries: [], alarms: [] });
  }
  const again = (): void => {
    const judge = new Judge({ stateOf: (asset) => journal.stateOf(asset), vantagesOf: () => 2 });
    for (const [vantage, seen] of [
      ["here", "auth-required"],
      ["outside", "closed"],
    ] as const) {
      const check = { target: target.label, service: "Redis", evidence: "vendor", seen, rows: [], untested: [], remedy: "Close it." };
      journal.keep(judge.see(cache, { vantage, checks: [check], atMs: 4000, steadyMs: 4000, tookMs: 1, isPathProven: true }));
    }
  };
  again();
  expect(state.guard.sights().map(({ seen }) => seen)).toEqual(["unknown", "unknown"]);
  journal.writeAnew();
  again();
  expect(state.guard.sights().map(({ seen }) => seen)).toEqual(["auth-required", "closed"]);
  expect(state.guard.assets()).toMatchObject([{ seen: "auth-required" }]);
});

test("what a vantage saw that was removed is no longer part of what is seen", () => {
  const journal = keep({ 1: ["here", "auth-required"], 2: ["outside", "unknown"] });
  expect(state.guard.assets()).toMatchObject([{ seen: "unknown" }]);
  journal.forget("outside");
  const judge = new Judge({ stateOf: (asset) => journal.stateOf(asset), vantagesOf: () => 1 });
  const check = {
    target: target.label,
    service: "Redis",
    evidence: "vendor",
    seen: "closed" as const,
    rows: [],
    untested: [],
    remedy: "Close it.",
  };
  journal.keep(judge.see(cache, { vantage: "here", checks: [check], atMs: 3000, steadyMs: 3000, tookMs: 1, isPathProven: true }));
  expect(state.guard.assets()).toMatchObject([{ seen: "closed" }]);
});

test("twenty assets of which nothing is known for one reason are one alarm, over a restart, until the last is seen again; one is an alarm of it", () => {
  const assets = Array.from({ length: 20 }, (_, i): Asset => ({
    ...cache,
    name: `store-${i}`,
    targets: [targetOf(`redis://store-${i}`)],
  }));
  const row = (seen: Seen, bytesReceived: number): Row => ({
    address: "192.0.2.1",
    family: "IPv4",
    channel: "plain",
    calledBy: "name",
    seen,
    because: "No answer from here to a connection.",
    notes: [],
    certificate: undefined,
    bytesSent: 0,
    bytesReceived,
    tookMs: 2_000,
  });
  let journal: GuardJournal;
  let judge: Judge;
  const begin = (): void => {
    journal = new GuardJournal(state, [{ channels: ["webhook"], afterMs: 0 }], () => undefined);
    judge = new Judge({ stateOf: (asset) => journal.stateOf(asset), vantagesOf: () => 1 });
  };
  /** One cycle: each asset a little later than the one before. */
  const cycle = (minute: number, seenOf: (i: number) => Row): void => {
    for (const [i, asset] of assets.entries()) {
      const atMs = minute * 60_000 + i * 500;
      const found = seenOf(i);
      const check = {
        target: `redis://store-${i}:6379`,
        service: "Redis",
        evidence: "vendor",
        seen: found.seen,
        rows: [found],
        untested: [],
        remedy: undefined,
      };
      journal.keep(judge.see(asset, { vantage: "here", checks: [check], atMs, steadyMs: atMs, tookMs: 1, isPathProven: false }));
    }
  };
  const all: AlarmMessage[] = [];
  /** Whatever was to be delivered by now, in its order. */
  const told = (): readonly AlarmMessage[] => {
    for (const { id, body } of state.guard.due("webhook", Date.now())) {
      all.push(body as unknown as AlarmMessage);
      state.guard.delivered(id, 1);
    }
    return all;
  };
  begin();
  const [silent, fine] = [row("filtered", 0), row("auth-required", 40)];
  cycle(0, () => fine);
  for (const minute of [1, 2, 3, 4, 5]) cycle(minute, () => silent);
  expect(told()).toEqual([]);
  cycle(6, () => silent);
  begin();
  cycle(7, () => silent);
  expect(told()).toMatchObject([{ event: "blind", asset: "20 assets", severity: "page" }]);
  expect(state.guard.alarms({ limit: 10, openOnly: true })).toHaveLength(1);
  // All but one are seen again: it stands, and says of which.
  cycle(8, (i) => (i === 7 ? silent : fine));
  expect(told()).toHaveLength(1);
  expect(state.guard.alarms({ limit: 10, openOnly: true })).toMatchObject([{ asset: "store-7", body: { assets: ["store-7"] } }]);
  cycle(9, () => fine);
  expect(told().map(({ event }) => event)).toEqual(["blind", "sees-again"]);
  expect(state.guard.alarms({ limit: 10, openOnly: true })).toEqual([]);
  // What answers nonsense is a matter of its own.
  for (let minute = 10; minute < 17; minute += 1) cycle(minute, (i) => (i === 3 ? row("unknown", 40) : fine));
  expect(told().at(-1)).toMatchObject({ event: "blind", asset: "store-3", alarm: "store-3.unknown.here.601500" });
});

test("what was counted while it was closed is told as of the past", () => {
  const journal = keep({ 1: ["here", "data-readable"], 2: ["here", "data-readable"] });
  const message = {
    alarm: "cache.1000",
    id: "cache.1000.readable.1",
    event: "readable",
    severity: "page",
    asset: "cache",
    owner: "platform",
    vantage: "here",
    seen: "data-readable",
    since: "1970-01-01T00:00:01.000Z",
    at: "1970-01-01T00:00:03.000Z",
    summary: "cache: readable: 3 with passwords",
    details: [],
    remedy: [],
    readable: [{ target: target.label, dataSet: "users", categories: [] }],
  } as const;
  const told = (): readonly unknown[] =>
    state.guard.due("webhook", Number.MAX_SAFE_INTEGER).flatMap(({ id, body }) => {
      state.guard.delivered(id, 1);
      const { event, severity, summary } = body as unknown as AlarmMessage;
      return event === "readable" ? [[severity, summary]] : [];
    });
  journal.keepReadable(message);
  // Of each alarm one after the other: the opening first.
  expect([...told(), ...told()]).toEqual([["page", "cache: readable: 3 with passwords"]]);
  const change = { id: "cache.1000", asset: "cache", event: "closed", severity: undefined, since: 1000, flaps: 0, body: undefined };
  state.guard.tell({ at: 4000, entries: [], deliveries: [], change: { ...change, isOver: true } });
  journal.keepReadable({ ...message, id: "cache.1000.readable.2" });
  expect(told()).toEqual([["info", "Closed by now. cache: readable: 3 with passwords"]]);
  expect(state.guard.alarm("cache.1000")?.readable).toHaveLength(1);
});

test("where it was seen is as of the last check, also where the worst of it is the same as before", () => {
  const journal = new GuardJournal(state, [], () => undefined);
  const judge = new Judge({ stateOf: (asset) => journal.stateOf(asset), vantagesOf: () => 1 });
  const row = (address: string, seen: Seen): Row => ({
    address,
    family: "IPv4",
    channel: "plain",
    calledBy: "address",
    seen,
    because: "",
    notes: [],
    certificate: undefined,
    bytesSent: 0,
    bytesReceived: 0,
    tookMs: 1,
  });
  const keepRows = (second: number, rows: readonly Row[]): void => {
    const [atMs, seen] = [second * 1000, rows.some((one) => one.seen === "data-readable") ? "data-readable" : "auth-required"] as const;
    const check = { target: target.label, service: "Redis", evidence: "vendor", seen, rows, untested: [], remedy: undefined };
    journal.keep(judge.see(cache, { vantage: "here", checks: [check], atMs, steadyMs: atMs, tookMs: second, isPathProven: true }));
  };
  const places = (): unknown => {
    const [{ body } = { body: {} }] = state.guard.sights();
    const { checks = [] } = body as { readonly checks?: readonly { readonly places: readonly Pick<Row, "address" | "seen">[] }[] };
    return checks[0]?.places.map(({ address, seen }) => [address, seen]);
  };
  for (const second of [1, 2, 3]) keepRows(second, [row("10.0.0.1", "data-readable"), row("10.0.0.2", "auth-required")]);
  keepRows(4, [row("10.0.0.1", "auth-required"), row("10.0.0.2", "data-readable")]);
  expect(places()).toEqual([
    ["10.0.0.1", "auth-required"],
    ["10.0.0.2", "data-readable"],
  ]);
  expect(state.guard.sights()).toMatchObject([{ since: 1000, at: 4000 }]);
  // The same in another order, as a name's addresses come, is written with the others' times alone.
  keepRows(5, [row("10.0.0.2", "data-readable"), row("10.0.0.1", "auth-required")]);
  expect(state.guard.sights()).toMatchObject([{ at: 4000 }]);
});
