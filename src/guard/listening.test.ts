import { expect, test } from "vitest";
import { addressToAsk, listenersOf } from "./listening.ts";

const tcp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:18EB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 635 1 000000005eaa3450 100 0 0 10 0
   1: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000    70        0 636 1 000000005eaa3450 100 0 0 10 0
   2: 020200C0:23F0 020200C0:9DF5 01 00000000:00000000 03:000005BC 00000000     0        0 900 3 00000000523ed075
   3: 020200C0:23F0 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 637 1 0
`;
const tcp6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:2BCB 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 700 1 0 100 0 0 10 0
   1: 00000000000000000000000001000000:1538 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 701 1 0 100 0 0 10 0
   2: B80D0120000000000000000007000000:6989 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 702 1 0 100 0 0 10 0
   3: 0000000000000000FFFF00000200000A:18EB 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 703 1 0 100 0 0 10 0
`;

test("of the kernel's tables those that listen", () => {
  expect(listenersOf(tcp)).toEqual([
    { address: "0.0.0.0", port: 6379, inode: "635" },
    { address: "127.0.0.1", port: 5432, inode: "636" },
    { address: "192.0.2.2", port: 9200, inode: "637" },
  ]);
  expect(listenersOf(tcp6)).toEqual([
    { address: "::", port: 11211, inode: "700" },
    { address: "::1", port: 5432, inode: "701" },
    { address: "2001:db8::7", port: 27017, inode: "702" },
    { address: "10.0.0.2", port: 6379, inode: "703" },
  ]);
});

test.each(["", "garbage", "   0: 0000:18EB 0:0 0A", "0: 00000000:18EB 00000000:0000 0A 0 0 0 0 0 not-a-number"])(
  "no listener: %j",
  (text) => expect(listenersOf(text)).toEqual([]),
);

const own = ["127.0.0.1", "::1", "192.0.2.2", "fe80::1", "fd00::2"];

test.each([
  ["0.0.0.0", own, "192.0.2.2"],
  ["::", own, "fd00::2"],
  ["::", ["127.0.0.1", "192.0.2.2"], "192.0.2.2"],
  // Nobody elsewhere reaches it.
  ["0.0.0.0", ["127.0.0.1"], undefined],
  ["0.0.0.0", ["127.0.0.1", "fd00::2"], undefined],
  ["127.0.0.1", own, undefined],
  ["127.5.5.5", own, undefined],
  ["::1", own, undefined],
  ["fe80::1", own, undefined],
  ["192.0.2.9", own, "192.0.2.9"],
])("%s of %j is asked at %s", (address, all, asked) => expect(addressToAsk({ address }, all)).toBe(asked));
