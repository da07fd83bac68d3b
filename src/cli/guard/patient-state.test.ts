/** A state on a disk of its own that is full; without the right to mount one these tests are skipped, and say so. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import type { AlarmMessage } from "../../guard/alarms/alarm-message.ts";
import { Nudges } from "../../guard/nudges.ts";
import { ManualClock } from "../../lib/clock.ts";
import { openState } from "../state.ts";
import type { State } from "../state.ts";
import { deliver } from "./alarms/deliver.ts";
import { PatientState, waitingMax } from "./patient-state.ts";

const disk = mkdtempSync(join(tmpdir(), "vitrine-full-"));
const isMounted = mount();
function mount(): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
afterAll(() => {
  if (isMounted) execFileSync("umount", [disk]);
  rmSync(disk, { recursive: true, force: true });
});

let file: State;
let letters: Nudges;
let patient: PatientState;
let said: string[];
const filler = join(disk, "filler");
beforeEach(() => {
  const folder = join(isMounted ? disk : mkdtempSync(join(disk, "no-")), "state");
  mkdirSync(folder, { recursive: true });
  file = openState({ folder, now: () => 1, random: () => "0123456789abcdef" });
  letters = new Nudges();
  said = [];
  patient = new PatientState({
    state: file,
    letters,
    onFull: (code) => said.push(`full ${code}`),
    onRoom: (waited, lost) => said.push(`room ${waited}`, ...(lost > 0 ? [`lost ${lost}`] : [])),
  });
});
afterEach(() => {
  file[Symbol.dispose]();
  rmSync(filler, { force: true });
  rmSync(join(disk, "state"), { recursive: true, force: true });
});

function fill(): void {
  writeFileSync(filler, "");
  for (let size = 1 << 20; size >= 512; size /= 2)
    for (;;)
      try {
        writeFileSync(filler, Buffer.alloc(size), { flag: "a" });
      } catch {
        break;
      }
}
const free = (): void => truncateSync(filler, 0);

const nowMs = 5_000;
/** Long enough that no page of the file has room for it. */
const long = "x".repeat(20_000);
const news = (alarm: string, event: string) => ({
  at: nowMs,
  entries: [{ kind: "guard-told", body: { alarm, event } }],
  deliveries: [{ id: `webhook:${alarm}.${event}`, channel: "webhook", body: { alarm, id: `${alarm}.${event}`, event, long } }],
});

/** One way out; the first `fails` messages are not taken. */
function delivering(receiver: { fails: number }) {
  const clock = new ManualClock(nowMs);
  const over = new AbortController();
  const got: string[] = [];
  const webhook = async (message: AlarmMessage) => {
    receiver.fails -= 1;
    if (receiver.fails >= 0) return { tag: "failed", because: "down" } as const;
    got.push(message.id);
    return { tag: "delivered" } as const;
  };
  const options = { clock, signal: over.signal, letters, receivers: { webhook }, crash: () => undefined, onFailure: () => undefined };
  const done = deliver({ ...options, guard: patient.state.guard });
  const end = async (): Promise<void> => {
    over.abort();
    await done;
  };
  return { clock, got, end };
}
const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i += 1) await new Promise(setImmediate);
};
const kept = (): readonly string[] => file.ledger({ last: 100 }).map(({ kind }) => kind);

test("what is recorded wakes the delivery: no time has to pass", async () => {
  const { got, end } = delivering({ fails: 0 });
  await settle();
  patient.state.guard.tell(news("a", "opened"));
  await settle();
  expect(got).toEqual(["a.opened"]);
  await end();
});

test.skipIf(!isMounted)("with a full disk an alarm is sent, once and in its order, and kept when there is room", async () => {
  const { clock, got, end } = delivering({ fails: 0 });
  await settle();
  fill();
  patient.state.guard.tell(news("a", "opened"));
  patient.state.guard.tell(news("a", "closed"));
  await settle();
  await clock.advance(10_000);
  expect(got).toEqual(["a.opened", "a.closed"]);
  expect(said).toEqual([expect.stringMatching(/^full (10|13|14)$/)]);
  expect(kept()).toEqual([]);
  patient.retry();
  expect(kept()).toEqual([]);
  free();
  patient.retry();
  expect(said.slice(1)).toEqual(["room 4"]);
  expect(kept().toSorted()).toEqual(["guard-delivered", "guard-delivered", "guard-told", "guard-told"]);
  expect(file.guard.waiting()).toEqual([]);
  expect(file.checkLedger()).toEqual([]);
  await clock.advance(10_000);
  expect(got).toEqual(["a.opened", "a.closed"]);
  await end();
});

