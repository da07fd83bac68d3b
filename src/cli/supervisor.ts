/**
 * Starts, restarts and stops the server and the readers it asks for. Knows nothing of what they do. Holds no password and no key;
 * takes no part in the data: the pipe between a reader and the server is made here and given away.
 *
 * A child that ends is started again after a back-off (0.1 s doubling to 30 s; a minute of quiet resets it). Five ends in a
 * minute, or without that quiet, are a crash loop, which is said aloud and goes on being tried.
 */
import type { Socket } from "node:net";
import type { PlainError, ReaderMode, ServerMessage, SupervisorMessage } from "./messages.ts";
import { readerExit } from "./messages.ts";

/** A child process, as much of it as the supervisor needs. */
export interface Child {
  readonly pid: number;
  /** Our end of the pipe; readers only. */
  readonly pipe: Socket | undefined;
  send(message: SupervisorMessage, pipe?: Socket): void;
  kill(signal: "SIGTERM" | "SIGKILL"): void;
  readonly ended: Promise<Ended>;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  /** What it said of its end; the guard alone. */
  readonly error?: PlainError;
}

export interface SupervisorOptions {
  readonly startServer: (onMessage: (message: ServerMessage) => void) => Child;
  readonly startReader: (wanted: WantedReader) => Child;
  /** The guard's watch, which needs neither of the others. undefined: nothing is declared to be watched, so far. */
  readonly startGuard?: () => Child | undefined;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Monotone milliseconds. */
  readonly now: () => number;
  readonly log: (level: "info" | "warn" | "error", event: string, fields: Readonly<Record<string, string | number | boolean>>) => void;
  readonly onReady?: (ready: Extract<ServerMessage, { tag: "ready" }>) => void;
  /** Ends the run in order; a second reason kills. */
  readonly stop: AbortSignal;
  readonly kill: AbortSignal;
}

export interface WantedReader {
  readonly generation: number;
  readonly slot: string;
  readonly mode: ReaderMode;
}

const backoffFirstMs = 100;
const backoffMaxMs = 30_000;
const quietMs = 60_000;
const crashLoopCount = 5;
/** A guard looks at its file each two seconds: one that ends sooner has ended of something else. */
const renewedAfterMs = 1_000;
/** As often does it itself look at the file. */
const declaredYetMs = 2_000;
/** Readers first, then the server: together under five seconds. */
const readerGraceMs = 1_500;
const serverGraceMs = 3_000;

/** Runs until `stop` or until the server says that it must not be started again: then returns that error. */
export async function supervise(options: SupervisorOptions): Promise<PlainError | undefined> {
  const run = new Run(options);
  return run.untilStopped();
}

