/**
 * A recognisable value for every column of the smart-home schema, as a full row of each table. What may be told apart by its bytes is
 * a needle; small numbers, flags and times are not (no search could tell them from others), and are listed as such, so that a new
 * column without a plant is seen.
 */
import { createHash } from "node:crypto";
import type { Needle } from "./search.ts";

export interface Plant {
  /** SQL literal. */
  readonly sql: string;
  readonly needle: Needle | undefined;
}

export type Row = Readonly<Record<string, Plant>>;

/** Rows by table, in an order in which they can be inserted in one transaction (foreign keys are checked at commit). */
export type Plants = Readonly<Record<string, Row>>;

/** The one planted text that the policy lets out: the positive control. Its rule is `[A-Z]{3,10}-[A-Z0-9]{1,4}`. */
export const declaredSku = "CANARYOUT-7Q";

/** Makes plants of one kind each; `name` is `table.column`. */
interface Makers {
  readonly text: (name: string) => Plant;
  readonly integer: (name: string) => Plant;
  readonly uuid: (name: string) => Plant;
  readonly bytes: (name: string) => Plant;
  readonly address: (name: string) => Plant;
  readonly mac: (name: string) => Plant;
  readonly json: (name: string) => Plant;
  readonly large: (name: string) => Plant;
}

function makersOf(wave: string): Makers {
  const text = (name: string): Plant => {
    // No word of the schema in it, which would be found everywhere; short enough for a rule that lets texts of 64 pass.
    const hex = digest(name, wave);
    const value = `Q${hex.slice(0, 26)}.Z@x${hex.slice(26, 50)}.K`;
    return { sql: `'${value}'`, needle: { name, value } };
  };
  const integer = (name: string): Plant => {
    const value = 4_000_000_000_000_000n + BigInt(`0x${digest(name, wave).slice(0, 12)}`);
    return { sql: String(value), needle: { name, value: String(value), raw: int64Bytes(value) } };
  };
  const uuid = (name: string): Plant => {
    const hex = digest(name, wave).slice(0, 32);
    const value = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
    return { sql: `'${value}'`, needle: { name, value, raw: bothWays(Buffer.from(hex, "hex")) } };
  };
  const bytes = (name: string): Plant => {
    const hex = digest(name, wave);
    return { sql: `'\\x${hex}'`, needle: { name, value: hex, raw: [Buffer.from(hex, "hex")] } };
  };
  const address = (name: string): Plant => {
    const tail = digest(name, wave).slice(0, 24).replace(/0/g, "a");
    const value = `2001:db8:${tail.match(/.{4}/g)?.join(":")}`;
    return { sql: `'${value}'`, needle: { name, value, raw: [Buffer.from(`20010db8${tail}`, "hex")] } };
  };
  const mac = (name: string): Plant => {
    const hex = digest(name, wave).slice(0, 12);
    const value = hex.match(/../g)?.join(":") ?? "";
    return { sql: `'${value}'`, needle: { name, value, raw: [Buffer.from(hex, "hex")] } };
  };
  const json = (name: string): Plant => {
    const { needle } = text(name);
    return { sql: `'${JSON.stringify({ note: needle?.value })}'`, needle };
  };
  const large = (name: string): Plant => {
    const { needle } = text(name);
    return { sql: `repeat('${needle?.value} ', 300)`, needle };
  };
  return { text, integer, uuid, bytes, address, mac, json, large };
}

/** What the rows of one wave share. */
interface Shared {
  readonly make: Makers;
  readonly account: Plant;
  readonly home: Plant;
  readonly device: Plant;
  /** A small key that is kept as it is: no needle, but another one in each wave. */
  readonly number: Plant;
}

/** Rows of one wave: the same wave plants the same values. */
export function plants(wave: string): Plants {
  const make = makersOf(wave);
  const number = plain(`20000000${digest("number", wave).replace(/\D/g, "").slice(0, 2)}`);
  const shared = { make, account: make.integer("accounts.id"), home: make.integer("homes.id"), device: make.integer("devices.id"), number };
  return { ...peopleRows(shared), ...deviceRows(shared), ...secretRows(shared), ...eventRows(shared) };
}

/** Who they are and where they live. */
function peopleRows({ make, account, home }: Shared): Plants {
  const { text, address, json } = make;
  return {
    accounts: {
      id: account,
      created_at: now,
      deleted_at: now,
      email: text("accounts.email"),
      password_hash: text("accounts.password_hash"),
      name: text("accounts.name"),
      phone: text("accounts.phone"),
      country: text("accounts.country"),
      region: text("accounts.region"),
      time_zone: text("accounts.time_zone"),
      language: text("accounts.language"),
      preferences: json("accounts.preferences"),
    },
    homes: {
      id: home,
      account_id: same(account),
      name: text("homes.name"),
      wifi_ssid: text("homes.wifi_ssid"),
      network_address: address("homes.network_address"),
      created_at: now,
    },
  };
}

