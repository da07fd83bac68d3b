/** The watch, its journal and its delivery together, in one process that needs no server. */
import { randomUUID } from "node:crypto";
import { dirname } from "node:path";
import { systemClock } from "../../lib/clock.ts";
import type { CrashHook } from "../../lib/crash-points.ts";
import type { Log } from "../../lib/log.ts";
import type { Asset } from "../../guard/asset.ts";
import { here } from "../../guard/asset.ts";
import type { Report } from "../../guard/judge.ts";
import { Judge } from "../../guard/judge.ts";
import { vantageAlarmOf } from "../../guard/alarms/vantage-alarm.ts";
import type { Seen } from "../../guard/ladder.ts";
import { Nudges } from "../../guard/nudges.ts";
import { cycleOf, watch } from "../../guard/watch.ts";
import type { Config } from "../config.ts";
import { plainError } from "../failure.ts";
import { signingKey } from "../ledger/signing-key.ts";
import { lockState } from "../lock.ts";
import type { State } from "../state.ts";
import { openState } from "../state.ts";
import { alarmedAs } from "../state/vantages.ts";
import type { Declared } from "./declared.ts";
import { declaredVantages } from "./declared.ts";
import type { DeliverOptions } from "./alarms/deliver.ts";
import { deliver } from "./alarms/deliver.ts";
import { escalate } from "./alarms/escalating.ts";
import { beat, silentMaxMs } from "./alarms/heartbeat.ts";
import { Inspector } from "./identity/inspecting.ts";
import { GuardJournal } from "./alarms/journal.ts";
import { LedgerSigner } from "../ledger/ledger-signer.ts";
import { watchListenersHere } from "./listeners-here.ts";
import { watchLooks } from "./looks/looks-watch.ts";
import { PatientState } from "./patient-state.ts";
import type { WaysOut } from "./alarms/receivers.ts";
import { addressOf, waysOutOf } from "./alarms/receivers.ts";
import { leaveFirstChannels } from "./alarms/told-first.ts";
import { endUnwatched } from "./alarms/unwatched.ts";
import { VantageDesk } from "./vantages/vantage-desk.ts";
import { watchFiles } from "./watched-files.ts";
import { watchWaysOut } from "./alarms/ways-out-watch.ts";

/** What a list says of the last check is no older. */
const flushMs = 15_000;
/** One that was killed gives its lock back within this time. */
const lockWaitMs = 1_000;

export interface WatchRun {
  readonly config: Omit<Config, "choices">;
  readonly declared: Declared;
  readonly log: Log;
  readonly crash: CrashHook;
  readonly signal: AbortSignal;
  /** What is new, or was told to somebody. */
  readonly onNews: (report: Report, seen: Seen) => void;
  /** It holds the folder's lock and begins. `isTold`: there is a way out for alarms. */
  readonly onBegin: (isTold: boolean) => void;
}

