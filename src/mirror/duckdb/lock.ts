/**
 * One process, one opening per store. DuckDB itself silently allows a second instance of one file in one process, and committed
 * rows are then lost; so a lock file (made with O_EXCL, naming process id and start time) and a guard inside the process hold it.
 */
import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { VitrineError } from "../../model/error.ts";

/** Beside the store's file. */
export const lockFile = "mirror.lock";

const openHere = new Set<string>();

/** Takes the lock or throws mirror/locked. Returns what gives it back. A lock whose process is gone is taken over. */
function lockStore(file: string): () => void {
  if (openHere.has(file)) throw lockedError(process.pid);
  for (let attempt = 0; ; attempt += 1) {
    if (tryCreate(file)) break;
    const holder = readHolder(file);
    if (attempt > 3 || (holder !== undefined && isAlive(holder))) throw lockedError(holder?.pid);
    rmSync(file, { force: true });
  }
  openHere.add(file);
  return () => {
    openHere.delete(file);
    rmSync(file, { force: true });
  };
}

/** A server whose supervisor was killed ends by itself within seconds: the one that follows waits for it. */
const waitMs = 8_000;
const pauseMs = 100;

/** As lockStore, but gives a holder that is on its way out some seconds. */
export async function waitForStore(file: string, sleep: (ms: number) => Promise<void>): Promise<() => void> {
  for (let waited = 0; ; waited += pauseMs) {
    try {
      return lockStore(file);
    } catch (error) {
      if (openHere.has(file) || waited >= waitMs) throw error;
      await sleep(pauseMs);
    }
  }
}

interface Holder {
  readonly pid: number;
  readonly started: string;
}

function tryCreate(file: string): boolean {
  let handle: number;
  try {
    handle = openSync(file, "wx", 0o600);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
  const holder: Holder = { pid: process.pid, started: statOf(process.pid)?.started ?? "" };
  writeSync(handle, JSON.stringify(holder));
  closeSync(handle);
  return true;
}

function readHolder(file: string): Holder | undefined {
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof parsed !== "object" || parsed === null || !("pid" in parsed) || !("started" in parsed)) return undefined;
    return { pid: Number(parsed.pid), started: String(parsed.started) };
  } catch {
    // Half written by a process that died, or just removed: the caller looks again.
    return undefined;
  }
}

/** A process id is used again after a restart, so the start time must agree, too, where it can be read. */
function isAlive(holder: Holder): boolean {
  if (holder.pid === process.pid) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  const now = statOf(holder.pid);
  // A zombie holds no file any more; it only waits for its parent to ask for its exit code.
  if (now?.state === "Z" || now?.state === "X") return false;
  return now === undefined || holder.started === "" || now.started === holder.started;
}

/** State and start time (clock ticks since boot) of a process (proc(5), fields 3 and 22); undefined where there is no /proc. */
function statOf(pid: number): { readonly state: string | undefined; readonly started: string | undefined } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0], started: fields[19] };
  } catch {
    return undefined;
  }
}

function lockedError(pid: number | undefined): VitrineError {
  return new VitrineError("mirror/locked", { message: `Another process${pid === undefined ? "" : ` (${pid})`} has this store open.` });
}