/** What they have, and whom they share it with. */
function deviceRows({ make, account, home, device, number }: Shared): Plants {
  const { text, mac, large } = make;
  return {
    device_models: {
      id: number,
      sku,
      name: text("device_models.name"),
      category: text("device_models.category"),
      price: plain("1.5"),
      released_on: plain("'2026-01-01'"),
    },
    devices: {
      id: device,
      account_id: same(account),
      home_id: same(home),
      activated_at: now,
      last_seen_at: now,
      model: sku,
      firmware: text("devices.firmware"),
      mac: mac("devices.mac"),
      serial: text("devices.serial"),
      nickname: text("devices.nickname"),
      diagnostics: large("devices.diagnostics"),
    },
    camera_shares: {
      id: number,
      device_id: same(device),
      shared_with_email: text("camera_shares.shared_with_email"),
      shared_with_account_id: same(account),
      created_at: now,
      revoked_at: now,
    },
  };
}

/** What lets somebody in. */
function secretRows({ make, account, number }: Shared): Plants {
  const { text, integer, uuid, bytes, address } = make;
  return {
    sessions: {
      id: uuid("sessions.id"),
      account_id: same(account),
      created_at: now,
      expires_at: now,
      revoked_at: now,
      platform: text("sessions.platform"),
      token_hash: bytes("sessions.token_hash"),
      ip: address("sessions.ip"),
      user_agent: text("sessions.user_agent"),
    },
    api_tokens: {
      id: integer("api_tokens.id"),
      account_id: same(account),
      label: text("api_tokens.label"),
      token_hash: bytes("api_tokens.token_hash"),
      platform: text("api_tokens.platform"),
      ip: address("api_tokens.ip"),
      user_agent: text("api_tokens.user_agent"),
      created_at: now,
      expires_at: now,
      revoked_at: now,
    },
    integrations: {
      id: number,
      account_id: same(account),
      linked_at: now,
      unlinked_at: now,
      kind: plain("'alexa'"),
      access_token: text("integrations.access_token"),
      refresh_token: text("integrations.refresh_token"),
    },
  };
}

/** Health, money and events. */
function eventRows({ make, account, device, number }: Shared): Plants {
  const { text, integer, address } = make;
  return {
    scale_measurements: {
      id: integer("scale_measurements.id"),
      account_id: same(account),
      at: now,
      weight_kg: plain("71.37"),
      height_cm: plain("179"),
      gender: text("scale_measurements.gender"),
      bone_mass_kg: plain("3.14"),
    },
    payment_methods: {
      id: integer("payment_methods.id"),
      account_id: same(account),
      brand: text("payment_methods.brand"),
      last4: text("payment_methods.last4"),
      holder: text("payment_methods.holder"),
      provider_token: text("payment_methods.provider_token"),
      billing_address: text("payment_methods.billing_address"),
      expires_on: plain("'2030-01-01'"),
      created_at: now,
    },
    connection_attempts: {
      id: number,
      device_id: same(device),
      at: now,
      duration_ms: plain("77"),
      ok: plain("false"),
      firmware: text("connection_attempts.firmware"),
      reason: text("connection_attempts.reason"),
      ip: address("connection_attempts.ip"),
    },
    app_log: { at: now, level: text("app_log.level"), service: text("app_log.service"), message: text("app_log.message") },
  };
}

function plain(sql: string): Plant {
  return { sql, needle: undefined };
}

/** The same value again: looked for once. */
function same({ sql }: Plant): Plant {
  return plain(sql);
}

const now = plain("now()");
const sku = plain(`'${declaredSku}'`);

/** One transaction with a row in every table; what is planted under a fixed key is planted once. */
export function insertSql(rows: Plants): string {
  const inserts = Object.entries(rows).map(([table, row]) => {
    const columns = Object.keys(row);
    const ignored = table === "app_log" ? "" : " ON CONFLICT DO NOTHING";
    return `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${columns.map((column) => row[column]?.sql).join(", ")})${ignored}`;
  });
  return ["BEGIN", ...inserts, "COMMIT"].join("; ");
}

export function needlesOf(rows: Plants): readonly Needle[] {
  return Object.values(rows).flatMap((row) => Object.values(row).flatMap(({ needle }) => (needle === undefined ? [] : [needle])));
}

function digest(name: string, wave: string): string {
  return createHash("sha256").update(`canary ${wave} ${name}`).digest("hex");
}

function bothWays(bytes: Buffer): readonly Uint8Array[] {
  return [bytes, bytes.toReversed()];
}

/** As a 64-bit integer in both byte orders. */
function int64Bytes(value: bigint): readonly Uint8Array[] {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bothWays(bytes);
}
