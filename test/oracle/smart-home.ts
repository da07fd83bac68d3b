/** The smart-home example as told to the oracle by hand, from its schema and from what its vitrine.yaml is meant to say. */
import { matchedSql, minuteSql, otherSql, truncatedSql, unknownSql } from "./description.ts";
import type { OracleEntities, OracleMetric, OracleTable, OracleWorld } from "./description.ts";

const zone = "America/Los_Angeles";
const countries = ["AE", "AU", "BR", "CA", "DE", "EG", "ES", "FR", "GB", "IN", "IT", "JP", "MX", "MY", "NL", "PH", "SE", "SG", "US", "ZA"];
const reasons = ["wifi_auth", "dns", "tls_handshake", "cloud_timeout", "low_signal", "relay_refused"];
const version = "\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}(\\.\\d{1,6})?";

/** Zones by the name under which they are counted. */
const regions: Readonly<Record<string, readonly string[]>> = {
  "US Eastern": ["America/New_York"],
  "US Central": ["America/Chicago"],
  "US Mountain": ["America/Denver"],
  "US Pacific": ["America/Los_Angeles"],
  Americas: ["America/Vancouver", "America/Mexico_City", "America/Sao_Paulo"],
  Europe: ["Europe/London", "Europe/Berlin", "Europe/Paris", "Europe/Rome", "Europe/Madrid", "Europe/Amsterdam", "Europe/Stockholm"],
  "Africa and Middle East": ["Africa/Cairo", "Africa/Johannesburg", "Asia/Dubai"],
  "Asia and Pacific": ["Asia/Kolkata", "Asia/Kuala_Lumpur", "Asia/Manila", "Asia/Singapore", "Asia/Tokyo", "Australia/Sydney"],
};

function listed(column: string, values: readonly string[]): string {
  return `case when ${column} is null then null when ${column} in (${values.map((value) => `'${value}'`).join(", ")}) then ${column} else ${otherSql} end`;
}

function country(alias: string): string {
  return listed(`${alias}.country`, countries);
}

function region(alias: string): string {
  const cases = Object.entries(regions).map(
    ([name, zones]) => `when ${alias}.time_zone in (${zones.map((one) => `'${one}'`).join(", ")}) then '${name}'`,
  );
  return `case when ${alias}.time_zone is null then null ${cases.join(" ")} else ${otherSql} end`;
}

function model(alias: string): string {
  return `case when ${alias}.model is null then null when ${alias}.model in (select sku from device_models) then ${alias}.model else ${otherSql} end`;
}

function firmware(alias: string): string {
  return matchedSql(`${alias}.firmware`, version, `substring(${alias}.firmware from '^\\d+\\.\\d+')`);
}

function joined(reference: string, entity: string, value: string): string {
  return `case when ${reference} is null then null when ${entity}.id is null then ${unknownSql} else ${value} end`;
}

const account = { name: "account_id", space: "account", sql: "t.account_id" } as const;
const device = { name: "device_id", space: "device", sql: "t.device_id" } as const;

const tables: readonly OracleTable[] = [
  {
    name: "accounts",
    from: "accounts",
    key: "id",
    columns: [
      { name: "id", space: "account", sql: "t.id" },
      { name: "created_at", sql: minuteSql("t.created_at", "day", zone) },
      { name: "country", sql: country("t") },
      { name: "time_zone", sql: region("t") },
    ],
  },
  {
    name: "device_models",
    from: "device_models",
    key: "id",
    columns: [
      { name: "id", space: "model", sql: "t.id" },
      { name: "sku", sql: matchedSql("t.sku", "[A-Z]{3,10}-[A-Z0-9]{1,4}") },
      { name: "category", sql: listed("t.category", ["camera", "light", "lock", "plug", "scale", "sensor"]) },
    ],
  },
  {
    name: "devices",
    from: "devices",
    key: "id",
    columns: [
      { name: "id", space: "device", sql: "t.id" },
      account,
      { name: "activated_at", sql: minuteSql("t.activated_at", "day", zone) },
      { name: "model", sql: model("t") },
      { name: "firmware", sql: firmware("t") },
      { name: "diagnostics", sql: "t.diagnostics is not null" },
    ],
  },
  {
    name: "connection_attempts",
    from: "connection_attempts",
    key: "id",
    columns: [
      { name: "id", sql: "t.id" },
      { name: "at", sql: minuteSql("t.at", "hour", zone) },
      device,
      { name: "ok", sql: "t.ok" },
      { name: "duration_ms", sql: "t.duration_ms" },
      { name: "reason", sql: listed("t.reason", reasons) },
      { name: "firmware", sql: firmware("t") },
    ],
  },
  {
    name: "camera_shares",
    from: "camera_shares",
    key: "id",
    columns: [{ name: "id", sql: "t.id" }, { name: "created_at", sql: minuteSql("t.created_at", "day", zone) }, device],
  },
  {
    name: "sessions",
    from: "sessions",
    key: "id",
    columns: [
      { name: "id", space: "session", sql: "t.id" },
      { name: "created_at", sql: minuteSql("t.created_at", "day", zone) },
      account,
      { name: "platform", sql: listed("t.platform", ["android", "ios", "web"]) },
    ],
  },
  {
    name: "integrations",
    from: "integrations",
    key: "id",
    columns: [
      { name: "id", sql: "t.id" },
      { name: "linked_at", sql: minuteSql("t.linked_at", "day", zone) },
      account,
      { name: "kind", sql: listed("t.kind::text", ["alexa", "google_assistant", "ifttt"]) },
      { name: "access_token", sql: "t.access_token is not null" },
    ],
  },
];