/** Ends with the signal. Throws guard/receiver, cli/credential-unprotected, cli/already-running, cli/state-*. */
export async function runWatch({ config, declared, log, crash, signal, onNews, onBegin }: WatchRun): Promise<void> {
  const { assets } = declared;
  const { receivers, steps } = waysOutOf(config, declared);
  const heartbeat = config.heartbeat === undefined ? undefined : addressOf(config.heartbeat, "--heartbeat");
  using _lock = lockState(config.stateFolder, "guard", lockWaitMs);
  using file = openState({ folder: config.stateFolder, now: Date.now, random: () => randomUUID().replaceAll("-", "") });
  const letters = new Nudges();
  const patient: PatientState = patientOver(file, letters, log, () => journal.writeAnew());
  const { state } = patient;
  const endOfUnwatched = enderOfUnwatched({ state, declared, receivers, steps });
  const journal: GuardJournal = new GuardJournal(state, steps, crash, isThereBy(state));
  const inspector = new Inspector(state, journal, log);
  sayBegun(patient, assets.length);
  onBegin(Object.keys(receivers).length > 0);
  const nudges = new Nudges();
  let lastMs = systemClock.monotonicMs();
  const judge: Judge = new Judge({ stateOf: (name) => journal.stateOf(name), vantagesOf: (name) => desk.vantagesOf(name) });
  const keep = (report: Report): void => {
    const { seen, isNew } = journal.keep(report);
    if (isNew || report.events.length > 0) onNews(report, seen);
    // What nobody has declared is counted by nobody, and asked by no vantage.
    if (report.asset.undeclared !== undefined) return;
    inspector.after(report);
    desk.follow(report);
  };
  const signer = signerOf(config, state, log);
  const desk = new VantageDesk({
    config,
    declared: declaredVantages(config),
    state,
    append: (kind, body) => patient.append(kind, body),
    assets,
    judge,
    nudges,
    tell: keep,
    onRemoved: (vantage) => {
      journal.forget(vantage);
      judge.forget(vantage);
      endOfUnwatched(vantage);
    },
    steps,
    clock: systemClock,
    log,
    signer,
  });
  const watching = watch({
    assets,
    clock: systemClock,
    random: Math.random,
    signal,
    judge,
    nudges,
    tell: (report) => {
      lastMs = systemClock.monotonicMs();
      keep(report);
    },
  });
  await Promise.all([
    watching,
    desk.run(signal),
    signer?.run(signal),
    flushing({ journal, state, signal }),
    watchingFiles(config, { assets, nudges, log, signal }),
    watchListenersHere({ declared, state, clock: systemClock, signal, judge, tell: keep, log }),
    patient.run(systemClock, signal),
    telling({ state, assets, receivers, steps, letters, signal, crash, log }),
    beating(heartbeat, { assets, state, log, signal, lastMs: () => lastMs }),
  ]);
  sayEnded(patient);
}

/** Who was removed while nobody watched sees nothing any more. */
function isThereBy(state: State): (vantage: string) => boolean {
  const names = new Set([here, ...state.vantages.list().map(({ name }) => name)]);
  return (vantage) => names.has(vantage);
}

/** Whose state it is does not end with a full disk. */
function patientOver(state: State, letters: Nudges, log: Log, onLost: () => void): PatientState {
  return new PatientState({
    state,
    letters,
    onFull: (reason) =>
      log("error", "the state cannot be written, as on a full disk: alarms are sent all the same, and kept when there is room", { reason }),
    onRoom: (waited, lost) => {
      log("info", "the state can be written again: what waited is kept", { waited, ...(lost > 0 ? { notKept: lost } : {}) });
      if (lost > 0) onLost();
    },
  });
}

/** What is told to people, and whether it would be. */
async function telling({
  state,
  assets,
  receivers,
  steps,
  letters,
  signal,
  crash,
  log,
}: WaysOut &
  Pick<WatchRun, "signal" | "crash" | "log"> & {
    readonly letters: Nudges;
    readonly state: State;
    readonly assets: readonly Asset[];
  }): Promise<void> {
  const around = { state, clock: systemClock, signal };
  const first = steps[0]?.channels ?? [];
  leaveFirstChannels(state, first);
  await Promise.all([
    watchWaysOut({ ...around, channels: Object.keys(receivers) }),
    watchLooks({ ...around, assets, channels: first }),
    escalate({ ...around, steps }),
    deliver({ guard: state.guard, letters, receivers, clock: systemClock, signal, crash, onFailure: undeliveredTo(log) }),
  ]);
}

function undeliveredTo(log: Log): DeliverOptions["onFailure"] {
  return ({ channel, because, tries }) => log("warn", "an alarm was not delivered", { to: channel, reason: because, tries });
}

function sayBegun(patient: PatientState, assets: number): void {
  const { state } = patient;
  const before = state.guard.watching();
  // One that was killed wrote no end: what is known is when it last said that it watches, or when its supervisor saw it end.
  const killed = before?.isWatching === true || before?.failing !== undefined ? { lastAt: new Date(before.at).toISOString() } : {};
  patient.append("guard-watch", { event: "begun", assets, ...killed });
  state.guard.setWatching(true, Date.now());
}

