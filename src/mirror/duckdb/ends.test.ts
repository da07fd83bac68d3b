import { expect, test } from "vitest";
import { column, key, ref as refColumn } from "../../../test/support/safe.ts";
import type { SafeColumn, SafeSchema } from "../../policy/safe.ts";
import type { CellDimension, MetricSpec } from "../cuboid.ts";
import { EntityMemory } from "./entities.ts";
import type { Evaluated, RowBatch } from "./evaluate.ts";
import { planOf } from "./evaluate.ts";
import { Scratch } from "./scratch.ts";
import { noRef } from "./stored.ts";
import { Words } from "./words.ts";

const schema: SafeSchema = {
  policyHash: "",
  keys: {},
  tables: [
    { name: "accounts", kind: "entity", key: "id", columns: [key("id"), column("country", "code"), column("number", "i64")] },
    { name: "devices", kind: "entity", key: "id", columns: [key("id"), refColumn("account", "accounts"), column("model", "code")] },
    {
      name: "attempts",
      kind: "fact",
      key: undefined,
      columns: [column("at", "minute"), refColumn("device", "devices"), column("ok", "bool")],
    },
  ],
};
const dimension = (refs: readonly string[], table: string, name: string, kind: SafeColumn["kind"]): CellDimension => ({
  name,
  path: { refs, table, column: name, kind },
});
const spec: MetricSpec = {
  name: "m",
  version: "1",
  table: "attempts",
  time: "at",
  filter: [],
  hit: [{ column: "ok", values: [false] }],
  dimensions: [
    dimension(["device"], "devices", "model", "code"),
    dimension([], "attempts", "ok", "bool"),
    dimension(["device", "account"], "accounts", "country", "code"),
    dimension(["device", "account"], "accounts", "number", "i64"),
  ],
  unitPath: ["device", "account"],
  cuboids: [],
  history: "follow",
};

/** Deterministic numbers below `below`. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Some accounts and devices are missing, some refs NULL; `wide`: so many different values of a number that groups need 32 bits. */
function worldOf(wide: number) {
  const random = numbers(7);
  const accounts = new EntityMemory(schema.tables[0]!, ["country", "number"]);
  const devices = new EntityMemory(schema.tables[1]!, ["account", "model"]);
  const count = Math.max(400, wide);
  accounts.grow(count);
  devices.grow(count);
  for (let ref = 0; ref < count; ref += 1) {
    if (random(10) > 0)
      accounts.put(Int32Array.of(ref), [Int32Array.of(3 + random(20)), Float64Array.of(wide === 0 ? random(3) - 1 : ref)], 1);
    if (random(10) > 0)
      devices.put(Int32Array.of(ref), [Int32Array.of(random(10) === 0 ? noRef : random(count)), Int32Array.of(random(5) + 2)], 1);
  }
  const rowCount = 5_000;
  const columns: Record<string, Int32Array> = {
    at: Int32Array.from({ length: rowCount }, () => random(100_000)),
    device: Int32Array.from({ length: rowCount }, () => (random(20) === 0 ? noRef : random(count + 10))),
    ok: Int32Array.from({ length: rowCount }, () => random(2)),
  };
  const batch: RowBatch = { rowCount, column: (name) => columns[name]! };
  const entities = new Map([
    ["accounts", accounts],
    ["devices", devices],
  ]);
  const words = new Map(schema.tables.map((table) => [table.name, new Words(table.name)]));
  return { batch, plan: planOf(spec, { schema, entities, words }), count };
}

/** As plain arrays; `interned` dimensions as the numbers that they stand for. */
function plain(rows: Evaluated, plan: ReturnType<typeof planOf>): unknown {
  const dims = rows.dims.map((values, i) => Array.from(values, (value) => plan.interned[i]?.values[value] ?? value));
  return { ...rows, minute: [...rows.minute], unit: [...rows.unit], hit: [...(rows.hit ?? [])], dims };
}

for (const [what, wide] of [
  ["few groups", 0],
  ["more groups than 16 bits hold", 200_000],
] as const) {
  test(`rows evaluated by what their refs lead to are the rows evaluated step by step (${what})`, async () => {
    const { batch, plan, count } = worldOf(wide);
    const none = await plan.ends(count - 1, async () => undefined);
    expect(none.size).toBe(0);
    const ends = await plan.ends(1_000_000, async () => undefined);
    expect(ends.get("device")?.groups instanceof Int32Array).toBe(wide > 0);
    const scratch = new Scratch();
    // Twice: the second time the scratch is not new.
    for (let i = 0; i < 2; i += 1) {
      scratch.begin();
      expect(plain(plan.evaluate(batch, { ends, scratch }), plan)).toEqual(plain(plan.evaluate(batch), plan));
    }
  });
}
