import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AssetState, EpisodeEvent, Sighting } from "./episode.ts";
import { observe, seenBy, unseen } from "./episode.ts";

const letters = { f: "as-expected", o: "deviation", u: "unknown", x: "as-expected", y: "deviation" } as const;

/** A check a second: `f` as expected, `o` open, `u` unknown; capitals are of a second vantage; `x` and `y` as `f` and `o` of a third. */
function play(text: string, options: { readonly vantages?: number; readonly everyMs?: number } = {}) {
  const { vantages = 1, everyMs = 1_000 } = options;
  let state: AssetState = unseen;
  const events: (EpisodeEvent & { readonly step: number })[] = [];
  const again: number[] = [];
  for (const [step, letter] of Array.from(text).entries()) {
    const is = letters[letter.toLowerCase() as keyof typeof letters];
    const vantage = "xy".includes(letter) ? "third" : letter === letter.toLowerCase() ? "here" : "outside";
    const sighting: Sighting = { vantage, atMs: step * everyMs, is, height: is === "deviation" ? 4 : 0 };
    const observed = observe(state, sighting, vantages);
    state = observed.state;
    events.push(...observed.events.map((event) => ({ ...event, step })));
    if (observed.again) again.push(step);
  }
  return { state, events, again, tags: events.map(({ tag, step }) => `${tag}@${step}`) };
}

describe("opening", () => {
  test("alarms with the second sight, since the first, and the first asks for the second at once", () => {
    const { events, again } = play("ffoo");
    expect(events).toEqual([{ tag: "opened", sinceMs: 2_000, height: 4, step: 3 }]);
    expect(again).toEqual([2]);
  });

  test("one sight that a second connection does not confirm is written down and alarms nobody", () => {
    expect(play("foffff").tags).toEqual(["unconfirmed@2"]);
    expect(play("fofof", { everyMs: 2_000_000 }).tags).toEqual(["unconfirmed@2", "unconfirmed@4"]);
  });

  test("seen a second time within the hour it alarms: behind one address may stand several nodes, of which one is open", () => {
    expect(play("fofffo", { everyMs: 60_000 }).events.at(-1)).toEqual({ tag: "opened", sinceMs: 60_000, height: 4, step: 5 });
    expect(play("fofofffof", { everyMs: 60_000 }).tags).toEqual(["unconfirmed@2", "opened@3", "closed@6", "unconfirmed@8"]);
    // Of a vantage that was removed nothing counts.
    expect(seenBy((name) => name === "here", play("OF").state)).toEqual(unseen);
  });

  test("a second look that cannot tell leaves the suspicion: the next sight alarms", () => {
    expect(play("ouuo").tags).toEqual(["opened@3"]);
  });

  test("another vantage's good sight takes no suspicion away", () => {
    expect(play("oFo", { vantages: 2 }).tags).toEqual(["opened@2"]);
  });

  test("two vantages that see it once each are two connections", () => {
    expect(play("oO", { vantages: 2 }).tags).toEqual(["opened@1"]);
  });

  test("more than was told is told", () => {
    let { state } = play("oo");
    const worse = observe(state, { vantage: "here", atMs: 9_000, is: "deviation", height: 6 }, 1);
    expect(worse.events).toEqual([{ tag: "worse", sinceMs: 0, height: 6 }]);
    ({ state } = worse);
    expect(observe(state, { vantage: "here", atMs: 10_000, is: "deviation", height: 5 }, 1).events).toEqual([]);
  });
});

