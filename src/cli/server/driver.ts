/**
 * Does what the list of generations says: opens and closes mirrors, asks the supervisor for readers, switches, deletes. The list is
 * written before anything is done, so that a crash at any point is followed by doing it again.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Socket } from "node:net";
import type { CrashHook } from "../../lib/crash-points.ts";
import type { Log } from "../../lib/log.ts";
import type { ErrorCode } from "../../model/error-codes.ts";
import { VitrineError } from "../../model/error.ts";
import type { DuckdbMirror } from "../../mirror/duckdb.ts";
import { generationFolder, generationsIn } from "../../mirror/generation-folders.ts";
import type { StatusReport } from "../../metrics/status-report.ts";
import type { Declaration } from "../../policy/declaration.ts";
import type { DownMessage, EpochBreak, ProofVerdict } from "../../policy/safe.ts";
import type { Generation, GenerationEventTag } from "../generations.ts";
import { afterEvent, readerFor, shown, slotName, startGenerations } from "../generations.ts";
import type { ServerMessage, SupervisorMessage } from "../messages.ts";
import { readerExit } from "../messages.ts";
import type { State } from "../state.ts";
import { lastGeneration } from "../state.ts";
import { Host } from "./host.ts";
import type { VerifyMessage } from "./host.ts";
import { Takeover } from "./takeover.ts";

export interface DriverOptions {
  readonly state: State;
  readonly openMirror: (options: {
    readonly folder: string;
    readonly generation: number;
    readonly mustExist: boolean;
  }) => Promise<{ readonly mirror: DuckdbMirror; readonly declaration: Declaration }>;
  readonly tell: (message: ServerMessage) => void;
  readonly nowMs: () => number;
  readonly log: Log;
  readonly crash: CrashHook;
  /** The policy that the configuration names now. */
  readonly policyHash: string;
  readonly onVerify: (host: Host, message: VerifyMessage) => Promise<void>;
  readonly onProof: (verdicts: readonly ProofVerdict[], request: number | undefined) => void;
  /** Tables whose rows shall be looked at again. */
  readonly onVerifyWanted: (host: Host, tables: readonly string[]) => void;
  /** The store failed: memory may be ahead of the disk, so the process ends. */
  readonly onStoreFailure: (error: unknown) => void;
}

/** Our own limit was reached, and the reader has dropped its slot. */
const slotOverLimit: ErrorCode = "source/slot-over-limit";
/** Codes of the source that say: this slot gives nothing any more. */
const slotIsGone = new Set<string>([
  "source/slot-missing",
  "source/slot-lost",
  slotOverLimit,
  "source/slot-ahead",
  "source/slot-foreign",
  "source/rewound",
]);
/** Kind of the ledger's rows for generations whose bytes have left the disk. */
const erasedKind = "erased";
/** Codes of the store that say: nothing can be read from it any more. */
const storeIsGone = new Set<string>(["mirror/store-missing", "mirror/store-damaged", "mirror/store-version"]);
/** What the mirror finds wrong in itself and only another copy mends. */
const faultsToRebuild = new Set(["row-missing"]);
/** What the reader may read too much (or too little) says nothing about the rows of a copy: they are no worse than the old one's. */
const concernsPrivileges = new Set(["grant-extra", "grant-missing", "publication-extra", "role-changed"]);
/** A generation that breaks as soon as it is built is not built again at once. */
const rebuildPauseMs = 5_000;
/** A copy that could not be finished within our limit of the source's log burdens the source each time that it is tried. */
const overLimitPauseMs = 600_000;

export class Driver {
  readonly #options: DriverOptions;
  readonly #hosts = new Map<number, Host>();
  readonly #readers = new Map<number, "stream" | "drop-slot">();
  #list: readonly Generation[];
  #working: Promise<void> = Promise.resolve();
  readonly #takeover: Takeover;
  #isClosing = false;

