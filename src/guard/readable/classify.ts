/**
 * What fields hold, by their names, types and siblings. Names alone are never certain, and what a name does not say is not found: so what is
 * told is "at least", by the names of fields. Names are cut into words and matched by whole words, never by parts of them.
 */
import type { CategoryKey } from "./categories.ts";
import { categories } from "./categories.ts";

/** `a.b.c` of an object's field; the type as the store calls it. */
export interface Field {
  readonly name: string;
  readonly type: string;
  /** The store cannot say how many records have it. */
  readonly isUncountable?: true;
}

/** Names of fields by category, the worst category first. */
export type Classified = ReadonlyMap<CategoryKey, readonly string[]>;

/** Words in their order, beside each other; `in`: beside fields of one of these categories, in the same object. */
interface Rule {
  readonly category: CategoryKey;
  readonly words: string;
  /** The words, each as one of its kind. */
  readonly list: readonly string[];
  readonly beside?: readonly CategoryKey[];
}

const rules: readonly Rule[] = [
  ...words(
    "user.health_and_medical.body_metric",
    "bmi|bone mass|body fat|bodyfat|muscle mass|heart rate|body weight|body height|visceral fat|blood pressure",
  ),
  ...beside("user.health_and_medical.body_metric", "weight|height", [
    "user.health_and_medical.body_metric",
    "user.demographic.gender",
    "user.demographic.date_of_birth",
  ]),
  ...words(
    "user.health_and_medical",
    "diagnosis|diagnoses|medication|medical record|patient id|patient number|prescription|allergy|allergies|insurance number",
  ),
  ...words("user.health_and_medical.genetic", "genome|dna|genotype"),
  ...words("user.biometric", "fingerprint template|faceprint|face embedding|face vector|retina|iris template|voiceprint"),
  ...words("user.demographic.race_ethnicity", "ethnicity|ethnic origin|racial origin"),
  ...words("user.demographic.political_opinion", "political opinion|political party|party membership"),
  ...words("user.demographic.religious_belief", "religion|religious belief|denomination"),
  ...words("user.demographic.trade_union", "trade union|union membership"),
  ...words("user.demographic.sexual_orientation", "sexual orientation|sex life"),
  ...words(
    "system.authentication.integration_token",
    "access token|refresh token|oauth token|alexa token|google token|ifttt token|integration token|link token|third party token",
  ),
  ...words(
    "system.authentication.session_token",
    "token|session token|session id|session key|auth token|bearer|bearer token|jwt|id token|cookie|login token",
  ),
  ...words("system.authentication.push_token", "push token|fcm token|apns token|registration token|device token"),
  ...words(
    "user.authorization.password",
    "password|passwd|pwd|passphrase|password hash|pass hash|pin code|recovery answer|security answer",
  ),
  ...words("system.authentication", "api key|apikey|secret|secret key|private key|client secret|api token|signing key|credentials"),
  ...words(
    "user.government_id",
    "ssn|social security number|passport|passport number|national id|tax id|driver licence|driver license|licence plate|license plate",
  ),
  ...words(
    "user.payment",
    "iban|card number|credit card|account number|cvv|cvc|card holder|cardholder|billing address|bank account|last4|payment method",
  ),
  ...words("user.childrens", "child name|children names|child birthday|parental consent"),
  ...words("user.location.precise", "geo point|geopoint|coordinates|gps|lat lon|lat lng|geolocation"),
  ...words("user.device.network.ssid", "ssid|wifi name|wi fi name|network name|wlan name"),
  ...words("user.device.network.bssid", "bssid"),
  ...words(
    "user.contact.address.street",
    "street|street address|address line|address line1|home address|postal address|shipping address|house number",
  ),
  ...words("user.device.stream_locator", "stream url|rtsp|rtsp url|p2p id|stream id"),
  ...words("user.content.media_locator", "thumbnail|thumbnail url|clip url|video url|recording url|snapshot url"),
  ...words("user.content.free_text", "comment|comments|message text|message body|transcript|free text|note text|chat message"),
  ...words("user.behavior.presence", "presence|at home|arming|armed|motion events|door events"),
  ...words("user.contact.email", "email|e mail|mail address|email address|emailaddress|mailaddress"),
  ...words("user.contact.phone_number", "phone|phone number|mobile|mobile number|msisdn|telephone|fax|fax number"),
  ...words("user.name", "first name|last name|firstname|lastname|given name|family name|surname|full name|fullname|person name|real name"),
  ...beside("user.name", "name", ["user.contact.email", "user.contact.phone_number", "user.demographic.date_of_birth"]),
  ...words("user.account.username", "username|user name|user login|login name|display name|screen name"),
  ...words("user.social", "shared with|friends|followers|contacts|invited by"),
  ...words("user.demographic.date_of_birth", "birthday|birth date|birthdate|date of birth|dob|year of birth|birth year"),
  ...words("user.demographic.gender", "gender|sex"),
  ...words("user.device.label", "nickname|device name|camera name|room name|home name|device label|room label"),
  ...words("user.device.network.mac", "mac|mac address|hw address|hardware address"),
  ...words("user.device.ip_address", "ip|ip address|ip addr|ipv4|ipv6|remote addr|remote address|client ip|network address|last ip"),
  ...words("user.device.device_id", "serial|serial number|imei|imsi|device id|idfa|advertising id|android id|uuid device"),
  ...words("user.device.cookie_id", "cookie id|visitor id|client id"),
  ...words("user.unique_id.pseudonymous", "user id|userid|account id|customer id|customer number|member id|person id|subject id"),
  ...words("user.contact.address.postal_code", "postal code|postcode|zip|zip code|zipcode"),
  ...words("user.contact.address.city", "city|town"),
  ...words("user.location.time_zone", "time zone|timezone|tz"),
  ...words("user.demographic.language", "language|locale"),
  ...words("user.contact.address.country", "country|country code"),
  ...words("user.device.user_agent", "user agent|useragent|browser"),
  ...words("user.device.model", "model|firmware|firmware version|device model|hardware version"),
];

