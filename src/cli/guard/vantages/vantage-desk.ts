/**
 * The watch's side of its vantages: who is enrolled comes in, is told what to check, and is heard; what it says is judged like a sight of our own,
 * as far as it is believed. One that is lost is one alarm, and its verdicts are unknown.
 */
import { existsSync } from "node:fs";
import type { Clock } from "../../../lib/clock.ts";
import type { Log } from "../../../lib/log.ts";
import type { Asset } from "../../../guard/asset.ts";
import { here } from "../../../guard/asset.ts";
import type { Judge, Report } from "../../../guard/judge.ts";
import type { Nudges } from "../../../guard/nudges.ts";
import { Allowance } from "../../../guard/vantages/allowance.ts";
import type { Paths } from "../../../guard/vantages/path-control.ts";
import type { Presence, PresenceEvent } from "../../../guard/vantages/presence.ts";
import { expected, heard, isSilent, look, lostAfterMs } from "../../../guard/vantages/presence.ts";
import { toRemote } from "../../../guard/vantages/remote-asset.ts";
import type { RemoteCheck } from "../../../guard/vantages/remote-sight.ts";
import { believed } from "../../../guard/vantages/remote-sight.ts";
import { vantageAlarmOf, vantageMessage } from "../../../guard/alarms/vantage-alarm.ts";
import type { FromVantage, Hello } from "../../../guard/vantages/vantage-messages.ts";
import { cycleOf } from "../../../guard/watch.ts";
import { VitrineError } from "../../../model/error.ts";
import type { VantageDeclaration } from "../../../policy/declaration.ts";
import type { Json } from "../../canonical-json.ts";
import type { Config } from "../../config.ts";
import type { State } from "../../state.ts";
import { alarmedAs } from "../../state/vantages.ts";
import { codeHash } from "../../vantage/code.ts";
import type { Guest, ListenerOptions } from "../../vantage/listener.ts";
import { listenForVantages } from "../../vantage/listener.ts";
import { Refusals } from "../../vantage/refusals.ts";
import { ownKey } from "../../vantage/key.ts";
import type { LedgerSigner } from "../../ledger/ledger-signer.ts";
import type { WaysOut } from "../alarms/receivers.ts";
import { channelsUpTo } from "../alarms/receivers.ts";
import { Showing } from "./showing.ts";

export interface DeskOptions {
  readonly config: Pick<Config, "vantageListen" | "vantageKeyFile">;
  readonly state: State;
  /** Writes an entry of the ledger, now or when there is room. */
  readonly append: (kind: string, body: Json) => void;
  readonly assets: readonly Asset[];
  readonly declared: readonly VantageDeclaration[];
  readonly judge: Judge;
  readonly nudges: Nudges;
  readonly tell: (report: Report) => void;
  readonly onRemoved: (vantage: string) => void;
  readonly steps: WaysOut["steps"];
  readonly clock: Clock;
  readonly log: Log;
  /** undefined: no checkpoints are shown. */
  readonly signer: LedgerSigner | undefined;
}

const beatMs = 5_000;
/** Words that were said before so many beats stood in a queue while nobody was heard. */
const beatsMax = 4;
const lookMs = 1_000;
const againMs = 10_000;
/** When each was heard of the last time is kept so often. */
const keepMs = 15_000;
/** A check, and those that confirm an opening or a closing: no vantage has more to say of an asset in each of its cycles. */
const sightsPerCycle = 4;
/** That it lives, what it keeps of the ledger. */
const otherMs = 1_000;
const tookMaxMs = 10 * 60_000;

interface Known {
  readonly fingerprint: string;
  presence: Presence;
}

export class VantageDesk {
  readonly #options: DeskOptions;
  readonly #assets: ReadonlyMap<string, Asset>;
  readonly #offset: number;
  readonly #lostMs: number;
  readonly #known = new Map<string, Known>();
  readonly #guests = new Map<string, Guest>();
  /** Assets of which a vantage sees nothing for want of itself or its path: judged as unknown once, and told by its own alarm. */
  readonly #blind = new Map<string, Set<string>>();
  /** When a vantage last said something of an asset, or was last found to owe it: by a clock that only goes forward. */
  readonly #said = new Map<string, Map<string, number>>();
  readonly #allowances = new Map<string, Allowance>();
  readonly #showing: Showing;
  #beat = 0;