/** When a child ended how often: decides the wait before the next start. Pure but for its own memory. */
export class Restarts {
  #ends: number[] = [];
  #count = 0;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Notes an end; returns the wait and whether this is a crash loop. `livedMs`: how long the child had run. */
  next(livedMs: number): { readonly waitMs: number; readonly crashLoop: boolean; readonly count: number } {
    const now = this.#now();
    if (livedMs >= quietMs) this.#count = 0;
    this.#ends = [...this.#ends.filter((at) => now - at < quietMs), now];
    const waitMs = Math.min(backoffMaxMs, backoffFirstMs * 2 ** Math.min(this.#count, 20));
    this.#count += 1;
    // A long back-off makes them fewer a minute, and nothing better.
    return { waitMs, crashLoop: Math.max(this.#ends.length, this.#count) >= crashLoopCount, count: this.#count };
  }
}

class Run {
  readonly #options: SupervisorOptions;
  readonly #wanted = new Map<number, { readonly wanted: WantedReader; readonly cancel: AbortController }>();
  readonly #alive = new Set<Child>();
  readonly #readers = new Set<Child>();
  #server: Child | undefined;
  #fatal: PlainError | undefined;
  readonly #over = new AbortController();

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  async untilStopped(): Promise<PlainError | undefined> {
    const { stop, kill } = this.#options;
    const end = (): void => this.#over.abort();
    stop.addEventListener("abort", end, { once: true });
    if (stop.aborted) end();
    kill.addEventListener("abort", () => this.#killAll(), { once: true });
    await Promise.all([this.#keepServer(), this.#keepGuard()]);
    return this.#fatal;
  }

  async #keepServer(): Promise<void> {
    const restarts = new Restarts(this.#options.now);
    while (!this.#over.signal.aborted) {
      const started = this.#options.now();
      const server = this.#options.startServer((message) => this.#hear(message));
      this.#server = server;
      this.#alive.add(server);
      const ended = await Promise.race([server.ended, aborted(this.#over.signal)]);
      if (ended === "aborted") break;
      this.#alive.delete(server);
      this.#server = undefined;
      await this.#dropAllReaders();
      if (this.#isOver()) return;
      const next = restarts.next(this.#options.now() - started);
      this.#options.log(next.crashLoop ? "error" : "warn", next.crashLoop ? "server-crash-loop" : "server-ended", {
        exitCode: ended.code ?? -1,
        signal: ended.signal ?? "",
        restarts: next.count,
        waitMs: next.waitMs,
      });
      await this.#options.sleep(next.waitMs, this.#over.signal);
    }
    await this.#dropAllReaders();
    await this.#stopServer();
  }

  async #keepGuard(): Promise<void> {
    const { startGuard, now, log, sleep } = this.#options;
    if (startGuard === undefined) return;
    const restarts = new Restarts(now);
    while (!this.#isOver()) {
      const started = now();
      const guard = startGuard();
      if (guard === undefined) {
        await sleep(declaredYetMs, this.#over.signal);
        continue;
      }
      this.#alive.add(guard);
      const ended = await Promise.race([guard.ended, aborted(this.#over.signal)]);
      if (ended === "aborted") await endChild(guard, { graceMs: readerGraceMs, sleep });
      this.#alive.delete(guard);
      if (ended === "aborted") return;
      const livedMs = now() - started;
      // What it watches was declared anew: it ended in order, and goes on at once.
      if (ended.code === 0 && livedMs >= renewedAfterMs) {
        log("info", "guard-renewed", {});
        continue;
      }
      const next = restarts.next(livedMs);
      const { count, crashLoop } = next;
      // The server says it to whoever asks: of the guard itself nobody hears that it does not watch.
      if (ended.code !== 0) this.#server?.send({ tag: "guard-ended", restarts: count, crashLoop, error: ended.error });
      log(next.crashLoop ? "error" : "warn", next.crashLoop ? "guard-crash-loop" : "guard-ended", {
        exitCode: ended.code ?? -1,
        signal: ended.signal ?? "",
        restarts: next.count,
        waitMs: next.waitMs,
      });
      await sleep(next.waitMs, this.#over.signal);
    }
  }

  /** Written as a call so that the type checker does not take the answer for known. */
  #isOver(): boolean {
    return this.#over.signal.aborted || this.#fatal !== undefined;
  }

  #hear(message: ServerMessage): void {
    switch (message.tag) {
      case "ready":
        this.#options.onReady?.(message);
        return;
      case "want-reader":
        this.#want({ generation: message.generation, slot: message.slot, mode: message.mode });
        return;
      case "drop-reader":
        this.#wanted.get(message.generation)?.cancel.abort();
        this.#wanted.delete(message.generation);
        return;
      case "fatal":
        this.#fatal = message.error;
        this.#over.abort();
    }
  }

  #want(wanted: WantedReader): void {
    this.#wanted.get(wanted.generation)?.cancel.abort();
    const cancel = new AbortController();
    this.#wanted.set(wanted.generation, { wanted, cancel });
    void this.#keepReader(wanted, cancel.signal);
  }

  async #keepReader(wanted: WantedReader, cancelled: AbortSignal): Promise<void> {
    const restarts = new Restarts(this.#options.now);
    while (!cancelled.aborted && !this.#isOver()) {
      const started = this.#options.now();
      const reader = this.#options.startReader(wanted);
      this.#alive.add(reader);
      this.#readers.add(reader);
      if (reader.pipe !== undefined) this.#server?.send({ tag: "pipe", generation: wanted.generation }, reader.pipe);
      const ended = await Promise.race([reader.ended, aborted(cancelled)]);
      if (ended === "aborted") {
        await endChild(reader, { graceMs: readerGraceMs, sleep: this.#options.sleep });
        this.#forget(reader);
        return;
      }
      this.#forget(reader);
      const next = restarts.next(this.#options.now() - started);
      const exitCode = ended.code ?? -1;
      this.#server?.send({
        tag: "reader-ended",
        generation: wanted.generation,
        mode: wanted.mode,
        exitCode,
        restarts: next.count,
        crashLoop: next.crashLoop,
      });
      if (exitCode === readerExit.finished) {
        if (this.#wanted.get(wanted.generation)?.wanted === wanted) this.#wanted.delete(wanted.generation);
        return;
      }
      this.#options.log(next.crashLoop ? "error" : "warn", next.crashLoop ? "reader-crash-loop" : "reader-ended", {
        generation: wanted.generation,
        exitCode,
        signal: ended.signal ?? "",
        restarts: next.count,
        waitMs: next.waitMs,
      });
      await this.#options.sleep(next.waitMs, cancelled);
    }
  }

  #forget(reader: Child): void {
    this.#alive.delete(reader);
    this.#readers.delete(reader);
  }

  async #dropAllReaders(): Promise<void> {
    for (const { cancel } of this.#wanted.values()) cancel.abort();
    this.#wanted.clear();
    await Promise.all([...this.#readers].map((reader) => reader.ended));
  }

  async #stopServer(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    server.send({ tag: "stop" });
    await endChild(server, { graceMs: serverGraceMs, sleep: this.#options.sleep });
    this.#alive.delete(server);
  }

  #killAll(): void {
    for (const child of this.#alive) child.kill("SIGKILL");
  }
}

/** SIGTERM, and SIGKILL to what is still there after the grace. */
async function endChild(child: Child, options: { readonly graceMs: number; readonly sleep: SupervisorOptions["sleep"] }): Promise<void> {
  const done = new AbortController();
  child.kill("SIGTERM");
  await Promise.race([child.ended.then(() => done.abort()), options.sleep(options.graceMs, done.signal)]);
  if (!done.signal.aborted) child.kill("SIGKILL");
  await child.ended;
}

async function aborted(signal: AbortSignal): Promise<"aborted"> {
  if (signal.aborted) return "aborted";
  const { promise, resolve } = Promise.withResolvers<"aborted">();
  signal.addEventListener("abort", () => resolve("aborted"), { once: true });
  return promise;
}
