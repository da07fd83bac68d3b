/** What a name means to a vantage: addresses that are somewhere else, or for certain none. */
import { lookup as lookupName } from "node:dns/promises";
import type { Clock } from "../../lib/clock.ts";
import { systemCode } from "../../lib/system-code.ts";
import type { Address, Check, CheckOptions } from "../../guard/checks/check.ts";
import { check } from "../../guard/checks/check.ts";
import { isElsewhere } from "../../guard/vantages/remote-asset.ts";
import type { Target } from "../../guard/target.ts";

export interface Names {
  /** Throws with the system's code, as node:dns does. */
  readonly lookup: (host: string) => Promise<readonly Address[]>;
  /** Of controls: where one of them is found, names can be looked up. */
  readonly known: readonly string[];
  /** Hosts of `--allow`: an address of this host itself that stands there is meant. */
  readonly allowed: readonly string[];
}

/** One check, as far as the name leads elsewhere. A private store has no name outside, and there nobody reaches it: as if a filter were there. */
export async function checkByName(target: Target, clock: Clock, options: CheckOptions, names: Names): Promise<Check> {
  let isNoName = false;
  const found = await check(target, clock, {
    ...options,
    lookup: async (host) => {
      const addresses = await addressesOf(host, names);
      isNoName = addresses === undefined && (await canLookUp(names));
      return (addresses ?? []).filter((one) => isElsewhere(one) || names.allowed.includes(one.address));
    },
  });
  return isNoName ? { ...found, seen: "filtered" } : found;
}

export async function systemLookup(host: string): Promise<readonly Address[]> {
  const found = await lookupName(host, { all: true, order: "ipv4first" });
  const each = new Map(found.map(({ address, family }) => [address, family]));
  return [...each].map(([address, family]) => ({ address, family: family === 6 ? "IPv6" : "IPv4" }));
}

/** undefined: there is no such name, which is an answer; that nobody answers is none. */
async function addressesOf(host: string, { lookup }: Names): Promise<readonly Address[] | undefined> {
  try {
    return await lookup(host);
  } catch (error) {
    return systemCode(error) === "ENOTFOUND" ? undefined : [];
  }
}

/** A resolver that finds no name at all says nothing of this one. */
async function canLookUp({ known, lookup }: Names): Promise<boolean> {
  return Promise.any(known.map(lookup)).then(
    () => true,
    () => false,
  );
}