/** What a name ends with says which of them may fit. */
const rulesByEnd: ReadonlyMap<string, readonly Rule[]> = Map.groupBy(rules, ({ list }) => list.at(-1) ?? "");

/** Every word that says anything, as `tokensOf` writes it. */
const vocabulary: ReadonlySet<string> = new Set([...rules.flatMap(({ list }) => list), "lat", "latitude", "lon", "lng", "longitude"]);

/** Whether the classifier knows the word; what it does not know may as well be somebody's name. */
export function isKnownWord(word: string): boolean {
  return vocabulary.has(singular(word));
}

function words(category: CategoryKey, list: string): readonly Rule[] {
  return list.split("|").map((one) => ({ category, words: one, list: listOf(one) }));
}

function beside(category: CategoryKey, list: string, others: readonly CategoryKey[]): readonly Rule[] {
  return list.split("|").map((one) => ({ category, words: one, list: listOf(one), beside: others }));
}

function listOf(text: string): readonly string[] {
  return text.split(" ").map(singular);
}

const dates = new Set([
  "date",
  "date_nanos",
  "datetime",
  "timestamp",
  "timestamp with time zone",
  "timestamp without time zone",
  "timestamptz",
  "time",
]);
const logical = new Set(["boolean", "bool"]);
const containers = new Set(["object", "nested", "flattened", "join", "alias"]);
/** What a date can be, and what yes and no can be. */
const datable = new Set<CategoryKey>(["user.demographic.date_of_birth"]);

export function classify(fields: readonly Field[]): Classified {
  const found = new Map<string, CategoryKey>();
  const all = fields.filter(({ type }) => !containers.has(type)).map((field) => ({ ...field, ...partsOf(field.name) }));
  for (const { name, type, own, whole } of all) {
    const category = type === "geo_point" ? "user.location.precise" : bestOf(whole, own, type, () => false);
    if (category !== undefined) found.set(name, category);
  }
  for (const { name } of coordinatesIn(all)) if (!found.has(name)) found.set(name, "user.location.precise");
  for (const { name } of measuresIn(all)) if (!found.has(name)) found.set(name, "user.health_and_medical.body_metric");
  // Siblings: what is known by itself says what its neighbours are.
  const known = new Map<string, Set<CategoryKey>>();
  const learn = (object: string, category: CategoryKey | undefined): void => {
    if (category !== undefined) known.set(object, (known.get(object) ?? new Set()).add(category));
  };
  for (const { name, object } of all) learn(object, found.get(name));
  for (const { name, type, own, whole, object } of all) {
    if (found.has(name)) continue;
    const neighbours = known.get(object);
    if (neighbours === undefined) continue;
    const category = bestOf(whole, own, type, (others) => others.some((other) => neighbours.has(other)));
    if (category === undefined) continue;
    found.set(name, category);
    learn(object, category);
  }
  const byCategory = Map.groupBy(found.keys(), (name) => found.get(name));
  return new Map(
    categories.flatMap(({ key }) => {
      const names = byCategory.get(key);
      return names === undefined ? [] : [[key, names] as const];
    }),
  );
}