/** What nobody watched is nobody's proof: the gap stands in the ledger. */
function sayEnded(patient: PatientState): void {
  patient.append("guard-watch", { event: "ended" });
  patient.retry();
  patient.state.guard.setWatching(false, Date.now());
}

/** Ends what there is, and gives how to do it again. `removed`: a vantage that begins anew where it was enrolled anew. */
function enderOfUnwatched({
  state,
  declared: { assets, listeners },
  receivers,
  steps,
}: WaysOut & { readonly state: State; readonly declared: Declared }): (removed?: string) => void {
  const end = (removed?: string): void =>
    endUnwatched({
      state,
      steps,
      watched: {
        assets: assets.map(({ name }) => name),
        looked: assets.flatMap(({ name, look }) => (look === undefined ? [] : [name])),
        vantages: state.vantages.list().flatMap(({ name }) => (name === removed ? [] : [name])),
        lost: state.vantages
          .list()
          .flatMap(({ name, lostSince }) => (lostSince === undefined ? [] : [vantageAlarmOf(alarmedAs(name), lostSince)])),
        hasListeners: listeners === "on",
        channels: Object.keys(receivers),
      },
      nowMs: Date.now(),
    });
  end();
  return end;
}

const oddFile = {
  missing: "a watched file is not there; it is looked for",
  there: "a watched file is there again",
  folder: "a watched file is a folder: name the files in it",
} as const;

async function watchingFiles(
  { configFile }: Pick<Config, "configFile">,
  { assets, nudges, log, signal }: Pick<WatchRun, "log" | "signal"> & { readonly assets: readonly Asset[]; readonly nudges: Nudges },
): Promise<void> {
  await watchFiles({
    assets,
    folder: dirname(configFile),
    clock: systemClock,
    signal,
    nudge: (asset) => nudges.nudge(asset),
    onOdd: (file, what) => log(what === "there" ? "info" : "warn", oddFile[what], { file }),
  });
}

/** Where somebody elsewhere keeps checkpoints. Without its key the watch goes on, and says so. */
function signerOf(
  { ledgerKeyFile, checkpointsFolder, vantageListen }: WatchRun["config"],
  state: State,
  log: Log,
): LedgerSigner | undefined {
  if (checkpointsFolder === undefined && vantageListen === undefined) return undefined;
  try {
    return new LedgerSigner({ state, key: signingKey(ledgerKeyFile), folder: checkpointsFolder, clock: systemClock, log });
  } catch (error) {
    const { code } = plainError(error);
    log("error", "the ledger is not signed: `vitrine ledger key` makes its key", { code, file: ledgerKeyFile });
    return undefined;
  }
}

/** Alive is who has checked something within two cycles of what is checked most often, and does not end and begin again and again. */
async function beating(
  url: string | undefined,
  {
    assets,
    state,
    log,
    signal,
    lastMs,
  }: Pick<WatchRun, "log" | "signal"> & { readonly assets: readonly Asset[]; readonly state: State; readonly lastMs: () => number },
): Promise<void> {
  if (url === undefined) return;
  await beat({
    url,
    clock: systemClock,
    signal,
    isAlive: () =>
      systemClock.monotonicMs() - lastMs() < silentMaxMs(assets.map(cycleOf)) && state.guard.watching()?.failing?.isLoop !== true,
    onFailure: (because) => log("warn", "the heartbeat was not taken", { reason: because }),
  });
}

async function flushing({
  journal,
  state,
  signal,
}: {
  readonly journal: GuardJournal;
  readonly state: State;
  readonly signal: AbortSignal;
}): Promise<void> {
  while (!signal.aborted) {
    await systemClock.sleep(flushMs, signal);
    journal.flush();
    if (!signal.aborted) state.guard.setWatching(true, Date.now());
  }
}