test.skipIf(!isMounted)("a receiver that is down while the disk is full gets it later, and not the end before the beginning", async () => {
  const { clock, got, end } = delivering({ fails: 3 });
  fill();
  patient.state.guard.tell(news("a", "opened"));
  patient.state.guard.tell(news("a", "closed"));
  await settle();
  await clock.advance(1_000);
  expect(got).toEqual([]);
  await clock.advance(70_000);
  expect(got).toEqual(["a.opened", "a.closed"]);
  await end();
});

test.skipIf(!isMounted)("what was kept before the disk was full and goes out meanwhile goes out once", async () => {
  const { clock, got, end } = delivering({ fails: 1 });
  patient.state.guard.tell(news("a", "opened"));
  await settle();
  fill();
  patient.state.guard.tell(news("b", "opened"));
  await clock.advance(120_000);
  expect(got.toSorted()).toEqual(["a.opened", "b.opened"]);
  free();
  patient.retry();
  await clock.advance(10_000);
  expect(got).toHaveLength(2);
  expect(file.guard.waiting()).toEqual([]);
  await end();
});

test.skipIf(!isMounted)("what a loop decides again while it waits is told once; a value that is set is the one that is read", () => {
  fill();
  const alarm = { id: "a", step: 1, nextAt: 9_000 };
  for (const event of ["still.1", "still.2"]) patient.state.guard.tell({ ...news("a", event), alarm });
  patient.append("guard-watch", { event: "begun", long });
  patient.state.set("test", long);
  expect(patient.state.get("test")).toBe(long);
  expect(patient.state.guard.due("webhook", nowMs).map(({ id }) => id)).toEqual(["webhook:a.still.1"]);
  free();
  patient.retry();
  expect(file.get("test")).toBe(long);
  expect(kept()).toHaveLength(2);
});

test.skipIf(!isMounted)("changes of verdicts beyond so many are not kept, which the log and the ledger say; alarms are", () => {
  fill();
  const record = (i: number, events: readonly string[]) => ({
    asset: "cache",
    seen: "unknown",
    sight: { vantage: "here", seen: "unknown", judged: "unknown", body: { i, long } },
    at: nowMs + i,
    state: { i },
    entries: [{ kind: "guard-verdict", body: { i } }],
    deliveries: [],
    alarms: events.map((event) => {
      return { id: `a.${i}`, event, severity: "page", since: nowMs, isOver: false, flaps: undefined, body: undefined };
    }),
  });
  for (let i = 0; i < waitingMax + 10; i += 1) patient.state.guard.record(record(i, []));
  patient.state.guard.record(record(waitingMax + 10, ["flapped"]));
  patient.state.guard.record(record(waitingMax + 11, ["opened"]));
  free();
  patient.retry();
  expect(said.slice(1)).toEqual([`room ${waitingMax + 1}`, "lost 11"]);
  expect(file.ledger({ kind: "guard-not-kept", last: 10 })).toMatchObject([{ body: { changes: 11 } }]);
  expect(file.guard.alarms({ limit: 10, openOnly: true })).toMatchObject([{ event: "opened" }]);
});

test.skipIf(!isMounted)("with a full disk a vantage with a code is asked to come again, and a stranger's code is none", () => {
  file.vantages.addCode({ hash: "h", name: "outside", expiresAt: 10, at: 1 });
  const enrolment = { hash: "h", name: "outside", fingerprint: "f", at: 2 };
  fill();
  expect(patient.state.vantages.enrol(enrolment)).toBeUndefined();
  expect(patient.state.vantages.enrol({ ...enrolment, hash: "other" })).toBe(false);
  rmSync(filler);
  expect(patient.state.vantages.enrol(enrolment)).toBe(true);
});

test("a stranger's code takes no lock", () => {
  file.vantages.addCode({ hash: "h", name: "outside", expiresAt: 10, at: 1 });
  using other = new DatabaseSync(join(file.folder, "state.sqlite"));
  other.exec("BEGIN IMMEDIATE");
  expect(patient.state.vantages.enrol({ hash: "other", name: "outside", fingerprint: "f", at: 2 })).toBe(false);
});

test("what no room would mend is thrown", () => {
  file[Symbol.dispose]();
  expect(() => patient.append("guard-watch", {})).toThrow("not open");
  file = openState({ folder: file.folder, now: () => 1, random: () => "0123456789abcdef" });
});
