/** Addresses as texts: which of them are one and the same, and whose network they are of. */
import { BlockList, isIP } from "node:net";

/** One way to write an address, whichever way it was written; what is none stays as it is. */
export function canonicalAddress(text: string): string {
  const kind = isIP(text);
  if (kind !== 6 || text.includes("%")) return text;
  const written = new URL(`http://[${text}]`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(written);
  if (mapped === null) return written;
  // An IPv4 address in IPv6's dress (RFC 4291 section 2.5.5.2) reaches the IPv4 one.
  const bits = Number.parseInt(mapped[1] ?? "", 16) * 65_536 + Number.parseInt(mapped[2] ?? "", 16);
  return [24, 16, 8, 0].map((shift) => Math.floor(bits / 2 ** shift) % 256).join(".");
}

/** Whose address it is, as far as others can say: an IPv6 host may take any address of its network (RFC 4291 section 2.5.4). */
export function callerOf(address: string): string {
  const written = canonicalAddress(address.replace(/%.*$/, ""));
  if (!written.includes(":")) return written;
  const [before = [], after = []] = written.split("::").map((part) => (part === "" ? [] : part.split(":")));
  const groups = [...before, ...Array.from({ length: 8 - before.length - after.length }, () => "0"), ...after];
  return `${groups.slice(0, 4).join(":")}::/64`;
}

/** Loopback, and what is routed within one's own network alone: RFC 1918, 3927, 6598, 4193, 4291. */
const own = new BlockList();
for (const [network, prefix] of [
  ["127.0.0.0", 8],
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["169.254.0.0", 16],
  ["100.64.0.0", 10],
] as const)
  own.addSubnet(network, prefix, "ipv4");
own.addAddress("::1", "ipv6");
own.addSubnet("fc00::", 7, "ipv6");
own.addSubnet("fe80::", 10, "ipv6");

/** Whether only one's own machines can be behind it. */
export function isOwnNetwork(address: string): boolean {
  const written = canonicalAddress(address);
  return own.check(written, written.includes(":") ? "ipv6" : "ipv4");
}

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

export function isLoopback(address: string): boolean {
  const written = canonicalAddress(address);
  return loopback.check(written, written.includes(":") ? "ipv6" : "ipv4");
}
