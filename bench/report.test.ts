import { describe, expect, test } from "vitest";
import { flatnessRows } from "./flatness.ts";
import { readOptions } from "./options.ts";
import type { BenchRow } from "./report.ts";
import { limitsOf, lineOf, tableOf } from "./report.ts";

const missed: BenchRow = {
  group: "1 M",
  what: "snapshot",
  figure: "1 M rows/s",
  against: "COPY 2 M rows/s",
  ratio: 0.5,
  goal: "≥ 0.70",
  met: false,
  start: "1 M, snapshot",
};
const met: BenchRow = { group: "1 M", what: "restart", figure: "1 s", goal: "≤ 5 s", met: true, flatMs: 1000, start: "1 M, restart" };
const printed: BenchRow = { group: "1 M", what: "WAL held", figure: "3 MiB" };
const unmeasured: BenchRow = { group: "1 M", what: "against a peer", figure: "1 M rows/s", goal: "≥ 3.5×", note: "how to get it" };

describe("the table", () => {
  test("has every row, also those that miss, and what limits them", () => {
    const limits = limitsOf([missed, met, printed], () => ["50 %  find cells.ts:1"]);
    expect(limits).toEqual([{ start: "1 M, snapshot", missed: ["snapshot"], functions: ["50 %  find cells.ts:1"] }]);
    const table = tableOf([missed, met, printed, unmeasured], { colour: false, limits });
    expect(table).toMatch(/snapshot .*0\.50× .*≥ 0\.70 +MISSED/);
    expect(table).toMatch(/restart .*≤ 5 s +met/);
    expect(table).toMatch(/WAL held .*printed/);
    expect(table).toMatch(/against a peer .*not measured/);
    expect(table).toContain("1 M, against a peer: how to get it");
    expect(table).toContain("50 %  find cells.ts:1");
  });

  test("is red where it misses, on a terminal only", () => {
    expect(tableOf([missed], { colour: true, limits: [] })).toContain("\u001B[31m");
    expect(tableOf([missed], { colour: false, limits: [] })).not.toContain("\u001B");
  });

  test("says a row as it comes", () => {
    expect(lineOf(missed)).toBe("  snapshot: 1 M rows/s = 0.50× of COPY 2 M rows/s (goal ≥ 0.70)");
    expect(lineOf(printed)).toBe("  WAL held: 3 MiB");
  });
});

describe("flatness", () => {
  test("compares the largest size with the smallest", () => {
    const larger = { ...met, group: "10 M", flatMs: 1600 };
    const [row] = flatnessRows([missed, met, larger]);
    expect(row).toMatchObject({ ratio: 1.6, met: false });
    expect(flatnessRows([met, { ...larger, flatMs: 1400 }])[0]).toMatchObject({ ratio: 1.4, met: true });
  });

  test("of one size is not measured", () => {
    expect(flatnessRows([met])[0]).toMatchObject({ figure: "–", note: "wants two sizes: --facts 1000000,10000000" });
    expect(flatnessRows([met])[0]?.met).toBeUndefined();
  });
});

describe("options", () => {
  test("sizes go from small to large", () => {
    expect(readOptions(["--facts", "10,2"])?.facts).toEqual([2, 10]);
    expect(readOptions(["--help"])).toBeUndefined();
  });

  test("what is no size is refused", () => {
    expect(() => readOptions(["--facts", "1M"])).toThrow("--facts wants numbers above 0; see npm run bench -- --help");
  });
});
