/** What the kernel counts of processes. Linux only: elsewhere everything is 0 and the rows say so. */
import { readFileSync } from "node:fs";

/** Linux counts CPU time in these towards programs, whatever its own tick. */
const ticksPerSecond = 100;

export const canMeasureProcesses = process.platform === "linux";

export function childrenOf(pid: number): readonly number[] {
  return textOf(`/proc/${pid}/task/${pid}/children`)
    .split(" ")
    .filter((word) => word !== "")
    .map(Number);
}

/** The process and everything below it. */
export function treeOf(pid: number): readonly number[] {
  return [pid, ...childrenOf(pid).flatMap(treeOf)];
}

export function commandOf(pid: number): string {
  return textOf(`/proc/${pid}/cmdline`).replaceAll("\0", " ");
}

/** Highest resident memory so far, bytes. */
export function peakBytes(pid: number): number {
  return 1024 * Number(/VmHWM:\s+(\d+)/.exec(textOf(`/proc/${pid}/status`))?.[1] ?? 0);
}

/** CPU time of the process so far, ms; `reaped`: of its children that have ended. */
export function cpuOf(pid: number): { readonly own: number; readonly reaped: number } {
  // The command's name is in parentheses and may hold anything: count from behind it.
  const stat = textOf(`/proc/${pid}/stat`);
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 15)
    .map((ticks) => (1000 * Number(ticks)) / ticksPerSecond);
  return { own: user + system, reaped: childUser + childSystem };
}

/** CPU time of a server that forks a process for each connection, those that have ended included, ms. */
export function cpuOfForking(parent: number): number {
  const { own, reaped } = cpuOf(parent);
  return own + reaped + childrenOf(parent).reduce((sum, pid) => sum + cpuOf(pid).own, 0);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