  constructor(options: DeskOptions) {
    this.#options = options;
    this.#assets = new Map(options.assets.map((asset) => [asset.name, asset]));
    this.#offset = options.clock.nowMs() - options.clock.monotonicMs();
    this.#lostMs = lostAfterMs(options.assets.map(cycleOf));
    this.#showing = new Showing(options.signer, options.append, options.log);
    this.#readEnrolled();
  }

  /**
   * How many check this asset, with the watch itself. One that is lost counts: without it nothing is proven from two. What was found and not
   * declared no vantage is told of.
   */
  vantagesOf(asset: string): number {
    return 1 + (this.#assets.has(asset) ? this.#known.size : 0);
  }

  /** Ends when the signal says so. */
  async run(signal: AbortSignal): Promise<void> {
    const { config, clock } = this.#options;
    const { vantageListen: listen, vantageKeyFile: keyFile } = config;
    using listener = new DisposableStack();
    const listening = async (listenAt: NonNullable<typeof listen>): Promise<void> => {
      // The first invitation makes the key. Before it nobody can come, and this process may not write there.
      while (!existsSync(keyFile) && !signal.aborted) await clock.sleep(lookMs, signal);
      for (let found: Disposable | undefined; found === undefined && !signal.aborted; await clock.sleep(found ? 0 : againMs, signal)) {
        found = await this.#listen(listenAt).catch((error: unknown) => this.#cannotListen(error));
        if (found !== undefined) listener.use(found);
      }
    };
    await Promise.all([
      listen === undefined ? undefined : listening(listen),
      this.#beating(signal),
      this.#looking(signal),
      this.#keeping(signal),
    ]);
    for (const guest of this.#guests.values()) guest.close();
  }

  /** The watch goes on without its vantages, which alarms as their loss. */
  #cannotListen(error: unknown): undefined {
    if (!(error instanceof VitrineError)) throw error;
    this.#options.log("error", "vantages cannot come", { code: error.code, place: error.place, reason: error.message });
  }

  async #listen(listen: { readonly host: string; readonly port: number }): Promise<Disposable> {
    const { config, clock, log } = this.#options;
    const refusals = new Refusals(
      () => clock.monotonicMs(),
      (reason, times) => log("warn", "a vantage was refused", { reason, times }),
    );
    const listener = await listenForVantages({
      listen,
      key: ownKey(config.vantageKeyFile),
      admit: (hello, fingerprint) => this.#admit(hello, fingerprint),
      onGuest: (guest) => this.#welcome(guest),
      onMessage: (guest, message) => this.#hear(guest, message),
      onGone: (guest) => this.#gone(guest),
      onRefused: (reason) => refusals.refused(reason),
    });
    log("info", "waiting for vantages", { address: `${listener.address.host}:${listener.address.port}` });
    return listener;
  }

  /** After a sight of whomever: whoever else can confirm an opening or a closing looks at once. */
  follow({ asset, vantage, is, again, state }: Report): void {
    const isNews = is === "deviation" ? again : is === "as-expected" && state.episode !== undefined && state.good.length === 1;
    if (isNews && vantage !== here) this.#options.nudges.nudge(asset.name);
    for (const [name, guest] of this.#guests) {
      // Of an opening a vantage looks again by itself.
      const isItsTurn = name === vantage ? again && is === "as-expected" : isNews;
      if (isItsTurn) guest.send({ tag: "look", asset: asset.name });
    }
  }

  #admit(hello: Hello, fingerprint: string): ReturnType<ListenerOptions["admit"]> {
    const { state, clock, log } = this.#options;
    this.#readEnrolled();
    const known = [...this.#known].find(([, one]) => one.fingerprint === fingerprint)?.[0];
    if (known !== undefined) return known === hello.name ? { name: known } : { refused: "name" };
    const { name, code } = hello;
    if (code === undefined) return { refused: "name" };
    const isEnrolled = state.vantages.enrol({ hash: codeHash(code), name, fingerprint, at: clock.nowMs() });
    if (isEnrolled !== true) return isEnrolled === undefined ? undefined : { refused: "code" };
    log("info", "a vantage is enrolled", { vantage: name });
    this.#readEnrolled();
    return { name };
  }

