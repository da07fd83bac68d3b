/**
 * What the company sells and where: places, models, firmware and how often a connection fails. Used by the maker of the history and
 * by the simulator, so that the live numbers go on as the history did. Shares are of the published case: 24 % of the
 * accounts in US Eastern time, most others in the United States, none in China.
 */
import { cumulative, hashUnit, pickWeighted } from "./random.ts";

export interface Place {
  readonly country: string;
  readonly region: string | undefined;
  readonly zone: string;
  readonly offsetMinutes: number;
  readonly language: string;
  readonly share: number;
  /** Factor on the chance that a connection fails: distance to the servers. */
  readonly failure: number;
}

/** country, region, zone, UTC offset in hours (winter), language, share in per mille, failure factor. */
const placeRows: readonly (readonly [string, string | undefined, string, number, string, number, number])[] = [
  ["US", "NY", "America/New_York", -5, "en", 140, 1],
  ["US", "FL", "America/New_York", -5, "en", 100, 1],
  ["US", "TX", "America/Chicago", -6, "en", 95, 1],
  ["US", "IL", "America/Chicago", -6, "es", 45, 1],
  ["US", "CO", "America/Denver", -7, "en", 40, 0.95],
  ["US", "CA", "America/Los_Angeles", -8, "en", 125, 0.9],
  ["GB", undefined, "Europe/London", 0, "en", 95, 1.05],
  ["CA", "BC", "America/Vancouver", -8, "en", 65, 0.95],
  ["AU", "NSW", "Australia/Sydney", 11, "en", 40, 1.25],
  ["DE", undefined, "Europe/Berlin", 1, "de", 35, 1],
  ["IN", undefined, "Asia/Kolkata", 5.5, "en", 30, 1.4],
  ["FR", undefined, "Europe/Paris", 1, "fr", 25, 1],
  ["AE", undefined, "Asia/Dubai", 4, "ar", 22, 1.3],
  ["MX", undefined, "America/Mexico_City", -6, "es", 20, 1.15],
  ["MY", undefined, "Asia/Kuala_Lumpur", 8, "ms", 18, 1.25],
  ["EG", undefined, "Africa/Cairo", 2, "ar", 15, 1.6],
  ["BR", undefined, "America/Sao_Paulo", -3, "pt", 15, 1.3],
  ["IT", undefined, "Europe/Rome", 1, "it", 13, 1.05],
  ["ES", undefined, "Europe/Madrid", 1, "es", 12, 1],
  ["NL", undefined, "Europe/Amsterdam", 1, "nl", 11, 0.95],
  ["PH", undefined, "Asia/Manila", 8, "en", 10, 1.35],
  ["SG", undefined, "Asia/Singapore", 8, "en", 9, 1.1],
  ["ZA", undefined, "Africa/Johannesburg", 2, "en", 8, 1.45],
  ["JP", undefined, "Asia/Tokyo", 9, "ja", 7, 1.1],
  ["SE", undefined, "Europe/Stockholm", 1, "sv", 5, 0.95],
];

export const places: readonly Place[] = placeRows.map(([country, region, zone, hours, language, share, failure]) => ({
  country,
  region,
  zone,
  offsetMinutes: hours * 60,
  language,
  share: share / 1000,
  failure,
}));

const placesRunning = cumulative(places.map((place) => place.share));
const goldenRatio = 0.6180339887498949;

/**
 * Place of account number `index`. The golden ratio spreads shares evenly: any run of accounts has every share to within a few
 * rows, so 24 % is 24 % in a small world too.
 */
export function placeOfAccount(index: number): number {
  const spread = (index * goldenRatio) % 1;
  return pickWeighted(placesRunning, spread);
}

export interface Release {
  readonly version: string;
  /** Minutes since 1970 at which devices begin to take it. */
  readonly fromMinute: number;
  /** Minute at which it was called back; Infinity: never. */
  readonly untilMinute: number;
  readonly failure: number;
}

export interface Model {
  readonly sku: string;
  readonly name: string;
  readonly category: string;
  readonly priceCents: number;
  /** Days before now of the first sale. */
  readonly releasedDaysAgo: number;
  /** Weight among activations while it is on sale. */
  readonly share: number;
  /** Chance that one connection attempt fails. */
  readonly failure: number;
  readonly camera: boolean;
  readonly releases: readonly Release[];
}

