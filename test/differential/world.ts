/**
 * A tiny world with everything that makes mirroring hard: two entities (one refers to the other), a fact table partitioned by month
 * whose key is a subset of the source's, a fact with UUID keys, a log without a key, large texts out of line, values that the store
 * cannot hold, no foreign keys (so that facts come before their entities and outlive them). `census` is filled at the end of each
 * sequence: its opaque key pairs every identifier with its token without knowing any key.
 */
import { matchedSql, minuteSql, otherSql, truncatedSql, unknownSql } from "../oracle/description.ts";
import { subsets } from "../oracle/cells.ts";
import type { OracleEntities, OracleMetric, OracleTable, OracleWorld } from "../oracle/description.ts";

export const worldSql = `
  CREATE TABLE accounts (id bigint PRIMARY KEY, email text, country text, plan text, created_at timestamptz, bio text);
  CREATE TABLE devices (id integer PRIMARY KEY, account_id bigint, model text, firmware text, activated_at timestamptz, active boolean, manual text, serial text, nickname text);
  ALTER TABLE accounts ALTER COLUMN bio SET STORAGE EXTERNAL;
  ALTER TABLE devices ALTER COLUMN manual SET STORAGE EXTERNAL;
  CREATE TABLE attempts (id bigint, at timestamptz, device_id bigint, ok boolean, firmware text, duration_ms integer, address inet, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
  CREATE TABLE attempts_2026_02 PARTITION OF attempts FOR VALUES FROM ('2026-02-01Z') TO ('2026-03-01Z');
  CREATE TABLE attempts_2026_03 PARTITION OF attempts FOR VALUES FROM ('2026-03-01Z') TO ('2026-04-01Z');
  CREATE TABLE attempts_2026_10 PARTITION OF attempts FOR VALUES FROM ('2026-10-01Z') TO ('2026-11-01Z');
  CREATE TABLE attempts_2026_11 PARTITION OF attempts FOR VALUES FROM ('2026-11-01Z') TO ('2026-12-01Z');
  CREATE TABLE attempts_else PARTITION OF attempts DEFAULT;
  CREATE TABLE shares (id uuid PRIMARY KEY, account_id bigint, at timestamptz, kind text, price numeric(10,2), recipient text);
  CREATE TABLE app_log (at timestamptz NOT NULL, account_id bigint, level text, message text);
  CREATE TABLE census (id bigint PRIMARY KEY, at timestamptz NOT NULL, account_id bigint, device_id integer, share_id uuid);
`;

const declaredMetrics = [
  { name: "signups", what: "count: accounts, at: created_at", by: ["country", "plan"], grain: ["day", "week", "month"] },
  {
    name: "activations",
    what: "count: devices, at: activated_at, filter: { active: true }",
    by: ["model", "country"],
    grain: ["hour", "day", "month"],
  },
  {
    name: "failure_rate",
    what: "ratio: attempts, where: { ok: false }",
    by: ["model", "firmware", "country"],
    grain: ["hour", "day", "week", "month"],
  },
  { name: "shares_made", what: "count: shares", by: ["kind", "country"], grain: ["day"] },
  { name: "log_lines", what: "ratio: app_log, where: { level: error }", by: ["level"], grain: ["hour", "day"] },
  { name: "time_spent", what: "sum: attempts.duration_ms", by: ["firmware", "country"], grain: ["day", "week", "month"] },
] as const;

/** Answered from entities and sets in memory, but for the share of a dimension's values. */
const entityMetrics = `  active_devices: { distinct: attempts.device_id, by: [model, country], grain: [day, week, month] }
  working_devices: { distinct: attempts.device_id, filter: { ok: true }, by: [model, country], grain: [day, week, month] }
  logged_accounts: { distinct: app_log.account_id, by: [country, plan], grain: [day, week, month] }
  fleet: { share: devices, of: model, by: [country] }
  sharers: { share: accounts, having: { table: shares, where: { kind: [view, edit] } }, by: [country, plan] }
  retention: { retention: devices, at: activated_at, active: attempts.device_id, where: { ok: true }, days: [1, 7, 30], by: [model, country], grain: [day, week, month] }
`;

/** Every set of dimensions gets its cuboid, so that all are compared. */
function metricLine({ name, what, by, grain }: (typeof declaredMetrics)[number]): string {
  const cuboids = subsets(by).map((set) => `[${set.join(", ")}]`);
  return `  ${name}: { ${what}, by: [${by.join(", ")}], grain: [${grain.join(", ")}], cuboids: [${cuboids.join(", ")}] }`;
}

