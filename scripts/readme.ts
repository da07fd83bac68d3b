/**
 * Runs the commands that README.md shows, in its order, so that none of them is only a promise. A code block opened by "```sh runnable" is
 * run and must succeed; "```sh background" is started, waited for, and at the end interrupted, as by Ctrl-C: then it must end by itself
 * and leave no process behind. Other blocks are not run (the README says why beside them).
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const root = join(import.meta.dirname, "..");
const limitMs = { ready: 240_000, block: 120_000, end: 20_000 } as const;
let passed = 0;
let failed = 0;

const blocks = [...readFileSync(join(root, "README.md"), "utf8").matchAll(/^```sh (runnable|background)\n([\s\S]*?)^```$/gm)].map(
  (match) => ({ kind: match[1] ?? "", script: match[2] ?? "" }),
);
if (blocks.length === 0) throw new Error("README.md shows no command that could be run");

const background: ChildProcess[] = [];
try {
  for (const { kind, script } of blocks) {
    if (kind === "background") await startBackground(script);
    else runBlock(script);
  }
} finally {
  for (const child of background) await interrupt(child);
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

function report(what: string, isRight: boolean): void {
  if (isRight) passed += 1;
  else failed += 1;
  process.stdout.write(`${isRight ? "passed" : "FAILED"}  ${what}\n`);
}

function runBlock(script: string): void {
  for (const line of commands(script)) {
    process.stdout.write(`$ ${line}\n`);
    const { status } = spawnSync("bash", ["-euo", "pipefail", "-c", line], {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
      timeout: limitMs.block,
    });
    report(line, status === 0);
  }
}

/** One command a line; a backslash at the end goes on, a comment is none. */
function commands(script: string): readonly string[] {
  return script
    .replaceAll("\\\n", " ")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

async function startBackground(script: string): Promise<void> {
  const [command = ""] = commands(script);
  process.stdout.write(`$ ${command} &\n`);
  const child = spawn("bash", ["-c", `exec ${command}`], { cwd: root, detached: true, stdio: ["ignore", "inherit", "inherit"] });
  background.push(child);
  const start = performance.now();
  while (performance.now() - start < limitMs.ready && !hasEnded(child)) {
    if (isReady()) break;
    await sleep(1_000);
  }
  report(
    `${command}: ready after ${Math.round((performance.now() - start) / 1_000)} s`,
    !hasEnded(child) && performance.now() - start < limitMs.ready,
  );
}

/** Its answers are no longer `building`. */
function isReady(): boolean {
  const { status, stdout } = spawnSync("node", ["bin/vitrine.js", "query", "activations", "--json"], { cwd: root, encoding: "utf8" });
  return status === 0 && (JSON.parse(stdout) as { readonly state: string }).state === "ready";
}

async function interrupt(child: ChildProcess): Promise<void> {
  const family = descendants(child.pid ?? 0);
  // A terminal's Ctrl-C goes to the whole process group; the child leads one of its own.
  if (child.pid !== undefined && !hasEnded(child)) process.kill(-child.pid, "SIGINT");
  const start = performance.now();
  while (performance.now() - start < limitMs.end && (!hasEnded(child) || family.some(isAlive))) await sleep(100);
  const left = family.filter(isAlive);
  report(
    `Ctrl-C ended ${family.length} processes in ${Math.round(performance.now() - start)} ms, exit ${child.exitCode ?? child.signalCode}`,
    left.length === 0 && hasEnded(child) && family.length > 1,
  );
  for (const { pid, args } of left) {
    process.stdout.write(`still running: ${pid} ${args}\n`);
    process.kill(pid, "SIGKILL");
  }
}

/** npm, told to stop, ends by the signal itself: then it has no exit code. */
function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly args: string;
}

function isAlive(wanted: Process): boolean {
  if (!existsSync("/proc")) return processes().some((one) => one.pid === wanted.pid && one.args === wanted.args);
  return existsSync(`/proc/${wanted.pid}/cmdline`) && processes().some((one) => one.pid === wanted.pid && one.args === wanted.args);
}

/** The process and all below it, while their parents still live. */
function descendants(pid: number): readonly Process[] {
  const all = processes();
  const found = all.filter((one) => one.pid === pid);
  for (const one of found) found.push(...all.filter((other) => other.parent === one.pid));
  return found;
}

function processes(): readonly Process[] {
  return execFileSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8", maxBuffer: 16 << 20 })
    .split("\n")
    .flatMap((line) => {
      const match = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line);
      return match === null ? [] : [{ pid: Number(match[1]), parent: Number(match[2]), args: match[3] ?? "" }];
    });
}
