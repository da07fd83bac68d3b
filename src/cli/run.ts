/** `vitrine run`: takes the state folder's lock, supervises, and turns signals into an orderly end. */
import { dirname } from "node:path";
import type { LogFields, Log } from "../lib/log.ts";
import { systemClock } from "../lib/clock.ts";
import { crashHook } from "../lib/crash-points.ts";
import { startGuard, startLook, startReader, startServer } from "./children.ts";
import type { Config } from "./config.ts";
import { errorFrom } from "./failure.ts";
import type { Declared } from "./guard/declared.ts";
import { declaredIn, loginFileOf, secretFilesOf } from "./guard/declared.ts";
import { pathsWatched } from "./guard/watched-files.ts";
import { lockState } from "./lock.ts";
import type { LooksOptions } from "./looks.ts";
import { keepLooking } from "./looks.ts";
import type { ServerMessage } from "./messages.ts";
import { supervise } from "./supervisor.ts";

export interface RunOptions {
  readonly config: Config;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stderr: "inherit" | number;
  readonly log: Log;
  /** A child was started. */
  readonly onChild?: (role: "server" | "reader" | "guard" | "look", pid: number) => void;
  readonly onReady?: (ready: Extract<ServerMessage, { tag: "ready" }>) => void;
  readonly stop: AbortSignal;
  readonly kill: AbortSignal;
}

/** A supervisor that was killed leaves its children five seconds to end. */
const lockWaitMs = 1_000;

/** Returns when stopped. Throws cli/already-running, and what the server calls fatal. */
export async function run(options: RunOptions): Promise<void> {
  using _lock = lockState(options.config.stateFolder, "run", lockWaitMs);
  const child = { config: options.config, environment: options.environment, stderr: options.stderr };
  const { configFile } = options.config;
  // What is wrong there is said before anything starts.
  let declared = declaredIn(configFile);
  let hasWatched = false;
  const crash = crashHook(options.environment["VITRINE_CRASH_AT"], () => process.kill(process.pid, "SIGKILL"));
  const over = new AbortController();
  const looks = keepLooking(
    looksOf({ ...options, signal: AbortSignal.any([options.stop, options.kill, over.signal]) }, () => declaredNow(configFile) ?? declared),
  );
  const fatal = await supervise({
    startServer: (onMessage) => {
      const server = startServer(child, onMessage);
      options.onChild?.("server", server.pid);
      crash("supervisor-after-spawn");
      return server;
    },
    startGuard: () => {
      declared = declaredNow(configFile) ?? declared;
      // Once it has watched something it also sees to it that what is declared no longer is over.
      if (declared.assets.length === 0 && !hasWatched) return undefined;
      hasWatched = true;
      const guard = startGuard(child, [...pathsWatched(declared.assets, dirname(configFile)), ...secretFilesOf(declared)]);
      options.onChild?.("guard", guard.pid);
      return guard;
    },
    startReader: (wanted) => {
      const reader = startReader(child, wanted);
      options.onChild?.("reader", reader.pid);
      return reader;
    },
    sleep: async (ms, signal) => systemClock.sleep(ms, signal),
    now: () => systemClock.monotonicMs(),
    log: (level, event, fields: LogFields) => options.log(level, event, fields),
    ...(options.onReady === undefined ? {} : { onReady: options.onReady }),
    stop: options.stop,
    kill: options.kill,
  });
  over.abort();
  await looks;
  if (fatal !== undefined) throw errorFrom(fatal);
}

function looksOf(
  { config, environment, stderr, log, onChild, signal }: RunOptions & { readonly signal: AbortSignal },
  declared: () => Declared,
): LooksOptions {
  return {
    assets: () => declared().assets.flatMap(({ name, look }) => (look === undefined ? [] : [name])),
    start: (name) => {
      const asset = declared().assets.find((one) => one.name === name);
      const child = startLook({ config, environment, stderr }, name, loginFileOf(asset ?? {}, config) ?? config.configFile);
      onChild?.("look", child.pid);
      return child;
    },
    sleep: async (ms, until) => systemClock.sleep(ms, until),
    log: (event, fields) => log("warn", event, fields),
    signal,
  };
}

/** The guard ends when the file has changed, and may then see what is named there now. undefined: the file cannot be read. */
function declaredNow(configFile: string): Declared | undefined {
  try {
    return declaredIn(configFile);
  } catch {
    return undefined;
  }
}

/** One Ctrl-C reaches us from the terminal and, under npm, from npm as well: within this time they are one. */
const sameSignalMs = 300;

/** First INT or TERM: stop in order; the second: kill. HUP (the terminal went away) is a stop, too. */
export function signals(
  from: Pick<NodeJS.EventEmitter, "on"> = process,
  now: () => number = () => performance.now(),
): { readonly stop: AbortSignal; readonly kill: AbortSignal } {
  const stop = new AbortController();
  const kill = new AbortController();
  let firstAt: number | undefined;
  const hear = (): void => {
    firstAt ??= now();
    if (stop.signal.aborted && now() - firstAt >= sameSignalMs) kill.abort();
    stop.abort();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) from.on(signal, hear);
  return { stop: stop.signal, kill: kill.signal };
}
