/**
 * Stores on this machine that listen beyond loopback and that nobody has declared: each is an alarm of its own, by the rules of every other (confirmed,
 * closed by three). Nothing else that listens is told to anybody.
 */
import type { Clock } from "../lib/clock.ts";
import { canonicalAddress, isLoopback } from "./address.ts";
import type { Asset } from "./asset.ts";
import { here } from "./asset.ts";
import type { Check } from "./checks/check.ts";
import { addressesOf, check } from "./checks/check.ts";
import type { Identified } from "./readable/identify.ts";
import { identify, neverAsked } from "./readable/identify.ts";
import type { Judge, Report } from "./judge.ts";
import type { Listener } from "./listening.ts";
import { addressToAsk } from "./listening.ts";
import type { Target } from "./target.ts";

export interface ListenersOptions {
  /** Of this machine, now. Throws where they cannot be read. */
  readonly listeners: () => Promise<readonly Listener[]>;
  readonly ownAddresses: () => readonly string[];
  /** Of all assets. */
  readonly declared: readonly Target[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly judge: Judge;
  readonly tell: (report: Report) => Promise<void> | void;
  /** Names of those whose alarm may still stand from before a restart. */
  readonly standing: readonly string[];
  /** Once, where they cannot be read. */
  readonly onBlind: (error: unknown) => void;
  /** Tests have their own. */
  readonly who?: typeof identify;
  readonly checkTarget?: (target: Target, clock: Clock) => Promise<Check>;
  readonly lookup?: typeof addressesOf;
}

const cycleMs = 60_000;
/** Those that were no store are asked again so often: what answers at a port may change without a new socket. */
const othersMs = 600_000;
const againMs = 250;
/** At a time; and in one round, of the lowest ports. */
const together = 4;
const portsMax = 1_024;

const prefix = "undeclared:";

/** Ends when the signal says so. */
export async function watchListeners(options: ListenersOptions): Promise<void> {
  const { clock, signal } = options;
  const round = new Listeners(options);
  while (!signal.aborted) {
    const startedMs = clock.monotonicMs();
    await round.look();
    await clock.sleep(Math.max(againMs, cycleMs - (clock.monotonicMs() - startedMs)), signal);
  }
}

interface Known {
  /** Of its sockets: others are another server. */
  readonly sockets: string;
  readonly nextMs: number;
}

type Found =
  | { readonly tag: "stores"; readonly checks: readonly Check[] }
  /** Nobody listens, it is declared, or it is no store: `forGood` as long as it has these sockets. */
  | { readonly tag: "none"; readonly forGood: boolean }
  /** Nothing is known of it this time. */
  | { readonly tag: "unclear" };

class Listeners {
  readonly #options: ListenersOptions;
  readonly #offset: number;
  readonly #known = new Map<number, Known>();
  #isBlind = false;

  constructor(options: ListenersOptions) {
    this.#options = options;
    this.#offset = options.clock.nowMs() - options.clock.monotonicMs();
  }