const ofDevice = "LEFT JOIN devices d ON d.id = t.device_id LEFT JOIN accounts a ON a.id = d.account_id";
const ofAccount = "LEFT JOIN accounts a ON a.id = t.account_id";
const modelOfDevice = joined("t.device_id", "d", model("d"));
const countryOfDevice = joined("t.device_id", "d", joined("d.account_id", "a", country("a")));
const countryOfAccount = joined("t.account_id", "a", country("a"));
const common = { filter: "true", hit: undefined, unit: "a.id", grains: ["day", "week", "month"] } as const;

const metrics: readonly OracleMetric[] = [
  {
    ...common,
    name: "activations",
    from: `devices t ${ofAccount}`,
    time: truncatedSql("t.activated_at", "day", zone),
    dimensions: { model: model("t"), country: countryOfAccount },
  },
  {
    ...common,
    name: "failed_connection_rate",
    from: `connection_attempts t ${ofDevice}`,
    time: truncatedSql("t.at", "hour", zone),
    hit: "t.ok = false",
    dimensions: { model: modelOfDevice, firmware: firmware("t"), country: countryOfDevice },
    grains: ["hour", "day", "week", "month"],
  },
  {
    ...common,
    name: "connection_time",
    from: `connection_attempts t ${ofDevice}`,
    time: truncatedSql("t.at", "hour", zone),
    sum: "t.duration_ms",
    dimensions: { model: modelOfDevice, country: countryOfDevice },
  },
  {
    ...common,
    name: "fleet_by_firmware",
    from: `devices t ${ofAccount}`,
    time: "timestamptz '2000-01-01Z'",
    dimensions: { firmware: firmware("t"), model: model("t") },
    grains: [],
  },
  {
    ...common,
    name: "failed_connections",
    from: `connection_attempts t ${ofDevice}`,
    time: truncatedSql("t.at", "hour", zone),
    filter: "t.ok = false",
    dimensions: { reason: listed("t.reason", reasons), model: modelOfDevice },
  },
  {
    ...common,
    name: "sign_ups",
    from: "accounts t",
    unit: "t.id",
    time: truncatedSql("t.created_at", "day", zone),
    dimensions: { country: country("t"), time_zone: region("t") },
  },
  {
    ...common,
    name: "log_ins",
    from: `sessions t ${ofAccount}`,
    time: truncatedSql("t.created_at", "day", zone),
    dimensions: { platform: listed("t.platform", ["android", "ios", "web"]), country: countryOfAccount },
  },
  {
    ...common,
    name: "camera_shares",
    from: `camera_shares t ${ofDevice}`,
    time: truncatedSql("t.created_at", "day", zone),
    dimensions: { model: modelOfDevice, country: countryOfDevice },
  },
  {
    ...common,
    name: "alexa_links",
    from: `integrations t ${ofAccount}`,
    time: truncatedSql("t.linked_at", "day", zone),
    filter: "t.kind = 'alexa' and t.access_token is not null",
    dimensions: { country: countryOfAccount },
  },
  {
    ...common,
    name: "devices_with_diagnostics",
    from: `devices t ${ofAccount}`,
    time: truncatedSql("t.activated_at", "day", zone),
    filter: "t.diagnostics is not null",
    dimensions: { model: model("t") },
    grains: ["week", "month"],
  },
];

const entities: readonly OracleEntities[] = [
  {
    name: "active_devices",
    from: `connection_attempts t ${ofDevice}`,
    entity: "t.device_id",
    time: truncatedSql("t.at", "hour", zone),
    filter: "t.ok",
    hit: undefined,
    days: [],
    dimensions: { model: modelOfDevice, firmware: joined("t.device_id", "d", firmware("d")), country: countryOfDevice },
    unit: "a.id",
  },
  {
    name: "assistant_link",
    from: "accounts t",
    entity: "t.id",
    time: undefined,
    filter: "true",
    hit: "EXISTS (SELECT FROM integrations i WHERE i.account_id = t.id AND i.access_token IS NOT NULL)",
    days: [],
    dimensions: { country: country("t") },
    unit: "t.id",
  },
  {
    name: "retention",
    from: `devices t ${ofAccount}`,
    entity: "t.id",
    time: truncatedSql("t.activated_at", "day", zone),
    filter: "true",
    hit: `EXISTS (SELECT FROM connection_attempts x WHERE x.device_id = t.id AND x.ok AND (x.at AT TIME ZONE '${zone}')::date = D + N)`,
    knownFrom: `SELECT min((x.at AT TIME ZONE '${zone}')::date) FROM connection_attempts x WHERE x.ok AND x.device_id IS NOT NULL`,
    days: [1, 7, 30],
    dimensions: { model: model("t") },
    unit: "a.id",
  },
];

export const smartHome: OracleWorld = { zone, k: 10, tables, metrics, entities };

/** Every identifier of a space in the source, for recomputing tokens: integers, but for the sessions' UUIDs. */
export const smartHomeIdentifiers: Readonly<Record<string, string>> = {
  account:
    "SELECT id::text AS id FROM accounts UNION SELECT account_id::text FROM devices UNION SELECT account_id::text FROM sessions UNION SELECT account_id::text FROM integrations",
  device: "SELECT id::text AS id FROM devices",
  model: "SELECT id::text AS id FROM device_models",
  session: "SELECT id::text AS id FROM sessions",
};
