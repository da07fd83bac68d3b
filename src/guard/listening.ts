/** Who listens on this machine, as Linux says it in /proc/net/tcp and tcp6 (proc_net_tcp.txt of the kernel): of this process' network alone. */
import { canonicalAddress, isLoopback } from "./address.ts";

export interface Listener {
  /** Where it is bound; `0.0.0.0` and `::` are all addresses. */
  readonly address: string;
  readonly port: number;
  /** Of the socket: a server that was started again has another one. */
  readonly inode: string;
}

/** TCP_LISTEN. */
const listening = "0A";

/** Lines that are of another form are of no listener. */
export function listenersOf(text: string): readonly Listener[] {
  return text.split("\n").flatMap((line) => {
    const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
    const [, address = "", port = ""] = /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/.exec(local) ?? [];
    if (state !== listening || address === "" || !/^\d+$/.test(inode)) return [];
    return [{ address: addressOf(address), port: Number.parseInt(port, 16), inode }];
  });
}

/** Words of 32 bits, each in the machine's order of bytes: little-endian wherever we run. */
function addressOf(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).toReversed());
  if (bytes.length === 4) return bytes.map((byte) => Number.parseInt(byte, 16)).join(".");
  return canonicalAddress((bytes.join("").match(/.{4}/g) ?? []).join(":"));
}

/**
 * Where a listener is asked: at one address that is not loopback, because whoever treats loopback better than everybody else does so there, and
 * one is enough: what this machine sends to an address of its own never meets what is between it and others. undefined: nobody elsewhere
 * reaches it, or only by a link's own addresses.
 */
export function addressToAsk({ address }: Pick<Listener, "address">, own: readonly string[]): string | undefined {
  const others = own.map(canonicalAddress).filter((one) => !isLoopback(one) && !/^fe[89ab]/.test(one));
  const isIpv6 = (one: string): boolean => one.includes(":");
  if (address === "0.0.0.0") return others.find((one) => !isIpv6(one));
  // Mostly it takes IPv4 as well.
  if (address === "::") return others.find(isIpv6) ?? others[0];
  return isLoopback(address) || /^fe[89ab]/.test(address) ? undefined : address;
}
