/** Answers of every kind, made of nothing but the question: the same question gives the same numbers, until `bump` says that there was a commit. */
import type { Catalogue } from "../../src/api/contract.ts";
import { relativeRange } from "../../src/metrics/period.ts";
import { periodsOf } from "../../src/web/numbers/periods.ts";
import type { Grain } from "../../src/web/numbers/periods.ts";

const zone = "America/Los_Angeles";
const models = ["CAM-PAN", "CAM-V2", "LOCK-1", "PLUG-OUT", "SCALE-X", "BULB-C"];
const countries = ["US", "DE", "GB", "BR", "IN", "JP"];
const firmwares = ["4.19", "4.20", "4.21", "4.9", "5.0"];
const domains: Readonly<Record<string, readonly string[]>> = {
  model: models,
  country: countries,
  firmware: firmwares,
  day: ["1", "7", "30"],
};

interface FakeMetric {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly kind: string;
  readonly grains: readonly string[];
  readonly by: readonly string[];
  readonly unit?: string;
  readonly format?: string;
  readonly of?: string;
  readonly scale: number;
}

const usual = ["day", "week", "month", "all"] as const;
const metrics: readonly FakeMetric[] = [
  {
    name: "activations",
    title: "Device activations",
    description: "Devices that were switched on for the first time.",
    kind: "count",
    grains: usual,
    by: ["model", "country"],
    unit: "devices",
    scale: 240,
  },
  {
    name: "failed_connection_rate",
    title: "Failed connection rate",
    description: "Connection attempts that failed, of all attempts.",
    kind: "ratio",
    grains: ["hour", ...usual],
    by: ["model", "firmware", "country"],
    format: "percent",
    scale: 900,
  },
  {
    name: "active_devices",
    title: "Active devices",
    description: "Different devices that tried to connect.",
    kind: "distinct",
    grains: usual,
    by: ["model", "country"],
    unit: "devices",
    scale: 5200,
  },
  {
    name: "connection_time",
    title: "Time spent connecting",
    description: "Time that devices spent on connecting.",
    kind: "sum",
    grains: usual,
    by: ["model"],
    unit: "ms",
    format: "duration",
    scale: 9_000_000,
  },
  {
    name: "fleet_by_firmware",
    title: "Fleet by firmware",
    description: "The part of the fleet that runs each firmware now.",
    kind: "share",
    grains: ["all"],
    by: ["model", "firmware"],
    of: "firmware",
    format: "percent",
    scale: 6000,
  },
  {
    name: "assistant_link",
    title: "Accounts with an assistant",
    description: "Accounts that are linked to a voice assistant now.",
    kind: "share",
    grains: ["all"],
    by: ["country"],
    unit: "accounts",
    format: "percent",
    scale: 20_000,
  },
  {
    name: "retention",
    title: "Devices that come back",
    description: "Devices that connect one, seven and thirty days after their activation.",
    kind: "retention",
    grains: usual,
    by: ["model"],
    format: "percent",
    scale: 240,
  },
];

export const catalogue = {
  metrics: metrics.map(({ scale, by, ...rest }) => ({
    scale,
    unit: "",
    owner: "the devices team",
    format: "number",
    history: "follow",
    definitionVersion: "0123456789abcdef",
    zone,
    k: 10,
    dimensions: by.map((name) => ({ name, origin: "own", values: name === "firmware" ? undefined : domains[name] })),
    cuboids: [],
    annotations: [
      { at: "2020-01-01", title: "Long ago" },
      { at: new Date(Date.now() - 10 * 86_400_000).toISOString().slice(0, 10), title: "Autumn campaign" },
    ],
    ...(rest.kind === "retention" ? { days: [1, 7, 30] } : {}),
    ...rest,
  })),
} as unknown as Catalogue;

/** 0 to 1, from a text. */
function chance(text: string): number {
  let hash = 2_166_136_261;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 16_777_619);
  return ((hash ^ (hash >>> 13)) >>> 0) / 4_294_967_296;
}

const size: Readonly<Record<string, number>> = { hour: 1 / 20, day: 1, week: 6.6, month: 28, all: 28 };

