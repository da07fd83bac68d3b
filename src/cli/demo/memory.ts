/** Memory that our processes have together, where the system tells (Linux): the proportional set size of /proc/PID/smaps_rollup. */
import { readFileSync } from "node:fs";

/** Bytes now; a page that several processes share, such as Node's own program, is divided among them. Undefined where it cannot be told. */
export function memoryOf(pids: Iterable<number>): number | undefined {
  let bytes = 0;
  for (const pid of pids) {
    const own = proportionalBytes(pid);
    if (own === undefined) return undefined;
    bytes += own;
  }
  return bytes;
}

function proportionalBytes(pid: number): number | undefined {
  try {
    const match = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"));
    return match === null ? undefined : Number(match[1]) * 1024;
  } catch {
    return undefined;
  }
}
