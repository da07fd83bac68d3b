/**
 * The guard's root under `vitrine run`: the watch of `vitrine guard watch`, in a process that holds neither the store nor the source's credential. The
 * supervisor starts it again when it ends; what it goes on from stands in the state.
 */
import { readFileSync } from "node:fs";
import { crashHook } from "../lib/crash-points.ts";
import { createLog } from "../lib/log.ts";
import type { Config } from "./config.ts";
import { failureExit, guardProcess, plainError } from "./failure.ts";
import type { GuardMessage, PlainError } from "./messages.ts";
import { declaredIn } from "./guard/declared.ts";
import { runWatch } from "./guard/watching.ts";

const log = createLog({
  write: (line) => process.stderr.write(line),
  format: process.env["VITRINE_LOG"] === "text" ? "text" : "json",
  process: "guard",
  nowMs: Date.now,
});

/** How often the file is looked at: what is declared in it may change. */
const fileLookMs = 2_000;
/** All of us end within five seconds of the supervisor's end. */
const graceMs = 3_000;
/** A word on its way. */
const sayMs = 50;

async function main(): Promise<void> {
  process.umask(0o077);
  guardProcess({ onFailure: endWith, exit: () => undefined });
  const over = new AbortController();
  const stop = (code: number): void => {
    over.abort();
    // A store that never answers is asked for longer than anybody waits for our end.
    setTimeout(() => process.exit(code), graceMs).unref();
  };
  process.on("SIGTERM", () => stop(1));
  // The supervisor alone decides; without it there is nobody to stop us.
  process.on("disconnect", () => stop(1));
  const config = JSON.parse(process.argv[2] ?? "{}") as Omit<Config, "choices">; // eslint-disable-line -- from our own supervisor
  const text = readFileSync(config.configFile, "utf8");
  setInterval(() => hasChanged(config.configFile, text) && stop(0), fileLookMs).unref();
  await runWatch({
    config,
    declared: declaredIn(config.configFile),
    log,
    crash: crashHook(process.env["VITRINE_CRASH_AT"], () => process.kill(process.pid, "SIGKILL")),
    signal: over.signal,
    onNews: ({ asset, vantage, is, events }, seen) => {
      const told = events.map(({ tag }) => tag).join(" ");
      log(is === "as-expected" ? "info" : "warn", "seen", { asset: asset.name, vantage, verdict: seen, kind: told });
    },
    onBegin: (isTold) => log("info", "watching", { isTold }),
  });
}

/** The supervisor hears why, and within a moment it is over. */
function endWith(error: PlainError): void {
  log("error", "guard-failed", { ...error });
  const message: GuardMessage = { tag: "failed", error };
  const end = (): void => process.exit(failureExit(error));
  setTimeout(end, sayMs);
  if (process.connected) process.send?.(message, undefined, {}, end);
  else end();
}

/** What is in the file now is watched by the process that follows this one; a file that cannot be read leaves all as it is. */
function hasChanged(file: string, known: string): boolean {
  try {
    const text = readFileSync(file, "utf8");
    if (text === known) return false;
    declaredIn(file);
    log("info", "the file has changed", { file });
    return true;
  } catch {
    return false;
  }
}

try {
  await main();
  process.exit(0);
} catch (error) {
  endWith(plainError(error));
}
