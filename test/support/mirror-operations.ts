/** Random but valid sequences of changes: intentions drawn by fast-check, carried out on a plain model, so that each is possible. */
import fc from "fast-check";
import { account, attempt, device, smallWorld } from "./mirror-suite.ts";
import { kept } from "./safe.ts";
import type { PlainOp, PlainRow } from "./safe.ts";

export interface TableOp {
  readonly table: string;
  readonly op: PlainOp;
}

interface Intention {
  readonly kind:
    | "insert"
    | "update"
    | "remove"
    | "rename"
    | "swap"
    | "account"
    | "device"
    | "device-away"
    | "account-away"
    | "rename-device"
    | "truncate"
    | "truncate-devices"
    | "log";
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

export const intentions: fc.Arbitrary<readonly Intention[]> = fc.array(
  fc.record({
    kind: fc.oneof(
      { weight: 6, arbitrary: fc.constant("insert" as const) },
      { weight: 6, arbitrary: fc.constant("update" as const) },
      { weight: 5, arbitrary: fc.constant("remove" as const) },
      { weight: 2, arbitrary: fc.constant("rename" as const) },
      { weight: 2, arbitrary: fc.constant("swap" as const) },
      { weight: 2, arbitrary: fc.constant("account" as const) },
      { weight: 3, arbitrary: fc.constant("device" as const) },
      { weight: 1, arbitrary: fc.constantFrom("device-away" as const, "account-away" as const, "rename-device" as const, "log" as const) },
      { weight: 1, arbitrary: fc.constantFrom("truncate" as const, "truncate-devices" as const, "log" as const) },
    ),
    a: fc.nat(1_000),
    b: fc.nat(1_000),
    c: fc.nat(1_000),
  }),
  { minLength: 5, maxLength: 90 },
);

const countries = ["us", "de", "jp", null];
const models = ["cam", "bulb", "scale", null];
const notes = ["real", "other-note", "filtered away", "other"];

// oxlint-disable-next-line max-lines-per-function -- one short function for each intention
export function operationsOf(list: readonly Intention[]): readonly TableOp[] {
  const attempts = new Set(smallWorld.attempts.map((row) => Number(row["id"])));
  const devices = new Set(smallWorld.devices.map((row) => Number(row["id"])));
  const accounts = new Set(smallWorld.accounts.map((row) => Number(row["id"])));
  let nextKey = 1_000;
  const out: TableOp[] = [];
  const send = (table: string, op: PlainOp): number => out.push({ table, op });
  const pick = (set: ReadonlySet<number>, n: number): number | undefined => [...set][set.size === 0 ? 0 : n % set.size];
  const row = (id: number, { b, c }: Intention, keep: boolean): PlainRow =>
    attempt(id, c % 13 === 0 ? null : c % 12, {
      ok: b % 7 === 0 ? null : b % 3 !== 0,
      at: b % 11 === 0 ? null : 26_000_000 + (b % 9) * 500,
      note: keep ? kept : (notes[c % 4] ?? null),
      retries: (b % 3) - 1,
    });

  const act: Record<Intention["kind"], (one: Intention) => void> = {
    insert: (one) => {
      // Now and then under a key that was free before all others.
      const id = one.a % 5 === 0 && !attempts.has(one.a) ? one.a : (nextKey += 1);
      attempts.add(id);
      send("attempts", { tag: "insert", row: row(id, one, false) });
    },
    update: (one) => {
      const id = pick(attempts, one.a);
      if (id !== undefined) send("attempts", { tag: "update", row: row(id, one, one.a % 2 === 0) });
    },
    remove: (one) => {
      const id = pick(attempts, one.a);
      if (id === undefined) return;
      attempts.delete(id);
      send("attempts", { tag: "remove", key: id });
    },
    rename: (one) => {
      const id = pick(attempts, one.a);
      if (id === undefined) return;
      const next = (nextKey += 1);
      attempts.delete(id);
      attempts.add(next);
      send("attempts", { tag: "update", row: row(next, one, true), old: id });
    },
    swap: (one) => {
      const x = pick(attempts, one.a);
      const y = pick(attempts, one.b);
      if (x === undefined || y === undefined || x === y) return;
      send("attempts", { tag: "update", row: row(-x - 10_000, one, true), old: x });
      send("attempts", { tag: "update", row: row(x, one, true), old: y });
      send("attempts", { tag: "update", row: row(y, { ...one, b: one.b + 1 }, one.c % 2 === 0), old: -x - 10_000 });
    },
    account: (one) => {
      const id = one.a % 8;
      send("accounts", { tag: accounts.has(id) ? "update" : "insert", row: account(id, countries[one.b % 4] ?? null) });
      accounts.add(id);
    },
    device: (one) => {
      const id = one.a % 12;
      const known = devices.has(id);
      send("devices", {
        tag: known ? "update" : "insert",
        row: device(id, one.c % 9 === 0 ? null : one.c % 8, models[one.b % 4] ?? null, known && one.b % 2 === 0 ? { blurb: kept } : {}),
      });
      devices.add(id);
    },
    "device-away": (one) => {
      const id = pick(devices, one.a);
      if (id === undefined) return;
      devices.delete(id);
      send("devices", { tag: "remove", key: id });
    },
    "account-away": (one) => {
      const id = pick(accounts, one.a);
      if (id === undefined) return;
      accounts.delete(id);
      send("accounts", { tag: "remove", key: id });
    },
    "rename-device": (one) => {
      const id = pick(devices, one.a);
      const next = one.b % 14;
      if (id === undefined || devices.has(next)) return;
      devices.delete(id);
      devices.add(next);
      send("devices", { tag: "update", row: device(next, one.c % 8, "cam", { blurb: kept }), old: id });
    },
    truncate: () => {
      attempts.clear();
      send("attempts", { tag: "truncate" });
    },
    "truncate-devices": () => {
      devices.clear();
      send("devices", { tag: "truncate" });
    },
    log: (one) =>
      send(
        "log",
        one.a % 10 === 0
          ? { tag: "truncate" }
          : { tag: "insert", row: { at: 26_000_000 + one.b, device_id: one.c % 12, level: notes[one.a % 4] ?? null } },
      ),
  };
  for (const one of list) act[one.kind](one);
  return out;
}
