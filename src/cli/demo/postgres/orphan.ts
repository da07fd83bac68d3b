/**
 * A PostgreSQL that is still running on our data folder: either another launcher of ours owns it (then we must not touch it), or
 * its launcher was killed and the keeper is stopping it (then we wait), or the keeper was killed as well (then we stop it).
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { VitrineError } from "../../../model/error.ts";

const waitMs = { launcher: 1_000, keeper: 12_000, fast: 10_000, immediate: 10_000 } as const;

/** Returns when nothing runs on the folder. Throws when another launcher, whose process id is `launcher`, owns what runs. */
export async function clearDataDir(dataDir: string, launcher: number | undefined): Promise<void> {
  const pid = serverPid(dataDir);
  if (pid === undefined) return;
  if (isServer(pid, dataDir)) {
    if (launcher !== undefined && (await isOwned(pid, launcher))) {
      throw new VitrineError("cli/postgres-in-use", {
        message: `Another Vitrine (process ${launcher}) runs the example's PostgreSQL.`,
        place: dataDir,
      });
    }
    await stopOrphan(pid, dataDir);
  }
  // Its process is gone, or the number belongs to something else by now (in a container numbers repeat): PostgreSQL would refuse.
  rmSync(join(dataDir, "postmaster.pid"), { force: true });
}

/** Whether the launcher is still the keeper's parent, and stays it: one that was killed a moment ago may not be gone yet. */
async function isOwned(pid: number, launcher: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < waitMs.launcher; waitedMs += 50) {
    const keeper = parentOf(pid);
    if (keeper === undefined || keeper <= 1 || parentOf(keeper) !== launcher) return false;
    await sleep(50);
  }
  return true;
}

async function stopOrphan(pid: number, dataDir: string): Promise<void> {
  if (await ends(pid, dataDir, waitMs.keeper)) return;
  signal(pid, "SIGINT");
  if (await ends(pid, dataDir, waitMs.fast)) return;
  signal(pid, "SIGQUIT");
  if (await ends(pid, dataDir, waitMs.immediate)) return;
  throw new VitrineError("cli/postgres-in-use", {
    message: `A PostgreSQL (process ${pid}) runs on this folder and does not stop.`,
    place: dataDir,
  });
}

async function ends(pid: number, dataDir: string, withinMs: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < withinMs; waitedMs += 100) {
    if (!isServer(pid, dataDir)) return true;
    await sleep(100);
  }
  return !isServer(pid, dataDir);
}

function signal(pid: number, name: "SIGINT" | "SIGQUIT"): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended meanwhile, or is not ours: the caller looks again.
  }
}

/** First line of postmaster.pid, when the file is there. */
function serverPid(dataDir: string): number | undefined {
  const file = join(dataDir, "postmaster.pid");
  if (!existsSync(file)) return undefined;
  const pid = Number(readFileSync(file, "utf8").split("\n")[0]);
  return Number.isSafeInteger(pid) && pid > 1 ? pid : undefined;
}

/** Whether the process is a PostgreSQL on this folder: its command line names it after -D. */
function isServer(pid: number, dataDir: string): boolean {
  const line = commandLine(pid);
  return line?.includes(dataDir) === true && line.includes("postgres");
}

function commandLine(pid: number): string | undefined {
  if (existsSync("/proc/self/cmdline")) return readOrNothing(`/proc/${pid}/cmdline`)?.replaceAll("\0", " ");
  return ps(pid, "args=");
}

function parentOf(pid: number): number | undefined {
  if (existsSync("/proc/self/stat")) {
    // proc(5): the second field is the name in brackets and may hold spaces; the state and then the parent follow it.
    const parent = readOrNothing(`/proc/${pid}/stat`)?.split(") ").at(-1)?.split(" ")[1];
    return parent === undefined ? undefined : Number(parent);
  }
  const parent = ps(pid, "ppid=");
  return parent === undefined ? undefined : Number(parent);
}

function readOrNothing(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined; // the process is gone
  }
}

function ps(pid: number, field: string): string | undefined {
  try {
    return execFileSync("ps", ["-o", field, "-p", String(pid)], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined; // `ps` ends with 1 where there is no such process
  }
}