/** The longest rule that fits the field's own name, or the name of the object with it. */
function bestOf(
  whole: readonly string[],
  own: readonly string[],
  type: string,
  isBeside: (others: readonly CategoryKey[]) => boolean,
): CategoryKey | undefined {
  if (logical.has(type)) return undefined;
  const fitting = (rulesByEnd.get(singular(whole.at(-1) ?? "")) ?? []).filter(
    (rule) =>
      (rule.beside === undefined || isBeside(rule.beside)) &&
      (!dates.has(type) || datable.has(rule.category)) &&
      (endsWith(own, rule.list) || (rule.list.length > 1 && endsWith(whole, rule.list))),
  );
  return fitting.toSorted((a, b) => b.words.length - a.words.length)[0]?.category;
}

/**
 * Names end with the thing that they name; what stands before it only says which one. So `email_verified`, `mail_sent_at` and `address_type`, which say
 * something about the thing and do not hold it, fit no rule.
 */
function endsWith(tokens: readonly string[], list: readonly string[]): boolean {
  const from = tokens.length - list.length;
  return from >= 0 && list.every((word, i) => word === singular(tokens[from + i] ?? ""));
}

function singular(word: string): string {
  return word.length > 3 && word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word;
}

interface Parts {
  /** Words of the last part of the name, and of the last two. */
  readonly own: readonly string[];
  readonly whole: readonly string[];
  /** The name of the object that it is in. */
  readonly object: string;
}

/** Of a measure; they say nothing of what is measured. */
const units = new Set(["kg", "g", "lb", "lbs", "cm", "mm", "m", "inch", "inches", "pct", "percent", "bpm", "mmhg"]);

function withoutUnit(tokens: readonly string[]): readonly string[] {
  return tokens.length > 1 && units.has(tokens.at(-1) ?? "") ? tokens.slice(0, -1) : tokens;
}

/** Sub-fields of a text (`email.keyword`) are the text itself. */
const subFields = new Set(["keyword", "raw", "text", "lower", "exact", "value"]);

function partsOf(name: string): Parts {
  const parts = name.split(".");
  if (parts.length > 1 && subFields.has(parts.at(-1) ?? "")) parts.pop();
  const [last = "", object = ""] = [parts.at(-1), parts.at(-2)];
  const own = withoutUnit(tokensOf(last));
  return { own, whole: [...tokensOf(object), ...own], object: parts.slice(0, -1).join(".") };
}

/** Its words, in lower case. */
export function tokensOf(text: string): readonly string[] {
  return text
    .replaceAll(/(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, " ")
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((token) => token !== "")
    .map((token) => (token === "last4" ? token : token.replace(/^([a-z]{4,})\d{1,2}$/, "$1")));
}

/** A weight beside a height is a person's, where nothing beside them has other measures, or is sent somewhere. */
function measuresIn<T extends Field & Parts>(all: readonly T[]): readonly T[] {
  const byObject = Map.groupBy(all, ({ object }) => object);
  return [...byObject.values()].flatMap((fields) => {
    const ends = new Set(fields.flatMap(({ own }) => own));
    const isOfThing = ["width", "length", "depth", "parcel", "package", "shipment", "volume", "page", "image", "screen"].some((word) =>
      ends.has(word),
    );
    if (isOfThing || !ends.has("weight") || !ends.has("height")) return [];
    return fields.filter(({ own, type }) => ["weight", "height"].includes(own.at(-1) ?? "") && !logical.has(type) && !dates.has(type));
  });
}

/** A latitude needs its longitude. */
function coordinatesIn<T extends Field & Parts>(all: readonly T[]): readonly T[] {
  const isOne = ({ own }: Parts, names: readonly string[]): boolean => names.includes(own.at(-1) ?? "");
  return [...Map.groupBy(all, ({ object }) => object).values()].flatMap((fields) => {
    const latitudes = fields.filter((one) => isOne(one, ["lat", "latitude"]));
    const longitudes = fields.filter((one) => isOne(one, ["lon", "lng", "long", "longitude"]));
    return latitudes.length === 0 || longitudes.length === 0 ? [] : [...latitudes, ...longitudes];
  });
}
