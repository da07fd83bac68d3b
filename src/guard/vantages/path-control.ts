/**
 * Whether a vantage sees anything at all: it reaches an endpoint of which it is known that it is open, by each address family. Where it does not,
 * silence is its own and not the store's. A TCP connection and a clean end; nothing is sent and nothing is read.
 */
import { lookup as lookupName } from "node:dns/promises";
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import type { Clock } from "../../lib/clock.ts";
import type { ControlEndpoint } from "../../policy/declaration.ts";
import type { Row } from "../checks/check.ts";
import { Link } from "../wire/link.ts";

type Family = Row["family"];

/**
 * `none`: this family is there, and leads nowhere. `untested`: this host has no such address, which is not closed and not broken. `no-control`: no
 * declared endpoint has one, so that nothing can be proven.
 */
export const pathStates = ["proven", "none", "untested", "no-control"] as const;
export type PathState = (typeof pathStates)[number];
export type Paths = Readonly<Record<Family, PathState>>;

export const families = ["IPv4", "IPv6"] as const;

export interface ControlOptions {
  readonly lookup?: (host: string, family: Family) => Promise<readonly string[]>;
  readonly isReachable?: (address: string, port: number) => Promise<boolean>;
  /** Whether an address leads away from this host: what it reaches in itself proves no path. */
  readonly isAway?: (address: string, family: Family) => boolean;
  /** Whether this host has an address of the family that leads anywhere. */
  readonly hasFamily?: (family: Family) => boolean;
}

const patience = { quietMs: 2_000, answerMs: 2_000 };
/** Of one name; the others prove no more. */
const addressesMax = 4;

/** Both families at once, each proven by the first endpoint that answers. */
export async function provePaths(controls: readonly ControlEndpoint[], options: ControlOptions = {}): Promise<Paths> {
  const [IPv4, IPv6] = await Promise.all(families.map(async (family) => provePath(controls, family, options)));
  return { IPv4: IPv4 ?? "none", IPv6: IPv6 ?? "none" };
}

async function provePath(controls: readonly ControlEndpoint[], family: Family, options: ControlOptions): Promise<PathState> {
  const { lookup = addressesOf, isReachable = connects, hasFamily = hasGlobalAddress, isAway = () => true } = options;
  const found = async (one: Family) => (await placesOf(controls, one, lookup)).filter(({ address }) => isAway(address, one));
  const places = await found(family);
  const isProven = await Promise.any(
    places.map(async ({ address, port }) => {
      if (!(await isReachable(address, port))) throw new Error("bug: a control that failed was not counted as such");
      return true;
    }),
  ).catch(() => false);
  if (isProven) return "proven";
  if (!hasFamily(family)) return "untested";
  // Where names are not found at all it is the path that is missing.
  const others = places.length > 0 ? [] : await found(family === "IPv4" ? "IPv6" : "IPv4");
  return others.length > 0 ? "no-control" : "none";
}

async function placesOf(controls: readonly ControlEndpoint[], family: Family, lookup: NonNullable<ControlOptions["lookup"]>) {
  const found = controls.map(async ({ host, port }) =>
    (await lookup(host, family)).slice(0, addressesMax).map((address) => ({ address, port })),
  );
  return (await Promise.all(found)).flat();
}

async function connects(address: string, port: number): Promise<boolean> {
  const link = await Link.open({ address, port }, patience);
  if (!(link instanceof Link)) return false;
  link.end();
  return true;
}

async function addressesOf(host: string, family: Family): Promise<readonly string[]> {
  const wanted = family === "IPv6" ? 6 : 4;
  try {
    // A bare address is given back as it is, of whichever family.
    return (await lookupName(host, { all: true, family: wanted }))
      .map(({ address }) => address)
      .filter((address) => isIP(address) === wanted);
  } catch {
    return [];
  }
}

/** Whether this host has it: who calls it leaves the host by no way. */
export function isOfThisHost(address: string): boolean {
  return Object.values(networkInterfaces()).some((all = []) => all.some((one) => one.address === address));
}

/** Loopback and link-local addresses lead to nobody else. */
function hasGlobalAddress(family: Family): boolean {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .some((one) => one.family === family && !one.internal && !/^(fe[89ab]|169\.254\.)/i.test(one.address));
}

/** What is known of the paths while something was looked at, from the last proof before it to the first after it: of each family the worst. */
export class PathLog {
  readonly #prove: () => Promise<Paths>;
  readonly #clock: Clock;
  #proofs: readonly { readonly atMs: number; readonly paths: Paths }[] = [];
  #running: Promise<Paths> | undefined;

  constructor(clock: Clock, prove: () => Promise<Paths>) {
    this.#prove = prove;
    this.#clock = clock;
  }

  get latest(): Paths | undefined {
    return this.#proofs.at(-1)?.paths;
  }

  /** One at a time; who asks while one runs waits for it and gets the next. */
  async prove(): Promise<Paths> {
    const before = this.#running;
    if (before !== undefined) await before;
    // Of all who waited the first begins, and the others share it: it began after they asked.
    this.#running ??= this.#once();
    return this.#running;
  }

  async during(sinceMs: number): Promise<Paths> {
    await this.prove();
    const first = this.#proofs.findLastIndex(({ atMs }) => atMs <= sinceMs);
    // Nothing was proven before it began: nothing is known of it.
    if (first < 0) return { IPv4: "none", IPv6: "none" };
    const all = this.#proofs.slice(first).map(({ paths }) => paths);
    return { IPv4: worstOf(all.map((one) => one.IPv4)), IPv6: worstOf(all.map((one) => one.IPv6)) };
  }

  async #once(): Promise<Paths> {
    const atMs = this.#clock.monotonicMs();
    const paths = await this.#prove();
    this.#proofs = [...this.#proofs, { atMs, paths }].slice(-proofsMax);
    this.#running = undefined;
    return paths;
  }
}

/** More than there are during the longest check. */
const proofsMax = 512;

function worstOf(states: readonly PathState[]): PathState {
  return (["none", "no-control", "untested"] as const).find((state) => states.includes(state)) ?? "proven";
}
