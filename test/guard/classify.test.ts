import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mapping } from "../../examples/incident/careless-copy.ts";
import type { Field } from "../../src/guard/readable/classify.ts";
import { classify } from "../../src/guard/readable/classify.ts";

const of = (...fields: readonly (string | Field)[]): Record<string, readonly string[]> =>
  Object.fromEntries(classify(fields.map((one) => (typeof one === "string" ? { name: one, type: "keyword" } : one))));

/** As a store says it: dotted names with their types. */
function fieldsOf(properties: object, prefix = ""): readonly Field[] {
  return Object.entries(properties as Record<string, { type?: string; properties?: object }>).flatMap(([name, { type, properties: own }]) =>
    own === undefined ? [{ name: `${prefix}${name}`, type: type ?? "object" }] : fieldsOf(own, `${prefix}${name}.`),
  );
}

test("the careless copy: each of its fields, the worst first", () => {
  expect([...classify(fieldsOf(mapping.mappings.properties))]).toEqual([
    ["user.health_and_medical.body_metric", ["scale.bone_mass_kg", "scale.height_cm", "scale.weight_kg"]],
    ["system.authentication.integration_token", ["alexa.access_token"]],
    ["user.device.network.ssid", ["wifi_ssid"]],
    ["user.contact.email", ["email"]],
    ["user.social", ["shared_with"]],
    ["user.demographic.gender", ["scale.gender"]],
    ["user.device.label", ["cameras.nickname"]],
    ["user.unique_id.pseudonymous", ["user_id"]],
    ["user.location.time_zone", ["time_zone"]],
    ["user.contact.address.country", ["country"]],
    ["user.device.model", ["cameras.model", "cameras.firmware"]],
  ]);
});

test("nothing is found in names that only look like it", () => {
  const veto = ["email_verified", "scenario_code", "academic_year_code", "table_name", "device_state", "mail_sent_at", "address_type"];
  const parts = [
    "acid_level",
    "cid",
    "statement",
    "misspelled",
    "emailed_count",
    "hotel",
    "tokenizer",
    "page_height",
    "parcel_weight",
    "macro",
  ];
  expect(of(...veto, ...parts)).toEqual({});
  expect(of({ name: "email", type: "boolean" }, { name: "phone", type: "date" }, { name: "scale", type: "nested" })).toEqual({});
});

test("siblings decide: a weight beside a parcel is none, beside a gender it is; a latitude needs its longitude", () => {
  expect(of("parcel_id", "weight", "height")).toEqual({});
  expect(of("weight", "height", "width")).toEqual({});
  expect(of("weight_kg", "height_cm")).toEqual({ "user.health_and_medical.body_metric": ["weight_kg", "height_cm"] });
  expect(of("gender", "weight")).toEqual({ "user.health_and_medical.body_metric": ["weight"], "user.demographic.gender": ["gender"] });
  expect(of("lat")).toEqual({});
  expect(of("place.lat", "place.lon", "lat")).toEqual({ "user.location.precise": ["place.lat", "place.lon"] });
  expect(of("name")).toEqual({});
  expect(of("name", "email")).toMatchObject({ "user.name": ["name"] });
});

test.each([
  ["userEmail", "user.contact.email"],
  ["emailAddress.keyword", "user.contact.email"],
  ["wifiSSID", "user.device.network.ssid"],
  ["owner.first_name", "user.name"],
  ["alexa.token", "system.authentication.integration_token"],
  ["refreshToken", "system.authentication.integration_token"],
  ["session.token", "system.authentication.session_token"],
  ["api_keys", "system.authentication"],
  ["PasswordHash", "user.authorization.password"],
  ["home-phone", "user.contact.phone_number"],
  ["token", "system.authentication.session_token"],
  ["Email1", "user.contact.email"],
  ["user.email.value", "user.contact.email"],
  ["mobile", "user.contact.phone_number"],
  ["last4", "user.payment"],
  ["dob", "user.demographic.date_of_birth"],
  ["client_ip", "user.device.ip_address"],
  ["zipCode", "user.contact.address.postal_code"],
])("%s is %s", (name, category) => {
  expect(of(name)).toEqual({ [category]: [name] });
});

test("the example's main database: what its columns are declared to be, as far as names say it", () => {
  const sql = readFileSync(join(import.meta.dirname, "../../examples/smart-home/schema.sql.ts"), "utf8");
  const found: Record<string, readonly string[]> = {};
  for (const [, table = "", body = ""] of sql.matchAll(/CREATE TABLE (\w+) \(([^;`]*?)\n {3}\)/g)) {
    const fields = [...body.matchAll(/^ {5}(\w+) (\w+)/gm)].map(([, name = "", type = ""]) => ({ name, type }));
    for (const [category, names] of classify(fields))
      found[category] = [...(found[category] ?? []), ...names.map((name) => `${table}.${name}`)];
  }
  expect(Object.keys(found).length).toBeGreaterThan(15);
  expect(found).toMatchObject({
    "user.contact.email": ["accounts.email", "camera_shares.shared_with_email"],
    "user.authorization.password": ["accounts.password_hash"],
    "user.name": ["accounts.name"],
    "user.contact.phone_number": ["accounts.phone"],
    "user.device.network.ssid": ["homes.wifi_ssid"],
    "user.device.network.mac": ["devices.mac"],
    "user.device.label": ["devices.nickname"],
    "system.authentication.integration_token": ["integrations.access_token", "integrations.refresh_token"],
    "user.health_and_medical.body_metric": [
      "scale_measurements.bone_mass_kg",
      "scale_measurements.weight_kg",
      "scale_measurements.height_cm",
    ],
  });
  // Counts, times, states and prices are nobody's data.
  const quiet = Object.values(found).flat();
  for (const name of ["connection_attempts.duration_ms", "connection_attempts.ok", "device_models.price", "sessions.created_at"])
    expect(quiet).not.toContain(name);
});

test("a hostile store's many names do not hold up the watch", () => {
  const names = Array.from({ length: 40_000 }, (_, i) => `thing${i}`);
  const found = of("email", ...names);
  expect(found).toEqual({ "user.contact.email": ["email"] });
});

// By the square of its length, or of their number, this would take minutes, and everything else would wait.
test("names that are made to be slow hold nobody up", { timeout: 20_000 }, () => {
  expect(of("A".repeat(300_000))).toEqual({});
  expect(of(...Array.from({ length: 50_000 }, (_, i) => ({ name: `o${i}.lat`, type: "float" })))).toEqual({});
});

test("words of names in capitals", () => {
  expect(of("userEMail", "HTTPSessionToken", "WiFiSSID", "IPAddress")).toEqual({
    "system.authentication.session_token": ["HTTPSessionToken"],
    "user.contact.email": ["userEMail"],
    "user.device.ip_address": ["IPAddress"],
    "user.device.network.ssid": ["WiFiSSID"],
  });
});
