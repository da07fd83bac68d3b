/** The lattice: which cuboids a metric gets, how large they may become, which questions have none. */
import { describe, expect, test } from "vitest";
import { declaration, schema } from "../../test/support/small-world.ts";
import { compileMetrics } from "./compile.ts";
import { cellsMaxOf, cuboidCellsMax, estimateMetrics, sizesFrom } from "./estimate.ts";
import type { Sizes } from "./estimate.ts";
import { findMetric } from "./question.ts";

const unknown: Sizes = { distinct: () => undefined, days: () => undefined, rows: () => undefined };

function cuboidsOf(metric: string, sizes?: Sizes): readonly string[] {
  const compiled = compileMetrics({ declaration, schema, ...(sizes === undefined ? {} : { sizes }) });
  return findMetric(compiled, metric).spec.cuboids.map(({ id }) => id);
}

describe("declared sets", () => {
  test("each at every grain where it fits, and the empty set", () => {
    expect(
      cuboidsOf("failure_rate", { ...unknown, days: () => 100, distinct: (_, column) => (column === "country" ? 5 : undefined) }),
    ).toEqual([
      "hour",
      "day",
      "week",
      "month",
      "hour__model",
      "day__model",
      "week__model",
      "month__model",
      "hour__model__country",
      "day__model__country",
      "week__model__country",
      "month__model__country",
    ]);
  });

  test("a set that is too large at a fine grain is kept at the coarser ones", () => {
    const ids = cuboidsOf("failure_rate", {
      ...unknown,
      days: () => 365,
      distinct: (_, column) => (column === "country" ? 200 : undefined),
    });
    expect(ids).not.toContain("hour__model__country");
    expect(ids).toEqual(expect.arrayContaining(["week__model__country", "month__model__country"]));
  });

  test("no table has more cells than rows", () => {
    expect(cuboidsOf("failure_rate", { days: () => 3_650, distinct: () => 1_000, rows: () => 1_000 })).toContain("hour__model__country");
  });
});

describe("sizes", () => {
  test("a declared set is tried well beyond the limit, since only building it tells how large it is", () => {
    const known = { ...unknown, days: () => 200, distinct: (_: string, column: string) => (column === "country" ? 200 : undefined) };
    expect(
      estimateMetrics(declaration, known)
        .find(({ metric }) => metric === "failure_rate")
        ?.cuboids.find(({ id }) => id === "hour__model__country")?.cells,
    ).toBeGreaterThan(cuboidCellsMax);
  });

  test("what the reader tells is used, and what the file says where it says less", () => {
    const told = sizesFrom({
      rows: {},
      distinct: { devices: { model: 12, unknown: 1 }, accounts: { country: 9_999 } },
      days: { attempts: 90 },
    });
    const cells = (id: string): number | undefined =>
      estimateMetrics(declaration, told)
        .find(({ metric }) => metric === "failure_rate")
        ?.cuboids.find((one) => one.id === id)?.cells;
    expect(cells("day")).toBe(90);
    expect(cells("day__model")).toBe(90 * 7);
  });

  test("where there are few rows a cuboid may have fewer cells", () => {
    const withRows = (rows: number): number => cellsMaxOf("attempts", { ...unknown, rows: () => rows });
    expect([withRows(100), withRows(2_000_000), withRows(100_000_000)]).toEqual([50_000, 200_000, cuboidCellsMax]);
    const { cells } = compileMetrics({ declaration, schema, sizes: { ...unknown, rows: () => 2_000_000, days: () => 90 } });
    expect(cells.metrics.map(({ cellsMax, days }) => [cellsMax, days])).toEqual([
      [200_000, 90],
      [200_000, 90],
    ]);
  });

  test("what the mirror gave up is not asked, and its counts say which is the smallest", () => {
    const counted = [
      { metric: "failure_rate", id: "day__model", cells: 7, givenUp: false },
      { metric: "failure_rate", id: "hour__model", cells: 0, givenUp: true },
    ];
    const metric = findMetric(compileMetrics({ declaration, schema, counted }), "failure_rate");
    expect(metric.spec.cuboids.map(({ id }) => id)).not.toContain("hour__model");
    expect(metric.estimates["day__model"]).toBe(7);
  });
});

describe("without declared sets", () => {
  test("all sets of up to two dimensions", () => {
    expect(cuboidsOf("activations", { ...unknown, days: () => 100, distinct: () => 5 })).toEqual(
      ["", "__model", "__country", "__model__country"].flatMap((set) => ["hour", "day", "week", "month"].map((grain) => grain + set)),
    );
  });

  test("none over the limit", () => {
    const automatic = { ...declaration, metrics: declaration.metrics.map((metric) => ({ ...metric, cuboids: undefined })) };
    for (const { cuboids } of estimateMetrics(automatic))
      for (const { cells } of cuboids) expect(cells).toBeLessThanOrEqual(cuboidCellsMax);
  });
});

