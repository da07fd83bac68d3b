/**
 * The keeper: a small shell that is the server's parent and holds one end of a pipe whose other end is ours. When the pipe closes,
 * because we stop or because we were killed, it stops the server; so no PostgreSQL outlives us. It is in a process group
 * of its own: Ctrl-C in the terminal reaches the supervisor only, which stops things in order.
 */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { Socket } from "node:net";
import { assert } from "../../../lib/assert.ts";
import type { Account } from "./account.ts";

// $1: a folder to remove when the server was stopped (not when it ended by itself: then its log is wanted, or another port is
// tried), or empty. The rest: the server's command line. SIGINT is PostgreSQL's fast shutdown; a
// replication client that does not answer can hold it up for ever, so SIGQUIT (immediate) follows after 10 s.
const script = `
remove=$1; shift
"$@" 3<&- &
server=$!
(
  read -r how
  if [ -n "$remove" ]; then : > "$remove/stopped"; fi
  if [ "$how" = immediate ]; then kill -QUIT $server; exit; fi
  kill -INT $server
  n=0
  while kill -0 $server 2>/dev/null && [ $n -lt 50 ]; do sleep 0.2; n=$((n + 1)); done
  kill -QUIT $server
) 2>/dev/null <&3 &
watch=$!
exec 3<&-
wait $server
status=$?
kill $watch 2>/dev/null
if [ -n "$remove" ] && [ -e "$remove/stopped" ]; then rm -rf "$remove"; fi
exit $status
`;

export interface Keeper {
  /** Process id of the shell. */
  readonly pid: number;
  /** Resolves when the server has ended, with its exit status. */
  readonly ended: Promise<number>;
  isRunning(): boolean;
  stop(how: "fast" | "immediate"): Promise<void>;
}

export function startKeeper(options: {
  readonly command: readonly string[];
  readonly account: Account | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly logFd: number;
  readonly remove: string | undefined;
}): Keeper {
  const child = spawn("/bin/sh", ["-c", script, "vitrine-postgres", options.remove ?? "", ...options.command], {
    cwd: "/",
    detached: true,
    env: { ...options.env },
    stdio: ["ignore", options.logFd, options.logFd, "pipe"],
    ...options.account,
  });
  const pipe = child.stdio[3];
  assert(pipe instanceof Socket, "the keeper has its pipe");
  // A write to a keeper that is just ending may fail; then there is nothing left to stop.
  pipe.on("error", () => pipe.destroy());
  // Neither the shell nor its pipe keeps our own process alive: when it ends, the server ends.
  child.unref();
  pipe.unref();
  const ended = whenEnded(child);
  let running = true;
  void ended.then(() => {
    running = false;
    pipe.destroy();
  });
  return {
    pid: child.pid ?? 0,
    ended,
    isRunning: () => running,
    async stop(how) {
      child.ref();
      if (running) pipe.end(how === "immediate" ? "immediate\n" : "fast\n");
      await ended;
    },
  };
}

async function whenEnded(child: ChildProcess): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  child.on("exit", (code) => resolve(code ?? 1));
  child.on("error", () => resolve(127));
  return promise;
}
