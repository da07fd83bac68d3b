/** `vitrine run`: takes the state folder's lock, supervises, and turns signals into an orderly end. */
import type { LogFields, Log } from "../lib/log.ts";
import { systemClock } from "../lib/clock.ts";
import { crashHook } from "../lib/crash-points.ts";
import { startReader, startServer } from "./children.ts";
import type { Config } from "./config.ts";
import { errorFrom } from "./failure.ts";
import { lockState } from "./lock.ts";
import type { ServerMessage } from "./messages.ts";
import { supervise } from "./supervisor.ts";

export interface RunOptions {
  readonly config: Config;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stderr: "inherit" | number;
  readonly log: Log;
  /** A child was started. */
  readonly onChild?: (role: "server" | "reader", pid: number) => void;
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
  const crash = crashHook(options.environment["VITRINE_CRASH_AT"], () => process.kill(process.pid, "SIGKILL"));
  const fatal = await supervise({
    startServer: (onMessage) => {
      const server = startServer(child, onMessage);
      options.onChild?.("server", server.pid);
      crash("supervisor-after-spawn");
      return server;
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
  if (fatal !== undefined) throw errorFrom(fatal);
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