describe("for plan", () => {
  test("a closed list counts its values and null, unknown, other", () => {
    const [activations] = estimateMetrics(declaration, { ...unknown, days: () => 100 });
    expect(activations?.cuboids.find(({ id }) => id === "day__model")?.cells).toBe(700);
  });

  test("questions without a cuboid are listed with their size", () => {
    const failure = estimateMetrics(declaration, { ...unknown, days: () => 100, distinct: () => 5 }).find(
      ({ metric }) => metric === "failure_rate",
    );
    const without = failure?.without.map(({ id }) => id) ?? [];
    expect(without).toContain("day__retries");
    expect(without).toContain("day__model__country__retries");
    expect(without.filter((id) => !/retries|ok/.test(id))).toEqual([]);
  });

  test("a coarser question that a finer cuboid answers has one", () => {
    const activations = estimateMetrics(declaration, { ...unknown, days: () => 100, distinct: () => 5 }).find(
      ({ metric }) => metric === "activations",
    );
    expect(activations?.without).toEqual([]);
  });
});

describe("compile", () => {
  test("a metric depends on its table and every entity on its paths", () => {
    const compiled = compileMetrics({ declaration, schema });
    expect(compiled.metrics.map(({ tables }) => tables)).toEqual([
      ["accounts", "devices"],
      ["accounts", "attempts", "devices"],
    ]);
  });

  test("another policy's schema is refused", () => {
    expect(() => compileMetrics({ declaration, schema: { ...schema, policyHash: "0" } })).toThrow(
      expect.objectContaining({ code: "metrics/policy-differs" }),
    );
  });

  test("a column that the reader does not send is refused by name", () => {
    const less = {
      ...schema,
      tables: schema.tables.map((table) => ({ ...table, columns: table.columns.filter(({ name }) => name !== "country") })),
    };
    expect(() => compileMetrics({ declaration, schema: less })).toThrow(
      expect.objectContaining({ code: "metrics/policy-differs", place: "accounts.country" }),
    );
  });

  test("a dimension of floating-point numbers is refused", () => {
    const floating = {
      ...schema,
      tables: schema.tables.map((table) => ({
        ...table,
        columns: table.columns.map((column) => (column.name === "country" ? { ...column, kind: "f64" as const } : column)),
      })),
    };
    expect(() => compileMetrics({ declaration, schema: floating })).toThrow(expect.objectContaining({ code: "metrics/dimension-kind" }));
  });

  test("what is compiled can be sent to another thread", () => {
    const compiled = compileMetrics({ declaration, schema });
    expect(structuredClone(compiled)).toEqual(compiled);
  });
});

describe("kinds beyond count and ratio", () => {
  const base = declaration.metrics[0];
  if (base === undefined) throw new Error("a world without metrics");
  const days = { table: "attempts", time: "at", of: "device_id", filter: [], set: { name: "s", version: "1" } };
  const estimateOf = (rest: Partial<typeof base>, known: Sizes = unknown) =>
    estimateMetrics({ ...declaration, metrics: [{ ...base, by: ["model", "country"], ...rest }] }, known)[0];

  test("a share keeps the whole beside its parts, without periods, and says which questions have neither", () => {
    const share = {
      kind: "share",
      at: undefined,
      grain: [],
      by: ["country", "model"],
      detail: { tag: "share-of", dimension: "model" },
    } as const;
    expect(estimateOf(share)?.cuboids.map(({ id }) => id)).toEqual(["all", "all__country", "all__model", "all__country__model"]);
    expect(estimateOf(share)?.without).toEqual([]);
    const declared = estimateOf({ ...share, cuboids: [["country"]] });
    expect(declared?.cuboids.map(({ id }) => id).toSorted()).toEqual(["all", "all__country", "all__country__model", "all__model"]);
    const fewest = estimateOf({ ...share, cuboids: [] });
    expect(fewest?.cuboids.map(({ id }) => id)).toEqual(["all", "all__model"]);
    expect(fewest?.without.map(({ id }) => id)).toEqual(["all__country", "all__country__model"]);
  });

  test("sets in memory have no cuboids; their size is bits by day, and the entity's where members are counted", () => {
    const known: Sizes = { ...unknown, days: () => 100, rows: (table) => (table === "devices" ? 8_000 : undefined) };
    const distinct = estimateOf({ kind: "distinct", detail: { tag: "distinct", ...days } }, known);
    expect(distinct).toMatchObject({ cuboids: [], without: [], set: { name: "s", kind: "days", entity: "devices", bytes: 120_000 } });
    const { time: _, ...rows } = days;
    const having = { kind: "share", at: undefined, grain: [], detail: { tag: "share-having", ...rows } } as const;
    expect(estimateOf(having, known)?.set).toEqual({ name: "s", kind: "members", entity: "devices", bytes: 16_000 });
    expect(estimateOf({ kind: "distinct", detail: { tag: "distinct", ...days } })?.set?.bytes).toBeUndefined();
  });
});
