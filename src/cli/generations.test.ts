import fc from "fast-check";
import { expect, test } from "vitest";
import {
  afterEvent,
  brokenInvariants,
  generationEvents,
  generationRoles,
  readerFor,
  shown,
  slotName,
  startGenerations,
} from "./generations.ts";
import type { Generation, GenerationEventTag, GenerationRole } from "./generations.ts";

const one = (number: number, role: GenerationRole, slot = `s${number}`): Generation => ({
  number,
  role,
  slot,
  reason: "test",
  createdAt: 0,
});
const begin = (number: number) => ({ number, slot: `s${number}`, at: 0 });
const roles = (list: readonly Generation[]): string => list.map((each) => `${each.number}:${each.role}`).join(" ");
const event = (tag: GenerationEventTag, number: number) => ({ tag, number, reason: "test" });

/** Beside a generation in the role stands what the invariants ask for. */
const beside: Record<GenerationRole, readonly Generation[]> = {
  building: [one(1, "serving")],
  serving: [],
  frozen: [one(3, "building")],
  retiring: [one(3, "serving")],
};
const table: Record<GenerationRole, Record<GenerationEventTag, string>> = {
  building: {
    unusable: "1:serving 2:retiring 9:building",
    broken: "1:serving 2:retiring 9:building",
    lost: "1:serving 2:retiring 9:building",
    "caught-up": "1:retiring 2:serving",
    "slot-gone": "1:serving 2:building",
  },
  serving: {
    unusable: "2:frozen 9:building",
    broken: "2:serving 9:building",
    lost: "2:retiring 9:building",
    "caught-up": "2:serving",
    "slot-gone": "2:serving",
  },
  frozen: {
    unusable: "3:building 2:frozen",
    broken: "3:building 2:frozen",
    lost: "3:building 2:retiring",
    "caught-up": "3:building 2:frozen",
    "slot-gone": "3:building 2:frozen",
  },
  retiring: {
    unusable: "3:serving 2:retiring",
    broken: "3:serving 2:retiring",
    lost: "3:serving 2:retiring",
    "caught-up": "3:serving 2:retiring",
    "slot-gone": "3:serving",
  },
};

for (const role of generationRoles)
  for (const tag of generationEvents)
    test(`a ${role} generation hears ${tag}`, () => {
      expect(roles(afterEvent([...beside[role], one(2, role)], event(tag, 2), begin(9)))).toBe(table[role][tag]);
    });

test("a first start builds, a second one goes on", () => {
  const first = startGenerations([], begin(1));
  expect(roles(first)).toBe("1:building");
  expect(startGenerations(first, begin(2))).toBe(first);
});

test("a frozen generation whose slot is gone is deleted by the switch; one whose slot is there retires", () => {
  expect(roles(afterEvent([one(1, "frozen", ""), one(2, "building")], event("caught-up", 2), begin(3)))).toBe("2:serving");
  expect(roles(afterEvent([one(1, "frozen"), one(2, "building")], event("caught-up", 2), begin(3)))).toBe("1:retiring 2:serving");
});

test("a retiring generation wants its slot dropped, and nothing after that", () => {
  expect(readerFor(one(1, "retiring"))).toBe("drop-slot");
  expect(readerFor(one(1, "retiring", ""))).toBe("none");
  expect(readerFor(one(1, "frozen", ""))).toBe("none");
  expect(readerFor(one(1, "serving"))).toBe("stream");
});

test("whatever happens in whatever order, the invariants hold and something is shown", () => {
  const events = fc.array(
    fc.record({ tag: fc.constantFrom(...generationEvents), number: fc.integer({ min: 1, max: 8 }), reason: fc.constant("x") }),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(events, (all) => {
      let last = 1;
      let list = startGenerations([], begin(1));
      for (const each of all) {
        const next = afterEvent(list, each, begin(last + 1));
        if (next.some((generation) => generation.number === last + 1)) last += 1;
        list = next;
        expect(brokenInvariants(list)).toEqual([]);
        expect(shown(list)).toBeDefined();
      }
    }),
  );
});

test("the slot's name is one that PostgreSQL takes", () => {
  expect(slotName("0a1b2c3d", 12)).toBe("vitrine_0a1b2c3d_12");
});