describe("closing", () => {
  test("three checks in a row prove it, the first two ask for the next at once; alone it is closed from here", () => {
    const { events, again } = play("oofff");
    expect(events.at(-1)).toEqual({ tag: "closed", sinceMs: 0, from: "here", flaps: 0, step: 4 });
    expect(again).toEqual([0, 2, 3]);
  });

  test("of two vantages both have to see it", () => {
    expect(play("oofffffff", { vantages: 2 }).tags).toEqual(["opened@1"]);
    expect(play("oofffF", { vantages: 2 }).events.at(-1)).toEqual({ tag: "closed", sinceMs: 0, from: "two-vantages", flaps: 0, step: 5 });
    expect(play("oofF", { vantages: 2 }).tags).toEqual(["opened@1"]);
  });

  test("who saw it open has to see it closed, whatever two others see: what is open may be open to one alone", () => {
    const { state, tags } = play("yyfFfFfF", { vantages: 3 });
    expect(tags).toEqual(["opened@1"]);
    expect(play("yyfFfFfx", { vantages: 3 }).tags).toEqual(["opened@1", "closed@7"]);
    expect(play("YyfxfxfF", { vantages: 3 }).tags).toEqual(["opened@1", "closed@7"]);
    // It is asked no more when it was removed.
    const left = seenBy((name) => name !== "third", state);
    expect(observe(left, { vantage: "here", atMs: 9_000, is: "as-expected", height: 0 }, 2).events).toMatchObject([{ tag: "closed" }]);
  });

  test("not knowing is not closed, and begins the count anew", () => {
    expect(play("oouuuuuu").tags).toEqual(["opened@1"]);
    expect(play("ooffuff").tags).toEqual(["opened@1"]);
    expect(play("ooffufff").tags).toEqual(["opened@1", "closed@7"]);
  });

  test("open and closed in turn is one alarm with a count", () => {
    const { tags, events } = play("oofoffofff");
    expect(tags).toEqual(["opened@1", "flapped@3", "flapped@6", "closed@9"]);
    expect(events.at(-1)).toMatchObject({ flaps: 2 });
  });

  test("after a proven closing an opening alarms again", () => {
    expect(play("oofffoo").tags).toEqual(["opened@1", "closed@4", "opened@6"]);
  });
});

describe("not knowing", () => {
  test("is told after five minutes and three checks, once, and that it is over", () => {
    expect(play("fuuuuuuuf", { everyMs: 60_000 }).tags).toEqual(["blind@6", "sees-again@8"]);
    expect(play("fuuf", { everyMs: 600_000 }).tags).toEqual([]);
    expect(play("fuuuf", { everyMs: 600_000 }).tags).toEqual(["blind@3", "sees-again@4"]);
    expect(play("u".repeat(299)).tags).toEqual([]);
  });

  test("is of one vantage: another's sight does not end it", () => {
    expect(play("uFuFuFuFuFuF", { vantages: 2, everyMs: 60_000 }).tags).toEqual(["blind@6"]);
  });
});

test("a restart after the clock was set back an hour does not put off that not knowing is told", () => {
  const sight = (atMs: number) => ({ vantage: "here", atMs, is: "unknown", height: 0 }) as const;
  let { state } = observe(unseen, sight(3_600_000), 1);
  const told: number[] = [];
  for (let atMs = 0; atMs <= 360_000; atMs += 60_000) {
    const next = observe(state, sight(atMs), 1);
    ({ state } = next);
    if (next.events.length > 0) told.push(atMs);
  }
  expect(told).toEqual([300_000]);
});

describe("whatever comes", () => {
  const sequences = fc.array(fc.constantFrom("f", "o", "u", "F", "O", "U"), { maxLength: 60 }).map((all) => all.join(""));

  test("two openings in a row of one vantage are an alarm, one is none; a closing has three good checks before it", () => {
    fc.assert(
      fc.property(sequences, fc.constantFrom(1_000, 90_000), (text, everyMs) => {
        const { tags } = play(text, { vantages: 2, everyMs });
        let isOpen = false;
        for (let step = 0; step < text.length; step += 1) {
          const at = tags.filter((tag) => tag.endsWith(`@${step}`)).map((tag) => tag.split("@")[0]);
          if (at.includes("opened")) {
            expect(isOpen).toBe(false);
            expect(text.slice(0, step).toLowerCase()).toContain("o");
            expect(text[step]?.toLowerCase()).toBe("o");
            isOpen = true;
          }
          if (step > 0 && /^(?:oo|OO)$/.test(text.slice(step - 1, step + 1))) expect(isOpen).toBe(true);
          if (at.includes("closed")) {
            expect(isOpen).toBe(true);
            const last = text.slice(0, step + 1);
            expect(last).toMatch(/[fF]{3}$/);
            const run = /[fF]+$/.exec(last)?.[0] ?? "";
            expect(run.includes("f") && run.includes("F")).toBe(true);
            isOpen = false;
          }
        }
        expect(play(text, { vantages: 2, everyMs }).state.episode !== undefined).toBe(isOpen);
      }),
      { numRuns: 2_000 },
    );
  });
});