function numbersOf(
  metric: FakeMetric,
  options: { readonly period: string; readonly values: readonly string[]; readonly grain: string; readonly bump: number },
) {
  const { period, values, grain, bump } = options;
  const key = `${metric.name}/${period}/${values.join("/")}`;
  const weight = values.reduce((part, value) => part * (0.08 + chance(value) * 0.35), 1);
  const wave = 1 + 0.25 * Math.sin(chance(period) * 6) + 0.2 * chance(key);
  const count = Math.max(0, Math.round(metric.scale * weight * wave * (size[grain] ?? 1))) + bump;
  const part = metric.kind === "retention" ? 0.85 / (1 + Number(values.at(-1) ?? 1) / 20) - 0.1 * chance(key) : 0.02 + 0.05 * chance(key);
  const hits = Math.round(count * part);
  if (metric.kind === "sum") return { count: 10, sum: count, value: count, atLeastK: true };
  if (["count", "distinct"].includes(metric.kind)) return { count, value: count, atLeastK: true };
  return { count, hits, value: count === 0 ? 0 : hits / count, atLeastK: true };
}

export interface Asked {
  readonly name: string;
  readonly query: URLSearchParams;
  readonly nowMs: number;
  readonly bump: number;
  readonly empty: boolean;
}

/** The parts of an answer that depend on the question; undefined: no such metric. */
// oxlint-disable-next-line complexity -- one made-up number after the other
export function fakeAnswer({ name, query, nowMs, bump, empty }: Asked): object | undefined {
  const metric = metrics.find((one) => one.name === name);
  if (metric === undefined) return undefined;
  const grain = (query.get("grain") ?? "day") as Grain | "all";
  const range = rangeOf(query, grain, nowMs);
  const where = Object.fromEntries(
    (metric.by ?? []).flatMap((dimension) => (query.has(`where.${dimension}`) ? [[dimension, query.getAll(`where.${dimension}`)]] : [])),
  );
  const asked = (query.get("by") ?? "").split(",");
  const own = metric.by.filter((dimension) => asked.includes(dimension) || dimension === metric.of);
  const by = metric.kind === "retention" ? [...own, "day"] : own;
  const periods = grain === "all" ? [undefined] : periodsOf(range, grain, nowText(nowMs));
  const combos = by.reduce<readonly (readonly string[])[]>(
    (all, dimension) => all.flatMap((one) => (where[dimension] ?? domains[dimension] ?? []).map((value) => [...one, value])),
    [[]],
  );
  const fixed = Object.values(where).flat();
  const compare = query.get("compare") !== null;
  const shares = metric.of === undefined ? undefined : combos.map((values) => 0.05 + chance(values.join("/")));
  const total = shares?.reduce((sum, one) => sum + one, 0) ?? 1;
  const cells = periods.flatMap((period) =>
    combos.map((values, index) => {
      const of = { period: period ?? range.from, values: [...fixed, ...values], grain, bump };
      const numbers = numbersOf(metric, of);
      const share =
        shares === undefined
          ? {}
          : { count: metric.scale, hits: Math.round((metric.scale * (shares[index] ?? 0)) / total), value: (shares[index] ?? 0) / total };
      return {
        ...(period === undefined ? {} : { period }),
        by: Object.fromEntries(by.map((dimension, at) => [dimension, values[at] ?? null])),
        ...numbers,
        ...share,
        ...(compare ? { before: numbersOf(metric, { ...of, period: `before ${of.period}`, bump: 0 }) } : {}),
      };
    }),
  );
  return {
    metric: name,
    title: metric.title,
    kind: metric.kind,
    unit: metric.unit ?? "",
    owner: "",
    format: metric.format ?? "number",
    question: { metric: name, grain, ...range, by, where },
    ...(compare ? { compared: { from: "2020-01-01", to: range.from } } : {}),
    class: "live",
    k: 10,
    definitionVersion: "0123456789abcdef",
    generation: 1,
    from: "day",
    // A value that came during the range, for the marks.
    cells: empty
      ? []
      : cells.filter(
          (cell) =>
            cell.by["firmware"] !== "5.0" || cell.period === undefined || cell.period > (periods[Math.floor(periods.length / 2)] ?? ""),
        ),
    cellsWithheld: by.length > 1 && !empty ? 7 : 0,
  };
}

function rangeOf(query: URLSearchParams, grain: Grain | "all", nowMs: number): { readonly from: string; readonly to: string } {
  const from = query.get("from");
  const now = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(zone);
  if (from === null) return relativeRange({ text: query.get("range") ?? undefined, grain, now });
  return { from, to: query.get("to") ?? now.toPlainDate().add({ days: 1 }).toString() };
}

function nowText(nowMs: number): string {
  return Temporal.Instant.fromEpochMilliseconds(nowMs)
    .toZonedDateTimeISO(zone)
    .toPlainDateTime()
    .toString({ smallestUnit: "minute" })
    .slice(0, 13);
}
