/**
 * People and their things, as pure functions of (seed, number): names, addresses, secrets. All of it is invented; mail domains,
 * telephone numbers and network addresses are of the ranges that are reserved for examples and carriers.
 */
import { hash32, hashUnit } from "./random.ts";

const englishNames = [
  "Olivia",
  "Noah",
  "Emma",
  "Liam",
  "Ava",
  "James",
  "Mia",
  "Lucas",
  "Grace",
  "Ethan",
  "Zoë",
  "Owen",
  "Priya",
  "Arjun",
  "Chloe",
  "Jack",
];
/** By language; English for all others. */
const firstNames: Readonly<Record<string, readonly string[]>> = {
  es: ["Lucía", "Mateo", "Sofía", "Diego", "Elena", "Álvaro"],
  de: ["Hannah", "Jürgen", "Mia", "Björn", "Lena", "Felix"],
  fr: ["Chloé", "Hugo", "Inès", "Théo", "Manon", "Léo"],
  ar: ["ليلى", "عمر", "مريم", "يوسف", "نور", "خالد"],
  ms: ["Nur", "Ahmad", "Siti", "Hafiz", "Aisyah", "Farid"],
  ja: ["陽菜", "蓮", "結衣", "湊"],
};
const lastNames = [
  "Smith",
  "Jones",
  "Garcia",
  "Brown",
  "Müller",
  "Nguyen",
  "Haddad",
  "Rossi",
  "Silva",
  "Khan",
  "Tan",
  "Dubois",
  "Novak",
  "Okafor",
  "Svensson",
  "Mori",
];
const mailNames = ["alex", "sam", "kim", "robin", "jo", "max", "lee", "chris", "pat", "ari", "noor", "mika", "sasha", "toni", "ray", "lou"];
const mailDomains = ["example.com", "example.net", "example.org", "mail.example.com", "home.example.net"];
const networkNames = [
  "HomeNet",
  "FRITZ!Box 7590",
  "NETGEAR",
  "TP-Link",
  "Linksys",
  "Loft",
  "TheLANBeforeTime",
  "Casa",
  "بيت",
  "Family WiFi",
];
const rooms = [
  "Nursery",
  "Front door",
  "Kitchen",
  "Bedroom of the twins",
  "Garage",
  "Back yard",
  "Living room",
  "Granny's room",
  "Office",
  "Safe",
];
const userAgents = [
  "SmartHome/2.9.31 (iPhone; iOS 18.6)",
  "SmartHome/2.9.31 (iPad; iOS 18.6)",
  "SmartHome/2.9.30 (Pixel 9; Android 16)",
  "SmartHome/2.8.4 (SM-S928B; Android 15)",
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)",
];

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const pairs: readonly string[] = Array.from(
  { length: 4096 },
  (_, index) => (alphabet[index >> 6] as string) + (alphabet[index & 63] as string),
);
const tag = { secret: 101, name: 102, mail: 103, network: 104, phone: 105, hardware: 106, room: 107, address: 108 } as const;

/** `length` characters (even) of base64url that nothing can be told from. */
export function secretText(seed: number, kind: number, index: number, length: number): string {
  let out = "";
  for (let part = 0; out.length < length; part++) {
    const bits = hash32(seed, tag.secret + kind * 977 + part, index);
    out += (pairs[bits >>> 20] as string) + (pairs[(bits >>> 8) & 4095] as string);
  }
  return out.slice(0, length);
}

/** `length` bytes (a multiple of 4) that nothing can be told from, into `out`. */
export function secretBytes(seed: number, kind: number, index: number, out: Buffer): Buffer {
  for (let at = 0; at < out.length; at += 4) out.writeUInt32BE(hash32(seed, tag.secret + kind * 977 + at, index), at);
  return out;
}

export function emailOf(seed: number, index: number): string {
  const bits = hash32(seed, tag.mail, index);
  const domain = mailDomains[(bits >>> 8) % mailDomains.length] as string;
  return `${mailNames[bits & 15] as string}.${(lastNames[(bits >>> 4) & 15] as string).toLowerCase().replace("ü", "ue")}.${index.toString(36)}@${domain}`;
}

/** Someone without an account, to whom a camera is shared. */
export function outsiderEmail(seed: number, index: number): string {
  return `${mailNames[hash32(seed, tag.mail + 1, index) & 15] as string}.guest${index.toString(36)}@example.org`;
}

export function nameOf(seed: number, index: number, language: string): string {
  const bits = hash32(seed, tag.name, index);
  const first = firstNames[language] ?? englishNames;
  return `${first[bits % first.length] as string} ${lastNames[(bits >>> 8) & 15] as string}`;
}

export function phoneOf(seed: number, index: number): string | undefined {
  const bits = hash32(seed, tag.phone, index);
  return bits % 10 < 7 ? `+1-555-01${String(bits % 100).padStart(2, "0")}-${index.toString(10)}` : undefined;
}

/** IPv4 of the range that carriers use behind address translation (100.64.0.0/10): 32 bits. */
export function addressOf(seed: number, index: number): number {
  return (0x64400000 | (hash32(seed, tag.address, index) & 0x3fffff)) >>> 0;
}

export function networkName(seed: number, index: number): string {
  const bits = hash32(seed, tag.network, index);
  return `${networkNames[bits % networkNames.length] as string}-${(bits >>> 16).toString(16).padStart(4, "0")}`;
}

export function nicknameOf(seed: number, index: number): string | undefined {
  const unit = hashUnit(seed, tag.room, index);
  return unit < 0.15 ? undefined : rooms[Math.floor(((unit - 0.15) / 0.85) * rooms.length)];
}

/** Six bytes of a macaddr: the maker's prefix (locally administered) and three of its own. */
export function macOf(seed: number, index: number, out: Buffer): Buffer {
  out.writeUInt32BE((0x2e5ec0 << 8) | (index & 0xff), 0);
  out.writeUInt16BE((index >>> 8) & 0xffff, 4);
  out[2] = (0xc0 ^ (index >>> 24) ^ (seed & 1)) & 0xff;
  return out;
}

export function serialOf(seed: number, index: number): string {
  return `${hash32(seed, tag.hardware, index).toString(36).padStart(7, "0").toUpperCase()}${index.toString(36).toUpperCase()}`;
}

export function userAgentOf(platform: string, unit: number): string {
  if (platform === "web") return userAgents[4] as string;
  return userAgents[(platform === "ios" ? 0 : 2) + (unit < 0.7 ? 0 : 1)] as string;
}

export const platforms = ["android", "ios", "web"] as const;