const entities = `entities:
  accounts:
    table: public.accounts
    columns:
      id:         { is: account identifier, take: token account }
      email:      { is: e-mail }
      country:    { is: country, take: keep, values: [US, DE, EG, MY] }
      plan:       { is: product, take: lookup, table: { f: free, p: paid } }
      created_at: { is: time, take: truncate day }
      bio:        { is: free text, take: prefix 2, match: '[a-z]+' }
    dimensions:
      country: { origin: own }
      plan:    { origin: own }
  devices:
    table: public.devices
    columns:
      id:           { is: device identifier, take: token device }
      account_id:   { is: account identifier, refers: accounts }
      model:        { is: product, take: keep, match: '[A-Z]+[0-9]*' }
      firmware:     { is: product, take: truncate minor, match: '\\d+\\.\\d+\\.\\d+' }
      activated_at: { is: time, take: truncate hour }
      active:       { is: state, take: keep }
      manual:       { is: free text, take: present }
      serial:       { is: serial number, take: token serial }
      nickname:     { is: free text }
    dimensions:
      model:   { origin: own }
      country: { origin: current, of: accounts.country }
`;

const facts = `facts:
  attempts:
    table: public.attempts
    key: { id: opaque }
    time: at
    columns:
      at:          { is: time, take: truncate minute }
      device_id:   { is: device identifier, refers: devices }
      ok:          { is: outcome, take: keep }
      firmware:    { is: product, take: truncate minor, match: '\\d+\\.\\d+\\.\\d+' }
      duration_ms: { is: duration, take: keep }
      address:     { is: network address }
    dimensions:
      model:    { origin: current, of: devices.model }
      country:  { origin: current, of: accounts.country }
      firmware: { origin: own }
  shares:
    table: public.shares
    key: { id: token share }
    time: at
    columns:
      account_id: { is: account identifier, refers: accounts }
      at:         { is: time, take: truncate minute }
      kind:       { is: kind, take: keep, match: '[a-z]{1,8}' }
      price:      { is: amount, take: keep }
      recipient:  { is: e-mail }
    dimensions:
      kind:    { origin: own }
      country: { origin: current, of: accounts.country }
  app_log:
    table: public.app_log
    append_only: true
    time: at
    columns:
      at:         { is: time, take: truncate minute }
      account_id: { is: account identifier, refers: accounts }
      level:      { is: severity, take: keep, values: [info, error] }
      message:    { is: free text }
    dimensions:
      level: { origin: own }
  census:
    table: public.census
    key: { id: opaque }
    time: at
    columns:
      at:         { is: time, take: truncate minute }
      account_id: { is: account identifier, refers: accounts }
      device_id:  { is: device identifier, refers: devices }
      share_id:   { is: share identifier, take: token share }
`;

/** The declaration that the product gets, but for k, which the file does not let be small: the tests lower it in the cells' specification. The oracle never sees it. */
export function worldDeclaration(zone: string): string {
  return `version: 1\nzone: ${zone}\nunit: accounts\n${entities}${facts}metrics:\n${declaredMetrics.map(metricLine).join("\n")}\n${entityMetrics}`;
}

const versionPattern = "\\d+\\.\\d+\\.\\d+";

function versionSql(column: string): string {
  return matchedSql(column, versionPattern, `substring(${column} from '^\\d+\\.\\d+')`);
}

function countrySql(alias: string): string {
  return `case when ${alias}.country is null then null when ${alias}.country in ('US', 'DE', 'EG', 'MY') then ${alias}.country else ${otherSql} end`;
}

/** A value of an entity: NULL where nothing is referred to (the source has NULL there), unknown where what is referred to is missing. */
function joined(reference: string, entity: string, value: string): string {
  return `case when ${reference} is null then null when ${entity}.id is null then ${unknownSql} else ${value} end`;
}

function levelSql(alias: string): string {
  return `case when ${alias}.level is null then null when ${alias}.level in ('info', 'error') then ${alias}.level else ${otherSql} end`;
}

/** What the oracle is told. */
export function oracleWorld(zone: string): OracleWorld {
  return {
    zone,
    k: 2,
    tables: [...entityTables(zone), ...factTables(zone)],
    metrics: [...metrics(zone), ...kindMetrics(zone)],
    entities: entityCounts(zone),
  };
}

