/**
 * Who has what since when, in typed arrays: what the rows of all tables must agree on. Row `index` has id `index + 1`. About
 * 60 bytes an account with its devices: full size fits in 150 MB.
 */
import { modelsAt, placeOfAccount, updateLagMinutes } from "./catalogue.ts";
import type { Model } from "./catalogue.ts";
import type { Plan } from "./options.ts";
import { cumulative, hashUnit, pickWeighted, Random } from "./random.ts";
import { dayMs, growth, holidays, Moments, rhythm, weekends } from "./timeline.ts";

export interface Fleet {
  readonly models: readonly Model[];
  /** Seconds since 1970, ascending: ids follow time, as sequences do. */
  readonly accountCreated: Uint32Array;
  readonly accountPlace: Uint8Array;
  /** Index of an account's first home; one more entry than accounts. Every account has one or two. */
  readonly homeFirst: Uint32Array;
  /** Seconds since 1970, ascending. */
  readonly deviceActivated: Uint32Array;
  readonly deviceAccount: Uint32Array;
  readonly deviceModel: Uint8Array;
  /** Minutes that this device waits before it takes a release; Infinity: it never does. */
  readonly deviceLag: Float32Array;
}

/** Tags keep the streams of random numbers apart: a change to one table leaves the others as they are. */
export const tags = {
  accounts: 1,
  homes: 2,
  devices: 3,
  shares: 4,
  sessions: 5,
  apiTokens: 6,
  integrations: 7,
  scale: 8,
  payments: 9,
  attempts: 10,
  log: 11,
  lag: 12,
  diagnostics: 13,
  owners: 14,
  firmware: 15,
  deleted: 16,
  preferences: 17,
} as const;

export function makeFleet(plan: Plan): Fleet {
  const { seed, counts } = plan;
  const accountCreated = momentsOf(plan, counts.accounts, tags.accounts, (hour) => rhythm(hour) * weekends(hour) * holidays(hour));
  const accountPlace = new Uint8Array(counts.accounts);
  const homeFirst = new Uint32Array(counts.accounts + 1);
  for (let index = 0; index < counts.accounts; index++) {
    accountPlace[index] = placeOfAccount(index);
    homeFirst[index + 1] = (homeFirst[index] as number) + (hashUnit(seed, tags.homes, index) < 0.08 ? 2 : 1);
  }
  const models = modelsAt(Math.floor(plan.nowMs / 60_000));
  const deviceActivated = momentsOf(plan, counts.devices, tags.devices, (hour) => rhythm(hour) * weekends(hour) * holidays(hour) ** 1.4);
  // The founder signed up before switching the first device on.
  accountCreated[0] = Math.min(accountCreated[0] as number, deviceActivated[0] as number);
  const deviceLag = new Float32Array(counts.devices);
  for (let index = 0; index < counts.devices; index++) deviceLag[index] = updateLagMinutes(seed, tags.lag, index);
  const fleet: Fleet = {
    models,
    accountCreated,
    accountPlace,
    homeFirst,
    deviceActivated,
    deviceAccount: owners(plan, accountCreated, deviceActivated),
    deviceModel: boughtModels(plan, models, deviceActivated),
    deviceLag,
  };
  handOutScales(plan, fleet);
  return fleet;
}

function momentsOf(plan: Plan, count: number, tag: number, weight: (hour: number) => number): Uint32Array {
  const span = { fromMs: plan.startMs, toMs: plan.nowMs };
  const moments = new Moments({
    span: { ...span, weight: (hour) => weight(hour) * growth(hour, span) },
    count,
    random: new Random(plan.seed, tag),
  });
  const out = new Uint32Array(count);
  for (let index = 0; index < count; index++) out[index] = Math.floor(moments.next() / 1000);
  return out;
}

/** Most accounts get a first device soon after they sign up; the others go to a few that have many. */
function owners(plan: Plan, accountCreated: Uint32Array, deviceActivated: Uint32Array): Uint32Array {
  const random = new Random(plan.seed, tags.owners);
  const out = new Uint32Array(deviceActivated.length);
  let existing = 0;
  let waiting = 0;
  for (let device = 0; device < out.length; device++) {
    const at = deviceActivated[device] as number;
    while (existing < accountCreated.length && (accountCreated[existing] as number) <= at) existing++;
    // One in eight never gets a device.
    while (waiting < existing && hashUnit(plan.seed, tags.owners, waiting) < 0.125) waiting++;
    if (waiting < existing && random.chance(0.55)) out[device] = waiting++;
    else out[device] = scattered(Math.floor(random.unit() ** 1.5 * Math.max(1, existing)), Math.max(1, existing), accountCreated.length);
  }
  return out;
}

/** Spreads the heavy users over all ages of account: the same account stays heavy as the company grows. */
function scattered(rank: number, existing: number, total: number): number {
  const place = (rank * 1_000_003 + 17) % total;
  return place < existing ? place : place % existing;
}

function boughtModels(plan: Plan, models: readonly Model[], deviceActivated: Uint32Array): Uint8Array {
  const random = new Random(plan.seed, tags.firmware);
  const out = new Uint8Array(deviceActivated.length);
  let day = -1;
  let running: Float64Array = new Float64Array(0);
  for (let device = 0; device < out.length; device++) {
    const daysAgo = Math.floor((plan.nowMs / 1000 - (deviceActivated[device] as number)) / 86_400);
    if (daysAgo !== day) {
      day = daysAgo;
      running = cumulative(
        models.map((model, index) => (index === 0 || model.releasedDaysAgo >= daysAgo ? model.share * launch(model, daysAgo) : 0)),
      );
    }
    out[device] = pickWeighted(running, random.unit());
  }
  return out;
}

/** A new product sells twice as well in its first month. */
function launch(model: Model, daysAgo: number): number {
  return model.releasedDaysAgo - daysAgo < 30 ? 2 : 1;
}

/** The testers' scales: devices of the last weeks that become prototypes, each of another account. */
function handOutScales(plan: Plan, fleet: Fleet): void {
  const scale = fleet.models.length - 1;
  const since = (plan.nowMs - (fleet.models[scale] as Model).releasedDaysAgo * dayMs) / 1000;
  const first = fleet.deviceActivated.findIndex((at) => at >= since);
  const { scaleTesters, devices } = plan.counts;
  for (let tester = 0; tester < scaleTesters; tester++) {
    const device = first + Math.floor(((tester + 0.5) * (devices - first)) / scaleTesters);
    fleet.deviceModel[device] = scale;
    fleet.deviceAccount[device] = testerAccount(plan, tester);
  }
}

/** Account of a tester: spread over the older nine tenths, so that all of them existed when the test began. */
export function testerAccount(plan: Plan, tester: number): number {
  return Math.floor(((tester + 0.5) * plan.counts.accounts * 0.8) / plan.counts.scaleTesters);
}
