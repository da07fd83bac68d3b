/** What a vantage does while its watch is there: it checks what it was told to, proves its path before and after, and says what it saw. */
import { isIP } from "node:net";
import type { Clock } from "../../lib/clock.ts";
import type { Log } from "../../lib/log.ts";
import type { Asset } from "../../guard/asset.ts";
import type { Report } from "../../guard/judge.ts";
import { Judge } from "../../guard/judge.ts";
import { isOpen } from "../../guard/ladder.ts";
import { Nudges } from "../../guard/nudges.ts";
import type { Paths } from "../../guard/vantages/path-control.ts";
import { isOfThisHost, PathLog, provePaths } from "../../guard/vantages/path-control.ts";
import type { IsAllowed } from "../../guard/vantages/remote-asset.ts";
import { fromRemote, isElsewhere } from "../../guard/vantages/remote-asset.ts";
import type { FromVantage, FromWatch } from "../../guard/vantages/vantage-messages.ts";
import { watch } from "../../guard/watch.ts";
import { checkByName, systemLookup } from "./names.ts";

export interface OutlookOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly isAllowed: IsAllowed;
  /** Hosts that were allowed by name: one of them that is an address of this host itself is meant. */
  readonly allowed: readonly string[];
  readonly send: (message: FromVantage) => void;
}

const nothing: Paths = { IPv4: "none", IPv6: "none" };

export class Outlook implements Disposable {
  readonly #options: OutlookOptions;
  readonly #nudges = new Nudges();
  #watching = new AbortController();
  #paths: PathLog | undefined;
  #beat = 0;
  #isProving = false;

  constructor(options: OutlookOptions) {
    this.#options = options;
  }

  /** False: it is no list of assets. */
  list({ assets: said, controls }: Extract<FromWatch, { readonly tag: "list" }>): boolean {
    const { clock, isAllowed, log } = this.#options;
    const taken = fromRemote(said, isAllowed);
    if (taken === undefined) return false;
    for (const { name, targets } of taken.assets) for (const { label } of targets) log("info", "asked to check", { kind: name, to: label });
    for (const to of taken.refused) log("warn", "asked to check what is not allowed here, or not known", { to });
    const own = controls.filter(({ host }) => isAllowed(host));
    for (const { host, port } of controls) log(isAllowed(host) ? "info" : "warn", "path control", { to: `${host}:${port}` });
    this.#watching.abort();
    this.#watching = new AbortController();
    const names = own.map(({ host }) => host).filter((host) => isIP(host) === 0);
    const paths = new PathLog(clock, async () => provePaths(own, { isAway: this.#isAway }));
    this.#paths = paths;
    void this.#watch(taken.assets, paths, { signal: this.#watching.signal, names });
    return true;
  }

  look(asset: string): void {
    this.#nudges.nudge(asset);
  }

  /** Each is answered once the path was tried. */
  async beat(beat: number): Promise<void> {
    this.#beat = beat;
    if (this.#isProving) return;
    this.#isProving = true;
    const paths = (await this.#paths?.prove()) ?? nothing;
    this.#isProving = false;
    this.#options.send({ tag: "alive", beat: this.#beat, paths });
  }

  readonly #isAway = (address: string, family: "IPv4" | "IPv6"): boolean =>
    this.#options.allowed.includes(address) || (isElsewhere({ address, family }) && !isOfThisHost(address));

  [Symbol.dispose](): void {
    this.#watching.abort();
  }

  async #watch(
    assets: readonly Asset[],
    paths: PathLog,
    { signal, names }: { readonly signal: AbortSignal; readonly names: readonly string[] },
  ): Promise<void> {
    const { clock, random, allowed } = this.#options;
    await paths.prove();
    await watch({
      assets,
      clock,
      random,
      signal,
      // An opening is looked at again at once, whatever the watch's own judge says later.
      judge: new Judge({ stateOf: () => undefined, vantagesOf: () => 1 }),
      nudges: this.#nudges,
      checkTarget: async (target, _, options) => checkByName(target, clock, options, { lookup: systemLookup, known: names, allowed }),
      tell: async (report) => this.#tell(report, paths, signal),
    });
  }

  async #tell({ asset, checks, tookMs }: Report, paths: PathLog, signal: AbortSignal): Promise<void> {
    const sinceMs = this.#options.clock.monotonicMs() - tookMs;
    // What is open proves itself, and is not to wait.
    const proven = checks.some(({ seen }) => isOpen(seen)) ? (paths.latest ?? nothing) : await paths.during(sinceMs);
    if (signal.aborted) return;
    const said = checks.map(({ target, seen, rows, untested }) => ({ target, seen, rows: [...rows], untested: [...untested] }));
    this.#options.send({ tag: "sight", beat: this.#beat, asset: asset.name, tookMs, paths: proven, checks: said });
  }
}