const account = { name: "account_id", space: "account", sql: "t.account_id" } as const;

/** The census first: it pairs the identifiers of all that follow. */
function entityTables(zone: string): readonly OracleTable[] {
  return [
    {
      name: "census",
      from: "census",
      key: "id",
      columns: [
        { name: "id", sql: "t.id" },
        account,
        { name: "device_id", space: "device", sql: "t.device_id" },
        { name: "share_id", space: "share", sql: "t.share_id" },
      ],
    },
    {
      name: "accounts",
      from: "accounts",
      key: "id",
      columns: [
        { name: "id", space: "account", sql: "t.id" },
        { name: "country", sql: countrySql("t") },
        { name: "plan", sql: planSql("t") },
        { name: "created_at", sql: minuteSql("t.created_at", "day", zone) },
        { name: "bio", sql: matchedSql("left(t.bio, 2)", "[a-z]+") },
      ],
    },
    {
      name: "devices",
      from: "devices",
      key: "id",
      columns: [
        { name: "id", space: "device", sql: "t.id" },
        account,
        { name: "model", sql: matchedSql("t.model", "[A-Z]+[0-9]*") },
        { name: "firmware", sql: versionSql("t.firmware") },
        { name: "activated_at", sql: minuteSql("t.activated_at", "hour", zone) },
        { name: "active", sql: "t.active" },
        { name: "manual", sql: "t.manual is not null" },
        { name: "serial", space: "serial", sql: "t.serial" },
      ],
    },
  ];
}

function factTables(zone: string): readonly OracleTable[] {
  return [
    {
      name: "attempts",
      from: "attempts",
      key: "id",
      columns: [
        { name: "id", sql: "t.id" },
        { name: "at", sql: minuteSql("t.at", "minute", zone) },
        { name: "device_id", space: "device", sql: "t.device_id" },
        { name: "ok", sql: "t.ok" },
        { name: "firmware", sql: versionSql("t.firmware") },
        { name: "duration_ms", sql: "t.duration_ms" },
      ],
    },
    {
      name: "shares",
      from: "shares",
      key: "id",
      columns: [
        { name: "id", space: "share", sql: "t.id" },
        account,
        { name: "at", sql: minuteSql("t.at", "minute", zone) },
        { name: "kind", sql: matchedSql("t.kind", "[a-z]{1,8}") },
        { name: "price", sql: "case when t.price <> 'NaN' then t.price end" },
      ],
    },
    {
      name: "app_log",
      from: "app_log",
      key: undefined,
      columns: [{ name: "at", sql: minuteSql("t.at", "minute", zone) }, account, { name: "level", sql: levelSql("t") }],
    },
  ];
}

function planSql(alias: string): string {
  return `case when ${alias}.plan is null then null when ${alias}.plan = 'f' then 'free' when ${alias}.plan = 'p' then 'paid' else ${otherSql} end`;
}

function metrics(zone: string): readonly OracleMetric[] {
  return [
    {
      name: "signups",
      from: "accounts t",
      time: truncatedSql("t.created_at", "day", zone),
      filter: "true",
      hit: undefined,
      dimensions: { country: countrySql("t"), plan: planSql("t") },
      unit: "t.id",
      grains: ["day", "week", "month"],
    },
    {
      name: "activations",
      from: "devices t LEFT JOIN accounts a ON a.id = t.account_id",
      time: truncatedSql("t.activated_at", "hour", zone),
      filter: "t.active",
      hit: undefined,
      dimensions: { model: matchedSql("t.model", "[A-Z]+[0-9]*"), country: joined("t.account_id", "a", countrySql("a")) },
      unit: "a.id",
      grains: ["hour", "day", "month"],
    },
    {
      name: "failure_rate",
      from: "attempts t LEFT JOIN devices d ON d.id = t.device_id LEFT JOIN accounts a ON a.id = d.account_id",
      time: truncatedSql("t.at", "minute", zone),
      filter: "true",
      hit: "t.ok = false",
      dimensions: {
        model: joined("t.device_id", "d", matchedSql("d.model", "[A-Z]+[0-9]*")),
        firmware: versionSql("t.firmware"),
        country: joined("t.device_id", "d", joined("d.account_id", "a", countrySql("a"))),
      },
      unit: "a.id",
      grains: ["hour", "day", "week", "month"],
    },
    {
      name: "shares_made",
      from: "shares t LEFT JOIN accounts a ON a.id = t.account_id",
      time: truncatedSql("t.at", "minute", zone),
      filter: "true",
      hit: undefined,
      dimensions: { kind: matchedSql("t.kind", "[a-z]{1,8}"), country: joined("t.account_id", "a", countrySql("a")) },
      unit: "a.id",
      grains: ["day"],
    },
    {
      name: "log_lines",
      from: "app_log t LEFT JOIN accounts a ON a.id = t.account_id",
      time: truncatedSql("t.at", "minute", zone),
      filter: "true",
      hit: "t.level = 'error'",
      dimensions: { level: levelSql("t") },
      unit: "a.id",
      grains: ["hour", "day"],
    },
  ];
}

