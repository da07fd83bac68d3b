/** Peak memory of our processes, where the system tells (Linux): VmHWM of /proc/PID/status. */
import { readFileSync } from "node:fs";

/** Bytes; undefined where it cannot be told. */
export function peakMemory(pid: number): number | undefined {
  try {
    const match = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return match === null ? undefined : Number(match[1]) * 1024;
  } catch {
    return undefined;
  }
}
