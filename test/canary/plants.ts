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

/** Rows of one wave: the same seed plants the same values. */
export function plants(wave: string): Plants {
  const text = (name: string): Plant => {
    const value = `Canary.${name}.${digest(name, wave)}`;
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
  const plain = (sql: string): Plant => ({ sql, needle: undefined });
  const same = (plant: Plant): Plant => ({ sql: plant.sql, needle: undefined });
  const now = plain("now()");

  const account = integer("accounts.id");
  const home = integer("homes.id");
  const device = integer("devices.id");
  const sku = plain(`'${declaredSku}'`);
  return {
    device_models: { id: plain("2000000001"), sku, name: text("device_models.name"), category: text("device_models.category"), price: plain("1.5"), released_on: plain("'2026-01-01'") },
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
    homes: { id: home, account_id: same(account), name: text("homes.name"), wifi_ssid: text("homes.wifi_ssid"), network_address: address("homes.network_address"), created_at: now },
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
      id: plain("2000000001"),
      device_id: same(device),
      shared_with_email: text("camera_shares.shared_with_email"),
      shared_with_account_id: same(account),
      created_at: now,
      revoked_at: now,
    },
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
      id: plain("2000000001"),
      account_id: same(account),
      linked_at: now,
      unlinked_at: now,
      kind: plain("'alexa'"),
      access_token: text("integrations.access_token"),
      refresh_token: text("integrations.refresh_token"),
    },
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
      id: plain("2000000001"),
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
  return [bytes, Buffer.from(bytes).reverse()];
}

/** As a 64-bit integer in both byte orders. */
function int64Bytes(value: bigint): readonly Uint8Array[] {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bothWays(bytes);
}