/** Kinds that are kept in cells like counts: a sum, and the fleet as it is now. */
function kindMetrics(zone: string): readonly OracleMetric[] {
  return [
    {
      name: "time_spent",
      from: "attempts t LEFT JOIN devices d ON d.id = t.device_id LEFT JOIN accounts a ON a.id = d.account_id",
      time: truncatedSql("t.at", "minute", zone),
      filter: "true",
      hit: undefined,
      sum: "t.duration_ms",
      dimensions: { firmware: versionSql("t.firmware"), country: joined("t.device_id", "d", joined("d.account_id", "a", countrySql("a"))) },
      unit: "a.id",
      grains: ["day", "week", "month"],
    },
    {
      name: "fleet",
      from: "devices t LEFT JOIN accounts a ON a.id = t.account_id",
      time: "timestamptz '2000-01-01Z'",
      filter: "true",
      hit: undefined,
      dimensions: { model: matchedSql("t.model", "[A-Z]+[0-9]*"), country: joined("t.account_id", "a", countrySql("a")) },
      unit: "a.id",
      grains: [],
    },
  ];
}

function entityCounts(zone: string): readonly OracleEntities[] {
  const active = {
    from: "attempts t LEFT JOIN devices d ON d.id = t.device_id LEFT JOIN accounts a ON a.id = d.account_id",
    entity: "t.device_id",
    time: truncatedSql("t.at", "minute", zone),
    hit: undefined,
    days: [],
    dimensions: {
      model: joined("t.device_id", "d", matchedSql("d.model", "[A-Z]+[0-9]*")),
      country: joined("t.device_id", "d", joined("d.account_id", "a", countrySql("a"))),
    },
    unit: "a.id",
  };
  return [
    { ...active, name: "active_devices", filter: "true" },
    { ...active, name: "working_devices", filter: "t.ok" },
    {
      name: "logged_accounts",
      from: "app_log t LEFT JOIN accounts a ON a.id = t.account_id",
      entity: "t.account_id",
      time: truncatedSql("t.at", "minute", zone),
      filter: "true",
      hit: undefined,
      days: [],
      dimensions: { country: joined("t.account_id", "a", countrySql("a")), plan: joined("t.account_id", "a", planSql("a")) },
      unit: "a.id",
    },
    {
      name: "sharers",
      from: "accounts t",
      entity: "t.id",
      time: undefined,
      filter: "true",
      hit: "EXISTS (SELECT FROM shares s WHERE s.account_id = t.id AND s.kind IN ('view', 'edit'))",
      days: [],
      dimensions: { country: countrySql("t"), plan: planSql("t") },
      unit: "t.id",
    },
    {
      name: "retention",
      from: "devices t LEFT JOIN accounts a ON a.id = t.account_id",
      entity: "t.id",
      time: truncatedSql("t.activated_at", "hour", zone),
      filter: "true",
      hit: `EXISTS (SELECT FROM attempts x WHERE x.device_id = t.id AND x.ok AND isfinite(x.at) AND (x.at AT TIME ZONE '${zone}')::date = D + N)`,
      knownFrom: `SELECT min((x.at AT TIME ZONE '${zone}')::date) FROM attempts x WHERE x.ok AND x.device_id IS NOT NULL AND isfinite(x.at)`,
      days: [1, 7, 30],
      dimensions: { model: matchedSql("t.model", "[A-Z]+[0-9]*"), country: joined("t.account_id", "a", countrySql("a")) },
      unit: "a.id",
    },
  ];
}
