import { expect, test } from "vitest";
import type { CuboidEstimate } from "../../metrics/estimate.ts";
import type { ShownPlan } from "./plan-text.ts";
import { planText } from "./plan-text.ts";

const cuboid = (grain: CuboidEstimate["grain"], names: readonly string[], cells: number): CuboidEstimate => ({
  id: [grain, ...names].join("__"),
  grain,
  dimensions: names.map((_, i) => i),
  names,
  cells,
});

const shown: ShownPlan = {
  plan: {
    statements: [],
    readable: [{ table: "public.devices", column: "model", why: "product: as it is" }],
    stays: [
      { table: "public.devices", column: "mac", why: "network address" },
      { table: "public.devices", column: "nickname", why: "free text" },
    ],
    cost: [
      { table: "devices", rows: 1_200, bytesRead: 4_096 },
      { table: "models", rows: -1, bytesRead: 4_096 },
    ],
    findings: [
      { class: "disk", what: "The source keeps WAL without a limit (max_slot_wal_keep_size = -1).", remedy: "ALTER SYSTEM …" },
      { class: "privacy", what: "The publication everything publishes all tables.", remedy: 'DROP PUBLICATION "everything"' },
      { class: "note", what: "devices: large values", remedy: "Nothing to do." },
    ],
  },
  findings: [
    {
      class: "risks-disk",
      code: "source/wal-unlimited" as never,
      place: "max_slot_wal_keep_size",
      message: "No limit.",
      remedy: "--accept-unlimited-wal 50",
      blocking: true,
    },
  ],
  cuboids: [
    {
      metric: "activations",
      cellsMax: 1_000,
      cuboids: [cuboid("day", [], 400), cuboid("month", [], 16), cuboid("day", ["model"], 5_200)],
      without: [cuboid("day", ["model", "country"], 9_000), cuboid("month", ["model", "country"], 90)],
    },
  ],
};

const text = planText(shown, { hasColour: false });

test("rollups: one row a set, one column a grain; what is over the limit is marked, what has none is named", () => {
  expect(text).toMatch(/by +day +month\n.*\n +\(all\) +400 +16\n +model +5,200 \*\n/);
  expect(text).toContain("not kept: by model, country, each day, month");
  expect(text).toContain("* More than are worth keeping");
});

test("sets in memory: what they are, how large, and with whom they are shared; a share has no periods", () => {
  const set = { name: "s", kind: "days", entity: "devices", bytes: 6_000_000 } as const;
  const kept = { cellsMax: 1_000, cuboids: [], without: [], set };
  const cuboids = [
    { metric: "active", ...kept },
    { metric: "retention", ...kept },
    { metric: "fleet", cellsMax: 1_000, cuboids: [cuboid("all", ["firmware"], 40)], without: [] },
  ];
  const rollups = planText({ ...shown, cuboids }, { hasColour: false });
  expect(rollups).toContain(
    "active\n  in the server's memory: a bit for each day and one of devices, at most 5.7 MiB; every declared question",
  );
  expect(rollups).toContain("retention\n  in the server's memory: a bit for each day and one of devices, shared with active;");
  expect(rollups).toMatch(/fleet\n +by +all\n.*\n +firmware +40\n/);
});

test("findings: every class is named, also one with nothing, and nothing is said twice", () => {
  const findings = text.slice(text.indexOf("\nFindings"));
  expect(findings).toMatch(/breaks production writes: nothing\n +cannot work: nothing\n +risks the disk:\n/);
  expect(findings.match(/max_slot_wal_keep_size/g)).toHaveLength(1);
  expect(findings).toContain('do: DROP PUBLICATION "everything"');
  expect(findings).toContain("1 that need nothing");
});

test("costs are summed, and what is not known is said", () => {
  expect(text).toMatch(/models +\? +4\.0 KiB\n *together +1,200 +8\.0 KiB/);
});

test("a table's name stands once", () => {
  expect(text.match(/public\.devices/g)).toHaveLength(2);
});