  async look(): Promise<void> {
    const { clock, signal, judge, standing } = this.#options;
    const listeners = await this.#listeners();
    if (listeners === undefined) return;
    const told = new Set([...standing.map(portOf), ...this.#known.keys()].filter((port) => judge.isAlarmed(nameOf(port))));
    for (const port of this.#known.keys()) if (!listeners.has(port) && !told.has(port)) this.#known.delete(port);
    const nowMs = clock.monotonicMs();
    const due = [...new Set([...listeners.keys(), ...told])]
      .filter((port) => told.has(port) || this.#isDue(port, listeners.get(port) ?? [], nowMs))
      .toSorted((a, b) => a - b)
      .slice(0, portsMax);
    const queue = due.values();
    const worker = async (): Promise<void> => {
      for (const port of queue) if (!signal.aborted) await this.#lookAt(port);
    };
    await Promise.all(Array.from({ length: together }, worker));
  }

  /** By port: those that others reach, and that may be asked. */
  async #listeners(): Promise<ReadonlyMap<number, readonly Listener[]> | undefined> {
    const { listeners, ownAddresses, onBlind } = this.#options;
    try {
      const own = ownAddresses();
      const all = (await listeners()).filter((one) => !neverAsked.has(one.port) && addressToAsk(one, own) !== undefined);
      this.#isBlind = false;
      return Map.groupBy(all, ({ port }) => port);
    } catch (error) {
      if (!this.#isBlind) onBlind(error);
      this.#isBlind = true;
      return undefined;
    }
  }

  #isDue(port: number, listeners: readonly Listener[], nowMs: number): boolean {
    const known = this.#known.get(port);
    return known === undefined || known.sockets !== socketsOf(listeners) || known.nextMs <= nowMs;
  }

  async #lookAt(port: number): Promise<void> {
    const { clock, signal, judge, tell } = this.#options;
    for (let again = true; again && !signal.aborted;) {
      const startedMs = clock.monotonicMs();
      const found = await this.#find(port);
      if (signal.aborted || found === undefined || found.tag === "unclear") return;
      if (found.tag === "none" && !judge.hasNews(nameOf(port))) return;
      const checks = found.tag === "stores" ? found.checks : [goneCheck(port)];
      const tookMs = clock.monotonicMs() - startedMs;
      const atMs = clock.nowMs() - tookMs;
      const report = judge.see(undeclaredAsset(nameOf(port)), {
        vantage: here,
        checks,
        atMs,
        steadyMs: this.#offset + startedMs,
        tookMs,
        isPathProven: false,
      });
      await tell(report);
      again = report.again;
      if (again) await clock.sleep(againMs, signal);
    }
  }

  /** undefined: who listens cannot be read any more. */
  async #find(port: number): Promise<Found | undefined> {
    const { clock, ownAddresses } = this.#options;
    const listeners = await this.#listeners();
    if (listeners === undefined) return undefined;
    const ofPort = listeners.get(port) ?? [];
    const own = ownAddresses();
    const addresses = [...new Set(ofPort.flatMap((one) => addressToAsk(one, own) ?? []))];
    const found = await this.#ask(port, addresses, own);
    this.#known.set(port, { sockets: socketsOf(ofPort), nextMs: clock.monotonicMs() + this.#afterMs(port, found) });
    return found;
  }

  /** Until it is asked again. A store is with each round. */
  #afterMs(port: number, found: Found): number {
    if (found.tag === "stores" || this.#options.judge.hasNews(nameOf(port))) return 0;
    if (found.tag === "none") return found.forGood ? Infinity : othersMs;
    // It may be one that is only just starting.
    return this.#known.has(port) ? othersMs : 0;
  }

  async #ask(port: number, addresses: readonly string[], own: readonly string[]): Promise<Found> {
    if (addresses.length === 0) return { tag: "none", forGood: false };
    const isDeclared = await this.#isDeclared(port, own);
    if (isDeclared === undefined) return { tag: "unclear" };
    if (isDeclared) return { tag: "none", forGood: false };

    const { who = identify } = this.#options;
    const checks: Check[] = [];
    const others: Identified[] = [];
    for (const address of addresses) {
      const one = await who({ address, port });
      if (one.tag === "store") checks.push(await this.#check(one, { address, port }));
      else others.push(one);
    }
    if (checks.length > 0) return { tag: "stores", checks };
    if (others.some(({ tag }) => tag === "silent")) return { tag: "unclear" };
    return {
      tag: "none",

      forGood: others.every((one) => one.tag === "other" && one.forGood),
    };
  }

  /** By any of its names. undefined: a name that has this port cannot be looked up now, and may be ours. */
  async #isDeclared(port: number, own: readonly string[]): Promise<boolean | undefined> {
    const { declared, lookup = addressesOf } = this.#options;
    const ours = new Set(own.map(canonicalAddress));
    let isSure = true;
    for (const { host } of declared.filter((one) => one.port === port)) {
      const addresses = await lookup(host);
      if (addresses.some(({ address }) => isLoopback(address) || ours.has(canonicalAddress(address)))) return true;
      isSure &&= addresses.length > 0;
    }
    return isSure ? false : undefined;
  }

  async #check(
    { checker, channel }: Extract<Identified, { tag: "store" }>,
    { address, port }: { readonly address: string; readonly port: number },
  ): Promise<Check> {
    const { clock, checkTarget = check } = this.#options;
    const label = `${checker.service}://${address.includes(":") ? `[${address}]` : address}:${port}`;
    const target: Target = { checker, host: address, port, names: [], user: undefined, channels: [channel], label };
    const declare = "Declare it under `assets:`, or take it off this address.";
    if (checker.unasked?.stopsThere !== true) {
      const found = await checkTarget(target, clock);
      return { ...found, remedy: found.remedy === undefined ? declare : `${declare} ${found.remedy}` };
    }
    const because = `It answers as ${checker.title}. Whether it lets anybody in is not asked of what nobody has declared.`;
    return onePlace(target, { seen: "unknown", because, address, channel, remedy: declare });
  }
}

function goneCheck(port: number): Check {
  return { target: `port ${port}`, service: "", evidence: "", seen: "closed", rows: [], untested: [], remedy: undefined };
}

function onePlace(
  { label, checker }: Target,
  place: {
    readonly seen: "unknown";
    readonly because: string;
    readonly address: string;
    readonly channel: "plain" | "tls";
    readonly remedy: string;
  },
): Check {
  const { remedy, address, ...row } = place;
  const family = address.includes(":") ? "IPv6" : "IPv4";
  const counts = { notes: [], certificate: undefined, bytesSent: 0, bytesReceived: 0, tookMs: 0 };
  return {
    target: label,
    service: checker.title,
    evidence: checker.evidence,
    seen: place.seen,
    rows: [{ ...row, address, family, calledBy: "address", ...counts }],
    untested: [],
    remedy,
  };
}

function socketsOf(listeners: readonly Listener[]): string {
  return listeners
    .map(({ inode }) => inode)
    .toSorted()
    .join(" ");
}

/** No declared asset has a colon in its name. */
function nameOf(port: number): string {
  return `${prefix}${port}`;
}

function portOf(name: string): number {
  return Number(name.slice(prefix.length));
}

/** Of all names of assets in the state those that are none of the file's. */
export function isUndeclared(name: string): boolean {
  return name.startsWith(prefix);
}

/** By such a name. */
export function undeclaredAsset(name: string): Asset {
  return {
    name,
    undeclared: `undeclared listener on port ${portOf(name)}`,
    owner: "nobody: it is not declared",
    targets: [],
    profile: "standard",
    expectedAt: () => "unreachable",
  };
}