export const historyDays = 730;
const dayMinutes = 1440;
/** The firmware that made it worse: a model, and its week before now. */
export const badFirmware = { sku: "CAM-2", version: "4.19.0.1741", fromDaysAgo: 45, untilDaysAgo: 38 } as const;

interface ModelRow {
  readonly sku: string;
  readonly name: string;
  readonly category: string;
  readonly priceCents: number;
  readonly releasedDaysAgo: number;
  readonly share: number;
  readonly failure: number;
  readonly major: number;
}

const row = (
  sku: string,
  name: string,
  category: string,
  priceCents: number,
  releasedDaysAgo: number,
  share: number,
  failure: number,
  major: number,
): ModelRow => ({
  sku,
  name,
  category,
  priceCents,
  releasedDaysAgo,
  share,
  failure,
  major,
});

/** Models with shares that fall off steeply. The scale is not on sale: only its testers have one. */
const modelRows: readonly ModelRow[] = [
  row("CAM-1", "Camera", "camera", 1999, 720, 22, 0.046, 4),
  row("CAM-2", "Camera v2", "camera", 2598, 520, 30, 0.034, 4),
  row("CAM-PAN", "Camera Pan", "camera", 2999, 600, 14, 0.052, 4),
  row("CAM-OUT", "Camera Outdoor", "camera", 4999, 240, 9, 0.081, 4),
  row("DOORBELL-1", "Video Doorbell", "camera", 2999, 150, 5, 0.067, 1),
  row("BULB-1", "Bulb", "light", 799, 610, 21, 0.018, 1),
  row("BULB-C", "Bulb Color", "light", 1299, 280, 10, 0.021, 1),
  row("PLUG-1", "Plug", "plug", 749, 560, 16, 0.016, 1),
  row("PLUG-OUT", "Plug Outdoor", "plug", 999, 190, 4, 0.038, 1),
  row("SENSE-1", "Sense Kit", "sensor", 1999, 480, 6, 0.028, 0),
  row("LOCK-1", "Lock", "lock", 8999, 330, 3, 0.024, 0),
];

const scaleRow = row("SCALE-X", "Scale (not released)", "scale", 0, 60, 0, 0.11, 0);
/** A new minor version about every four months, a patch half-way. Minor versions are even: odd ones are what went wrong. */
const minorDays = 120;

function releasesOf(model: ModelRow, nowMinute: number): Release[] {
  const day = Math.floor(nowMinute / dayMinutes) * dayMinutes;
  const out: Release[] = [];
  for (let ago = historyDays, minor = 8; ago > 3; ago -= minorDays, minor += 2) {
    for (const [patch, laterDays] of [
      [0, 0],
      [2, minorDays / 2],
    ] as const) {
      const daysAgo = ago - laterDays;
      if (daysAgo > 3)
        out.push(
          releaseAt(
            model,
            {
              minor,
              patch,
              daysAgo,
              untilDaysAgo: undefined,
              failure: 0.88 + 0.24 * hashUnit(model.major + patch, minor, model.sku.length),
            },
            day,
          ),
        );
    }
  }
  if (model.sku === badFirmware.sku) {
    const [, minor, patch] = badFirmware.version.split(".").map(Number) as [number, number, number];
    out.push(releaseAt(model, { minor, patch, daysAgo: badFirmware.fromDaysAgo, untilDaysAgo: badFirmware.untilDaysAgo, failure: 4 }, day));
  }
  return out.toSorted((a, b) => a.fromMinute - b.fromMinute);
}

function releaseAt(
  model: ModelRow,
  at: {
    readonly minor: number;
    readonly patch: number;
    readonly daysAgo: number;
    readonly untilDaysAgo: number | undefined;
    readonly failure: number;
  },
  day: number,
): Release {
  const build = 1000 + at.minor * 39 + at.patch * 7;
  return {
    // Cameras count four parts, everything else three.
    version: model.category === "camera" ? `${model.major}.${at.minor}.${at.patch}.${build}` : `${model.major}.${at.minor}.${at.patch}`,
    fromMinute: day - at.daysAgo * dayMinutes,
    untilMinute: at.untilDaysAgo === undefined ? Infinity : day - at.untilDaysAgo * dayMinutes,
    failure: at.failure,
  };
}

