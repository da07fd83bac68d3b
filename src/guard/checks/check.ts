/** One check of a target: every address of its name, each channel; by the name and, where that is another request, by the bare address. */
import { lookup as lookupName } from "node:dns/promises";
import type { Clock } from "../../lib/clock.ts";
import { canonicalAddress, isOwnNetwork } from "../address.ts";
import type { Channel, Question } from "./checker.ts";
import { failedControl } from "./controls.ts";
import { converse } from "./converse.ts";
import type { Seen } from "../ladder.ts";
import { isOpen, worst } from "../ladder.ts";
import type { Target } from "../target.ts";
import type { Certificate } from "../wire/certificate.ts";
import type { Patience } from "../wire/link.ts";

/** The verdict of one place: address, channel, and what it was called there. */
export interface Row {
  readonly address: string;
  readonly family: "IPv4" | "IPv6";
  readonly channel: Channel;
  /** What was asked for: the name, or the address itself. */
  readonly calledBy: "name" | "address";
  readonly seen: Seen;
  readonly because: string;
  readonly notes: readonly string[];
  readonly isMtls?: boolean;
  /** Its verdict was taken away, since the checker's own control failed. */
  readonly isDisbelieved?: true;
  readonly certificate: Certificate | undefined;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly tookMs: number;
}

export interface Check {
  readonly target: string;
  readonly service: string;
  readonly evidence: string;
  readonly seen: Seen;
  readonly rows: readonly Row[];
  /** Families without an address: not tested, which is not closed. */
  readonly untested: readonly ("IPv4" | "IPv6")[];
  readonly remedy: string | undefined;
}

/** More addresses of one name are not asked; the check says so by being unknown. */
const addressesMax = 64;

export interface CheckOptions {
  /** Every address of a name, each once; none where there is no such name. */
  readonly lookup?: (host: string) => Promise<readonly Address[]>;
  readonly patience?: Patience;
  /** The first open place is enough: what follows would only hold up the alarm. */
  readonly untilOpen?: boolean;
}

export interface Address {
  readonly address: string;
  readonly family: Row["family"];
}

export async function check(target: Target, clock: Clock, options: CheckOptions = {}): Promise<Check> {
  const { lookup = addressesOf, untilOpen = false } = options;
  const addresses = await lookup(target.host);
  const rows: Row[] = [];
  for (const place of placesOf(addresses.slice(0, addressesMax), target)) {
    rows.push(...(await rowsAt(place, { target, clock, options })));
    if (untilOpen && rows.some(({ seen }) => isOpen(seen))) break;
  }
  const { checker } = target;
  const seen =
    addresses.length === 0 || addresses.length > addressesMax
      ? worst(["unknown", ...rows.map((row) => row.seen)])
      : worst(rows.map((row) => row.seen));
  return {
    target: target.label,
    service: checker.title,
    evidence: checker.evidence,
    seen,
    rows,
    untested: (["IPv4", "IPv6"] as const).filter((family) => !addresses.some((one) => one.family === family)),
    remedy: seen === "closed" || seen === "auth-required" ? undefined : checker.remedy,
  };
}

/** One address, called in one way, by each channel. */
async function rowsAt(
  place: PlaceCalled,
  { target, clock, options }: { readonly target: Target; readonly clock: Clock; readonly options: CheckOptions },
): Promise<readonly Row[]> {
  if (hasMoved(target, place.address)) return target.channels.map((channel) => movedRow(place, channel));
  const { patience, untilOpen = false } = options;
  const channels: Row[] = [];
  for (const channel of target.channels) {
    channels.push(await rowOf({ target, ...place, channel, clock, patience }));
    if (untilOpen && channels.some(({ seen }) => isOpen(seen))) break;
  }
  const isBlind = failedControl(target.checker) !== undefined;
  return heard(channels).map(isBlind ? disbelieved : (row) => row);
}

type PlaceCalled = Address & Pick<Row, "calledBy">;

/** By the name and, where that is another request and not one to a stranger, by the bare address. */
function placesOf(addresses: readonly Address[], target: Target): readonly PlaceCalled[] {
  return addresses.flatMap((one) => {
    const byAddress = { ...one, calledBy: "address" as const };
    if (one.address === target.host) return [byAddress];
    const byName = { ...one, calledBy: "name" as const };
    const isStrangers = target.checker.isShared === true && !isOwnNetwork(one.address);
    return isStrangers || hasMoved(target, one.address) ? [byName] : [byName, byAddress];
  });
}

/** Whoever has this address now, it is not the one that was declared. */
function hasMoved({ addresses }: Target, address: string): boolean {
  return addresses !== undefined && !addresses.has(canonicalAddress(address));
}

function movedRow(place: PlaceCalled, channel: Channel): Row {
  const because = "Moved: this address is not among those that are declared. It was not contacted.";
  return { ...place, channel, seen: "unknown", because, notes: [], certificate: undefined, bytesSent: 0, bytesReceived: 0, tookMs: 0 };
}

/** Where no channel of a place was spoken nothing is known of it. */
function heard(channels: readonly Row[]): readonly Row[] {
  if (channels.some(({ seen }) => seen !== "silent")) return channels;
  return channels.map((row) => ({ ...row, seen: "unknown" as const, because: `${row.because} This is not a service that we know.` }));
}

function disbelieved(row: Row): Row {
  const because =
    "This checker misjudges a recorded server of which it is known what is right: what it says of others is not to be believed.";
  return { ...row, seen: "unknown", because, notes: [], isDisbelieved: true };
}

async function rowOf(options: {
  readonly target: Target;
  readonly address: string;
  readonly family: Row["family"];
  readonly channel: Channel;
  readonly calledBy: Row["calledBy"];
  readonly clock: Clock;
  readonly patience: Patience | undefined;
}): Promise<Row> {
  const { target, address, family, channel, calledBy, clock, patience } = options;
  const startedMs = clock.monotonicMs();
  const question = questionAt(target, { address, channel, calledBy });
  const { verdict, heard: _, ...rest } = await converse(target.checker, question, { address, port: target.port }, patience);
  return { address, family, channel, calledBy, ...verdict, ...rest, tookMs: Math.round(clock.monotonicMs() - startedMs) };
}

/** What is asked at one of a target's places. */
export function questionAt(target: Target, { address, channel, calledBy }: Pick<Row, "address" | "channel" | "calledBy">): Question {
  const host = calledBy === "name" ? target.host : address;
  return { channel, names: target.names, host: host.includes(":") ? `[${host}]` : host, user: target.user };
}

/** Of a name, each once; none where there is no such name. */
export async function addressesOf(host: string): Promise<readonly Address[]> {
  try {
    const found = await lookupName(host, { all: true, order: "ipv4first" });
    const each = new Map(found.map(({ address, family }) => [address, family]));
    return [...each].map(([address, family]) => ({ address, family: family === 6 ? "IPv6" : "IPv4" }));
  } catch {
    return [];
  }
}