  #welcome(guest: Guest): void {
    const { assets, declared } = this.#options;
    // The one before hangs on a connection that nobody ended.
    this.#guests.get(guest.name)?.close();
    this.#guests.set(guest.name, guest);
    const controls = declared.find(({ name }) => name === guest.name)?.controls ?? [];
    guest.send({ tag: "list", assets: assets.map((asset) => toRemote(asset, guest.name)), controls: [...controls] });
    guest.send({ tag: "beat", beat: this.#beat });
    const nowMs = this.#options.clock.monotonicMs();
    // Who comes again owes what it owed: else a connection that breaks each minute would never have to say anything.
    const before = this.#said.get(guest.name);
    this.#said.set(guest.name, new Map(assets.map(({ name }) => [name, before?.get(name) ?? nowMs])));
    this.#options.log("info", "a vantage has come", { vantage: guest.name });
  }

  #gone(guest: Guest): void {
    if (this.#guests.get(guest.name) !== guest) return;
    this.#guests.delete(guest.name);
    this.#options.log("warn", "a vantage has gone", { vantage: guest.name });
  }

  #hear(guest: Guest, message: FromVantage): void {
    if (this.#guests.get(guest.name) !== guest) return guest.close();
    // Each sight is judged, and each that differs from the last one is a row of the ledger.
    if (!this.#allowanceOf(guest.name).take(this.#options.clock.monotonicMs())) {
      this.#options.log("error", "a vantage says more than it can have seen, and is cut off", { vantage: guest.name });
      return guest.close();
    }
    if (message.tag === "kept" || message.tag === "doubt") return this.#showing.hear(guest, message);
    const known = this.#known.get(guest.name);
    const isOld = message.beat > this.#beat || this.#beat - message.beat > beatsMax;
    if (known === undefined || isOld) return;
    known.presence = heard(known.presence, this.#options.clock.monotonicMs(), message.paths);
    if (message.tag === "sight") this.#see(guest.name, message);
  }

  /** By name: who comes again has no more. */
  #allowanceOf(vantage: string): Allowance {
    const { assets, clock } = this.#options;
    const perMs = assets.reduce((sum, asset) => sum + sightsPerCycle / cycleOf(asset), 1 / otherMs);
    const limit = { max: sightsPerCycle * (assets.length + 10), everyMs: 1 / perMs };
    const allowance = this.#allowances.get(vantage) ?? new Allowance(limit, clock.monotonicMs());
    this.#allowances.set(vantage, allowance);
    return allowance;
  }

  #see(vantage: string, said: Extract<FromVantage, { readonly tag: "sight" }>): void {
    const asset = this.#assets.get(said.asset);
    if (asset === undefined) return;
    this.#said.get(vantage)?.set(asset.name, this.#options.clock.monotonicMs());
    this.#judge(asset, vantage, said);
  }