  constructor(options: DriverOptions) {
    this.#options = options;
    this.#list = options.state.generations();
    this.#takeover = new Takeover({
      state: options.state,
      log: options.log,
      isWanted: (...hosts) => !this.#isClosing && hosts.every((host) => this.#hosts.get(host.number) === host),
      onCarried: (to) => this.#moved(to),
      onFailure: options.onStoreFailure,
    });
  }

  get generations(): readonly Generation[] {
    return this.#list;
  }

  get hosts(): readonly Host[] {
    return [...this.#hosts.values()];
  }

  /** What answers. */
  get shown(): Host | undefined {
    const generation = shown(this.#list);
    return generation === undefined ? undefined : this.#hosts.get(generation.number);
  }

  get folder(): string {
    return join(this.#options.state.folder, "mirror");
  }

  async start(): Promise<void> {
    this.#store(startGenerations(this.#list, this.#begin()));
    await this.#follow();
  }

  /** A pipe to the reader of a generation; its end is heard by the supervisor. */
  async takePipe(number: number, socket: Socket): Promise<void> {
    const host = this.#hosts.get(number);
    if (host === undefined || this.#readers.get(number) !== "stream") {
      await new Host({ number, mirror: noMirror, declaration: undefined, events: silentEvents, crash: () => undefined }).serve(socket);
      return;
    }
    try {
      await host.serve(socket);
    } catch (error) {
      this.#options.onStoreFailure(atStore(error, join(this.folder, generationFolder(number))));
    }
  }

  readerEnded(message: Extract<SupervisorMessage, { tag: "reader-ended" }>): void {
    const host = this.#hosts.get(message.generation);
    if (message.mode === "drop-slot") {
      if (message.exitCode === readerExit.finished) this.#hear("slot-gone", message.generation, "slot dropped");
      return;
    }
    if (host === undefined) return;
    // Said by the exit, too: our own end of the pipe may be what was stuck.
    if (message.exitCode === readerExit.slotDropped) return this.#hear("unusable", message.generation, slotOverLimit);
    const said = host.reader.state === "failed" ? `${host.reader.message} ` : "";
    host.reader = {
      ...host.reader,
      state: message.crashLoop ? "crash-loop" : "restarting",
      message: `${said}The reader ended (exit code ${message.exitCode}) and is started again; ${message.restarts} times so far.`,
    };
  }

  /** What the copy holds is not what the source holds: it is built anew. */
  rebuild(host: Host, reason: string): void {
    this.#hear("broken", host.number, reason);
  }

  #hear(tag: GenerationEventTag, number: number, reason: string): void {
    const before = this.#list;
    const next = afterEvent(before, { tag, number, reason }, this.#begin());
    if (next === before) return;
    if (tag === "caught-up") this.#options.crash("server-before-switch");
    this.#options.log("info", `generation-${tag}`, { generation: number, reason });
    this.#options.state.append("generation", {
      event: tag,
      generation: number,
      reason,
      generations: next.map((one) => ({ number: one.number, role: one.role })),
      rows: this.#rowCounts(),
    });
    this.#store(next);
    this.#endStream(
      next.find((one) => one.number === number),
      number,
    );
    if (tag === "caught-up") this.#options.crash("server-after-switch");
    const isRebuild = tag === "broken" || tag === "unusable" || tag === "lost";
    const subject = before.find((one) => one.number === number);
    setTimeout(
      () => void this.#follow().catch(this.#options.onStoreFailure),
      isRebuild && subject !== undefined ? this.#pauseMs(subject, reason) : 0,
    );
  }

  /** Before any pause: a reader that is started again meanwhile would copy everything for a generation that is over. */
  #endStream(generation: Generation | undefined, number: number): void {
    if (this.#readers.get(number) !== "stream") return;
    if (generation === undefined || readerFor(generation) !== "stream") this.#dropReader(number);
  }

  /** The first rebuild is begun at once; one that follows a generation younger than a minute waits. */
  #pauseMs({ number, role, createdAt }: Generation, reason: string): number {
    if (role === "building" && reason === slotOverLimit) return overLimitPauseMs;
    return number > 1 && this.#options.nowMs() - createdAt < 60_000 ? rebuildPauseMs : 0;
  }

  #rowCounts(): Record<string, Record<string, number>> {
    return Object.fromEntries(this.hosts.map((host) => [String(host.number), { ...host.mirror.status.rows }]));
  }

  #store(list: readonly Generation[]): void {
    if (list === this.#list) return;
    const last = Math.max(this.#last(), ...list.map((one) => one.number));
    this.#options.state.set(lastGeneration, String(last));
    this.#options.state.setGenerations(list);
    this.#list = list;
  }

  #last(): number {
    return Number(this.#options.state.get(lastGeneration) ?? 0);
  }

  #begin(): { readonly number: number; readonly slot: string; readonly at: number } {
    const number = this.#last() + 1;
    return { number, slot: slotName(this.#options.state.installation, number), at: this.#options.nowMs() };
  }

  /** Brings hosts, readers and folders to what the list says; one at a time. */
  #follow(): Promise<void> {
    this.#working = this.#working.then(() => this.#bringAbout());
    return this.#working;
  }

  async #bringAbout(): Promise<void> {
    for (const generation of this.#list)
      if (generation.role !== "retiring" && !this.#hosts.has(generation.number)) await this.#open(generation);
    // Opening may have changed the list; what it then asks for follows.
    for (const generation of this.#list)
      if (generation.role !== "building" || this.#hosts.has(generation.number)) this.#wantReader(generation);
    for (const [number, host] of this.#hosts) {
      const generation = this.#list.find((one) => one.number === number);
      if (generation !== undefined && generation.role !== "retiring") continue;
      this.#hosts.delete(number);
      await host.close();
    }
    for (const number of this.#readers.keys()) if (!this.#list.some((one) => one.number === number)) this.#dropReader(number);
    this.#options.crash("server-before-retire");
    this.#deleteFolders();
  }

  #wantReader(generation: Generation): void {
    const wanted = readerFor(generation);
    const there = this.#readers.get(generation.number);
    if (wanted === there) return;
    if (wanted === "none") {
      if (there !== undefined) this.#dropReader(generation.number);
      return;
    }
    this.#readers.set(generation.number, wanted);
    this.#options.tell({ tag: "want-reader", generation: generation.number, slot: generation.slot, mode: wanted });
  }

  #dropReader(number: number): void {
    this.#readers.delete(number);
    this.#options.tell({ tag: "drop-reader", generation: number });
  }

  async #open(generation: Generation): Promise<void> {
    const opened = await this.#opened(generation);
    if (opened === undefined) return;
    const { mirror, declaration } = opened;
    const { number } = generation;
    const host: Host = new Host({
      number,
      mirror,
      declaration,
      crash: this.#options.crash,
      events: {
        onHello: (hello) => this.#hello(host, hello),
        onMoved: () => this.#moved(host),
        onReaderStatus: (status) => {
          if (status.code !== undefined && slotIsGone.has(status.code)) this.#hear("unusable", number, status.code);
        },
        onEpoch: (breaks) => this.#epoch(host, breaks),
        onVerify: this.#options.onVerify,
        onProof: this.#options.onProof,
      },
    });
    this.#hosts.set(number, host);
    // Its reader would only come to say so.
    if (mirror.schema !== undefined && mirror.schema.policyHash !== this.#options.policyHash)
      this.#hear("unusable", number, "policy-changed");
  }

  /** undefined: its store is gone, and another generation is begun. */
  async #opened(generation: Generation): Promise<Awaited<ReturnType<DriverOptions["openMirror"]>> | undefined> {
    const folder = join(this.folder, generationFolder(generation.number));
    try {
      return await this.#options.openMirror({ folder, generation: generation.number, mustExist: generation.role !== "building" });
    } catch (error) {
      if (!(error instanceof VitrineError) || !storeIsGone.has(error.code)) throw error;
      this.#options.log("error", "store-lost", {
        code: error.code,
        message: error.message,
        place: error.place ?? folder,
        remedy: error.remedy,
      });
      this.#hear("lost", generation.number, error.code);
      return undefined;
    }
  }

  /** A reader with another policy, key or schema than the store's cannot go on with it: another generation is built. */
  #hello(host: Host, hello: Extract<DownMessage, { tag: "hello" }>): boolean {
    const stored = host.mirror.schema;
    if (hello.schema.policyHash !== this.#options.policyHash) {
      // The file was changed while we ran: the server, too, must read it again.
      this.#options.onStoreFailure(new VitrineError("cli/config-changed", { message: "vitrine.yaml is another one than at our start." }));
      return false;
    }
    if (stored === undefined || host.mirror.status.phase === "empty") return true;
    const reason = differs(stored, hello.schema);
    if (reason === undefined) return true;
    this.#hear("unusable", host.number, reason);
    return false;
  }

  #epoch(host: Host, breaks: readonly EpochBreak[]): void {
    const rebuild = breaks.find((one) => one.mend.tag === "rebuild");
    if (rebuild !== undefined) return this.#hear("broken", host.number, rebuild.reason);
    // What is built beside it is right without that.
    if (this.#list.some((one) => one.role === "building" && one.number !== host.number)) return;
    const verify = new Set(breaks.filter((one) => one.mend.tag === "verify").map((one) => one.table));
    if (verify.size > 0) this.#options.onVerifyWanted(host, [...verify]);
  }

  #moved(host: Host): void {
    const generation = this.#list.find((one) => one.number === host.number);
    const { status } = host.mirror;
    const fault = status.untrusted.find((one) => faultsToRebuild.has(one.reason));
    if (fault !== undefined) return this.#hear("broken", host.number, fault.reason);
    if (generation?.role !== "building") return;
    if (status.phase !== "ready" || status.applied === undefined || status.untrusted.some((one) => !concernsPrivileges.has(one.reason)))
      return;
    const serving = this.#list.find((one) => one.role === "serving");
    const servingAt = serving === undefined ? undefined : this.#hosts.get(serving.number)?.mirror.status.applied;
    if (servingAt !== undefined && status.applied.lsn < servingAt.lsn) return;
    const before = this.shown === host ? undefined : this.shown;
    // Else it is heard of again when it has been given its history.
    if (this.#takeover.isReady(before, host)) this.#hear("caught-up", host.number, "caught up");
  }

  /** Folders of generations that are in no list: of one that was switched away, or that a crash left behind. */
  #deleteFolders(): void {
    const kept = new Set(this.#list.filter((one) => one.role !== "retiring").map((one) => one.number));
    const over = generationsIn(this.folder).filter((number) => !kept.has(number));
    for (const number of over) rmSync(join(this.folder, generationFolder(number)), { recursive: true, force: true });
    if (over.length > 0) this.#options.state.append(erasedKind, { generations: over });
  }

  /** The folders that were deleted last. */
  get erased(): StatusReport["erased"] {
    const [entry] = this.#options.state.ledger({ kind: erasedKind, last: 1 });
    if (entry === undefined) return undefined;
    const { generations } = entry.body as unknown as { readonly generations: readonly number[] }; // eslint-disable-line -- written by #deleteFolders
    return { generations, at: new Date(entry.at).toISOString() };
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#working.catch(() => undefined);
    for (const host of this.#hosts.values()) await host.close();
  }
}

