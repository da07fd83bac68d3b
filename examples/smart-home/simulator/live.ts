/**
 * What the simulator remembers while it runs: a sample of the fleet, some people, and the attempts it made of late. Memory only; the
 * database is asked once, at the start. Bounded whatever the size of the world.
 */
import type { Client } from "pg";
import { modelsAt, placeOfAccount, places } from "../world/catalogue.ts";
import type { Model, Place, Release } from "../world/catalogue.ts";
import { hash32, Random } from "../world/random.ts";

export interface LiveDevice {
  id: number;
  accountId: number;
  model: Model;
  firmware: string;
  place: Place;
}

export interface RecentAttempt {
  readonly id: number;
  readonly at: string;
  readonly ok: boolean;
}

export interface Live {
  readonly client: Client;
  readonly random: Random;
  readonly seed: number;
  /** Milliseconds since 1970: the simulator's only idea of time. */
  readonly clock: () => number;
  readonly models: readonly Model[];
  readonly devices: LiveDevice[];
  readonly testers: readonly number[];
  readonly recent: RecentAttempt[];
  /** Counts what the simulator invents: numbers, secrets. */
  invented: number;
  /** First moment that the oldest partition takes: nothing may be dated before it. */
  oldestMs: number;
}

const devicesMax = 20_000;
const recentMax = 5_000;

interface SampleRow {
  readonly id: string;
  readonly account_id: string;
  readonly model: string;
  readonly firmware: string;
  readonly country: string;
  readonly time_zone: string;
}

/** Every n-th device, so that the sample is the same for the same database. */
const sampleSql = `
  SELECT d.id, d.account_id, d.model, d.firmware, a.country, a.time_zone
  FROM devices d JOIN accounts a ON a.id = d.account_id
  WHERE d.id % (SELECT greatest(1, max(id) / ${devicesMax}) FROM devices) = 0
  ORDER BY d.id LIMIT ${devicesMax}`;

export async function openLive(client: Client, options: { readonly seed: number; readonly clock: () => number }): Promise<Live> {
  // A number that is never given out again tells one start from the next: the same seed would invent the same identifiers twice.
  const start = await client.query<{ id: string }>("SELECT nextval(pg_get_serial_sequence('accounts', 'id')) AS id");
  const seed = hash32(options.seed, 901, Number(start.rows[0]?.id));
  const models = modelsAt(Math.floor(options.clock() / 60_000));
  const sample = await client.query<SampleRow>(sampleSql);
  const testers = await client.query<{ account_id: string }>(
    "SELECT DISTINCT account_id FROM scale_measurements ORDER BY account_id LIMIT 1000",
  );
  return {
    client,
    random: new Random(seed, 900),
    seed,
    clock: options.clock,
    models,
    devices: sample.rows.map((row) => ({
      id: Number(row.id),
      accountId: Number(row.account_id),
      model: models.find(({ sku }) => sku === row.model) ?? (models[0] as Model),
      firmware: row.firmware,
      place: places.find(({ country, zone }) => country === row.country && zone === row.time_zone) ?? (places[0] as Place),
    })),
    testers: testers.rows.map((row) => Number(row.account_id)),
    recent: [],
    invented: 0,
    oldestMs: await oldestMonth(client),
  };
}

/** Start of the oldest partition of the attempts, from its name. */
export async function oldestMonth(client: Client): Promise<number> {
  const { rows } = await client.query<{ name: string }>(oldestSql);
  const [, year, month] = /_(\d{4})_(\d{2})$/.exec(rows[0]?.name ?? "") ?? [];
  return year === undefined || month === undefined ? 0 : Date.UTC(Number(year), Number(month) - 1);
}

export const oldestSql =
  "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'connection_attempts'::regclass ORDER BY 1 LIMIT 1";

export function placeOfId(accountId: number): Place {
  return places[placeOfAccount(accountId - 1)] as Place;
}

/** The release that a version text names; engineers' builds count as the first. */
export function releaseOf(device: LiveDevice): Release {
  return device.model.releases.find(({ version }) => version === device.firmware) ?? (device.model.releases[0] as Release);
}

/** The newest release that was not called back. */
export function newestRelease(model: Model): Release {
  return model.releases.findLast(({ untilMinute }) => untilMinute === Infinity) ?? (model.releases[0] as Release);
}

export function pickDevice(live: Live): LiveDevice {
  return live.random.pick(live.devices);
}

/** Device number of the pool, or a neighbour, that is a camera. */
export function pickCamera(live: Live): LiveDevice {
  let device = pickDevice(live);
  for (let tries = 0; tries < 50 && !device.model.camera; tries++) device = pickDevice(live);
  return device;
}

/** `count` different devices, as far as there are. */
export function pickDevices(live: Live, count: number): LiveDevice[] {
  const chosen = new Set<LiveDevice>();
  for (let tries = 0; chosen.size < count && tries < count * 3; tries++) chosen.add(pickDevice(live));
  return [...chosen];
}

/** Forgets the devices that `gone` names; order is kept, so that the same seed goes on in the same way. */
export function forgetDevices(live: Live, gone: (device: LiveDevice) => boolean): void {
  const left = live.devices.filter((device) => !gone(device));
  live.devices.length = 0;
  live.devices.push(...left);
}

export function addDevice(live: Live, device: LiveDevice): void {
  if (live.devices.length < devicesMax) live.devices.push(device);
  else live.devices[live.random.below(devicesMax)] = device;
}

export function remember(live: Live, attempt: RecentAttempt): void {
  if (live.recent.length < recentMax) live.recent.push(attempt);
  else live.recent[live.random.below(recentMax)] = attempt;
}

/** Takes up to `count` remembered attempts out of memory: each is changed at most once. */
export function takeRecent(live: Live, count: number): RecentAttempt[] {
  const taken: RecentAttempt[] = [];
  while (taken.length < count && live.recent.length > 0) {
    const index = live.random.below(live.recent.length);
    const last = live.recent.pop() as RecentAttempt;
    if (index === live.recent.length) taken.push(last);
    else {
      taken.push(live.recent[index] as RecentAttempt);
      live.recent[index] = last;
    }
  }
  return taken;
}

/** Between `min` and `max`, both included. */
export function between(live: Live, min: number, max: number): number {
  return min + live.random.below(max - min + 1);
}