  /** It is there and says nothing of an asset: it does not check it, by its own list, or cannot. That is not known to be closed. */
  #overdue(vantage: string, nowMs: number): void {
    for (const [name, saidMs] of this.#said.get(vantage) ?? []) {
      const asset = this.#assets.get(name);
      if (asset === undefined || nowMs - saidMs < lostAfterMs([cycleOf(asset)])) continue;
      this.#said.get(vantage)?.set(name, saidMs + cycleOf(asset));
      this.#judge(asset, vantage, { checks: [], paths: { IPv4: "proven", IPv6: "proven" }, tookMs: 0 });
    }
  }

  #judge(
    asset: Asset,
    vantage: string,
    said: { readonly checks: readonly RemoteCheck[]; readonly paths: Paths; readonly tookMs: number },
  ): void {
    const { clock, judge, tell } = this.#options;
    const { checks, isBlind } = believed(asset, said.checks, said.paths);
    if (!this.#isToBeJudged(vantage, asset.name, isBlind)) return;
    const tookMs = Math.min(said.tookMs, tookMaxMs);
    const report = judge.see(asset, {
      vantage,
      checks,
      atMs: clock.nowMs() - tookMs,
      steadyMs: this.#offset + clock.monotonicMs() - tookMs,
      tookMs,
      isPathProven: Object.values(said.paths).includes("proven"),
    });
    tell(report);
  }

  /** What is not known for want of the vantage alone is judged once. */
  #isToBeJudged(vantage: string, asset: string, isBlind: boolean): boolean {
    const blind = this.#blind.get(vantage) ?? new Set();
    this.#blind.set(vantage, blind);
    const isNew = isBlind !== blind.has(asset);
    if (isBlind) blind.add(asset);
    else blind.delete(asset);
    return isNew || !isBlind;
  }

  async #beating(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#options.clock.sleep(beatMs, signal);
      this.#beat += 1;
      for (const guest of this.#guests.values()) guest.send({ tag: "beat", beat: this.#beat });
    }
  }

  async #looking(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      this.#readEnrolled();
      this.#showing.show(this.#guests.values());
      for (const [name, known] of this.#known) await this.#look(name, known, signal);
      await clock.sleep(lookMs, signal);
    }
  }

  async #look(name: string, known: Known, signal: AbortSignal): Promise<void> {
    const nowMs = this.#options.clock.monotonicMs();
    const { now, event } = look(known.presence, nowMs, this.#lostMs);
    known.presence = now;
    if (event !== undefined) this.#record(name, event);
    if (!isSilent(now, nowMs)) return this.#overdue(name, nowMs);
    this.#guests.get(name)?.close();
    this.#said.delete(name);
    for (const asset of this.#assets.values()) {
      if (signal.aborted) return;
      this.#judge(asset, name, { checks: [], paths: { IPv4: "none", IPv6: "none" }, tookMs: 0 });
      // Each is a transaction: nothing else is to wait for all of them.
      await new Promise(setImmediate);
    }
  }

  async #keeping(signal: AbortSignal): Promise<void> {
    const { clock, state } = this.#options;
    while (!signal.aborted) {
      await clock.sleep(keepMs, signal);
      for (const [name, { presence }] of this.#known)
        if (presence.paths !== undefined) state.vantages.heard(name, this.#wall(presence.heardMs));
    }
  }

  /** Enrolled and removed by other processes. */
  #readEnrolled(): void {
    const { state, clock } = this.#options;
    const rows = new Map(state.vantages.list().map((row) => [row.name, row]));
    for (const [name, { fingerprint }] of this.#known) {
      if (rows.get(name)?.fingerprint === fingerprint) continue;
      this.#known.delete(name);
      this.#options.onRemoved(name);
      this.#blind.delete(name);
      this.#said.delete(name);
      this.#guests.get(name)?.close();
    }
    for (const { name, fingerprint, lostSince } of rows.values()) {
      if (this.#known.has(name)) continue;
      const fresh = expected(clock.monotonicMs());
      const presence = lostSince === undefined ? fresh : { ...fresh, troubleMs: lostSince - this.#offset, isTold: true };
      this.#known.set(name, { fingerprint, presence });
    }
  }

  #record(vantage: string, event: PresenceEvent): void {
    const { state, clock, steps, declared, log } = this.#options;
    const isLost = event.tag === "vantage-lost";
    const sinceMs = this.#wall(event.sinceMs);
    const hasControl = declared.some(({ name }) => name === vantage);
    const because = isLost
      ? hasControl || !event.because.includes("endpoint")
        ? event.because
        : "The file declares no control for it."
      : "";
    const told: PresenceEvent = isLost ? { tag: event.tag, sinceMs, because } : { tag: event.tag, sinceMs };
    const asset = alarmedAs(vantage);
    const atMs = clock.nowMs();
    const message = vantageMessage(told, { vantage, asset, atMs });
    const body = JSON.parse(JSON.stringify(message)) as Json; // eslint-disable-line -- plain data
    // Whoever was told of the loss hears of the return.
    const channels = channelsUpTo(state.guard.alarm(message.alarm)?.step ?? 0, steps);
    state.vantages.record({
      vantage,
      at: atMs,
      lostSince: isLost ? sinceMs : undefined,
      entry: { event: isLost ? "lost" : "returned", vantage, ...(isLost ? { because } : {}) },
      alarm: {
        id: vantageAlarmOf(asset, sinceMs),
        event: event.tag,
        severity: message.severity,
        since: sinceMs,
        isOver: !isLost,
        flaps: undefined,
        body: isLost ? body : undefined,
      },
      deliveries: channels.map((channel) => ({ id: `${channel}:${message.id}`, channel, body })),
    });
    log(isLost ? "error" : "info", isLost ? "vantage lost" : "vantage returned", { vantage, reason: because });
  }

  #wall(steadyMs: number): number {
    return Math.round(this.#offset + steadyMs);
  }
}
