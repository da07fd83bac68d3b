/**
 * Categories of personal data, worst first: special categories (GDPR Art. 9), live tokens and credentials, children, precise places and home
 * networks, contact data, the rest. Keys are of fideslang (Ethyca, CC BY 4.0, https://ethyca.github.io/fideslang/) where it has one; the
 * extensions are ours.
 */

export interface Category {
  readonly key: string;
  /** For a person: what is readable. */
  readonly title: string;
  /** GDPR Art. 9. */
  readonly special?: true;
}

export const categories = [
  { key: "user.health_and_medical.body_metric", title: "body metrics", special: true },
  { key: "user.health_and_medical", title: "health records", special: true },
  { key: "user.health_and_medical.genetic", title: "genetic data", special: true },
  { key: "user.biometric", title: "biometric data", special: true },
  { key: "user.demographic.race_ethnicity", title: "race or ethnic origin", special: true },
  { key: "user.demographic.political_opinion", title: "political opinions", special: true },
  { key: "user.demographic.religious_belief", title: "religious beliefs", special: true },
  { key: "user.demographic.trade_union", title: "trade-union membership", special: true },
  { key: "user.demographic.sexual_orientation", title: "sexual orientation", special: true },
  { key: "system.authentication.integration_token", title: "integration tokens" },
  { key: "system.authentication.session_token", title: "session tokens" },
  { key: "user.authorization.password", title: "passwords" },
  { key: "system.authentication", title: "keys and secrets of machines" },
  { key: "system.authentication.push_token", title: "push-notification tokens" },
  { key: "user.government_id", title: "government identifiers" },
  { key: "user.payment", title: "payment details" },
  { key: "user.childrens", title: "data about children" },
  { key: "user.location.precise", title: "precise locations" },
  { key: "user.device.network.ssid", title: "Wi-Fi names" },
  { key: "user.device.network.bssid", title: "addresses of access points" },
  { key: "user.contact.address.street", title: "street addresses" },
  { key: "user.device.stream_locator", title: "addresses of camera streams" },
  { key: "user.content.media_locator", title: "links to recordings" },
  { key: "user.content.free_text", title: "free text" },
  { key: "user.behavior.presence", title: "presence at home" },
  { key: "user.contact.email", title: "e-mail addresses" },
  { key: "user.contact.phone_number", title: "phone numbers" },
  { key: "user.name", title: "names" },
  { key: "user.account.username", title: "user names" },
  { key: "user.social", title: "contacts and whom something is shared with" },
  { key: "user.demographic.date_of_birth", title: "birth dates" },
  { key: "user.demographic.gender", title: "gender" },
  { key: "user.device.label", title: "names given to devices and rooms" },
  { key: "user.device.network.mac", title: "hardware addresses" },
  { key: "user.device.ip_address", title: "IP addresses" },
  { key: "user.device.device_id", title: "identifiers of devices" },
  { key: "user.device.cookie_id", title: "cookie identifiers" },
  { key: "user.unique_id.pseudonymous", title: "user numbers" },
  { key: "user.contact.address.postal_code", title: "postal codes" },
  { key: "user.contact.address.city", title: "towns" },
  { key: "user.location.time_zone", title: "time zones" },
  { key: "user.demographic.language", title: "languages" },
  { key: "user.contact.address.country", title: "countries" },
  { key: "user.device.user_agent", title: "browser identification" },
  { key: "user.device.model", title: "device models and firmware" },
] as const satisfies readonly Category[];

export type CategoryKey = (typeof categories)[number]["key"];

export const categoryKeys: readonly string[] = categories.map(({ key }) => key);
