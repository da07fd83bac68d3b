/** Places of a dimension are what a look at every entity would say, whatever was committed since they were made. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { column, key, ref as refColumn } from "../../../test/support/safe.ts";
import type { SafeTable } from "../../policy/safe.ts";
import type { ColumnPath } from "../cuboid.ts";
import { DimensionPlaces } from "./dimension-places.ts";
import { EntityMemory } from "./entities.ts";
import { dimensionOf } from "./follow.ts";
import { noRef } from "./stored.ts";

const accountsTable: SafeTable = { name: "accounts", kind: "entity", key: "id", columns: [key("id"), column("country", "code")] };
const devicesTable: SafeTable = {
  name: "devices",
  kind: "entity",
  key: "id",
  columns: [key("id"), refColumn("account", "accounts"), column("model", "code")],
};
const paths: readonly ColumnPath[] = [
  { refs: [], table: "devices", column: "model", kind: "code" },
  { refs: ["account"], table: "accounts", column: "country", kind: "code" },
];

/** Devices and accounts of which refs are given out as they are named, as the store does. */
class World {
  readonly devices = new EntityMemory(devicesTable, ["account", "model"]);
  readonly accounts = new EntityMemory(accountsTable, ["country"]);
  readonly entities = new Map([
    ["devices", this.devices],
    ["accounts", this.accounts],
  ]);
  readonly counts: Record<string, number> = { devices: 0, accounts: 0 };
  readonly places = paths.map(
    (path) => new DimensionPlaces(this, { entity: this.devices, path, countOf: (name) => this.counts[name] ?? 0 }),
  );

  #name(entity: "devices" | "accounts", ref: number): void {
    this.counts[entity] = Math.max(this.counts[entity] ?? 0, ref + 1);
    this[entity].grow(ref + 1);
  }

  change([what, ref, value]: Change): void {
    if (what === "device") {
      this.#name("devices", ref);
      if (value >= 0) this.#name("accounts", value);
      this.devices.put(Int32Array.of(ref), [Int32Array.of(value < 0 ? noRef : value), Int32Array.of(3 + (ref % 4) + (value & 1))], 1);
    } else if (what === "account") {
      this.#name("accounts", ref);
      this.accounts.put(Int32Array.of(ref), [Int32Array.of(3 + Math.abs(value % 5))], 1);
    } else if (what === "no device") {
      this.#name("devices", ref);
      this.devices.remove(ref);
    } else if (what === "no account") {
      this.#name("accounts", ref);
      this.accounts.remove(ref);
    } else this.devices.clear();
  }

  begin(): void {
    for (const entity of this.entities.values()) entity.begin();
  }

  swap(): void {
    for (const entity of this.entities.values()) entity.swap();
  }

  get canSwap(): boolean {
    return [...this.entities.values()].every((entity) => entity.canSwap);
  }

  commit(): void {
    for (const one of this.places) one.follow();
    for (const entity of this.entities.values()) entity.commit();
  }

  /** By path and ref: what the places say, and what a look at the entity says. */
  integers(): { readonly kept: readonly unknown[]; readonly looked: readonly unknown[] } {
    const refs = Array.from({ length: this.counts["devices"] ?? 0 }, (_, ref) => ref);
    const kept = this.places.map((one) => {
      const { places, codes } = one.read();
      return refs.map((ref) => codes[places[ref]!]);
    });
    return { kept, looked: paths.map((path) => refs.map(dimensionOf(this, this.devices, path))) };
  }
}

function expectEqual(world: World): void {
  const { kept, looked } = world.integers();
  expect(kept).toEqual(looked);
}

type Change = readonly ["device" | "account" | "no device" | "no account" | "nothing left", number, number];
const change = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(fc.constantFrom("device" as const, "account" as const), fc.nat(12), fc.integer({ min: -1, max: 12 })) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom("no device" as const, "no account" as const), fc.nat(12), fc.constant(0)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("nothing left" as const), fc.constant(0), fc.constant(0)) },
);

test("they are what each entity leads to, after every commit and in the middle of a transaction", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.array(change, { maxLength: 5 }), fc.array(change, { maxLength: 3 }), fc.boolean()), { maxLength: 8 }),
      (all) => {
        const world = new World();
        for (const [first, second, looks] of all) {
          world.begin();
          for (const one of first) world.change(one);
          if (looks && world.canSwap) {
            world.swap();
            expectEqual(world);
            world.swap();
          }
          for (const one of second) world.change(one);
          world.commit();
          expectEqual(world);
        }
      },
    ),
    { numRuns: 500 },
  );
});

test("an account that comes with its first devices makes nothing anew", () => {
  const world = new World();
  for (const one of [["account", 0, 1] as const, ["device", 0, 0] as const]) world.change(one);
  expectEqual(world);
  const { codes } = world.places[1]!;
  world.begin();
  for (const one of [["account", 1, 1] as const, ["device", 1, 1] as const, ["account", 0, 1] as const]) world.change(one);
  world.commit();
  expectEqual(world);
  expect(world.places[1]!.codes).toBe(codes);
});

test("more different values than 16 bits hold", () => {
  const world = new World();
  const count = 70_000;
  world.counts["devices"] = count;
  world.devices.grow(count);
  for (let ref = 0; ref < count; ref += 1) world.devices.put(Int32Array.of(ref), [Int32Array.of(noRef), Int32Array.of(ref + 3)], 1);
  expectEqual(world);
  expect(world.places[0]!.places).toBeInstanceOf(Int32Array);
});
