/** Any answer over the small world by plain counting in JavaScript: it knows nothing of cuboids, buckets or SQL. */
import type { Question } from "../../src/metrics/answer.ts";
import type { World } from "./small-world.ts";
import { zone } from "./small-world.ts";

/** One row of a metric as a person sees it. */
interface Seen {
  readonly minute: number;
  readonly values: Readonly<Record<string, string | null>>;
  readonly hit: boolean;
  readonly unit: number | undefined;
}

export interface ExpectedCell {
  readonly period: string | undefined;
  readonly by: Readonly<Record<string, string | null>>;
  readonly count: number;
  readonly hits: number | undefined;
  /** Exact distinct protected units. */
  readonly units: number;
  readonly hitUnits: number;
  readonly missUnits: number;
}

/** The answer by plain counting. Order: as an answer's, but for ties. */
export function recompute(world: World, question: Question): readonly ExpectedCell[] {
  const ratio = question.metric === "failure_rate";
  const groups = new Map<string, Seen[]>();
  for (const row of seenRows(world, ratio)) {
    const local = Temporal.Instant.fromEpochMilliseconds(row.minute * 60_000).toZonedDateTimeISO(zone);
    if (!inRange(local, question)) continue;
    if (Object.entries(question.where).some(([name, values]) => !values.includes(row.values[name] ?? "\0"))) continue;
    const key = JSON.stringify([periodOf(local, question.grain) ?? null, ...question.by.map((name) => row.values[name] ?? null)]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const distinct = (rows: readonly Seen[]): number => new Set(rows.flatMap(({ unit }) => unit ?? [])).size;
  return [...groups].map(([key, rows]) => {
    const [period, ...values] = JSON.parse(key) as [string | null, ...(string | null)[]];
    const hits = rows.filter(({ hit }) => hit);
    return {
      period: period ?? undefined,
      by: Object.fromEntries(question.by.map((name, index) => [name, values[index] ?? null])),
      count: rows.length,
      hits: ratio ? hits.length : undefined,
      units: distinct(rows),
      hitUnits: distinct(hits),
      missUnits: distinct(rows.filter(({ hit }) => !hit)),
    };
  });
}

function seenRows(world: World, ratio: boolean): readonly Seen[] {
  const accounts = new Map(world.accounts.map((account) => [account.ref, account]));
  const devices = new Map(world.devices.map((device) => [device.ref, device]));
  const ofDevice = (device: World["devices"][number]) => {
    const account = device.account === null ? undefined : accounts.get(device.account);
    return {
      model: device.model,
      country: device.account === null ? null : account === undefined ? "unknown" : account.country,
      unit: account?.ref,
    };
  };
  if (!ratio) {
    return world.devices.flatMap((device) => {
      const { model, country, unit } = ofDevice(device);
      return device.minute === null ? [] : [{ minute: device.minute, values: { model, country }, hit: false, unit }];
    });
  }
  return world.attempts.map(({ device: ref, minute, ok, retries }) => {
    const device = ref === null ? undefined : devices.get(ref);
    const missing = ref === null ? null : "unknown";
    const { model, country, unit } = device === undefined ? { model: missing, country: missing, unit: undefined } : ofDevice(device);
    return { minute, values: { model, country, retries: retries === null ? null : String(retries) }, hit: ok === false, unit };
  });
}

function inRange(local: Temporal.ZonedDateTime, question: Question): boolean {
  const at = local.toPlainDateTime();
  const end = (text: string): Temporal.PlainDateTime => Temporal.PlainDateTime.from(text.includes("T") ? `${text}:00` : text);
  return Temporal.PlainDateTime.compare(at, end(question.from)) >= 0 && Temporal.PlainDateTime.compare(at, end(question.to)) < 0;
}

function periodOf(local: Temporal.ZonedDateTime, grain: Question["grain"]): string | undefined {
  if (grain === "all") return undefined;
  const date = local.toPlainDate();
  if (grain === "month") return date.toString().slice(0, 7);
  if (grain === "week") return date.subtract({ days: date.dayOfWeek - 1 }).toString();
  if (grain === "day") return date.toString();
  const hour = local.toPlainDateTime().toString().slice(0, 13);
  const twice = [-1, 1].some((hours) => local.add({ hours }).toPlainDateTime().toString().slice(0, 13) === hour);
  return twice ? hour + local.offset : hour;
}
