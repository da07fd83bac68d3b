import { expect, test } from "vitest";
import { callerOf, canonicalAddress, isLoopback, isOwnNetwork } from "./address.ts";

test.each([
  ["2001:DB8:0:0::1", "2001:db8::1"],
  ["::ffff:127.0.0.1", "127.0.0.1"],
  ["::ffff:c633:6407", "198.51.100.7"],
  ["::1", "::1"],
  ["198.51.100.7", "198.51.100.7"],
  ["cache.example.org", "cache.example.org"],
])("%s is %s", (text, written) => expect(canonicalAddress(text)).toBe(written));

test.each([
  ["127.0.0.1", true],
  ["10.1.2.3", true],
  ["172.31.255.255", true],
  ["172.32.0.1", false],
  ["192.168.1.1", true],
  ["100.64.0.1", true],
  ["169.254.169.254", true],
  ["::1", true],
  ["fd00::2", true],
  ["fe80::1", true],
  ["::ffff:10.0.0.1", true],
  ["::ffff:198.51.100.7", false],
  ["198.51.100.7", false],
  ["2001:db8::1", false],
])("%s is of one's own network: %s", (address, is) => expect(isOwnNetwork(address)).toBe(is));

test("loopback", () => expect(["127.9.9.9", "::1", "::ffff:127.0.0.1", "10.0.0.1", "fe80::1"].filter(isLoopback)).toHaveLength(3));

test("of IPv6 one caller has a network of 2^64 addresses, of IPv4 one address", () => {
  for (const [address, network] of [
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8:1:2::9", "2001:db8:1:2::/64"],
    ["2001:db8::9", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["", ""],
  ])
    expect(callerOf(address ?? "")).toBe(network);
});
