/**
 * Assets on their way to a vantage and back into what can be checked there. The list is not trusted: it names services that we have checkers for,
 * places, and what to ask for there; which bytes are sent is the checkers' alone.
 */
import { BlockList, isIP } from "node:net";
import { VitrineError } from "../../model/error.ts";
import { canonicalAddress } from "../address.ts";
import type { Asset } from "../asset.ts";
import type { Address } from "../checks/check.ts";
import type { Target } from "../target.ts";
import { targetOf } from "../target.ts";
import type { RemoteAsset } from "./vantage-messages.ts";

/** Of all assets together: more places are more than one vantage checks in a minute. */
const targetsMax = 4_096;

export function toRemote(asset: Asset, vantage: string): RemoteAsset {
  const { name, profile, targets } = asset;
  const expected = asset.expectedAt(vantage);
  return {
    name,
    profile,
    expected,
    targets: targets.map((target) => ({
      label: target.label,
      url: urlOf(target),
      channels: [...target.channels],
      ...(target.addresses === undefined ? {} : { addresses: [...target.addresses] }),
    })),
  };
}

/** A host of `--allow`, a name below it where it begins with a dot; all, where nobody said. */
export type IsAllowed = (host: string) => boolean;

export function allowing(hosts: readonly string[]): IsAllowed {
  const wanted = hosts.map((host) => host.toLowerCase().replace(/^\*\./, "."));
  return (host) =>
    hosts.length === 0 || wanted.some((one) => (one.startsWith(".") ? host.toLowerCase().endsWith(one) : host.toLowerCase() === one));
}

export interface Taken {
  readonly assets: readonly Asset[];
  /** Labels of targets that are not checked here: not allowed, or nothing that this version has a checker for. */
  readonly refused: readonly string[];
}

/** Each asset with those of its targets that are checked here. undefined: so many are no list of assets. */
export function fromRemote(list: readonly RemoteAsset[], isAllowed: IsAllowed): Taken | undefined {
  if (list.reduce((sum, { targets }) => sum + targets.length, 0) > targetsMax) return undefined;
  const refused: string[] = [];
  const assets = list.map(({ name, profile, expected, targets }): Asset => {
    const taken = targets.flatMap(({ label, url, channels, addresses }) => {
      const target = readTarget(url);
      if (target?.label !== label || !isAllowed(target.host)) {
        refused.push(label);
        return [];
      }
      const pinned = addresses === undefined ? {} : { addresses: new Set(addresses.map(canonicalAddress)) };
      return [{ ...target, ...pinned, channels: target.channels.filter((channel) => channels.includes(channel)) }];
    });
    return { name, owner: "", profile, targets: taken, expectedAt: () => expected };
  });
  return { assets: assets.filter(({ targets }) => targets.length > 0), refused };
}

function readTarget(url: string): Target | undefined {
  try {
    return targetOf(url);
  } catch (error) {
    if (error instanceof VitrineError) return undefined;
    throw error;
  }
}

function urlOf({ checker, host, port, names, user }: Target): string {
  const place = isIP(host) === 6 ? `[${host}]` : host;
  const path = names.map(encodeURIComponent).join(",");
  return `${checker.service}://${user === undefined ? "" : `${encodeURIComponent(user)}@`}${place}:${port}/${path}`;
}

/** What leads to the vantage's own host, its own link or to many at once is nobody's store elsewhere, whatever a name says. */
const own = new BlockList();
for (const [net, prefix] of [
  ["0.0.0.0", 8],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["224.0.0.0", 3],
] as const)
  own.addSubnet(net, prefix, "ipv4");
for (const [net, prefix] of [
  ["::", 127],
  ["fe80::", 10],
  ["ff00::", 8],
] as const)
  own.addSubnet(net, prefix, "ipv6");

export function isElsewhere({ address, family }: Address): boolean {
  return !own.check(address, family === "IPv6" ? "ipv6" : "ipv4");
}
