/** A world that is all about who was active when: accounts, devices, and one row for every device that connected on a day. */
import { withClient } from "../database.ts";

export interface ActivityWorld {
  readonly serverUrl: string;
  readonly devices: number;
  readonly perDay: number;
  /** Days of activity; the last one is yesterday. */
  readonly days: number;
}

const models = 30;
const countries = 20;

/** What the product is given: names and refs alone, one metric over any days. */
export const declaration = `version: 1
zone: UTC
unit: accounts
entities:
  accounts:
    table: public.accounts
    columns:
      id:      { is: account identifier, take: token account }
      country: { is: country, take: keep, match: 'C[0-9]{1,3}' }
    dimensions:
      country: { origin: own }
  devices:
    table: public.devices
    columns:
      id:         { is: device identifier, take: token device }
      account_id: { is: account identifier, refers: accounts }
      model:      { is: product, take: keep, match: 'M[0-9]{1,3}' }
    dimensions:
      model:   { origin: own }
      country: { origin: current, of: accounts.country }
facts:
  connections:
    table: public.connections
    append_only: true
    time: at
    columns:
      at:        { is: time, take: truncate hour }
      device_id: { is: device identifier, refers: devices }
    dimensions:
      model: { origin: current, of: devices.model }
metrics:
  active_devices:
    distinct: connections.device_id
    by: [model, country]
    grain: [day, week, month]
`;

/** Makes the database `bench`; returns its administrator's URL. Each day has `perDay` different devices, drawn from all. */
export async function createActivity({ serverUrl, devices, perDay, days }: ActivityWorld): Promise<string> {
  await withClient(serverUrl, async (client) => client.query("CREATE DATABASE bench"));
  const url = new URL(serverUrl);
  url.pathname = "/bench";
  await withClient(url.href, async (client) => {
    await client.query("CREATE TABLE accounts (id bigint PRIMARY KEY, country text)");
    await client.query("CREATE TABLE devices (id bigint PRIMARY KEY, account_id bigint, model text)");
    await client.query("CREATE TABLE connections (at timestamptz NOT NULL, device_id bigint)");
    await client.query(
      `INSERT INTO accounts SELECT i, 'C' || floor(random() * ${countries}) FROM generate_series(0, ${Math.ceil(devices / 2) - 1}) i`,
    );
    await client.query(
      `INSERT INTO devices SELECT i, i / 2, 'M' || floor(random() * random() * ${models}) FROM generate_series(0, ${devices - 1}) i`,
    );
  });
  const half = Math.ceil(days / 2);
  await Promise.all([
    connect(url.href, { devices, perDay, from: 1, to: half }),
    connect(url.href, { devices, perDay, from: half + 1, to: days }),
  ]);
  return url.href;
}

/** Steps of a large prime through all devices: different ones, everywhere. */
async function connect(
  url: string,
  { devices, perDay, from, to }: { readonly devices: number; readonly perDay: number; readonly from: number; readonly to: number },
): Promise<void> {
  await withClient(url, async (client) =>
    client.query(
      `INSERT INTO connections SELECT date_trunc('day', now(), 'UTC') - d * interval '1 day' + random() * interval '86399 s', (i * 2654435761 + start) % ${devices}
       FROM (SELECT d, floor(random() * ${devices})::bigint AS start FROM generate_series(${from}, ${to}) d) days, generate_series(1::bigint, ${perDay}) i`,
    ),
  );
}
