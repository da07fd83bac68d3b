import { mkdtempSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openState } from "../state.ts";
import type { State } from "../state.ts";
import { verdictsOfOne } from "./guard.ts";

let folder: string;
let state: State;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vitrine-guard-state-"));
  state = openState({ folder, now: () => 1, random: () => "0123456789abcdef" });
});
afterEach(() => {
  state[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

test("verdicts of one asset, or of all, stand between the beginnings and ends of the watch, the newest first", () => {
  const add = (at: number, kind: string, body: Readonly<Record<string, string>>): void =>
    state.guard.tell({ at, entries: [{ kind, body }], deliveries: [] });
  add(1, "guard-watch", { event: "begun" });
  add(2, "guard-verdict", { asset: "a" });
  add(3, "guard-verdict", { asset: "b" });
  add(4, "guard-alarm", { asset: "a" });
  add(5, "guard-verdict", { asset: "a" });
  add(6, "guard-watch", { event: "ended" });
  const at = (wanted: { readonly asset?: string; readonly from?: number; readonly before?: number; readonly limit?: number }) =>
    state.guard.verdicts({ asset: undefined, from: 0, before: undefined, limit: 10, ...wanted }).map((row) => row.at);
  expect([at({}), at({ asset: "a" }), at({ asset: "none" })]).toEqual([
    [6, 5, 3, 2, 1],
    [6, 5, 2, 1],
    [6, 1],
  ]);
  const [, { id: fifth } = { id: 0 }] = state.guard.verdicts({ asset: "a", from: 0, before: undefined, limit: 10 });
  expect([at({ asset: "a", from: 2, before: fifth }), at({ asset: "a", limit: 2 }), at({ limit: 3, before: fifth })]).toEqual([
    [2],
    [6, 5],
    [3, 2, 1],
  ]);
});

test("those of one asset are found by an index: the ledger only grows", () => {
  using raw = new DatabaseSync(join(folder, "state.sqlite"), { readOnly: true });
  const plan = raw
    .prepare(`EXPLAIN QUERY PLAN ${verdictsOfOne}`)
    .all(0, 1, 1, "a")
    .map(({ detail }) => String(detail));
  expect(plan.filter((step) => step.includes("TEMP B-TREE"))).toEqual([]);
  expect(plan.filter((step) => / USING INDEX /.test(step))).toEqual([
    expect.stringContaining("ledger_guard_watch"),
    expect.stringContaining("ledger_guard_verdict (<expr>=?"),
  ]);
});
