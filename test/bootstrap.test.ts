/** `npm start` without a terminal: whoever stops npm stops all of it. npm itself is real; what it would start is a program that waits. */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const waiting = `
const { appendFileSync, writeFileSync } = require("node:fs");
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => { appendFileSync("heard", signal + "\\n"); process.exit(0); });
setTimeout(() => process.exit(1), 30_000);
writeFileSync("pid", String(process.pid));
`;

/** A clone whose packages are all there: none. */
function clone(): string {
  const folder = mkdtempSync(join(tmpdir(), "vitrine-bootstrap-"));
  folders.push(folder);
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly scripts: Record<string, string> };
  const started = Object.fromEntries(Object.entries(scripts).filter(([name]) => ["prestart", "start"].includes(name)));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "vitrine", version: "0.0.0", type: "module", scripts: started }));
  mkdirSync(join(folder, "bin"));
  copyFileSync(join(root, "bin", "bootstrap.js"), join(folder, "bin", "bootstrap.js"));
  const bin = join(folder, "node_modules", "node", "bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(folder, "waits.cjs"), waiting);
  writeFileSync(join(bin, "node"), `#!/bin/sh\nexec "${process.execPath}" "${join(folder, "waits.cjs")}"\n`);
  chmodSync(join(bin, "node"), 0o755);
  return folder;
}

async function until(what: () => boolean): Promise<void> {
  for (const started = Date.now(); !what() && Date.now() - started < 15_000;) await sleep(25);
  expect(what()).toBe(true);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function npmStart(folder: string): Promise<{ readonly npm: ChildProcess; readonly pid: number }> {
  const npm = spawn("npm", ["start"], { cwd: folder, detached: true, stdio: "ignore" });
  await until(() => existsSync(join(folder, "pid")));
  return { npm, pid: Number(readFileSync(join(folder, "pid"), "utf8")) };
}

test.each([
  ["SIGINT", "SIGINT"],
  ["SIGTERM", "SIGTERM"],
  ["SIGHUP", "SIGTERM"],
  ["SIGKILL", "SIGTERM"],
] as const)("npm start that is sent %s ends what it has started", { timeout: 40_000 }, async (sent, heard) => {
  const folder = clone();
  const { npm, pid } = await npmStart(folder);
  npm.kill(sent);
  await until(() => !isAlive(pid));
  expect(readFileSync(join(folder, "heard"), "utf8")).toBe(`${heard}\n`);
});
