/**
 * A server as a child of a small shell that holds one end of a pipe: when we stop, or are killed, the pipe closes and the shell ends the
 * server, so none outlives us. Servers that refuse root run as nobody.
 */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { chownSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

// The server's group is its own (setsid), since Java starts helpers; SIGTERM is a clean end for all of them, SIGKILL follows after 20 s.
const keeper = `
setsid "$@" </dev/null 3<&- &
server=$!
( read -r _ <&3; kill -TERM -$server; n=0
  while kill -0 -$server && [ $n -lt 100 ]; do sleep 0.2; n=$((n + 1)); done
  kill -KILL -$server ) 2>/dev/null &
watch=$!
wait $server
status=$?
kill $watch 2>/dev/null
exit $status
`;

export interface ServerProcess extends AsyncDisposable {
  readonly logFile: string;
  isRunning(): boolean;
}

export interface ServerCommand {
  readonly command: readonly string[];
  /** Ours, for its files; removed at the end. */
  readonly folder: string;
  /** It is somebody else's to remove. */
  readonly keepsFolder?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Before the command, run as root: into a network of its own (namespace.ts). */
  readonly inside?: readonly string[];
}

export function startProcess({ command, folder, keepsFolder = false, env = {}, inside }: ServerCommand): ServerProcess {
  const logFile = join(folder, "server.log");
  const asNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
  const whole = inside === undefined ? command : [...inside, ...asNobody, ...command];
  const child = spawn("/bin/sh", ["-c", `${redirect}${keeper}`, "vitrine-server", logFile, ...whole], {
    cwd: folder,
    detached: true,
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC", HOME: folder, ...env },
    stdio: ["ignore", "ignore", "ignore", "pipe"],
    ...(inside === undefined ? account() : {}),
  });
  child.unref();
  // Nor does its pipe keep our own process: when that ends the server ends.
  const pipe = child.stdio[3];
  if (pipe instanceof Socket) pipe.unref();
  const ended = whenEnded(child);
  let running = true;
  void ended.then(() => (running = false));
  return {
    logFile,
    isRunning: () => running,
    async [Symbol.asyncDispose]() {
      child.ref();
      pipe?.destroy();
      await ended;
      if (!keepsFolder) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** $1 is the log. */
const redirect = `exec >"$1" 2>&1; shift\n`;

async function whenEnded(child: ChildProcess): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  child.on("exit", () => resolve());
  child.on("error", () => resolve());
  return promise;
}

/** A folder of the server's account, below /tmp itself: a temporary folder of root's own may be closed to it. */
export function serverFolder(service: string): string {
  const folder = mkdtempSync(`/tmp/vitrine-${service}-`);
  giveToServer(folder);
  return folder;
}

export function giveToServer(path: string): void {
  const { uid, gid } = account();
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
}

/** Elasticsearch and others refuse root; nobody is 65534 on Debian. */
export function account(): { readonly uid?: number; readonly gid?: number } {
  return process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
}

/** Waits until `isReady`; a server that ended before, or is not ready in time, is an error with the end of its log. */
export async function untilReady(server: ServerProcess, isReady: () => Promise<boolean>, limitMs = 15_000): Promise<void> {
  const started = performance.now();
  while (!(await isReady())) {
    if (server.isRunning() && performance.now() - started < limitMs) {
      await sleep(50);
      continue;
    }
    const log = readFileSync(server.logFile, "utf8").split("\n").slice(-12).join("\n");
    await server[Symbol.asyncDispose]();
    throw new Error(`the fixture's server did not start; the end of its log:\n${log}`);
  }
}

export async function freePort(host = "127.0.0.1"): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.on("error", reject);
  server.listen(0, host, () => {
    const address = server.address();
    server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
  });
  return promise;
}