/** The store does not know where it lies; whoever must free its disk wants to. */
function atStore(error: unknown, place: string): unknown {
  if (!(error instanceof VitrineError) || error.place !== undefined) return error;
  return new VitrineError(error.code, {
    message: error.message,
    remedy: error.remedy,
    place,
    ...(error.origin === undefined ? {} : { origin: error.origin }),
  });
}

type Schema = Extract<DownMessage, { tag: "hello" }>["schema"];

/** Why a store of one schema cannot go on with another: a stable word. */
function differs(stored: Schema, now: Schema): string | undefined {
  if (stored.policyHash !== now.policyHash) return "policy-changed";
  const spaces = Object.keys({ ...stored.keys, ...now.keys });
  if (spaces.some((space) => stored.keys[space] !== now.keys[space])) return "key-changed";
  return JSON.stringify(stored.tables) === JSON.stringify(now.tables) ? undefined : "schema-changed";
}

const silentEvents = {
  onHello: () => false,
  onMoved: () => undefined,
  onReaderStatus: () => undefined,
  onEpoch: () => undefined,
  onVerify: async () => undefined,
  onProof: () => undefined,
};

/** For the pipe of a reader that only drops its slot: it says nothing but its status. */
const noMirror = { schema: undefined, receive: async () => undefined } as unknown as DuckdbMirror; // eslint-disable-line -- never asked for anything else
