import { expect, test } from "vitest";
import { declaration, readyStatus, schema } from "../../../test/support/small-world.ts";
import { must } from "../../lib/assert.ts";
import type { SqlRow } from "../../mirror/mirror.ts";
import { compileMetrics } from "../compile.ts";
import type { GroupSplit } from "./group.ts";
import { viewerShares } from "./shares.ts";

const compiled = compileMetrics({ declaration, schema });
const base = must(
  compiled.metrics.find(({ name }) => name === "activations"),
  "metric",
);
/** As if countries shared the devices of a model. */
const metric = { ...base, shareOf: "country" };
const [model, country] = ["model", "country"].map((name) => base.dimensions.findIndex((one) => one.name === name)) as [number, number];

const split = (dimensions: readonly number[], told: readonly SqlRow[], withheld: readonly SqlRow[] = []) => ({
  cuboid: {
    id: `all__${dimensions.join("_")}`,
    grain: "all",
    dimensions,
    metric: "activations",
    shared: dimensions,
    counts: "rows",
    follows: undefined,
  } satisfies GroupSplit,
  part: { told, withheld, bounded: [] },
});

function ask(splits: readonly ReturnType<typeof split>[]) {
  const parts = splits.map(({ part }) => part);
  const published = {
    status: readyStatus(0),
    versions: undefined,
    splits: splits.map(({ cuboid }) => cuboid),
    months: new Map([[0, { cells: "", beside: "", parts }]]),
    pending: new Set<number>(),
  };
  const question = {
    metric: "activations",
    grain: "all",
    from: "2026-11-22",
    to: "2026-11-23",
    by: ["model", "country"],
    where: {},
  } as const;
  return viewerShares({ published, compiled, metric, question, filters: [] });
}

const both = [model, country].toSorted((a, b) => a - b);
const cell = (codes: readonly [number, number], n: number): SqlRow => ({
  bucket: 0,
  [`d${both.indexOf(model)}`]: codes[0],
  [`d${both.indexOf(country)}`]: codes[1],
  n,
});

test("a told part of a told whole is a share; one of a withheld whole is told alone", () => {
  const parts = split(both, [cell([1, 7], 30), cell([1, 8], 70), cell([2, 7], 20)], [cell([2, 8], 0)]);
  const wholes = split([model], [{ bucket: 0, d0: 1, n: 100 }], [{ bucket: 0, d0: 2 }]);
  const { rows, bounded, withheld } = ask([parts, wholes]);
  expect(rows.map(({ n, hit }) => [hit, n])).toEqual([
    [30, 100],
    [70, 100],
  ]);
  expect(bounded.map(({ n, hit }) => [hit, n])).toEqual([[20, undefined]]);
  expect(withheld).toBe(1);
});