/** All models as of `nowMinute` (minutes since 1970); the last one is the scale, which nobody can buy. */
export function modelsAt(nowMinute: number): readonly Model[] {
  return [...modelRows, scaleRow].map((model) => ({
    sku: model.sku,
    name: model.name,
    category: model.category,
    priceCents: model.priceCents,
    releasedDaysAgo: model.releasedDaysAgo,
    share: model.share,
    failure: model.failure,
    camera: model.category === "camera",
    releases: releasesOf(model, nowMinute),
  }));
}

/** Minutes after a release until a device takes it: a rollout with a long tail; one device in twenty never does. */
export function updateLagMinutes(seed: number, tag: number, deviceIndex: number): number {
  const unit = hashUnit(seed, tag, deviceIndex);
  return unit < 0.05 ? Infinity : Math.round(-Math.log((unit - 0.05) / 0.95 + 1e-9) * 5 * dayMinutes);
}

/** Index into `model.releases` of what a device ran at `minute`: the newest that reached it and was not called back. */
export function firmwareAt(
  model: Model,
  device: { readonly activatedMinute: number; readonly lagMinutes: number },
  minute: number,
): number {
  const { releases } = model;
  let factory = 0;
  for (let index = releases.length - 1; index > 0; index--) {
    const release = releases[index] as Release;
    // A bad release spreads fast (it was pushed) and leaves within hours of its end.
    const lag = release.untilMinute === Infinity ? device.lagMinutes : device.lagMinutes / 4;
    const left = release.untilMinute + Math.min(device.lagMinutes / 40, 720);
    if (release.fromMinute + lag <= minute && minute < left) return index;
    // What was in the box: a month old when the device was switched on.
    if (factory === 0 && release.untilMinute === Infinity && release.fromMinute + 30 * dayMinutes <= device.activatedMinute)
      factory = index;
    if (factory > 0 && release.fromMinute < device.activatedMinute - 60 * dayMinutes) break;
  }
  return factory;
}

export const failureReasons = ["wifi_auth", "dns", "tls_handshake", "cloud_timeout", "low_signal", "relay_refused"] as const;
const reasonsRunning = cumulative([24, 9, 6, 31, 22, 8]);
/** The bad firmware fails in its own way. */
const badReasonsRunning = cumulative([5, 3, 70, 12, 6, 4]);

export function reasonIndex(release: Release, unit: number): number {
  return pickWeighted(release.untilMinute === Infinity ? reasonsRunning : badReasonsRunning, unit);
}

/** By local hour: evenings are busy, the night is quiet. */
const hourFailure = [
  0.85, 0.8, 0.78, 0.78, 0.8, 0.85, 0.95, 1.02, 1.02, 0.98, 0.95, 0.95, 0.97, 0.98, 1, 1.02, 1.06, 1.15, 1.3, 1.48, 1.55, 1.45, 1.2, 0.98,
];

/** Chance that an attempt fails, from 0 to 0.9. */
export function failureChance(model: Model, release: Release, place: Place, minute: number): number {
  const localHour = Math.floor(((((minute + place.offsetMinutes) % dayMinutes) + dayMinutes) % dayMinutes) / 60);
  return Math.min(0.9, model.failure * release.failure * place.failure * (hourFailure[localHour] as number));
}

/** By UTC hour: how busy the fleet is; most of it lives in North America. */
export const hourActivity: readonly number[] = [
  1.35, 1.4, 1.35, 1.2, 1, 0.8, 0.65, 0.6, 0.6, 0.62, 0.65, 0.72, 0.85, 0.98, 1.05, 1.08, 1.08, 1.06, 1.05, 1.05, 1.08, 1.12, 1.2, 1.28,
];
/** By UTC day of the week, Sunday first. */
export const weekdayActivity: readonly number[] = [1.08, 0.97, 0.96, 0.96, 0.98, 1, 1.07];
